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

`facts` may stand in place of `events`: facts that are not named then have their plain value (nothing
happened, claimed in time), those under `unknown` none at all. A scenario with `protection` tries the
clock of a single registration. Times without an offset are those of the calendar's zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError, model_validator

from dingfen.engine.calendar import Calendar
from dingfen.engine.decide import decide
from dingfen.engine.errors import PackError, PackErrors, refused
from dingfen.engine.events import ATTRS, REQUIRED, Claimant, Event, EventKind, Matter
from dingfen.engine.facts import Facts, fold, moment_text
from dingfen.engine.holding import protection
from dingfen.engine.load import located
from dingfen.engine.ownership import TouchKind
from dingfen.engine.parts import ArticleId, Part, Slug, Text
from dingfen.engine.ruling import Ruling
from dingfen.engine.schema import Pack
from dingfen.engine.sources import Source, read_yaml
from dingfen.engine.vocabulary import FACTS, Fact, facts_of, fits

_EVENT_KEYS = ("at", "recorded_at", "who", "what")


class Happening(Part):
    """One event of a story: `what` happened, by `who`, with the attributes of its kind."""

    at: datetime
    what: EventKind
    who: str | None = None
    recorded_at: datetime | None = None
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
        if self.what == "touch" and self.attrs["kind"] not in get_args(TouchKind):
            raise refused("not_one_of", accepted=", ".join(get_args(TouchKind)), found=self.attrs["kind"])
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

    registered_at: datetime
    grade: str | None = None
    follow_ups: tuple[datetime, ...] = ()
    now: datetime


class Expected(Part):
    """What must come out. Only what is named is compared; shares are per cent."""

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
    sanctions: dict[str, dict[str, str]] | None = None
    not_applied: dict[str, str] | None = None
    rung: str | None = None
    changes: tuple[str, ...] = ()
    facts: dict[str, dict[str, Any]] = {}
    state: Literal["held", "lapsing", "lapsed"] | None = None
    lapse_at: datetime | None = None
    follow_up_due: datetime | None = None
    warn_at: datetime | None = None


class Scenario(Part):
    """One story with what is expected of the rules."""

    id: Slug
    title: Text
    articles: Annotated[tuple[ArticleId, ...], Field(min_length=1)]
    staff: dict[str, str] = {}
    about: Literal["deal", "registration"] = "deal"
    at: datetime | None = None
    events: tuple[Happening, ...] = ()
    facts: GivenFacts | None = None
    protection: GivenRegistration | None = None
    expect: Expected

    @model_validator(mode="after")
    def _one_form(self) -> Scenario:
        if (bool(self.events) + (self.facts is not None) + (self.protection is not None)) != 1:
            raise refused("one_of", accepted="events, facts, protection")
        return self


