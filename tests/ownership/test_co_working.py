"""Co-workers beside the holder: who names whom, what they see, how it ends (A15)."""

from __future__ import annotations

from typing import Any

import pytest

from dingfen.accounts.models import Role
from dingfen.outbox.models import Delivery
from dingfen.ownership.co_worker_rows import CoWorker, at_work
from dingfen.ownership.facts import facts_of
from dingfen.ownership.holding_rows import TellDuty
from dingfen.ownership.models import Registration
from dingfen.parties.models import Customer
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import person
from tests.ownership.conftest import House

REASON = "项目已交付"


def name(house: House, held: Registration, whom: str = "xu", who: str = "lin", **more: Any) -> CoWorker:
    given = {"role": "delivery", "share": 20, **more}
    made: CoWorker = house.act(
        who, "name_co_worker", registration_uid=held.uid, staff=getattr(house.cast, whom).uid, **given
    )
    return made


def faults(house: House, held: Registration, field: str, **given: Any) -> str:
    with pytest.raises(Problem) as refused:
        name(house, held, **given)
    return refused.value.errors[field][0][0]


def test_a_named_co_worker_sees_this_customer_and_no_other(dealer: House) -> None:
    held, other = dealer.register("lin"), dealer.register("lin", "白若溪", "13955550002")
    xu = dealer.cast.actor("xu", dealer.now)
    assert not Customer.objects.visible_to(xu).exists()
    made = name(dealer, held)
    assert [one.pk for one in Customer.objects.visible_to(xu)] == [held.customer_id]
    assert [one.pk for one in Registration.objects.visible_to(xu)] == [held.pk]
    assert other.pk not in Registration.objects.visible_to(xu).values_list("pk", flat=True)
    entry = Entry.objects.get(kind="co_worker.named")
    assert entry.subject_uid == held.customer.uid
    assert Delivery.objects.filter(recipient=dealer.cast.xu, event="co_worker.named").exists()
    dealer.act("lin", "end_co_worker", registration_uid=held.uid, co_worker_uid=made.uid, reason=REASON)
    assert not Customer.objects.visible_to(xu).exists()
    assert not Registration.objects.visible_to(xu).exists()
    assert Entry.objects.filter(kind="co_worker.ended").count() == 1
    assert Delivery.objects.filter(recipient=dealer.cast.xu, event="co_worker.ended").exists()


def test_a_service_agent_of_another_site_sees_the_customer_too(dealer: House) -> None:
    held = dealer.register("lin")
    agent = person("ji", "纪然", dealer.cast.west, Role.AGENT, dealer.cast.west)
    dealer.cast.chen = agent
    actor = dealer.cast.actor("chen", dealer.now)
    assert not Customer.objects.visible_to(actor).exists()
    name(dealer, held, "chen")
    assert Customer.objects.visible_to(actor).get() == held.customer


def test_co_working_gives_no_hold_not_even_to_a_colleague_of_the_same_team(dealer: House) -> None:
    dealer.cast.xu = person("bai", "白桦", dealer.cast.east, Role.SALESPERSON, dealer.cast.east)
    held = dealer.register("lin")
    name(dealer, held)
    for action, given in (
        ("release", {"reason": REASON}),
        ("name_co_worker", {"staff": dealer.cast.chen.uid, "role": "other"}),
    ):
        with pytest.raises(Problem) as refused:
            dealer.act("xu", action, registration_uid=held.uid, **given)
        assert (refused.value.status, refused.value.code) == (403, "co_worker.no_hold")
    with pytest.raises(Problem) as refused:
        dealer.act("xu", "add_contact", uid=held.customer.uid, name="盛唯")
    assert (refused.value.status, refused.value.code) == (403, "co_worker.no_hold")


def test_a_touch_of_a_co_worker_owes_no_word_to_the_holder_and_extends_nothing(dealer: House) -> None:
    held = dealer.register("lin")
    made = name(dealer, held)
    dealer.later(days=1)
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="walk_in")
    assert not TellDuty.objects.exists()
    held.refresh_from_db()
    assert held.last_effective_at is None
    dealer.act("lin", "end_co_worker", registration_uid=held.uid, co_worker_uid=made.uid, reason=REASON)
    dealer.later(hours=1)
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="walk_in")
    assert TellDuty.objects.filter(registration=held, receiver=dealer.cast.xu).count() == 1


