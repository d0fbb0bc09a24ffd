"""Examples for findings on complaints, incidents, conduct, care, indicators and roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dingfen.engine.complaints import Complaints
from dingfen.engine.example_facts import Example, facts_in, moments, part_at
from dingfen.engine.examples_ownership import EXAMPLES as OWNERSHIP
from dingfen.engine.finding import Finding
from dingfen.engine.parts import write_span
from dingfen.engine.roles import stand_ins
from dingfen.engine.schema import Pack, complaints_of, rules_of

# Complaints.


def _level(pack: Pack, finding: Finding) -> Example:
    """Facts that give a complaint this level; none where no rule does."""
    return _reaching(complaints_of(pack), str(finding.params["id"]))


def _reaching(rules: Complaints, level: str) -> Example:
    rule = next((each for each in rules.grading if each.level == level), None)
    if rule is None:
        return (
            {"level": level, "case": {}} if level == rules.levels[0].id else {"level": level, "given_by": []}
        )
    found: Example = {"level": level, "case": facts_in(rule.when)}
    return {**found, "class": rule.classes[0]} if rule.classes else found


def _class(pack: Pack, finding: Finding) -> Example:
    name = str(finding.params["id"])
    return {"class": name, "above": list(complaints_of(pack).line_of(name)[1:]), "measures": []}


def _clock(pack: Pack, finding: Finding) -> Example:
    """The event that starts the time, and when it is over."""
    part = part_at(
        pack,
        finding.where.rpartition(".")[0]
        if finding.where.endswith(("within", "extension"))
        else finding.where,
    )
    if part is None or not hasattr(part, "within"):
        return {}
    event = getattr(part, "starts", getattr(part, "since", "final"))
    return {"event": event, **moments(due=part.within)}


def _told_before(pack: Pack, finding: Finding) -> Example:
    clock = part_at(pack, finding.where.partition(".escalate")[0])
    step = part_at(pack, finding.where)
    return {
        "event": clock.starts,
        **moments(due=clock.within),
        "told_before_the_end": write_span(step.before),
    }


def _two_clocks(pack: Pack, finding: Finding) -> Example:
    clocks = {each.id: each for each in complaints_of(pack).clocks}
    mine, other = clocks[str(finding.params["id"])], clocks[str(finding.params["after"])]
    return {
        "case": facts_in(mine.when, other.when), "event": mine.starts,
        **moments(**{mine.id.replace("-", "_"): mine.within, other.id.replace("-", "_"): other.within}),
    }  # fmt: skip


def _two_gradings(pack: Pack, finding: Finding) -> Example:
    rules = {each.id: each for each in complaints_of(pack).grading}
    mine, other = rules[str(finding.params["id"])], rules.get(str(finding.params["after"]))
    given = other.level if other else finding.params["after"]
    return {"case": facts_in(mine.when, other.when if other else None), "level": given or mine.level}


def _event(pack: Pack, finding: Finding) -> Example:
    return {"event": finding.params["event"], "clocks": []}


def _waiting(pack: Pack, finding: Finding) -> Example:
    """Which steps wait for which."""
    rungs = {each.id: list(each.after) for each in complaints_of(pack).ladder}
    name = str(finding.params["id"])
    return {"waits": {each: rungs.get(each, []) for each in (name, *rungs[name])}}


def _rung(pack: Pack, finding: Finding) -> Example:
    part = part_at(pack, finding.where)
    return {"step": part.id, "kind": part.kind, "case": facts_in(part.when)}


# Incidents.


def _incident(pack: Pack, finding: Finding) -> Example:
    """Facts of an incident of this level, in this place."""
    level = next(each for each in rules_of(pack, "incidents").levels if each.id == finding.params["level"])
    found: Example = {"incident": facts_in(level.when), "level": level.id}
    return {**found, "place": finding.params["place"]} if "place" in finding.params else found


def _unused_book(pack: Pack, finding: Finding) -> Example:
    rules = rules_of(pack, "incidents")
    book = part_at(pack, finding.where)
    place = book.places[0] if book.places else rules.places[0].id
    taken = rules.playbook(book.levels[0], place)
    return {"level": book.levels[0], "place": place, "playbook": taken.id if taken else None}


def _demand(pack: Pack, finding: Finding) -> Example:
    return {"incident": {"wants": finding.params["demand"]}, "playbook": finding.params["id"], "steps": []}


def _slower(pack: Pack, finding: Finding) -> Example:
    rules = rules_of(pack, "incidents")
    graver = part_at(pack, finding.where.rpartition(".")[0])
    key = finding.where.rpartition(".")[2]
    siblings: tuple[Any, ...] = getattr(rules, finding.where.split(".")[1])
    lighter = next(each for each in siblings if each.id == finding.params["after"])
    facts = next((facts_in(each.when) for each in rules.levels if each.id == graver.levels[0]), {})
    return {
        "incident": facts,
        "level": graver.levels[0],
        **moments(graver=getattr(graver, key), lighter=getattr(lighter, key)),
    }


# Conduct.


def _measure(pack: Pack, finding: Finding) -> Example:
    part = part_at(pack, finding.where)
    return {
        "points": part.at_least,
        "conduct": facts_in(part.when),
        "measure": part.kind,
        "missing": finding.params["keys"],
    }


def _most_points(pack: Pack, finding: Finding) -> Example:
    """Somebody of whom everything counted holds."""
    counted = [each for each in rules_of(pack, "conduct").criteria if each.weight > 0]
    facts: Example = {}
    for each in counted:
        facts |= facts_in(each.when)
    return {
        "conduct": facts,
        "points": sum(each.weight for each in counted),
        "asked": finding.params["points"],
    }


def _uncounted(pack: Pack, finding: Finding) -> Example:
    return {"kind": finding.params["id"], "points": 0}


# Care, indicators, roles.


def _customer(pack: Pack, finding: Finding) -> Example:
    return {"customer": {"customer_class": finding.params["class"]}, "contacts": 0}


def _after_another(pack: Pack, finding: Finding) -> Example:
    """What an earlier rule takes: a customer for a cadence, a hold for a follow-up."""
    if finding.where.startswith("ownership"):
        return OWNERSHIP["-shadowed"](pack, finding)
    rules = rules_of(pack, "care").cadences
    mine = part_at(pack, finding.where)
    first = next(each for each in rules if each.when is None or each.when == mine.when)
    return {"customer": facts_in(mine.when), "taken_by": first.id}


def _weights(pack: Pack, finding: Finding) -> Example:
    figures = rules_of(pack, "indicators").figures
    return {"weights": {each.id: each.weight for each in figures}, "sum": finding.params["found"]}


def _share(pack: Pack, finding: Finding) -> Example:
    """Counts that make more than the whole, as nothing keeps one inside the other."""
    figure = part_at(pack, finding.where.rpartition(".")[0])
    counts = {str(finding.params["name"]): 3} | {
        name: 2 for name in figure.denominator if name != finding.params["name"]
    }
    return {"counts": counts, "percent": 150}


def _deputies(pack: Pack, finding: Finding) -> Example:
    return {"stand_ins": list(stand_ins(pack.roles, str(finding.params["role"])))}


def _unasked(pack: Pack, finding: Finding) -> Example:
    part = part_at(pack, finding.where)
    return {"role": part.id, "held_by": list(part.held_by), "asked_for_at": []}


EXAMPLES: dict[str, Callable[[Pack, Finding], Example]] = {
    "level_without_clock": _level, "level_without_step": _level, "level_never_given": _level,
    "class_without_measure": _class, "class_below_itself": _class, "clock_without_person": _clock,
    "extension_untold": _clock, "told_before_it_starts": _told_before, "due_after_what_follows": _two_clocks,
    "clock_unreachable": _two_clocks, "grading_changes_nothing": _two_gradings, "event_unhandled": _event,
    "step_unreachable": _waiting, "step_leads_nowhere": _rung, "level_without_playbook": _incident,
    "level_reaches_nobody": _incident, "level_hides_lower": _incident, "playbook_never_used": _unused_book,
    "demand_without_branch": _demand, "slower_above": _slower, "measure_without_rights": _measure,
    "points_out_of_reach": _most_points, "kind_not_counted": _uncounted, "class_without_cadence": _customer,
    "rule_unreachable": _after_another, "weights_not_100": _weights, "not_a_share": _share, "own_deputy": _deputies,
    "role_not_asked_for": _unasked,
}  # fmt: skip
