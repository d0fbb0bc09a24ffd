"""How clocks of complaints are written: start, length, end, pauses, extension, reminders, escalation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dingfen.engine.errors import refused
from dingfen.engine.parts import ComplaintCondition, Duration, Named, Part, Ruled, Slug, Span, Text

# What happens to a complaint; clocks start and end with it, letters are owed at it.
Event = Literal[
    "received", "accepted", "acknowledged", "first_answered", "assessed", "interim_told", "proposed",
    "proposal_accepted", "proposal_declined", "decided", "remedy_delivered", "visited", "closed", "reopened",
    "review_asked", "review_decided", "change_asked", "change_decided", "withdrawn", "extended", "authority_told",
    "other_named", "heard_together",
]  # fmt: skip
# In which order the ends of clocks come; what is owed earlier may not be due later.
STAGES: tuple[Event, ...] = (
    "accepted", "acknowledged", "first_answered", "interim_told", "decided", "remedy_delivered", "closed", "visited",
)  # fmt: skip
# Who does something about a complaint: the person in charge of it, or somebody in a role of the unit.
Who = Literal["handler", "agent", "head", "general_manager", "compliance"]
RANK: tuple[Who, ...] = ("handler", "agent", "head", "compliance", "general_manager")
Names = tuple[Slug, ...]


class Fitting(Ruled):
    """A part that may hold for some complaints only: of these classes (or below them), levels, urgencies, and
    where the condition is met. Left out: for all.
    """

    classes: Names = ()
    levels: Names = ()
    urgencies: Names = ()
    when: ComplaintCondition | None = None


class Pause(Named):
    """A reason for which clocks may stand still: who may say so, and for how long at most."""

    title: Text
    by: Annotated[tuple[Who, ...], Field(min_length=1)]
    at_most: Duration | None = None


class Extension(Fitting):
    """By how much a clock may be lengthened, how often, who approves, and which letter tells the customer."""

    by: Duration
    at_most: Annotated[int, Field(ge=1, le=10)] = 1
    approved_by: Who
    letter: Slug | None = None


class Escalate(Part):
    """Who is told, so long before the end or after it; deputies stand in for whoever is away."""

    to: Who
    before: Span | None = None
    after: Span | None = None

    @model_validator(mode="after")
    def _one(self) -> Escalate:
        if (self.before is None) == (self.after is None):
            raise refused("one_of", accepted="before, after")
        return self


class Clock(Fitting):
    """A time within which something is owed.

    Of several clocks with the same `starts` and `ends` the first that fits holds. With `repeats` it starts
    anew each time it was met, until the complaint is decided. `warn_at`: shares of the time, in per cent.
    `consequence`: what follows a breach, beyond its being on record.
    """

    id: Slug
    title: Text
    starts: Event
    within: Duration
    ends: Event
    by: Who | None = None
    repeats: bool = False
    pauses: Names = ()
    extension: Extension | None = None
    warn_at: tuple[Annotated[int, Field(ge=1, le=99)], ...] = ()
    escalate: tuple[Escalate, ...] = ()
    consequence: Text | None = None
