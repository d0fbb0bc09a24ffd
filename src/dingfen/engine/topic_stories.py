"""Scenarios on incidents, conduct, care and indicators: what is given, and what the rules must make of it.

    - id: pushing-makes-it-general
      title: {zh: 推搡为一般冲突, en: Pushing makes it general}
      articles: [BBR-6]
      incident: {place: hall, facts: {pushing: true}, reported_at: 2026-03-02 10:02, now: 2026-03-02 10:04}
      expect: {incident: {level: general, due: [calm, call-security], asked: response-chief}}

Facts not named have their plain value (nothing special happened), those under `unknown` none at all. Only what
`expect` names is compared; lists that begin with `not_` must be missed.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from dingfen.engine.countables import COUNTABLES
from dingfen.engine.errors import refused
from dingfen.engine.fact import Subject
from dingfen.engine.names import RoleName
from dingfen.engine.parts import Day, Moment, Part, Slug
from dingfen.engine.vocabulary import facts_of, fits


class GivenTopic(Part):
    """Facts stated outright, some of them unknown."""

    SUBJECT: ClassVar[Subject]
    facts: dict[str, Any] = {}
    unknown: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _facts_fit(self) -> GivenTopic:
        known = facts_of(self.SUBJECT)
        for name in (*self.facts, *self.unknown):
            if name not in known:
                raise refused("unknown_fact", accepted=", ".join(sorted(known)), fact=name)
        for name, value in self.facts.items():
            if not fits(known[name], value):
                raise refused("value_does_not_fit", accepted=known[name].type, fact=name, found=str(value))
        return self


class AskedLowering(Part):
    """Somebody in a role wants to lower the level to another, with a reason or without."""

    to: Slug
    by: RoleName
    reason: str = ""


class GivenIncident(GivenTopic):
    """An incident at a place. `level`: the one it had so far; `done`: steps with their times; `made`: reports."""

    SUBJECT = "incident"
    place: Slug
    level: Slug | None = None
    reported_at: Moment
    graded_at: Moment | None = None
    ended_at: Moment | None = None
    now: Moment
    acknowledged: bool = False
    done: dict[str, Moment] = {}
    made: dict[str, Moment] = {}
    lower: AskedLowering | None = None


class ExpectedIncident(Part):
    """What must come of an incident. `open`: graver levels nobody can rule out; `asked`: who must acknowledge now."""

    level: Slug | None = None
    raised: bool | None = None
    open: tuple[Slug, ...] | None = None
    playbook: Slug | None = None
    due: tuple[Slug, ...] = ()
    overdue: tuple[Slug, ...] = ()
    waiting: tuple[Slug, ...] = ()
    not_due: tuple[Slug, ...] = ()
    not_needed: tuple[Slug, ...] = ()
    unsure: tuple[Slug, ...] = ()
    due_at: dict[str, Moment] = {}
    asked: RoleName | None = None
    at_once: tuple[RoleName, ...] | None = None
    passes_on_at: Moment | None = None
    reports: dict[str, Moment] = {}
    not_reports: tuple[Slug, ...] = ()
    reviews: dict[str, Moment] = {}
    not_reviews: tuple[Slug, ...] = ()
    complaint: bool | None = None
    lowered: bool | None = None
    why_not: str | None = None


class GivenConduct(GivenTopic):
    """A conduct file and the measures tried before."""

    SUBJECT = "conduct"
    tried: tuple[Slug, ...] = ()


class ExpectedConduct(Part):
    """What must come of a file: points, criteria that hold, warnings, measures open and closed (with the reason)."""

    points: int | None = None
    highest: int | None = None
    lines: tuple[Slug, ...] | None = None
    warnings: tuple[Slug, ...] | None = None
    open: tuple[Slug, ...] = ()
    not_open: tuple[Slug, ...] = ()
    closed: dict[str, str] = {}


class GivenCare(GivenTopic):
    """A customer and the contacts that took place; or, with `roles`, somebody on the staff and their courses."""

    SUBJECT = "care"
    contacts: tuple[Moment, ...] = ()
    first: Day | None = None
    last: Day | None = None
    roles: tuple[RoleName, ...] = ()
    since: Moment | None = None
    passed: dict[str, Moment] = {}
    now: Moment | None = None


class ExpectedCare(Part):
    """What must come of it: the cadence, when contacts are due, which courses are due when."""

    cadence: Slug | None = None
    planned: tuple[Moment, ...] | None = None
    number_planned: int | None = None
    courses: dict[str, Moment] = {}
    not_courses: tuple[Slug, ...] = ()
    overdue: tuple[Slug, ...] = ()


class GivenFigure(Part):
    """A figure of the pack and counts of one period; those left out are unknown."""

    of: Slug
    counts: dict[str, Annotated[float, Field(ge=0)]] = {}

    @model_validator(mode="after")
    def _known(self) -> GivenFigure:
        for name in self.counts:
            if name not in COUNTABLES:
                raise refused("unknown_countable", accepted=", ".join(COUNTABLES), name=name)
        return self


class ExpectedFigure(Part):
    """What must come of a figure: the value to two places, whether it meets its target, or why there is none."""

    value: float | None = None
    met: bool | None = None
    why: str | None = None
