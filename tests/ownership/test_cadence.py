"""The next step: a reminder at its time, taken by the next touch; it never protects. Another grade, its trace."""

from __future__ import annotations

import datetime as dt

import pytest

from dingfen.clocks.models import Clock, ClockEvent
from dingfen.outbox.models import Delivery
from dingfen.ownership import cadence
from dingfen.ownership.models import Registration
from dingfen.ownership.watch import NEXT_STEP
from dingfen.problems import Problem
from tests.ownership.conftest import DAY, House

State = Registration.State


def now(held: Registration) -> Registration:
    return Registration.objects.select_related("customer").get(pk=held.pk)


def test_a_next_step_reminds_the_holder_once_and_lengthens_nothing(dealer: House) -> None:
    held = dealer.register("lin")
    when = dealer.now + DAY
    dealer.act("lin", "plan_next", registration_uid=held.uid, next_step_at=when, next_step="约试驾")
    kept = now(held)
    assert (kept.protected_until, kept.follow_up_due) == (held.protected_until, held.follow_up_due)
    assert cadence.next_steps([kept]) == {kept.pk: "约试驾"}
    dealer.later(days=1, minutes=1)
    dealer.later(hours=1)
    assert Delivery.objects.filter(event="registration.next_step", recipient=dealer.cast.lin).count() == 1
    assert now(held).next_step_at == when  # it stays until somebody is in touch


def test_the_next_touch_takes_the_step_even_when_nobody_was_reached(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.act("lin", "plan_next", registration_uid=held.uid, next_step_at=dealer.now + DAY)
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="walk_in")
    assert now(held).next_step_at is not None  # a colleague's touch is none of it
    dealer.act("lin", "log_follow_up", registration_uid=held.uid, kind="outgoing", reached=False)
    assert now(held).next_step_at is None
    assert Clock.objects.get(subject_uid=held.uid, kind=NEXT_STEP).state == Clock.State.MET
    dealer.later(days=2)
    assert not Delivery.objects.filter(event="registration.next_step").exists()


def test_another_plan_takes_its_place_and_a_release_ends_it(dealer: House) -> None:
    held = dealer.register("lin")
    for days in (1, 2):
        dealer.act("lin", "plan_next", registration_uid=held.uid, next_step_at=dealer.now + days * DAY)
    assert Clock.objects.get(subject_uid=held.uid, kind=NEXT_STEP).deadline == dealer.now + 2 * DAY
    dealer.act("lin", "release", registration_uid=held.uid, reason="客户转由外地办理")
    dealer.later(days=3)
    assert not Delivery.objects.filter(event="registration.next_step").exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"next_step_at": dt.timedelta(0)}, "next_step_at"),
        ({"next_step_at": dt.timedelta(days=400)}, "next_step_at"),
        ({"next_step_at": None, "next_step": "回电"}, "next_step_at"),
        ({"next_step_at": dt.timedelta(days=1), "next_step": "长" * 81}, "next_step"),
    ],
)
def test_a_plan_lies_ahead_and_is_short(dealer: House, given: dict[str, object], field: str) -> None:
    held = dealer.register("lin")
    length = given["next_step_at"]
    when = dealer.now + length if isinstance(length, dt.timedelta) else None
    with pytest.raises(Problem) as refused:
        dealer.act("lin", "plan_next", registration_uid=held.uid, **{**given, "next_step_at": when})
    assert list(refused.value.errors) == [field]


def test_only_the_holder_logs_and_strangers_plan_nothing(dealer: House) -> None:
    held = dealer.register("lin")
    with pytest.raises(Problem) as refused:
        dealer.act("jiang", "log_follow_up", registration_uid=held.uid, kind="visit")
    assert refused.value.code == "follow_up.not_yours"
    for who in ("xu", "stranger"):
        with pytest.raises(Problem) as refused:
            dealer.act(who, "plan_next", registration_uid=held.uid, next_step_at=dealer.now + DAY)
        assert refused.value.status == 404


def test_days_left_count_down_and_a_follow_up_fills_them(dealer: House) -> None:
    held = dealer.register("lin")
    first = cadence.days_left(held, dealer.now)
    assert first is not None
    dealer.later(days=2)
    assert cadence.days_left(now(held), dealer.now) == first - 2
    dealer.act("lin", "log_follow_up", registration_uid=held.uid, kind="visit")
    assert cadence.days_left(now(held), dealer.now) == first
    dealer.later(days=40)
    assert cadence.days_left(now(held), dealer.now) is None


def test_another_grade_leaves_its_reason_with_the_clock(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.act("lin", "update_customer", uid=held.customer.uid, changes={"grade": "H"})
    ((event, before, after),) = cadence.regraded(held)
    assert (before, after, event.kind) == ("A", "H", ClockEvent.Kind.REDATE)
    assert event.deadline == now(held).protected_until
