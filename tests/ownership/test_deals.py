"""Deals as records of their own: the day they were signed, entered once, delivered, voided, listed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils.translation import override

from dingfen.ownership.models import Deal, Registration
from dingfen.ownership.visibility import signed_by
from dingfen.problems import Problem
from dingfen.register.models import Entry
from dingfen.web.disputes.card import card_of
from tests.ownership.conftest import DAY, House

pytestmark = pytest.mark.django_db
MISTAKE = "登记到了另一位客户名下"


def refusal(house: House, who: str, action: str, **given: object) -> str:
    with pytest.raises(Problem) as caught:
        house.act(who, action, **given)
    return caught.value.code


def test_a_voided_deal_leaves_the_hold_as_if_it_had_never_been(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.later(days=2)
    dealer.act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    held.refresh_from_db()
    before = (held.state, held.protected_until, held.follow_up_due, held.last_effective_at)
    dealer.later(days=1)
    deal = dealer.act("lin", "record_deal", customer_uid=held.customer.uid, reference="HT-01")
    held.refresh_from_db()
    assert (held.state, held.last_effective_at) == ("won", dealer.now)

    assert refusal(dealer, "lin", "void_deal", deal_uid=deal.uid, reason=MISTAKE) == "role.needed"
    dealer.act("jiang", "void_deal", deal_uid=deal.uid, reason=MISTAKE)
    held.refresh_from_db()
    assert (held.state, held.protected_until, held.follow_up_due, held.last_effective_at) == before
    entry = Entry.objects.order_by("seq").last()
    assert entry is not None
    assert (entry.kind, MISTAKE in str(entry.body)) == ("deal.voided", False)
    assert not Deal.objects.visible_to(dealer.cast.actor("fang", dealer.now)).exists()
    assert refusal(dealer, "jiang", "void_deal", deal_uid=deal.uid, reason=MISTAKE) == "not_visible"
    assert dealer.act("lin", "record_deal", customer_uid=held.customer.uid, reference="HT-01").won


@pytest.mark.parametrize("maker_first", [False, True])
def test_a_hold_that_only_the_deal_made_ends_with_it_and_others_stand(
    dealer: House, maker_first: bool
) -> None:
    held = dealer.register("lin")
    dealer.act("lin", "release", registration_uid=held.uid, reason="客户转由外地办理")
    dealer.later(days=40)
    first = dealer.act("xu", "record_deal", customer_uid=held.customer.uid, reference="HT-02")
    dealer.later(days=1)
    second = dealer.act("xu", "record_deal", customer_uid=held.customer.uid, reference="HT-03")
    made = Registration.objects.get(customer=held.customer, state="won")
    earlier, later = (first, second) if maker_first else (second, first)
    dealer.act("fang", "void_deal", deal_uid=earlier.uid, reason=MISTAKE)
    made.refresh_from_db()
    assert made.state == "won"
    dealer.act("fang", "void_deal", deal_uid=later.uid, reason=MISTAKE)
    made.refresh_from_db()
    assert made.state == "void"
    last = [entry.kind for entry in Entry.objects.order_by("-seq")[:2]]
    assert last == ["registration.voided", "deal.voided"]
    assert refusal(dealer, "lin", "raise_dispute", deal_uid=first.uid, statement=MISTAKE) == "not_visible"
    lost = dealer.act("xu", "record_deal", customer_uid=held.customer.uid, won=False)
    assert refusal(dealer, "fang", "void_deal", deal_uid=lost.uid, reason=MISTAKE) == "deal.lost"


def test_a_deal_in_dispute_is_not_voided_before_the_dispute_is_withdrawn(dealer: House) -> None:
    held = dealer.register("lin")
    deal = dealer.act("xu", "record_deal", customer_uid=held.customer.uid, co_signers=[dealer.cast.jiang.uid])
    assert refusal(dealer, "fang", "void_deal", deal_uid=deal.uid, reason=MISTAKE) == "deal.disputed"
    assert list(Deal.objects.filter(signed_by(dealer.cast.jiang.pk))) == [deal]

    browser, filtered = Client(), "/deals/?disputed=yes"
    browser.force_login(dealer.cast.fang)
    assert held.customer.number in browser.get(filtered).content.decode()
    deal.disputes.update(state="final")
    assert held.customer.number not in browser.get(filtered).content.decode()
    assert "有争议</span>" not in browser.get("/deals/").content.decode()


def test_a_form_sent_twice_makes_one_deal(dealer: House) -> None:
    held = dealer.register("lin")
    given = {"customer_uid": held.customer.uid, "quantity": 2}
    dealer.act("lin", "record_deal", **given)
    dealer.later(seconds=20)
    assert refusal(dealer, "lin", "record_deal", **given) == "deal.twice"
    dealer.act("lin", "record_deal", **given, reference="HT-11")
    dealer.later(days=3)
    assert refusal(dealer, "lin", "record_deal", **given, reference="HT-11") == "deal.twice"
    dealer.act("lin", "record_deal", **given)


def test_a_deal_of_yesterday_on_the_page_delivered_in_the_list_and_voided(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.later(days=2)
    browser = Client()
    browser.force_login(dealer.cast.lin)
    page = f"/holdings/{held.uid}/deal/"
    wrong = browser.post(
        page, {"won": "1", "quantity": "²", "reference": "HT-21", "signed_at": "0001-01-01T00:00"}
    )
    assert wrong.status_code == 422
    assert b'value="HT-21"' in wrong.content
    yesterday = (dt.datetime.now(held.unit.zone) - dt.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    held.registered_at = held.recorded_at = dt.datetime.now(dt.UTC) - DAY
    held.save()
    sent = {"won": "1", "quantity": "1", "amount": "138,000", "reference": "HT-21", "signed_at": yesterday}
    assert browser.post(page, sent).status_code == 302
    assert "这笔成交已于" in browser.post(page, sent).content.decode()
    deal = Deal.objects.get(reference="HT-21")
    assert deal.signed_at.astimezone(held.unit.zone).strftime("%Y-%m-%dT%H:%M") == yesterday

    listed = browser.get("/deals/").content.decode()
    assert "HT-21" in listed
    assert "138,000 元" in listed
    done = browser.post("/deals/?waits=yes", {"bulk": "delivered", "uid": [str(deal.uid)]})
    assert done.status_code == 200
    deal.refresh_from_db()
    assert deal.delivered_at is not None
    assert browser.post(f"/deals/{deal.uid}/delivered/", {}).status_code == 409

    browser.force_login(dealer.cast.fang)
    assert held.customer.number in browser.get("/holdings/").content.decode()  # opens with the unit's
    assert browser.get(f"/deals/{deal.uid}/").status_code == 200
    assert "HT-21" in browser.get("/deals/?export=csv").getvalue().decode()
    assert browser.post(f"/deals/{deal.uid}/void/", {"reason": MISTAKE}).status_code == 302
    assert browser.get(f"/deals/{deal.uid}/").status_code == 404
    assert "HT-21" not in browser.get(f"/holdings/{held.uid}/").content.decode()


def test_the_card_shows_every_fact_a_rule_looked_at(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.later(days=40)
    dealer.act("xu", "take", registration_uid=held.uid)
    dealer.later(days=1)
    deal = dealer.act("lin", "record_deal", customer_uid=held.customer.uid)
    dispute = deal.disputes.get()
    for who in ("lin", "xu"):
        dealer.act(who, "answer", dispute_uid=dispute.case.uid, statement="由我登记并跟进。")
    dispute.refresh_from_db()
    with override("en"):
        (line,) = [one for one in card_of(dispute).principles if one.decisive]
    told = {cell.side.uid: cell.text for cell in line.cells}
    facts = "The registration had lapsed: {}; Released, transferred or lost: no"
    assert told == {
        str(dealer.cast.lin.uid): facts.format("yes"),
        str(dealer.cast.xu.uid): facts.format("no"),
    }
