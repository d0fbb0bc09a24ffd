"""A complaint need not call itself one; and the customer's time line holds every channel, as far as one may see."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from dingfen.cases.models import CaseLink, CasePerson, Message
from dingfen.complaints import learning
from dingfen.complaints.actions import ending, recognising, thread
from dingfen.complaints.models import Complaint, Learned
from dingfen.complaints.recognising import of_today, reads_like_one
from dingfen.ownership import actions as ownership
from dingfen.parties import timeline
from dingfen.parties.models import Customer, Touch
from dingfen.problems import Problem
from tests.api.conftest import Caller, token_for
from tests.complaints.conftest import Desk

pytestmark = pytest.mark.django_db
SAYS = "客户说上次修完还是漏油，要求重新检查并给个说法。"


def test_what_reads_like_a_complaint_and_what_does_not(cast: Any) -> None:
    company = cast.company.pk
    for text in (
        SAYS,
        "客户抱怨多收了服务费，要求退还。",
        "The repair did not help and they are unhappy, they want the money back",
    ):
        assert reads_like_one(company, text) is not None, text
    for text in (
        "客户周六来试驾，已约好。",
        "打电话问价格，已报价。",
        "好的",
        "",
        "They asked for a quotation",
        "给家人选代步车",
        "无锡海澜达精密机械有限公司",
        "比较两款七座，还没有决定",
    ):
        assert reads_like_one(company, text) is None, text


@pytest.fixture
def touched(ruled: Desk) -> Touch:
    """A customer with a complaint by phone, and a touch whose note reads like another."""
    ruled.call()
    customer = Customer.objects.get()
    touch: Touch = ruled.act("chen", ownership.record_touch, uid=customer.uid, kind="call", reached=True,
                             met="customer", note=SAYS)  # fmt: skip
    return touch


def test_one_click_makes_it_one_and_a_second_makes_no_other(ruled: Desk, touched: Touch) -> None:
    desk = ruled
    assert [one.touch.pk for one in of_today(desk.actor("chen"), desk.now)] == [touched.pk]
    assert not of_today(desk.actor("lin"), desk.now)
    got = desk.act("chen", recognising.from_touch, touch_uid=touched.uid)
    again = desk.act("chen", recognising.from_touch, touch_uid=touched.uid)
    assert got.created and not again.created and again.complaint == got.complaint
    case = got.complaint.case
    assert (case.customer, got.complaint.channel) == (touched.customer, "phone")
    assert thread.thread.text_of(Message.objects.get(case=case)) == SAYS  # word for word
    assert not of_today(desk.actor("chen"), desk.now)
    with pytest.raises(Problem) as unseen:
        desk.act("stranger", recognising.from_touch, touch_uid=touched.uid)
    assert unseen.value.status in (403, 404)
    bare = desk.act(
        "chen", ownership.record_touch, uid=touched.customer.uid, kind="call", reached=True, met="customer"
    )
    with pytest.raises(Problem) as nothing:
        desk.act("chen", recognising.from_touch, touch_uid=bare.uid)
    assert nothing.value.code == "touch.no_note"


def test_a_further_message_becomes_a_matter_of_its_own(ruled: Desk, client: Client) -> None:
    desk = ruled
    complaint = desk.call().complaint
    uid = complaint.case.uid
    message, _ = desk.act("chen", thread.receive_message, case_uid=uid, channel="phone", text=SAYS)
    client.force_login(desk.cast.chen)
    page = client.get(f"/complaints/{uid}/").content.decode()
    assert f"/complaints/{uid}/of-message/{message.uid}/" in page
    first = complaint.case.messages.order_by("pk").first()
    assert first is not None and f"/of-message/{first.uid}/" not in page  # it is one already
    assert client.post(f"/complaints/{uid}/of-message/{message.uid}/").status_code == 302
    link = CaseLink.objects.get()
    assert (link.other, link.one.customer) == (complaint.case, complaint.case.customer)
    assert Complaint.objects.count() == 2
    assert "of-message" not in client.get(f"/complaints/{uid}/").content.decode()


def test_the_time_line_holds_every_channel_and_only_what_one_may_see(
    ruled: Desk, touched: Touch, client: Client
) -> None:
    desk = ruled
    complaint, customer = Complaint.objects.get(), touched.customer
    uid = complaint.case.uid
    desk.later(minutes=5)
    desk.act("chen", thread.reply, case_uid=uid, text="今天给您回电。", channel="phone")
    desk.later(minutes=5)
    desk.act("chen", thread.receive_message, case_uid=uid, channel="mail", text="补充发票照片")

    def told(who: str, before: Any = None, most: int = 50) -> list[tuple[str, str]]:
        found = timeline.lines(desk.actor(who), [customer.pk], before, most)
        return [(one.kind, one.way) for one in found]

    assert told("chen")[:2] == [("message", "mail"), ("message", "phone")]
    assert ("step", "complaint.received") in told("chen")
    assert told("fang") == told("chen") and not told("xu") and not told("stranger")
    assert told("chen", before=desk.now, most=1) == [("message", "phone")]
    client.force_login(desk.cast.chen)
    end = quote("0001-01-01T00:00:00+14:00")  # in UTC before the first year there is
    assert client.get(f"/customers/{customer.uid}/?before={end}").status_code == 200
    page = client.get(f"/customers/{customer.uid}/").content.decode()
    assert page.index("补充发票照片") < page.index("今天给您回电。") and SAYS in page
    assert f"/complaints/of-touch/{touched.uid}/" in page and complaint.case.number in page
    CasePerson.objects.create(
        case=complaint.case, staff=desk.cast.fang, part="complained_of", added_at=desk.now
    )
    assert not told("fang")
    api = Caller(token_for(desk.cast.chen)[0], "zh-hans")
    answer = api("GET", f"/customers/{customer.uid}/time-line?limit=2").json()
    assert [one["way"] for one in answer["items"]] == ["mail", "phone"] and answer["next"]
    rest = api("GET", f"/customers/{customer.uid}/time-line?before={quote(answer['next'])}").json()
    marks = {one["uid"]: one["complaint"] for one in rest["items"] if one["source"] == "touch"}
    assert marks[str(touched.uid)] and rest["next"] is None
    made = api("POST", f"/touches/{touched.uid}/complaint")
    assert made.status_code == 201 and made.json()["channel"] == "phone"


def test_what_it_learns_from_are_first_words_and_notes_nobody_made_one(ruled: Desk, touched: Touch) -> None:
    desk, company = ruled, ruled.cast.company.pk
    told = Complaint.objects.get()
    desk.act("chen", ending.withdraw, case_uid=told.case.uid, said="不投诉了")
    uid = touched.customer.uid
    for note in ("约好周六试驾", "", SAYS):
        desk.act(
            "chen", ownership.record_touch, uid=uid, kind="call", reached=True, met="customer", note=note
        )
    made = Touch.objects.order_by("pk").last()
    assert made is not None
    desk.act("chen", recognising.from_touch, touch_uid=made.uid)
    assert learning._told_apart(company) == [(SAYS, "plain"), ("约好周六试驾", "plain")][::-1]
    Complaint.objects.filter(pk=told.pk).update(state="closed_accepted")
    first, *rest = learning._told_apart(company)
    message = told.case.messages.order_by("pk").first()
    assert (
        message is not None and first[1] == learning.TOLD_APART and thread.thread.text_of(message) in first[0]
    )
    assert [label for _, label in rest] == ["plain", "plain"]
    touched.voided_at = desk.now
    touched.save()
    assert (SAYS, "plain") not in learning._told_apart(company)


def test_it_learns_what_the_company_makes_of_its_notes(ruled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = ruled
    said = [(f"交车晚了{n}天，没有人通知", learning.TOLD_APART) for n in "一二三四五六七八九十" * 2]
    plain = [(f"试驾约在周{n}，客户很满意", "plain") for n in "一二三四五六日" * 3]
    monkeypatch.setattr(learning, "_told_apart", lambda company: [*said, *plain])
    desk.act("fang", learning.ask)
    while learning.run_one(desk.now):
        pass
    assert Learned.objects.filter(axis=learning.TOLD_APART).count() == 1
    assert reads_like_one(desk.cast.company.pk, "交车晚了三天，没有人通知我们") is not None
    assert reads_like_one(desk.cast.company.pk, "试驾约在周五，很满意") is None
