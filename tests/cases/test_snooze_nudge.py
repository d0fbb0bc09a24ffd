"""Setting aside and nudging, by the actions."""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from dingfen.cases import nudging, snoozing
from dingfen.cases.awaiting import Waiting, asked
from dingfen.cases.models import Nudge, Snooze
from dingfen.clocks.models import Clock
from dingfen.matching import Record
from dingfen.outbox.models import Delivery
from dingfen.ownership.models import Dispute
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.ownership.conftest import House

HOUR = dt.timedelta(hours=1)
REASON = "接待与跟进均由其完成，应归其所有。"
RECORD = Record(name="陈立群", phones=("13812342046",))


def clock_of(uid: UUID, kind: str = "registration.protection") -> Clock:
    return Clock.objects.live().get(subject_uid=uid, kind=kind)


def aside(house: House, who: str) -> set[UUID]:
    found = snoozing.snoozed(house.cast.actor(who, house.now), house.now)
    return set(found.values_list("clock__uid", flat=True))


def snooze(house: House, who: str, clock: Clock, length: dt.timedelta = 3 * HOUR) -> None:
    actor = house.cast.actor(who, house.now)
    snoozing.snooze(actor=actor, at=house.now, clock_uid=clock.uid, until=house.now + length)


def nudge(house: House, who: str, clock: Clock) -> list[str]:
    actor = house.cast.actor(who, house.now)
    return [staff.username for staff in nudging.nudge(actor=actor, at=house.now, clock_uid=clock.uid)]


def refusal(house: House, who: str, clock: Clock) -> str:
    with pytest.raises(Problem) as caught:
        nudge(house, who, clock)
    return caught.value.code


def dispute(house: House) -> Dispute:
    house.register("lin")
    house.later(hours=1)
    found: Dispute = house.act("xu", "raise_dispute", record=RECORD, statement="客户到店由我接待。")
    return found


def test_a_snooze_ends_at_its_hour_and_the_clock_never_knew(dealer: House) -> None:
    clock = clock_of(dealer.register("lin").uid)
    before = (clock.deadline, clock.next_at, clock.steps)
    dealer.later(minutes=1)
    snooze(dealer, "lin", clock)
    assert aside(dealer, "lin") == {clock.uid}
    assert aside(dealer, "jiang") == set()
    dealer.later(hours=2, minutes=59)
    assert aside(dealer, "lin") == {clock.uid}
    dealer.later(minutes=1)
    assert aside(dealer, "lin") == set()
    clock.refresh_from_db()
    assert (clock.deadline, clock.next_at, clock.steps) == before


def test_a_follow_up_brings_it_back(dealer: House) -> None:
    hold = dealer.register("lin")
    dealer.later(minutes=1)
    snooze(dealer, "lin", clock_of(hold.uid), dt.timedelta(days=2))
    dealer.later(minutes=1)
    dealer.act("lin", "record_touch", uid=hold.customer.uid, kind="visit")
    assert aside(dealer, "lin") == set()


def test_a_reminder_of_the_clock_brings_it_back(dealer: House) -> None:
    hold = dealer.register("lin")
    clock = clock_of(hold.uid)
    dealer.later(minutes=1)
    snooze(dealer, "lin", clock, dt.timedelta(days=60))
    first = min(dt.datetime.fromisoformat(step["at"]) for step in clock.steps)
    dealer.later(seconds=(first - dealer.now).total_seconds() - 60)
    assert aside(dealer, "lin") == {clock.uid}
    dealer.later(minutes=2)
    assert aside(dealer, "lin") == set()


@pytest.mark.parametrize("event", ["note", "answer", "nudge"])
def test_what_happens_to_the_case_brings_it_back(dealer: House, event: str) -> None:
    case = dispute(dealer).case
    clock = clock_of(case.uid, "dispute.evidence")
    dealer.later(minutes=1)
    snooze(dealer, "lin", clock)
    dealer.later(minutes=1)
    if event == "note":
        dealer.act("jiang", "note", dispute_uid=case.uid, text="请补充到店登记。")
    elif event == "answer":
        dealer.act("xu", "answer", dispute_uid=case.uid, statement="登记簿可查。")
    else:
        assert nudge(dealer, "jiang", clock) == ["lin", "xu"]
    assert aside(dealer, "lin") == set()


def test_setting_aside_again_moves_the_moment_and_waking_takes_it_back(dealer: House) -> None:
    clock = clock_of(dealer.register("lin").uid)
    dealer.later(minutes=1)
    snooze(dealer, "lin", clock)
    snooze(dealer, "lin", clock, 5 * HOUR)
    assert Snooze.objects.get().until == dealer.now + 5 * HOUR
    actor = dealer.cast.actor("lin", dealer.now)
    for _again in range(2):
        snoozing.wake(actor=actor, at=dealer.now, clock_uid=clock.uid)
    assert aside(dealer, "lin") == set()


