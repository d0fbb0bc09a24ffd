"""The complaints topic of a pack: from the first word of a customer to the visit after closing.

Every part names its article. What a part may name (a class, a level, a letter, a body) is checked when the
pack is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dingfen.engine.complaint_clocks_form import Clock, Event, Fitting, Names, Pause, Who
from dingfen.engine.complaint_facts import INTAKE_CHANNELS as INTAKE_CHANNELS
from dingfen.engine.errors import refused
from dingfen.engine.parts import ComplaintCondition, Duration, Money, Named, Part, Ruled, Slug, Text

Channel = Literal[
    "phone", "counter", "letter", "mail", "web", "chat", "social", "wechat", "wecom", "dingtalk", "feishu", "api",
    "authority",
]  # fmt: skip
Detail = Literal["content", "time", "place", "complainant", "contact", "remedy_sought", "amount", "documents"]


class Intake(Ruled):
    """Over which ways a complaint comes in, who registers it, and what is asked for; its words stay as they are."""

    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    by: Annotated[tuple[Literal["receptionist", "salesperson", "agent", "head"], ...], Field(min_length=1)]
    required: Annotated[tuple[Detail, ...], Field(min_length=1)]
    verbatim: bool = True
    anonymous: bool = False


class Statutory(Part):
    """The code under which an authority counts a class."""

    scheme: Annotated[str, Field(min_length=1, max_length=60)]
    code: Annotated[str, Field(min_length=1, max_length=40)]
    unverified: bool = False


class Class(Named):
    """A class of complaints, below its `parent` if it has one. `measures`: the remedies that suit it."""

    title: Text
    parent: Slug | None = None
    statutory: tuple[Statutory, ...] = ()
    measures: Names = ()


class Axis(Named):
    """A level, an urgency or a sensitivity. Levels and urgencies stand from the least to the greatest."""

    title: Text


class Grading(Named):
    """A rule that grades: the highest level and urgency whose rules hold count, and every sensitivity."""

    title: Text
    classes: Names = ()
    when: ComplaintCondition | None = None
    level: Slug | None = None
    urgency: Slug | None = None
    sensitivity: Names = ()

    @model_validator(mode="after")
    def _grades(self) -> Grading:
        if self.level is None and self.urgency is None and not self.sensitivity:
            raise refused("one_of", accepted="level, urgency, sensitivity")
        return self


class Body(Named):
    """An outside body a customer can turn to, and how it is reached."""

    name: Text
    phone: str | None = None
    web: str | None = None
    address: Text | None = None


class Rung(Fitting):
    """A step of the ladder: open when it fits and the steps in `after` were tried.

    `within` counts from the event `since`: until then the customer can take it. `answer`: how long it takes.
    """

    id: Slug
    title: Text
    kind: Literal[
        "negotiation", "internal_review", "mediation", "authority", "ombudsman", "arbitration", "court"
    ]
    after: Names = ()
    since: Event | None = None
    within: Duration | None = None
    answer: Duration | None = None
    by: Who | None = None
    papers: tuple[Text, ...] = ()
    bodies: Names = ()

    @model_validator(mode="after")
    def _counts_from_something(self) -> Rung:
        if (self.within is None) != (self.since is None):
            raise refused("within_needs_since", accepted="within, since")
        return self


class Approver(Part):
    """Who may approve a remedy up to an amount; the last one has no limit."""

    by: Who
    up_to: Money | None = None


class Remedy(Named):
    """What may be offered. Above `four_eyes_above` a second person confirms."""

    title: Text
    kind: Literal[
        "explanation", "apology", "refund", "exchange", "repair", "recall", "compensation", "goodwill",
        "process_change", "other",
    ]  # fmt: skip
    approvers: Annotated[tuple[Approver, ...], Field(min_length=1)]
    four_eyes_above: Money | None = None

    @model_validator(mode="after")
    def _limits_grow(self) -> Remedy:
        limits = [each.up_to.amount for each in self.approvers if each.up_to]
        if limits != sorted(set(limits)) or any(each.up_to is None for each in self.approvers[:-1]):
            raise refused("limits_do_not_grow", id=self.id)
        return self


class Letter(Fitting):
    """A letter owed at an event, `within` a time if there is one. `rights_notice`: it names the next steps.

    `sooner_than`, `later_than`: only where the event comes before, or not before, so long after receipt.
    """

    id: Slug
    title: Text
    at: Event
    within: Duration | None = None
    sooner_than: Duration | None = None
    later_than: Duration | None = None
    rights_notice: bool = False
    bodies: Names = ()


class ChangeRequests(Ruled):
    """When what the customer needs changes: who assesses and decides it, and whether an agreement is signed."""

    assessed_by: Who
    decided_by: Who
    within: Duration
    agreement: bool = False


class Group(Ruled):
    """Several people with the same complaint name speakers, this many at most."""

    speakers_at_most: Annotated[int, Field(ge=1, le=50)]


class Investigation(Fitting):
    """A group that investigates: who leads it, from which side its members come, what it must state."""

    lead: Who
    members: Annotated[
        tuple[Literal["units_concerned", "legal", "security", "product", "compliance"], ...],
        Field(min_length=1),
    ]
    states: Annotated[tuple[Literal["facts", "responsibility", "proposal"], ...], Field(min_length=1)]


class Conflict(Ruled):
    """Who does not handle a complaint because they have a stake in it."""

    bars: Annotated[
        tuple[Literal["named", "relative", "reports_to_named", "sold", "decided_before"], ...],
        Field(min_length=1),
    ]
    decided_by: Who


class AfterClosing(Ruled):
    """Something owed after closing, by `by`, within a time that counts from `since`."""

    since: Event
    within: Duration
    by: Who
    levels: Names = ()


class Reopening(Fitting):
    """How long after closing a complaint can be reopened, and how often."""

    within: Duration
    at_most: Annotated[int, Field(ge=1, le=20)] = 1


class Retention(Ruled):
    """How long the file is kept, from which event on."""

    keep: Duration
    since: Literal["received", "closed"]


class SelfService(Ruled):
    """Frequent questions may be answered by the machine; what is never left to it, and how one reaches a person."""

    never: tuple[Literal["price", "refund", "compensation", "injury", "vulnerable", "repeat"], ...] = ()
    hand_over_after: Annotated[int, Field(ge=1, le=20)]


Mood = Literal["calm", "upset", "insistent", "prepared", "abusive"]
"""How somebody speaks, never what they are: calm, moved by anger or worry, holding fast to one demand, with
papers and articles at hand, with insults."""


class Guidance(Fitting):
    """Advice for who handles it, in a mood or a situation (`when`): what to do, to say, and to ask at the end."""

    id: Slug
    title: Text
    moods: tuple[Mood, ...] = ()
    do: Annotated[tuple[Text, ...], Field(min_length=1)]
    say: tuple[Text, ...] = ()
    sum_up: tuple[Text, ...] = ()


class Phrases(Part):
    """Wordings of one kind in both languages."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Wording(Ruled):
    """Wordings to avoid towards a customer, why, and what to say instead. Marked while typing, never blocked."""

    id: Slug
    avoid: Phrases
    why: Text
    say: Text


