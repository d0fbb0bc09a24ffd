"""Scenarios: small stories beside a pack that say what its rules must lead to.

    scenarios:
      - id: first-registration-wins
        title: {zh: 先登记者得, en: The first to register wins}
        articles: [OWN-3]
        staff: {li: east, wang: west}              # claimant: unit
        about: deal                                # or registration, then with `at`
        events:
          - {at: 2026-03-02 09:14, who: li, what: registered, grade: A}
          - {at: 2026-03-03 16:00, who: wang, what: deal}
        expect: {outcome: award, holder: li, decisive: first-registered}

In place of `events` may stand, one to a story:

- `facts`: stated outright. Those not named have their plain value (nothing happened, claimed in time), those
  under `unknown` none at all.
- `protection`: the clock of a single registration, its follow-ups, and `now`.
- `clock`: any length the pack sets, by its key (`of: prior_communication.tell`), and whether it was met.
- `limit`: any number the pack sets (`of: signers.at_most`) against a `count`.
- `turns`: the events of a day's rotation, and who receives next.
- `entry`: whether a registration handed in at a moment with these fields is valid.
- `complaint`: a complaint with what happened to it (see `complaint_scenarios`).
- `incident`, `conduct`, `care`, `figure`: see `topic_stories`.

`articles` are those that decide the story, `outside` those that just don't. A registration with another
`recorded_at` is judged by the same-day rule. Times without an offset are those of the calendar's zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError, model_validator

from dingfen.engine.complaint_scenarios import ExpectedComplaint, GivenComplaint
from dingfen.engine.errors import PackError, PackErrors, refused
from dingfen.engine.events import ATTRS, REQUIRED, EventKind
from dingfen.engine.load import located
from dingfen.engine.ownership import Field_, Goes, Partner, Role, TouchKind
from dingfen.engine.parts import ArticleId, Moment, Part, Slug, Text
from dingfen.engine.rotation import Kind, Why
from dingfen.engine.schema import TOPICS
from dingfen.engine.sources import Source, read_yaml
from dingfen.engine.topic_stories import (
    ExpectedCare,
    ExpectedConduct,
    ExpectedFigure,
    ExpectedIncident,
    GivenCare,
    GivenConduct,
    GivenFigure,
    GivenIncident,
)
from dingfen.engine.vocabulary import FACTS, Fact, facts_of, fits

_EVENT_KEYS = ("at", "recorded_at", "who", "what")


class Happening(Part):
    """One event of a story: `what` happened, by `who`, with the attributes of its kind."""

    at: Moment
    what: EventKind
    who: str | None = None
    recorded_at: Moment | None = None
    attrs: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "attrs" in data:
            return data
        named = {key: value for key, value in data.items() if key in _EVENT_KEYS}
        return {**named, "attrs": {key: value for key, value in data.items() if key not in _EVENT_KEYS}}

    @model_validator(mode="after")
    def _attrs_are_known(self) -> Happening:
        known = {**ATTRS[self.what], "imported": bool, "rung": str}
        for name, value in self.attrs.items():
            if name not in known:
                raise refused("unknown_key", accepted=", ".join((*_EVENT_KEYS, *known)), key=name)
            if not isinstance(value, known[name]):
                raise refused("wrong_type", found=type(value).__name__, key=name)
        missing = [name for name in REQUIRED.get(self.what, ()) if name not in self.attrs]
        if missing:
            raise refused("missing_key", accepted=", ".join(missing), key=missing[0])
        if self.what == "finding":
            _check_fact(self.attrs["fact"], self.attrs["value"], FACTS)
            if FACTS[self.attrs["fact"]].subject == "claim" and "staff" not in self.attrs:
                raise refused("missing_key", accepted="staff: …", key="staff")
        if self.what == "touch" and self.attrs["kind"] not in get_args(TouchKind):
            raise refused("not_one_of", accepted=", ".join(get_args(TouchKind)), found=self.attrs["kind"])
        for name in ("grade", "channel", "stage"):
            if name in self.attrs:
                _check_fact(name, self.attrs[name], FACTS)
        for met in (*self.attrs.get("buyers", ()), *filter(None, [self.attrs.get("with")])):
            if met not in get_args(Partner):
                raise refused("not_one_of", accepted=", ".join(get_args(Partner)), found=met)
        return self


def _check_fact(name: str, value: Any, known: Mapping[str, Fact]) -> None:
    if name not in known:
        raise refused("unknown_fact", accepted=", ".join(sorted(known)), fact=name)
    if not fits(known[name], value):
        raise refused("value_does_not_fit", accepted=known[name].type, fact=name, found=str(value))


class GivenFacts(Part):
    """Facts stated outright: of the case, and per claimant."""

    case: dict[str, Any] = {}
    claims: dict[str, dict[str, Any]] = {}
    unknown: dict[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _known(self) -> GivenFacts:
        claim_facts, case_facts = facts_of("claim"), facts_of("case", "customer")
        for names, facts in ((self.case, case_facts), *((c, claim_facts) for c in self.claims.values())):
            for name, value in names.items():
                _check_fact(name, value, facts)
        for name in {name for names in self.unknown.values() for name in names} - set(claim_facts):
            raise refused("unknown_fact", accepted=", ".join(sorted(claim_facts)), fact=name)
        return self


class GivenRegistration(Part):
    """One registration and its effective follow-ups, looked at `now`."""

    registered_at: Moment
    grade: str | None = None
    channel: str | None = None
    stage: str | None = None
    stage_at: Moment | None = None
    follow_ups: tuple[Moment, ...] = ()
    renewals: tuple[Moment, ...] = ()
    now: Moment

    @model_validator(mode="after")
    def _known(self) -> GivenRegistration:
        for name in ("grade", "channel", "stage"):
            _check_fact(name, getattr(self, name), FACTS)
        return self


class GivenClock(Part):
    """A clock of the pack: the key of its length, when it starts, when what it asks for was done."""

    of: Annotated[str, Field(min_length=1)]
    from_: Annotated[Moment, Field(alias="from")]
    done: Moment | None = None


class GivenLimit(Part):
    """A number of the pack, by its key, and how many there would be."""

    of: Annotated[str, Field(min_length=1)]
    count: Annotated[int, Field(ge=0)]


class GivenEntry(Part):
    """A registration as it is handed in: when the customer was received, when it was entered, by whom."""

    received_at: Moment
    entered_at: Moment
    fields: tuple[Field_, ...]
    by: Role = "salesperson"


class GivenTurn(Part):
    """One event of the rotation, in the order of the day: who did what; `to`, whom they let go first."""

    what: Kind
    who: Annotated[str, Field(min_length=1)]
    to: str | None = None


class Expected(Part):
    """What must come out. Only what is named is compared; shares are per cent.

    `sanctions` and `effects` go by their id: `sanctions: {false-filing: {wang: fine}}`, `effects: {quota:
    [li]}`; `no_sanctions` and `no_effects` are those that must not come.
    """

    outcome: Literal["award", "split", "declined"] | None = None
    holder: str | None = None
    split: dict[str, float] | None = None
    basis: Literal["principle", "scorecard", "none"] | None = None
    decisive: str | None = None
    points: dict[str, int] | None = None
    margin: int | None = None
    declined: str | None = None
    mode: Literal["head", "joint", "general_manager"] | None = None
    units: tuple[str, ...] | None = None
    effects: dict[str, tuple[str, ...]] | None = None
    no_effects: tuple[str, ...] = ()
    amounts: dict[str, str] | None = None
    sanctions: dict[str, dict[str, str]] | None = None
    no_sanctions: tuple[str, ...] = ()
    not_applied: dict[str, str] | None = None
    rung: str | None = None
    changes: tuple[str, ...] = ()
    facts: dict[str, dict[str, Any]] = {}
    state: Literal["held", "lapsing", "lapsed"] | None = None
    then: Goes | None = None
    lapse_at: Moment | None = None
    follow_up_due: Moment | None = None
    warn_at: Moment | None = None
    due: Moment | None = None
    in_time: bool | None = None
    allowed: bool | None = None
    valid: bool | None = None
    same_day: bool | None = None
    late_evening: bool | None = None
    missing: tuple[Field_, ...] | None = None
    next: str | None = None
    why: Why | None = None
    order: tuple[str, ...] | None = None
    complaint: ExpectedComplaint | None = None
    incident: ExpectedIncident | None = None
    conduct: ExpectedConduct | None = None
    care: ExpectedCare | None = None
    figure: ExpectedFigure | None = None


OF_TOPICS = {
    "complaint": "complaints", "incident": "incidents", "conduct": "conduct", "care": "care", "figure": "indicators",
}  # fmt: skip
FORMS = ("events", "facts", "protection", "clock", "limit", "entry", "turns", *OF_TOPICS)


class Scenario(Part):
    """One story with what is expected of the rules."""

    id: Slug
    title: Text
    articles: tuple[ArticleId, ...] = ()
    outside: tuple[ArticleId, ...] = ()
    staff: dict[str, str] = {}
    about: Literal["deal", "registration"] = "deal"
    at: Moment | None = None
    events: tuple[Happening, ...] = ()
    facts: GivenFacts | None = None
    protection: GivenRegistration | None = None
    clock: GivenClock | None = None
    limit: GivenLimit | None = None
    entry: GivenEntry | None = None
    turns: tuple[GivenTurn, ...] = ()
    complaint: GivenComplaint | None = None
    incident: GivenIncident | None = None
    conduct: GivenConduct | None = None
    care: GivenCare | None = None
    figure: GivenFigure | None = None
    expect: Expected

    @model_validator(mode="after")
    def _one_form(self) -> Scenario:
        if sum(bool(getattr(self, form)) for form in FORMS) != 1:
            raise refused("one_of", accepted=", ".join(FORMS))
        if not self.articles and not self.outside:
            raise refused("one_of", accepted="articles, outside")
        return self

    @property
    def topic(self) -> str:
        """The topic whose rules it tries."""
        for form, topic in OF_TOPICS.items():
            if getattr(self, form) is not None:
                return topic
        key = self.clock or self.limit
        first = key.of.partition(".")[0] if key else ""
        return first if first in TOPICS else "ownership"


def read_scenarios(files: Mapping[str, str]) -> list[Scenario]:
    """The scenarios written in these YAML files. Raises `PackErrors`, located."""
    found: list[Scenario] = []
    errors: list[PackError] = []
    for name in sorted(files):
        source = Source()
        data, problems = read_yaml(name, files[name], source)
        errors += problems
        stories = data.get("scenarios") if isinstance(data, dict) else None
        if not isinstance(stories, list):
            errors += [] if problems else [PackError(name, 1, 1, "", "not_a_mapping", {}, "scenarios: [...]")]
            continue
        for index, story in enumerate(stories):
            try:
                found.append(Scenario.model_validate(story))
            except ValidationError as failure:
                prefix = ("scenarios", index)
                errors += [located(source, dict(error), Scenario, prefix) for error in failure.errors()]
    twice = {each.id for each in found if [other.id for other in found].count(each.id) > 1}
    errors += [PackError("scenarios", 1, 1, "", "duplicate_id", {"id": name}) for name in sorted(twice)]
    if errors:
        raise PackErrors(errors)
    return found
