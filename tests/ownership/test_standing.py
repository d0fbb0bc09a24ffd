"""What a hold stands on: channel, stage, renewal, confirmation; a lapse that goes to the head; who was asked for."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from django.test import Client

from dingfen.cases.awaiting import Waiting, asked
from dingfen.clocks.models import Clock
from dingfen.outbox.models import Delivery
from dingfen.ownership.facts import facts_of
from dingfen.ownership.models import Dispute, Registration
from dingfen.parties.details import Details
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import Cast
from tests.ownership.conftest import DAY, House, house_with

WRITTEN = Path(__file__).parents[1] / "engine" / "written"
DEALER = Path(__file__).parents[2] / "src" / "dingfen" / "packs" / "auto-dealer"
State = Registration.State
ADDRESS = {"address": "翠湖路 8 号", "need": "两居", "budget": "80 万"}


@pytest.fixture
def flats(cast: Cast) -> House:
    """A rule book whose lengths hang on how the customer came and what came of it; a lapse may go to the head."""
    return house_with(cast, WRITTEN / "closed-deal")


@pytest.fixture
def filing(cast: Cast) -> House:
    """A rule book that wants each registration confirmed by the head, and holds longer after a deposit."""
    return house_with(cast, WRITTEN / "filing")


def begin(house: House, who: str, **more: object) -> Registration:
    details = Details(name="邵庭", phones=("13812342046",), profile=ADDRESS)
    held: Registration = house.act(who, "register_customer", details=details, **more)
    return held


def days(held: Registration) -> int:
    held.refresh_from_db()
    assert held.protected_until is not None
    return round((held.protected_until - held.registered_at) / DAY)


def facts(seq_kind: str) -> dict[str, object]:
    entry = Entry.objects.filter(kind=seq_kind).latest("seq")
    return dict(json.loads(bytes(entry.body))["facts"])


@pytest.mark.parametrize(("channel", "least"), [("incoming_call", 15), ("event", 7)])
def test_how_the_customer_came_sets_the_length(flats: House, channel: str, least: int) -> None:
    held = begin(flats, "lin", scope="翠湖里", channel=channel)
    assert days(held) in (least, least + 1)
    assert facts("registration.made")["channel"] == channel


def test_the_first_touch_of_the_day_says_it_where_nobody_did(flats: House) -> None:
    held = begin(flats, "lin", scope="翠湖里")
    before = days(held)
    flats.act("lin", "record_touch", uid=held.customer.uid, kind="call", reached=False, scope="翠湖里")
    held.refresh_from_db()
    assert held.channel == "incoming_call"
    assert days(held) - before == 8


def test_an_unknown_channel_is_refused(flats: House) -> None:
    with pytest.raises(Problem) as refused:
        begin(flats, "lin", scope="翠湖里", channel="pigeon")
    assert "channel" in refused.value.errors


def test_a_deposit_protects_longer_and_is_an_entry(filing: House) -> None:
    held = begin(filing, "lin")
    filing.act("jiang", "confirm_registration", registration_uid=held.uid, agree=True)
    short = days(held)
    filing.later(days=1)
    filing.act("lin", "reach_stage", registration_uid=held.uid, stage="deposit")
    assert short < 10 < 85 < days(held)
    assert Clock.objects.live().get(subject_uid=held.uid, kind="registration.protection").deadline == (
        held.protected_until
    )
    assert facts("registration.stage")["stage"] == "deposit"
    with pytest.raises(Problem) as again:
        filing.act("lin", "reach_stage", registration_uid=held.uid, stage="deposit")
    assert again.value.code == "stage.same"
    with pytest.raises(Problem) as other:
        filing.act("xu", "reach_stage", registration_uid=held.uid, stage="offer")
    assert other.value.status == 404


def test_what_the_rules_want_confirmed_waits_for_the_head(filing: House) -> None:
    held = begin(filing, "lin")
    clock = Clock.objects.live().get(subject_uid=held.uid, kind="registration.confirm")
    assert (held.agreed, facts("registration.made")["confirmed"]) == ("open", False)
    assert asked(clock, filing.now) == [filing.cast.jiang]
    work = Waiting.on(filing.cast.actor("jiang", filing.now))
    assert work.clocks().filter(work.mine(), pk=clock.pk).exists()
    for who in ("xu", "gu"):
        with pytest.raises(Problem):
            filing.act(who, "confirm_registration", registration_uid=held.uid, agree=True)
    filing.act("jiang", "confirm_registration", registration_uid=held.uid, agree=True)
    held.refresh_from_db()
    assert held.agreed == "given"
    assert not Clock.objects.live().filter(kind="registration.confirm").exists()
    assert Delivery.objects.filter(recipient=filing.cast.lin, event="registration.confirmed").exists()
    with pytest.raises(Problem) as twice:
        filing.act("jiang", "confirm_registration", registration_uid=held.uid, agree=True)
    assert twice.value.code == "registration.not_asked"


def test_refused_it_counts_as_never_made(filing: House) -> None:
    held = begin(filing, "lin")
    with pytest.raises(Problem) as bare:
        filing.act("jiang", "confirm_registration", registration_uid=held.uid, agree=False)
    assert "reason" in bare.value.errors
    reason = "客户此前由他人接待，应先核实"
    filing.act("jiang", "confirm_registration", registration_uid=held.uid, agree=False, reason=reason)
    held.refresh_from_db()
    assert (held.state, held.agreed) == (State.VOID, "")
    begin(filing, "xu")  # the customer is free again


@pytest.mark.parametrize("agreed", [True, False])
def test_in_a_dispute_only_a_confirmed_registration_counts(filing: House, agreed: bool) -> None:
    held = begin(filing, "lin")
    filing.later(hours=2)
    if agreed:
        filing.act("jiang", "confirm_registration", registration_uid=held.uid, agree=True)
    filing.later(hours=2)
    filing.act("xu", "record_deal", customer_uid=held.customer.uid)
    dispute = Dispute.objects.select_related("case", "deal", "registration", "policy").get()
    claims = {one["claim"]: one for one in _claims(dispute, filing)}
    assert (claims[str(filing.cast.lin.uid)]["registered_at"] is not None) is agreed


def _claims(dispute: Dispute, house: House) -> list[dict[str, object]]:
    folded = facts_of(dispute, house.now)
    return [{**one, "claim": one["staff"]} for one in folded["claims"]]


AGAIN = {
    "late_evening: true\n": "late_evening: true\n    again: {confirmed_by: head, article: OWN-2,"
    " wait: {length: 2 days, counting: inclusive, start_day: out, days: calendar, roll: none}}\n"
}


def test_registering_again_after_ones_lapse_waits_and_wants_a_head(cast: Cast) -> None:
    house = house_with(cast, DEALER, AGAIN)
    held = house.register("lin")
    house.later(days=20)
    held.refresh_from_db()
    assert held.state == State.POOLED and held.ended_at is not None
    house.now = held.ended_at + dt.timedelta(hours=5)
    with pytest.raises(Problem) as early:
        house.register("lin")
    assert (early.value.code, early.value.params["article"]) == ("registration.again_wait", "OWN-2")
    house.now += 3 * DAY
    again = house.register("lin")
    assert (again.agreed, again.agreed_by) == ("open", "head")


def test_a_colleague_needs_no_confirmation_after_anothers_lapse(cast: Cast) -> None:
    house = house_with(cast, DEALER, AGAIN)
    house.register("lin")
    house.later(days=20)
    assert house.register("xu").agreed == ""


RENEWAL = {
    "    warn_before": "    renewal: {at_most: 1, approved_by: head, article: OWN-8}\n    warn_before",
    "        from: follow_up_due\n": "        from: registered\n",
}


def test_a_renewal_by_whom_and_as_often_as_the_rules_say(cast: Cast) -> None:
    house = house_with(cast, DEALER, RENEWAL)
    held = house.register("lin")
    before = days(held)
    house.later(days=2)
    reason = "客户出差，下周到店签约"
    with pytest.raises(Problem) as own:
        house.act("lin", "renew_protection", registration_uid=held.uid, reason=reason)
    assert own.value.status == 403
    house.act("jiang", "renew_protection", registration_uid=held.uid, reason=reason)
    assert days(held) == before + 2
    assert "renewed" in [one.kind for one in _events(held)]
    with pytest.raises(Problem) as used:
        house.act("jiang", "renew_protection", registration_uid=held.uid, reason=reason)
    assert (used.value.code, used.value.params["at_most"]) == ("renewal.used", 1)


def test_the_holder_asks_and_the_head_refuses_then_grants(cast: Cast, client: Client) -> None:
    """On the pages, by each person: the request waits for the head, never longer than the protection."""
    house = house_with(cast, DEALER, {**RENEWAL, "at_most: 1": "at_most: 2"})
    held = house.register("lin")
    before = days(held)
    house.later(days=2)
    with pytest.raises(Problem) as other:
        house.act("jiang", "ask_renewal", registration_uid=held.uid, reason="客户出差，下周到店签约")
    assert other.value.code == "renewal.holder_asks"
    row = house.act("lin", "ask_renewal", registration_uid=held.uid, reason="客户出差，下周到店签约")
    held.refresh_from_db()
    assert held.protected_until is not None and row.answer_by <= held.protected_until
    with pytest.raises(Problem) as twice:
        house.act("lin", "ask_renewal", registration_uid=held.uid, reason="客户出差，下周到店签约")
    assert twice.value.code == "renewal.asked"
    clock = Clock.objects.live().get(subject_uid=held.uid, kind="registration.renewal")
    assert asked(clock, house.now) == [cast.jiang]
    for who, waits in (("jiang", True), ("lin", False), ("gu", False)):
        work = Waiting.on(cast.actor(who, house.now))
        assert work.clocks().filter(work.mine(), pk=clock.pk).exists() is waits
    assert Delivery.objects.get(event="renewal.to_decide").recipient == cast.jiang
    with pytest.raises(Problem) as own:
        house.act("lin", "answer_renewal", registration_uid=held.uid, grant=True)
    assert own.value.status == 403
    house.act(
        "jiang", "answer_renewal", registration_uid=held.uid, grant=False, reason="先补一次有效跟进再说"
    )
    assert days(held) == before
    assert not Clock.objects.live().filter(kind="registration.renewal").exists()
    client.force_login(cast.lin)
    page = client.get(f"/holdings/{held.uid}/").content.decode()
    assert "未同意" in page and "先补一次有效跟进再说" in page and "renewal/ask/" in page
    client.post(f"/holdings/{held.uid}/renewal/ask/", {"reason": "已补跟进，客户月底签约"})
    client.force_login(cast.jiang)
    assert "renewal/answer/" in client.get(f"/holdings/{held.uid}/").content.decode()
    client.post(f"/holdings/{held.uid}/renewal/answer/", {"grant": "1"})
    assert days(held) > before
    assert [one.state for one in held.renewal_requests.order_by("pk")] == ["refused", "granted"]
    kinds = Entry.objects.filter(kind__contains="renew").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["renewal.asked", "renewal.refused", "renewal.asked", "registration.renewed"]


def test_without_a_rule_nothing_is_renewed(dealer: House) -> None:
    held = dealer.register("lin")
    with pytest.raises(Problem) as none:
        dealer.act("jiang", "renew_protection", registration_uid=held.uid, reason="客户出差，下周到店")
    assert none.value.code == "renewal.none"
    with pytest.raises(Problem) as none:
        dealer.act("lin", "ask_renewal", registration_uid=held.uid, reason="客户出差，下周到店")
    assert none.value.code == "renewal.none"


def _events(held: Registration) -> list[object]:
    from dingfen.ownership.facts import events_about

    return list(events_about(held.customer, held.scope))


def lapsed_to_the_head(flats: House) -> Registration:
    held = begin(flats, "lin", scope="翠湖里")
    flats.later(hours=1)
    flats.act("lin", "record_touch", uid=held.customer.uid, kind="visit", scope="翠湖里")
    flats.later(days=32)
    held.refresh_from_db()
    assert held.state == State.WITH_HEAD
    return held


def test_a_lapse_that_goes_to_the_head_is_a_task_in_their_work(flats: House) -> None:
    held = lapsed_to_the_head(flats)
    clock = Clock.objects.live().get(subject_uid=held.uid, kind="registration.assign")
    assert asked(clock, flats.now) == [flats.cast.jiang]
    work = Waiting.on(flats.cast.actor("jiang", flats.now))
    assert work.clocks().filter(work.mine(), pk=clock.pk).exists()
    assert facts("registration.lapsed")["to"] == "with_head"
    with pytest.raises(Problem):
        flats.act("xu", "take", registration_uid=held.uid)  # it lies in no pool
    taken = flats.act(
        "jiang",
        "assign",
        registration_uid=held.uid,
        to=flats.cast.lin.uid,
        reason="客户仍在看房，原顾问接着跟",
    )
    assert (taken.state, taken.holder) == (State.HELD, flats.cast.lin)
    assert not Clock.objects.live().filter(kind="registration.assign").exists()


def test_a_head_may_give_it_to_the_pool_instead(flats: House) -> None:
    held = lapsed_to_the_head(flats)
    with pytest.raises(Problem):
        flats.act("gu", "open_to_all", registration_uid=held.uid, reason="本组人手不足，放入公海")
    flats.act("jiang", "open_to_all", registration_uid=held.uid, reason="本组人手不足，放入公海")
    held.refresh_from_db()
    assert held.state == State.POOLED
    assert not Clock.objects.live().filter(kind="registration.assign").exists()
    assert Entry.objects.filter(kind="registration.pooled").exists()


def test_without_a_follow_up_it_is_open_to_all(flats: House) -> None:
    held = begin(flats, "lin", scope="翠湖里", channel="event")
    flats.later(days=10)
    held.refresh_from_db()
    assert held.state == State.LAPSED


def test_registering_what_lies_with_the_head_wants_their_word(flats: House) -> None:
    held = lapsed_to_the_head(flats)
    again = begin(flats, "xu", scope="翠湖里")
    held.refresh_from_db()
    assert (again.agreed, again.agreed_by, held.state) == ("open", "head", State.LAPSED)
    assert not Clock.objects.live().filter(kind="registration.assign").exists()


def test_who_was_asked_for_is_told_and_it_reaches_the_facts(cast: Cast) -> None:
    house = house_with(cast, WRITTEN / "sales-desk")
    held = begin(house, "xu", scope="翠湖里")
    house.act(
        "xu", "record_touch", uid=held.customer.uid, kind="walk_in", scope="翠湖里", asked_for=cast.lin.uid
    )
    assert Delivery.objects.filter(recipient=cast.lin, event="customer.asked_for").exists()
    kinds = [one.kind for one in _events(held)]
    assert "asked_for" in kinds and "notified_owner" in kinds
    house.later(hours=1)
    house.act("xu", "record_deal", customer_uid=held.customer.uid, scope="翠湖里")
    dispute = house.act(
        "lin", "raise_dispute", record=_record(), scope="翠湖里", statement="客户到场点名找我，由同事代接。"
    )
    claims = {one["claim"]: one for one in _claims(house.dispute(dispute), house)}
    assert claims[str(cast.lin.uid)]["asked_for"] is True
    assert claims[str(cast.xu.uid)]["served_for"] is True


def _record() -> object:
    from dingfen.matching import Record

    return Record(name="邵庭", phones=("13812342046",))


def test_who_introduced_them_is_a_relation_and_a_fact(dealer: House) -> None:
    first = dealer.register("lin", "陈立群", "13812342046")
    dealer.act("lin", "record_deal", customer_uid=first.customer.uid)
    dealer.later(hours=1)
    second = dealer.register("xu", "苏婉", "13812342047", introduced_by=first.customer.uid)
    assert second.channel == "referral"
    referred = [one for one in _events(second) if one.kind == "referred"]  # type: ignore[attr-defined]
    assert [one.attrs for one in referred] == [{"seller": str(dealer.cast.lin.uid)}]  # type: ignore[attr-defined]
    with pytest.raises(Problem) as unknown:
        dealer.register("xu", "何畅", "13812342048", introduced_by=dealer.cast.lin.uid)
    assert "introduced_by" in unknown.value.errors
