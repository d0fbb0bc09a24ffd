"""The life of a hold: follow-up, reminder, lapse, pool, release, transfer, void."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client

from dingfen.clocks.models import Clock
from dingfen.outbox.models import Delivery
from dingfen.ownership.actions.holding import on_protection
from dingfen.ownership.models import Registration
from dingfen.ownership.owners import tenures
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.ownership.conftest import House

State = Registration.State


def state(held: Registration) -> str:
    return Registration.objects.values_list("state", flat=True).get(pk=held.pk)


def test_an_effective_follow_up_protects_longer_and_an_unanswered_call_does_not(dealer: House) -> None:
    held = dealer.register("lin")
    before = held.protected_until
    dealer.later(days=1)
    dealer.act("lin", "record_touch", uid=held.customer.uid, kind="outgoing", reached=False)
    held.refresh_from_db()
    assert held.protected_until == before
    dealer.act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    held.refresh_from_db()
    assert held.protected_until is not None
    assert before is not None
    assert held.protected_until > before
    assert Clock.objects.live().get(subject_uid=held.uid).deadline == held.protected_until


def test_a_touch_by_a_colleague_does_not_extend_but_the_holder_is_told(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.later(days=1)
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="walk_in", notify_holder=True)
    held.refresh_from_db()
    assert held.last_effective_at is None
    assert Entry.objects.filter(kind="holder.notified").count() == 1
    assert Delivery.objects.filter(recipient=dealer.cast.lin, event="customer.received").exists()


def test_a_hold_warns_lapses_to_the_pool_and_is_taken_by_one(dealer: House) -> None:
    held = dealer.register("lin")
    assert held.protected_until is not None
    dealer.later(days=40)
    assert state(held) == State.POOLED
    assert Entry.objects.filter(kind="registration.lapsed").count() == 1
    assert Delivery.objects.filter(recipient=dealer.cast.lin, event="registration.lapsed").exists()
    assert not Clock.objects.live().filter(subject_uid=held.uid).exists()
    taken = dealer.act("xu", "take", registration_uid=held.uid)
    assert taken.holder == dealer.cast.xu
    assert taken.state == State.HELD
    client = Client()
    client.force_login(dealer.cast.fang)
    page = client.get(f"/holdings/{taken.uid}/").content.decode()
    assert taken.policy is not None and f'href="/policies/{taken.policy.uid}/#OWN-9"' in page
    with pytest.raises(Problem) as refused:
        dealer.act("lin", "take", registration_uid=held.uid)
    assert refused.value.code in ("pool.taken", "not_visible")


def test_the_reminder_comes_before_the_end_and_a_follow_up_lifts_it(dealer: House) -> None:
    held = dealer.register("lin")
    clock = Clock.objects.get(subject_uid=held.uid)
    warn = next(dt.datetime.fromisoformat(step["at"]) for step in clock.steps if step["step"] == "warn")
    dealer.later(seconds=(warn - dealer.now).total_seconds() + 1)
    assert state(held) == State.LAPSING
    dealer.act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    assert state(held) == State.HELD


def test_who_released_waits_and_a_colleague_need_not(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.act("lin", "release", registration_uid=held.uid, reason="客户转由外地办理")
    assert state(held) == State.COOLING
    with pytest.raises(Problem) as refused:
        dealer.act("lin", "take", registration_uid=held.uid)
    assert refused.value.code == "pool.cool_down"
    assert refused.value.params["article"]
    assert dealer.act("xu", "take", registration_uid=held.uid).holder == dealer.cast.xu


def test_the_cool_down_ends_by_itself(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.act("lin", "release", registration_uid=held.uid, reason="客户转由外地办理")
    dealer.later(days=60)
    assert state(held) == State.POOLED
    assert dealer.act("lin", "take", registration_uid=held.uid).holder == dealer.cast.lin


def test_a_head_transfers_with_a_reason_and_a_salesperson_cannot(dealer: House) -> None:
    held = dealer.register("lin")
    with pytest.raises(Problem) as refused:
        dealer.act(
            "lin", "transfer", registration_uid=held.uid, to=dealer.cast.xu.uid, reason="调去二组，客户随人走"
        )
    assert refused.value.status == 403
    with pytest.raises(Problem) as short:
        dealer.act("jiang", "transfer", registration_uid=held.uid, to=dealer.cast.xu.uid, reason="调组")
    assert short.value.errors["reason"][0][0] == "reason.short"
    new = dealer.act(
        "jiang",
        "transfer",
        registration_uid=held.uid,
        to=dealer.cast.xu.uid,
        reason="林可欣休产假，由徐嘉言接手",
    )
    assert (new.holder, new.unit) == (dealer.cast.xu, dealer.cast.west)
    assert state(held) == State.TRANSFERRED


def test_a_void_registration_counts_as_never_made(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.act("jiang", "void", registration_uid=held.uid, reason="电话为空号，登记不实")
    assert state(held) == State.VOID
    assert dealer.register("xu").holder == dealer.cast.xu


def test_strangers_find_nothing_and_colleagues_may_not(dealer: House) -> None:
    held = dealer.register("lin")
    for who in ("stranger", "xu", "gu"):
        with pytest.raises(Problem) as refused:
            dealer.act(who, "release", registration_uid=held.uid, reason="客户转由外地办理")
        assert refused.value.status == 404


def test_correcting_a_follow_up_takes_back_the_protection_it_gave(dealer: House) -> None:
    held = dealer.register("lin")
    first = held.protected_until
    dealer.later(days=1)
    call = dealer.act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    held.refresh_from_db()
    second, when = held.protected_until, held.last_effective_at
    dealer.later(days=1)
    visit = dealer.act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    dealer.act("lin", "correct_touch", touch_uid=visit.uid, kind="outgoing", reached=False)
    held.refresh_from_db()
    assert (held.protected_until, held.last_effective_at) == (second, when)
    dealer.act("lin", "correct_touch", touch_uid=call.uid, kind="outgoing", reached=False)
    held.refresh_from_db()
    assert (held.protected_until, held.last_effective_at) == (first, None)
    clock = Clock.objects.live().get(subject_uid=held.uid)
    assert clock.deadline == first
    assert Entry.objects.order_by("seq").values_list("kind", flat=True).last() == "touch.corrected"


def test_correcting_a_call_that_did_reach_the_customer_protects_longer(dealer: House) -> None:
    held = dealer.register("lin")
    before = held.protected_until
    dealer.later(days=1)
    call = dealer.act("lin", "record_touch", uid=held.customer.uid, kind="outgoing", reached=False)
    dealer.act("lin", "correct_touch", touch_uid=call.uid, kind="visit", reached=True)
    held.refresh_from_db()
    assert before is not None
    assert held.protected_until is not None
    assert held.protected_until > before


def test_a_day_has_its_limit_and_says_from_when_one_may_take_again(dealer: House) -> None:
    holds = [dealer.register("lin", f"陈立{n}", f"138123420{n:02d}") for n in range(12)]
    for held in holds:
        dealer.act("lin", "release", registration_uid=held.uid, reason="客户转由外地办理")
    for held in holds[:10]:
        dealer.act("xu", "take", registration_uid=held.uid)
    dealer.act("xu", "release", registration_uid=holds[0].uid, reason="客户转由外地办理")  # frees nothing
    with pytest.raises(Problem) as refused:
        dealer.act("xu", "take", registration_uid=holds[10].uid)
    assert refused.value.code == "pool.daily"
    assert refused.value.params["again"] == dealer.cast.west.midnight_after(dealer.cast.west.day(dealer.now))
    dealer.later(days=1)
    assert dealer.act("xu", "take", registration_uid=holds[10].uid).holder == dealer.cast.xu


def test_passing_a_customer_through_a_colleague_does_not_shorten_the_cool_down(dealer: House) -> None:
    held = dealer.register("lin")
    for who in ("lin", "xu"):
        if who == "xu":
            dealer.act("xu", "take", registration_uid=held.uid)
        dealer.act(who, "release", registration_uid=held.uid, reason="客户转由外地办理")
    with pytest.raises(Problem) as refused:
        dealer.act("lin", "take", registration_uid=held.uid)
    assert refused.value.code == "pool.cool_down"


def test_a_head_assigns_from_the_pool_and_the_register_tells_who_held_it(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.act("lin", "release", registration_uid=held.uid, reason="客户转由外地办理")
    with pytest.raises(Problem) as refused:
        dealer.act(
            "jiang", "assign", registration_uid=held.uid, to=dealer.cast.xu.uid, reason="由二组接手跟进该客户"
        )
    assert refused.value.status == 403  # not a unit of hers
    dealer.act(
        "jiang", "assign", registration_uid=held.uid, to=dealer.cast.lin.uid, reason="仍由林可欣跟进该客户"
    )
    dealer.later(days=40)
    story = [(one.staff, one.how, one.ended_how) for one in tenures(held.customer)]
    lin = dealer.cast.lin.uid
    assert story == [(lin, "registered", "released"), (lin, "assigned", "lapsed")]


def test_a_follow_up_that_came_first_stops_the_lapse(dealer: House) -> None:
    """The sweep had chosen the clock before the follow-up was committed."""
    held = dealer.register("lin")
    clock = Clock.objects.get(subject_uid=held.uid)
    assert held.protected_until is not None
    dealer.now = held.protected_until - dt.timedelta(minutes=1)
    dealer.act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    with transaction.atomic():
        on_protection(clock, "breach", held.protected_until)
    assert state(held) in (State.HELD, State.LAPSING)