class Complaints(Part):
    """The whole topic."""

    intake: Intake
    classes: Annotated[tuple[Class, ...], Field(min_length=1)]
    levels: Annotated[tuple[Axis, ...], Field(min_length=1)]
    urgencies: tuple[Axis, ...] = ()
    sensitivities: tuple[Axis, ...] = ()
    grading: tuple[Grading, ...] = ()
    pauses: tuple[Pause, ...] = ()
    clocks: Annotated[tuple[Clock, ...], Field(min_length=1)]
    investigation: Investigation | None = None
    remedies: tuple[Remedy, ...] = ()
    ladder: tuple[Rung, ...] = ()
    bodies: tuple[Body, ...] = ()
    letters: tuple[Letter, ...] = ()
    change_requests: ChangeRequests | None = None
    group: Group | None = None
    conflict: Conflict | None = None
    survey: AfterClosing | None = None
    follow_up: AfterClosing | None = None
    reopening: Reopening | None = None
    retention: Retention | None = None
    self_service: SelfService | None = None
    guidance: tuple[Guidance, ...] = ()
    wording: tuple[Wording, ...] = ()

    @cached_property
    def class_index(self) -> dict[str, Class]:
        """Classes by id."""
        return {each.id: each for each in self.classes}

    def line_of(self, klass: str) -> tuple[str, ...]:
        """A class and all above it, nearest first."""
        found: list[str] = []
        here: str | None = klass
        while here is not None and here not in found and here in self.class_index:
            found.append(here)
            here = self.class_index[here].parent
        return tuple(found)

    def measures_of(self, klass: str) -> tuple[str, ...]:
        """The remedies that suit a class: its own, or those of the nearest class above that has any."""
        lines = (self.class_index[name].measures for name in self.line_of(klass))
        return next((measures for measures in lines if measures), ())

    @model_validator(mode="after")
    def _names_are_known(self) -> Complaints:
        for place, ids in self._listed():
            twice = sorted({name for name in ids if ids.count(name) > 1})
            if twice:
                raise refused("duplicate_id", id=twice[0], at=f"complaints.{place}")
        for where, name, known in self._named():
            if name not in known:
                raise refused("unknown_name", accepted=", ".join(known), name=name, at=f"complaints.{where}")
        return self

    def _listed(self) -> Iterator[tuple[str, list[str]]]:
        for name in type(self).model_fields:
            parts = getattr(self, name)
            if isinstance(parts, tuple):
                yield name, [part.id for part in parts]

    def _named(self) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Each name one part has for another: where it stands, the name, and those there are."""
        known = dict(self._listed())
        for index, each in enumerate(self.classes):
            yield from _each(f"classes.{index}.parent", (each.parent,), known["classes"])
            yield from _each(f"classes.{index}.measures", each.measures, known["remedies"])
        for index, rule in enumerate(self.grading):
            yield from _each(f"grading.{index}.classes", rule.classes, known["classes"])
            yield from _each(f"grading.{index}.level", (rule.level,), known["levels"])
            yield from _each(f"grading.{index}.urgency", (rule.urgency,), known["urgencies"])
            yield from _each(f"grading.{index}.sensitivity", rule.sensitivity, known["sensitivities"])
        for where, part in self._fitting():
            yield from _each(f"{where}.classes", part.classes, known["classes"])
            yield from _each(f"{where}.levels", part.levels, known["levels"])
            yield from _each(f"{where}.urgencies", part.urgencies, known["urgencies"])
        for index, clock in enumerate(self.clocks):
            yield from _each(f"clocks.{index}.pauses", clock.pauses, known["pauses"])
            if clock.extension:
                where = f"clocks.{index}.extension.letter"
                yield from _each(where, (clock.extension.letter,), known["letters"])
        for index, rung in enumerate(self.ladder):
            yield from _each(f"ladder.{index}.after", rung.after, known["ladder"])
            yield from _each(f"ladder.{index}.bodies", rung.bodies, known["bodies"])
        for index, letter in enumerate(self.letters):
            yield from _each(f"letters.{index}.bodies", letter.bodies, known["bodies"])
        for name in ("survey", "follow_up"):
            part = getattr(self, name)
            yield from _each(f"{name}.levels", part.levels if part else (), known["levels"])

    def _fitting(self) -> Iterator[tuple[str, Fitting]]:
        for name in ("clocks", "ladder", "letters", "guidance"):
            for index, part in enumerate(getattr(self, name)):
                yield f"{name}.{index}", part
        for index, clock in enumerate(self.clocks):
            if clock.extension:
                yield f"clocks.{index}.extension", clock.extension
        for name in ("investigation", "reopening"):
            if (part := getattr(self, name)) is not None:
                yield name, part


def _each(
    where: str, names: Sequence[str | None], known: Sequence[str]
) -> Iterator[tuple[str, str, Sequence[str]]]:
    for name in names:
        if name is not None:
            yield where, name, known
