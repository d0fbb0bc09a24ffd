"""Complaints of the demo: each comes on its day and goes its way; the last ones stay where they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dingfen.accounts.actor import Actor, system_actor
from dingfen.complaints.actions import (
    after,
    climbing,
    ending,
    handling,
    investigating,
    issues,
    proposing,
    thread,
)
from dingfen.complaints.actions.intake import Complainant, receive
from dingfen.complaints.actions.letters import send_letter
from dingfen.complaints.models import Complaint, Issue
from dingfen.demo.organisation import Organisation
from dingfen.policies.actions import publish_shipped

PACK = "company-complaints"
DAY = dt.timedelta(days=1)
MONEY, GOODS = "pays", "makes good"
AGREED, CLIMBS, BACK, AT_ONCE, TAKEN_BACK, SILENT = (
    "agreed",
    "climbs",
    "back",
    "at once",
    "withdrawn",
    "silent",
)


@dataclass
class Plan:
    """`left`: how many days before today it comes. `way`: how it goes on."""

    left: int
    unit: str
    who: str
    name: str
    phone: str
    channel: str
    klass: str
    title: str
    text: str
    way: str
    amount: str = ""
    case: Complaint | None = field(default=None, repr=False)

    @property
    def uid(self) -> object:
        return self.case.case.uid if self.case else None


PRODUCTS = {
    "晚交车 6 天": "远山 X5", "等候两小时": "保养服务", "少播 12 次": "电视广告位", "空调异响": "远山 X5",
    "上牌费多收": "上牌代办", "承诺曝光量不符": "户外大屏", "车膜没有赠送": "远山 E3", "定金未退": "远山 E3",
    "制作费重复收取": "广告制作", "配件等了一个月": "维修服务", "补漆色差": "维修服务", "排期推迟": "电视广告位",
    "漏拧底盘螺丝": "保养服务", "检测费未事先告知": "维修服务", "续航与宣传不符": "远山 E3", "素材用错版本": "户外大屏",
    "交车改期三次": "远山 X5", "天窗漏水": "远山 X5", "上刊晚两天": "户外大屏", "中控屏黑屏": "远山 E3",
    "代步车没有安排": "维修服务", "贷款服务费": "车贷服务",
}  # fmt: skip
"""What a complaint is about, by its title; the others name nothing."""


def plans() -> list[Plan]:
    dealer, media = ("CDE", "shen"), ("MT1", "meng")
    return [
        Plan(84, *dealer, "高雅琴", "13912340071", "phone", "delay", "晚交车 6 天", "约定 9 月底交车，晚了六天，没有人打电话告诉我。", AGREED, "1200"),
        Plan(80, *dealer, "卢志远", "13912340072", "counter", "service-quality", "等候两小时", "预约十点保养，等到十二点才有人接车。", AT_ONCE),
        Plan(76, *media, "恒泰家居", "13712340011", "mail", "breach", "少播 12 次", "合同约定 60 次，监播报告只有 48 次。", AGREED, "9600"),
        Plan(71, *dealer, "殷素芬", "13912340073", "phone", "product-quality", "空调异响", "提车第三天空调有异响，去了两次都没修好。", BACK),
        Plan(66, *dealer, "贺小川", "13912340074", "wechat", "charges", "上牌费多收", "上牌收了八百，说好五百。", AGREED, "300"),
        Plan(61, *media, "青禾教育", "13712340012", "phone", "misleading", "承诺曝光量不符", "业务员说每天二十万人看到，实际不到一半。", CLIMBS, "20000"),
        Plan(57, *dealer, "谭玉兰", "13912340075", "letter", "promise-not-kept", "车膜没有赠送", "签约时口头答应送全车膜，提车时说没有这回事。", AGREED),
        Plan(52, *dealer, "汪国栋", "13912340076", "phone", "staff-conduct", "试驾时催促下定", "试驾时一直催我下定，语气让人不舒服。", AT_ONCE),
        Plan(47, *dealer, "孔令仪", "13912340077", "authority", "refund-delay", "定金未退", "取消订车三周，定金五千元仍未退。", AGREED, "5000"),
        Plan(43, *media, "远山旅行社", "13712340013", "mail", "charges", "制作费重复收取", "同一条广告片收了两次制作费。", AGREED, "3000"),
        Plan(39, *dealer, "蒋文博", "13912340078", "counter", "after-sales", "配件等了一个月", "前大灯配件等了一个月，没有准信。", CLIMBS, "1500"),
        Plan(35, *dealer, "范思敏", "13912340079", "phone", "privacy", "收到推销电话", "买车后一周收到七个保险电话，我没有同意过。", AGREED),
        Plan(31, *dealer, "高雅琴", "13912340071", "phone", "after-sales", "补漆色差", "补过的车门颜色和原来不一样。", AGREED),
        Plan(27, *media, "嘉禾乳业", "13712340014", "phone", "delay", "排期推迟", "排期比合同晚了九天，错过了促销。", AGREED, "8000"),
        Plan(23, *dealer, "尹春霞", "13912340080", "phone", "service-quality", "漏拧底盘螺丝", "保养后底盘有响声，检查发现螺丝没有拧紧。", BACK),
        Plan(19, *dealer, "段宏伟", "13912340081", "phone", "charges", "检测费未事先告知", "检测费事先没有说，结账时才知道。", TAKEN_BACK),
        Plan(16, *dealer, "邱淑珍", "13912340082", "counter", "misleading", "续航与宣传不符", "宣传续航五百公里，实际三百出头，我要说法。", CLIMBS, "6000"),
        Plan(13, *media, "新航驾校", "13712340015", "mail", "breach", "素材用错版本", "上刊用了旧版素材，电话号码是错的。", AGREED, "2600"),
        Plan(9, *dealer, "侯建军", "13912340083", "phone", "delay", "交车改期三次", "交车改了三次，请了三次假。", AGREED, "900"),
        Plan(7, *dealer, "邵丽华", "13912340084", "phone", "product-quality", "天窗漏水", "下雨天窗漏水，座椅湿了一片。", AGREED, "2800"),
        Plan(5, *media, "百味轩餐饮", "13712340016", "phone", "delay", "上刊晚两天", "开业当天没有上刊，晚了两天。", AGREED, "4000"),
        Plan(4, *dealer, "龙正阳", "13912340085", "phone", "product-quality", "中控屏黑屏", "行驶中中控屏黑屏两次，导航和倒车影像都没有。", AGREED, "1800"),
        Plan(2, *dealer, "万慧敏", "13912340086", "wechat", "promise-not-kept", "代步车没有安排", "维修要七天，答应的代步车一直没有安排。", AGREED),
        Plan(2, *dealer, "施长青", "13912340087", "letter", "charges", "贷款服务费", "贷款服务费三千元，合同里没有写。", SILENT, "3000"),
        Plan(1, *dealer, "夏雨桐", "13912340088", "phone", "service-quality", "休息区有人吸烟", "带孩子等候时休息区有人吸烟，没有人劝阻。", SILENT),
    ]  # fmt: skip


class Complaints:
    """What happens to the complaints on each day."""

    def __init__(self, organisation: Organisation, actor: Callable[[str, dt.datetime], Actor]) -> None:
        self.organisation = organisation
        self.actor = actor
        self.plans = plans()

    def publish(self, at: dt.datetime) -> None:
        for code in ("YL", "XH"):
            company = self.organisation.units[code]
            publish_shipped(actor=system_actor(company), at=at, unit=company, pack=PACK)

    def day(self, opening: dt.datetime, left: int) -> None:
        """The steps of this day, in the morning."""
        at = opening + dt.timedelta(hours=1)
        for plan in self.plans:
            gone = plan.left - left
            if gone < 0:
                continue
            if gone == 0:
                self._comes(plan, at)
            elif plan.way != SILENT:
                for day, step in self._way(plan):
                    if day == gone:
                        step(plan, at)

    def _way(self, plan: Plan) -> Iterator[tuple[int, Callable[[Plan, dt.datetime], None]]]:
        if plan.way == TAKEN_BACK:
            yield 2, self._withdrawn
            return
        yield 1, self._looked_into
        if plan.way == AT_ONCE:
            yield 2, self._settled
            return
        yield 2, self._offered
        if plan.way == CLIMBS:
            yield 4, self._declined
            yield 6, self._negotiated
            yield 8, self._mediation
            yield 20, self._mediated
            return
        yield 4, self._taken
        yield 6, self._delivered
        yield 9, self._called_back
        if plan.way == BACK:
            yield 10, self._reopened

    def _who(self, plan: Plan, at: dt.datetime) -> dict[str, object]:
        return {"actor": self.actor(plan.who, at), "at": at}

    def _do(self, plan: Plan, at: dt.datetime, action: Callable[..., object], **given: object) -> object:
        return action(**self._who(plan, at), **given)

    def _comes(self, plan: Plan, at: dt.datetime) -> None:
        got = receive(
            actor=self.actor(plan.who, at),
            at=at,
            channel=plan.channel,
            text=plan.text,
            unit=self.organisation.units[plan.unit],
            complainant=Complainant(
                name=plan.name, phone=plan.phone, kind="company" if plan.unit == "MT1" else "person"
            ),
            amount=plan.amount,
            product=PRODUCTS.get(plan.title, ""),
            order_number=f"HT-{plan.phone[-4:]}" if plan.title in PRODUCTS else "",
            remedy="给个说法并补偿" if plan.amount else "尽快处理",
            take=plan.way != SILENT,
        )
        plan.case = got.complaint
        if plan.way == SILENT:
            return
        later = at + dt.timedelta(minutes=25)
        text = "您反映的我们已登记，由我负责，三天内给您方案。"
        self._do(plan, later, thread.reply, case_uid=plan.uid, text=text, channel="phone")
        self._do(plan, later, handling.assess, case_uid=plan.uid, klass=plan.klass)

    def _issue(self, plan: Plan) -> Issue:
        return Issue.objects.get(complaint=plan.case)

    def _looked_into(self, plan: Plan, at: dt.datetime) -> None:
        self._do(plan, at, issues.list_issue, case_uid=plan.uid, title=plan.title, klass=plan.klass)
        issue = self._issue(plan)
        self._do(plan, at, issues.investigate, issue_uid=issue.uid)
        asked = self.organisation.staff["lin" if plan.unit == "CDE" else "tang"]
        row = investigating.ask(
            actor=self.actor(plan.who, at), at=at, case_uid=plan.uid, staff=asked.uid,
            question="请说明当天的经过，并附上单据。", due_at=at + 2 * DAY, issue_uid=issue.uid,
        )  # fmt: skip
        later = at + dt.timedelta(hours=3)
        told = "当天由我经手，单据已交服务台，确有客户所说的情况。"
        investigating.answer(
            actor=self.actor(asked.username, later), at=later, inquiry_uid=row.uid, text=told
        )

    def _found(self, plan: Plan, at: dt.datetime) -> Issue:
        issue = self._issue(plan)
        if not issue.finding:
            facts = "经核对单据和当班人员说明，情况与客户所述一致。"
            self._do(plan, at, issues.find, issue_uid=issue.uid, finding="upheld", facts=facts)
        return issue

    def _settled(self, plan: Plan, at: dt.datetime) -> None:
        issue = self._found(plan, at)
        how = "当面致歉并说明改进，客户表示接受。"
        self._do(plan, at, issues.settle, issue_uid=issue.uid, how=how)
        self._close(plan, at)

    def _close(self, plan: Plan, at: dt.datetime) -> None:
        if plan.case is not None and Complaint.objects.get(pk=plan.case.pk).decided_at is None:
            self._do(plan, at, issues.decide, case_uid=plan.uid)
        self._do(plan, at, ending.close, case_uid=plan.uid, told="电话告知处理结果，并感谢客户指出问题。")
        later = at + dt.timedelta(hours=1)
        self._do(plan, later, send_letter, case_uid=plan.uid, letter="thanks", via="letter")

    def _offered(self, plan: Plan, at: dt.datetime) -> None:
        issue = self._found(plan, at)
        common = {"case_uid": plan.uid, "issues": [issue.uid], "deliver_by": at + 5 * DAY}
        if plan.amount:
            self._do(
                plan, at, proposing.propose, **common, remedy="goodwill", what="善意补偿 100 元，三个工作日到账",
                amount="100", pros=["三个工作日到账"], cons=["金额低于您的要求"],
            )  # fmt: skip
        self._do(
            plan, at, proposing.propose, **common, remedy="make-good", what="由主管专人跟进，免费补做并赠送一次服务",
            pros=["今天就能安排", "专人负责到底"], cons=["需要再来一次"],
        )  # fmt: skip
        self._do(plan, at, proposing.offer, case_uid=plan.uid, answer_by=at + 5 * DAY)

    def _answer(self, plan: Plan, at: dt.datetime, answer: str) -> None:
        rows = plan.case.proposals.filter(state="offered").order_by("-mark") if plan.case else ()
        for row in list(rows)[: 1 if answer == "accept" else None]:
            self._do(plan, at, proposing.answer_proposal, proposal_uid=row.uid, answer=answer, via="phone")

    def _taken(self, plan: Plan, at: dt.datetime) -> None:
        self._answer(plan, at, "accept")

    def _declined(self, plan: Plan, at: dt.datetime) -> None:
        self._answer(plan, at, "decline")

    def _delivered(self, plan: Plan, at: dt.datetime) -> None:
        row = plan.case.proposals.get(state="delivering") if plan.case else None
        if row is not None:
            self._do(plan, at, proposing.deliver, proposal_uid=row.uid, proof="客户签收单已归档")
            self._close(plan, at)

    def _called_back(self, plan: Plan, at: dt.datetime) -> None:
        fixed = "no" if plan.way == BACK else "yes"
        score = 2 if plan.way == BACK else 4
        self._do(
            plan,
            at,
            after.call_back,
            case_uid=plan.uid,
            via="phone",
            fixed=fixed,
            handling=score + 1,
            outcome=score,
        )

    def _reopened(self, plan: Plan, at: dt.datetime) -> None:
        self._do(plan, at, ending.reopen, case_uid=plan.uid, reason="回访时客户说问题又出现，补救未见效")

    def _withdrawn(self, plan: Plan, at: dt.datetime) -> None:
        self._do(plan, at, ending.withdraw, case_uid=plan.uid, said="已看到墙上的价目表，不再追究")

    def _negotiated(self, plan: Plan, at: dt.datetime) -> None:
        self._climb(plan, at, "negotiation", "与客户当面协商补偿的金额")
        self._end(plan, at + dt.timedelta(hours=2), "not_agreed", "双方对金额差距较大")

    def _mediation(self, plan: Plan, at: dt.datetime) -> None:
        self._climb(plan, at, "mediation", "双方同意由消费者协会主持调解")

    def _climb(self, plan: Plan, at: dt.datetime, step: str, reason: str) -> None:
        self._do(plan, at, climbing.go_to, case_uid=plan.uid, step=step, reason=reason)

    def _end(self, plan: Plan, at: dt.datetime, outcome: str, text: str) -> None:
        row = plan.case.ladder.get(ended_at=None) if plan.case else None
        if row is not None:
            self._do(plan, at, climbing.end_step, step_uid=row.uid, outcome=outcome, text=text)

    def _mediated(self, plan: Plan, at: dt.datetime) -> None:
        row = plan.case.ladder.get(ended_at=None) if plan.case else None
        if row is None:
            return
        minutes = {
            "mediator": "消协调解员",
            "place": "消费者协会",
            "agreed_points": "十日内支付一半金额，双方再无争议",
        }
        self._do(
            plan, at, climbing.note_session, step_uid=row.uid, held_at=at, agreed=True, no_interest=True,
            read_back=True, signed=True, minutes=minutes,
        )  # fmt: skip
        self._end(plan, at, "agreed", "十日内支付一半金额，双方签字")
        self._close(plan, at)
