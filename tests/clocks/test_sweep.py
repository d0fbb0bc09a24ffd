"""The sweep: each step once, a bad clock alone, whoever changes a clock meanwhile wins."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.cast import NOW
from tests.clocks.conftest import Bench

from dingfen.clocks import actions
from dingfen.clocks.models import Clock, ClockEvent
from dingfen.clocks.sweep import still_due

HOUR = timedelta(hours=1)


def test_steps_fire_in_order_and_once(bench: Bench) -> None:
    clock = bench.start(steps=[(NOW + 2 * HOUR, "half"), (NOW + 6 * HOUR, "head")])
    for hours in (1, 2, 2, 3, 4, 5, 7, 8):
        bench.sweep(NOW + hours * HOUR)
    assert bench.steps == ["half", "breach", "head"]
    clock.refresh_from_db()
    assert (clock.state, clock.next_at, clock.steps) == ("breached", None, [])
    fired = clock.events.filter(kind=ClockEvent.Kind.FIRE).order_by("pk")
    assert list(fired.values_list("reason", flat=True)) == bench.steps


def test_the_earliest_first_and_stop_between_two(bench: Bench) -> None:
    later = bench.start(deadline=NOW + 2 * HOUR, steps=[])
    sooner = bench.start(deadline=NOW + HOUR, steps=[])
    assert bench.sweep(NOW + 3 * HOUR, stop=lambda: len(bench.fired) >= 1).fired == 1
    assert bench.fired == [(str(sooner.uid), "breach")]
    bench.sweep(NOW + 3 * HOUR)
    assert bench.fired[1:] == [(str(later.uid), "breach")]


def test_a_handler_that_raises_stops_nobody_else(bench: Bench) -> None:
    bad = bench.start(deadline=NOW + HOUR, steps=[])
    good = bench.start(deadline=NOW + 2 * HOUR, steps=[])

    def break_down(clock: Clock, step: str, at: datetime) -> None:
        Clock.objects.filter(pk=clock.pk).update(article="written and rolled back")
        if clock.pk == bad.pk:
            raise ValueError("no such dispute")

    bench.then = break_down
    swept = bench.sweep(NOW + 3 * HOUR)
    assert (swept.fired, swept.failed) == (1, 1)
    assert bench.fired == [(str(good.uid), "breach")]
    bad.refresh_from_db()
    assert (bad.state, bad.attempts, bad.error) == ("running", 1, "ValueError: no such dispute")
    assert bad.article == "CMP-4"
    assert bad.next_at == NOW + 3 * HOUR + timedelta(seconds=30)

    assert bench.sweep(NOW + 3 * HOUR).failed == 0  # its time has not come
    bench.sweep(NOW + 4 * HOUR)
    bad.refresh_from_db()
    assert (bad.attempts, bad.next_at) == (2, NOW + 4 * HOUR + timedelta(seconds=60))

    bench.then = None
    bench.sweep(NOW + 5 * HOUR)
    bad.refresh_from_db()
    assert (bad.state, bad.attempts, bad.error, bad.next_at) == ("breached", 0, "", None)


def test_a_kind_without_handler_is_an_error_of_that_clock(bench: Bench) -> None:
    clock = bench.start(kind="forgotten")
    bench.start()
    swept = bench.sweep(NOW + 2 * HOUR)
    assert (swept.fired, swept.failed) == (1, 1)
    clock.refresh_from_db()
    assert clock.error == "LookupError: no handler for clocks of kind forgotten"


def test_the_database_gone_is_not_a_clocks_fault(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.start(deadline=NOW + HOUR, steps=[])

    def gone(*_: object, **__: object) -> None:
        raise DatabaseError("server closed the connection")

    bench.then = gone
    monkeypatch.setattr("dingfen.clocks.sweep._put_off", gone)
    with pytest.raises(DatabaseError):
        bench.sweep(NOW + 2 * HOUR)


def test_a_handler_may_end_or_re_date_its_clock(bench: Bench) -> None:
    ended, renewed = bench.start(steps=[]), bench.start(steps=[])

    def decide(clock: Clock, step: str, at: datetime) -> None:
        if clock.pk == ended.pk:
            actions.cancel(actor=bench.actor, at=at, clock=Clock.objects.get(pk=clock.pk))
        else:
            actions.redate(actor=bench.actor, at=at, clock=clock, deadline=at + HOUR)

    bench.then = decide
    bench.sweep(NOW + 4 * HOUR)
    ended.refresh_from_db()
    renewed.refresh_from_db()
    assert ended.state == "cancelled"
    assert (renewed.state, renewed.next_at) == ("running", NOW + 5 * HOUR)


def test_a_handler_may_make_somebody_else_responsible(bench: Bench) -> None:
    clock = bench.start(steps=[(NOW + 5 * HOUR, "manager")])
    bench.then = lambda clock, step, at: (
        actions.reassign(actor=bench.actor, at=at, clock=clock, responsible=bench.cast.jiang) and None
    )
    bench.sweep(NOW + 4 * HOUR)
    clock.refresh_from_db()
    assert (clock.state, clock.responsible, clock.next_at) == ("breached", bench.cast.jiang, NOW + 5 * HOUR)


def test_who_changes_the_clock_while_its_handler_runs_wins(bench: Bench) -> None:
    """As when a follow-up commits between the handler's start and the sweep's swap: nothing of it stays."""
    clock = bench.start(deadline=NOW + HOUR, steps=[])

    def overtaken(seen: Clock, step: str, at: datetime) -> None:
        Clock.objects.filter(pk=clock.pk).update(article="effect")
        assert still_due(seen)
        Clock.objects.filter(pk=clock.pk).update(next_at=NOW + 9 * HOUR)
        assert not still_due(seen)

    bench.then = overtaken
    swept = bench.sweep(NOW + 2 * HOUR)
    assert (swept.fired, swept.failed) == (0, 0)
    clock.refresh_from_db()
    assert (clock.article, clock.next_at, clock.attempts) == ("CMP-4", NOW + HOUR, 0)


def test_effect_and_step_stand_or_fall_together(bench: Bench) -> None:
    clock = bench.start(deadline=NOW + HOUR, steps=[])

    class PowerCut(BaseException):
        pass

    def die(seen: Clock, step: str, at: datetime) -> None:
        Clock.objects.filter(pk=clock.pk).update(article="effect")
        raise PowerCut

    bench.then = die
    with pytest.raises(PowerCut), transaction.atomic():
        bench.sweep(NOW + 2 * HOUR)
    clock.refresh_from_db()
    assert (clock.article, clock.next_at) == ("CMP-4", NOW + HOUR)