@pytest.mark.parametrize("ended", [False, True])
def test_the_facts_of_a_dispute_know_the_co_worker(dealer: House, ended: bool) -> None:
    held = dealer.register("lin")
    made = name(dealer, held)
    dealer.later(hours=1)
    if ended:
        dealer.act("lin", "end_co_worker", registration_uid=held.uid, co_worker_uid=made.uid, reason=REASON)
        dealer.later(hours=1)
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="walk_in")
    dealer.later(days=2)
    dispute = dealer.act("xu", "record_deal", customer_uid=held.customer.uid).disputes.get()
    assert [one.staff for one in at_work(held)] == ([] if ended else [dealer.cast.xu])
    facts = facts_of(dispute, dealer.now)
    of_xu = next(one for one in facts["claims"] if one["staff"] == str(dealer.cast.xu.uid))
    assert of_xu["co_worker"] is True
    assert of_xu["concealed_owner"] is ended


def test_the_limits_of_the_pack_and_of_the_shares_are_told_at_the_field(dealer: House) -> None:
    held = dealer.register("lin")
    assert faults(dealer, held, "staff", whom="lin") == "co_worker.holder"
    assert faults(dealer, held, "staff", whom="jiang", who="jiang") == "co_worker.oneself"
    assert faults(dealer, held, "staff", whom="zhou") == "co_worker.sells_nothing"
    assert faults(dealer, held, "staff", whom="stranger") == "staff.unknown"
    assert faults(dealer, held, "share", share=101) == "co_worker.share"
    assert faults(dealer, held, "role", role="boss") == "co_worker.role"
    name(dealer, held, "xu", share=60)
    assert faults(dealer, held, "staff") == "co_worker.already"
    assert faults(dealer, held, "share", whom="gu", share=41) == "co_worker.shares"
    name(dealer, held, "gu", share=40)
    name(dealer, held, "chen", share=0)
    assert faults(dealer, held, "staff", whom="jiang", share=0) == "co_worker.at_most"


def test_the_holder_or_the_head_of_the_unit_names_and_nobody_else(dealer: House) -> None:
    held = dealer.register("lin")
    with pytest.raises(Problem) as refused:
        name(dealer, held, "chen", who="xu")
    assert refused.value.status == 404
    with pytest.raises(Problem) as refused:
        name(dealer, held, "chen", who="fang")
    assert refused.value.status == 403
    assert name(dealer, held, "chen", who="jiang").named_by == dealer.cast.jiang


@pytest.mark.parametrize("how", ["release", "transfer", "void", "lapse", "ruled"])
def test_co_workers_end_with_the_hold(dealer: House, how: str) -> None:
    held = dealer.register("lin")
    made = name(dealer, held, "chen")
    if how == "release":
        dealer.act("lin", how, registration_uid=held.uid, reason="客户转由外地办理")
    elif how == "transfer":
        dealer.act(
            "jiang",
            how,
            registration_uid=held.uid,
            to=dealer.cast.xu.uid,
            reason="休假两个月，客户由同事接手",
        )
    elif how == "void":
        dealer.act("jiang", how, registration_uid=held.uid, reason="电话为空号，登记不属实")
    elif how == "lapse":
        dealer.later(days=60)
    else:
        _agreed(dealer, held)
    made.refresh_from_db()
    assert made.ended_at == dealer.now if how != "lapse" else made.ended_at is not None
    assert made.ended_reason == ""
    assert Delivery.objects.filter(recipient=dealer.cast.chen, event="co_worker.ended").count() == 1
    assert not at_work(Registration.objects.filter(customer=held.customer).latest("pk"))


def _agreed(dealer: House, held: Registration) -> None:
    """xu signed the deal, and both agree that the customer is theirs from now on."""
    deal = dealer.act("xu", "record_deal", customer_uid=held.customer.uid)
    case = deal.disputes.get().case
    assert len(at_work(held)) == 1  # they stay while it is in dispute
    for who in ("lin", "xu"):
        dealer.act(who, "agree", dispute_uid=case.uid, holder=dealer.cast.xu.uid, split=[])
