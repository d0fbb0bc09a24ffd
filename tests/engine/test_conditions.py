"""The condition language: what it refuses and where, and what it answers when something is unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.engine.conditions import NONE, compile_condition, microseconds
from dingfen.engine.syntax import ConditionError


def answer(text: str, scope: Any = "claim", *, case: Any = None, claim: Any = None, claims: Any = ()) -> Any:
    return compile_condition(text, scope).evaluate(case or {}, claim or {}, claims)


@pytest.mark.parametrize(
    ("text", "scope", "code", "column"),
    [
        ("grad == 'H'", "customer", "unknown_fact", 1),
        ("visits > 2", "customer", "fact_out_of_scope", 1),
        ("visits > 2", "case", "fact_out_of_scope", 1),
        ("grade == 'X'", "customer", "unknown_choice", 10),
        ("grade < 'H'", "customer", "wrong_operator", 7),
        ("visits == 'two'", "claim", "wrong_type", 11),
        ("visits", "claim", "not_a_condition", 1),
        ("lapsed and visits", "claim", "wrong_type", 12),
        ("deal_at + registered_at > 5 days", "claim", "wrong_operator", 9),
        ("idle > 5 fortnights", "claim", "unknown_unit", 10),
        ("idle > 5 months", "claim", "unknown_unit", 10),
        ("sum(visits) > 2", "claim", "unknown_function", 1),
        ("min(visits + 1) > 2", "claim", "expected", 12),
        ("any(grade == 'H')", "customer", "no_claims_here", 1),
        ("(lapsed", "claim", "expected", 8),
        ("lapsed lapsed", "claim", "unexpected", 8),
        ("lapsed; drop", "claim", "unknown_character", 7),
        ("__import__('os')", "claim", "unknown_function", 1),
        ("visits in [cards]", "claim", "expected", 12),
        ("", "claim", "expected", 1),
        ("(" * 40 + "lapsed" + ")" * 40, "claim", "condition_too_deep", 33),
        ("lapsed or " * 120 + "lapsed", "claim", "condition_too_long", 1000),
    ],
)
def test_what_does_not_fit_is_refused_with_its_column(text: str, scope: Any, code: str, column: int) -> None:
    with pytest.raises(ConditionError) as refusal:
        compile_condition(text, scope)
    assert (refusal.value.code, refusal.value.column) == (code, column)


def test_a_mistyped_fact_is_answered_with_those_that_look_like_it() -> None:
    with pytest.raises(ConditionError) as refusal:
        compile_condition("visit > 2", "claim")
    assert "visits" in refusal.value.accepted.split(", ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("visits > 2", True),
        ("visits >= 3 and not lapsed", True),
        ("visits in [1, 2]", False),
        ("visits not in [1, 2]", True),
        ("cards - visits < -1", True),
        ("idle > 3 days and idle <= 4 days", True),
        ("deal_at - registered_at == 2 days", True),
        ("registered_at + 48 hours == deal_at", True),
        ("has(first_visit_at)", False),
        ("first_visit_at < deal_at", False),
        ("first_visit_at != deal_at", True),
        ("grade == 'H' or grade == 'A'", True),
        ("cards == 1", None),
        ("lapsed and cards == 1", False),
        ("visits == 3 or cards == 1", True),
        ("not cards == 1", None),
        ("has(cards)", None),
        ("true", True),
    ],
)
def test_answers(text: str, expected: bool | None) -> None:
    day = microseconds(timedelta(days=1))
    claim = {
        "visits": 3, "lapsed": False, "idle": 3 * day + 1, "registered_at": 10 * day, "first_visit_at": NONE,
    }  # fmt: skip
    case = {"deal_at": 12 * day, "grade": "A"}
    if "cards - visits" in text:
        claim["cards"] = 1
    assert answer(text, case=case, claim=claim) is expected


@pytest.mark.parametrize(
    ("text", "claims", "expected"),
    [
        ("any(lapsed)", [{"lapsed": False}, {"lapsed": True}], True),
        ("any(lapsed)", [{"lapsed": False}, {}], None),
        ("all(lapsed)", [{"lapsed": False}, {}], False),
        ("all(lapsed)", [{"lapsed": True}, {}], None),
        ("all(lapsed)", [], True),
        ("count(visits > 1) == 1", [{"visits": 1}, {"visits": 2}], True),
        ("count(visits > 1) == 1", [{"visits": 2}, {}], None),
        ("max(visits) - min(visits) == 3", [{"visits": 1}, {"visits": 4}], True),
        ("has(deal_at) or max(first_visit_at) == min(first_visit_at)", [{"first_visit_at": NONE}], None),
        ("any(is_signer and visits == max(visits))", [{"is_signer": True, "visits": 2}, {"visits": 1}], True),
    ],
)
def test_over_all_claims(text: str, claims: list[dict[str, Any]], expected: bool | None) -> None:
    assert answer(text, "case", claims=claims) is expected


# Against a slow evaluator that works on the tree of a generated condition, by the tables of Kleene's logic.

NAMES = ("lapsed", "ended", "is_signer")
trees = st.recursive(
    st.sampled_from(NAMES)
    | st.tuples(st.just("visits"), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.integers(0, 3)),
    lambda inner: st.tuples(st.just("not"), inner) | st.tuples(inner, st.sampled_from(["and", "or"]), inner),
    max_leaves=12,
)


def written(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    if tree[0] == "not":
        return f"not ({written(tree[1])})"
    if tree[0] == "visits":
        return f"visits {tree[1]} {tree[2]}"
    return f"({written(tree[0])}) {tree[1]} ({written(tree[2])})"


def slowly(tree: Any, claim: dict[str, Any]) -> bool | None:
    if isinstance(tree, str):
        return claim.get(tree)
    if tree[0] == "not":
        inner = slowly(tree[1], claim)
        return None if inner is None else not inner
    if tree[0] == "visits":
        visits = claim.get("visits")
        if visits is None:
            return None
        return bool(eval(f"{visits} {tree[1]} {tree[2]}"))
    sides = [slowly(tree[0], claim), slowly(tree[2], claim)]
    strong = tree[1] == "or"
    if strong in sides:
        return strong
    return None if None in sides else not strong


@settings(max_examples=150, deadline=None)
@given(
    trees,
    st.fixed_dictionaries({}, optional={**dict.fromkeys(NAMES, st.booleans()), "visits": st.integers(0, 3)}),
)
def test_three_valued_logic_agrees_with_the_tables(tree: Any, claim: dict[str, Any]) -> None:
    assert answer(written(tree), claim=claim) is slowly(tree, claim)


@settings(max_examples=150, deadline=None)
@given(trees, st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, st.booleans())))
def test_learning_an_unknown_never_overturns_an_answer(tree: Any, claim: dict[str, Any]) -> None:
    before = answer(written(tree), claim=claim)
    for visits in range(4):
        known = {**dict.fromkeys(NAMES, False), "visits": visits, **claim}
        if before is not None:
            assert answer(written(tree), claim=known) is before
