"""Sample things for the permission matrix: name → what fills the address of a row. Add yours here."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from io import BytesIO

from django.db import transaction
from django.utils import timezone
from PIL import Image

from dingfen.accounts import actions
from dingfen.accounts.actor import actor_for, system_actor
from dingfen.accounts.models import ApiToken
from dingfen.backtests.actions import start as start_backtest
from dingfen.complaints.actions.intake import Complainant, receive
from dingfen.complaints.actions.investigating import ask
from dingfen.imports.actions import upload
from dingfen.ownership.actions import (
    File,
    add_file,
    name_co_worker,
    propose_sanction,
    record_deal,
    record_touch,
    register_customer,
)
from dingfen.ownership.handover import actions as handover
from dingfen.ownership.matches import jobs as matching
from dingfen.ownership.matches.rows import MatchReview
from dingfen.ownership.models import Claim, Evidence, Registration
from dingfen.parties.actions import add_customer
from dingfen.parties.details import Details, check
from dingfen.parties.registering import register_party
from dingfen.policies.actions import publish_shipped
from dingfen.policies.drafting import start_draft
from dingfen.policies.editing import begin
from dingfen.policies.models import PolicyVersion
from dingfen.policies.reviewing import AboutCase, note_case
from tests.accounts import samples_register
from tests.cast import Cast

Filled = dict[str, object]


def _uid(row: object) -> Filled:
    return {"uid": row.uid}  # type: ignore[attr-defined]


def grant(cast: Cast) -> Filled:
    """The role of lin."""
    return _uid(cast.lin.grants.get())


def delegation(cast: Cast) -> Filled:
    """jiang is represented by gu."""
    at = timezone.now()
    row = actions.delegate(
        actor=actor_for(cast.jiang, at),
        at=at,
        principal=cast.jiang,
        deputy=cast.gu,
        starts_at=at,
        ends_at=at + dt.timedelta(days=2),
    )
    return _uid(row)


def token(cast: Cast) -> Filled:
    """A token of lin's."""
    expires_at = timezone.now() + dt.timedelta(days=9)
    row = ApiToken.objects.create(
        staff=cast.lin, name="x", prefix="df_x", digest=uuid.uuid4().bytes * 2, expires_at=expires_at
    )
    return _uid(row)


def customer(cast: Cast) -> Filled:
    """A customer that lin has entered in the east team."""
    details = Details(name="温思远", phones=("13900010001",))
    read = check(details)
    with transaction.atomic():
        row = register_party(
            unit=cast.east, details=details, at=timezone.now(), created_by_id=cast.lin.pk, read=read
        )
    return _uid(row)


def policy(cast: Cast) -> Filled:
    """A published version of the company's."""
    at = timezone.now()
    row = publish_shipped(actor=system_actor(cast.company), at=at, unit=cast.company, pack="auto-dealer")
    return _uid(row)


def draft(cast: Cast) -> Filled:
    """A draft from a text, begun by tang."""
    at = timezone.now()
    text = "第一条 H级客户每隔两天跟进一次。"
    return _uid(start_draft(actor=actor_for(cast.tang, at), at=at, title="跟进办法", text=text))


def backtest(cast: Cast) -> Filled:
    """A backtest of the company's version, at work."""
    at = timezone.now()
    version = policy(cast)["uid"]
    return _uid(start_backtest(actor=actor_for(cast.tang, at), at=at, policy_uid=str(version)))


def source(cast: Cast) -> Filled:
    """A rule book that tang is writing."""
    at = timezone.now()
    return _uid(begin(actor=actor_for(cast.tang, at), at=at, shipped="b2b-sales"))


def review(cast: Cast) -> Filled:
    """A lesson about an article of the company's rules."""
    found, at = policy(cast), timezone.now()
    with transaction.atomic():
        row = note_case(
            "lesson",
            actor=actor_for(cast.lin, at),
            at=at,
            unit=cast.east,
            case=AboutCase("dispute", uuid.uuid4(), "D-2026-0001"),
            policy=PolicyVersion.objects.get(uid=found["uid"]),
            article="OWN-3",
            text="同一天两人登记时说不清楚",
        )
    return _uid(row.review)


def registration(cast: Cast) -> Filled:
    """A customer that lin holds."""
    policy(cast)
    at = timezone.now()
    details = Details(
        name="温思远", phones=("13900010002",), grade="A", profile={"need": "公务用车", "budget": "20 万"}
    )
    return _uid(register_customer(actor=actor_for(cast.lin, at), at=at, details=details))


def dispute(cast: Cast) -> Filled:
    """xu signed a deal with lin's customer; evidence is taken."""
    held = Registration.objects.get(uid=registration(cast)["uid"])
    at = timezone.now()
    deal = record_deal(actor=actor_for(cast.xu, at), at=at, customer_uid=held.customer.uid)
    return {"uid": deal.disputes.get().case.uid}


def claim(cast: Cast) -> Filled:
    """lin's claim in that dispute."""
    return _uid(Claim.objects.get(dispute__case__uid=dispute(cast)["uid"], claimant=cast.lin))


