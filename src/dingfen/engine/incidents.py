"""The incidents topic of a pack: quarrels and emergencies on site, from the first report to the lessons.

Levels stand from the least to the gravest. What a part may name (a level, a place, a step, a role) is checked
when the pack is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dingfen.engine.names import Names, NamesRoles, RoleName, RoleNames, SomeRoles, check_ids, check_names
from dingfen.engine.parts import Duration, IncidentCondition, Named, Part, Ruled, Slug, Text

Proof = Literal["photo", "recording", "cctv", "statement", "note", "receipt", "signature", "people"]
Point = Literal[
    "summary", "cause", "responsibility", "measures", "call_back", "satisfaction", "revision", "staff_care",
]  # fmt: skip


class Level(Named):
    """How grave an incident is. The gravest whose `when` holds counts; the first one needs none."""

    title: Text
    when: IncidentCondition | None = None


class Lowering(Ruled, NamesRoles):
    """A level only rises while an incident runs, unless this role lowers it and gives a reason."""

    by: RoleName


class Place(Part):
    """A kind of place that has playbooks of its own."""

    id: Slug
    title: Text


class ResponseGroup(Named, NamesRoles):
    """A group of the emergency organisation: who leads it, who stands in, who belongs to it, what it does."""

    title: Text
    head: RoleName
    deputy: RoleName | None = None
    members: RoleNames = ()
    duties: tuple[Text, ...] = ()


class Reach(Named, NamesRoles):
    """Who is reached at these levels: some at once, the others in order until one acknowledges.

    Whoever does not `acknowledge` within the time has it passed on to the next; the last one is asked again.
    """

    levels: Names
    order: SomeRoles
    at_once: RoleNames = ()
    acknowledge: Duration


class IncidentStep(Named, NamesRoles):
    """One step: whose it is, `within` what time once the steps in `after` are done, and the proof it needs.

    `when` makes a branch. `required: false`: may be left undone.
    """

    title: Text
    role: RoleName
    within: Duration
    after: Names = ()
    when: IncidentCondition | None = None
    proof: tuple[Proof, ...] = ()
    required: bool = True


class Playbook(Named):
    """What is done at these levels in these places (left out: everywhere)."""

    title: Text
    levels: Annotated[Names, Field(min_length=1)]
    places: Names = ()
    steps: Annotated[tuple[IncidentStep, ...], Field(min_length=1)]


class IncidentReport(Named, NamesRoles):
    """A report up the chain: first within a time from the grading, then `every` so often while it runs."""

    title: Text
    levels: Annotated[Names, Field(min_length=1)]
    by: RoleName
    to: RoleName | None = None
    outside: Text | None = None
    within: Duration
    every: Duration | None = None
    written: bool = False
    when: IncidentCondition | None = None


class Spokesperson(Ruled, NamesRoles):
    """Who alone speaks to the public, and who approves what is said."""

    by: RoleName
    approved_by: RoleName | None = None


class Custody(Ruled, NamesRoles):
    """Proof that would be overwritten is exported within a time, kept untouched, and how long."""

    by: RoleName
    export_within: Duration
    keep: Duration


class Supply(Named, NamesRoles):
    """Something kept at hand, and how often it is checked."""

    title: Text
    at_least: Annotated[int, Field(ge=1, le=1000)] = 1
    kept_by: RoleName
    check_every: Duration


class Drill(Named, NamesRoles):
    """An exercise: how often, for which levels, in what time the steps must be done, who assesses it."""

    title: Text
    every: Duration
    levels: Annotated[Names, Field(min_length=1)]
    by: RoleName
    assessed_by: RoleName
    done_within: Duration | None = None


class IncidentReview(Named, NamesRoles):
    """What is owed afterwards, by whom, within what time from the end of the incident."""

    title: Text
    levels: Annotated[Names, Field(min_length=1)]
    by: RoleName
    within: Duration
    covers: Annotated[tuple[Point, ...], Field(min_length=1)]


class HandOver(Ruled, NamesRoles):
    """When an incident goes on as a complaint, with everything recorded."""

    when: IncidentCondition
    by: RoleName
    within: Duration


class Incidents(Part):
    """The whole topic."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    lowering: Lowering
    places: Annotated[tuple[Place, ...], Field(min_length=1)]
    groups: Annotated[tuple[ResponseGroup, ...], Field(min_length=1)]
    reach: Annotated[tuple[Reach, ...], Field(min_length=1)]
    playbooks: Annotated[tuple[Playbook, ...], Field(min_length=1)]
    reports: tuple[IncidentReport, ...] = ()
    spokesperson: Spokesperson | None = None
    custody: Custody | None = None
    supplies: tuple[Supply, ...] = ()
    drills: tuple[Drill, ...] = ()
    reviews: tuple[IncidentReview, ...] = ()
    hand_over: HandOver | None = None

    @cached_property
    def rank(self) -> dict[str, int]:
        """Levels by how grave they are, from 0."""
        return {level.id: rank for rank, level in enumerate(self.levels)}

    def playbook(self, level: str, place: str) -> Playbook | None:
        """The playbook for a level and a place: one for this place before one for everywhere."""
        fitting = [each for each in self.playbooks if level in each.levels]
        own = (each for each in fitting if place in each.places)
        return next(own, next((each for each in fitting if not each.places), None))

    def reach_of(self, level: str) -> Reach | None:
        """Who is reached at a level."""
        return next((each for each in self.reach if level in each.levels), None)

    @model_validator(mode="after")
    def _names_are_known(self) -> Incidents:
        lists = [(name, getattr(self, name)) for name in type(self).model_fields]
        check_ids("incidents", [(name, parts) for name, parts in lists if isinstance(parts, tuple)])
        steps = [(f"playbooks.{index}.steps", each.steps) for index, each in enumerate(self.playbooks)]
        check_ids("incidents", steps)
        check_names("incidents", self._named())
        return self

    def _named(self) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
        places = [each.id for each in self.places]
        for name in ("reach", "playbooks", "reports", "drills", "reviews"):
            for index, part in enumerate(getattr(self, name)):
                yield f"{name}.{index}.levels", part.levels, list(self.rank)
        for index, book in enumerate(self.playbooks):
            yield f"playbooks.{index}.places", book.places, places
            for number, step in enumerate(book.steps):
                before = [each.id for each in book.steps[:number]]
                yield f"playbooks.{index}.steps.{number}.after", step.after, before
