"""A customer who needs something else (B14), and two customers who quarrel with each other (B15)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from dingfen.clocks.models import Clock
from dingfen.complaints.actions import between, changing, ending, handling, issues
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.erasing import erase
from dingfen.complaints.models import ChangeRequest, Issue, Promise, Side
from dingfen.outbox.models import Delivery
from dingfen.parties.models import Customer, SubjectKey
from dingfen.register.models import Entry
from tests.complaints.conftest import Desk
from tests.complaints.test_stories import found_issue, refused

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_a_change_is_assessed_decided_by_another_and_becomes_a_promise(ruled: Desk) -> None:
    desk = ruled
    uid = desk.call().complaint.case.uid
    ask = desk.act("chen", changing.ask_change, case_uid=uid, what="改为白色内饰", why="家人过敏，深色有气味")
    clock = Clock.objects.live().get(subject_uid=ask.uid)
    assert clock.deadline == ask.decide_by > desk.now + 5 * DAY  # five working days
    assert clock.responsible == desk.cast.zhou  # no head over the site: compliance comes next
    refused("change.state", desk, "fang", changing.decide_change, change_uid=ask.uid, approve=True,
            reason="影响可以接受")  # fmt: skip
    desk.act(
        "chen", changing.assess_change, change_uid=ask.uid, effect="工厂重新排产", days=12, price="−1,200.50"
    )
    row = ChangeRequest.objects.get(pk=ask.pk)
    assert (row.days, str(row.price), row.state) == (12, "-1200.50", "assessed")
    desk.act(
        "chen",
        changing.note_review,
        change_uid=ask.uid,
        held_at=desk.now,
        present="生产、销售",
        minutes="工厂确认可行",
    )
    why = {"change_uid": ask.uid, "approve": True, "reason": "影响可以接受，同意变更"}
    refused("change.rank", desk, "chen", changing.decide_change, **why)
    refused("close.none", desk, "chen", ending.close, case_uid=uid, told="电话告知结果并致谢")
    desk.later(days=8)
    assert Delivery.objects.filter(event="complaint.late", recipient=desk.cast.fang).exists()
    desk.act("fang", changing.decide_change, **why)
    assert Clock.objects.get(pk=clock.pk).state == "met_late"
    signed = desk.act(
        "chen", changing.sign_change, change_uid=ask.uid, terms="12 月 20 日前交付白色内饰车辆，退 1,200.50 元",
        signed_at=desk.now, deliver_by=desk.now + 20 * DAY, staff=desk.cast.lin.uid,
    )  # fmt: skip
    promise = Promise.objects.get()
    assert (signed.state, promise.staff, promise.state) == ("agreed", desk.cast.lin, "open")

    other = desk.act("chen", changing.ask_change, case_uid=uid, what="提前一周交车")
    issue = found_issue(desk, uid)
    desk.act("chen", issues.settle, issue_uid=issue.uid, how="当面解释并道歉，客户接受")
    desk.later(days=21)
    assert Promise.objects.get().state == "broken"
    refused("close.changes", desk, "chen", ending.close, case_uid=uid, told="电话告知结果并致谢")
    desk.act("chen", changing.withdraw_change, change_uid=other.uid, said="不用提前了")
    desk.act("chen", ending.close, case_uid=uid, told="11 月 30 日电话告知结果并致谢")
    kinds = list(
        Entry.objects.filter(subject_uid=uid, kind__startswith="change.").values_list("kind", flat=True)
    )
    assert kinds == ["change.asked", "change.assessed", "change.reviewed", "change.approved", "change.agreed",
                     "change.asked", "change.withdrawn"]  # fmt: skip


def test_two_neighbours_are_heard_together_and_agree(ruled: Desk) -> None:
    desk = ruled
    uid = desk.call(text="楼上每天半夜装修，和他说过三次没用。").complaint.case.uid
    refused(
        "between.none", desk, "chen", between.find_cause, case_uid=uid, cause="interest", grounds="作息不同"
    )
    own = Customer.objects.get()
    refused("between.same", desk, "chen", between.name_other_side, case_uid=uid, customer_uid=own.uid)
    desk.act("chen", between.name_other_side, case_uid=uid, name="孟庆和", phone="13700138001")
    first, second = Side.objects.all()
    assert (first.customer, first.masked_name[0], second.masked_name, second.customer) == (
        own,
        "高",
        "孟**",
        None,
    )
    joint = Clock.objects.get(subject_uid=uid, kind="complaint.heard_together")
    assert (joint.state, joint.article, joint.responsible) == ("running", "CMP-40", desk.cast.chen)
    refused("between.already", desk, "chen", between.name_other_side, case_uid=uid, name="孟庆和")
    end = {"case_uid": uid, "outcome": "agreed", "terms": "晚九点后不施工，本周内完工"}
    refused("between.sides", desk, "chen", between.end_between, **end)
    desk.act("chen", between.hear_side, side_uid=first.uid, account="半夜十二点还在打孔", wish="晚上不施工")
    desk.act(
        "chen", between.hear_side, side_uid=second.uid, account="白天上班，只有晚上有空", wish="再给一周"
    )
    refused("between.signed", desk, "chen", between.end_between, **end)
    minutes = {
        "mediator": "陈晨",
        "first": "孩子要上学",
        "second": "愿意调整",
        "agreed_points": "晚九点后不施工",
    }
    held = {"case_uid": uid, "held_at": desk.now, "minutes": minutes}
    refused("between.both", desk, "chen", between.note_hearing, present=[1], no_interest=True, **held)
    refused("session.no_interest", desk, "chen", between.note_hearing, present=[1, 2], **held)
    desk.act("chen", between.note_hearing, present=[1, 2], signed=[2, 1], no_interest=True, **held)
    joint.refresh_from_db()
    assert joint.state == "met"
    desk.act("chen", between.find_cause, case_uid=uid, cause="interest", grounds="作息时间冲突，没有私人恩怨")
    issue = desk.act("chen", issues.list_issue, case_uid=uid, title="夜间施工", klass="")
    refused("close.between", desk, "chen", _close, case_uid=uid, issue=issue)
    desk.act("chen", between.end_between, **end)
    assert {one.state for one in Issue.objects.filter(complaint__case__uid=uid)} == {"settled"}
    closed = desk.act("chen", ending.close, case_uid=uid, told="当面告知双方结果并致谢")
    assert closed.state == "closed_accepted"

    erase(own, desk.now)  # the complainant goes; the neighbour's words stay
    assert not SubjectKey.objects.filter(subject_uid=first.uid).exists()
    assert SubjectKey.objects.filter(subject_uid=second.uid).exists()
    assert Side.objects.get(pk=first.pk).masked_name == ""


def _close(*, actor, at, case_uid, issue):  # type: ignore[no-untyped-def]
    issues.settle(actor=actor, at=at, issue_uid=issue.uid, how="双方当面说清楚，互相谅解")
    ending.close(actor=actor, at=at, case_uid=case_uid, told="当面告知双方结果并致谢")


def test_one_side_may_stay_silent_and_they_part(ruled: Desk) -> None:
    desk = ruled
    uid = desk.call().complaint.case.uid
    other = desk.call(complainant=None, text="x", customer_uid=None)
    assert other.complaint.case.customer is None
    desk.act("chen", between.name_other_side, case_uid=uid, name="孟庆和")
    first, second = Side.objects.all()
    desk.act("chen", between.hear_side, side_uid=first.uid, account="群里天天吵，没法一起用")
    desk.act("chen", between.hear_side, side_uid=second.uid, declined=True)
    ended = desk.act(
        "chen", between.end_between, case_uid=uid, outcome="parted", terms="分到两个体验群，互不打扰"
    )
    assert (ended.outcome, Side.objects.get(pk=second.pk).declined) == ("parted", True)
    later = desk.act("chen", handling.link_customer, case_uid=other.complaint.case.uid,
                     customer_uid=Customer.objects.get().uid)  # fmt: skip
    assert later.case.customer is not None


def test_a_side_is_linked_to_its_card(ruled: Desk, client: Client) -> None:
    desk = ruled
    uid = desk.call().complaint.case.uid
    desk.call(complainant=Complainant(name="向东来", phone="13857142282"), text="另一件事，已登记过一次。")
    other = Customer.objects.latest("pk")
    client.force_login(desk.cast.chen)
    act = f"/complaints/{uid}"
    wrong = client.post(f"{act}/other_side/", {"customer": "C-none"})
    assert wrong.status_code == 422
    assert client.post(f"{act}/other_side/", {"name": "向东来"}).status_code == 302
    first, second = Side.objects.order_by("number")
    assert (
        client.post(f"{act}/side_card/", {"side": second.uid, "customer": first.customer.number}).status_code
        == 422
    )
    assert client.post(f"{act}/side_card/", {"side": second.uid, "customer": other.number}).status_code == 302
    second.refresh_from_db()
    assert second.customer == other and Entry.objects.filter(kind="between.linked").count() == 1
    assert f"/customers/{other.uid}/" in client.get(f"{act}/").content.decode()
