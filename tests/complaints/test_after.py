"""What complaints teach, and their deadlines by day: rises, corrective actions over all, lessons, calendar and feed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from dingfen.complaints import calendar, lessons, recurrence
from dingfen.complaints.actions import after, ending
from dingfen.complaints.actions.handling import assess
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.desk import labels
from dingfen.complaints.models import Action, Complaint, Feed, Lesson, Rise
from dingfen.outbox.models import Delivery
from tests.complaints.conftest import Desk
from tests.complaints.test_desk import refused
from tests.complaints.test_pages import enter, now_desk

__all__ = ["now_desk"]
pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def action(desk: Desk, complaint: Complaint, cause: str = "process") -> Action:
    found: Action = desk.act(
        "chen", after.add_action, case_uid=complaint.case.uid, cause=cause, why="无人通知客户", what="改期当天通知",
        owner=desk.cast.lin.uid, due_at=desk.now + DAY, check_at=desk.now + 30 * DAY,
    )  # fmt: skip
    return found


def test_what_rises_beyond_chance_opens_one_notice_with_its_cases(ruled: Desk) -> None:
    start = ruled.now
    for days in (190, 150, 120, 90, 60):  # now and then, as it always was
        ruled.now = start - days * DAY
        ruled.call(complainant=Complainant(name="过去", phone=f"139{days:08d}"))
    ruled.now = start - 10 * DAY
    for n in range(7):
        who = Complainant(name="近来", phone=f"138{n:08d}")
        got = ruled.call(complainant=who, product="空调" if n < 4 else "").complaint
        ruled.act("chen", labels.label, case_uid=got.case.uid, add=["空调异响"])
        if n < 2:  # two of a kind are never a rise
            action(ruled, got)
    ruled.now = start
    assert recurrence.watch(start) == 3
    found = {(one.axis, one.value): one for one in Rise.objects.all()}
    assert set(found) == {("label", "空调异响"), ("unit", str(ruled.cast.site.uid)), ("product", "空调")}
    assert recurrence.cases(found["product", "空调"], ruled.actor("fang")).count() == 4
    assert found["unit", str(ruled.cast.site.uid)].counts == [1, 0, 1, 1, 1, 1, 7]
    one = found["label", "空调异响"]
    assert (one.now, one.before) == (7, 0)
    assert recurrence.cases(one, ruled.actor("fang")).count() == 7
    told = Delivery.objects.filter(event="complaint.rising").values_list("recipient__username", flat=True)
    assert set(told) == {"zhou"}  # no head over the site: compliance hears of it
    assert recurrence.watch(start + DAY) == 0  # it goes on, and is not told again
    assert Rise.objects.get(pk=one.pk).end > one.end
    refused(
        "reason.short", recurrence.answer, actor=ruled.actor("fang"), at=start, rise_uid=one.uid, text="好"
    )
    refused(
        "role.needed",
        recurrence.answer,
        actor=ruled.actor("chen"),
        at=start,
        rise_uid=one.uid,
        text="联系供应商更换",
    )
    refused("not_visible", recurrence.answer, actor=ruled.actor("jiang"), at=start, rise_uid=one.uid,
            text="联系供应商更换压缩机支架")  # fmt: skip
    ruled.act("fang", recurrence.answer, rise_uid=one.uid, text="联系供应商更换压缩机支架")
    assert recurrence.watch(start + 2 * DAY) == 0
    assert recurrence.watch(start - 100 * DAY) == 0  # nothing rose then


def test_periods_are_of_one_length_where_clocks_are_put_forward(ruled: Desk) -> None:
    """Two hundred and ten days by the wall are an hour more once summer time has ended in between."""
    ruled.cast.company.time_zone = "Europe/Berlin"
    ruled.cast.company.save()
    got = ruled.call().complaint
    Complaint.objects.filter(pk=got.pk).update(received_at=dt.datetime(2026, 1, 19, 22, 30, tzinfo=dt.UTC))
    assert recurrence.look(ruled.cast.company, dt.datetime(2026, 1, 20, 8, tzinfo=dt.UTC)) == 0


def test_a_cause_that_comes_back_after_its_check_is_told(ruled: Desk) -> None:
    first, second = ruled.call().complaint, ruled.call(complainant=Complainant(phone="13800000001")).complaint
    row = action(ruled, first)
    ruled.act("lin", after.action_done, action_uid=row.uid, report="已上线通知模板")
    ruled.now += 31 * DAY
    ruled.act("chen", after.check_action, action_uid=row.uid, effective=True, found="一个月无同类投诉")
    row.refresh_from_db()
    assert recurrence.came_back([row]) == {row.pk: 0}
    ruled.now += DAY
    action(ruled, second, "people")
    assert recurrence.came_back([row]) == {row.pk: 0}
    action(ruled, second)
    assert recurrence.came_back([row]) == {row.pk: 1}


def test_a_lesson_names_nobody(ruled: Desk) -> None:
    got = ruled.call().complaint
    told = {
        "title": "改期没有通知",
        "happened": "交车改期，客户不知情。",
        "helped": "当天致电并致歉。",
        "better": "改期当天通知。",
    }
    give = {"actor": ruled.actor("chen"), "at": ruled.now, "case_uid": got.case.uid}
    refused("complaint.state", lessons.add_lesson, **give, **told)
    ruled.act("chen", assess, case_uid=got.case.uid, klass="delay")
    ruled.act("chen", ending.withdraw, case_uid=got.case.uid, said="客户不再追究")
    for who in ("高雅琴说没人告诉她", "陈晨处理得当", "电话 139 1234 0077", got.case.number):
        refused("lesson.names", lessons.add_lesson, **give, **{**told, "happened": who})
    row = lessons.add_lesson(**give, **told, cause="process")
    assert (row.klass, row.cause) == ("delay", "process")
    assert [one.title for one in lessons.lessons(ruled.actor("lin"))] == ["改期没有通知"]
    assert not lessons.lessons(ruled.actor("stranger")).exists()
    refused("role.needed", lessons.retire_lesson, actor=ruled.actor("lin"), at=ruled.now, lesson_uid=row.uid)
    ruled.act("chen", lessons.retire_lesson, lesson_uid=row.uid)
    assert not lessons.lessons(ruled.actor("lin")).exists()


def test_deadlines_by_day_and_as_a_feed_that_names_nobody(now_desk: Desk) -> None:
    got = now_desk.call().complaint
    start, end = now_desk.now - DAY, now_desk.now + 60 * DAY
    own = list(calendar.deadlines(now_desk.actor("chen"), start, end))
    assert {one.kind for one in own} >= {"complaint.first_answered", "complaint.decided"}
    assert [one.deadline for one in own] == sorted(one.deadline for one in own)
    assert not calendar.deadlines(now_desk.actor("lin"), start, end).exists()
    assert calendar.deadlines(now_desk.actor("fang"), start, end, "all").count() == len(own)
    client = enter(now_desk, "chen")
    page = reverse("complaint_calendar")
    for query in ("", "?by=week&whose=all", "?day=nonsense&whose=unit", "?day=2030-02-01"):
        assert client.get(page + query).status_code == 200
    made = client.post(page, {"whose": "own"}).content.decode()
    secret = made.split("/calendar/feed/")[1].split(".ics")[0]
    text = Client().get(reverse("complaint_feed", args=[secret])).content.decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.count("BEGIN:VEVENT") == len(own)
    assert got.case.number in text.replace("\r\n ", "")
    assert "高" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert Client().get(reverse("complaint_feed", args=["x" * 32])).status_code == 404
    client.post(page, {"whose": "all"})
    assert Client().get(reverse("complaint_feed", args=[secret])).status_code == 404
    client.post(page, {"feed": "end"})
    assert not Feed.objects.exists()


def test_the_pages_of_what_follows(now_desk: Desk) -> None:
    got = now_desk.call().complaint
    row = action(now_desk, got)
    chen, fang = enter(now_desk, "chen"), enter(now_desk, "fang")
    listed = chen.get(reverse("corrective_actions")).content.decode()
    assert row.number in listed
    assert "改期当天通知" in listed
    assert fang.get(reverse("corrective_actions") + "?all&export=csv").status_code == 200
    rise = Rise.objects.create(
        company=now_desk.cast.company, axis="klass", value="delay", start=now_desk.now - 30 * DAY, end=now_desk.now,
        now=6, before=1.0, counts=[1, 1, 0, 2, 1, 1, 6], chance=0.001, noticed_at=now_desk.now,
    )  # fmt: skip
    page = reverse("complaint_rises")
    shown = fang.get(page).content.decode()
    assert f"rise-{rise.uid}" in shown and shown.count("<rect") == 7
    assert fang.post(page, {"rise": rise.uid, "text": "好"}).status_code == 422
    assert fang.post(page, {"rise": rise.uid, "text": "与物流商约定改期通知"}).status_code == 302
    assert chen.get(page).status_code == 403
    now_desk.act("chen", ending.withdraw, case_uid=got.case.uid, said="客户不再追究")
    told = {
        "title": "改期没有通知",
        "happened": "改期未告知。",
        "helped": "当天致电。",
        "better": "当天通知。",
    }
    record = reverse("complaint_act", args=[got.case.uid, "lesson"])
    assert chen.post(record, told).status_code == 302
    assert "改期没有通知" in chen.get(reverse("complaint_lessons") + "?words=改期").content.decode()
    assert chen.post(reverse("complaint_lessons"), {"lesson": Lesson.objects.get().uid}).status_code == 302
