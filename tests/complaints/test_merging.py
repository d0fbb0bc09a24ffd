"""Complaints merged and separated, both taken back; the group the rules foresee; an answer that comes second."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from dingfen.accounts.models import Delegation, Role
from dingfen.cases.models import CasePerson, Message
from dingfen.clocks.models import Clock
from dingfen.complaints import grouping
from dingfen.complaints.actions import (
    ending,
    handling,
    investigating,
    issues,
    representing,
    separating,
    thread,
)
from dingfen.complaints.duplicates import likely
from dingfen.complaints.listing import merged_here
from dingfen.complaints.models import Complaint
from dingfen.complaints.representing import speakers_of
from dingfen.problems import Problem
from dingfen.web.complaints.page import messages, own_messages
from tests.cast import person
from tests.complaints.conftest import Desk
from tests.complaints.test_desk import refused
from tests.complaints.test_pages import enter, now_desk

__all__ = ["now_desk"]
pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def running(complaint: Complaint) -> set[tuple[str, dt.datetime]]:
    rows = Clock.objects.live().filter(subject_uid=complaint.case.uid, subject_type="complaint")
    return set(rows.values_list("kind", "deadline"))


def test_the_same_matter_twice_is_merged_goes_on_in_one_and_comes_apart_again(ruled: Desk) -> None:
    first, again = ruled.call().complaint, ruled.call().complaint
    assert [(one.complaint.pk, one.kind) for one in likely(again, ruled.actor("chen"))] == [
        (first.pk, "duplicate")
    ]
    before = running(again)
    ruled.act("chen", ending.merge, case_uid=again.case.uid, into_uid=first.case.uid)
    assert running(again) == set()
    refused("complaint.state", ending.merge, actor=ruled.actor("chen"), at=ruled.now, case_uid=again.case.uid,
            into_uid=first.case.uid)  # fmt: skip
    message, new = thread.receive_message(
        actor=None, at=ruled.now, case_uid=again.case.uid, channel="phone", text="又问一次"
    )
    assert new
    assert message.case_id == first.case_id  # what comes to the one goes on in the other
    seen = ruled.complaint(first)
    with_both = messages(seen, merged_here(seen, ruled.actor("chen")))
    assert [one["of"] for one in with_both if "of" in one] == [
        again.case
    ]  # what was said there is read here too
    assert own_messages(with_both) == 2
    CasePerson.objects.create(
        case=again.case, staff=ruled.cast.fang, part="complained_of", added_at=ruled.now
    )
    assert merged_here(seen, ruled.actor("fang")) == []  # never to who is complained of in it
    ruled.act("chen", ending.undo_merge, case_uid=again.case.uid)
    assert ruled.complaint(again).state == "received"
    assert running(again) == before


def test_one_with_something_open_to_the_customer_is_not_merged(ruled: Desk) -> None:
    from dingfen.complaints.actions.promising import promise

    first, again = ruled.call().complaint, ruled.call().complaint
    ruled.act("chen", promise, case_uid=again.case.uid, what="明早回电", due_at=ruled.now + DAY)
    refused("merge.open", ending.merge, actor=ruled.actor("chen"), at=ruled.now, case_uid=again.case.uid,
            into_uid=first.case.uid)  # fmt: skip


def test_issues_taken_out_are_a_complaint_of_their_own_until_that_is_taken_back(ruled: Desk) -> None:
    got = ruled.call(complained_of=[ruled.cast.lin.uid]).complaint
    ruled.now += DAY
    one = ruled.act("chen", issues.list_issue, case_uid=got.case.uid, title="晚交车", klass="delay")
    two = ruled.act("chen", issues.list_issue, case_uid=got.case.uid, title="店员态度")
    give = {"actor": ruled.actor("chen"), "at": ruled.now, "case_uid": got.case.uid, "reason": "两件事分开办"}
    refused("separate.all", separating.separate, **give, issue_uids=[one.uid, two.uid])
    refused("required", separating.separate, **give, issue_uids=[])
    made = separating.separate(**give, issue_uids=[two.uid])
    assert (made.received_at, made.handler, made.masked_name) == (
        got.received_at,
        ruled.cast.chen,
        got.masked_name,
    )
    assert CasePerson.objects.filter(case=made.case, staff=ruled.cast.lin, part="complained_of").exists()
    assert Message.objects.filter(case=made.case, direction="in").count() == 1
    assert made.issues.get().state == "open"
    two.refresh_from_db()
    assert two.state == "withdrawn"
    refused(
        "separate.none",
        separating.undo_separate,
        actor=ruled.actor("chen"),
        at=ruled.now,
        case_uid=got.case.uid,
    )
    ruled.act("chen", separating.undo_separate, case_uid=made.case.uid)
    two.refresh_from_db()
    assert (two.state, ruled.complaint(made).state) == ("open", "merged")
    again = separating.separate(**give, issue_uids=[two.uid])
    ruled.act("chen", thread.reply, case_uid=again.case.uid, text="另案办理。", channel="phone")
    refused(
        "separate.used",
        separating.undo_separate,
        actor=ruled.actor("chen"),
        at=ruled.now,
        case_uid=again.case.uid,
    )


def test_the_group_of_the_rules_sits_by_itself_without_who_has_a_stake(ruled: Desk) -> None:
    cast = ruled.cast
    head = person("luo", "罗毅", cast.site, Role.HEAD, cast.site)
    got = ruled.call(complained_of=[cast.lin.uid]).complaint
    refused("group.none", grouping.assemble, actor=ruled.actor("chen"), at=ruled.now, case_uid=got.case.uid)
    ruled.act("chen", handling.assess, case_uid=got.case.uid, klass="delay", level="major")

    def sitting(complaint: Complaint) -> set[str]:
        rows = CasePerson.objects.filter(case=complaint.case, part="investigator", ended_at=None)
        return set(rows.values_list("staff__username", flat=True))

    # lead: the head of the site; unit concerned: the head of who is complained of; compliance. No legal department.
    assert sitting(got) == {"luo", "jiang", "zhou"}
    seats = {one.side: one.person for one in ruled.act("chen", grouping.assemble, case_uid=got.case.uid)}
    assert seats["legal"] is None
    Delegation.objects.create(
        principal=head, deputy=cast.gu, starts_at=ruled.now, ends_at=ruled.now + DAY, reason="外出"
    )
    other = ruled.call(complained_of=[cast.jiang.uid]).complaint
    ruled.act("chen", handling.assess, case_uid=other.case.uid, klass="delay", level="major")
    assert "gu" in sitting(other)
    assert not sitting(other) & {
        "luo",
        "jiang",
        "lin",
    }  # away; complained of; reports to who is complained of


def test_an_answer_that_comes_second_keeps_both_texts(now_desk: Desk) -> None:
    got = now_desk.call().complaint
    client = enter(now_desk, "chen")
    record = reverse("complaint", args=[got.case.uid])
    seen = client.get(record).content.decode().split('name="seen" value="')[1].split('"')[0]
    now_desk.act("fang", thread.reply, case_uid=got.case.uid, text="我已联系客户。", channel="phone")
    reply = reverse("complaint_act", args=[got.case.uid, "reply"])
    sent = {"text": "您好，我们会尽快处理。", "channel": "phone", "seen": seen}
    got_back = client.post(reply, sent)
    page = got_back.content.decode()
    assert got_back.status_code == 409
    assert "我已联系客户。" in page
    assert "您好，我们会尽快处理。" in page
    assert Message.objects.filter(case=got.case, direction="out").count() == 1
    assert (
        client.post(reply, {**sent, "seen": page.split('name="seen" value="')[1].split('"')[0]}).status_code
        == 302
    )
    assert Message.objects.filter(case=got.case, direction="out").count() == 2
    with pytest.raises(Problem) as late:
        now_desk.act("chen", thread.reply, case_uid=got.case.uid, text="再答一次", channel="phone", seen=1)
    assert late.value.code == "thread.newer"


def test_issues_taken_out_keep_who_speaks_for_the_customer(ruled: Desk) -> None:
    got = ruled.call().complaint
    uid, lawyer = got.case.uid, {"name": "程律师", "basis": "lawyer", "phone": "13912340079"}
    ruled.act("chen", representing.name_representative, case_uid=uid, **lawyer)
    ruled.act("chen", representing.name_representative, case_uid=uid, name="旧代理人")
    ruled.act("chen", representing.end_representation, case_uid=uid, number=2, reason="委托已经解除")
    rows = [ruled.act("chen", issues.list_issue, case_uid=uid, title=title) for title in ("晚交车", "多收费")]
    part = {"case_uid": uid, "issue_uids": [rows[1].uid], "reason": "分开由两人办理"}
    made = ruled.act("chen", separating.separate, **part)
    assert [one.name for one in speakers_of(handling.told_of(made))] == ["程律师"]


def test_an_empty_seat_of_the_group_is_told_until_somebody_is_put_in(now_desk: Desk) -> None:
    uid = now_desk.call().complaint.case.uid
    record, client = reverse("complaint", args=[uid]), enter(now_desk, "chen")
    assert "Nobody found for the group" not in client.get(record).content.decode()
    now_desk.act("chen", handling.assess, case_uid=uid, klass="delay", level="major")
    assert "Nobody found for the group: legal." in client.get(record).content.decode()
    joined = {"case_uid": uid, "staff": now_desk.cast.gu.uid}
    now_desk.act("chen", investigating.add_person, part="investigator", **joined)
    assert "Nobody found for the group" not in client.get(record).content.decode()
