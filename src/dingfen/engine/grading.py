"""The three axes of a complaint: level, urgency, sensitivity. Pure; a person confirms or departs with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dingfen.engine.complaint_facts import ComplaintFacts
from dingfen.engine.complaints import Axis, Complaints, Grading
from dingfen.engine.fitting import Complaint, Fit, Open, Reason, fit

AxisName = Literal["level", "urgency", "sensitivity"]


@dataclass(frozen=True, slots=True)
class Graded:
    """One value on one axis. Without reasons it is the least one, which needs none."""

    axis: AxisName
    value: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """What the rules make of a complaint.

    `could_be`: the highest level that what is not known could still lead to; None when it changes nothing.
    `open` names the rules that cannot be judged and what is missing.
    """

    level: str
    urgency: str | None
    sensitivity: tuple[str, ...]
    graded: tuple[Graded, ...]
    could_be: str | None
    open: tuple[Open, ...]

    def reasons(self, axis: AxisName) -> tuple[Reason, ...]:
        """Why the complaint has its value (or values) on an axis."""
        return tuple(reason for each in self.graded if each.axis == axis for reason in each.reasons)


def classify(rules: Complaints, facts: ComplaintFacts, klass: str | None = None) -> Grade:
    """Level, urgency and sensitivity of a complaint of a class (None: not known yet).

    The greatest level and urgency of the rules that hold count, all sensitivities do. A rule that asks for
    something nobody knows does not raise anything; it is listed under `open`.
    """
    complaint = Complaint(facts, klass)
    tried = [(rule, _fit(rules, rule, complaint)) for rule in rules.grading]
    held = [(rule, found) for rule, found in tried if found.holds]
    doubtful = [(rule, found) for rule, found in tried if found.holds is None]
    level = _greatest(rules.levels, [rule.level for rule, _ in held])
    urgency = _greatest(rules.urgencies, [rule.urgency for rule, _ in held]) if rules.urgencies else None
    sensitivity = [each.id for each in rules.sensitivities if any(each.id in r.sensitivity for r, _ in held)]
    graded = [Graded("level", level, _why(held, "level", level))]
    if urgency is not None:
        graded.append(Graded("urgency", urgency, _why(held, "urgency", urgency)))
    graded += [Graded("sensitivity", each, _why(held, "sensitivity", each)) for each in sensitivity]
    highest = _greatest(rules.levels, [level, *(rule.level for rule, _ in doubtful)])
    return Grade(
        level,
        urgency,
        tuple(sensitivity),
        tuple(graded),
        highest if highest != level else None,
        tuple(Open(rule.id, rule.article, found.missing) for rule, found in doubtful),
    )


def _fit(rules: Complaints, rule: Grading, complaint: Complaint) -> Fit:
    line = rules.line_of(complaint.klass or "")
    return fit([("class", complaint.klass, rule.classes, line)], rule.when, complaint)


def _greatest(axis: Sequence[Axis], names: Sequence[str | None]) -> str:
    order = [each.id for each in axis]
    return order[max((order.index(name) for name in names if name is not None), default=0)]


def _why(held: Sequence[tuple[Grading, Fit]], axis: AxisName, value: str) -> tuple[Reason, ...]:
    return tuple(
        Reason(rule.id, rule.article, found.facts)
        for rule, found in held
        if value in (rule.sensitivity if axis == "sensitivity" else (getattr(rule, axis),))
    )
