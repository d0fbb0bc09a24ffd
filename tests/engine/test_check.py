"""Lint: each finding is provoked by one change of a shipped pack, at the place of the change."""

from __future__ import annotations

import pytest
from tests.engine.stories import changed, pack, scenarios

from dingfen.engine.check import Finding, lint
from dingfen.engine.conditions import Scope, compile_condition
from dingfen.engine.coverage import Truth, truth_of
from dingfen.engine.load import load_pack


def found(name: str, old: str, new: str, *, file: str = "ownership") -> list[Finding]:
    linted = lint(load_pack(changed(name, **{file: (old, new)})))
    return [each for each in linted if each.severity != "info"]


def test_lapse_and_cadence_put_together_unthinkingly() -> None:
    """A7 and A8 as the two dealers wrote them: five days from the last follow-up, C every thirty days."""
    findings = found("auto-dealer", "from: follow_up_due", "from: last_effective_follow_up")
    assert {each.code for each in findings} == {"lapse_before_follow_up_due"}
    assert {each.params["grade"] for each in findings} == {"A", "B", "C", None}
    assert {each.where for each in findings} == {"ownership.protection.lapse.0"}
    assert {each.severity for each in findings} == {"error"}


CATCH_ALL = """      - every: {length: 7 days, counting: inclusive, start_day: out, days: calendar, roll: none}
        unverified: true
        article: OWN-7
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "severity", "where"),
    [
        (CATCH_ALL, "", "grade_without_follow_up", "warning", "ownership.protection.follow_up"),
        (
            'when: grade == "B"',
            'when: grade == "A"',
            "rule_unreachable",
            "warning",
            "ownership.protection.follow_up.2",
        ),
        (
            'when: grade == "B"',
            'when: grade == "B" and grade == "C"',
            "never_true",
            "error",
            "ownership.protection.follow_up.2.when",
        ),
        (
            "warn_before: 1 day",
            "warn_before: 5 days",
            "reminder_before_start",
            "error",
            "ownership.protection.warn_before",
        ),
        (
            "required: [name, phone, need, grade]",
            "required: [name, phone]",
            "grade_not_required",
            "warning",
            "ownership.registration.required",
        ),
        (
            "then: {exclude: lapsed or ended}",
            "then: {exclude: lapsed or not lapsed}",
            "excludes_all",
            "error",
            "ownership.principles.2.then.exclude",
        ),
        (
            "when: any(concealed_owner)",
            "when: claimants > 0",
            "always_true",
            "warning",
            "ownership.principles.3.when",
        ),
        (
            "when: any(concealed_owner)",
            "when: claimants < 1",
            "never_true",
            "error",
            "ownership.principles.3.when",
        ),
        (
            "then: {exclude: lapsed or ended}",
            "then: {exclude: (lapsed or ended) and not is_signer}",
            "repeats",
            "warning",
            "ownership.principles.2",
        ),
        (
            "      by: holder\n      to: head",
            "      by: holder\n      to: holder",
            "duty_to_oneself",
            "warning",
            "ownership.effects.5",
        ),
    ],
)
def test_findings_at_their_places(old: str, new: str, code: str, severity: str, where: str) -> None:
    findings = found("auto-dealer", old, new)
    assert (code, severity, where) in {(each.code, each.severity, each.where) for each in findings}


def test_what_stands_after_a_rule_that_always_ends_is_unreachable() -> None:
    decline = "then: {decline: {zh: 由负责人决定, en: The heads decide}}"
    findings = found("auto-dealer", "then: {exclude: not claim_within_window}", decline)
    assert [each.where for each in findings if each.code == "unreachable"] == [
        f"ownership.principles.{index}" for index in range(1, 7)
    ]


def test_a_pool_needs_its_rules() -> None:
    findings = found("b2b-sales", "then: open", "then: pool")
    assert ("no_pool_rules", "error") in {(each.code, each.severity) for each in findings}


def test_a_threshold_nobody_can_reach() -> None:
    findings = found("b2b-sales", "threshold: 1", "threshold: 5")
    assert [(each.code, each.params["most"]) for each in findings] == [("threshold_out_of_reach", 4)]


def test_a_line_counted_twice() -> None:
    findings = found("media-sales", "to: min(first_visit_at)", "to: min(first_touch_at)")
    assert [(each.code, each.params["id"]) for each in findings] == [("counted_twice", "first-visit")]


def test_a_value_looser_than_the_law_it_cites() -> None:
    floor = "final: true\n      floor: {law: {zh: 某法, en: Some law}, at_least: 15 days}"
    findings = found("auto-dealer", "final: true", floor)
    assert [(each.code, each.where) for each in findings] == [
        ("looser_than_law", "ownership.decides.appeal.within")
    ]
    assert found("auto-dealer", "final: true", floor.replace("15 days", "5 days")) == []


def test_what_is_worth_knowing_is_told_apart() -> None:
    codes = {each.code for each in lint(pack("auto-dealer"), scenarios("auto-dealer"))}
    assert codes == {"article_only_read", "not_covered", "unverified"}
    few = {each.code for each in lint(pack("auto-dealer"), scenarios("auto-dealer")[:3])}
    assert few - codes == {"article_without_scenario"}


@pytest.mark.parametrize(
    ("text", "scope", "truth"),
    [
        ('grade == "H" and grade == "A"', "customer", Truth.NEVER),
        ('grade == "H" or grade != "H"', "customer", Truth.ALWAYS),
        ('grade in ["H", "A", "B", "C"]', "customer", Truth.SOMETIMES),  # it may be none
        ("visits < 0", "claim", Truth.NEVER),
        ("visits >= 0", "claim", Truth.ALWAYS),
        ("visits > 3 and visits < 4", "claim", Truth.NEVER),  # visits are whole numbers
        ("registered_at == min(registered_at)", "claim", Truth.SOMETIMES),
        ("min(visits) > max(visits)", "claim", Truth.NEVER),
        ("any(lapsed) and all(not lapsed)", "case", Truth.NEVER),
        ("count(lapsed) >= 0", "case", Truth.ALWAYS),
    ],
)
def test_whether_a_condition_can_be_true(text: str, scope: Scope, truth: Truth) -> None:
    assert truth_of(compile_condition(text, scope)) is truth
