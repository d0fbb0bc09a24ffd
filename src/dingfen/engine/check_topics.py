"""Lint of incidents, conduct, care, indicators and roles: gaps, what is never reached, what contradicts itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dingfen.engine.care import Care
from dingfen.engine.conduct import Conduct
from dingfen.engine.countables import belongs_to
from dingfen.engine.durations import Duration
from dingfen.engine.finding import Finding
from dingfen.engine.floors import days
from dingfen.engine.incidents import IncidentReport, Incidents, Playbook, Reach
from dingfen.engine.names import BASIC_ROLES, roles_named
from dingfen.engine.parts import Part
from dingfen.engine.roles import stand_ins
from dingfen.engine.schema import Pack, rules_of
from dingfen.engine.topic_fact_table import CUSTOMER_CLASSES, DEMANDS
from dingfen.engine.topic_facts import holds, plain, prepared

Levelled = IncidentReport | Reach


def check_incidents(pack: Pack) -> Iterator[Finding]:
    """Levels and places nobody has a playbook for, playbooks never used, demands no branch answers."""
    rules = rules_of(pack, "incidents")
    used: set[str] = set()
    for level in rules.levels:
        if rules.reach_of(level.id) is None:
            yield Finding("level_reaches_nobody", "warning", "incidents.reach", {"level": level.id})
        for place in rules.places:
            book = rules.playbook(level.id, place.id)
            if book is None:
                params = {"level": level.id, "place": place.id}
                yield Finding("level_without_playbook", "warning", "incidents.playbooks", params)
            else:
                used.add(book.id)
    yield from _levels(rules)
    yield from _slower_above(rules)
    for index, book in enumerate(rules.playbooks):
        where = f"incidents.playbooks.{index}"
        if book.id not in used:
            yield Finding("playbook_never_used", "warning", where, {"id": book.id})
        yield from _demands(book, where)


def _levels(rules: Incidents) -> Iterator[Finding]:
    for index, level in enumerate(rules.levels):
        if index and level.when is None:
            where = f"incidents.levels.{index}"
            yield Finding("level_hides_lower", "error", where, {"level": level.id})


def _slower_above(rules: Incidents) -> Iterator[Finding]:
    """A graver incident that is told later, to the same people, or acknowledged later, than a lighter one."""
    for index, report in enumerate(rules.reports):
        for other in rules.reports:
            if (report.to, report.outside, report.written) == (other.to, other.outside, other.written):
                yield from _slower(
                    rules, report, other, report.within, other.within, f"incidents.reports.{index}.within"
                )
    for index, reach in enumerate(rules.reach):
        for lighter in rules.reach:
            where = f"incidents.reach.{index}.acknowledge"
            yield from _slower(rules, reach, lighter, reach.acknowledge, lighter.acknowledge, where)


def _slower(
    rules: Incidents, one: Levelled, other: Levelled, mine: Duration, theirs: Duration, where: str
) -> Iterator[Finding]:
    order = [level.id for level in rules.levels]
    graver = min(map(order.index, one.levels)) > max(map(order.index, other.levels))
    if graver and days(mine) > days(theirs):
        params = {"id": one.id, "after": other.id, "length": mine.length, "every": theirs.length}
        yield Finding("slower_above", "warning", where, params)


def _demands(book: Playbook, where: str) -> Iterator[Finding]:
    branches = [step.when for step in book.steps if step.when is not None and "wants" in step.when.uses]
    if not branches:
        return
    for demand in DEMANDS:
        values = prepared({**plain("incident"), "wants": demand})
        if not any(holds(branch, values) for branch in branches):
            yield Finding(
                "demand_without_branch", "warning", f"{where}.steps", {"id": book.id, "demand": demand}
            )


def check_conduct(pack: Pack) -> Iterator[Finding]:
    """Measures that limit somebody without an end, a hearing or an appeal; points nobody can reach; idle types."""
    rules = rules_of(pack, "conduct")
    most = sum(max(each.weight, 0) for each in rules.criteria)
    for index, measure in enumerate(rules.measures):
        where = f"conduct.measures.{index}"
        needs = {"at_most": measure.at_most, "heard": measure.heard, "appeal": measure.appeal}
        missing = [name for name, value in needs.items() if value is None]
        if measure.adverse and missing:
            params = {"id": measure.id, "keys": ", ".join(missing)}
            yield Finding("measure_without_rights", "error", where, params)
        if measure.at_least > most:
            yield _out_of_reach(f"{where}.at_least", measure.id, measure.at_least, most)
    for index, warning in enumerate(rules.warnings):
        if warning.at_least > most:
            yield _out_of_reach(f"conduct.warnings.{index}.at_least", warning.id, warning.at_least, most)
    yield from _idle_kinds(rules)


def _out_of_reach(where: str, name: str, points: int, most: int) -> Finding:
    return Finding("points_out_of_reach", "error", where, {"id": name, "points": points, "most": most})


def _idle_kinds(rules: Conduct) -> Iterator[Finding]:
    counted = {name for criterion in rules.criteria for name in criterion.kinds}
    for index, kind in enumerate(rules.kinds):
        if kind.id not in counted:
            yield Finding("kind_not_counted", "warning", f"conduct.kinds.{index}", {"id": kind.id})


def check_care(pack: Pack) -> Iterator[Finding]:
    """Classes of customers nobody contacts, cadences no customer is left for."""
    rules = rules_of(pack, "care")
    if not rules.cadences:
        return
    for klass in CUSTOMER_CLASSES:
        values = prepared({**plain("care"), "customer_class": klass})
        if not any(holds(each.when, values) for each in rules.cadences):
            yield Finding("class_without_cadence", "warning", "care.cadences", {"class": klass})
    yield from _hidden(rules)


def _hidden(rules: Care) -> Iterator[Finding]:
    for index, each in enumerate(rules.cadences):
        if any(before.when is None or before.when == each.when for before in rules.cadences[:index]):
            yield Finding("rule_unreachable", "warning", f"care.cadences.{index}")


def check_indicators(pack: Pack) -> Iterator[Finding]:
    """Weights that do not make a hundred, percentages that divide what does not belong together."""
    rules = rules_of(pack, "indicators")
    weights = sum(each.weight for each in rules.figures)
    if weights not in (0, 100):
        yield Finding("weights_not_100", "warning", "indicators.figures", {"found": weights})
    for index, figure in enumerate(rules.figures):
        parts = [("numerator", figure.numerator)] if figure.unit == "percent" else []
        for key, names in (*parts, ("excluded", figure.excluded)):
            for name in names:
                if not any(belongs_to(name, whole) for whole in figure.denominator):
                    params = {"id": figure.id, "name": name}
                    yield Finding("not_a_share", "error", f"indicators.figures.{index}.{key}", params)


def check_roles_topic(pack: Pack) -> Iterator[Finding]:
    """Roles that stand in for themselves, roles nothing asks for."""
    rules = rules_of(pack, "roles")
    asked = {name for _, name in _named(pack) if name not in BASIC_ROLES}
    for index, role in enumerate(rules.expected):
        where = f"roles.expected.{index}"
        if any(role.id in stand_ins(rules, deputy) for deputy in role.deputies):
            yield Finding("own_deputy", "error", f"{where}.deputies", {"role": role.id})
        if role.id not in asked:
            yield Finding("role_not_asked_for", "info", where, {"role": role.id})


def check_held(pack: Pack, held: Collection[str]) -> Iterator[Finding]:
    """Roles that topics name and nobody holds. `held`: the roles of the installation somebody has."""
    for where, name in _named(pack):
        if name in BASIC_ROLES and name not in held:
            yield Finding("role_nobody_holds", "warning", where, {"role": name})
    for index, role in enumerate(pack.roles.expected if pack.roles else ()):
        if not set(role.held_by) & set(held):
            yield Finding(
                "role_nobody_holds", "warning", f"roles.expected.{index}.held_by", {"role": role.id}
            )


def _named(pack: Pack) -> Iterator[tuple[str, str]]:
    for topic in pack.topics:
        form = getattr(pack, topic)
        if isinstance(form, Part):
            yield from roles_named(form, topic)
