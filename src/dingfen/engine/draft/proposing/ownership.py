"""Findings on who holds a customer, as rules of the ownership topic."""

from __future__ import annotations

import re
from typing import Any

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.proposing import common
from dingfen.engine.draft.proposing.common import (
    Around,
    Maker,
    Proposal,
    clause,
    first_of,
    money,
    near,
    span_of,
)
from dingfen.engine.draft.proposing.principles import principle
from dingfen.engine.fact import GRADES

FROM_CONTACT = re.compile(
    r"[自从距][^，。；]{0,8}(?:最后|最近|上)一?次[^，。；]{0,6}(?:跟进|回访|联系|接触)"
    r"|(?:from|since|after) the (?:last|latest) (?:\w+ )?(?:follow-up|contact|visit)",
    re.IGNORECASE,
)
"""The time begins anew with each contact, not once with the entry."""
# where the finding itself does not say what it measures: what its clause speaks of
SPANS: common.Table = (
    (r"申诉|复议|\bappeal", "appeal"),
    (r"不得(?:再次|重新)(?:领取|登记|报备)|再次领取|冷却|cool", "cool-down"),
    (r"(?:成交|签单|签约|交车|交付)[^。；]{0,6}后?[^。；]{0,12}(?:主张|异议|提出|申请归属)|(?:主张|异议|归属申请)[^。；]{0,12}(?:内|逾期)|raise a claim|claims? (?:must|may)", "claim window"),
    (r"(?:无|未|没有)[^。；，,]{0,6}(?:回访|跟进|联系|跟踪)", "lapse"),
    (r"裁决|裁定|仲裁|\brul(?:e|ing)\b", "ruling"),
    (r"书面说明|举证|提交证据|陈述|\bstatement\b", "statement"),
    (r"告知|通知|\btell|notif|inform", "notice"),
    (r"借阅|查阅", "borrowing"),
)  # fmt: skip
FIELDS: common.Table = (
    (r"姓名|名字|客户名称|\bnames?\b", "name"), (r"电话|手机|联系方式|phone", "phone"), (r"公司|单位名称|company", "company"),
    (r"需求|意向|\bneeds?\b", "need"), (r"级别|等级|\bgrade\b", "grade"), (r"预算|budget", "budget"), (r"产品|车型|product", "product"),
    (r"项目|楼盘|project", "project"), (r"地址|address", "address"), (r"决策人|decision maker", "decision_maker"),
)  # fmt: skip
LINES: common.Table = (
    (r"陪访|联合拜访|共同拜访|joint visit", "value(joint_visit_points)"),
    (r"虚增|虚构|捏造|invent", "each(invented_visits)"),
    (r"夸大|inflat", "each(inflated_titles)"),
    (r"(?:没有|未|无)[^，。]{0,4}(?:面访|到访|拜访)|仅(?:电话|微信)|phone only|no visit", "each(phone_only)"),
    (r"(?:面访|拜访|到访)[^，。]{0,8}(?:起始|时间|较?早|首次)|首次(?:面访|到访|拜访)|first visit", "min(first_visit_at)"),
    (r"(?:面访|拜访|到访|来访)[^，。]{0,8}(?:次数|多)|more visits|number of visits", "max(visits)"),
    (r"(?:跟进|回访|联系)[^，。]{0,8}(?:次数|多)|follow-ups", "max(effective_follow_ups)"),
    (r"职务|职级|级别更?高|higher (?:rank|contact)", "max(highest_contact_rank)"),
    (r"名片|business card", "each(cards > 0)"),
    (r"描述|情况说明|容貌|资料(?:更)?(?:完整|详细)|profile", "max(profile_complete)"),
    (r"新人|新增联系人|更换[^，。]{0,4}(?:联系人|负责人)|new contacts?", "max(new_contacts)"),
    (r"(?:衔接|首次|最早|接触|联系)[^，。]{0,10}(?:起始|时间|早)|首次(?:接触|联系)|earlier|first touch|first contact", "min(first_touch_at)"),
    (r"登记[^，。]{0,8}(?:早|先)|先(?:登记|报备)|registered (?:first|earlier)", "min(registered_at)"),
    (r"天数|active days", "max(active_days)"),
)  # fmt: skip


def _rule(key: str, value: Any, *confirm: str) -> Proposal:
    return common.proposal("ownership", key, value, *confirm)


def measured(one: Finding, around: Around) -> str:
    """What a length is for: as found, or by the words of its clause."""
    return one.of or str(first_of(SPANS, near(one)) or first_of(SPANS, one.text) or "")


def duration(one: Finding, around: Around) -> Proposal | None:
    span = span_of(one)
    if span is None:
        return None
    confirm = () if one.inclusive is not None or "counting" not in span else ("counting",)
    of = measured(one, around)
    if of == "validity":
        start = "last_effective_follow_up" if FROM_CONTACT.search(around.article.text) else "registered"
        return _rule(
            "protection.lapse", {"after": span, "from": start, **_when(around, one)}, "from", *confirm
        )
    if of == "lapse":
        return _rule(
            "protection.lapse", {"after": span, "from": "last_effective_follow_up"}, "from", *confirm
        )
    made = _SPANS.get(of)
    return _rule(made[0], made[1](span), *confirm) if made else None


