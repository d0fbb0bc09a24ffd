"""Rules on complaints: what is unknown, what comes first, who may; beside the shipped pack's scenarios."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.stories import ZONE, calendar, pack

from dingfen.engine.after_closing import barred, retention_until, speakers
from dingfen.engine.complaint_clocks import clocks_at, extension_allowed, pause_allowed
from dingfen.engine.complaint_facts import COMPLAINT_FACTS, plain_facts
from dingfen.engine.complaints import Complaints
from dingfen.engine.grading import classify
from dingfen.engine.ladder import ladder_steps
from dingfen.engine.letters import letters_owed
from dingfen.engine.parts import Money
from dingfen.engine.remedies import approval
from dingfen.engine.schema import complaints_of

NAME = "company-complaints"
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=ZONE)


@pytest.fixture
def rules() -> Complaints:
    return complaints_of(pack(NAME))


def facts(**named: Any) -> dict[str, Any]:
    return plain_facts() | named


def money(text: str) -> Money:
    return Money.model_validate(text)


def test_a_grade_says_which_rule_which_article_and_which_facts(rules: Complaints) -> None:
    grade = classify(rules, facts(injury=True, claimed_amount=60_000), "breach")
    (hurt, amount) = grade.reasons("level")
    assert (hurt.rule, hurt.article, hurt.facts) == ("somebody-hurt", "CMP-7", (("injury", True),))
    assert amount.facts == (("claimed_amount", 60_000),)
    assert [reason.rule for reason in grade.reasons("urgency")] == ["somebody-hurt"]
    with pytest.raises(FrozenInstanceError):
        grade.level = "ordinary"  # type: ignore[misc]


def test_what_nobody_knows_raises_nothing_and_is_named(rules: Complaints) -> None:
    known = {name: value for name, value in facts().items() if name not in ("injury", "claimed_amount")}
    grade = classify(rules, known, "breach")
    assert (grade.level, grade.could_be) == ("ordinary", "major")
    assert {each.rule: each.facts for each in grade.open} == {
        "somebody-hurt": ("injury",),
        "large-amount": ("claimed_amount",),
        "some-amount": ("claimed_amount",),
    }


def test_a_class_nobody_has_chosen_is_unknown_too(rules: Complaints) -> None:
    grade = classify(rules, facts(), None)
    assert [(each.rule, each.facts) for each in grade.open] == [("safety-class", ("class",))]
    assert grade.could_be == "complex"


def test_an_amount_that_is_none_is_known_to_be_none(rules: Complaints) -> None:
    assert classify(rules, facts(claimed_amount=None), "breach").open == ()


def test_a_rule_for_a_class_is_for_those_below_it(rules: Complaints) -> None:
    assert rules.line_of("product-safety") == ("product-safety", "quality")
    assert rules.measures_of("product-quality") == rules.class_index["quality"].measures
    assert "recall" in rules.measures_of("product-safety")


def test_the_first_clock_that_fits_holds(rules: Complaints) -> None:
    def owed(level: str, urgency: str) -> dict[str, str]:
        found = clocks_at(rules, "received", MONDAY, facts(), calendar(NAME), level=level, urgency=urgency)
        return {each.ends: each.id for each in found}

    assert owed("major", "immediate")["first_answered"] == "answer-major"
    assert owed("ordinary", "urgent")["first_answered"] == "answer-urgent"
    assert owed("ordinary", "normal")["first_answered"] == "answer"
    assert owed("complex", "normal")["decided"] == "decide-complex"


def test_before_the_level_is_known_the_shorter_clock_holds(rules: Complaints) -> None:
    found = clocks_at(rules, "received", MONDAY, facts(), calendar(NAME))
    answer = next(each for each in found if each.ends == "first_answered")
    assert answer.id == "answer-major"
    assert [each.rule for each in answer.open] == ["answer-major", "answer-urgent"]
    decision = next(each for each in found if each.ends == "decided")
    assert decision.due_at == datetime(2026, 3, 10, tzinfo=ZONE)


def test_a_clock_says_when_to_remind_and_whom_to_tell(rules: Complaints) -> None:
    found = clocks_at(
        rules, "received", MONDAY, facts(), calendar(NAME), klass="delay", level="ordinary", urgency="normal"
    )
    answer = next(each for each in found if each.id == "answer")
    assert [at.astimezone(ZONE).strftime("%H:%M") for at in answer.warn_at] == ["11:30", "13:30"]
    assert [(told.to, told.when, told.at - answer.due_at) for told in answer.escalations] == [
        ("head", "after", timedelta(hours=1))
    ]
    assert answer.unverified


def test_pause_and_extension_say_why_not(rules: Complaints) -> None:
    days = calendar(NAME)
    assert (
        pause_allowed(rules, "answer", "customer-must-answer", "head", MONDAY, days).why
        == "reason_not_listed"
    )
    assert not pause_allowed(rules, "decide-ordinary", "mediation", "head", MONDAY, days).allowed
    due_at = MONDAY + timedelta(days=5)
    asked = extension_allowed(rules, "decide-complex", "handler", MONDAY, due_at, 0, facts(), days)
    assert (asked.allowed, asked.why, asked.approver, asked.letter) == (
        False,
        "needs_approval",
        "head",
        "more-time",
    )
    assert extension_allowed(rules, "answer", "head", MONDAY, due_at, 0, facts(), days).why == "none_foreseen"
    with pytest.raises(KeyError):
        pause_allowed(rules, "no-such-clock", "mediation", "head", MONDAY, days)


def test_who_approves_what(rules: Complaints) -> None:
    small = approval(rules, "refund", money("500 CNY"))
    assert (small.approver, small.may("agent"), small.may("handler"), small.may("head")) == (
        "agent",
        True,
        False,
        True,
    )
    assert approval(rules, "refund", money("10000.01 CNY")).four_eyes
    assert approval(rules, "refund", money("500 USD")).why == "other_currency"
    assert approval(rules, "refund").why == "amount_needed"
    assert approval(rules, "apologise").approver == "agent"
    with pytest.raises(KeyError):
        approval(rules, "a-holiday")


def test_a_step_that_is_not_open_says_why(rules: Complaints) -> None:
    known = {name: value for name, value in facts().items() if name != "arbitration_agreed"}
    steps = {
        step.id: step for step in ladder_steps(rules, known, MONDAY, {"received": MONDAY}, (), calendar(NAME))
    }
    assert steps["negotiation"].state == "open"
    assert (steps["review"].state, steps["review"].why) == ("closed", "does_not_apply")
    assert (steps["mediation"].why, steps["mediation"].missing) == ("needs_earlier_steps", ("negotiation",))
    assert (steps["court"].state, steps["court"].missing) == ("unknown", ("arbitration_agreed",))
    assert [body.phone for body in steps["authority"].bodies] == ["12315"]
    decided = ladder_steps(rules, facts(decided=True), MONDAY, {"received": MONDAY}, (), calendar(NAME))
    review = next(step for step in decided if step.id == "review")
    assert (review.why, review.missing) == ("not_begun", ("decided",))


def test_letters_carry_their_rights_notice(rules: Complaints) -> None:
    (decision,) = letters_owed(rules, "decided", MONDAY, facts(), calendar(NAME))
    assert decision.rights_notice
    assert {body.id for body in decision.bodies} == {"hotline-12315", "consumers-association"}
    (receipt,) = letters_owed(rules, "received", MONDAY, facts(), calendar(NAME))
    assert receipt.due_at is not None


def test_after_closing(rules: Complaints) -> None:
    days = calendar(NAME)
    assert retention_until(rules, MONDAY, None, days) is None
    assert retention_until(rules, MONDAY, MONDAY, days) == datetime(2029, 3, 3, tzinfo=ZONE)
    assert barred(rules, ["sold", "decided_before"]) == ("sold",)
    assert [speakers(rules, people) for people in (1, 5, 6)] == [1, 5, 5]


# A slow, obvious second opinion on grading.

WORTH = {"ordinary": 0, "complex": 1, "major": 2}
SHORT = {
    "injury": "major", "danger": "major", "threat": "major", "data_leak": "major", "media": "major",
    "passed_on": "complex", "legal_steps": "complex", "repeat": "complex", "remedy_failed": "complex",
    "complex": "complex",
}  # fmt: skip


def slow_level(known: dict[str, Any]) -> str:
    found = ["ordinary", *(level for name, level in SHORT.items() if known[name])]
    amount = known["claimed_amount"] or 0
    found += ["major"] * (amount >= 50_000) + ["complex"] * (amount >= 5_000)
    found += ["major"] * (known["complainants"] >= 5) + ["complex"] * (known["issues"] >= 3)
    found += ["complex"] * (known["intake_channel"] == "authority")
    return max(found, key=lambda level: WORTH[level])


def any_value(name: str) -> st.SearchStrategy[Any]:
    fact = next(each for each in COMPLAINT_FACTS if each.name == name)
    if fact.type == "boolean":
        return st.booleans()
    if fact.choices:
        return st.sampled_from(fact.choices)
    plain = st.integers(int(fact.low or 0), 100_000)
    return plain | st.none() if fact.nullable else plain


asked = st.fixed_dictionaries(
    {name: any_value(name) for name in (*SHORT, "claimed_amount", "complainants", "issues", "intake_channel")}
)


@settings(max_examples=150, deadline=None)
@given(asked)
def test_the_level_is_the_greatest_whose_rule_holds(known: dict[str, Any]) -> None:
    rules = complaints_of(pack(NAME))
    assert classify(rules, facts(**known), "delay").level == slow_level(facts(**known))


@settings(max_examples=100, deadline=None)
@given(asked, st.sets(st.sampled_from(sorted(SHORT))))
def test_knowing_more_never_lowers_the_level_and_never_beats_what_it_could_be(
    known: dict[str, Any], hidden: set[str]
) -> None:
    rules = complaints_of(pack(NAME))
    whole = facts(**known)
    part = {name: value for name, value in whole.items() if name not in hidden}
    before, after = classify(rules, part, "delay"), classify(rules, whole, "delay")
    assert WORTH[before.level] <= WORTH[after.level] <= WORTH[before.could_be or before.level]
