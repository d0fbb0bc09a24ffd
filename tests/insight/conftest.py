"""A house with a quarrelsome month: one ruling as proposed, one otherwise, one changed on appeal, one still open."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from dingfen.insight.kept import forget
from dingfen.insight.scope import Scope, scope_of
from dingfen.ownership.models import Dispute
from tests.ownership.conftest import House, dealer

__all__ = ["dealer"]
ZONE = ZoneInfo("Asia/Shanghai")


def quarrel(house: House, number: int) -> Dispute:
    """Lin holds; Xu signs; both answer."""
    held = house.register("lin", name=f"客户{'甲乙丙丁戊己庚辛'[number]}", phone=f"1381234{number:04d}")
    house.act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    house.later(hours=20)
    deal = house.act("xu", "record_deal", customer_uid=held.customer.uid, signer=house.cast.xu.uid)
    dispute = Dispute.objects.select_related("case").get(deal=deal)
    for who in ("lin", "xu"):
        house.act(
            who, "answer", dispute_uid=dispute.case.uid, statement="由我登记并跟进，签约时仍在保护期内。"
        )
    return dispute


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    forget()


@pytest.fixture
def busy(dealer: House) -> House:
    as_proposed, otherwise, changed, _waiting = (quarrel(dealer, number) for number in range(4))
    reason = "客户由对方陪同到店，双方均有贡献，故另行裁决。"
    for head in ("jiang", "gu"):
        dealer.act(head, "confirm", dispute_uid=as_proposed.case.uid)
        dealer.act(head, "confirm", dispute_uid=changed.case.uid)
    dealer.later(hours=30)
    for head in ("jiang", "gu"):
        dealer.act(
            head,
            "rule_otherwise",
            dispute_uid=otherwise.case.uid,
            holder=dealer.cast.xu.uid,
            split=[],
            reason=reason,
        )
    dealer.act("xu", "appeal", dispute_uid=changed.case.uid, grounds="签单前我已两次上门拜访，请重新核对。")
    dealer.later(hours=5)
    dealer.act(
        "fang",
        "rule_final",
        dispute_uid=changed.case.uid,
        outcome="changed",
        holder=dealer.cast.xu.uid,
        split=[],
        reason=reason,
    )
    own = dealer.register("lin", name="自己的客户", phone="13899990001")
    dealer.act("lin", "record_deal", customer_uid=own.customer.uid)
    freed = dealer.register("xu", name="释放的客户", phone="13899990002")
    dealer.act("xu", "release", registration_uid=freed.uid, reason="客户改由外地办理，不再跟进")
    return dealer


def seen(house: House, who: str, period: str = "30d", unit: str = "", pack: str = "") -> Scope:
    actor = house.cast.actor(who, house.now)
    return scope_of(actor, house.now, ZONE, period=period, unit=unit, pack=pack)


def day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)
