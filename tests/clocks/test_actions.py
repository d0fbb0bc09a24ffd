"""The life of a clock: start, pause, resume, extend, re-date, meet, cancel, each kept as an event."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW
from tests.clocks.conftest import Bench

from dingfen.clocks import actions
from dingfen.clocks.models import Clock, ClockEvent
from dingfen.clocks.queries import standstill
from dingfen.clocks.statutory import build_calendar
from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.deadlines import after_pause, due
from dingfen.engine.durations import Duration
from dingfen.problems import Problem

HOUR = timedelta(hours=1)
WEEKDAYS = build_calendar(
    CalendarForm.model_validate(
        {"zone": "Asia/Shanghai", "periods": {"mon-fri": ["09:00-12:00", "13:00-18:00"]}}
    )
)


def events(clock: Clock) -> list[ClockEvent]:
    return list(clock.events.order_by("pk"))


def test_a_clock_starts_with_its_steps_and_an_event(bench: Bench) -> None:
    clock = bench.start()
    assert (clock.state, clock.next_at) == ("running", NOW + 2 * HOUR)
    (event,) = events(clock)
    assert (event.kind, event.actor_uid, event.deadline) == ("start", bench.actor.uid, clock.deadline)


def test_one_live_clock_of_a_kind_on_a_subject(bench: Bench) -> None:
    clock = bench.start()
    with pytest.raises(IntegrityError), transaction.atomic():
        bench.start(subject_uid=clock.subject_uid)
    bench.start(subject_uid=clock.subject_uid, kind="other")
    bench.act("meet", clock, NOW)
    bench.start(subject_uid=clock.subject_uid)


def test_a_pause_moves_deadline_and_steps_by_its_length(bench: Bench) -> None:
    clock = bench.start()
    bench.act("pause", clock, NOW + HOUR, reason="等待客户补充发票")
    assert (clock.state, clock.next_at, clock.pause_reason) == ("paused", None, "等待客户补充发票")
    assert bench.sweep(NOW + 9 * HOUR).fired == 0
    bench.act("resume", clock, NOW + 4 * HOUR)
    assert (clock.state, clock.next_at, clock.deadline) == ("running", NOW + 5 * HOUR, NOW + 7 * HOUR)
    assert standstill(events(clock)) == 3 * HOUR
    bench.sweep(NOW + 5 * HOUR)
    assert bench.steps == ["half"]


def test_a_pause_counted_in_working_time(bench: Bench) -> None:
    """Paused Wednesday 17:00, resumed Thursday 10:00: two working hours stood still."""
    allowed = Duration.model_validate("8 working hours")
    clock = bench.start(deadline=due(NOW, allowed, WEEKDAYS), steps=[])
    bench.act("pause", clock, NOW + 7 * HOUR, reason="检测")
    bench.act(
        "resume",
        clock,
        NOW + 24 * HOUR,
        shift=lambda then, start, end: after_pause(then, start, end, allowed, WEEKDAYS),
    )
    assert clock.deadline == WEEKDAYS.add_working(NOW, timedelta(hours=10))


@pytest.mark.parametrize(
    ("length", "days", "expected"),
    [("5 days", "calendar", "2026-11-27 00:00"), ("5 working days", "working", "2026-11-26 18:00")],
)
def test_a_pause_counted_in_days(length: str, days: str, expected: str) -> None:
    """Paused on Friday, resumed on Monday: three days or, of the working ones, one."""
    zone = ZoneInfo("Asia/Shanghai")
    form = {"length": length, "counting": "inclusive", "start_day": "out", "days": days, "roll": "none"}
    duration = Duration.model_validate(form)
    friday, monday = datetime(2026, 11, 20, 15, tzinfo=zone), datetime(2026, 11, 23, 9, tzinfo=zone)
    moved = after_pause(due(NOW, duration, WEEKDAYS), friday, monday, duration, WEEKDAYS)
    assert moved == datetime.fromisoformat(expected).replace(tzinfo=zone)


def test_an_extension_is_later_and_revives_a_breached_clock(bench: Bench) -> None:
    clock = bench.start()
    bench.sweep(NOW + 5 * HOUR)
    clock.refresh_from_db()
    assert clock.state == "breached"
    with pytest.raises(Problem) as caught:
        bench.act("extend", clock, NOW + 5 * HOUR, deadline=NOW + 4 * HOUR, reason="检测未完成")
    assert caught.value.code == "clock.not_later"
    bench.act("extend", clock, NOW + 5 * HOUR, deadline=NOW + 9 * HOUR, reason="检测未完成")
    assert (clock.state, clock.next_at) == ("running", NOW + 9 * HOUR)
    assert [event.kind for event in events(clock)] == ["start", "fire", "extend"]


def test_a_re_date_counts_from_another_event(bench: Bench) -> None:
    clock = bench.start()
    bench.act("redate", clock, NOW + HOUR, deadline=NOW + 8 * HOUR, steps=[(NOW + 6 * HOUR, "warn")])
    assert (clock.started_at, clock.next_at) == (NOW + HOUR, NOW + 6 * HOUR)


def test_met_in_time_and_late(bench: Bench) -> None:
    in_time, at_deadline, breached = bench.start(), bench.start(), bench.start()
    bench.act("meet", in_time, NOW + 4 * HOUR - timedelta(seconds=1))
    bench.act("meet", at_deadline, NOW + 4 * HOUR)
    bench.sweep(NOW + 4 * HOUR)
    bench.act("meet", breached, NOW + 5 * HOUR)
    assert [clock.state for clock in (in_time, at_deadline, breached)] == ["met", "met_late", "met_late"]
    assert all(clock.next_at is None and clock.ended_at for clock in (in_time, at_deadline, breached))


def test_what_a_state_does_not_allow(bench: Bench) -> None:
    clock = bench.start()
    bench.act("pause", clock, NOW, reason="x")
    with pytest.raises(Problem) as caught:
        bench.act("pause", clock, NOW, reason="x")
    assert caught.value.code == "clock.paused"
    bench.act("cancel", clock, NOW)
    for name, more in [
        ("pause", {"reason": "x"}),
        ("meet", {}),
        ("cancel", {}),
        ("redate", {"deadline": NOW + HOUR}),
        ("extend", {"deadline": NOW + 9 * HOUR, "reason": "x"}),
        ("reassign", {"responsible": bench.cast.xu}),
        ("resume", {}),
    ]:
        with pytest.raises(Problem) as caught:
            bench.act(name, clock, NOW, **more)
        assert caught.value.status == 409
        assert caught.value.code.startswith("clock.")


def test_a_stale_object_is_read_again(bench: Bench) -> None:
    clock = bench.start()
    other = Clock.objects.get(pk=clock.pk)
    bench.act("meet", other, NOW)
    with pytest.raises(Problem) as caught:
        bench.act("pause", clock, NOW, reason="x")
    assert caught.value.params["state"] == "met"


def test_all_clocks_of_a_subject_end_together(bench: Bench) -> None:
    first = bench.start()
    bench.start(subject_uid=first.subject_uid, kind="other")
    with transaction.atomic():
        ended = actions.end_all(actor=bench.actor, at=NOW, subject_uid=first.subject_uid, kinds=["other"])
        assert ended == 1
        assert actions.end_all(actor=bench.actor, at=NOW, subject_uid=first.subject_uid, met=True) == 1
    assert set(Clock.objects.values_list("state", flat=True)) == {"cancelled", "met"}


@pytest.mark.django_db(transaction=True)
def test_only_inside_a_transaction(bench: Bench) -> None:
    clock = bench.start()
    with pytest.raises(RuntimeError, match="transaction"):
        actions.meet(actor=bench.actor, at=NOW, clock=clock)


def test_who_sees_a_clock(bench: Bench) -> None:
    clock = bench.start()
    nobodys = bench.start(responsible=None)

    def seen(name: str) -> set[int]:
        return set(Clock.objects.visible_to(bench.cast.actor(name)).values_list("pk", flat=True))

    assert seen("lin") == seen("jiang") == {clock.pk}
    assert seen("fang") == {clock.pk, nobodys.pk}
    assert seen("xu") == seen("gu") == seen("stranger") == set()
