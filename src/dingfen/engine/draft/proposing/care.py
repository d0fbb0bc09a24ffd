"""Findings on customer care: cadences, records, answers on social media, greetings, surveys, courses."""

from __future__ import annotations

import re
from typing import Any

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.proposing import common
from dingfen.engine.draft.proposing.common import Around, Maker, Proposal, clause, first_of, near, span_of

CLASSES = {"key customers": "key", "ordinary customers": "ordinary"}
WHAT: common.Table = (
    (r"谣言|不实信息|rumou?r", "rumour"), (r"投诉|差评|complain", "complaint"), (r"评论|comment", "comment"),
    (r"私信|留言|消息|message", "message"),
)  # fmt: skip
OCCASIONS: common.Table = (
    (r"生日|birthday", "birthday"), (r"周年|纪念日|anniversary", "anniversary"), (r"节日|春节|中秋|festival|holiday", "festival"),
    (r"首次(?:成交|购买)|first (?:deal|purchase)", "first_deal"), (r"交付|交车|交房|delivery", "delivery"),
)  # fmt: skip
AFTER: common.Table = (
    (r"投诉[^，。]{0,6}(?:办结|处理|结束)|complaint", "complaint_closed"), (r"交付|交车|deliver", "delivery"),
    (r"成交|签约|购买|deal|purchase", "deal"), (r"项目|project", "project_finished"), (r"服务|到访|接触|service|visit", "touch"),
)  # fmt: skip
SURVEY = re.compile(r"满意度|问卷|调查|survey|questionnaire", re.IGNORECASE)


def _rule(key: str, value: Any, *confirm: str) -> Proposal:
    return common.proposal("care", key, value, *confirm)


def frequency(one: Finding, around: Around) -> Proposal | None:
    """How often customers are contacted, surveys sent, staff trained, projects looked at."""
    text, span = one.text, common.every(one.value)
    if span is None:
        return None
    if one.of == "training" or re.search(r"培训|学习|train|course", text, re.IGNORECASE):
        return _rule(
            "courses",
            {"title": clause(text), "roles": [common.basic_role(text, "agent")], "refresh": span},
            "roles",
            "hours",
        )
    if SURVEY.search(text):
        return _rule("surveys", {"title": clause(text), "kind": "satisfaction", "every": span}, "kind")
    if re.search(r"项目|合同履行|project", text, re.IGNORECASE) and re.search(
        r"评估|检查|复盘|review|check", text, re.IGNORECASE
    ):
        return _rule("reviews", {"title": clause(text), "every": span}, "covers")
    per = common.rate(one.value)
    if per is None or not (
        one.of or re.search(r"访|联系|沟通|走访|关怀|contact|call|visit", text, re.IGNORECASE)
    ):
        return None
    value: dict[str, Any] = {"title": clause(text), "times": per[0], "per": per[1]}
    if one.of in CLASSES:
        value["when"] = f'customer_class == "{CLASSES[one.of]}"'
    return _rule("cadences", value, *(("times",) if ".." in str(one.value) or one.doubtful else ()), "kinds")


def time(one: Finding, around: Around) -> Proposal | None:
    """Deadlines: records entered, answers given, surveys sent."""
    text, span = near(one), span_of(one)
    if span is None:
        return None
    if one.of == "update records" or re.search(r"更新|录入|update|enter", text, re.IGNORECASE):
        return _rule("records", {"update_within": span}, "stale_after")
    if SURVEY.search(text) and (after := first_of(AFTER, text)):
        return _rule(
            "surveys", {"title": clause(text), "kind": "satisfaction", "after": after, "within": span}, "kind"
        )
    if re.search(r"培训|上岗|train|course", text, re.IGNORECASE):
        return _rule(
            "courses",
            {"title": clause(text), "roles": [common.basic_role(text, "agent")], "within": span},
            "hours",
        )
    if re.search(r"审核|审批|approv", text, re.IGNORECASE) and re.search(
        r"发布|内容|post|publish", text, re.IGNORECASE
    ):
        return _rule("posts", {"approve_within": span}, "approved_by")
    what = first_of(WHAT, text)
    if what and re.search(r"答复|回复|回应|处理|反馈|answer|reply|respond", text, re.IGNORECASE):
        value = {
            "title": clause(text),
            "what": what,
            "within": span,
            **({"becomes_complaint": True} if what == "complaint" else {}),
        }
        return _rule("answers", value, "by")
    return None


def sentence(one: Finding, around: Around) -> Proposal | None:
    """A friendly word on an occasion."""
    occasion = first_of(OCCASIONS, one.text)
    if occasion and re.search(
        r"祝福|问候|贺|慰问|短信|礼|greet|wish|congratulat|send", one.text, re.IGNORECASE
    ):
        return _rule("greetings", {"title": clause(one.text), "on": occasion}, "within")
    return None


MAKERS: dict[str, Maker] = {
    "frequency": frequency, "deadline": time, "duration": time, "duty": sentence, "condition": sentence,
}  # fmt: skip
