"""Findings on incidents on site: levels with what makes them, steps, reports, drills, proof."""

from __future__ import annotations

import re
from typing import Any

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.numerals import NUMBER, number
from dingfen.engine.draft.proposing import common
from dingfen.engine.draft.proposing.common import Around, Maker, Proposal, clause, levelled, near, span_of
from dingfen.engine.draft.quantities import quantities

GRAVE: common.Table = (
    (r"重伤|死亡|伤亡|生命|death|badly hurt|serious injur", "badly_hurt"),
    (r"受伤|轻伤|人身伤害|injur|hurt", "people_hurt > 0"),
    (r"持械|凶器|刀具|器械|weapon|knife", "weapon"),
    (r"打砸|损坏|财物|毁坏|damage", "damage"),
    (r"报警|公安|警方|police", "police_called"),
    (r"媒体|记者|press|media", "press_there"),
    (r"舆情|网络传播|网上传播|spread", "spreading"),
    (r"停业|无法营业|停止营业|close the site|closed", "site_closed"),
    (r"肢体|推搡|殴打|动手|斗殴|push|fight|violence", "pushing"),
    (r"威胁|恐吓|threat", "threats"),
    (r"辱骂|谩骂|insult|abuse", "insults"),
    (r"升级|失控|escalat", "getting_worse"),
    (r"围观|聚集|bystander|crowd", "bystanders > 5"),
)  # fmt: skip
PEOPLE = re.compile(rf"({NUMBER})\s*(?:名|人)[^，。；]{{0,4}}以上|(\d+) (?:or more )?people", re.IGNORECASE)
BY_RANK = (
    "threats or pushing or people_hurt > 0 or damage",
    "badly_hurt or weapon or site_closed or press_there",
)
VIDEO = re.compile(r"录像|监控|视频|录音|video|cctv|record", re.IGNORECASE)


def _rule(key: str, value: Any, *confirm: str) -> Proposal:
    return common.proposal("incidents", key, value, *confirm)


def levels(one: Finding, around: Around) -> Proposal | None:
    """Each level with what makes it that grave: by the words beside its name, else by its rank."""
    names = [str(each) for each in one.value] if isinstance(one.value, tuple) else []
    parts = []
    for rank, name in enumerate(names):
        condition = _grave(_beside(name, around)) or BY_RANK[rank == len(names) - 1]
        parts.append({"title": name, **({"when": condition} if rank else {})})
    return _rule("levels", parts, "when")


def _beside(name: str, around: Around) -> str:
    """What the text says of a level: the article that begins with its name, or the lines that hold it."""
    own = [one.text for one in around.articles.values() if name in (one.heading or one.text)[:12]]
    lines = [
        line for line in around.article.text.splitlines() if name in line[:24] and len(line) > len(name) + 6
    ]
    return " ".join([*own, *lines])[:600]


def _grave(text: str) -> str:
    found = [condition for words, condition in GRAVE if re.search(words, text, re.IGNORECASE)]
    people = PEOPLE.search(text)
    many = number(people[1] or people[2]) if people else None
    if many and 1 < many <= 500:
        found.append(f"people_involved >= {int(many)}")
    return " or ".join(dict.fromkeys(found))


def step(one: Finding, around: Around) -> Proposal | None:
    """A step of a procedure; its time is the one its own words give."""
    given = next((span for each in quantities(one.text) if each.kind in ("deadline", "duration")
                  and (span := span_of(each)) is not None and not str(span["length"]).endswith(("month", "months"))), None)  # fmt: skip
    above = around.articles.get(around.article.id.rpartition(".")[0])
    level = common.level_in(above.heading or above.text[:24]) if above else ""
    value: dict[str, Any] = {"order": one.value, "title": clause(one.text), "role": common.role_of(one.text, "head"),
                             "within": given or {"length": "10 minutes"}}  # fmt: skip
    if level:
        value["level"] = level
    return _rule("playbooks.steps", value, "role", *(() if given else ("within",)))


def time(one: Finding, around: Around) -> Proposal | None:
    """Deadlines: a report, arrival on the spot, a review afterwards; lengths: how long video is kept."""
    span = span_of(one)
    if span is None:
        return None
    text = near(one)
    if (
        one.of == "retention" or re.search(r"保存|保管|留存|kept|keep", text, re.IGNORECASE)
    ) and VIDEO.search(text):
        return _rule(
            "custody", {"by": "head", "export_within": {"length": "24 hours"}, "keep": span}, "export_within"
        )
    if one.kind == "duration" and not re.search(r"内|within", text):
        return None
    if re.search(r"总结|复盘|分析报告|整改报告|调查报告|书面报告|review|lessons", text, re.IGNORECASE):
        value: dict[str, Any] = {
            "title": clause(text),
            "by": "head",
            "within": span,
            "covers": ["summary", "cause", "measures"],
        }
        return _rule("reviews", levelled(value, text, one.text), "covers")
    if one.of == "report" or re.search(r"上报|报告|报送|\breport", text, re.IGNORECASE):
        value = {"title": clause(text), "by": "head", "to": "general_manager", "within": span}
        return _rule("reports", levelled(value, text, one.text), "by", "to")
    if one.of == "call back" or re.search(r"回访|安抚|call back", text, re.IGNORECASE):
        value = {"title": clause(text), "by": "head", "within": span, "covers": ["call_back"]}
        return _rule("reviews", levelled(value, text, one.text), "by")
    if one.of == "arrival" or re.search(r"到场|到达|赶到|赶赴|arriv", text, re.IGNORECASE):
        value = {"order": 1, "title": clause(text), "role": common.role_of(text, "head"), "within": span}
        return _rule("playbooks.steps", levelled(value, text, one.text), "role")
    return None


def frequency(one: Finding, around: Around) -> Proposal | None:
    """Drills and checks of what is kept at hand."""
    span = common.every(one.value)
    if span is None:
        return None
    if one.of == "drills" or re.search(r"演练|drill|exercise", one.text, re.IGNORECASE):
        value = {"title": clause(one.text), "every": span, "by": "head", "assessed_by": "general_manager"}
        return _rule("drills", value, "by", "assessed_by")
    if re.search(r"检查|清点|盘点|check|inspect", one.text, re.IGNORECASE):
        return _rule(
            "supplies",
            {"title": clause(one.text), "kept_by": common.role_of(one.text), "check_every": span},
            "title",
        )
    return None


def ban(one: Finding, around: Around) -> Proposal | None:
    """Nobody else speaks outside; other bans are for people to read."""
    if re.search(r"采访|对外(?:发布|发言|表态|宣布)|媒体|press|media|interview", one.text, re.IGNORECASE):
        return _rule("spokesperson", {"by": common.role_of(one.text, "general_manager")}, "by")
    return None


MAKERS: dict[str, Maker] = {
    "levels": levels, "step": step, "deadline": time, "duration": time, "frequency": frequency, "ban": ban, "duty": ban,
}  # fmt: skip
