"""Two complaints from the first word to the end: one agreed on, one that climbs the ladder."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from dingfen.clocks.models import Clock
from dingfen.complaints import watch
from dingfen.complaints.actions import (
    after,
    climbing,
    ending,
    handling,
    investigating,
    issues,
    promising,
    proposing,
    thread,
)
from dingfen.complaints.actions.letters import send_letter
from dingfen.complaints.models import Inquiry, Issue, Promise, Proposal
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.complaints.conftest import Desk

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def found_issue(desk: Desk, uid: Any, title: str = "晚交车 6 天") -> Issue:
    issue = desk.act("chen", issues.list_issue, case_uid=uid, title=title, klass="delay")
    desk.act("chen", issues.investigate, issue_uid=issue.uid)
    found: Issue = desk.act(
        "chen", issues.find, issue_uid=issue.uid, finding="upheld",
        facts="合同约定 10 月 2 日，交接单 10 月 8 日。", unit=desk.cast.east.uid,
    )  # fmt: skip
    return found


def offer(desk: Desk, uid: Any, issue: Issue, remedy: str, what: str, amount: str = "") -> Proposal:
    made: Proposal = desk.act(
        "chen", proposing.propose, case_uid=uid, issues=[issue.uid], remedy=remedy, what=what, amount=amount,
        deliver_by=desk.now + 5 * DAY, pros=["三个工作日到账"], cons=["不含代步"],
    )  # fmt: skip
    return made


def refused(code: str, desk: Desk, who: str, action: Any, **given: Any) -> None:
    with pytest.raises(Problem) as problem:
        desk.act(who, action, **given)
    assert problem.value.code == code or code in {
        one for faults in problem.value.errors.values() for one, _ in faults
    }


def test_a_call_ends_with_a_proposal_the_customer_took_and_a_visit(ruled: Desk) -> None:
    desk = ruled
    uid = desk.call(amount="6000").complaint.case.uid
    running = {clock.kind: clock for clock in Clock.objects.live().filter(subject_uid=uid)}
    assert running["complaint.first_answered"].responsible == desk.cast.chen
    desk.later(minutes=20)
    desk.act("chen", thread.reply, case_uid=uid, text="已经登记，今天 12 点前回您电话。", channel="phone")
    done = Clock.objects.get(pk=running["complaint.first_answered"].pk)
    assert (done.state, done.ended_at) == ("met", desk.now)

    row = desk.act("chen", handling.assess, case_uid=uid, klass="delay", stated={"injury": False})
    assert (row.state, row.level) == ("assessed", "complex")  # 6,000 is some amount
    decide_by = Clock.objects.live().get(subject_uid=uid, kind="complaint.decided")
    assert decide_by.params["clock"] == "decide-complex"
    refused("close.none", desk, "chen", ending.close, case_uid=uid, told="电话告知结果并致谢")

    issue = desk.act("chen", issues.list_issue, case_uid=uid, title="晚交车 6 天", klass="delay")
    asked = desk.act(
        "chen", investigating.ask, case_uid=uid, staff=desk.cast.lin.uid, question="车辆为何 10 月 8 日才到店？",
        due_at=desk.now + DAY, issue_uid=issue.uid,
    )  # fmt: skip
    desk.later(hours=3)
    desk.act("lin", investigating.answer, inquiry_uid=asked.uid, text="物流在途受阻，没有电话告知客户。")
    assert Inquiry.objects.get().state == "answered"
    refused("issue.finding_first", desk, "chen", proposing.propose, case_uid=uid, issues=[issue.uid],
            remedy="goodwill", what="x" * 5, deliver_by=desk.now + DAY)  # fmt: skip
    desk.act(
        "chen",
        issues.find,
        issue_uid=issue.uid,
        finding="upheld",
        facts="合同约定 10 月 2 日，交接单 10 月 8 日。",
    )
    money = offer(desk, uid, issue, "compensate", "补偿 600 元，原路支付", "600")
    care = offer(desk, uid, issue, "make-good", "免费保养两次，代步车 7 天")
    assert (money.state, care.state) == ("awaiting_approval", "approved")
    refused("proposal.own", desk, "chen", proposing.approve, proposal_uid=money.uid)
    refused("not_visible", desk, "gu", proposing.approve, proposal_uid=money.uid)
    desk.act("fang", proposing.approve, proposal_uid=money.uid)
    desk.act("chen", proposing.offer, case_uid=uid, answer_by=desk.now + 3 * DAY)
    desk.act("chen", issues.decide, case_uid=uid)
    assert Clock.objects.get(pk=decide_by.pk).state == "met"
    refused("close.issues", desk, "chen", ending.close, case_uid=uid, told="电话告知结果并致谢")

    desk.later(days=1)
    proposing.answer_proposal(actor=None, at=desk.now, proposal_uid=care.uid, answer="accept", via="web")
    assert Proposal.objects.get(pk=care.pk).state == "delivering"
    assert Proposal.objects.get(pk=money.pk).state == "declined"
    assert Issue.objects.get().state == "settled"
    promise = Promise.objects.get()
    assert (promise.staff, promise.state) == (desk.cast.chen, "open")
    refused("close.promises", desk, "chen", ending.close, case_uid=uid, told="电话告知结果并致谢")
    desk.act("chen", proposing.deliver, proposal_uid=care.uid, proof="客户 11 月 19 日签收保养卡")
    assert Promise.objects.get().state == "kept"
    closed = desk.act("chen", ending.close, case_uid=uid, told="11 月 19 日电话告知结果并致谢")
    assert closed.state == "closed_accepted"
    assert closed.retain_until is not None
    left = list(Clock.objects.live().filter(subject_uid=uid).values_list("kind", flat=True))
    assert sorted(left) == [
        "complaint.letter",
        "complaint.visited",
    ]
    desk.act("chen", send_letter, case_uid=uid, letter="thanks", via="letter")

    desk.later(days=3)
    desk.act("chen", after.call_back, case_uid=uid, via="phone", fixed="yes", handling=5, outcome=4)
    assert not Clock.objects.live().filter(subject_uid=uid).exists()
    action = desk.act(
        "chen", after.add_action, case_uid=uid, cause="process", why="到店延误没有人通知客户",
        what="延误超过一天由销售顾问当天电话告知", owner=desk.cast.lin.uid, due_at=desk.now + 10 * DAY,
        check_at=desk.now + 40 * DAY,
    )  # fmt: skip
    assert action.number == "A-2026-0001"
    desk.act("lin", after.action_done, action_uid=action.uid, report="已写入交车流程并培训")
    refused(
        "action.own", desk, "lin", after.check_action, action_uid=action.uid, effective=True, found="有效"
    )
    desk.act("chen", after.check_action, action_uid=action.uid, effective=True, found="三周内没有同类投诉")
    kinds = set(Entry.objects.filter(subject_uid=uid).values_list("kind", flat=True))
    assert {"complaint.received", "complaint.assessed", "issue.found", "proposal.approved",
            "proposal.offered", "proposal.delivering", "complaint.closed", "action.checked"} <= kinds  # fmt: skip


def test_declined_it_climbs_to_mediation_and_is_agreed_there(ruled: Desk) -> None:
    desk = ruled
    uid = desk.call().complaint.case.uid
    desk.act("chen", handling.assess, case_uid=uid, klass="delay")
    issue = found_issue(desk, uid)
    small = offer(desk, uid, issue, "goodwill", "善意补偿 80 元", "80")
    assert small.state == "approved"
    desk.act("chen", proposing.offer, case_uid=uid, answer_by=desk.now + 2 * DAY)
    desk.act("chen", proposing.answer_proposal, proposal_uid=small.uid, answer="decline", via="phone")
    assert Issue.objects.get().state == "found"
    refused("ladder.needs_earlier_steps", desk, "chen", climbing.go_to, case_uid=uid, step="mediation",
            reason="客户要求调解，双方同意")  # fmt: skip
    talk = desk.act("chen", climbing.go_to, case_uid=uid, step="negotiation", reason="与客户当面协商补偿金额")
    desk.act("chen", climbing.end_step, step_uid=talk.uid, outcome="not_agreed", text="金额差距较大")
    step = desk.act("chen", climbing.go_to, case_uid=uid, step="mediation", reason="双方同意由消费者协会调解")
    assert desk.complaint(step.complaint).state == "on_ladder"
    refused(
        "ladder.minutes",
        desk,
        "chen",
        climbing.end_step,
        step_uid=step.uid,
        outcome="agreed",
        text="达成一致",
    )
    minutes = {
        "held_at": desk.now, "signed": True, "read_back": True,
        "minutes": {"mediator": "钱可", "agreed_points": "12 月 5 日前支付 400 元"},
    }  # fmt: skip
    refused(
        "session.no_interest", desk, "chen", climbing.note_session, step_uid=step.uid, agreed=True, **minutes
    )
    desk.act("chen", climbing.note_session, step_uid=step.uid, agreed=True, no_interest=True, **minutes)
    desk.act("chen", climbing.end_step, step_uid=step.uid, outcome="agreed", text="12 月 5 日前支付 400 元")
    assert Issue.objects.get().state == "settled"
    closed = desk.act("chen", ending.close, case_uid=uid, told="调解当场告知双方结果并致谢")
    assert closed.state == "closed_accepted"

    desk.later(days=2)
    desk.act("chen", after.call_back, case_uid=uid, via="phone", fixed="no", text="款项没有到账")
    again = desk.act("chen", ending.reopen, case_uid=uid, reason="款项没有到账，补救未见效")
    assert (again.state, again.reopened) == ("investigating", 1)
    assert Issue.objects.get().state == "investigating"


def test_who_promised_too_much_is_found(ruled: Desk) -> None:
    desk = ruled
    got = desk.call()
    uid = got.complaint.case.uid
    row = desk.act(
        "chen",
        promising.promise,
        case_uid=uid,
        what="明天上午送车上门",
        due_at=desk.now + DAY,
        staff=desk.cast.lin.uid,
    )
    desk.later(days=2)
    assert Promise.objects.get().state == "broken"
    desk.act("chen", promising.keep_promise, promise_uid=row.uid, proof="11 月 20 日 15:00 签收")
    assert Promise.objects.get().state == "kept_late"


def test_an_unanswered_proposal_expires_and_can_be_followed_by_another(ruled: Desk) -> None:
    desk = ruled
    got = desk.call()
    uid = got.complaint.case.uid
    desk.act("chen", handling.assess, case_uid=uid, klass="delay")
    issue = found_issue(desk, uid)
    first = offer(desk, uid, issue, "explain", "书面说明原因")
    desk.act("chen", proposing.offer, case_uid=uid, answer_by=desk.now + DAY)
    desk.later(days=2)
    assert Proposal.objects.get(pk=first.pk).state == "expired"
    assert Issue.objects.get().state == "found"
    assert desk.complaint(got.complaint).state == "investigating"
    second = offer(desk, uid, issue, "apologise", "登门致歉")
    desk.act("chen", proposing.offer, case_uid=uid, answer_by=desk.now + DAY)
    desk.act(
        "chen",
        proposing.answer_proposal,
        proposal_uid=second.uid,
        answer="counter",
        via="phone",
        text="再加两次保养",
    )
    assert Proposal.objects.get(pk=second.pk).state == "countered"
    assert watch.live(got.complaint).filter(kind="complaint.decided").exists()
