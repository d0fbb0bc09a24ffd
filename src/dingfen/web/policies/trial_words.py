"""What the rules make of a complaint on trial, in the words of the rule book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, pgettext

from dingfen import formats
from dingfen.engine.schema import Pack, complaints_of


@dataclass(frozen=True)
class Line:
    """One thing that came out: what, its value in words, its article."""

    label: str
    value: str
    article: str = ""
    colour: str = ""


@dataclass(frozen=True)
class ComplaintResult:
    grade: list[Line]
    clocks: list[Line]
    steps: list[Line]
    other: list[Line]


def complaint_result(pack: Pack, found: Mapping[str, Any], tongue: str) -> ComplaintResult:
    """The grade with its reasons, the clocks with their ends, the open steps of the ladder, what else was asked."""
    rules = complaints_of(pack)

    def title(parts: Iterable[Any], name: str) -> str:
        return next((getattr(one.title, tongue) for one in parts if one.id == name), name)

    def article(parts: Iterable[Any], name: str) -> str:
        return next((one.article for one in parts if one.id == name), "")

    grade = [
        Line(gettext("Level"), title(rules.levels, found["level"]), article(rules.levels, found["level"]))
    ]
    if found["urgency"]:
        grade.append(Line(gettext("Urgency"), title(rules.urgencies, found["urgency"])))
    if found["sensitivity"]:
        marks = formats.series(title(rules.sensitivities, one) for one in found["sensitivity"])
        grade.append(Line(gettext("Sensitivity"), marks))
    grade += [
        Line(gettext("Because"), title(rules.grading, one), article(rules.grading, one))
        for one in found["because"]
    ]
    if found["could_be"]:
        grade.append(Line(gettext("Could be"), title(rules.levels, found["could_be"])))
    state = {name: ("green", pgettext("clock", "met")) for name in found["met"]}
    state |= {name: ("red", pgettext("clock", "late")) for name in found["breached"]}
    clocks = []
    for name, due in found["clocks"].items():
        colour, word = state.get(name, ("", ""))
        clocks.append(
            Line(
                title(rules.clocks, name), f"{_when(due)} {word}".strip(), article(rules.clocks, name), colour
            )
        )
    steps = [Line(title(rules.ladder, one), "", article(rules.ladder, one)) for one in found["open_steps"]]
    asked = (
        (gettext("Pause"), found["pause"]), (gettext("Extension"), found["extension"]),
        (gettext("Approver"), found["approver"]), (gettext("Reopening"), found["reopening"]),
        (gettext("Letters"), formats.series(title(rules.letters, one) for one in found["letters"])),
    )  # fmt: skip
    return ComplaintResult(grade, clocks, steps, [Line(label, str(value)) for label, value in asked if value])


def _when(due: Any) -> str:
    return formats.when(dt.datetime.fromisoformat(due) if isinstance(due, str) else due)
