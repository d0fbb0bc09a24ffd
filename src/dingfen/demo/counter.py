"""What the handlers' desk of the dealer has settled for itself: places, labels, saved texts, corrective actions,
lessons, promises kept and not, the same matter told twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dingfen.accounts.actor import Actor
from dingfen.complaints import lessons, recurrence
from dingfen.complaints.actions import after, issues, promising, separating
from dingfen.complaints.actions.intake import Complainant, receive
from dingfen.complaints.desk import labels, seats, shared
from dingfen.complaints.models import Complaint
from dingfen.demo.organisation import Organisation

DAY = dt.timedelta(days=1)
AGENT, HEAD, MANAGER = "shen", "jiang", "fang"
LABELS = (("交付", "老客户"), ("收费",), ("售后", "返修"), ("交付",), ("售后",))
REPLIES = (
    ("已受理", "{customer}您好，您反映的问题我们已登记，编号 {number}，由{handler}负责。下一步最晚 {deadline} 前答复您。",
     "Dear {customer}, your complaint {number} is with {handler}. You will hear from us by {deadline}."),
    ("请补材料", "{customer}您好，为核实 {number}，请补充合同或收据的照片，收到后我们继续办理。",
     "Dear {customer}, to look into {number} we need a photograph of the contract or receipt."),
)  # fmt: skip
WAITS = ("致歉说明", "{customer}您好，给您带来不便，我们深表歉意。", "")
STEPS: tuple[dict[str, object], ...] = (
    {"do": "label", "add": ["待补材料"]},
    {"do": "pause", "reason": "customer-must-answer", "proof": "已请客户补充合同或收据照片"},
    {"do": "note", "text": "{number}：已请客户补材料，时限暂停。"},
    {"do": "snooze", "until": "tomorrow"},
)
CAUSES = (
    ("process", "改期没有通知客户的环节", "改期当天由专人致电并留痕"),
    ("promise", "口头答应代步车却没有登记", "承诺一律登记并设到期提醒"),
    ("people", "新员工不熟悉收费说明", "收费说明纳入上岗考核"),
)
LESSON = {
    "title": "交车改期没有通知",
    "happened": "车辆晚到，销售没有主动联系，客户到店才知道，情绪激动。",
    "helped": "主管当面致歉，当场给出新的日期，并安排专人跟进。",
    "better": "改期当天由专人致电，说明原因和新日期，并记入时间线。",
}


def day(
    organisation: Organisation, actor: Callable[[str, dt.datetime], Actor], at: dt.datetime, left: int
) -> None:
    """Called every evening; `left`: days until the last one."""
    site = organisation.units["CDE"]
    rows = Complaint.objects.filter(case__unit=site).order_by("-pk")
    if left == 12:
        _texts(organisation, actor, at)
    elif left == 8:
        _learned(organisation, actor, at, list(rows.filter(case__closed_at__isnull=False)[:3]))
    elif left == 4:
        _promises(actor, at, list(rows.filter(case__closed_at=None).exclude(handler=None)[:2]))
    elif left == 1:
        for row, names in zip(rows, LABELS, strict=False):
            labels.label(actor=actor(HEAD, at), at=at, case_uid=row.case.uid, add=names)
        _twice(organisation, actor, at)
        recurrence.look(organisation.units["YL"], at)


def _texts(organisation: Organisation, actor: Callable[[str, dt.datetime], Actor], at: dt.datetime) -> None:
    agent, manager, site = actor(AGENT, at), actor(MANAGER, at), organisation.units["CDE"].uid
    for name, zh, en in REPLIES:
        row = shared.save_reply(actor=agent, at=at, name=name, zh=zh, en=en, unit_uid=site)
        shared.approve(actor=manager, at=at, uid=row.uid)
    name, zh, en = WAITS
    shared.save_reply(actor=agent, at=at, name=name, zh=zh, en=en, unit_uid=site)
    shared.save_macro(actor=agent, at=at, name="请客户补材料", steps=STEPS)
    seats.set_seat(actor=manager, at=at, staff_uid=organisation.staff[AGENT].uid, room=20)


def _learned(
    organisation: Organisation,
    actor: Callable[[str, dt.datetime], Actor],
    at: dt.datetime,
    closed: list[Complaint],
) -> None:
    """One is done and helped, one is done and to be looked at, one is open; the first is told as a lesson."""
    head, owner = actor(HEAD, at), actor("lin", at)
    for number, (row, (cause, why, what)) in enumerate(zip(closed, CAUSES, strict=False)):
        made = after.add_action(
            actor=head, at=at, case_uid=row.case.uid, cause=cause, why=why, what=what,
            owner=organisation.staff["lin"].uid, due_at=at + (3 + 4 * number) * DAY, check_at=at + (30 + number) * DAY,
        )  # fmt: skip
        if number < 2:
            after.action_done(actor=owner, at=at + DAY / 24, action_uid=made.uid, report="已培训并写入值班表")
        if number == 0:
            found = "两周内没有同类投诉"
            after.check_action(actor=head, at=at + DAY / 12, action_uid=made.uid, effective=True, found=found)
    if closed:
        lessons.add_lesson(actor=head, at=at, case_uid=closed[0].case.uid, **LESSON, cause="process")


def _promises(actor: Callable[[str, dt.datetime], Actor], at: dt.datetime, rows: list[Complaint]) -> None:
    """One is kept late, one is not kept."""
    for number, row in enumerate(rows):
        what = ("明早十点前电话回复处理进度", "三天内安排代步车")[number]
        promising.promise(
            actor=actor(AGENT, at), at=at, case_uid=row.case.uid, what=what, due_at=at + DAY * (1 + number)
        )


def _twice(organisation: Organisation, actor: Callable[[str, dt.datetime], Actor], at: dt.datetime) -> None:
    """The same customer tells the same matter again by another way; and one with two matters is parted."""
    agent = actor(AGENT, at)
    first = {
        "text": "提车时答应送的脚垫和行车记录仪一直没有给，问了三次都说再等等。",
        "complainant": Complainant(name="康书仪", phone="13912340095"),
        "unit": organisation.units["CDE"],
    }
    got = receive(actor=agent, at=at, channel="phone", **first).complaint  # type: ignore[arg-type]
    titles = ("赠品没有兑现", "电话没有人回")
    rows = [issues.list_issue(actor=agent, at=at, case_uid=got.case.uid, title=title) for title in titles]
    separating.separate(
        actor=agent, at=at, case_uid=got.case.uid, issue_uids=[rows[1].uid], reason="两件事由不同的人处理"
    )
    later = at + DAY / 48
    again = {**first, "text": "答应送的脚垫和行车记录仪一直没有给，请尽快处理。"}
    receive(actor=None, at=later, channel="web", **again)  # type: ignore[arg-type]
