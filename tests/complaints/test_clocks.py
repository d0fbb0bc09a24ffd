"""The clocks of a complaint: as the rules say, counted anew with reasons, paused and extended with proof."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.backtests.running import complaint_under
from dingfen.clocks.models import Clock, ClockEvent
from dingfen.complaints import recounting
from dingfen.complaints.actions import ending, handling, stretching, thread
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.facts import facts_of
from dingfen.complaints.models import Complaint, Stretch
from dingfen.complaints.rules import rules_of
from dingfen.engine.calendar import Calendar
from dingfen.engine.complaint_clocks import clocks_at
from dingfen.engine.schema import Pack
from dingfen.outbox.models import Delivery
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import NOW
from tests.complaints.conftest import Desk

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def clock(uid: Any, ends: str) -> Clock:
    return Clock.objects.live().get(subject_uid=uid, kind=f"complaint.{ends}")


def counted(calendar: Calendar, start: dt.datetime, minutes: int) -> dt.datetime:
    """The slow, obvious way: minute after minute, counting those in working time."""
    here = start
    while minutes:
        if calendar.is_working_time(here):
            minutes -= 1
        here += MINUTE
    return here


def test_a_first_answer_is_due_when_counting_every_minute_says_so(ruled: Desk) -> None:
    row = ruled.call().complaint
    rules = rules_of(row)
    assert rules is not None
    own, calendar = rules.complaints, rules.calendar
    facts = facts_of(row, ruled.now)

    @settings(max_examples=40)
    @given(st.integers(0, 30 * 24 * 60))
    def agree(minutes: int) -> None:
        start = NOW + minutes * MINUTE
        owed = {one.ends: one for one in clocks_at(own, "received", start, facts, calendar, level="ordinary",
                                                   urgency="normal")}  # fmt: skip
        assert owed["first_answered"].due_at == counted(calendar, start, 4 * 60)

    agree()
    assert clock(row.case.uid, "first_answered").deadline == counted(calendar, ruled.now, 4 * 60)


def test_it_reminds_breaches_and_goes_up_as_the_rules_say(ruled: Desk) -> None:
    uid = ruled.call().complaint.case.uid
    due = clock(uid, "first_answered").deadline
    ruled.later(seconds=(due - ruled.now).total_seconds() - 60)
    told = Delivery.objects.filter(subject_uid=uid, event="complaint.due", channel="in_app")
    assert set(told.values_list("recipient__name", flat=True)) == {"陈晨"}
    ruled.later(minutes=2)
    assert Delivery.objects.filter(subject_uid=uid, event="complaint.late").exists()
    late = Entry.objects.filter(subject_uid=uid, kind="clock.breached")
    assert late.count() == 2  # the first answer, and the receipt the rules want by then
    ruled.later(hours=2)
    up = Delivery.objects.filter(subject_uid=uid, event="complaint.escalated", channel="in_app")
    assert "方正平" in set(
        up.values_list("recipient__name", flat=True)
    )  # no head over the site: who is above
    ruled.act("chen", thread.reply, case_uid=uid, text="抱歉晚了，现在答复您。", channel="phone")
    assert Clock.objects.get(subject_uid=uid, kind="complaint.first_answered").state == "met_late"


def test_a_higher_level_moves_the_deadlines_and_says_why(ruled: Desk) -> None:
    uid = ruled.call().complaint.case.uid
    before = clock(uid, "decided")
    assert before.params["clock"] == "decide-ordinary"
    ruled.later(minutes=30)
    ruled.act("chen", handling.assess, case_uid=uid, klass="product-safety", stated={"injury": True})
    after = clock(uid, "decided")
    assert (after.pk, after.params["clock"]) == (before.pk, "decide-major")
    assert after.deadline > before.deadline  # 7 days for a major one, 5 for an ordinary one
    moved = ClockEvent.objects.get(clock=after, kind="redate")
    assert "ordinary → major" in moved.reason
    assert Complaint.objects.get().urgency == "immediate"
    with pytest.raises(Problem) as lower:
        ruled.act("chen", handling.assess, case_uid=uid, klass="product-safety", level="ordinary")
    assert "reason" in lower.value.errors


def without_pauses(pack: Pack) -> Pack:
    rules = pack.complaints
    assert rules is not None
    clocks = tuple(each.model_copy(update={"pauses": ()}) for each in rules.clocks)
    return pack.model_copy(update={"complaints": rules.model_copy(update={"clocks": clocks})})


def test_a_pause_needs_a_reason_of_the_rules_and_moves_the_deadline(ruled: Desk) -> None:
    uid = ruled.call().complaint.case.uid
    found = clock(uid, "decided")
    before = found.deadline
    with pytest.raises(Problem) as refused:
        ruled.act("chen", stretching.pause, clock_uid=found.uid, reason="holiday", proof="主管口头同意")
    assert refused.value.code == "pause.reason_not_listed"
    row = ruled.act(
        "chen",
        stretching.pause,
        clock_uid=found.uid,
        reason="customer-must-answer",
        proof="11 月 18 日短信请补发票",
    )
    assert clock(uid, "decided").state == "paused"
    assert row.until is not None
    ruled.later(days=3)
    ruled.act("chen", stretching.resume, clock_uid=found.uid)
    assert clock(uid, "decided").deadline == before + 3 * DAY
    late, rules = before + 2 * DAY, rules_of(row.complaint)
    assert rules is not None
    assert "decided" not in complaint_under(row.complaint, None, rules.pack, late)[1]["late"]
    strict = without_pauses(rules.pack)
    kind, _, after = complaint_under(row.complaint, None, strict, late)
    assert kind == "late" and "decided" in after["late"]
    again = ruled.act(
        "chen", stretching.pause, clock_uid=found.uid, reason="customer-must-answer", proof="再次请补材料"
    )
    ruled.later(seconds=(again.until - ruled.now).total_seconds() + 60)
    assert clock(uid, "decided").state == "running"  # the rules allow ten days at a time
    assert Stretch.objects.filter(ended_at=None).count() == 0


def test_more_time_is_asked_for_granted_by_another_and_told(ruled: Desk) -> None:
    got = ruled.call(amount="6000", complainant=Complainant(name="于海", phone="13811112222"))
    uid = got.complaint.case.uid
    found = clock(uid, "decided")
    ask = ruled.act("chen", stretching.ask_extension, clock_uid=found.uid, reason="配件检测需要送到外地进行")
    assert clock(uid, "decided").deadline == found.deadline
    with pytest.raises(Problem) as own:
        ruled.act("chen", stretching.decide_extension, stretch_uid=ask.uid, approve=True)
    assert own.value.status == 403
    ruled.act("fang", stretching.decide_extension, stretch_uid=ask.uid, approve=True)
    assert clock(uid, "decided").deadline == ask.new_deadline
    complaint = got.complaint
    rules = rules_of(complaint)
    assert rules is not None
    for moment, late in ((ask.new_deadline - DAY, False), (ask.new_deadline + DAY, True)):
        assert ("decided" in complaint_under(complaint, None, rules.pack, moment)[1]["late"]) is late
    told = ruled.act("chen", stretching.customer_told, stretch_uid=ask.uid, via="sms")
    assert told.told_via == "sms"
    with pytest.raises(Problem) as twice:
        ruled.act("chen", stretching.ask_extension, clock_uid=found.uid, reason="还需要更多的时间检测")
    assert twice.value.code == "extension.used_up"


def test_a_progress_notice_comes_round_until_it_is_decided(ruled: Desk) -> None:
    uid = ruled.call().complaint.case.uid
    first = clock(uid, "interim_told")
    ruled.act("chen", thread.reply, case_uid=uid, text="今天收到您的来电。", channel="phone")
    assert clock(uid, "interim_told").pk == first.pk
    ruled.later(hours=20)
    ruled.act("chen", thread.reply, case_uid=uid, text="维修记录已调取。", channel="phone", progress=True)
    second = clock(uid, "interim_told")
    assert second.pk != first.pk
    assert second.deadline == ruled.now + dt.timedelta(hours=72)


def test_a_merge_stops_the_clocks_and_undoing_it_starts_them_where_they_were(ruled: Desk) -> None:
    one, two = ruled.call().complaint, ruled.call().complaint
    due = clock(two.case.uid, "decided").deadline
    ruled.act("chen", ending.merge, case_uid=two.case.uid, into_uid=one.case.uid)
    assert not Clock.objects.live().filter(subject_uid=two.case.uid).exists()
    ruled.later(hours=1)
    back = ruled.act("chen", ending.undo_merge, case_uid=two.case.uid)
    assert back.state == "received"
    assert clock(two.case.uid, "decided").deadline == due


def test_deadlines_follow_the_days_off_and_the_zone_of_the_site(ruled: Desk) -> None:
    uid = ruled.call().complaint.case.uid
    assert recounting.follow(ruled.now) == 0  # the first look: it was counted by what holds
    due = clock(uid, "first_answered").deadline
    site = ruled.cast.site
    site.time_zone = "Asia/Urumqi"
    site.save(update_fields=["time_zone"])
    assert recounting.follow(ruled.now) > 0
    moved = clock(uid, "first_answered")
    assert moved.deadline > due  # there the day begins later
    assert ClockEvent.objects.filter(clock=moved, kind="redate").get().reason == recounting.REASON
    assert Entry.objects.filter(kind="complaint.recounted", subject_uid=uid).count() == 1
    assert recounting.follow(ruled.now) == 0
