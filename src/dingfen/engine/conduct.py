"""The conduct topic of a pack: what is looked at when somebody treats staff or the house badly, and what may follow.

It is about conduct in a period, never a label on a person: points lapse with the period, every measure ends by
itself, and whoever it concerns is heard first and can appeal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dingfen.engine.errors import refused
from dingfen.engine.names import Names, NamesRoles, RoleName, SomeRoles, check_ids, check_names
from dingfen.engine.parts import ConductCondition, Duration, Named, Part, Ruled, Text

MeasureKind = Literal[
    "talk", "recovery", "warning", "single_contact", "limited_subjects", "written_only", "limited_service",
    "no_visits", "legal_steps",
]  # fmt: skip
ADVERSE: frozenset[str] = frozenset(
    {
        "warning",
        "single_contact",
        "limited_subjects",
        "written_only",
        "limited_service",
        "no_visits",
        "legal_steps",
    }
)
Open = Literal["emergency", "statutory_rights", "authority", "new_complaint", "accessibility"]
Field_ = Literal["advice", "measure", "contact_person", "until"]
Source = Literal["complaints", "incidents", "touches", "staff_notes", "surveys", "social"]


class ConductKind(Named):
    """A type of conduct, with what may lie behind it and what is good about it."""

    title: Text
    behind: Text | None = None


class Criterion(Named):
    """Points for something counted in the period; below zero for what speaks for the customer."""

    title: Text
    kinds: Names = ()
    weight: Annotated[int, Field(ge=-100, le=100)]
    when: ConductCondition


class Watching(Ruled, NamesRoles):
    """Over what period things are counted, from which sources, who looks at open files and how often."""

    period: Duration
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    by: RoleName
    every: Duration


class ConductWarning(Named, NamesRoles):
    """From how many points on who is told, and within what time somebody must look at it."""

    title: Text
    at_least: Annotated[int, Field(ge=1, le=1000)]
    to: SomeRoles
    within: Duration
    steps: tuple[Text, ...] = ()


class ConductMeasure(Named, NamesRoles):
    """Something that may be done: who proposes, who approves, how long at most.

    Those that limit somebody need `heard` (time to be heard before), `appeal` (time to appeal) and an end.
    `after`: measures to be tried before.
    """

    title: Text
    kind: MeasureKind
    at_least: Annotated[int, Field(ge=0, le=1000)] = 0
    when: ConductCondition | None = None
    after: Names = ()
    proposed_by: SomeRoles
    approved_by: RoleName
    at_most: Duration | None = None
    heard: Duration | None = None
    appeal: Duration | None = None
    notice: bool = True
    review_every: Duration | None = None

    @property
    def adverse(self) -> bool:
        """Whether it limits somebody."""
        return self.kind in ADVERSE

    @model_validator(mode="after")
    def _two_people(self) -> ConductMeasure:
        if self.adverse and set(self.proposed_by) <= {self.approved_by}:
            raise refused("needs_second_person", id=self.id)
        return self


class Appeals(Ruled, NamesRoles):
    """Who decides an appeal (somebody who took no part), and within what time."""

    by: RoleName
    within: Duration


class StaysOpen(Ruled):
    """What no measure may close."""

    ways: Annotated[tuple[Open, ...], Field(min_length=1)]


class Shown(Ruled):
    """What the front line sees when the customer turns up, and no more."""

    fields: Annotated[tuple[Field_, ...], Field(min_length=1)]


class Keeping(Ruled):
    """How long a file is kept after its last entry or the end of its last measure."""

    keep: Duration
    since: Literal["last_entry", "measure_ended"]


class Conduct(Part):
    """The whole topic."""

    kinds: Annotated[tuple[ConductKind, ...], Field(min_length=1)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    watching: Watching
    warnings: Annotated[tuple[ConductWarning, ...], Field(min_length=1)]
    measures: Annotated[tuple[ConductMeasure, ...], Field(min_length=1)]
    appeals: Appeals
    stays_open: StaysOpen
    shown: Shown
    keeping: Keeping

    @model_validator(mode="after")
    def _names_are_known(self) -> Conduct:
        lists = ("kinds", "criteria", "warnings", "measures")
        check_ids("conduct", [(name, getattr(self, name)) for name in lists])
        check_names("conduct", self._named())
        return self

    def _named(self) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
        for index, criterion in enumerate(self.criteria):
            yield f"criteria.{index}.kinds", criterion.kinds, [each.id for each in self.kinds]
        for index, measure in enumerate(self.measures):
            yield f"measures.{index}.after", measure.after, [each.id for each in self.measures[:index]]
