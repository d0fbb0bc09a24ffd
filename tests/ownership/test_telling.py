"""The duty of prior communication (A6): it arises, is met in three ways, breached, answered by the holder."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from dingfen.cases.awaiting import Waiting
from dingfen.clocks.models import Clock
from dingfen.outbox.models import Delivery
from dingfen.ownership.holding_rows import TellDuty
from dingfen.ownership.models import Registration
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.ownership.conftest import House

State = TellDuty.State


@pytest.fixture
def held(dealer: House) -> Registration:
    """lin's customer, received by xu a day later."""
    found = dealer.register("lin")
    dealer.later(days=1)
    dealer.act("xu", "record_touch", uid=found.customer.uid, kind="walk_in")
    return found


def kinds() -> list[str]:
    return [
        kind
        for kind in Entry.objects.order_by("seq").values_list("kind", flat=True)
        if kind.startswith(("prior.", "holder."))
    ]


def told(house: House, person: str, event: str) -> bool:
    return Delivery.objects.filter(recipient=getattr(house.cast, person), event=event).exists()


def test_receiving_anothers_customer_brings_a_duty_with_entry_and_clock(
    dealer: House, held: Registration
) -> None:
    duty = TellDuty.objects.get()
    assert (duty.receiver, duty.holder, duty.state) == (dealer.cast.xu, dealer.cast.lin, State.OPEN)
    assert duty.due_at == dealer.now + dt.timedelta(minutes=30)
    assert Clock.objects.live().get(subject_uid=duty.uid).responsible == dealer.cast.xu
    assert kinds() == ["prior.due"]
    assert told(dealer, "xu", "duty.tell")
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="call")  # the same day: the same duty
    assert TellDuty.objects.count() == 1


def test_a_message_in_time_meets_it_once(dealer: House, held: Registration) -> None:
    duty = TellDuty.objects.get()
    dealer.later(minutes=10)
    dealer.act("xu", "tell_holder", duty_uid=duty.uid)
    duty.refresh_from_db()
    assert (duty.state, duty.how) == (State.TOLD, "system")
    assert told(dealer, "lin", "customer.received")
    assert kinds() == ["prior.due", "holder.notified"]
    assert not Clock.objects.live().filter(subject_uid=duty.uid).exists()
    with pytest.raises(Problem) as again:
        dealer.act("xu", "tell_holder", duty_uid=duty.uid)
    assert again.value.code == "duty.told"
    dealer.later(days=1)
    assert "prior.breached" not in kinds()


def test_by_phone_wants_a_note(dealer: House, held: Registration) -> None:
    duty = TellDuty.objects.get()
    with pytest.raises(Problem) as short:
        dealer.act("xu", "tell_holder", duty_uid=duty.uid, how="phone")
    assert "note" in short.value.errors
    dealer.act("xu", "tell_holder", duty_uid=duty.uid, how="phone", note="已电话告知，约明日到店")
    duty.refresh_from_db()
    assert duty.noted_at == dealer.now


def test_an_absent_holder_head_and_note_of_the_same_day(dealer: House, held: Registration) -> None:
    duty = TellDuty.objects.get()
    dealer.act("xu", "tell_holder", duty_uid=duty.uid, how="away")
    assert told(dealer, "jiang", "customer.received")
    duty.refresh_from_db()
    east = dealer.cast.east
    assert duty.note_due_at == east.midnight_after(east.day(dealer.now))
    dealer.later(hours=2)
    dealer.act("xu", "note_talk", duty_uid=duty.uid, note="客户询价两款车，约周六试驾")
    dealer.later(days=1)
    duty.refresh_from_db()
    assert not duty.note_missed
    assert kinds() == ["prior.due", "holder.notified", "prior.noted"]


def test_the_note_of_the_same_day_can_be_missed(dealer: House, held: Registration) -> None:
    duty = TellDuty.objects.get()
    dealer.act("xu", "tell_holder", duty_uid=duty.uid, how="away")
    dealer.later(days=1)
    duty.refresh_from_db()
    assert duty.note_missed
    assert kinds()[-1] == "prior.breached"


