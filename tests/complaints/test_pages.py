"""The pages of complaints: received while the customer talks, handled on one page, closed; kept from who is named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dingfen.complaints.actions import investigating
from dingfen.complaints.models import Complaint, Issue, Proposal
from dingfen.register.models import Look
from tests.complaints.conftest import SAID, Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def now_desk(ruled: Desk) -> Desk:
    """The desk at this moment: pages take the server's time."""
    ruled.now = timezone.now()
    return ruled


def enter(desk: Desk, who: str) -> Client:
    person = getattr(desk.cast, who)
    person.language = "en"
    person.save(update_fields=["language"])
    client = Client()
    client.force_login(person, backend="dingfen.accounts.backend.StaffBackend")
    return client


def do(client: Client, uid: Any, verb: str, status: int = 302, **data: Any) -> Any:
    got = client.post(reverse("complaint_act", args=[uid, verb]), data)
    assert got.status_code == status, (verb, got.status_code, got.content.decode()[-3000:])
    return got


def soon(days: int) -> str:
    return (timezone.localtime(timezone.now()) + dt.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def test_from_the_call_to_closing_on_one_page(now_desk: Desk) -> None:
    client = enter(now_desk, "chen")
    assert client.get(reverse("complaint_new")).status_code == 200
    sent = {"channel": "phone", "text": SAID, "name": "高雅琴", "phone": "13912340077", "distressed": "1"}
    got = client.post(reverse("complaint_new"), sent)
    row = Complaint.objects.get()
    uid = row.case.uid
    assert got.status_code == 302
    assert got["location"] == reverse("complaint", args=[uid])
    assert row.urgency == "urgent"
    hint = client.get(reverse("complaint_hints"), {"phone": "13912340077"}).content.decode()
    assert row.case.number in hint
    page = client.get(reverse("complaint", args=[uid])).content.decode()
    assert SAID in page
    do(client, uid, "reply", text="今天 12 点前回电。", channel="phone")
    do(client, uid, "reply", text="客户急着用车", kind="note")
    do(client, uid, "assess", klass="delay", distressed="1")
    do(client, uid, "list", title="晚交车 6 天", klass="delay")
    issue = Issue.objects.get()
    do(client, uid, "find", issue=issue.uid, finding="upheld", facts="合同 10 月 2 日，交接单 10 月 8 日")
    do(client, uid, "propose", issue=[issue.uid], remedy="make-good", what="免费保养两次", pros="今天可用\n不用付款",
       deliver_by=soon(5))  # fmt: skip
    do(client, uid, "offer", answer_by=soon(3))
    do(client, uid, "answer", proposal=Proposal.objects.get().uid, answer="accept", via="phone")
    do(client, uid, "close", status=409, told="电话告知结果并致谢客户")
    do(client, uid, "deliver", proposal=Proposal.objects.get().uid, proof="保养卡签收")
    do(client, uid, "decide")
    do(client, uid, "close", told="电话告知结果并致谢客户")
    do(client, uid, "call_back", via="phone", fixed="yes", handling="5", outcome="4")
    page = client.get(reverse("complaint", args=[uid])).content.decode()
    assert "Closed, agreed" in page
    listed = client.get(reverse("complaints") + "?view=all&words=保养").content.decode()
    assert listed
    assert row.case.number in client.get(reverse("complaints") + "?view=all").content.decode()


def test_what_is_wrong_stands_in_its_part_with_what_was_typed(now_desk: Desk) -> None:
    client = enter(now_desk, "chen")
    uid = now_desk.call().complaint.case.uid
    got = do(client, uid, "close", status=409, told="电话告知结果并致谢客户").content.decode()
    assert "No issue is listed." in got
    assert "电话告知结果并致谢客户" in got
    got = do(
        client, uid, "represent", status=422, name=" ", basis="lawyer", phone="13912340066", proof="<b>委托书"
    ).content.decode()
    form = got.partition('id="represent" open')[2].partition("</form>")[0]
    assert 'value="13912340066"' in form and '<option value="lawyer" selected>' in form
    assert "&lt;b&gt;委托书" in form and 'class="invalid-feedback"' in form
    got = client.post(reverse("complaint_new"), {"channel": "phone", "text": ""})
    assert got.status_code == 422
    odd = {
        "channel": "mail",
        "text": SAID,
        "unit": "nowhere",
        "injury": "1",
        "vulnerable": "1",
        "amount": "9",
    }
    got = client.post(reverse("complaint_new"), odd)
    again = got.content.decode()
    assert got.status_code == 422 and all(  # what was told of danger is not lost with a slip
        f'name="{name}" value="{value}" checked' in again
        for name, value in (("channel", "mail"), ("injury", "1"), ("vulnerable", "1"))
    )
    for name, value in (
        ("call", "nowhere"),
        ("complained_of", "nobody"),
        ("amount", "1e999"),
        ("channel", "x"),
    ):
        assert client.post(reverse("complaint_new"), {**odd, "unit": "", name: value}).status_code in (
            404,
            422,
        )
    do(client, uid, "reply", status=400, text="a\0b", channel="phone")  # no database keeps it
    do(client, uid, "other_side", status=422, name="x", customer="长" * 60_000)
    do(client, uid, "nonsense", status=404)


def test_a_look_is_logged_and_who_is_named_finds_nothing(now_desk: Desk) -> None:
    got = now_desk.call(complained_of=[now_desk.cast.jiang.uid]).complaint
    url = reverse("complaint", args=[got.case.uid])
    assert enter(now_desk, "zhou").get(url).status_code == 200
    assert Look.objects.filter(kind="complaint.opened", subject_uid=got.case.uid).count() == 1
    for who in ("jiang", "xu", "stranger"):
        assert enter(now_desk, who).get(url).status_code == 404
    asked = now_desk.act(
        "chen", investigating.ask, case_uid=got.case.uid, staff=now_desk.cast.jiang.uid, question="当天是谁接待的？",
        due_at=now_desk.now + dt.timedelta(days=1),
    )  # fmt: skip
    client = enter(now_desk, "jiang")
    page = client.get(reverse("inquiry", args=[asked.uid])).content.decode()
    assert "当天是谁接待的" in page
    assert SAID not in page
    assert client.post(reverse("inquiry", args=[asked.uid]), {"text": "林可欣接待"}).status_code == 302
    assert client.get("/").status_code == 200
