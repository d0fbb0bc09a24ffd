"""Sample objects for pages whose address names one, and readers who may open them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from dingfen.accounts.actor import actor_for, system_actor
from dingfen.accounts.models import Staff
from dingfen.backtests.actions import start
from dingfen.channels import actions as channels
from dingfen.complaints.actions.intake import Complainant, receive
from dingfen.complaints.actions.investigating import ask
from dingfen.complaints.actions.letters import send_letter
from dingfen.complaints.models import Complaint
from dingfen.imports.actions import upload
from dingfen.matching import Record
from dingfen.ownership import actions
from dingfen.ownership.actions.sanctions import propose_sanction
from dingfen.ownership.handover import actions as handover
from dingfen.parties.details import Details
from dingfen.parties.models import Touch
from dingfen.policies import drafting, editing
from dingfen.policies.actions import publish_shipped
from dingfen.policies.review_rows import Review
from dingfen.register.models import Entry
from tests.accounts import samples as accounts
from tests.cast import Cast
from tests.web.conftest import hold

# parts of pages, files, ways to another page; pages of allauth that want a key, a code or a provider at hand
LEFT_OUT = {
    "calls_ringing",
    "complaint_beside",
    "complaint_feed",
    "complaint_insert",
    "complaint_macro",
    "complaint_next",
    "complaint_snooze",
    "complaint_undo",
    "complaint_hints",
    "complaint_learning_progress",
    "hook",
    "palette",
    "policy_minutes",
    "reception_check",
    "reception_introducers",
    "reception_rotation",
    "import_errors",
    "import_progress",
    "handover_progress",
    "match_next",
    "notice",
    "register_checkpoint",
    "register_find",
    "register_file",
    "register_proof",
    "rule_book_file",
    "ruling_file",
    "file",
    "payroll",
    "file_preview",
    "api-unknown",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "openid_connect_callback",
    "openid_connect_login",
    "socialaccount_login_error",
}
DAY = dt.timedelta(days=1)


def complained(cast: Cast, at: dt.datetime) -> Complaint:
    """A complaint under the shipped rules, with its clocks running."""
    publish_shipped(
        actor=system_actor(cast.company), at=at - DAY, unit=cast.company, pack="company-complaints"
    )
    return receive(
        actor=actor_for(cast.chen, at), at=at, channel="phone", unit=cast.site,
        text="约定 10 月 2 日交车，晚了 6 天，也没有人打电话告诉我。",
        complainant=Complainant(name="高雅琴", phone="13912340077"),
    ).complaint  # fmt: skip


def make_samples(cast: Cast) -> dict[str, Any]:
    """Arguments by address, and `readers`: who opens a page that not everybody may (default: jiang)."""
    now = timezone.now()
    Staff.objects.update(password=make_password("sieben-Wagen-9", hasher="pbkdf2_sha256"))
    for number, hours in enumerate((-1, 3, 30, 80), start=1001):
        hold(cast, number, cast.jiang, dt.timedelta(hours=hours))
    hold(
        cast,
        1009,
        cast.jiang,
        dt.timedelta(hours=9),
        state="paused",
        paused_at=now,
        pause_reason="等待客户补充发票",
    )
    version = publish_shipped(
        actor=system_actor(cast.company), at=now - DAY, unit=cast.company, pack="auto-dealer"
    )

    def act(who: str, action: str, **given: Any) -> Any:
        return getattr(actions, action)(actor=actor_for(getattr(cast, who), now), at=now, **given)

    details = Details(
        name="陈立群", phones=("13812342046",), profile={"need": "公务用车", "budget": "30 万"}, grade="A"
    )
    held = act("lin", "register_customer", details=details)
    act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    act("xu", "record_touch", uid=held.customer.uid, kind="walk_in")
    record = Record(name="陈立群", phones=("13812342046",))
    uid = act("xu", "raise_dispute", record=record, statement="11 月 17 日由我接待。").case.uid
    for claimant in ("lin", "xu"):
        act(claimant, "answer", dispute_uid=uid, statement="由我登记并跟进。")
    for head in ("jiang", "gu"):
        act(head, "confirm", dispute_uid=uid)
    entry = Entry.objects.order_by("seq").last()
    assert entry is not None
    planned = handover.plan(
        actor=actor_for(cast.jiang, now), at=now, person_uid=cast.lin.uid, why="left", reason="合同到期离职",
        way="one", to=[cast.xu.uid],
    )  # fmt: skip
    owner = actor_for(cast.tang, now)
    rule = "第一条 H 级客户三天内跟进一次。\n第二条 未告知归属人的，罚款一百元。"
    draft = drafting.start_draft(actor=owner, at=now, title="试行办法", text=rule)
    source = editing.begin(actor=owner, at=now, shipped="auto-dealer")
    backtest = start(actor=owner, at=now, policy_uid=version.uid)
    sanction = propose_sanction(
        actor=actor_for(cast.jiang, now),
        at=now,
        staff=cast.lin.uid,
        code="neglecting",
        grounds="3 月 2 日未接待。",
    )
    sheet = "姓名,电话,需求\n孟晓岚,13612349130,置换\n程望,133123,新购\n".encode()
    job = upload(
        actor=actor_for(cast.admin, now), at=now, kind="customers", file_name="客户.csv", content=sheet
    )
    act("lin", "lesson", dispute_uid=uid, text="这一条没有说先登记的人还要做什么。", article="OWN-3")
    complaint = complained(cast, now)
    asked = ask(
        actor=actor_for(cast.chen, now), at=now, case_uid=complaint.case.uid, staff=cast.jiang.uid,
        question="当天是谁接待的？", due_at=now + DAY,
    )  # fmt: skip
    letter = send_letter(
        actor=actor_for(cast.chen, now),
        at=now,
        case_uid=complaint.case.uid,
        letter="receipt",
        via="counter",
    )
    page = channels.save(
        actor=actor_for(cast.admin, now), at=now, channel="web", name="投诉页", unit_uid=cast.site.uid,
        told={"slug": "yuanlan"},
    )  # fmt: skip
    match = accounts.match_of(held)
    other = act("lin", "register_customer", details=Details(name="谭一鸣", phones=("13812342047",), grade="B",
                profile={"need": "置换", "budget": "20 万"}))  # fmt: skip
    sold = act("lin", "record_deal", customer_uid=other.customer.uid, reference="HT-2601")
    return {
        "complaints/<uuid:uid>/": [complaint.case.uid],
        "complaints/<uuid:uid>/help/": [complaint.case.uid],
        "complaints/<uuid:uid>/letter/": [complaint.case.uid, "progress"],
        "complaints/letters/<uuid:uid>/": [letter.uid],
        "inquiries/<uuid:uid>/": [asked.uid],
        "complain/<slug:slug>/": [page.slug],
        "settings/channels/<uuid:uid>/": [page.uid],
        "settings/channels/add/<slug:channel>/": ["mail"],
        "policies/reviews/<uuid:uid>/": [Review.objects.get().uid],
        "settings/staff/<uuid:uid>/": [cast.lin.uid],
        "settings/units/<uuid:uid>/": [cast.east.uid],
        "policies/shipped/<slug:name>/": ["b2b-sales"],
        "policies/<uuid:uid>/": [version.uid],
        "policies/drafts/<uuid:uid>/": [draft.uid, 0],
        "policies/sources/<uuid:uid>/": [source.uid],
        "policies/sources/<uuid:uid>/values/": [source.uid],
        "policies/backtests/<uuid:uid>/": [backtest.uid],
        "sanctions/<uuid:uid>/": [sanction.case.uid],
        "customers/<uuid:uid>/": [held.customer.uid],
        "touches/<uuid:uid>/": [Touch.objects.get(customer=held.customer, staff=cast.lin).uid],
        "holdings/<uuid:uid>/": [held.uid],
        "deals/<uuid:uid>/": [sold.uid],
        "follow-ups/<uuid:uid>/": [held.uid],
        "handovers/<uuid:uid>/": [planned.uid],
        "matches/groups/<uuid:uid>/": [match["uid"]],
        "matches/jobs/<uuid:uid>/": [accounts.match_job(cast)["uid"]],
        "duties/<uuid:uid>/": [held.tell_duties.get().uid],
        "disputes/<uuid:uid>/": [uid],
        "register/entries/<str:name>/": [entry.name],
        "register/<str:code>/<day:day>/": [entry.page.book.code, entry.page.day],
        "imports/<uuid:uid>/": [job.uid],
        "readers": {
            "touches/": "lin",
            "follow-ups/": "lin",
            "complaints/learning/": "zhou",
            "complaints/desk/": "fang",
            "complaints/rises/": "fang",
            "insight/complaints/": "fang",
            "complaints/": "chen",
            "settings/channels/": "admin",
            "settings/staff/": "admin",
            "settings/units/": "admin",
            "outbox/": "admin",
            "policies/": "tang",
            "imports/": "admin",
            "matches/": "admin",
        },
    }