def co_worker(cast: Cast) -> Filled:
    """xu works beside lin on the customer whom lin holds."""
    held, at = registration(cast), timezone.now()
    row = name_co_worker(
        actor=actor_for(cast.lin, at),
        at=at,
        registration_uid=held["uid"],
        staff=cast.xu.uid,
        role="delivery",
    )
    return {**held, "co_worker": row.uid}


def tell_duty(cast: Cast) -> Filled:
    """xu received lin's customer and has not told yet."""
    held = Registration.objects.get(uid=registration(cast)["uid"])
    at = timezone.now()
    record_touch(actor=actor_for(cast.xu, at), at=at, uid=held.customer.uid, kind="walk_in")
    return _uid(held.tell_duties.get())


def picture() -> bytes:
    """A small PNG."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


def exhibit(cast: Cast) -> Filled:
    """A picture that lin has put forward in the dispute."""
    at = timezone.now()
    given = File("现场.png", picture())
    return _uid(add_file(actor=actor_for(cast.lin, at), at=at, dispute_uid=dispute(cast)["uid"], file=given))


def file(cast: Cast) -> Filled:
    """The picture itself."""
    row = Evidence.objects.select_related("attachment").get(uid=exhibit(cast)["uid"])
    assert row.attachment is not None
    return _uid(row.attachment)


def planned_handover(cast: Cast) -> Filled:
    """lin's customer is to go to xu; not started."""
    registration(cast)
    at = timezone.now()
    found = handover.plan(
        actor=actor_for(cast.jiang, at), at=at, person_uid=cast.lin.uid, why="left", reason="合同到期离职",
        way="one", to=[cast.xu.uid],
    )  # fmt: skip
    return _uid(found)


def sanction(cast: Cast) -> Filled:
    """jiang has proposed a sanction against lin, who is to be heard."""
    policy(cast)
    at = timezone.now()
    row = propose_sanction(
        actor=actor_for(cast.jiang, at),
        at=at,
        staff=cast.lin.uid,
        code="concealing",
        grounds="接待他人客户而未告知归属人",
    )
    return _uid(row.case)


def deal(cast: Cast) -> Filled:
    """A deal that lin signed with a customer of their own."""
    held = Registration.objects.get(uid=registration(cast)["uid"])
    at = timezone.now()
    return _uid(record_deal(actor=actor_for(cast.lin, at), at=at, customer_uid=held.customer.uid))


def job(cast: Cast) -> Filled:
    """A file that the administrator has uploaded."""
    at = timezone.now()
    content = "客户,电话\n温思远,13900010001\n".encode()
    actor = actor_for(cast.admin, at)
    made = upload(actor=actor, at=at, kind="customers", file_name="a.csv", content=content, unit=cast.company)
    return _uid(made)


def complaint(cast: Cast) -> Filled:
    """A complaint that chen, the agent, has received for the site, and handles."""
    at = timezone.now()
    got = receive(
        actor=actor_for(cast.chen, at),
        at=at,
        channel="phone",
        text="车晚交了 6 天",
        complainant=Complainant(name="高雅琴", phone="13912340077"),
    )
    return _uid(got.complaint.case)


def inquiry(cast: Cast) -> Filled:
    """lin is asked for a statement about that complaint."""
    at = timezone.now()
    asked = ask(
        actor=actor_for(cast.chen, at),
        at=at,
        case_uid=complaint(cast)["uid"],
        staff=cast.lin.uid,
        question="当天是谁接待的？",
        due_at=at + dt.timedelta(days=1),
    )
    return _uid(asked)


def match(cast: Cast) -> Filled:
    """Lin's customer may be another one, whom nobody holds."""
    return match_of(Registration.objects.get(uid=registration(cast)["uid"]))


def match_of(held: Registration) -> Filled:
    at = timezone.now()
    other = add_customer(
        actor=system_actor(held.company), at=at, unit=held.unit, confirm_possible=True,
        details=Details(name="鲁知微", phones=("13912340166",)),
    )  # fmt: skip
    row = MatchReview.objects.create(
        registration=held, customer=held.customer, other=other, sure=81, reasons=["name.same"], opened_at=at
    )
    return {"uid": row.group}


def match_job(cast: Cast) -> Filled:
    """The administrator has the whole base searched."""
    at = timezone.now()
    return _uid(matching.start(actor=actor_for(cast.admin, at), at=at, kind="sweep"))


SAMPLES: dict[str, Callable[[Cast], Filled]] = {
    "review": review,
    "nothing": lambda cast: {"uid": uuid.UUID(int=7)},
    "lin": lambda cast: _uid(cast.lin),
    "east": lambda cast: _uid(cast.east),
    "grant": grant,
    "delegation": delegation,
    "token": token,
    "customer": customer,
    "registration": registration,
    "dispute": dispute,
    "claim": claim,
    "tell_duty": tell_duty,
    "co_worker": co_worker,
    "handover": planned_handover,
    "match": match,
    "match_job": match_job,
    "exhibit": exhibit,
    "sanction": sanction,
    "file": file,
    "deal": deal,
    "policy": policy,
    "draft": draft,
    "source": source,
    "backtest": backtest,
    **samples_register.SAMPLES,
    "job": job,
    "complaint": complaint,
    "inquiry": inquiry,
}
