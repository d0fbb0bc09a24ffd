"""What proposals of every topic are made with: lengths as rules write them, roles and levels by their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.numbering import Article
from dingfen.engine.draft.quantities import quantities

Proposal = dict[str, Any]
Table = tuple[tuple[str, Any], ...]
_LENGTH = re.compile(
    r"^(?:(?:over|under|min|max) )?P(T?)(\d+(?:\.\d+)?)([MHDWY])(?:\.\.P(?:T?)(?:\d+(?:\.\d+)?)(?:[MHDWY]))?$"
)
_UNITS = {"TM": "minutes", "TH": "hours", "D": "days", "W": "weeks", "M": "months", "Y": "months"}
_SMALLER = {"hours": (60, "minutes"), "days": (24, "hours"), "weeks": (7, "days")}
MOST = 36_500


@dataclass(frozen=True)
class Around:
    """What a finding stands in: its article, the topic of that, and every article of the text."""

    article: Article
    topic: str
    articles: Mapping[str, Article]

    def said(self, one: Finding) -> str:
        """The clause and the article around a finding."""
        return f"{one.text} {self.article.text}"


Maker = Callable[[Finding, Around], Proposal | None]


def proposal(topic: str, key: str, value: Any, *confirm: str) -> Proposal:
    """`key`: dotted, as the pack has it; `value`: what stands there, without id and article."""
    return {"topic": topic, "key": key, "value": value, "to_confirm": list(confirm)}


def length(value: object, inclusive: bool | None = None, working: bool = False) -> Proposal | None:
    """`P5D` → `{length: 5 days, counting: inclusive, start_day: out, days: calendar, roll: none}`.

    Of a span of two lengths the shorter one; parts of a unit in the smaller one.
    """
    match = _LENGTH.match(str(value))
    unit = _UNITS.get(match[1] + match[3]) if match else None
    if match is None or unit is None:
        return None
    amount = float(match[2]) * (12 if match[3] == "Y" else 1)
    while not amount.is_integer():
        if unit not in _SMALLER:
            return None
        times, unit = _SMALLER[unit]
        amount *= times
    if not 0 < amount <= MOST:
        return None
    whole = int(amount)
    days = "working " if working and unit == "days" else ""
    words = f"{whole} {days}{unit if whole != 1 else unit[:-1]}"
    if unit in {"minutes", "hours"}:
        return {"length": words}
    counting = "exclusive" if inclusive is False else "inclusive"
    return {
        "length": words, "counting": counting, "start_day": "out",
        "days": "working" if days else "calendar", "roll": "none",
    }  # fmt: skip


def span_of(one: Finding) -> Proposal | None:
    """The length of a finding; None for what is longer than one, or no length."""
    if str(one.value).startswith(("over", "under")):
        return None
    return length(one.value, one.inclusive, one.unit == "working_days")


_PER = {"day": "1 day", "week": "1 week", "month": "1 month", "quarter": "3 months", "year": "12 months"}


def rate(value: object) -> tuple[int, Proposal] | None:
    """`2..3 per week` → (2, one week); `P15D` → (1, fifteen days): the least that is asked for."""
    text = str(value)
    match = re.fullmatch(r"(\d+)(?:\.\.\d+)? per (\w+)", text)
    if match is None:
        every = length(text)
        return (1, every) if every else None
    word = _PER.get(match[2])
    if word is None or not 1 <= int(match[1]) <= 30:
        return None
    return int(match[1]), days(word)


def every(value: object) -> Proposal | None:
    """How often, as a length: `2 per year` → six months."""
    found = rate(value)
    if found is None:
        return None
    times, whole = found
    if times == 1:
        return whole
    amount, unit = str(whole["length"]).split(" ", 1)
    parts = {"day": (24, "hours"), "week": (7, "days"), "month": (30, "days"), "months": (30, "days")}
    many, smaller = parts.get(unit, (0, ""))
    if unit == "months" and int(amount) % times == 0:
        many, smaller = 1, "months"
    each = int(amount) * many // times
    if not each:
        return None
    words = f"{each} {smaller if each != 1 else smaller.removesuffix('s')}"
    return {"length": words} if smaller == "hours" else days(words)


def days(words: str) -> Proposal:
    """A length of days counted as the law does, where the text does not say."""
    return {"length": words, "counting": "inclusive", "start_day": "out", "days": "calendar", "roll": "none"}


def first_of(table: Iterable[tuple[str, Any]], text: str) -> Any:
    """The value of the first words of a table that a text has; None for none."""
    return next((value for words, value in table if re.search(words, text, re.IGNORECASE)), None)


ROLES: Table = (
    (r"总经理|行长(?<!副行长)|董事长|总裁|\bgeneral manager\b|\bmanaging director\b", "general_manager"),
    (r"稽查|合规|审计|\bcompliance\b", "compliance"),
    (r"大堂经理|lobby manager", "lobby-manager"),
    (r"客户经理|account manager", "salesperson"),
    (r"安保|保安|security", "security"),
    (r"前台|接待员|receptionist", "receptionist"),
    (r"值班经理|duty manager", "duty-manager"),
    (r"(?:客服|客户服务|销售|业务|部门|营销|项目)部?门?(?:经理|主管|负责人|组长|主任)", "head"),
    (r"客服|客户服务|坐席|话务员|service (?:agent|staff)|\bagents?\b", "agent"),
    (r"经理|主管|负责人|组长|店长|主任|领导|\bhead\b|manager|supervisor|team leader", "head"),
    (r"销售|业务|顾问|营销员|客户专员|salesp|\bsales\b|account manager", "salesperson"),
    (r"工作人员|员工|职员|\bstaff\b|employees?", "agent"),
)
OWN_ROLES: dict[str, Proposal] = {
    "lobby-manager": {
        "title": {"zh": "大堂经理", "en": "Lobby manager"},
        "held_by": ["receptionist", "head"],
    },
    "security": {"title": {"zh": "安保人员", "en": "Security staff"}, "held_by": ["receptionist", "agent"]},
    "duty-manager": {"title": {"zh": "值班经理", "en": "Duty manager"}, "held_by": ["head"]},
}
"""Roles a text names that the installation does not have: what the pack expects."""


def role_of(text: str, otherwise: str = "head") -> str:
    """The role the words name, the earliest in the text; of those that begin there the first of the table."""
    found = [
        (match.start(), place, role)
        for place, (words, role) in enumerate(ROLES)
        if (match := re.search(words, text, re.IGNORECASE))
    ]
    return str(min(found)[2]) if found else otherwise


def basic_role(text: str, otherwise: str = "head") -> str:
    """The same, among the roles of the installation."""
    found = role_of(text, otherwise)
    return str(OWN_ROLES[found]["held_by"][-1]) if found in OWN_ROLES else found


LEVEL = re.compile(
    r"(特别重大|特大|重大|较大|一般|普通|轻微|轻度|中度|重度|严重|紧急|危急|重要|复杂|简单|疑难|[一二三四]级|[ⅠⅡⅢⅣ]级|minor|general|major|critical|severe|ordinary|urgent)"
    r"(?:级别?|等)?的?(?:投诉|事件|冲突|纠纷|突发|情况|问题|案件|客诉| complaints?| incidents?)",
    re.IGNORECASE,
)


def level_in(text: str) -> str:
    """The level that words such as 重大投诉 are about; empty for none."""
    match = LEVEL.search(text)
    return match[1] if match else ""


_MARK = re.compile(
    r"^\s*(?:第\s*[^条]{1,6}\s*条|[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|[（(]?\d{1,2}(?:\.\d{1,2}){0,3}(?:[)）、.．]|\s(?=\D)))\s*"
)


def levelled(value: Proposal, *texts: str) -> Proposal:
    """The value with the level the first of the texts to name one is about."""
    level = next((found for text in texts if (found := level_in(text))), "")
    return {**value, "level": level} if level else value


def money(one: Finding) -> tuple[str, str]:
    """Its bound (`max`, `min`, `over`, `under` or none) and the amount as rules write it; empty for a range."""
    match = re.fullmatch(r"(?:(over|under|min|max) )?(\d+(?:\.\d{1,2})? [A-Z]{3})", str(one.value))
    return (match[1] or "", match[2]) if match else ("", "")


def clause(text: str) -> str:
    """A short title: the words without their number."""
    return _MARK.sub("", text.strip()).strip(" ，,。；;：:")[:60] or text.strip()[:60]


def near(one: Finding) -> str:
    """The part of the sentence, between commas, in which a quantity stands; the sentence where it is not clear."""
    parts = _parts(one.text)
    return next((part for part, values in parts if one.value in values), one.text)


@lru_cache(maxsize=8)  # the findings of a sentence come one after the other
def _parts(sentence: str) -> list[tuple[str, list[Any]]]:
    """Its parts with the values in each; none where there is nothing to choose from."""
    parts = re.split(r"[，,；;]", sentence)
    return [(part, [each.value for each in quantities(part)]) for part in parts] if len(parts) > 1 else []
