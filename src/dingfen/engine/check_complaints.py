"""Lint of the complaints topic: levels nothing answers for, clocks that cannot be kept, rules that never count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dingfen.engine.complaint_clocks_form import STAGES, Clock, Event, Fitting
from dingfen.engine.complaints import Complaints, Grading
from dingfen.engine.conditions import NONE, Condition, compile_condition
from dingfen.engine.coverage import example_of
from dingfen.engine.finding import Finding
from dingfen.engine.floors import days
from dingfen.engine.schema import Pack

_ANYTHING = compile_condition("true", "complaint")


def check_complaints(pack: Pack) -> Iterator[Finding]:
    """Findings on complaints; none where a pack has no such rules."""
    rules = pack.complaints
    if rules is None:
        return
    yield from _levels(rules)
    yield from _classes(rules)
    yield from _clocks(rules)
    yield from _overlaps(rules)
    yield from _grading(rules)
    yield from _grades_meet(rules)
    yield from _ladder(rules)
    yield from _unused(rules)
    yield from _unhandled(rules)


def _unhandled(rules: Complaints) -> Iterator[Finding]:
    """Events the rules themselves bring about, after which nobody owes anything: no clock starts with them."""
    reviews = (f"ladder.{n}" for n, rung in enumerate(rules.ladder) if rung.kind == "internal_review")
    brought: dict[Event, str | None] = {
        "reopened": "reopening" if rules.reopening else None,
        "proposal_accepted": "remedies" if rules.remedies else None,
        "review_asked": next(reviews, None),
    }
    starts = {clock.starts for clock in rules.clocks}
    for event, where in brought.items():
        if where is not None and event not in starts:
            yield Finding("event_unhandled", "info", f"complaints.{where}", {"event": event})


def _levels(rules: Complaints) -> Iterator[Finding]:
    for index, level in enumerate(rules.levels):
        where = f"complaints.levels.{index}"
        theirs = [clock for clock in rules.clocks if not clock.levels or level.id in clock.levels]
        ends = {clock.ends for clock in theirs if clock.starts != "reopened"}  # most are never reopened
        if "decided" not in ends:
            yield Finding("level_without_clock", "error", where, {"id": level.id})
        if rules.ladder and not any(not rung.levels or level.id in rung.levels for rung in rules.ladder):
            yield Finding("level_without_step", "warning", where, {"id": level.id})
        if index and not any(rule.level == level.id for rule in rules.grading):
            yield Finding("level_never_given", "warning", where, {"id": level.id})


def _classes(rules: Complaints) -> Iterator[Finding]:
    parents = {each.parent for each in rules.classes}
    for index, each in enumerate(rules.classes):
        where = f"complaints.classes.{index}"
        if each.id not in parents and rules.remedies and not rules.measures_of(each.id):
            yield Finding("class_without_measure", "warning", where, {"id": each.id})
        if each.id in rules.line_of(each.parent or ""):
            yield Finding("class_below_itself", "error", f"{where}.parent", {"id": each.id})


def _clocks(rules: Complaints) -> Iterator[Finding]:
    for index, clock in enumerate(rules.clocks):
        where = f"complaints.clocks.{index}"
        if clock.by is None:
            yield Finding("clock_without_person", "warning", f"{where}.within", {"id": clock.id})
        for number, step in enumerate(clock.escalate):
            if step.before is not None and step.before.total_seconds() / 86_400 >= days(clock.within):
                params = {"id": clock.id, "length": clock.within.length}
                yield Finding("told_before_it_starts", "error", f"{where}.escalate.{number}", params)
        if clock.extension is not None and clock.extension.letter is None:
            yield Finding("extension_untold", "warning", f"{where}.extension", {"id": clock.id})
        for later in rules.clocks:
            if (
                _comes_before(clock, later)
                and _meet(rules, clock, later)
                and days(clock.within) > days(later.within)
            ):
                params = {
                    "id": clock.id,
                    "length": clock.within.length,
                    "after": later.id,
                    "every": later.within.length,
                }
                yield Finding("due_after_what_follows", "error", f"{where}.within", params)


def _comes_before(clock: Clock, later: Clock) -> bool:
    """Whether both start together and the one must end before the other."""
    if clock.starts != later.starts or clock.repeats or later.repeats:
        return False
    return (
        clock.ends in STAGES and later.ends in STAGES and STAGES.index(clock.ends) < STAGES.index(later.ends)
    )


def _meet(rules: Complaints, one: Fitting, other: Fitting) -> bool:
    """Whether two parts can hold for the same complaint, as far as their classes, levels and urgencies say."""
    for mine, theirs in ((one.levels, other.levels), (one.urgencies, other.urgencies)):
        if mine and theirs and not set(mine) & set(theirs):
            return False
    if one.classes and other.classes:
        return any(_below(rules, a, b) or _below(rules, b, a) for a in one.classes for b in other.classes)
    return True


def _below(rules: Complaints, klass: str, above: str) -> bool:
    return above in rules.line_of(klass)


def _covers(rules: Complaints, earlier: Fitting, later: Fitting) -> bool:
    """Whether the earlier part holds wherever the later one does."""
    for mine, theirs in ((earlier.levels, later.levels), (earlier.urgencies, later.urgencies)):
        if mine and not (theirs and set(theirs) <= set(mine)):
            return False
    if earlier.classes and not (
        later.classes and all(any(_below(rules, a, b) for b in earlier.classes) for a in later.classes)
    ):
        return False
    return _implies(later.when, earlier.when)


def _implies(one: Condition | None, other: Condition | None) -> bool:
    """Whether the other condition is met wherever the one is."""
    if other is None or one == other:
        return True
    negated = f"not ({other.text})" if one is None else f"({one.text}) and not ({other.text})"
    return example_of(compile_condition(negated, "complaint")) is None


def _overlaps(rules: Complaints) -> Iterator[Finding]:
    """Clocks with the same start and end: one never reached, or two that both hold with other lengths."""
    for index, clock in enumerate(rules.clocks):
        where = f"complaints.clocks.{index}"
        for earlier in rules.clocks[:index]:
            if (earlier.starts, earlier.ends) != (clock.starts, clock.ends):
                continue
            names = {"id": clock.id, "after": earlier.id}
            if _covers(rules, earlier, clock):
                yield Finding("clock_unreachable", "error", where, names)
                break
            both = _both(rules, earlier, clock)
            longer = days(earlier.within) > days(clock.within)
            if both is not None and longer and not _covers(rules, clock, earlier):
                params = {**names, "length": earlier.within.length, "every": clock.within.length}
                yield Finding("clocks_contradict", "info", where, params, both)


def _both(rules: Complaints, one: Fitting, other: Fitting) -> dict[str, Any] | None:
    """Facts in which two parts hold at once, by name as facts are written; None when there are none."""
    if not _meet(rules, one, other):
        return None
    found = example_of(one.when or _ANYTHING, other.when or _ANYTHING)
    return None if found is None else {"case": {name: _plain(value) for name, value in found.items()}}


def _plain(value: Any) -> Any:
    return None if value is NONE else value


def _grading(rules: Complaints) -> Iterator[Finding]:
    order = {each.id: place for place, each in enumerate(rules.levels)}
    haste = {each.id: place for place, each in enumerate(rules.urgencies)}
    for index, rule in enumerate(rules.grading):
        where = f"complaints.grading.{index}"
        stronger = next(
            (
                other
                for place, other in enumerate(rules.grading)
                if other is not rule
                and _at_least(other, rule, order, haste)
                and _holds_wherever(rules, other, rule)
                and (place < index or not _at_least(rule, other, order, haste))
            ),
            None,
        )
        if stronger is not None:
            yield Finding("grading_changes_nothing", "warning", where, {"id": rule.id, "after": stronger.id})
        elif rule.level == rules.levels[0].id and rule.urgency is None and not rule.sensitivity:
            yield Finding("grading_changes_nothing", "warning", where, {"id": rule.id, "after": rule.level})


def _grades_meet(rules: Complaints) -> Iterator[Finding]:
    """The first two gradings by facts that can hold at once with different levels: the greater one counts.

    It is no mistake, but an author should have seen one such case; the others are of the same kind.
    """
    for index, rule in enumerate(rules.grading):
        for earlier in rules.grading[:index]:
            if (
                not (rule.when and earlier.when and rule.level and earlier.level)
                or rule.level == earlier.level
            ):
                continue
            both = _grades_both(rules, earlier, rule)
            if both is not None:
                order = [each.id for each in rules.levels]
                counts = max(rule.level, earlier.level, key=order.index)
                params = {"id": rule.id, "after": earlier.id, "level": counts}
                yield Finding("gradings_meet", "info", f"complaints.grading.{index}", params, both)
                return


def _grades_both(rules: Complaints, one: Grading, other: Grading) -> dict[str, Any] | None:
    pairs = [(a, b) for a in one.classes for b in other.classes]
    if pairs and not any(_below(rules, a, b) or _below(rules, b, a) for a, b in pairs):
        return None
    if _implies(one.when, other.when) or _implies(other.when, one.when):
        return None  # a step further on the same scale is what gradings are for
    found = example_of(one.when or _ANYTHING, other.when or _ANYTHING)
    return None if found is None else {"case": {name: _plain(value) for name, value in found.items()}}


def _at_least(one: Grading, other: Grading, order: dict[str, int], haste: dict[str, int]) -> bool:
    """Whether one gives all the other gives, or more."""
    return (
        order.get(one.level or "", -1) >= order.get(other.level or "", -1)
        and haste.get(one.urgency or "", -1) >= haste.get(other.urgency or "", -1)
        and set(other.sensitivity) <= set(one.sensitivity)
    )


def _holds_wherever(rules: Complaints, one: Grading, other: Grading) -> bool:
    if one.classes and not (
        other.classes and all(any(_below(rules, a, b) for b in one.classes) for a in other.classes)
    ):
        return False
    return _implies(other.when, one.when)


def _ladder(rules: Complaints) -> Iterator[Finding]:
    reached: set[str] = set()
    while True:
        found = {rung.id for rung in rules.ladder if set(rung.after) <= reached} - reached
        if not found:
            break
        reached |= found
    for index, rung in enumerate(rules.ladder):
        where = f"complaints.ladder.{index}"
        if rung.id not in reached:
            yield Finding("step_unreachable", "error", f"{where}.after", {"id": rung.id})
        if rung.kind in ("authority", "ombudsman", "arbitration", "court") and not (
            rung.papers or rung.bodies
        ):
            yield Finding("step_leads_nowhere", "warning", where, {"id": rung.id})


def _unused(rules: Complaints) -> Iterator[Finding]:
    used = {
        "pauses": {name for clock in rules.clocks for name in clock.pauses},
        "sensitivities": {name for rule in rules.grading for name in rule.sensitivity},
        "bodies": {name for rung in rules.ladder for name in rung.bodies}
        | {name for letter in rules.letters for name in letter.bodies},
        "remedies": {name for each in rules.classes for name in each.measures},
    }
    for key, names in used.items():
        parts: Sequence[Any] = getattr(rules, key)
        for index, part in enumerate(parts):
            if part.id not in names:
                yield Finding("named_by_nothing", "info", f"complaints.{key}.{index}", {"id": part.id})
