"""The life of a version at the dealer's: changed by form, staff consulted, approved, published, partly read, tried on
the past; and the next one still being written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.backtests.actions import start
from dingfen.backtests.running import run_batch
from dingfen.demo.organisation import Organisation
from dingfen.policies import editing
from dingfen.policies.actions import acknowledge, approve, publish
from dingfen.policies.consulting import Minutes, Objection, record_consultation
from dingfen.policies.models import PolicyVersion
from dingfen.policies.valuing import change_values

PACK, OWNER, APPROVER = "auto-dealer", "zhou", "fang"
READ = ("gu", "he", "shen")
MINUTES = """职工代表会议记录（摘录）
地点：二楼会议室。到会：职工代表七人，工会委员一人。
议题：公海领取上限由每日十位改为八位；B 级客户由每十五日跟进一次改为每十日。
多数代表同意；两位代表提出，展会期间客户集中，八位偏少。
答复：展会期间可由负责人另行分配，不占当日名额，写入培训说明。
"""
OBJECTIONS = (
    Objection(
        "展会期间客户集中，每日八位偏少。",
        "城东销售组代表",
        "展会期间由负责人分配的不占名额，写入培训说明。",
        True,
    ),
    Objection("希望同时缩短原归属人的等待期。", "城西销售组代表", "先看一个季度的数据，下一版再议。"),
)
WORDS = (
    ("领取十位", "领取八位"),
    ("take ten customers", "take eight customers"),
    ("pool.take_per_day, count: 10", "pool.take_per_day, count: 8"),
    ("pool.take_per_day, count: 11", "pool.take_per_day, count: 9"),
    ("当日领取第十位, en: The tenth of the day", "当日领取第八位, en: The eighth of the day"),
    ("当日领取第十一位, en: The eleventh of the day", "当日领取第九位, en: The ninth of the day"),
    ("B 级，每十五日", "B 级，每十日"),
    ("within three months, every fifteen", "within three months, every ten"),
    ("2026-04-01 00:00, lapse_at: 2026-04-06 00:00", "2026-03-27 00:00, lapse_at: 2026-04-01 00:00"),
)
"""The articles' texts and the scenarios that try them, along with the values."""


def day(
    organisation: Organisation, actor: Callable[[str, dt.datetime], Actor], at: dt.datetime, left: int
) -> None:
    """`left`: days until the last one."""
    company = organisation.units["YL"]
    if left == 6:
        _propose(company, actor(OWNER, at), at)
    elif left == 4:
        _consult(actor(OWNER, at), at)
    elif left == 3:
        approve(actor=actor(APPROVER, at), at=at, version_uid=_newest().uid)
    elif left == 2:
        publish(
            actor=actor(OWNER, at), at=at, version_uid=_newest().uid, in_force_from=at + dt.timedelta(days=7)
        )
    elif left == 1:
        for reader in READ:
            acknowledge(actor=actor(reader, at), at=at, version_uid=_newest().uid)
        _try_and_go_on(actor(OWNER, at), at)


def _newest() -> PolicyVersion:
    return PolicyVersion.objects.filter(pack=PACK).order_by("-pk")[:1].get()


def _propose(company: Unit, actor: Actor, at: dt.datetime) -> None:
    """From the shipped pack: two values by form, their articles' texts and the scenarios that try them along with
    them. What is taken from the pool touches nothing that has happened; the cadence does.
    """
    source = editing.begin(actor=actor, at=at, shipped=PACK)
    given = {
        "version": "1.1",
        "ownership.pool.take_per_day": 8,
        "ownership.protection.follow_up.2.every": _days(10),
    }
    source = change_values(actor=actor, at=at, source_uid=source.uid, given=given)
    for name, text in source.files.items():
        changed = text
        for old, new in WORDS:
            changed = changed.replace(old, new)
        if changed != text:
            editing.save(actor=actor, at=at, source_uid=source.uid, name=name, text=changed)
    editing.propose_source(actor=actor, at=at, source_uid=source.uid, unit=company)


def _consult(actor: Actor, at: dt.datetime) -> None:
    record_consultation(
        actor=actor,
        at=at,
        version_uid=_newest().uid,
        held_on=at.date(),
        form="representatives",
        participants="职工代表七人，工会委员一人；公司方：总经理、稽查",
        objections=OBJECTIONS,
        minutes=Minutes("职工代表会议记录.txt", MINUTES.encode()),
    )


def _try_and_go_on(actor: Actor, at: dt.datetime) -> None:
    """The version tried on what has happened, and the one after it begun."""
    run = start(actor=actor, at=at, policy_uid=_newest().uid)
    while run_batch(run.pk, at):
        pass
    source = editing.begin(actor=actor, at=at, version=str(_newest().uid))
    given = {"version": "1.2", "ownership.protection.lapse.0.after": _days(7)}
    change_values(actor=actor, at=at, source_uid=source.uid, given=given)


def _days(number: int) -> dict[str, str]:
    """As many calendar days, counted as the pack counts."""
    return {
        "length": f"{number} days",
        "counting": "inclusive",
        "start_day": "out",
        "days": "calendar",
        "roll": "none",
    }
