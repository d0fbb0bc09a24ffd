"""Tables a rule book carries after its articles: times, ladder, playbooks, measures, figures, legal floors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dingfen.engine.complaint_clocks_form import Clock
from dingfen.engine.complaints import Complaints
from dingfen.engine.durations import Duration, Unit, parse_length
from dingfen.engine.parts import Floor, Text
from dingfen.engine.schema import Pack, value_at
from dingfen.engine.topic_annexes import tables

Language = Literal["zh", "en"]
_UNITS: dict[Unit, str] = {
    "minutes": "分钟", "hours": "小时", "working_hours": "个工作小时", "days": "日", "working_days": "个工作日",
    "weeks": "周", "months": "个月",
}  # fmt: skip
_WHO: dict[str, tuple[str, str]] = {
    "handler": ("经办人", "handler"), "agent": ("客服", "service agent"), "head": ("部门负责人", "head"),
    "general_manager": ("总经理", "general manager"), "compliance": ("稽查", "compliance"),
}  # fmt: skip
_WORDS: dict[str, tuple[str, str]] = {
    "clocks": ("附：时限表", "Annex: times"), "ladder": ("附：阶梯", "Annex: the ladder"),
    "floors": ("附：法定下限", "Annex: legal floors"),
    "clock": ("时限", "Time"), "length": ("时长", "Length"), "by": ("责任人", "Responsible"),
    "article": ("依据", "Article"), "step": ("步骤", "Step"), "until": ("可用期限", "Can be taken within"),
    "law": ("法律", "Law"), "limit": ("数值", "Value"), "about": ("所约束", "About"),
    "confirm": ("（待核定）", " (to be confirmed)"), "at_least": ("不少于 ", "at least "),
    "at_most": ("不多于 ", "at most "),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Annex:
    """A table with its title; each row has as many cells as the head."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def annexes(pack: Pack, language: Language) -> Iterator[Annex]:
    """The tables of a pack, none where it has nothing of the kind."""
    if pack.complaints is not None:
        yield from _complaints(pack.complaints, language)
    for title, head, lines in tables(pack, language, length_in):
        yield Annex(title, head, tuple(lines))
    if pack.floors:
        rows = tuple(
            (_in(floor.law, language), _about(pack, floor.of, language), _limit(floor, language))
            for floor in pack.floors
        )
        yield Annex(_word("floors", language), _head(("law", "about", "limit"), language), rows)


def _complaints(rules: Complaints, language: Language) -> Iterator[Annex]:
    clocks = tuple(_clock(clock, language) for clock in rules.clocks)
    yield Annex(_word("clocks", language), _head(("clock", "length", "by", "article"), language), clocks)
    steps = tuple(
        (
            _in(rung.title, language),
            length_in(rung.within, language) if rung.within else "–",
            "、".join(_in(body.name, language) for body in rules.bodies if body.id in rung.bodies)
            or _who(rung.by, language),
            rung.article,
        )
        for rung in rules.ladder
    )
    if steps:
        yield Annex(_word("ladder", language), _head(("step", "until", "by", "article"), language), steps)


def _clock(clock: Clock, language: Language) -> tuple[str, ...]:
    mark = _word("confirm", language) if clock.unverified else ""
    length = length_in(clock.within, language) + mark
    return _in(clock.title, language), length, _who(clock.by, language), clock.article


def length_in(length: Duration, language: Language) -> str:
    """A length as people read it: 5 working days, 5 个工作日."""
    return length.length if language == "en" else f"{length.amount} {_UNITS[length.unit]}"


def _about(pack: Pack, key: str, language: Language) -> str:
    """The nearest part above a value by its title and article, as readers know it."""
    steps = key.split(".")
    for count in range(len(steps) - 1, 0, -1):
        part = value_at(pack, ".".join(steps[:count]))
        title, article = getattr(part, "title", None), getattr(part, "article", None)
        if article is not None:
            return f"{_in(title, language)} {article}" if isinstance(title, Text) else str(article)
    return key


def _limit(floor: Floor, language: Language) -> str:
    found = []
    for name in ("at_least", "at_most"):
        limit = getattr(floor, name)
        if limit is not None:
            found.append(_word(name, language) + _amount(limit, language))
    return ", ".join(found) + (_word("confirm", language) if floor.unverified else "")


def _amount(limit: str | int, language: Language) -> str:
    if isinstance(limit, int) or language == "en":
        return str(limit)
    amount, unit = parse_length(limit)
    return f"{amount} {_UNITS[unit]}"


def _who(who: str | None, language: Language) -> str:
    return _WHO[who][language == "en"] if who in _WHO else who or "–"


def _head(names: tuple[str, ...], language: Language) -> tuple[str, ...]:
    return tuple(_word(name, language) for name in names)


def _in(text: Text, language: Language) -> str:
    return text.zh if language == "zh" else text.en


def _word(name: str, language: Language) -> str:
    return _WORDS[name][language == "en"]
