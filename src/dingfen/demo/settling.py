"""The last evening of the demo at the complaints desk: answers shown, a representative, a change, neighbours, mediation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.complaints.actions import between, changing, letters, questions, representing
from dingfen.complaints.actions.filing import make_case_file
from dingfen.complaints.actions.intake import Complainant, File, receive
from dingfen.complaints.models import Complaint, LadderStep

DAY = dt.timedelta(days=1)
ANSWERS = (
    ("zh-hans", "什么时候能提车？", "以合同约定的日期为准。到店前一天我们会短信确认；有变动会提前三天告知，并说明原因。", True),
    ("zh-hans", "定金怎么退？", "合同解除或我方原因未能交车的，定金在七个工作日内原路退回；请带上定金收据和身份证件。", True),
    ("zh-hans", "保养要多久？", "常规保养约两小时，预约客户优先。超过三小时的，我们提供代步车或打车补贴。", True),
    ("en", "When can I collect my car?", "On the day the contract says. We confirm the day before; if it changes we tell you three days ahead.", True),
    ("zh-hans", "能换别的颜色吗？", "出厂前可以变更，是否加价、推迟几天由变更评估书面告知。", False),
)  # fmt: skip
INVITED = (
    "时间：本周五 14:00，区消费者协会二楼调解室。\n\n调解自愿、不收费，您可随时终止。请携带合同和检测单。"
)


def evening(company: Unit, site: Unit, actor: Callable[[str, dt.datetime], Actor], at: dt.datetime) -> None:
    """`actor`: who a member of the staff is at a moment."""

    def do(who: str, action: Callable[..., Any], **given: Any) -> Any:
        return action(actor=actor(who, at), at=at, **given)

    for language, question, answer, approved in ANSWERS:
        row = do("shen", questions.propose, unit_uid=site.uid, language=language, question=question, answer=answer,
                 review_by=at.date() + 180 * DAY)  # fmt: skip
        if approved:
            do("fang", questions.approve, question_uid=row.uid)
    _represented(site, do, at)
    _neighbours(site, do, at)
    _changed(site, do)
    _mediated(site, do)


def _mine(site: Unit, name: str) -> object:
    """The open complaint at the showroom with this masked beginning of a name."""
    rows = Complaint.objects.filter(case__unit=site, masked_name__startswith=name)
    return rows.latest("case_id").case.uid


def _represented(site: Unit, do: Callable[..., Any], at: dt.datetime) -> None:
    uid = _mine(site, "施")
    paper = File("授权委托书.txt", "委托人施长青，受托人程思远律师，代为投诉、和解、签收。".encode())
    do("shen", representing.name_representative, case_uid=uid, name="程思远", basis="lawyer", phone="13857142290",
       proof="授权委托书原件已核对", file=paper)  # fmt: skip


def _neighbours(site: Unit, do: Callable[..., Any], at: dt.datetime) -> None:
    text = "车友会周末活动，同组车主的充电桩占了我预约的时段，两次都不肯让，还在群里说我无理取闹。希望当面说清楚。"
    got = do("shen", receive, unit=site, channel="wechat", text=text,
             complainant=Complainant(name="苗可心", phone="13857142281"))  # fmt: skip
    uid = got.complaint.case.uid
    do("shen", between.name_other_side, case_uid=uid, name="向东来", phone="13857142282")
    said = ("预约记录写的是我 9 点到 11 点，对方 8 点半就插上了。", "我以为那天没有人预约，群里的话说重了。")
    for side, words in zip(got.complaint.sides.order_by("number"), said, strict=True):
        do("shen", between.hear_side, side_uid=side.uid, account=words, wish="以后按预约来")
    do("shen", between.note_hearing, case_uid=uid, held_at=at, present=[1, 2], signed=[1, 2], no_interest=True,
       minutes={"mediator": "沈一诺", "place": "城东展厅 2 号洽谈室", "common": "都同意按预约使用", "agreed_points":
                "逾时十五分钟让出；群里互相致歉"})  # fmt: skip


def _changed(site: Unit, do: Callable[..., Any]) -> None:
    uid = _mine(site, "龙")
    row = do(
        "shen", changing.ask_change, case_uid=uid, what="中控屏更换期间改为提供同级代步车", why="每天接送孩子"
    )
    do(
        "shen",
        changing.assess_change,
        change_uid=row.uid,
        effect="代步车库存可调，延后三天交付",
        days=3,
        price="0",
    )
    do("fang", changing.decide_change, change_uid=row.uid, approve=True, reason="代步车库存充足，同意变更")
    do("shen", letters.send_letter, case_uid=uid, letter="change", via="counter")


def _mediated(site: Unit, do: Callable[..., Any]) -> None:
    """The one still in mediation is invited; the one that was agreed there has its papers, and its file was made."""
    steps = LadderStep.objects.filter(kind="mediation", complaint__case__unit=site).order_by("pk")
    going = steps.filter(ended_at=None).last()
    if going is not None:
        do(
            "shen",
            letters.send_letter,
            case_uid=going.complaint.case.uid,
            letter="invitation",
            via="letter",
            body=INVITED,
        )
    done = steps.exclude(ended_at=None).last()
    if done is not None:
        uid = done.complaint.case.uid
        for letter in ("minutes", "mediated"):
            do("shen", letters.send_letter, case_uid=uid, letter=letter, via="counter")
        do("fang", make_case_file, case_uid=uid, purpose="court", body="城东区人民法院")