def _when(around: Around, one: Finding) -> dict[str, str]:
    """The holds a validity is for, where the clause names where they came from or how far they got."""
    words: common.Table = (
        (r"定金|订金|认筹|deposit", 'stage in ["deposit", "approved"]'),
        (r"来电|电话客户|call-in|incoming call", 'channel == "incoming_call"'),
        (r"(?:来访|到店|到访)[^，。；]{0,6}客户|walk-in", 'channel == "walk_in"'),
        (r"网络|线上|网上|online", 'channel == "online"'),
        (r"渠道|中介|分销|broker", 'channel == "broker"'),
        (r"转介|老带新|介绍|referral", 'channel == "referral"'),
    )
    found = first_of(words, near(one))
    return {"when": found} if found else {}


_SPANS: dict[str, tuple[str, Any]] = {
    "claim window": ("claim_window", lambda span: {"within": span, "from": ["deal", "delivery"]}),
    "look-back before the deal": ("look_back", lambda span: {"within": span}),
    "cool-down": ("pool.cool_down", lambda span: span),
    "appeal": ("decides.appeal.within", lambda span: span),
    "ruling": ("decides.ruling", lambda span: span),
    "statement": ("decides.statement", lambda span: span),
    "notice": ("prior_communication.tell", lambda span: span),
    "borrowing": ("borrowing", lambda span: {"approved_by": "head", "at_most": span}),
}


def deadline(one: Finding, around: Around) -> Proposal | None:
    if one.value == "next morning":
        return _rule("registration.late_evening", True)
    if one.value == "same day" and one.of == "registration":
        return _rule("registration.same_day", True)
    return duration(one, around)


def frequency(one: Finding, around: Around) -> Proposal | None:
    span = common.every(one.value)
    if span is None:
        return None
    if one.grade in GRADES:
        return _rule("protection.follow_up", {"when": f'grade == "{one.grade}"', "every": span}, "counting")
    if one.grade:
        return None  # a grade the language does not know: people read it
    if re.search(r"跟|访|联系|客户(?!资料|信息)|follow|contact|\bcall", one.text, re.IGNORECASE):
        return _rule("protection.follow_up", {"every": span}, "counting")
    return routine(one, span)


def routine(one: Finding, span: Proposal) -> Proposal | None:
    """A duty that comes round: who hands something in, to whom."""
    if not re.search(
        r"上报|上交|提交|汇报|移交|填写|记录|报告|\breport|hand in|submit", one.text, re.IGNORECASE
    ):
        return None
    value = {
        "title": clause(one.text),
        "by": common.basic_role(one.text, "salesperson"),
        "to": "head",
        "every": span,
    }
    return _rule("routines", value, "by", "to")


def amount(one: Finding, around: Around) -> Proposal | None:
    bound, said = money(one)
    if not said or bound in ("over", "min", "under"):
        return None
    if one.of == "sanction":
        return _rule("sanctions.steps", {"kind": "fine", "amount": said, "nth": one.nth or 1}, "when")
    if one.of == "bonus per unit":
        return _rule("effects", {"kind": "bonus", "to": "signer", "amount": said, "per": "unit"}, "when")
    return None


def points(one: Finding, around: Around) -> Proposal | None:
    if around.topic not in ("ownership", "incidents"):
        return None  # points of another kind, such as those of a staff appraisal
    to = first_of(LINES, near(one)) or first_of(LINES, one.text) or first_of(LINES, around.article.text[:200])
    ranged = ".." in str(one.value)
    if to is None and ranged:
        to = "value(joint_visit_points)"
    if (
        to is None
        or ranged != str(to).startswith("value(")
        or not re.fullmatch(r"-?\d{1,2}(\.\.-?\d{1,2})?", str(one.value))
    ):
        return _rule("scorecard.lines", {"title": clause(one.text), "points": one.value, "to": None}, "to")
    return _rule("scorecard.lines", {"title": clause(one.text), "points": one.value, "to": to}, "to")


_LIMITS = {
    "signers": "signers.at_most", "pool takes": "pool.take_per_day", "holding limit": "pool.holding_limit",
    "co-workers": "co_workers.at_most", "extensions": "protection.renewal.at_most",
}  # fmt: skip


def count(one: Finding, around: Around) -> Proposal | None:
    limit, _, number = str(one.value).partition(" ")
    if limit != "max" or one.of not in _LIMITS:
        return None
    most = int(float(number))
    return _rule(_LIMITS[one.of], most) if most > 0 else None


def sanction(one: Finding, around: Around) -> Proposal | None:
    return _rule("sanctions.steps", {"kind": one.value, "nth": one.nth or 1}, "when")


def ban(one: Finding, around: Around) -> Proposal | None:
    return _rule("bans", {"title": clause(one.text[:200])}, "id")


def share(one: Finding, around: Around) -> Proposal | None:
    return principle(one.text, one.value)


def sentence(one: Finding, around: Around) -> Proposal | None:
    """A duty or a condition: what must be filled in, the same day, or who gets the customer."""
    found = principle(one.text)
    if found is not None:
        return found
    fields = [name for words, name in FIELDS if re.search(words, one.text, re.IGNORECASE)]
    if len(fields) > 1 and re.search(
        r"填写|登记|报备|注明|录入|\b(?:fill|regist|record|state)", one.text, re.IGNORECASE
    ):
        return _rule("registration.required", fields)
    if one.value == "same day" and re.search(
        r"登记|录入|报备|建卡|建档|regist|enter", one.text, re.IGNORECASE
    ):
        return _rule("registration.same_day", True)
    return None


MAKERS: dict[str, Maker] = {
    "duration": duration, "deadline": deadline, "frequency": frequency, "amount": amount, "points": points,
    "count": count, "sanction": sanction, "ban": ban, "percentage": share, "duty": sentence, "condition": sentence,
    "definition": sentence,
}  # fmt: skip
