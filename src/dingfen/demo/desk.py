"""A small sales desk of a housing project: protection renewed, refused and asked for, a deposit, a broker's guest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dingfen.accounts.actor import Actor, system_actor
from dingfen.demo.organisation import Organisation
from dingfen.ownership.actions.progress import reach_stage
from dingfen.ownership.actions.registering import register_customer
from dingfen.ownership.actions.renewing import answer_renewal, ask_renewal
from dingfen.ownership.models import Registration
from dingfen.parties.details import Details
from dingfen.policies.actions import publish_shipped

COMPANY, PACK, SELLER, HEAD = "LT", "real-estate-desk", "wen", "cheng"
PROJECT = "澜庭一期"
DAYS = 5  # before the last one
GUESTS = (
    ("钟书瑜", "15858231046", "C", "walk_in", "三居，想看高层"),
    ("白景初", "13757108264", "B", "walk_in", "两居，首次置业"),
    ("邹云帆", "18768120395", "A", "incoming_call", "改善置业，看边户"),
    ("冯雅宁", "13967014482", "B", "referral", "为父母看低楼层"),
    ("凌子谦", "15988127730", "H", "walk_in", "已看两次，准备付定金"),
)
REASONS = (
    "客户出差，约定下周复看，请延长保护。",
    "客户的贷款预审未出，请延长保护。",
    "客户仍在比较，请延长保护。",
)
GRANTED = "已核对来访登记，同意延长。"
REFUSED = "登记以来没有有效跟进，不予延长。"


def publish(organisation: Organisation, at: dt.datetime) -> None:
    company = organisation.units[COMPANY]
    publish_shipped(actor=system_actor(company), at=at, unit=company, pack=PACK)


def day(
    organisation: Organisation, actor: Callable[[str, dt.datetime], Actor], at: dt.datetime, left: int
) -> None:
    """Called every evening; `left`: days until the last one."""
    if left == DAYS:
        for number, (name, phone, grade, channel, need) in enumerate(GUESTS):
            moment = at + dt.timedelta(minutes=9 * number)
            details = Details(name=name, phones=(phone,), grade=grade, profile={"need": need})
            register_customer(
                actor=actor(SELLER, moment), at=moment, details=details, scope=PROJECT, channel=channel
            )
    elif left == 1:
        _renewals(organisation, actor, at)


def _renewals(
    organisation: Organisation, actor: Callable[[str, dt.datetime], Actor], at: dt.datetime
) -> None:
    """The head grants the first, refuses the second; the third waits. The last guest has paid a deposit."""
    seller, head = actor(SELLER, at), actor(HEAD, at + dt.timedelta(minutes=30))
    holds = list(Registration.objects.filter(holder=organisation.staff[SELLER]).order_by("pk"))
    for hold, reason in zip(holds, REASONS, strict=False):
        ask_renewal(actor=seller, at=at, registration_uid=hold.uid, reason=reason)
    for hold, grant, reason in ((holds[0], True, GRANTED), (holds[1], False, REFUSED)):
        answer_renewal(
            actor=head, at=at + dt.timedelta(minutes=30), registration_uid=hold.uid, grant=grant, reason=reason
        )  # fmt: skip
    reach_stage(actor=seller, at=at, registration_uid=holds[-1].uid, stage="deposit")
