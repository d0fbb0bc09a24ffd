"""Scenarios on trial: what the rules make of a story, beside what it expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dingfen.engine import complaint_trying, topic_trying
from dingfen.engine.calendar import Calendar
from dingfen.engine.complaint_scenarios import GivenComplaint
from dingfen.engine.deadlines import due
from dingfen.engine.decide import decide
from dingfen.engine.durations import Duration
from dingfen.engine.entering import is_in_time, is_late_evening, is_same_day
from dingfen.engine.events import Claimant, Event, Matter
from dingfen.engine.facts import Facts, fold, moment_text
from dingfen.engine.holding import protection
from dingfen.engine.parts import Ruled
from dingfen.engine.rotation import Turn, order
from dingfen.engine.ruling import Ruling
from dingfen.engine.scenarios import (
    OF_TOPICS,
    GivenClock,
    GivenEntry,
    GivenFacts,
    GivenLimit,
    GivenRegistration,
    GivenTurn,
    Happening,
    Scenario,
)
from dingfen.engine.schema import Pack, ownership_of, value_at
from dingfen.engine.vocabulary import FACTS, Fact, facts_of


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


def run_scenarios(pack: Pack, scenarios: Sequence[Scenario], calendar: Calendar) -> list[Outcome]:
    """Try each scenario on the pack."""
    return [Outcome(each, tuple(_differences(pack, each, calendar))) for each in scenarios]


@dataclass(frozen=True, slots=True)
class Covered:
    """The scenarios of one article that the machine runs: those it decides, those just outside."""

    article: str
    decides: tuple[str, ...]
    outside: tuple[str, ...]


def coverage(pack: Pack, scenarios: Sequence[Scenario]) -> list[Covered]:
    """Each article with an executable part, in the order of the rule book, and what tries it."""
    run = {part.article for _, part in pack.parts() if isinstance(part, Ruled)}
    return [
        Covered(
            article.id,
            tuple(each.id for each in scenarios if article.id in each.articles),
            tuple(each.id for each in scenarios if article.id in each.outside),
        )
        for article in pack.articles
        if article.id in run
    ]


def _differences(pack: Pack, scenario: Scenario, calendar: Calendar) -> list[Difference]:
    if scenario.topic not in pack.topics:
        return [Difference("topic", scenario.topic, None)]
    for form in OF_TOPICS:
        if (given := getattr(scenario, form)) is not None:
            return _of_topic(pack, scenario, form, given, calendar)
    found = found_of(pack, scenario, calendar)
    expected = scenario.expect.model_dump(exclude_unset=True)
    return [
        Difference(key, wanted, found.get(key))
        for key, wanted in ((key, _plain(value, calendar)) for key, value in expected.items())
        if not _agrees(key, wanted, found)
    ]


def _of_topic(pack: Pack, scenario: Scenario, form: str, given: Any, calendar: Calendar) -> list[Difference]:
    runs = _runs(given)
    found = _plain(runs.outcome_of(pack, given, calendar), calendar)
    expect = getattr(scenario.expect, form)
    wanted = _plain(expect.model_dump(exclude_unset=True), calendar) if expect else {"": "nothing"}
    return [
        Difference(f"{form}.{key}", value, found.get(key))
        for key, value in wanted.items()
        if not runs.agrees(key, value, found)
    ]


def _runs(given: Any) -> Any:
    return complaint_trying if isinstance(given, GivenComplaint) else topic_trying


def found_of(pack: Pack, scenario: Scenario, calendar: Calendar) -> dict[str, Any]:
    """What the rules make of a story, under the keys that `expect` has."""
    for form in OF_TOPICS:
        if (given := getattr(scenario, form)) is not None:
            return {form: _plain(_runs(given).outcome_of(pack, given, calendar), calendar)}
    if scenario.protection is not None:
        return _protection(pack, scenario.protection, calendar)
    if scenario.clock is not None:
        return _clock(pack, scenario.clock, calendar)
    if scenario.limit is not None:
        return _limit(pack, scenario.limit)
    if scenario.entry is not None:
        return _entry(pack, scenario.entry, calendar)
    if scenario.turns:
        return _turns(pack, scenario.turns, calendar)
    facts = facts_of_scenario(pack, scenario, calendar)
    at = _local(scenario.at, calendar) or datetime.fromisoformat(facts["case"]["raised_at"])
    return _of_ruling(decide(facts, pack, at)) | {"facts": _of_facts(facts)}


def facts_of_scenario(pack: Pack, scenario: Scenario, calendar: Calendar) -> Facts:
    """The facts of a story: folded from its events, or as given."""
    if scenario.facts is not None:
        return _given(scenario, scenario.facts, calendar)
    events = [_event(pack, number, each, calendar) for number, each in enumerate(scenario.events, 1)]
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


def _event(pack: Pack, number: int, each: Happening, calendar: Calendar) -> Event:
    at = _here(each.at, calendar)
    recorded = _here(each.recorded_at or each.at, calendar)
    attrs = dict(each.attrs)
    if each.what == "registered" and recorded != at and not attrs.get("imported"):
        attrs.setdefault("same_day", is_same_day(at, recorded, calendar))
        rule = ownership_of(pack).registration
        attrs.setdefault("late_evening", is_late_evening(rule, at, recorded, calendar))
    return Event(each.what, at, recorded, each.who, None, None, None, number, attrs)


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
    return moment_text(
        _here(value if isinstance(value, datetime) else datetime.fromisoformat(str(value)), calendar)
    )


def _local(at: datetime | None, calendar: Calendar) -> datetime | None:
    return None if at is None else _here(at, calendar)


def _here(at: datetime, calendar: Calendar) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=calendar.zone)


# The forms without a dispute.


def _protection(pack: Pack, given: GivenRegistration, calendar: Calendar) -> dict[str, Any]:
    state = protection(
        pack,
        registered_at=_here(given.registered_at, calendar),
        grade=given.grade,
        follow_ups=[_here(at, calendar) for at in given.follow_ups],
        calendar=calendar,
        now=_here(given.now, calendar),
        channel=given.channel,
        stage=(_here(given.stage_at or given.registered_at, calendar), given.stage) if given.stage else None,
        renewals=[_here(at, calendar) for at in given.renewals],
    )
    return {key: moment_text(v) if isinstance(v, datetime) else v for key, v in asdict(state).items()}


def _clock(pack: Pack, given: GivenClock, calendar: Calendar) -> dict[str, Any]:
    length = value_at(pack, given.of)
    if not isinstance(length, Duration):
        return {}
    until = due(_here(given.from_, calendar), length, calendar)
    done = _local(given.done, calendar)
    return {"due": moment_text(until), "in_time": None if done is None else done < until}


def _limit(pack: Pack, given: GivenLimit) -> dict[str, Any]:
    most = value_at(pack, given.of)
    return {"allowed": given.count <= most} if isinstance(most, int) else {}


def _entry(pack: Pack, given: GivenEntry, calendar: Calendar) -> dict[str, Any]:
    rule = ownership_of(pack).registration
    received, entered = _here(given.received_at, calendar), _here(given.entered_at, calendar)
    missing = [name for name in rule.required if name not in given.fields]
    in_time = is_in_time(rule, received, entered, calendar)
    return {
        "missing": missing,
        "same_day": is_same_day(received, entered, calendar),
        "late_evening": is_late_evening(rule, received, entered, calendar),
        "valid": in_time and not missing and given.by in rule.by,
    }


def _turns(pack: Pack, given: Sequence[GivenTurn], calendar: Calendar) -> dict[str, Any]:
    rule = ownership_of(pack).rotation
    if rule is None:
        return {}
    people = list(dict.fromkeys(name for turn in given for name in (turn.who, turn.to) if name))
    opening = calendar.start_of(date(2026, 1, 5))
    turns = [
        Turn(
            number,
            turn.what,
            opening + number * timedelta(minutes=1),
            people.index(turn.who),
            people.index(turn.to) if turn.to else None,
        )
        for number, turn in enumerate(given, 1)
    ]
    now = order(turns, rule)
    return {
        "next": people[now.next.who] if now.next else None,
        "why": now.why,
        "order": [people[place.who] for place in now.places],
    }


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
        "amounts": _amounts(ruling),
        "sanctions": {each.sanction: {str(each.staff): each.measure} for each in ruling.sanctions},
        "not_applied": {each.rule: each.why_code for each in ruling.not_applied},
        "rung": ruling.evidence_rung,
        "changes": sorted({each.fact for each in ruling.changes}),
    }


def _amounts(ruling: Ruling) -> dict[str, str]:
    bonuses = {each.id: f"{each.amount} {each.currency}" for each in ruling.effects if each.amount}
    fines = {each.sanction: f"{each.amount} {each.currency}" for each in ruling.sanctions if each.amount}
    return bonuses | fines


def _of_facts(facts: Facts) -> dict[str, dict[str, Any]]:
    found = {str(claim["staff"]): claim for claim in facts["claims"]}
    return {"case": facts["case"], **found}


def _plain(value: Any, calendar: Calendar) -> Any:
    if isinstance(value, datetime):
        return moment_text(_here(value, calendar))
    if isinstance(value, dict):
        return {key: _plain(each, calendar) for key, each in value.items()}
    return [_plain(each, calendar) for each in value] if isinstance(value, tuple | list) else value


def _agrees(key: str, wanted: Any, found: Mapping[str, Any]) -> bool:
    value: Any = found.get(key)
    if key in ("no_effects", "no_sanctions"):
        return not set(wanted) & set(found[key.removeprefix("no_")])
    if key == "changes":
        return set(wanted) <= set(value)
    if key in ("effects", "not_applied", "sanctions", "amounts"):
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
