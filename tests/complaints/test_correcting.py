"""Facts put right and graded anew, outside numbers, letters waited for, entries that lead to what they name."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.urls import reverse

from dingfen.clocks.models import Clock
from dingfen.complaints import watch
from dingfen.complaints.actions import correcting, ending, handling, issues, thread
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.actions.letters import send_letter
from dingfen.outbox.models import Delivery
from dingfen.parties.search import record_ids
from dingfen.register.models import Entry
from tests.complaints.conftest import Desk
from tests.complaints.test_desk import refused
from tests.complaints.test_pages import enter, now_desk

__all__ = ["now_desk"]
pytestmark = pytest.mark.django_db


def test_facts_put_right_are_graded_anew_and_stand_beside_what_was(ruled: Desk) -> None:
    got = ruled.call(amount="900").complaint
    give = {
        "actor": ruled.actor("chen"),
        "at": ruled.now,
        "case_uid": got.case.uid,
        "reason": "客户更正了金额和地点",
    }
    ruled.act("chen", handling.assess, case_uid=got.case.uid, klass="delay")
    due = watch.live(got).get(kind="complaint.decided").deadline
    now = correcting.correct_facts(**give, changes={"amount": "60000", "place": "城东展厅交付区"})
    assert (now.level, str(now.amount)) == ("major", "60000.00")
    assert watch.live(got).get(kind="complaint.decided").deadline != due  # by the rule for major ones
    told = json.loads(bytes(Entry.objects.get(kind="complaint.facts_corrected").body))["facts"]
    assert (told["before"], told["after"]) == ({"amount": "900.00"}, {"amount": "60000.00"})
    back = correcting.correct_facts(**give, changes={"amount": "900"})
    assert back.level == "ordinary"  # it stood as the rules saw it, and goes down with them
    ruled.act("chen", handling.assess, case_uid=got.case.uid, klass="delay", level="major")
    kept = correcting.correct_facts(**give, changes={"people": 2, "vulnerable": True})
    assert (kept.level, kept.people, kept.vulnerable) == ("major", 2, True)  # a person went above the rules
    refused("facts.same", correcting.correct_facts, **give, changes={"people": 2})
    due = watch.live(got).get(kind="complaint.decided").deadline
    letter = Clock.objects.live().get(subject_uid=got.case.uid, kind=watch.LETTER)
    week = dt.timedelta(days=7)
    told_ = {"received_at": got.received_at - week, "product": " 远山  X5 "}
    now = correcting.correct_facts(**give, changes=told_)
    moved = watch.live(got).get(kind="complaint.decided")
    assert (now.product, due - moved.deadline, moved.started_at) == ("远山 X5", week, now.received_at)
    before = letter.deadline
    letter.refresh_from_db()
    assert (letter.deadline, letter.started_at) == (
        before - week,
        now.received_at,
    )  # the receipt is owed by then too
    entry = Entry.objects.filter(kind="complaint.facts_corrected").latest("seq").body
    assert (
        "远山" not in bytes(entry).decode() and "\\u8fdc" not in bytes(entry).decode()
    )  # typed freely: sealed
    late = {"received_at": got.recorded_at + dt.timedelta(seconds=1)}
    refused(
        "received.recorded", correcting.correct_facts, **{**give, "at": got.recorded_at + week}, changes=late
    )
    refused(
        "date.future",
        correcting.correct_facts,
        **give,
        changes={"occurred_at": ruled.now + dt.timedelta(days=1)},
    )
    for people in ("²", "0", "9" * 5000):
        refused("invalid", correcting.correct_facts, **give, changes={"people": people})
    refused("amount.invalid", correcting.correct_facts, **give, changes={"amount": "许多"})


def test_who_complains_is_put_right_and_shown_whole_with_a_reason(now_desk: Desk) -> None:
    """A wrong number is corrected and found by the right one; whole only for a reason, with an entry."""
    given = {"name": "高雅琴", "phone": "13912340077", "identity": "身份证 330106199001011234"}
    got = now_desk.call(complainant=Complainant(**given)).complaint
    client, company = enter(now_desk, "chen"), now_desk.cast.company.pk
    page, act = (
        reverse(f"complaint{name}", args=[got.case.uid, *more])
        for name, more in (("", ()), ("_act", ("who",)))
    )
    assert "330106199001011234" not in client.get(page).content.decode()
    assert client.post(reverse("complaint_reveal", args=[got.case.uid]), {"reason": "no"}).status_code == 422
    whole = client.post(
        reverse("complaint_reveal", args=[got.case.uid]), {"reason": "contact"}
    ).content.decode()
    assert "330106199001011234" in whole and "13912340077" in whole
    assert "13912340077" not in client.get(page).content.decode()
    looked = json.loads(bytes(Entry.objects.get(kind="data.revealed").body))
    assert looked["facts"]["reason"] == "contact"
    typed = {
        "phone": "139 1234 0078",
        "legal_representative": " 高远 ",
        "out": ["identity"],
        "reason": "客户来电说号码写错一位",
    }
    assert client.post(act, {**typed, "phone": "1391"}).status_code == 422
    assert client.post(act, {**typed, "reason": "短"}).status_code == 422
    assert client.post(act, typed).status_code == 302
    now = now_desk.complaint(got)
    told = handling.told_of(now)["complainant"]
    assert told == {
        "name": "高雅琴",
        "kind": "person",
        "phone": "139 1234 0078",
        "legal_representative": "高远",
    }
    assert (now.masked_phone, now.keys.count()) == ("139****0078", 1)
    assert (
        record_ids(company, "complaint", "13912340078") == [got.pk] == record_ids(company, "complaint", "车")
    )
    assert record_ids(company, "complaint", "13912340077") == []
    entry = Entry.objects.get(kind="complaint.complainant_corrected")
    assert json.loads(bytes(entry.body))["facts"]["fields"] == ["identity", "legal_representative", "phone"]
    assert b"0078" not in bytes(entry.body) and b"0077" not in bytes(entry.body)
    assert (
        client.post(act, {"phone": "139 1234 0078", "reason": typed["reason"]}).status_code == 422
    )  # nothing new
    blanks = now_desk.call(complainant=Complainant(phone="139 1234 0090")).complaint
    assert record_ids(company, "complaint", "13912340090") == [blanks.pk]
    nobody = now_desk.call(complainant=Complainant(name="高雅琴")).complaint
    act = reverse("complaint_act", args=[nobody.case.uid, "customer"])
    assert "Not linked to a card" in client.get(reverse("complaint", args=[nobody.case.uid])).content.decode()
    assert client.post(act, {"customer": "K-999999"}).status_code == 422
    assert now.case.customer is not None
    assert client.post(act, {"customer": now.case.customer.number}).status_code == 302
    assert now_desk.complaint(nobody).case.customer == now.case.customer
    head = enter(now_desk, "gu")
    assert head.post(reverse("complaint_reveal", args=[got.case.uid]), {"reason": "contact"}).status_code in (
        403,
        404,
    )


def test_it_is_found_by_its_number_elsewhere(ruled: Desk) -> None:
    got = ruled.call().complaint
    give = {"actor": ruled.actor("chen"), "at": ruled.now, "case_uid": got.case.uid}
    correcting.add_reference(**give, body="12345 热线", number="HZ2026118")
    assert record_ids(ruled.cast.company.pk, "complaint", "HZ2026118") == [got.pk]
    refused("reference.known", correcting.add_reference, **give, body="12345 热线", number="HZ2026118")
    refused("required", correcting.add_reference, **give, body=" ", number="1")


def test_a_letter_owed_by_a_time_is_waited_for(ruled: Desk) -> None:
    got = ruled.call().complaint
    clock = Clock.objects.live().get(subject_uid=got.case.uid, kind=watch.LETTER)
    assert (clock.params["letter"], clock.responsible) == ("receipt", ruled.cast.chen)
    ruled.later(hours=5)
    clock.refresh_from_db()
    assert clock.state == Clock.State.BREACHED
    assert Delivery.objects.filter(event="complaint.late", recipient=ruled.cast.chen).exists()
    ruled.act("chen", send_letter, case_uid=got.case.uid, letter="receipt", via="counter")
    clock.refresh_from_db()
    assert clock.state == Clock.State.MET_LATE
    other = ruled.call().complaint
    ruled.act("chen", thread.reply, case_uid=other.case.uid, text="已登记，今天回电。", channel="phone")
    assert not Clock.objects.live().filter(subject_uid=other.case.uid, kind=watch.LETTER).exists()
    ruled.act("chen", ending.withdraw, case_uid=other.case.uid, said="客户不再追究")
    third = ruled.call().complaint
    ruled.act("chen", ending.withdraw, case_uid=third.case.uid, said="客户不再追究")
    assert not Clock.objects.live().filter(subject_uid=third.case.uid).exists()


def test_entries_lead_to_what_they_name(now_desk: Desk) -> None:
    got = now_desk.call().complaint
    client = enter(now_desk, "chen")
    now_desk.act("chen", issues.list_issue, case_uid=got.case.uid, title="晚交车")
    act = reverse("complaint_act", args=[got.case.uid, "facts"])
    typed = {"amount": "", "people": "3", "place": "", "remedy": "尽快交车", "reason": "客户说明共有三人投诉"}
    assert client.post(act, typed).status_code == 302
    assert client.post(act, {**typed, "reason": "短"}).status_code == 422
    noted = reverse("complaint_act", args=[got.case.uid, "reference"])
    assert client.post(noted, {"body": "12345 热线", "number": "HZ2026118"}).status_code == 302
    page = client.get(reverse("complaint", args=[got.case.uid])).content.decode()
    assert '<a href="#issues">Issue listed</a>' in page
    assert "HZ2026118" in page