@dataclass(frozen=True, slots=True)
class Difference:
    """What a scenario expected under a key, and what came."""

    key: str
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario that was run: it passed when nothing differs."""

    scenario: Scenario
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


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


def run_scenarios(pack: Pack, scenarios: list[Scenario], calendar: Calendar) -> list[Outcome]:
    """Try each scenario on the pack."""
    return [Outcome(each, tuple(_differences(pack, each, calendar))) for each in scenarios]


def _differences(pack: Pack, scenario: Scenario, calendar: Calendar) -> list[Difference]:
    if scenario.protection is not None:
        found = _protection(pack, scenario.protection, calendar)
    else:
        facts = facts_of_scenario(pack, scenario, calendar)
        at = _local(scenario.at, calendar) or datetime.fromisoformat(facts["case"]["raised_at"])
        found = _of_ruling(decide(facts, pack, at)) | {"facts": _of_facts(facts)}
    expected = scenario.expect.model_dump(exclude_unset=True)
    return [
        Difference(key, wanted, found.get(key))
        for key, wanted in ((key, _plain(value, calendar)) for key, value in expected.items())
        if not _agrees(key, wanted, found)
    ]


def facts_of_scenario(pack: Pack, scenario: Scenario, calendar: Calendar) -> Facts:
    """The facts of a story: folded from its events, or as given."""
    if scenario.facts is not None:
        return _given(scenario, scenario.facts, calendar)
    events = [_event(number, each, calendar) for number, each in enumerate(scenario.events, 1)]
    deal = next((event for event in reversed(events) if event.kind == "deal"), None)
    about_deal = deal if scenario.about == "deal" else None
    at = _local(scenario.at, calendar) or (deal or events[-1]).at
    return fold(
        events,
        subject=Matter(scenario.about, about_deal.at if about_deal else at, _deal(about_deal)),
        claims=[Claimant(staff, unit) for staff, unit in scenario.staff.items()],
        calendar=calendar,
        pack_of=lambda _: pack,
        known_at=max(event.recorded_at for event in events),
    )


def _deal(event: Event | None) -> Any:
    return None if event is None else event.attrs.get("deal", event.entry)


def _event(number: int, each: Happening, calendar: Calendar) -> Event:
    at = _local(each.at, calendar)
    recorded = _local(each.recorded_at, calendar) or at
    assert at is not None and recorded is not None
    return Event(each.what, at, recorded, each.who, None, None, None, number, each.attrs)


def _given(scenario: Scenario, given: GivenFacts, calendar: Calendar) -> Facts:
    units = scenario.staff
    case = {name: _neutral(fact) for name, fact in facts_of("case", "customer").items()}
    case |= {
        "about": scenario.about,
        "claimants": len(units),
        "same_unit": len(set(units.values())) == 1,
        "raised_at": moment_text(_local(scenario.at, calendar) or calendar.start_of(date(2026, 1, 5))),
    }
    case |= {name: _value(name, value, calendar) for name, value in given.case.items()}
    claims = []
    for staff, unit in units.items():
        claim = {name: _neutral(fact) for name, fact in facts_of("claim").items()}
        claim |= {"claim_within_window": True, "joint_visit_points": 0}
        claim |= {name: _value(name, value, calendar) for name, value in given.claims.get(staff, {}).items()}
        for name in given.unknown.get(staff, ()):
            claim.pop(name, None)
        claims.append({"staff": staff, "unit": unit, **claim, "evidence": {}})
    return {"case": {**case, "evidence": {}}, "claims": claims, "rungs": {}}


def _neutral(fact: Fact) -> Any:
    if fact.nullable:
        return None
    if fact.type == "boolean":
        return False
    return fact.choices[0] if fact.type == "choice" else 0


def _value(name: str, value: Any, calendar: Calendar) -> Any:
    if value is None or FACTS[name].type != "moment":
        return value
    at = _local(value if isinstance(value, datetime) else datetime.fromisoformat(str(value)), calendar)
    return moment_text(at) if at else None


def _local(at: datetime | None, calendar: Calendar) -> datetime | None:
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=calendar.zone)


def _protection(pack: Pack, given: GivenRegistration, calendar: Calendar) -> dict[str, Any]:
    def local(at: datetime) -> datetime:
        return at if at.tzinfo is not None else at.replace(tzinfo=calendar.zone)

    state = protection(
        pack,
        registered_at=local(given.registered_at),
        grade=given.grade,
        follow_ups=[local(at) for at in given.follow_ups],
        calendar=calendar,
        now=local(given.now),
    )
    return {key: moment_text(v) if isinstance(v, datetime) else v for key, v in asdict(state).items()}


def _of_ruling(ruling: Ruling) -> dict[str, Any]:
    deciders = ruling.deciders
    return {
        "outcome": ruling.outcome,
        "holder": ruling.holder,
        "split": {each.staff: each.share / 100 for each in ruling.split} or None,
        "basis": ruling.basis,
        "decisive": ruling.decisive_rule,
        "points": dict(ruling.points) or None,
        "margin": ruling.margin,
        "declined": ruling.declined.code if ruling.declined else None,
        "mode": deciders.mode if deciders else None,
        "units": list(deciders.units) if deciders else None,
        "effects": {each.id: list(each.to) for each in ruling.effects},
        "sanctions": {each.sanction: {str(each.staff): each.measure} for each in ruling.sanctions},
        "not_applied": {each.rule: each.why_code for each in ruling.not_applied},
        "rung": ruling.evidence_rung,
        "changes": sorted({each.fact for each in ruling.changes}),
    }


def _of_facts(facts: Facts) -> dict[str, dict[str, Any]]:
    found = {str(claim["staff"]): claim for claim in facts["claims"]}
    return {"case": facts["case"], **found}


def _plain(value: Any, calendar: Calendar) -> Any:
    if isinstance(value, datetime):
        at = _local(value, calendar)
        return moment_text(at) if at else None
    if isinstance(value, dict):
        return {key: _plain(each, calendar) for key, each in value.items()}
    return [_plain(each, calendar) for each in value] if isinstance(value, tuple | list) else value


def _agrees(key: str, wanted: Any, found: Mapping[str, Any]) -> bool:
    value: Any = found.get(key)
    if key == "no_effects":
        return not set(wanted) & set(found["effects"])
    if key == "changes":
        return set(wanted) <= set(value)
    if key in ("effects", "not_applied", "sanctions"):
        return all(value.get(name) == each for name, each in wanted.items())
    if key == "facts":
        return all(
            _text_of(value.get(who, {}).get(name)) == _text_of(each)
            for who, names in wanted.items()
            for name, each in names.items()
        )
    return bool(value == wanted)


def _text_of(value: Any) -> Any:
    return value if not isinstance(value, str) else value.replace(" ", "T")