@pytest.mark.parametrize("length", [dt.timedelta(0), -HOUR, dt.timedelta(days=91)])
def test_a_moment_out_of_reach_is_refused(dealer: House, length: dt.timedelta) -> None:
    clock = clock_of(dealer.register("lin").uid)
    with pytest.raises(Problem) as caught:
        snooze(dealer, "lin", clock, length)
    assert caught.value.errors == {"until": [("snooze.until", {})]}


def test_what_one_may_not_know_of_can_neither_be_set_aside_nor_nudged(dealer: House) -> None:
    clock = clock_of(dealer.register("lin").uid)
    for who in ("xu", "gu", "stranger"):
        assert refusal(dealer, who, clock) == "not_visible"
        with pytest.raises(Problem, match="not_visible"):
            snooze(dealer, who, clock)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("hour", "2026-11-18T11:00+08:00"),
        ("tomorrow", "2026-11-19T08:00+08:00"),
        ("next_week", "2026-11-23T08:00+08:00"),
        ("2026-12-01", "2026-12-01T08:00+08:00"),
    ],
)
def test_hours_and_days_are_those_of_the_site(dealer: House, choice: str, expected: str) -> None:
    found = snoozing.until_of(choice, dealer.now, ZoneInfo("Asia/Shanghai"))
    assert found == dt.datetime.fromisoformat(expected)


def test_the_one_responsible_is_told_once_a_day(dealer: House) -> None:
    hold = dealer.register("lin")
    clock = clock_of(hold.uid)
    assert nudge(dealer, "jiang", clock) == ["lin"]
    assert refusal(dealer, "jiang", clock) == "nudge.today"
    assert Delivery.objects.filter(event="clock.nudged", channel="in_app").count() == 1
    assert nudge(dealer, "fang", clock) == ["lin"]
    dealer.later(hours=14)  # past midnight in Shanghai
    assert nudge(dealer, "jiang", clock) == ["lin"]
    assert Nudge.objects.count() == 3
    entry = Entry.objects.filter(kind="clock.nudged").earliest("seq")
    assert (entry.subject_uid, entry.actor_uid) == (hold.uid, dealer.cast.jiang.uid)


def test_nobody_nudges_themselves(dealer: House) -> None:
    assert refusal(dealer, "lin", clock_of(dealer.register("lin").uid)) == "nudge.own"


def test_a_dispute_nudges_those_whose_move_it_is(dealer: House) -> None:
    case = dispute(dealer).case
    evidence = clock_of(case.uid, "dispute.evidence")
    assert nudge(dealer, "fang", evidence) == ["lin", "xu"]
    dealer.act("lin", "answer", dispute_uid=case.uid, statement="登记在先。")
    assert nudge(dealer, "jiang", evidence) == ["xu"]
    dealer.act("xu", "answer", dispute_uid=case.uid, statement="由我接待。")
    ruling = clock_of(case.uid, "dispute.ruling")
    assert {staff.username for staff in asked(ruling, dealer.now)} == {"jiang", "gu"}
    dealer.act("jiang", "confirm", dispute_uid=case.uid)
    assert {staff.username for staff in asked(ruling, dealer.now)} == {"gu"}


def test_who_is_asked_sees_it_on_their_list_and_nobody_else(dealer: House) -> None:
    case, xu = dispute(dealer).case, dealer.cast.xu.uid
    steps = [
        lambda: dealer.act("lin", "answer", dispute_uid=case.uid, statement="登记在先。"),
        lambda: dealer.act("xu", "answer", dispute_uid=case.uid, statement="由我接待。"),
        lambda: dealer.act("jiang", "confirm", dispute_uid=case.uid),
        lambda: dealer.act("gu", "rule_otherwise", dispute_uid=case.uid, holder=xu, split=[], reason=REASON),
    ]
    for step in (lambda: None, *steps):
        step()
        for clock in Clock.objects.live().filter(subject_uid=case.uid, kind__startswith="dispute."):
            people = {staff.username for staff in asked(clock, dealer.now)}
            mine = {
                who
                for who in ("lin", "xu", "jiang", "gu", "fang", "zhou", "shen")
                if Clock.objects.filter(
                    Waiting.on(dealer.cast.actor(who, dealer.now)).mine(), pk=clock.pk
                ).exists()
            }
            assert mine == people, (clock.kind, mine, people)
