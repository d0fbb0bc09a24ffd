"""Scenarios on complaints: what happened to one, and what the rules must make of it.

    - id: an-injury-is-major
      title: {zh: 有人受伤即为重大, en: An injury makes it major}
      articles: [CMP-6]
      complaint:
        received_at: 2026-03-02 09:00
        class: product-safety
        facts: {injury: true}
        events: [{at: 2026-03-02 09:20, what: first_answered}]
      expect:
        complaint: {level: major, clocks: {first-answer: 2026-03-02 10:00}, met: [first-answer]}

Facts that are not named have their plain value (nothing special happened), those under `unknown` none at all.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dingfen.engine.complaint_clocks_form import Event, Who
from dingfen.engine.complaint_facts import BY_NAME
from dingfen.engine.errors import refused
from dingfen.engine.parts import Moment, Money, Part, Slug
from dingfen.engine.vocabulary import fits

Why = str
Relation = Literal["named", "relative", "reports_to_named", "sold", "decided_before"]


class ComplaintEvent(Part):
    """Something that happened to the complaint."""

    at: Moment
    what: Event


class AskedPause(Part):
    """Somebody wants a clock to stand still."""

    clock: Slug
    reason: Slug
    by: Who
    at: Moment


class AskedExtension(Part):
    """Somebody wants more time for a clock, after so many extensions of it."""

    clock: Slug
    by: Who
    at: Moment
    earlier: Annotated[int, Field(ge=0)] = 0


class AskedRemedy(Part):
    """A remedy somebody wants to offer."""

    id: Slug
    amount: Money | None = None


class GivenComplaint(Part):
    """One complaint: what is known of it, what happened, and what somebody asks for."""

    received_at: Moment
    class_: Annotated[Slug | None, Field(alias="class")] = None
    facts: dict[str, Any] = {}
    unknown: tuple[str, ...] = ()
    events: tuple[ComplaintEvent, ...] = ()
    tried: tuple[Slug, ...] = ()
    pause: AskedPause | None = None
    extension: AskedExtension | None = None
    remedy: AskedRemedy | None = None
    reopened_before: Annotated[int, Field(ge=0)] = 0
    relations: tuple[Relation, ...] = ()
    people: Annotated[int, Field(ge=1)] = 1
    now: Moment | None = None

    @model_validator(mode="after")
    def _facts_are_known(self) -> GivenComplaint:
        for name in (*self.facts, *self.unknown):
            if name not in BY_NAME:
                raise refused("unknown_fact", accepted=", ".join(sorted(BY_NAME)), fact=name)
        for name, value in self.facts.items():
            if not fits(BY_NAME[name], value):
                raise refused("value_does_not_fit", accepted=BY_NAME[name].type, fact=name, found=str(value))
        return self


class ExpectedComplaint(Part):
    """What must come out. Only what is named is compared; of clocks and steps only those that are named."""

    level: Slug | None = None
    could_be: Slug | None = None
    urgency: Slug | None = None
    sensitivity: tuple[Slug, ...] | None = None
    because: tuple[Slug, ...] = ()
    clocks: dict[str, Moment] | None = None
    no_clocks: tuple[Slug, ...] = ()
    warn_at: dict[str, tuple[Moment, ...]] | None = None
    told: dict[str, dict[Who, tuple[Moment, ...]]] | None = None
    met: tuple[Slug, ...] = ()
    breached: tuple[Slug, ...] = ()
    open_steps: tuple[Slug, ...] | None = None
    closed_steps: dict[str, Why] | None = None
    step_until: dict[str, Moment] | None = None
    letters: tuple[Slug, ...] | None = None
    no_letters: tuple[Slug, ...] = ()
    pause: Why | None = None
    pause_until: Moment | None = None
    extension: Why | None = None
    extended_to: Moment | None = None
    approver: Who | None = None
    four_eyes: bool | None = None
    reopening: Why | None = None
    owed: dict[str, Moment] | None = None
    keep_until: Moment | None = None
    barred: tuple[Relation, ...] | None = None
    speakers: int | None = None
