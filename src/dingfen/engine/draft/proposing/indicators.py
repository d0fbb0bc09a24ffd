"""Percentages that are targets, as figures with numerator and denominator."""

from __future__ import annotations

import re

from dingfen.engine.countables import belongs_to
from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.proposing import common
from dingfen.engine.draft.proposing.common import Around, Maker, Proposal, first_of, near

# words → what is counted, what it is divided by, and whether the target is the least or the most
FIGURES: common.Table = (
    (r"满意[率度]|satisf", ("satisfied", ("客户满意率", "Satisfied customers"), "surveys_satisfied", "surveys_answered", True)),
    (r"(?:首次|及时)?(?:响应|回应|首答)[^，。]{0,4}率|first answers?|respon\w+ rate", ("answered", ("首次回应及时率", "First answers in time"), "first_answers_in_time", "first_answers", True)),
    (r"(?:按时|按期|及时)[^，。]{0,4}(?:办结|处理|完成)率?|(?:处理|办理)及时率|handled in time|on time", ("in-time", ("按时办理率", "Handled in time"), "complaint_clocks_met", "complaint_clocks_due", True)),
    (r"办结率|结案率|处理率|closed", ("closed", ("投诉办结率", "Complaints closed"), "complaints_closed", "complaints_received", True)),
    (r"重复投诉|再次投诉|repeat(?:ed)? complaint", ("repeated", ("重复投诉率", "Repeated complaints"), "complaints_repeated", "complaints_closed", False)),
    (r"回访率|联系率|calls? made|contacted", ("contacted", ("客户联系完成率", "Contacts made"), "contacts_made", "contacts_due", True)),
    (r"接通率|接听率|calls? answered", ("calls", ("来电及时接听率", "Calls answered in time"), "calls_answered_in_time", "calls_received", True)),
    (r"一次(?:性)?解决|首次解决|first[- ]contact resolution|solved at once", ("solved", ("首次来电解决率", "Solved at once"), "calls_solved_at_once", "calls_received", True)),
    (r"(?:培训|考核|考试)[^，。]{0,4}(?:合格|通过|参训|完成)率|courses? passed", ("courses", ("培训通过率", "Courses passed"), "courses_passed", "courses_due", True)),
    (r"演练[^，。]{0,4}率|drills? held", ("drills", ("演练完成率", "Drills held"), "drills_held", "drills_due", True)),
    (r"(?:上报|报告)[^，。]{0,4}(?:及时)?率|reports? in time", ("reports", ("上报及时率", "Reports in time"), "incident_reports_in_time", "incident_reports_due", True)),
    (r"流失率|customers? lost|churn", ("lost", ("客户流失率", "Customers lost"), "customers_lost", "customers_at_start", False)),
    (r"更新[^，。]{0,4}率|资料(?:完整|准确)率|records? updated", ("records", ("资料按时更新率", "Records updated in time"), "records_updated_in_time", "records_changed", True)),
    (r"(?:承诺|履约)[^，。]{0,4}率|promises? kept", ("promises", ("承诺兑现率", "Promises kept"), "promises_kept", "promises_due", True)),
)  # fmt: skip
PERIODS: common.Table = (
    (r"每?年度?|年内|\byear", "year"), (r"季度?|quarter", "quarter"), (r"周|week", "week"), (r"月|month", "month"),
)  # fmt: skip


def target(one: Finding, around: Around) -> Proposal | None:
    """`客户满意率不低于 95%`: a figure in per cent with its target."""
    number = re.fullmatch(r"(?:(over|under|min|max) )?(\d+(?:\.\d+)?)%", str(one.value))
    found = first_of(FIGURES, near(one)) or first_of(FIGURES, one.text)
    if number is None or found is None or float(number[2]) > 100:
        return None
    name, title, above, below, least = found
    if number[1] in (("under", "max") if least else ("over", "min")):
        return None  # 及时率低于 90% 的，扣 3 分: what follows a miss, not the target
    amount = float(number[2])
    value = {
        "id": name, "title": {"zh": title[0], "en": title[1]}, "numerator": [above], "denominator": [below],
        "unit": "percent" if belongs_to(above, below) else "per_100", "at_least" if least else "at_most": int(amount) if amount.is_integer() else amount,
        "period": first_of(PERIODS, near(one)) or first_of(PERIODS, around.article.text[:60]) or "month", "per": ["site"],
    }  # fmt: skip
    return common.proposal("indicators", "figures", value, "numerator", "period")


MAKERS: dict[str, Maker] = {"percentage": target}
