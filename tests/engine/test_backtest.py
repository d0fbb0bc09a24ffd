"""When a hold would have lapsed: the fold over follow-ups against looking at every hour."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.engine.backtest import Hold, Lapsed, Outcome, compare_holds, compare_rulings, lapsed
from dingfen.engine.backtest_complaints import PastComplaint, judge
from dingfen.engine.calendar import Calendar
from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.complaint_facts import plain_facts
from dingfen.engine.events import Event
from dingfen.engine.holding import protection
from dingfen.engine.load import load_pack
from dingfen.engine.ruling import Result, ShareOf
from dingfen.engine.schema import complaints_of
from dingfen.packs import pack_files

START = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
PACK = load_pack(pack_files("auto-dealer"))
HOUR = dt.timedelta(hours=1)


def calendar() -> Calendar:
    from dingfen.clocks.statutory import build_calendar

    form = PACK.calendar or CalendarForm.model_validate({"zone": "Asia/Shanghai", "periods": {}})
    return build_calendar(form)


CALENDAR = calendar()


def call(hours: int, reached: bool) -> Event:
    at = START + hours * HOUR
    attrs = {"kind": "call", "reached": reached, "with": "customer"}
    return Event("touch", at, at, "lin", "east", "c", "", hours, attrs)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 700), st.booleans()), max_size=5, unique_by=lambda pair: pair[0]),
    st.sampled_from(["H", "A", "B", None]),
    st.integers(200, 800),
)
def test_against_every_hour(calls: list[tuple[int, bool]], grade: str | None, length: int) -> None:
    touches = [call(*one) for one in calls]
    until = START + length * HOUR
    found = lapsed(Hold("lin", START, grade, touches, CALENDAR, until), PACK)
    slow = None
    for hour in range(1, length + 1):
        now = START + hour * HOUR
        made = [one.at for one in touches if one.attrs["reached"] and one.at < now]
        state = protection(
            PACK, registered_at=START, grade=grade, follow_ups=made, calendar=CALENDAR, now=now
        )
        if state.lapse_at <= now:
            slow = state.lapse_at
            break
    assert (found.at if found else None) == slow
    assert found is None or found.article == "OWN-9"


def test_another_persons_call_saves_nothing() -> None:
    other = call(100, True)
    other = Event(other.kind, other.at, other.recorded_at, "xu", "east", "c", "", 1, other.attrs)
    hold = Hold("lin", START, "H", [other], CALENDAR, START + 400 * HOUR)
    assert lapsed(hold, PACK) == lapsed(Hold("lin", START, "H", [], CALENDAR, hold.until), PACK)


def test_a_deposit_and_a_renewal_count_from_when_they_came() -> None:
    folder = Path(__file__).parent / "written" / "filing"
    pack = load_pack({path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")})
    day = 24 * HOUR
    plain = Hold("lin", START, None, [], CALENDAR, START + 60 * day)
    went = lapsed(plain, pack)
    assert went is not None and went.article == "FIL-5" and went.at < START + 8 * day
    assert lapsed(replace(plain, stage=(START + 3 * day, "deposit")), pack) is None
    assert lapsed(replace(plain, stage=(START + 20 * day, "deposit")), pack) == went  # it was over by then


def test_the_grade_of_the_time_counts() -> None:
    """From the day it becomes H the short cadence counts; before, the long one of B did."""
    day = 24 * HOUR
    plain = Hold("lin", START, "B", [], CALENDAR, START + 60 * day)
    of_b, of_h = (lapsed(replace(plain, grade=grade), PACK) for grade in ("B", "H"))
    assert of_b is not None and of_h is not None and of_h.at < of_b.at
    late = lapsed(replace(plain, regraded=[(START + 30 * day, "H")]), PACK)
    assert late == of_b  # it was over by then
    soon = lapsed(replace(plain, regraded=[(START + day, "H")]), PACK)
    assert soon == of_h
    assert lapsed(replace(plain, grade="H", regraded=[(START + day, "B")]), PACK) == of_b


def test_a_dispute_stops_the_clock_where_the_rules_say_so() -> None:
    day = 24 * HOUR
    plain = Hold("lin", START, "H", [], CALENDAR, START + 90 * day)
    went = lapsed(plain, PACK)
    assert went is not None
    still = lapsed(replace(plain, stood_still=[(START + day, START + 11 * day)]), PACK)
    assert still is not None and still.at == went.at + 10 * day
    assert lapsed(replace(plain, stood_still=[(START + day, None)]), PACK) is None
    after = went.at + day
    assert lapsed(replace(plain, stood_still=[(after, after + day)]), PACK) == went
    made = call(48, True)  # the time counts from the contact: what stood still before it is over
    touched = replace(plain, touches=[made])
    before = [(START + HOUR, START + 24 * HOUR)]
    assert lapsed(replace(touched, stood_still=before), PACK) == lapsed(touched, PACK)
    files = pack_files("auto-dealer")
    runs_on = files["ownership.yaml"].replace(
        "warn_before: 1 day", "warn_before: 1 day\n    pause_while_disputed: false"
    )
    pack = load_pack({**files, "ownership.yaml": runs_on})
    assert lapsed(replace(plain, stood_still=[(START + day, None)]), pack) == went


def test_a_clock_that_repeats_is_judged_each_time() -> None:
    rules = complaints_of(load_pack(pack_files("company-complaints")))

    def late(*told: int, decided: int = 100) -> tuple[str, ...]:
        """News after so many hours; progress is owed every 72, and nothing once it is decided."""
        events = [
            ("received", START),
            ("acknowledged", START),
            ("accepted", START),
            ("first_answered", START),
            ("assessed", START),
        ]
        events += [("interim_told", START + hours * HOUR) for hours in told] + [
            ("decided", START + decided * HOUR)
        ]
        past = PastComplaint(plain_facts(), None, events, (), CALENDAR, START + 400 * HOUR)  # type: ignore[arg-type]
        return tuple(each for each in judge(past, rules).late if each == "interim_told")

    assert late(70) == () and late(70, 90) == ()
    assert late(73) == ("interim_told",)
    assert late(10, decided=83) == ("interim_told",)  # the second was due at 82
    assert late(10, decided=81) == ()
    assert late(decided=60) == ()


def test_kinds() -> None:
    def award(who: str) -> Outcome:
        return Outcome(Result("award", who))

    declined = Outcome(Result("declined", None))
    split = Outcome(Result("split", "a", (ShareOf("a", 50), ShareOf("b", 50))))
    assert compare_rulings(award("a"), award("a")) == "same"
    assert compare_rulings(award("a"), award("b")) == "holder"
    assert compare_rulings(award("a"), split) == "split"
    assert compare_rulings(award("a"), declined) == "declined"
    assert compare_rulings(declined, award("a")) == "decided"
    assert compare_rulings(declined, declined) == "same"
    early, late = Lapsed(START, "OWN-9", "pool"), Lapsed(START + HOUR, "OWN-9", "pool")
    assert [compare_holds(*pair) for pair in ((None, early), (early, None), (early, late), (None, None))] == [
        "lapses", "survives", "other_day", "same",
    ]  # fmt: skip
