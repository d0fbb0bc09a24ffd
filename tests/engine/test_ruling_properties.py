"""Rulings against a slow reading of the articles, and what must hold of every ruling whatever the facts."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.engine.slow_rulings import car_dealer, media_house
from tests.engine.stories import LATER, changed, pack

from dingfen.engine.decide import decide
from dingfen.engine.load import load_pack
from dingfen.engine.ruling import Ruling, to_bytes
from dingfen.engine.schema import Pack
from dingfen.engine.vocabulary import FACTS, Fact, facts_of

BOOKS = {"auto-dealer": car_dealer, "media-sales": media_house}
PACKS = ("auto-dealer", "media-sales", "b2b-sales")
UNITS = ("east", "west")
MOMENTS = [f"2026-03-0{day}T09:00:00Z" for day in range(2, 6)]


def values(fact: Fact) -> st.SearchStrategy[Any]:
    none = [None] if fact.nullable else []
    if fact.type == "boolean":
        return st.sampled_from([True, False, *none])
    if fact.type == "choice":
        return st.sampled_from([*fact.choices, *none])
    if fact.type == "moment":
        return st.sampled_from([*MOMENTS, *none])
    if fact.type == "span":
        return st.sampled_from([0, 86400, 10 * 86400, *none])
    if fact.high == 1:
        return st.sampled_from([0, 0.5, 1])
    low, high = int(fact.low or 0), int(fact.high if fact.high is not None else 3)
    return st.sampled_from([*range(low, high + 1), *none])


def used(policy: Pack) -> set[str]:
    """The facts the rules of a dispute ask for, and those every ruling shows."""
    rules = policy.ownership
    found = {"registered_at", "is_signer", "earlier_breaches", "first_touch_at", "deal_at", "delivered_at"}
    text = rules.model_dump_json()
    return found | {name for name in FACTS if name in text}


@st.composite
def cases(draw: st.DrawFn, name: str, most: int = 4) -> dict[str, Any]:
    """Facts of a dispute between two and `most` people; facts no rule asks for have their plain value."""
    asked = used(pack(name))
    people = [f"s{index}" for index in range(draw(st.integers(2, most)))]

    def record(*subjects: Any) -> dict[str, Any]:
        return {
            n: draw(values(f))
            for n, f in facts_of(*subjects).items()
            if n in asked or (not f.nullable and n == "about")
        }

    case = {**record("case", "customer"), "claimants": len(people)}
    claims = [
        {"staff": staff, "unit": draw(st.sampled_from(UNITS)), **record("claim"), "evidence": {}}
        for staff in people
    ]
    return {"case": {**case, "evidence": {}}, "claims": claims, "rungs": {}}


def answer(ruling: Ruling) -> tuple[str, Any, dict[Any, int]]:
    return ruling.outcome, ruling.holder, {each.staff: each.share for each in ruling.split}


@pytest.mark.parametrize("name", BOOKS)
def test_the_engine_reads_the_articles_as_one_would(name: str) -> None:
    @settings(max_examples=300, deadline=None)
    @given(cases(name))
    def agrees(facts: dict[str, Any]) -> None:
        assert answer(decide(facts, pack(name), LATER)) == BOOKS[name](facts["case"], facts["claims"])

    agrees()


@pytest.mark.parametrize("name", PACKS)
def test_the_order_of_claims_makes_no_difference(name: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(cases(name, most=3))
    def agrees(facts: dict[str, Any]) -> None:
        found = {
            (answer_text(decide({**facts, "claims": list(order)}, pack(name), LATER)))
            for order in permutations(facts["claims"])
        }
        assert len(found) == 1

    agrees()


def answer_text(ruling: Ruling) -> str:
    """All that a ruling says, without the order in which it lists the claims."""
    plain = json.loads(to_bytes(ruling))
    for row in plain["rows"]:
        row["cells"].sort(key=lambda cell: cell["staff"])
    for each in plain["not_applied"]:
        each["params"].get("claims", []).sort()
    for key in ("points", "unknowns", "sanctions"):
        plain[key] = sorted(plain[key], key=json.dumps)
    plain["changes"] = (
        sorted({each["fact"] for each in plain["changes"]}) if len(plain["changes"]) < 12 else []
    )
    if plain["declined"]:
        plain["declined"]["params"].pop("facts", None)
    return json.dumps(plain, sort_keys=True)


@pytest.mark.parametrize("name", PACKS)
def test_shares_make_a_whole_and_replay_gives_the_same_bytes(name: str) -> None:
    @settings(max_examples=100, deadline=None)
    @given(cases(name, most=7))
    def holds(facts: dict[str, Any]) -> None:
        ruling = decide(facts, pack(name), LATER)
        if ruling.outcome == "split":
            assert sum(each.share for each in ruling.split) == 10_000
            assert all(each.share > 0 for each in ruling.split)
        else:
            assert ruling.split == ()
        stored = json.loads(json.dumps(facts))
        assert to_bytes(decide(stored, pack(name), LATER)) == to_bytes(ruling)

    holds()


@pytest.mark.parametrize("name", PACKS)
def test_what_nobody_can_say_decides_nothing(name: str) -> None:
    """A ruling given in spite of unknown facts stands whatever these facts turn out to be."""

    @settings(max_examples=150, deadline=None)
    @given(cases(name, most=3), st.data())
    def holds(facts: dict[str, Any], data: st.DataObject) -> None:
        places = [(index, n) for index, c in enumerate(facts["claims"]) for n in c if n in FACTS]
        hidden = data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
        known = json.loads(json.dumps(facts))
        for index, fact in hidden:
            del known["claims"][index][fact]
        ruling = decide(known, pack(name), LATER)
        assume(ruling.outcome != "declined")
        told = json.loads(json.dumps(known))
        for index, fact in hidden:
            told["claims"][index][fact] = data.draw(values(FACTS[fact]))
        assert answer(decide(told, pack(name), LATER)) == answer(ruling)

    holds()


NEVER = """    - id: never
      title: {zh: 从不适用, en: Never applies}
      when: any(lapsed) and all(not lapsed)
      then: {exclude: is_signer}
      article: %s
"""


@pytest.mark.parametrize(
    ("name", "article"), [("auto-dealer", "OWN-1"), ("media-sales", "MED-1"), ("b2b-sales", "BBS-1")]
)
def test_a_rule_that_cannot_apply_changes_nothing(name: str, article: str) -> None:
    first = "  principles:\n"
    longer = load_pack(changed(name, ownership=(first, first + NEVER % article)))

    @settings(max_examples=60, deadline=None)
    @given(cases(name, most=3))
    def holds(facts: dict[str, Any]) -> None:
        before = json.loads(to_bytes(decide(facts, pack(name), LATER)))
        after = json.loads(to_bytes(decide(facts, longer, LATER)))
        after["not_applied"] = [each for each in after["not_applied"] if each["rule"] != "never"]
        assert without_changes(before) == without_changes(after)

    holds()


def without_changes(plain: dict[str, Any]) -> dict[str, Any]:
    """What would change a ruling is listed up to a number; a rule that asks for more facts may crowd it."""
    return {key: value for key, value in plain.items() if key not in ("changes", "unknowns")}
