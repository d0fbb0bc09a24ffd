"""When a hold would have lapsed: the fold over follow-ups against looking at every hour."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.engine.backtest import Hold, Outcome, compare_holds, compare_rulings, lapsed_at
from dingfen.engine.calendar import Calendar
from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.events import Event
from dingfen.engine.holding import protection
from dingfen.engine.load import load_pack
from dingfen.engine.ruling import Result, ShareOf
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
    found = lapsed_at(Hold("lin", START, grade, touches, CALENDAR, until), PACK)
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
    assert found == slow


def test_another_persons_call_saves_nothing() -> None:
    other = call(100, True)
    other = Event(other.kind, other.at, other.recorded_at, "xu", "east", "c", "", 1, other.attrs)
    hold = Hold("lin", START, "H", [other], CALENDAR, START + 400 * HOUR)
    assert lapsed_at(hold, PACK) == lapsed_at(Hold("lin", START, "H", [], CALENDAR, hold.until), PACK)


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
    assert [compare_holds(*pair) for pair in ((None, START), (START, None), (START, START + HOUR), (None, None))] == [
        "lapses", "survives", "other_day", "same",
    ]  # fmt: skip
