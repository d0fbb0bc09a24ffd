"""Findings on complaints: clocks, levels, remedies, keeping, who steps aside."""

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
    levelled,
    money,
    near,
    span_of,
)

# what the clause speaks of: the events between which the time runs
EVENTS: common.Table = (
    (r"回访|满意度|call(?:ed)? back|follow-up visit", ("closed", "visited")),
    (r"复核|复查|复议|申诉|\breview|appeal", ("review_asked", "review_decided")),
    (r"重新办理|reopen", ("reopened", "decided")),
    (r"进展|进度|阶段性|progress|update the (?:customer|complainant)", ("received", "interim_told")),
    (r"赔付|退款|兑现|补偿到位|整改到位|支付到位|refund(?:ed)? within|pay(?:ment)? within|remed", ("decided", "remedy_delivered")),
    (r"监管|主管部门|authorit|regulator", ("received", "authority_told")),
    (r"定级|分级|评估|核实|调查|assess|investigat", ("received", "assessed")),
    (r"是否受理|受理(?:决定|与否)|作出受理|accept", ("received", "accepted")),
    (r"确认收到|收到确认|告知(?:已)?(?:受理|收到)|acknowledg", ("received", "acknowledged")),
    (r"首次|首问|响应|回应|回复|联系(?:投诉|客户)|应答|接到投诉[^。；]{0,6}后|first (?:answer|response|reply)|respond|call the customer", ("received", "first_answered")),
    (r"办结|结案|处理完|处理完毕|完成(?:处理|办理)|解决|答复|处理意见|处理结果|final (?:answer|response|reply)|resol|decision|decide|answer", ("received", "decided")),
)  # fmt: skip
# what the customer may or must do within a time is no clock of ours
THEIRS = re.compile(
    r"(?:客户|业主|投诉人|消费者|申请人|顾客|宾客|租户)[^，。；]{0,6}(?:未在|可在?|可以|有权|应在|须在|不服|自收到)|\b(?:customers?|complainants?|tenants?) (?:may|can|must)",
    re.IGNORECASE,
)


def _rule(key: str, value: Any, *confirm: str) -> Proposal:
    return common.proposal("complaints", key, value, *confirm)


def time(one: Finding, around: Around) -> Proposal | None:
    """A deadline or a length: a clock, the extension of one, or how long files are kept."""
    span = span_of(one)
    if span is None:
        return None
    part = near(one)
    if one.of == "retention" or re.search(r"保存|保管|存档|kept for|retain", part, re.IGNORECASE):
        return _rule("retention", {"keep": span, "since": "closed"}, "since")
    if one.of == "extension" or re.search(r"延长|延期|extend", part, re.IGNORECASE):
        return _rule(
            "clocks.extension", {"by": span, "approved_by": common.basic_role(one.text)}, "approved_by"
        )
    if THEIRS.search(part):
        return None
    events = (
        first_of(EVENTS, part)
        or first_of(EVENTS, one.text)
        or (("received", "first_answered") if one.of == "answer complaints" else None)
    )
    if events is None:
        return None
    value: dict[str, Any] = {"title": clause(part), "starts": events[0], "ends": events[1], "within": span,
                             "by": _handler(part)}  # fmt: skip
    if events[1] == "interim_told":
        value["repeats"] = True
    return _rule("clocks", levelled(value, part, one.text), "starts", "ends")


def _handler(text: str) -> str:
    role = common.basic_role(text, "handler")
    return role if role in ("agent", "head", "general_manager", "compliance") else "handler"


def frequency(one: Finding, around: Around) -> Proposal | None:
    """News every so often; other frequencies are no time of a complaint."""
    span = common.every(one.value)
    if span is None or not re.search(r"进展|进度|反馈|告知|progress|update", one.text, re.IGNORECASE):
        return None
    value = {"title": clause(one.text), "starts": "received", "ends": "interim_told", "within": span, "by": "handler",
             "repeats": True}  # fmt: skip
    return _rule("clocks", value, "starts")


def levels(one: Finding, around: Around) -> Proposal | None:
    return _rule("levels", list(one.value) if isinstance(one.value, tuple) else [])


def amount(one: Finding, around: Around) -> Proposal | None:
    """Up to what amount somebody may approve compensation."""
    part = near(one)
    bound, most = money(one)
    if not most or bound not in ("max", "under"):
        return None
    if not re.search(r"审批|批准|决定|同意|授权|权限|处理|approv|decide|may", one.text, re.IGNORECASE):
        return None
    value = {"kind": "compensation", "by": _handler(part), "up_to": most}
    return _rule("remedies.approvers", value, "by")


def ban(one: Finding, around: Around) -> Proposal | None:
    """Who is complained of does not handle it; other bans are for people to read."""
    if re.search(r"被投诉|当事人|complained of|named", one.text, re.IGNORECASE) and re.search(
        r"处理|办理|参与|经办|调查|handle|investigat|decide", one.text, re.IGNORECASE
    ):
        return _rule("conflict", {"bars": ["named"], "decided_by": "head"}, "decided_by")
    return None


MAKERS: dict[str, Maker] = {
    "duration": time, "deadline": time, "frequency": frequency, "levels": levels, "amount": amount, "ban": ban,
    "duty": ban, "condition": ban,
}  # fmt: skip
