"""What rules on complaints may ask about: facts of one complaint. The class, level and urgency are no facts but
names that the pack itself gives; rules name them under `classes`, `levels` and `urgencies`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dingfen.engine.fact import Fact

INTAKE_CHANNELS = (
    "phone", "counter", "letter", "mail", "web", "chat", "social", "wechat", "wecom", "dingtalk", "feishu", "api",
    "authority",
)  # fmt: skip
COMPLAINT_FINDINGS = ("upheld", "partly_upheld", "not_upheld", "cannot_be_established")


def _yes_or_no(name: str, zh: str, en: str, source: str) -> Fact:
    return Fact(name, "complaint", "boolean", zh, en, source)


COMPLAINT_FACTS: tuple[Fact, ...] = (
    Fact(
        "intake_channel",
        "complaint",
        "choice",
        "投诉渠道",
        "How the complaint came in",
        "received",
        choices=INTAKE_CHANNELS,
    ),
    Fact(
        "claimed_amount",
        "complaint",
        "number",
        "要求的金额",
        "Amount asked for",
        "received",
        unit="currency of the pack",
        nullable=True,
        low=0,
    ),
    Fact(
        "complainants",
        "complaint",
        "number",
        "投诉人数",
        "Number of complainants",
        "received",
        unit="people",
        low=1,
    ),
    Fact("issues", "complaint", "number", "诉求点数", "Number of issues", "issues", low=1),
    Fact(
        "earlier_complaints",
        "complaint",
        "number",
        "一年内的投诉次数",
        "Complaints by the customer within a year",
        "history",
        low=0,
    ),
    _yes_or_no("repeat", "同一事项再次投诉", "The same matter again", "history"),
    _yes_or_no("new_facts", "再次投诉时有新的事实", "A repeat that brings new facts", "assessment"),
    _yes_or_no("injury", "有人受伤", "Somebody was hurt", "assessment"),
    _yes_or_no("danger", "安全隐患尚未排除", "A danger that goes on", "assessment"),
    _yes_or_no("data_leak", "涉及个人信息泄露", "Personal data got out", "assessment"),
    _yes_or_no("media", "媒体或网络关注", "Press or public attention", "assessment"),
    _yes_or_no("passed_on", "由监管或热线转来", "Passed on by an authority", "received"),
    _yes_or_no("legal_steps", "已有律师函、仲裁或诉讼", "Lawyer, arbitration or court", "assessment"),
    _yes_or_no("vulnerable", "需要特别照顾的客户", "A customer in need of particular care", "assessment"),
    _yes_or_no("hardship", "经济困难", "Financial hardship", "assessment"),
    _yes_or_no("distressed", "情绪激动", "Strong feelings", "assessment"),
    _yes_or_no("threat", "有过激行为的表示", "Talk of harm to oneself or others", "assessment"),
    _yes_or_no("represented", "由他人代为投诉", "Brought by a representative", "received"),
    _yes_or_no("authority_shown", "已出示授权", "Authority was shown", "received"),
    _yes_or_no("staff_named", "点名投诉员工", "A member of staff is named", "received"),
    _yes_or_no("between_customers", "客户之间的争议", "Between two customers", "other_named"),
    _yes_or_no("promise_broken", "承诺未兑现", "A promise was not kept", "assessment"),
    _yes_or_no("complex", "情况复杂", "Complex", "assessment"),
    _yes_or_no("especially_complex", "情况特别复杂", "Especially complex", "assessment"),
    _yes_or_no("agreed", "双方已达成一致", "Both sides agree", "proposal_accepted"),
    Fact(
        "proposals_declined",
        "complaint",
        "number",
        "未被接受的方案数",
        "Proposals the customer declined",
        "proposal_declined",
        low=0,
    ),
    _yes_or_no("decided", "已答复", "A decision was given", "decided"),
    Fact(
        "finding",
        "complaint",
        "choice",
        "认定",
        "What was found",
        "decided",
        nullable=True,
        choices=COMPLAINT_FINDINGS,
    ),
    _yes_or_no("remedy_failed", "补救未见效", "The remedy did not work", "visited"),
    _yes_or_no("reviewed", "已由上级核查", "Reviewed by a higher level", "review_decided"),
    _yes_or_no("mediated", "已经过调解", "Mediation was tried", "ladder"),
    _yes_or_no("arbitration_agreed", "有仲裁协议", "Arbitration was agreed", "ladder"),
    Fact("since_received", "complaint", "span", "收到后经过的时间", "Time since it was received", "received"),
    Fact(
        "since_decided",
        "complaint",
        "span",
        "答复后经过的时间",
        "Time since the decision",
        "decided",
        nullable=True,
    ),
    Fact(
        "since_closed",
        "complaint",
        "span",
        "办结后经过的时间",
        "Time since it was closed",
        "closed",
        nullable=True,
    ),
)
BY_NAME = {fact.name: fact for fact in COMPLAINT_FACTS}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ComplaintFacts = Mapping[str, Any]


def prepared(facts: ComplaintFacts) -> dict[str, Any]:
    """Facts in the form closures read: moments come as ISO 8601, spans as seconds, None is none, a name left
    out is unknown. Names outside the vocabulary are dropped.
    """
    from dingfen.engine.conditions import NONE, microseconds

    found: dict[str, Any] = {}
    for name, value in facts.items():
        fact = BY_NAME.get(name)
        if fact is None:
            continue
        if value is None:
            found[name] = NONE
        elif fact.type == "span":
            found[name] = microseconds(timedelta(seconds=value))
        elif fact.type == "moment":
            found[name] = microseconds(datetime.fromisoformat(value) - _EPOCH)
        else:
            found[name] = value
    return found


def plain_facts() -> dict[str, Any]:
    """A plain complaint: nothing special happened. Scenarios start from it."""
    values: dict[str, Any] = {}
    for fact in COMPLAINT_FACTS:
        values[fact.name] = (
            None
            if fact.nullable
            else False
            if fact.type == "boolean"
            else fact.choices[0]
            if fact.choices
            else int(fact.low or 0)
        )
    return values
