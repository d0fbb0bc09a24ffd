"""Examples for findings on ownership."""

from __future__ import annotations

from collections.abc import Callable

from dingfen.engine.example_facts import (
    START,
    Example,
    hold_conditions,
    hold_of,
    moments,
    part_at,
    standing_facts,
    written,
)
from dingfen.engine.finding import Finding
from dingfen.engine.ownership import Ownership, Scorecard
from dingfen.engine.parts import write_span
from dingfen.engine.schema import Pack, ownership_of
from dingfen.engine.search import MOST_TRIES, tries
from dingfen.engine.standing import standings


def _hold(pack: Pack, finding: Finding) -> Example:
    """A hold of this kind, and when it lapses and its follow-up is due if nothing is done."""
    words = finding.params.get("grade")
    protection = ownership_of(pack).protection
    facts = hold_of(pack, words)
    standing = next(
        (each for each in standings(hold_conditions(pack)) if each.words(hold_conditions(pack)) == words),
        None,
    )
    cadence = next((rule for rule in protection.follow_up if standing and standing.meets(rule.when)), None)
    lapse = part_at(pack, finding.where)
    after = getattr(lapse, "after", None)
    shown = moments(lapses=after, follow_up_due=cadence.every if cadence else None) if after else {}
    return {"hold": facts, **shown}


def _shadowed(pack: Pack, finding: Finding) -> Example:
    """A hold the rule would be for, and the earlier rule that takes it."""
    rules = ownership_of(pack).protection.follow_up
    index = int(finding.where.rpartition(".")[2])
    conditions = hold_conditions(pack)
    for standing in standings(conditions):
        if standing.meets(rules[index].when):
            first = next(place for place, rule in enumerate(rules) if standing.meets(rule.when))
            return {"hold": standing_facts(standing, conditions), "taken_by": f"follow_up.{first}"}
    return {"hold": {}}


def _reminder(pack: Pack, finding: Finding) -> Example:
    protection = ownership_of(pack).protection
    shortest = min(protection.lapse, key=lambda rule: moments(at_end=rule.after)["at_end"])
    return {**moments(lapses=shortest.after), "warn_before": write_span(protection.warn_before)}


def _to_pool(pack: Pack, finding: Finding) -> Example:
    return {"hold": {"lapsed": True}, "goes_to": "pool"}


def _ungraded(pack: Pack, finding: Finding) -> Example:
    return {"hold": {"grade": None}}


def _decided_before(pack: Pack, finding: Finding) -> Example:
    """Any facts do: the earlier one ends the comparison whatever they are."""
    return {"case": {}, "decided_by": finding.params["after"]}


def _never_seen(pack: Pack, finding: Finding) -> Example:
    """Facts in which its own condition holds, and which rule decided before it; else how many were tried."""
    rules = ownership_of(pack)
    principle = next(each for each in rules.principles if each.id == finding.params["id"])
    for each in tries(rules, principle):
        asked = (
            principle.when is None or principle.when.evaluate(each.facts.case, {}, each.facts.claims) is True
        )
        if asked and each.went.steps:
            return {**each.example.plain(), "decided_by": each.went.steps[-1][0].id}
    return {"tried": MOST_TRIES, "found": 0}


def _card(pack: Pack) -> Scorecard:
    card = ownership_of(pack).scorecard
    assert card is not None
    return card


def _all_lines(pack: Pack, finding: Finding) -> Example:
    """One side earns every line."""
    lines = {line.id: max(abs(line.points.low), abs(line.points.high)) for line in _card(pack).lines}
    return {"a": {"points": lines}, "lead": sum(lines.values()), "threshold": _card(pack).threshold}


def _both_lines(pack: Pack, finding: Finding) -> Example:
    lines = {line.id: line for line in _card(pack).lines}
    mine, earlier = lines[str(finding.params["id"])], lines[str(finding.params["after"])]
    return {
        "a": {"earns": str(mine.to), "points": {earlier.id: earlier.points.high, mine.id: mine.points.high}}
    }


def _no_points(pack: Pack, finding: Finding) -> Example:
    return {"a": {"points": {finding.params["id"]: 0}}}


def _idle_line(pack: Pack, finding: Finding) -> Example:
    """Level without the line, and no nearer to the threshold with it."""
    card = _card(pack)
    line = next(each for each in card.lines if each.id == finding.params["id"])
    return {"lead_without": 0, "lead_with": line.points.high, "threshold": card.threshold}


def _own_duty(pack: Pack, finding: Finding) -> Example:
    return {"by": finding.params["person"], "to": finding.params["person"]}


def _breach(pack: Pack, finding: Finding) -> Example:
    """The duty left undone: whatever is decided stays as it was."""
    if str(finding.params["duty"]).startswith("prior"):
        return {"b": {"received_held": True, "notified_owner": False}, "outcome": "unchanged"}
    return {"a": {"followed_up": False}, "outcome": "unchanged"}


def _told_late(pack: Pack, finding: Finding) -> Example:
    rules: Ownership = ownership_of(pack)
    tell = rules.prior_communication.tell if rules.prior_communication else None
    shortest = min((rule.after for rule in rules.protection.lapse), key=lambda each: moments(end=each)["end"])
    return moments(told_by=tell, lapses=shortest, claims_until=rules.claim_window.within)


def _looks_back(pack: Pack, finding: Finding) -> Example:
    rules = ownership_of(pack)
    longest = max((rule.after for rule in rules.protection.lapse), key=lambda each: moments(end=each)["end"])
    return moments(lapses=longest, still_looked_at=rules.look_back.within if rules.look_back else None)


def _all_day(pack: Pack, finding: Finding) -> Example:
    first = ownership_of(pack).registration.first_thing
    return {"opens": written(START), "entered_until": written(START + first.by)} if first else {}


def _role(pack: Pack, finding: Finding) -> Example:
    return {"role": finding.params["role"], "asked_for_at": finding.where}


EXAMPLES: dict[str, Callable[[Pack, Finding], Example]] = {
    "grade_without_follow_up": _hold, "no_follow_up_to_miss": _hold, "lapse_before_follow_up_due": _hold,
    "reminder_before_start": _reminder, "no_pool_rules": _to_pool, "grade_not_required": _ungraded,
    "unreachable": _decided_before, "repeats": _decided_before, "never_seen": _never_seen,
    "threshold_out_of_reach": _all_lines, "counted_twice": _both_lines, "no_points": _no_points,
    "points_change_nothing": _idle_line, "duty_to_oneself": _own_duty, "breach_without_consequence": _breach,
    "outlasts_the_hold": _told_late, "outlasts_the_window": _told_late, "look_back_beyond_lapse": _looks_back,
    "first_thing_all_day": _all_day, "role_may_not": _role, "role_nobody_holds": _role, "-shadowed": _shadowed,
}  # fmt: skip