def test_a_breach_is_an_entry_and_proposes_the_sanction_of_the_pack(
    dealer: House, held: Registration
) -> None:
    dealer.later(minutes=31)
    duty = TellDuty.objects.get()
    assert duty.state == State.BREACHED
    assert [(one["measure"], one["amount"], one["article"]) for one in duty.measures] == [
        ("fine", "100", "OWN-16")
    ]
    assert kinds() == ["prior.due", "prior.breached"]
    for person in ("xu", "jiang", "gu"):
        assert told(dealer, person, "duty.breached")
    dealer.act("xu", "tell_holder", duty_uid=duty.uid)  # late is better than never
    duty.refresh_from_db()
    assert duty.state == State.LATE
    dealer.later(days=1)
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="visit")
    dealer.later(minutes=31)
    assert TellDuty.objects.order_by("pk").last().measures[0]["measure"] == "head_decides"  # type: ignore[union-attr]


def test_told_with_the_touch_owes_nothing_more(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="walk_in", notify_holder=True)
    assert TellDuty.objects.get().state == State.TOLD
    assert kinds() == ["holder.notified"]


def test_telling_from_the_customer_meets_an_open_duty(dealer: House, held: Registration) -> None:
    dealer.act("xu", "notify_holder", customer_uid=held.customer.uid)
    assert TellDuty.objects.get().state == State.TOLD
    assert kinds() == ["prior.due", "holder.notified"]


def test_the_holder_says_once_whether_they_were_told(dealer: House, held: Registration) -> None:
    duty = TellDuty.objects.get()
    dealer.act("xu", "tell_holder", duty_uid=duty.uid, how="phone", note="已电话告知归属人")
    with pytest.raises(Problem) as other:
        dealer.act("xu", "answer_told", duty_uid=duty.uid, told=True)
    assert other.value.code == "duty.not_yours"
    dealer.act("lin", "answer_told", duty_uid=duty.uid, told=False)
    assert told(dealer, "gu", "duty.not_told")
    with pytest.raises(Problem) as again:
        dealer.act("lin", "answer_told", duty_uid=duty.uid, told=True)
    assert again.value.code == "duty.answered"


def test_no_duty_for_reception_nor_for_history(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.act("shen", "record_touch", uid=held.customer.uid, kind="walk_in")
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="visit", imported=True)
    assert not TellDuty.objects.exists()


def test_a_ruling_reads_the_breach(dealer: House, held: Registration) -> None:
    dealer.later(hours=1)
    deal = dealer.act("xu", "record_deal", customer_uid=held.customer.uid)
    dispute = deal.disputes.get()
    for who in ("lin", "xu"):
        dealer.act(who, "answer", dispute_uid=dispute.case.uid, statement="由我登记并跟进。")
    facts = bytes(dealer.dispute(dispute).facts or b"").decode()
    assert '"concealed_owner":true' in facts.replace(" ", "")
    assert b'"concealed-holder"' in bytes(dealer.dispute(dispute).proposed or b"")


def test_strangers_and_bystanders_find_nothing(dealer: House, held: Registration) -> None:
    duty = TellDuty.objects.get()
    for who in ("stranger", "chen"):
        with pytest.raises(Problem) as refused:
            dealer.act(who, "tell_holder", duty_uid=duty.uid)
        assert refused.value.status == 404


def waits(house: House, person: str) -> bool:
    """Whether the duty is in somebody's work."""
    waiting = Waiting.on(house.cast.actor(person, house.now))
    return waiting.clocks().filter(waiting.mine(), kind="duty.tell").exists()


def test_a_dispute_about_the_hold_ends_what_is_late_and_the_breach_stays(
    dealer: House, held: Registration
) -> None:
    dealer.later(hours=1)
    duty = TellDuty.objects.get()
    assert (duty.state, waits(dealer, "xu")) == (State.BREACHED, True)
    dealer.act("xu", "record_deal", customer_uid=held.customer.uid)
    duty.refresh_from_db()
    assert (duty.state, duty.ended_why, duty.measures != []) == (State.BREACHED, "dispute", True)
    assert not waits(dealer, "xu")
    raised = Entry.objects.get(kind="dispute.raised")
    assert json.loads(bytes(raised.body))["facts"]["ended_duties"] == [str(duty.uid)]
    with pytest.raises(Problem) as over:
        dealer.act("xu", "tell_holder", duty_uid=duty.uid)
    assert over.value.code == "duty.ended"


