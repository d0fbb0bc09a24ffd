"""Signals: each pattern against the obvious way to find it, and what must not be one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.engine.signal_rules import DEFAULTS, Code, Limit, Limits, SignalRule, limits
from dingfen.engine.signals import Act, Signal, detect, kilometres, runs

DAY = dt.datetime(2026, 11, 18, 1, tzinfo=dt.UTC)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)


def act(
    kind: Any, minute: float, staff: str = "lin", customer: str = "c", entry: int = 0, **attrs: Any
) -> Act:
    at = DAY + minute * MINUTE
    return Act(kind, at, at, staff, entry or int(minute * 10) + 1, customer, attrs)


def only(code: Code, **values: Any) -> Limits:
    base = DEFAULTS[code]
    given = {"at_least": base.at_least, "within": base.within, "near": base.near} | values
    return Limits({code: Limit(**given)})


def found(acts: list[Act], code: Code, **values: Any) -> list[Signal]:
    return list(detect(acts, only(code, **values)))


def test_many_entries_shortly_before_they_were_due() -> None:
    due = DAY + 3 * HOUR
    acts = [act("touch", n, customer=f"c{n}", due=due) for n in range(6)]
    (one,) = found(acts, "bulk")
    assert (one.count, len(one.entries), one.staff) == (6, 6, "lin")
    assert not found(acts[:5], "bulk")
    assert not found([act("touch", n, due=DAY + 72 * HOUR) for n in range(9)], "bulk")
    assert not found([act("touch", n) for n in range(9)], "bulk")


def test_follow_ups_on_the_last_day_only() -> None:
    def follow_up(day: int, left: float) -> Act:
        return act("touch", day * 1440, due=DAY + dt.timedelta(days=day) + left * HOUR)

    assert found([follow_up(3, 2), follow_up(10, 5), follow_up(17, 20)], "last_day")
    assert not found([follow_up(3, 2), follow_up(10, 60), follow_up(17, 20)], "last_day")
    assert not found([follow_up(3, 2), follow_up(10, -1), follow_up(17, 20)], "last_day")


def test_checked_and_registered_after_a_colleagues_entry() -> None:
    theirs, check, own = act("touch", 0, "xu"), act("checked", 4), act("registered", 6)
    (one,) = found([theirs, check, own], "search_then_register")
    assert (one.staff, one.others, one.params["minutes"]) == ("lin", ("xu",), 6)
    assert not found([theirs, own], "search_then_register")
    late = act("touch", 5, "xu")
    assert not found([check, late, own], "search_then_register")
    assert not found([theirs, check, act("registered", 60)], "search_then_register")
    assert not found([act("touch", 0), check, own], "search_then_register")
    assert not found([act("touch", 0, "xu", "other"), check, own], "search_then_register")


def test_two_places_too_far_apart() -> None:
    hangzhou, shanghai, near = (30.27, 120.15), (31.23, 121.47), (30.28, 120.16)
    assert 150 < kilometres(hangzhou, shanghai) < 180
    (one,) = found([act("touch", 0, place=hangzhou), act("touch", 30, place=shanghai)], "too_far")
    assert one.params["minutes"] == 30
    assert not found([act("touch", 0, place=hangzhou), act("touch", 180, place=shanghai)], "too_far")
    assert not found([act("touch", 0, place=hangzhou), act("touch", 0, place=near)], "too_far")
    assert not found([act("touch", 0, place=hangzhou), act("touch", 30, "xu", place=shanghai)], "too_far")


def test_a_customer_handed_to_and_fro() -> None:
    acts = [
        act("released", 0, "lin"), act("taken", 10, "xu"), act("released", 5000, "xu"), act("taken", 5010, "lin"),
    ]  # fmt: skip
    (one,) = found(acts, "carousel")
    assert (one.params["passes"], one.others) == (2, ("xu",))
    assert not found(acts[:2], "carousel")
    assert not found([act("released", 0, "lin"), act("taken", 9000, "xu"), *acts[2:]], "carousel")


def test_the_same_name_with_another_number() -> None:
    first = act("registered", 0, "xu", "a", name="n", number="1")
    assert found([first, act("registered", 500, "lin", "b", name="n", number="2")], "renumbered")
    assert not found([first, act("registered", 500, "lin", "b", name="n", number="1")], "renumbered")
    assert not found([first, act("registered", 500, "xu", "b", name="n", number="2")], "renumbered")
    assert not found([first, act("registered", 90 * 1440, "lin", "b", name="n", number="2")], "renumbered")


def test_calls_without_length() -> None:
    calls = [act("touch", n, touch_kind="outgoing", reached=True, minutes=0) for n in range(3)]
    assert found(calls, "zero_length")
    assert not found(
        [*calls[:2], act("touch", 9, touch_kind="outgoing", reached=False, minutes=0)], "zero_length"
    )
    assert not found([*calls[:2], act("touch", 9, touch_kind="outgoing", reached=True)], "zero_length")


def test_a_pack_changes_and_switches_off() -> None:
    rules = [
        SignalRule.model_validate({"signal": "same_notes", "at_least": 5, "article": "OWN-20"}),
        SignalRule.model_validate({"signal": "burst", "within": "5 minutes", "article": "OWN-20"}),
        SignalRule.model_validate({"signal": "bulk", "shown": False, "article": "OWN-20"}),
    ]
    values = limits(rules)
    same, burst = values.of("same_notes"), values.of("burst")
    assert same == Limit(5, article="OWN-20")
    assert burst is not None and (burst.at_least, burst.within) == (5, 5 * MINUTE)
    assert values.of("bulk") is None and values.of("carousel") == DEFAULTS["carousel"]


def test_signals_never_reach_the_engine_that_decides() -> None:
    import ast
    from pathlib import Path

    import dingfen.engine.signals as module

    for name in ("decide", "weigh", "whatif", "facts"):
        tree = ast.parse(Path(module.__file__).with_name(f"{name}.py").read_text("utf-8"))
        imported = {
            node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
        }
        assert "dingfen.engine.signals" not in imported


# ---------- against slow and obvious versions ----------

moments = st.lists(st.integers(0, 300), max_size=14)


@given(moments, st.integers(1, 40), st.integers(2, 5))
def test_runs_are_found_where_any_window_is_full(minutes: list[int], window: int, least: int) -> None:
    acts = [act("touch", n) for n in sorted(minutes)]
    within = window * MINUTE
    stretches = list(runs(acts, within, least))
    full = any(
        sum(start <= one.recorded_at <= start + within for one in acts) >= least
        for start in [each.recorded_at for each in acts]
    )
    assert bool(stretches) == full
    seen: list[int] = []
    for stretch in stretches:
        assert len(stretch) >= least
        assert stretch[-1].recorded_at - stretch[0].recorded_at <= within
        seen += [id(one) for one in stretch]
    assert len(seen) == len(set(seen))


texts = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["", "x", "y"]), st.integers(0, 99)), max_size=20
)


@given(texts, st.integers(2, 4))
def test_same_notes_are_counted(rows: list[tuple[str, str, int]], least: int) -> None:
    acts = [act("touch", minute, staff, note=note) for staff, note, minute in rows]
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for staff, note, _ in rows:
        if note:
            counts[(staff, note)] += 1
    want = sorted((staff, count) for (staff, _), count in counts.items() if count >= least)
    got = sorted((one.staff, one.count) for one in found(acts, "same_notes", at_least=least))
    assert got == want


steps = st.lists(
    st.tuples(st.sampled_from(["released", "taken"]), st.sampled_from("abc"), st.integers(0, 5000)),
    max_size=16,
)


@given(steps, st.integers(1, 3))
def test_passes_are_counted(rows: list[tuple[str, str, int]], least: int) -> None:
    rows = sorted(rows, key=lambda row: row[2])
    acts = [act(kind, minute, staff, entry=place + 1) for place, (kind, staff, minute) in enumerate(rows)]
    counts: dict[frozenset[str], int] = defaultdict(int)
    for place, (kind, staff, minute) in enumerate(rows):
        before = [row for row in rows[:place] if row[0] == "released"]
        if kind != "taken" or not before:
            continue
        last = max(index for index, row in enumerate(rows[:place]) if row[0] == "released")
        if any(row[0] == "taken" for row in rows[last + 1 : place]):
            continue
        _, giver, then = rows[last]
        if giver != staff and minute - then <= 48 * 60:
            counts[frozenset((giver, staff))] += 1
    want = sorted(count for count in counts.values() if count >= least)
    got = sorted(one.params["passes"] for one in found(acts, "carousel", at_least=least))
    assert got == want


spots = st.lists(
    st.tuples(st.integers(0, 600), st.floats(20, 40), st.floats(100, 120), st.sampled_from("ab")), max_size=10
)


@given(spots)
def test_every_impossible_step_is_seen(rows: list[tuple[int, float, float, str]]) -> None:
    acts = [
        act("touch", minute, staff, entry=place + 1, place=(north, east))
        for place, (minute, north, east, staff) in enumerate(rows)
    ]
    want = 0
    for staff in "ab":
        own = sorted(
            (row for row in enumerate(rows) if row[1][3] == staff), key=lambda row: (row[1][0], row[0])
        )
        for (_, one), (_, other) in pairwise(own):
            way = kilometres((one[1], one[2]), (other[1], other[2]))
            hours = (other[0] - one[0]) / 60
            want += way > 5 and (hours == 0 or way / hours > 120 * (1 + 1e-12))
    assert len(found(acts, "too_far")) == want


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"), st.sampled_from("pq"), st.sampled_from(["1", "2"]), st.integers(0, 90_000)
        ),
        max_size=12,
    )
)
def test_renumbered_is_any_near_registration_of_a_colleague(rows: list[tuple[str, str, str, int]]) -> None:
    rows = sorted(rows, key=lambda row: row[3])
    acts = [
        act("registered", minute, staff, str(place), place + 1, name=name, number=number)
        for place, (staff, name, number, minute) in enumerate(rows)
    ]
    want = sum(
        any(
            earlier[1] == row[1]
            and earlier[0] != row[0]
            and earlier[2] != row[2]
            and row[3] - earlier[3] <= 43_200
            for earlier in rows[:place]
        )
        for place, row in enumerate(rows)
    )
    assert len(found(acts, "renumbered")) == want


@pytest.mark.parametrize("code", list(DEFAULTS))
def test_nothing_is_seen_in_nothing(code: Code) -> None:
    assert found([], code) == []
    assert found([act("touch", 0)], code) == []
