"""What a visitor of the demo should find beside the daily work: files in a dispute, hand-overs done and planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dingfen.accounts.actor import Actor
from dingfen.demo.organisation import Organisation
from dingfen.ownership.actions.evidence import File, add_file
from dingfen.ownership.handover import actions as handovers
from dingfen.ownership.handover.models import Handover
from dingfen.ownership.handover.running import run_to_end
from dingfen.ownership.models import Dispute

CHAT = """与客户的往来（摘录）
09:42 客户：试驾的车下午还在吗？
09:45 我：在，三点给您留好，停车位也安排了。
15:20 客户：配置就按早上说的，合同今天能签吗？
15:26 我：可以，金融方案一并带来。
"""
CALLS = """时间,方向,分钟,结果
09:12,呼出,6,接通
13:40,呼入,4,接通
16:05,呼出,0,未接
"""
FILES = (
    File("微信往来摘录.txt", CHAT.encode(), "签单当日与客户的往来"),
    File("通话清单.csv", CALLS.encode(), "签单前一日的通话"),
)


def attach(dispute: Dispute, actor: Actor, at: dt.datetime) -> None:
    """A claimant puts forward two files."""
    for file in FILES:
        add_file(actor=actor, at=at, dispute_uid=dispute.case.uid, file=file)


def hand_overs(
    organisation: Organisation, actor: Callable[[str, dt.datetime], Actor], at: dt.datetime
) -> None:
    """In the media house one done last evening, to be undone for a day; at the dealer's one planned."""
    staff = organisation.staff
    done = handovers.plan(
        actor=actor("ouyang", at),
        at=at,
        person_uid=staff["tang"].uid,
        why=Handover.Why.MOVED,
        reason="部分客户调由渠道客户部跟进",
        way=Handover.Way.GRADE,
        parts={"grade:C": str(staff["su"].uid)},
    )
    if done.items.exclude(to=None).exists():
        handovers.start(actor=actor("ouyang", at), at=at, handover_uid=done.uid)
        run_to_end(done, at)
    handovers.plan(
        actor=actor("jiang", at),
        at=at,
        person_uid=staff["lin"].uid,
        why=Handover.Why.ABSENT,
        reason="下月起休产假，客户由同组同事接手",
        way=Handover.Way.ROBIN,
        to=[staff["he"].uid, staff["zhu"].uid],
    )
