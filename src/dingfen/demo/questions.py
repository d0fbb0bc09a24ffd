"""What the demo's cases ask of the rules: heads note lessons, the policy owner answers what is a month old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, RoleGrant, Unit
from dingfen.ownership.actions.notes import lesson
from dingfen.ownership.models import Dispute
from dingfen.policies.review_rows import Review
from dingfen.policies.reviewing import settle

LESSONS = (
    "签单人接待时已告知归属人，但没有写明当天由谁跟进，双方各自报价。",
    "客户换了联系人，登记人没有更新，条款没有说明多久内应当更新。",
)
STAYS = "同类案件只有这几件，现行条款已能处理，暂不修改，半年后再看。"


def evening(company: Unit, at: dt.datetime, left: int, actor: Callable[[str, dt.datetime], Actor]) -> None:
    """`left`: days until the last one."""
    if left in (40, 6):
        _note(company, at, LESSONS[left == 6], actor)
    if left == 12:
        owner = _holder(company, Role.POLICY_OWNER)
        for one in Review.objects.filter(
            company=company, state="open", opened_at__lt=at - dt.timedelta(days=25)
        ):
            settle(actor=actor(owner, at), at=at, review_uid=one.uid, reason=STAYS)


def _note(company: Unit, at: dt.datetime, text: str, actor: Callable[[str, dt.datetime], Actor]) -> None:
    ruled = Dispute.objects.filter(case__company=company, state="final").select_related("case")
    found = ruled.order_by("-pk").first()
    if found is not None:
        who = actor(_holder(company, Role.HEAD), at)
        lesson(actor=who, at=at, dispute_uid=found.case.uid, text=text)


def _holder(company: Unit, role: str) -> str:
    grants = RoleGrant.objects.filter(role=role, staff__company=company).order_by("staff_id")
    return str(grants.values_list("staff__username", flat=True)[0])