def test_a_dispute_takes_nobodys_time_to_tell(dealer: House, held: Registration) -> None:
    dealer.later(minutes=5)
    dealer.act("xu", "record_deal", customer_uid=held.customer.uid)
    assert waits(dealer, "xu")
    duty = TellDuty.objects.get()
    dealer.later(hours=1)  # the time is up: a breach, which the dispute ends at once
    duty.refresh_from_db()
    assert (duty.state, duty.ended_why, waits(dealer, "xu")) == (State.BREACHED, "dispute", False)
    assert kinds() == ["prior.due", "prior.breached", "prior.ended"]


@pytest.mark.parametrize(("minutes", "state"), [(5, State.ENDED), (60, State.BREACHED)])
def test_the_end_of_the_hold_ends_the_duty(
    dealer: House, held: Registration, minutes: int, state: str
) -> None:
    dealer.later(minutes=minutes)
    dealer.act("lin", "release", registration_uid=held.uid, reason="客户改由外地办理")
    duty = TellDuty.objects.get()
    assert (duty.state, duty.ended_why, waits(dealer, "xu")) == (state, "hold", False)
    released = Entry.objects.get(kind="registration.released")
    assert json.loads(bytes(released.body))["facts"]["ended_duties"] == [str(duty.uid)]
    dealer.later(days=1)
    duty.refresh_from_db()
    assert duty.state == state  # nothing comes after


def test_from_a_breach_to_a_proposed_sanction(dealer: House, held: Registration, client: Client) -> None:
    dealer.later(hours=1)
    duty = TellDuty.objects.get()
    with pytest.raises(Problem) as own:
        dealer.act("xu", "propose_sanction", duty_uid=duty.uid)
    assert own.value.status == 403
    client.force_login(dealer.cast.gu)
    assert f"/sanctions/new/?duty={duty.uid}" in client.get(f"/duties/{duty.uid}/").content.decode()
    form = client.get(f"/sanctions/new/?duty={duty.uid}").content.decode()
    assert held.customer.number in form and "OWN-4" in form and "陈立群" not in form
    made = dealer.act("gu", "propose_sanction", duty_uid=duty.uid)
    assert (made.staff, made.code, made.article, made.duty) == (dealer.cast.xu, "concealing", "OWN-16", duty)
    assert held.customer.number in made.grounds
    with pytest.raises(Problem) as twice:
        dealer.act("gu", "propose_sanction", duty_uid=duty.uid)
    assert twice.value.code == "sanction.there"
    page = client.get(f"/duties/{duty.uid}/").content.decode()
    assert made.case.number in page
    client.force_login(dealer.cast.lin)  # the holder is no party to it
    assert made.case.number not in client.get(f"/duties/{duty.uid}/").content.decode()


def test_nothing_missed_nothing_proposed(dealer: House, held: Registration) -> None:
    with pytest.raises(Problem) as none:
        dealer.act("gu", "propose_sanction", duty_uid=TellDuty.objects.get().uid)
    assert none.value.code == "sanction.no_breach"


def test_a_correction_says_who_received_and_whose_word_is_owed(dealer: House, held: Registration) -> None:
    from dingfen.parties.models import Touch

    touch = Touch.objects.get()
    dealer.later(hours=1)
    assert TellDuty.objects.get().state == State.BREACHED
    dealer.act("xu", "correct_touch", touch_uid=touch.uid, received_by=dealer.cast.chen.uid)
    duty = TellDuty.objects.get()  # chen sells nothing and owes nothing
    assert (duty.state, duty.ended_why, duty.measures) == (State.ENDED, "mistaken", [])
    assert not waits(dealer, "xu")
    now = Touch.objects.latest("pk")
    assert (now.corrects, now.staff, now.unit) == (touch, dealer.cast.chen, dealer.cast.site)


def test_received_by_the_holder_after_all_it_is_a_follow_up(dealer: House, held: Registration) -> None:
    from dingfen.parties.models import Touch

    before = Registration.objects.get().protected_until
    dealer.act("xu", "correct_touch", touch_uid=Touch.objects.get().uid, received_by=dealer.cast.lin.uid)
    now = Registration.objects.get()
    assert now.last_effective_at == Touch.objects.latest("pk").occurred_at
    assert before is not None and now.protected_until is not None and now.protected_until > before
    dealer.act(
        "lin", "correct_touch", touch_uid=Touch.objects.latest("pk").uid, received_by=dealer.cast.xu.uid
    )
    back = Registration.objects.get()
    assert (back.last_effective_at, back.protected_until) == (None, before)
