"""Customers entered twice, a household, a group of firms: the review has something to show, some of it judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from dingfen.accounts.actor import Actor, system_actor
from dingfen.demo.organisation import Organisation
from dingfen.ownership.matches.rows import MatchReview
from dingfen.ownership.matches.settling import settle
from dingfen.ownership.matches.sweep import sweep
from dingfen.parties.actions import add_customer
from dingfen.parties.actions.training import train_model
from dingfen.parties.details import Details
from dingfen.parties.models import Customer

HOME = "宁州市江岸区枫桥路86号3幢1202室"
# the same person or firm typed again: what a hand at the counter does to a number, a name
AGAIN = (
    (("司徒明慧", "13900220141"), ("司徒明慧", "13900220142"), ("司徒明慧", "13900220151")),
    (("端木青禾", "13900220377"), ("端木青禾", "13900220371")),
    (("慕容知夏", "13900220455"), ("慕容知夏", "13900220465")),
    (("皇甫景行", "13900220518"), ("皇甫景行", "13900220581")),
)
JUDGED = (
    (("澹台若谷", "13900220611"), ("澹台若谷", "13900220612"), "same"),
    (("公羊千帆", "13900220623"), ("公羊千帆", "13900220632"), "same"),
    (("令狐向晚", "13900220634"), ("令狐向晚", "13900220644"), "same"),
    (("夏侯听雨", "13900220645"), ("夏侯听雨", "13900220654"), "same"),
    (("尉迟临川", "13900220656"), ("尉迟临川", "13900220657"), "other"),
    (("赫连拾光", "13900220667"), ("赫连拾光", "13900220677"), "same"),
)
FIRMS = (
    ("无锡海澜达精密机械有限公司", "13900220711", "office@hailanda-example.cn"),
    ("苏州海澜达精密机械有限公司", "13900220722", "caigou@hailanda-example.cn"),
)


def draw(organisation: Organisation, actor: Callable[[str, dt.datetime], Actor], at: dt.datetime) -> None:
    """Called once, at the end."""
    company = organisation.units["YL"]
    for group in (*AGAIN, *((one, other) for one, other, _ in JUDGED)):
        for name, phone in group:
            _add(organisation, at, name=name, phones=(phone,))
    for name, phone in (("百里安歌", "13900220811"), ("闻人叙白", "13900220822")):
        _add(organisation, at, name=name, phones=(phone,), profile={"address": HOME})
    for name, phone, mail in FIRMS:
        _add(organisation, at, kind="company", name=name, phones=(phone,), emails=(mail,))
    sweep(actor=system_actor(company), at=at, unit=company)
    fang = actor("fang", at)
    for (name, _), _, answer in JUDGED:
        _judge(fang, at, name, answer)
    train_model(actor=fang, at=at, unit=company, switch=False)


def _add(organisation: Organisation, at: dt.datetime, **given: object) -> Customer:
    details = Details(**given)  # type: ignore[arg-type]
    company = organisation.units["YL"]
    unit = organisation.staff["lin"].unit or company
    return add_customer(actor=system_actor(company), at=at, unit=unit, details=details, confirm_possible=True)


def _judge(actor: Actor, at: dt.datetime, name: str, answer: str) -> None:
    """What a person said to the pair of this name, found by its masked form."""
    for review in _open(name):
        settle(
            actor=actor, at=at, group=review.group, answer=answer, reason="同一客户重复建档",
            members=[review.other.uid, review.customer.uid],
        )  # fmt: skip


def _open(name: str) -> Sequence[MatchReview]:
    rows = MatchReview.objects.filter(state=MatchReview.State.OPEN, kind=MatchReview.Kind.SAME)
    known = [
        row for row in rows.select_related("customer", "other").order_by("pk") if name in row.other.features
    ]
    return known[:1]
