"""Findings on difficult conduct: what is counted, what may be done, for how long, who is told."""

from __future__ import annotations

import re
from typing import Any

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.numerals import NUMBER, number
from dingfen.engine.draft.proposing import common
from dingfen.engine.draft.proposing.common import Around, Maker, Proposal, clause, first_of, span_of

# what is counted: words, the fact, the points while nobody has said how many
COUNTED: tuple[tuple[str, str, int], ...] = (
    (r"殴打|动手|暴力|肢体|violence|assault", "violence_noted", 15),
    (r"敲诈|勒索|索要|要挟|extort|blackmail", "extortion_noted", 8),
    (r"威胁|恐吓|threat", "threats_noted", 8),
    (r"辱骂|谩骂|侮辱|人身攻击|insult|abus", "insults_noted", 3),
    (r"欺骗|欺诈|伪造|虚假|骗取|deceiv|forg|false", "deceptions_found", 8),
    (r"违反约定|失信|不守约|broken? agreement", "agreements_broken", 4),
    (r"(?:不成立|无依据|无理|恶意)[^，。]{0,4}投诉|unfounded", "complaints_unfounded", 3),
    (r"(?:反复|多次|频繁|重复)[^，。]{0,4}投诉|滥用投诉|repeated(?:ly)? complain", "complaints_counted", 2),
    (r"纠缠|缠访|同一(?:事|诉求)|same matter", "same_matter_repeated", 4),
    (r"不合理|超出(?:规定|合同|合理)|无理要求|outside the rules|unreasonable", "demands_outside_rules", 3),
    (r"拒绝[^，。]{0,8}(?:方案|协商|调解)|refus\w+ .{0,20}(?:proposal|offer)", "proposals_refused", 2),
    (r"骚扰|频繁(?:来电|来访)|harass", "contacts_counted", 2),
)
TIMES = re.compile(
    rf"({NUMBER})\s*次(?:以上|及以上|或以上)?|(?:at least |more than )?({NUMBER}) times", re.IGNORECASE
)


def _rule(key: str, value: Any, *confirm: str) -> Proposal:
    return common.proposal("conduct", key, value, *confirm)


def criterion(one: Finding, around: Around) -> Proposal | None:
    """What a sentence says somebody did, counted from so many times on."""
    found = next((each for each in COUNTED if re.search(each[0], one.text, re.IGNORECASE)), None)
    if found is None:
        return None
    times = TIMES.search(one.text)
    many = number(times[1] or times[2]) if times else None
    least = int(many) if many and 1 <= many <= 1000 else 1
    if found[1] == "contacts_counted" and least == 1:
        least = 10
    value = {"title": clause(one.text), "weight": found[2], "when": f"{found[1]} >= {least}"}
    return _rule("criteria", value, "weight", *(() if many else ("when",)))


def measure(one: Finding, around: Around) -> Proposal | None:
    """A measure against a customer; those that limit somebody get an end, a hearing and an appeal to confirm."""
    return _rule("measures", {"kind": str(one.value), "title": clause(one.text)}, "approved_by", "at_most")


def time(one: Finding, around: Around) -> Proposal | None:
    span = span_of(one)
    if span is None or "counting" not in span:
        return None
    key = first_of(
        (
            (r"申诉|复议|appeal", "appeals.within"),
            (r"保存|存档|留存|retain|kept", "keeping.keep"),
            (r"陈述|申辩|说明|听取|heard|explain", "measures.heard"),
            (r"(?:暂停|限制|停止|禁止|期限|不超过|最长)|suspen|restrict|limit", "measures.at_most"),
            (r"[近在]?[^，。]{0,6}(?:内|期间)[^，。]{0,12}次|period", "watching.period"),
        ),
        one.text,
    )
    return _rule(str(key), span) if key else None


def frequency(one: Finding, around: Around) -> Proposal | None:
    span = common.every(one.value)
    if span is None or not re.search(r"复核|审查|检查|评估|回顾|review|check", one.text, re.IGNORECASE):
        return None
    return _rule("watching.every", span)


MAKERS: dict[str, Maker] = {
    "ban": criterion, "definition": criterion, "condition": criterion, "duty": criterion, "sanction": measure,
    "duration": time, "deadline": time, "frequency": frequency,
}  # fmt: skip
