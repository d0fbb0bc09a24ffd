"""Rulings: against a slow scorecard, the same bytes always, unknowns, ties, and what would change them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.stories import CALENDAR, OWNING, at, changed, pack, scenarios

from dingfen.engine.decide import decide
from dingfen.engine.facts import moment_text
from dingfen.engine.load import dump, from_canonical, load_pack
from dingfen.engine.ruling import Ruling, to_bytes
from dingfen.engine.schema import Pack
from dingfen.engine.trying import facts_of_scenario
from dingfen.engine.vocabulary import facts_of

NOW = datetime(2026, 4, 1, tzinfo=UTC)
STAFF = ("li", "wang", "zhao", "sun")


def neutral() -> dict[str, Any]:
    """A claim of which nothing is to be said."""
    values: dict[str, Any] = {}
    for name, fact in facts_of("claim").items():
        plain = {"boolean": False, "number": 0, "span": 0}.get(fact.type)
        values[name] = None if fact.nullable else plain
    return {**values, "claim_within_window": True}


def case(*claims: dict[str, Any], units: str = "east west east west", **of_case: Any) -> dict[str, Any]:
    people = zip(STAFF, units.split(), claims, strict=False)
    listed = [{"staff": who, "unit": unit, **neutral(), **each, "evidence": {}} for who, unit, each in people]
    known = {
        "about": "deal", "deal_at": moment_text(NOW), "delivered_at": None, "raised_at": moment_text(NOW),
        "claimants": len(claims), "signers": 0, "same_unit": False, "registered_same_time": False,
        "registrations_differ": False, "grade": None, **of_case,
    }  # fmt: skip
    return {"case": {**known, "evidence": {}}, "claims": listed, "rungs": {}}


def day(number: int) -> str:
    return moment_text(at(number))


# The scorecard of the media pack, written out slowly from its articles.


def only_best(values: dict[str, Any], best: Any) -> list[str]:
    known = {who: value for who, value in values.items() if value is not None}
    winners = [who for who, value in known.items() if value == best(known.values())] if known else []
    return winners if len(winners) == 1 else []


def slow_points(claims: dict[str, dict[str, Any]]) -> dict[str, int]:
    points = dict.fromkeys(claims, 0)

    def column(name: str) -> dict[str, Any]:
        return {who: facts[name] for who, facts in claims.items()}

    for who in only_best(column("first_touch_at"), min):
        points[who] += 1
    for who in only_best(column("first_visit_at"), min):
        points[who] += 1
    for who in only_best(column("visits"), max):
        points[who] += 1
    if all(facts["cards"] > 0 for facts in claims.values()):
        for who in only_best(column("highest_contact_rank"), max):
            points[who] += 2
    joint = any(facts["joint_visits"] > 0 for facts in claims.values())
    for who, facts in claims.items():
        points[who] += 1 if facts["cards"] > 0 else 0
        points[who] += 1 if facts["profile_complete"] >= 1 else 0
        points[who] += 1 if facts["new_contacts"] > 0 else 0
        points[who] -= 2 if facts["phone_only"] else 0
        points[who] -= 2 if facts["invented_visits"] or facts["inflated_titles"] else 0
        points[who] += facts["joint_visit_points"] if joint else 0
    return points


moments = st.none() | st.integers(0, 3).map(day)
claims_of_media = st.fixed_dictionaries(
    {
        "first_touch_at": moments,
        "first_visit_at": moments,
        "visits": st.integers(0, 2),
        "cards": st.integers(0, 2),
        "highest_contact_rank": st.none() | st.integers(0, 2),
        "profile_complete": st.sampled_from([0, 0.5, 1]),
        "new_contacts": st.integers(0, 1),
        "phone_only": st.booleans(),
        "invented_visits": st.booleans(),
        "inflated_titles": st.booleans(),
        "joint_visits": st.integers(0, 1),
        "joint_visit_points": st.integers(-3, 3),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(claims_of_media, min_size=2, max_size=4))
def test_the_scorecard_agrees_with_the_slow_one(claims: list[dict[str, Any]]) -> None:
    ruling = decide(case(*claims), pack("media-sales"), NOW)
    points = slow_points(dict(zip(STAFF, claims, strict=False)))
    assert dict(ruling.points) == points
    ranked = sorted(points, key=lambda who: -points[who])
    margin = points[ranked[0]] - points[ranked[1]]
    assert ruling.margin == margin
    if margin >= 2:
        assert (ruling.outcome, ruling.holder) == ("award", ranked[0])
    elif margin == 1:
        assert ruling.outcome == "split"
        assert sum(each.share for each in ruling.split) == 10_000
        assert {each.staff for each in ruling.split} == set(points)
    else:
        assert ruling.declined is not None and ruling.declined.code == "tie"
        assert (ruling.outcome, ruling.holder) == ("declined", None)


@settings(max_examples=40, deadline=None)
@given(st.lists(claims_of_media, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter(claims: list[dict[str, Any]], random: Any) -> None:
    facts = case(*claims)
    shuffled = {**facts, "claims": random.sample(facts["claims"], len(facts["claims"]))}
    one, other = decide(facts, pack("media-sales"), NOW), decide(shuffled, pack("media-sales"), NOW)
    assert (one.result.outcome, one.holder, one.margin) == (other.result.outcome, other.holder, other.margin)
    assert dict(one.points) == dict(other.points)
    assert {(e.staff, e.share) for e in one.split} == {(e.staff, e.share) for e in other.split}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(claims_of_media, min_size=2, max_size=2),
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(["phone_only", "invented_visits", "joint_visit_points"])),
        min_size=1, max_size=2, unique=True,
    ),
)  # fmt: skip
def test_an_award_despite_unknowns_holds_whatever_they_turn_out_to_be(
    claims: list[dict[str, Any]], hidden: list[tuple[int, str]]
) -> None:
    facts = case(*claims)
    for index, name in hidden:
        del facts["claims"][index][name]
    ruling = decide(facts, pack("media-sales"), NOW)
    options = [range(-3, 4) if name == "joint_visit_points" else (True, False) for _, name in hidden]
    results = set()
    for values in product(*options):
        for (index, name), value in zip(hidden, values, strict=True):
            facts["claims"][index][name] = value
        results.add(decide(facts, pack("media-sales"), NOW).result)
    if ruling.declined is not None and ruling.declined.code == "unknown_could_change":
        assert len(results) > 1
    else:
        assert results == {ruling.result}


@settings(max_examples=40, deadline=None)
@given(st.lists(claims_of_media, min_size=2, max_size=3))
def test_what_would_change_the_result_does_change_it(claims: list[dict[str, Any]]) -> None:
    facts = case(*claims)
    ruling = decide(facts, pack("media-sales"), NOW)
    for change in ruling.changes:
        index = STAFF.index(str(change.staff))
        varied = {**facts, "claims": [dict(each) for each in facts["claims"]]}
        varied["claims"][index][change.fact] = moved(change.relation, change.to, change.fact)
        again = decide(varied, pack("media-sales"), NOW).result
        assert again == change.result != ruling.result


def moved(relation: str, to: Any, fact: str) -> Any:
    if relation in ("before", "after"):
        step = timedelta(seconds=1 if relation == "after" else -1)
        return moment_text(datetime.fromisoformat(to) + step)
    if relation in ("less", "more"):
        step = 0.01 if fact == "profile_complete" else 1
        return to + (step if relation == "more" else -step)
    return to


def rulings(policy: Pack) -> list[Ruling]:
    """What a pack proposes in each of its own scenarios."""
    stories = [scenario for scenario in scenarios(policy.id) if scenario.events or scenario.facts]
    return [decide(facts_of_scenario(policy, scenario, CALENDAR), policy, NOW) for scenario in stories]


@pytest.mark.parametrize("name", OWNING)
def test_replay_gives_the_same_bytes_from_the_stored_policy(name: str) -> None:
    stored = from_canonical(dump(pack(name)))
    for scenario in scenarios(name):
        if scenario.events or scenario.facts:
            facts = facts_of_scenario(pack(name), scenario, CALENDAR)
            kept = json.loads(json.dumps(facts))
            assert to_bytes(decide(kept, stored, NOW)) == to_bytes(decide(facts, pack(name), NOW))


def digest_of_rulings() -> str:
    return hashlib.sha256(b"\n".join(map(to_bytes, rulings(pack("b2b-sales"))))).hexdigest()


def test_another_process_gives_the_same_bytes() -> None:
    code = "from tests.engine.test_decide import digest_of_rulings; print(digest_of_rulings())"
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == digest_of_rulings()


@pytest.mark.parametrize("name", OWNING)
def test_rows_name_articles_that_exist_and_evidence_that_was_given(name: str) -> None:
    for scenario in scenarios(name):
        if scenario.events or scenario.facts:
            facts = facts_of_scenario(pack(name), scenario, CALENDAR)
            ruling = decide(facts, pack(name), NOW)
            entries = {entry for c in facts["claims"] for proof in c["evidence"].values() for entry in proof}
            for row in (*ruling.rows, *ruling.not_applied):
                assert row.article in pack(name).article_index
            assert {e for row in ruling.rows for cell in row.cells for e in cell.evidence} <= entries


def test_without_a_policy_the_engine_declines() -> None:
    ruling = decide(case({}, {}), None, NOW)
    assert ruling.declined is not None and ruling.declined.code == "no_policy_in_force"
    assert to_bytes(ruling)


def test_a_tie_awards_nobody() -> None:
    same = {"registered_at": day(1), "protected_at_deal": True}
    ruling = decide(case(same, same), pack("auto-dealer"), NOW)
    assert (ruling.outcome, ruling.holder) == ("declined", None)
    assert {row.rule: row.why_code for row in ruling.not_applied}["first-registered"] == "tie"
    assert ruling.effects == ()


def test_a_single_claim_left_wins_by_the_rule_that_took_the_others_out() -> None:
    ruling = decide(case({"lapsed": True}, {"is_signer": True}, {"ended": True}), pack("auto-dealer"), NOW)
    assert (ruling.holder, ruling.decisive_rule, ruling.article) == ("wang", "registration-lapsed", "OWN-9")


def test_an_unknown_condition_is_listed_with_the_fact_and_whose_it_is() -> None:
    facts = case({"registered_at": day(1), "is_owner": True}, {"registered_at": day(2)})
    del facts["claims"][1]["concealed_owner"]
    ruling = decide(facts, pack("auto-dealer"), NOW)
    assert [(each.fact, each.staff, each.could_change) for each in ruling.unknowns] == [
        ("concealed_owner", "wang", False)
    ]
    assert ruling.holder == "li"


def test_an_unknown_registration_stops_the_ruling() -> None:
    facts = case({"registered_at": day(1)}, {"registered_at": day(2)})
    del facts["claims"][1]["registered_at"]
    ruling = decide(facts, pack("auto-dealer"), NOW)
    assert ruling.declined is not None and ruling.declined.code == "unknown_could_change"
    assert ruling.declined.params["facts"] == [{"fact": "registered_at", "staff": "wang"}]
    assert (ruling.holder, ruling.effects, ruling.changes) == (None, (), ())


def test_thirds_are_shared_out_to_the_last_hundredth() -> None:
    claims = [{"first_touch_at": day(n), "visits": 1} for n in (1, 2, 3)]
    ruling = decide(case(*claims), pack("media-sales"), NOW)
    assert sorted(each.share for each in ruling.split) == [3333, 3333, 3334]


def test_a_policy_may_leave_a_case_to_people() -> None:
    old = "then: {prefer: min(registered_at)}"
    new = "then: {decline: {zh: 由负责人决定, en: The heads decide}}"
    declining = load_pack(changed("auto-dealer", ownership=(old, new)))
    ruling = decide(case({"registered_at": day(1)}, {"registered_at": day(2)}), declining, NOW)
    assert ruling.declined is not None
    assert (ruling.declined.code, ruling.declined.article) == ("left_to_people", "OWN-3")


def test_points_of_heads_outside_their_range_count_as_its_end() -> None:
    ruling = decide(case({"joint_visits": 1, "joint_visit_points": 9}, {}), pack("media-sales"), NOW)
    assert dict(ruling.points) == {"li": 3, "wang": 0}
