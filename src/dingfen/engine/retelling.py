"""A recorded case, or a trial, as a scenario: nobody's name or number in it, and what it must lead to.

People become `seller-1`, `seller-2` …, units `unit-1` …, in the order of their ids, so that ties that go by
ids fall the same way. Moments move by whole weeks: weekday, time of day and every distance stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from dingfen.engine.calendar import Calendar
from dingfen.engine.facts import Facts
from dingfen.engine.parts import conditions_in
from dingfen.engine.scenarios import Scenario
from dingfen.engine.schema import Pack, ownership_of
from dingfen.engine.trying import facts_of_scenario, found_of
from dingfen.engine.vocabulary import FACTS, facts_of
from dingfen.engine.whatif import facts_of_rule

FIRST_WEEK = date(2026, 1, 5)
_OUTSIDE_FACTS = ("staff", "unit", "evidence")
_DERIVED = ("about", "claimants", "same_unit", "raised_at")
_NOTHING: tuple[Any, ...] = (None, {}, [], (), "")
_QUIET = frozenset({"facts", "changes", "not_applied", "rung", "units", "basis", "mode", "amounts", "why"})


def retell(facts: Facts, pack: Pack, calendar: Calendar) -> dict[str, Any]:
    """The story of these facts as a scenario writes it: staff, about, at and what differs from nothing at all.

    Read back by the scenario's own reader it gives the same facts again, but for ids and weeks.
    """
    claims = sorted(facts["claims"], key=lambda claim: str(claim["staff"]))
    units = {unit: f"unit-{n}" for n, unit in enumerate(sorted({str(c["unit"]) for c in claims}), 1)}
    named = {f"seller-{n}": claim for n, claim in enumerate(claims, 1)}
    case = dict(facts["case"])
    raised = datetime.fromisoformat(case["raised_at"])
    shift = shift_to_the_first_week(raised, calendar)
    story: dict[str, Any] = {
        "staff": {name: units[str(claim["unit"])] for name, claim in named.items()},
        "about": case["about"],
        "at": moment_on_the_wall(raised + shift, calendar),
    }
    plain = _read(story | {"facts": {"case": {}}}, pack, calendar)
    given: dict[str, Any] = {"case": _differing(case, plain["case"], shift, calendar, "case", "customer")}
    told, unknown = {}, {}
    for (name, claim), base in zip(named.items(), plain["claims"], strict=True):
        told[name] = _differing(claim, base, shift, calendar, "claim")
        unknown[name] = [each for each in facts_of("claim") if each not in claim]
    given["claims"] = {name: values for name, values in told.items() if values}
    if any(unknown.values()):
        given["unknown"] = {name: names for name, names in unknown.items() if names}
    return story | {"facts": given}


def shift_to_the_first_week(raised: datetime, calendar: Calendar) -> timedelta:
    """By how many whole weeks a story moves so that it begins in the first full week of 2026."""
    day = calendar.date_of(raised)
    monday = day - timedelta(days=day.weekday())
    return FIRST_WEEK - monday


def _differing(
    record: Mapping[str, Any], base: Mapping[str, Any], shift: timedelta, calendar: Calendar, *subjects: Any
) -> dict[str, Any]:
    found = {}
    for name in facts_of(*subjects):
        if name in _DERIVED or name not in record:
            continue
        value = record[name]
        if value is not None and FACTS[name].type == "moment":
            value = moment_on_the_wall(datetime.fromisoformat(value) + shift, calendar)
        if value != base.get(name) or name not in base:
            found[name] = value
    return found


def moment_on_the_wall(at: datetime, calendar: Calendar) -> str:
    """On the wall of the calendar's zone, where that says exactly this moment; else with its offset."""
    here = at.astimezone(calendar.zone)
    naive = here.replace(tzinfo=None)
    if naive.replace(tzinfo=calendar.zone) != at:
        return at.isoformat()
    return naive.isoformat(" ", "minutes" if naive.time() == time(here.hour, here.minute) else "auto")


def _read(story: Mapping[str, Any], pack: Pack, calendar: Calendar) -> Facts:
    article = pack.articles[0].id
    title = {"zh": "-", "en": "-"}
    whole = {"id": "x", "title": title, "articles": [article], "expect": {}, **story}
    return facts_of_scenario(pack, Scenario.model_validate(whole), calendar)


def expected(pack: Pack, scenario: Scenario, calendar: Calendar) -> dict[str, Any]:
    """What the rules make of a story, as its `expect` would say it."""
    found = found_of(pack, scenario, calendar)
    names = type(scenario.expect).model_fields
    return {
        name: _said(value)
        for name, value in found.items()
        if name in names and name not in _QUIET and value not in _NOTHING
    }


def _said(value: Any) -> Any:
    """Without what says nothing."""
    if isinstance(value, Mapping):
        return {key: _said(each) for key, each in value.items() if each not in _NOTHING}
    return list(value) if isinstance(value, tuple) else value


def used_facts(pack: Pack) -> frozenset[str]:
    """The facts that the rules on ownership look at."""
    rules = ownership_of(pack)
    names = {name for condition in conditions_in(rules) for name in condition.uses}
    lines = rules.scorecard.lines if rules.scorecard else ()
    names |= {name for rule in rules.principles for name in facts_of_rule(rule)}
    names |= {name for line in lines for name in facts_of_rule(line)}
    return frozenset(names & FACTS.keys())
