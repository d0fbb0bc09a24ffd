"""What indicators may count, each declared once: rows of the rooms, by unit and period.

`part_of` names the count it is a share of, where it is one: a percentage divides only what belongs together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Countable:
    """One thing to count (or, with `unit`, to add up) in a period. `source`: the rows it comes from."""

    name: str
    zh: str
    en: str
    source: str
    part_of: str | None = None
    unit: str = ""


_ALL = (
    Countable("surveys_sent", "发出的调查", "Surveys sent", "care"),
    Countable("surveys_answered", "收回的答卷", "Surveys answered", "care", "surveys_sent"),
    Countable("surveys_satisfied", "评 4、5 分的答卷", "Surveys scored 4 or 5", "care", "surveys_answered"),
    Countable("customers_at_start", "期初客户", "Customers at the start", "customers"),
    Countable(
        "customers_lost", "期内流失的客户", "Customers lost in the period", "customers", "customers_at_start"
    ),
    Countable("records_changed", "有变更的客户资料", "Customer records with a change", "customers"),
    Countable(
        "records_updated_in_time",
        "按时更新的客户资料",
        "Records updated in time",
        "customers",
        "records_changed",
    ),
    Countable("contacts_due", "应联系的次数", "Contacts due", "care"),
    Countable("contacts_made", "已完成的联系", "Contacts made", "care", "contacts_due"),
    Countable("projects_due", "到期的项目", "Projects due", "care"),
    Countable("projects_completed", "按期完成的项目", "Projects completed in time", "care", "projects_due"),
    Countable("promises_due", "到期的承诺", "Promises due", "care"),
    Countable("promises_kept", "兑现的承诺", "Promises kept", "care", "promises_due"),
    Countable("complaints_received", "收到的投诉", "Complaints received", "complaints"),
    Countable("complaints_closed", "办结的投诉", "Complaints closed", "complaints"),
    Countable(
        "complaints_withdrawn", "撤回的投诉", "Complaints withdrawn", "complaints", "complaints_closed"
    ),
    Countable(
        "complaints_repeated",
        "办结后三十日内就同一事再投诉",
        "The same matter again within thirty days",
        "complaints",
        "complaints_closed",
    ),
    Countable(
        "complaints_reopened", "重新办理的投诉", "Complaints reopened", "complaints", "complaints_closed"
    ),
    Countable(
        "complaints_from_authority",
        "监管转来的投诉",
        "Complaints passed on by an authority",
        "complaints",
        "complaints_received",
    ),
    Countable("complaint_clocks_due", "到期的投诉时限", "Complaint clocks due", "complaints"),
    Countable(
        "complaint_clocks_met",
        "按时完成的投诉时限",
        "Complaint clocks met",
        "complaints",
        "complaint_clocks_due",
    ),
    Countable("first_answers", "首次回应", "First answers", "complaints"),
    Countable(
        "first_answers_in_time", "按时首次回应", "First answers in time", "complaints", "first_answers"
    ),
    Countable(
        "first_answer_hours",
        "首次回应用时合计",
        "Hours to the first answer, in sum",
        "complaints",
        None,
        "hours",
    ),
    Countable("closing_hours", "办结用时合计", "Hours to closing, in sum", "complaints", None, "hours"),
    Countable("issues_found", "有认定的诉求点", "Issues with a finding", "complaints"),
    Countable(
        "issues_upheld",
        "成立或部分成立的诉求点",
        "Issues upheld or partly upheld",
        "complaints",
        "issues_found",
    ),
    Countable("proposals_made", "提出的方案", "Proposals made", "complaints"),
    Countable("proposals_accepted", "被接受的方案", "Proposals accepted", "complaints", "proposals_made"),
    Countable("corrective_due", "到期的整改", "Corrective actions due", "cases"),
    Countable(
        "corrective_effective",
        "复核见效的整改",
        "Corrective actions found effective",
        "cases",
        "corrective_due",
    ),
    Countable("visits", "到访人次", "Visits", "touches"),
    Countable("incidents", "现场事件", "Incidents", "incidents"),
    Countable(
        "incidents_major", "最高一级的现场事件", "Incidents of the gravest level", "incidents", "incidents"
    ),
    Countable(
        "incidents_settled", "现场谈妥的事件", "Incidents settled on the spot", "incidents", "incidents"
    ),
    Countable("people_hurt", "受伤人数", "People hurt", "incidents"),
    Countable("incident_reports_due", "应上报", "Reports up the chain due", "incidents"),
    Countable(
        "incident_reports_in_time", "按时上报", "Reports made in time", "incidents", "incident_reports_due"
    ),
    Countable("incident_steps_due", "应做的步骤", "Steps due", "incidents"),
    Countable(
        "incident_steps_in_time", "按时完成的步骤", "Steps done in time", "incidents", "incident_steps_due"
    ),
    Countable("incident_reviews_due", "应做的复盘", "After-reviews due", "incidents"),
    Countable(
        "incident_reviews_in_time",
        "按时完成的复盘",
        "After-reviews in time",
        "incidents",
        "incident_reviews_due",
    ),
    Countable("drills_due", "应做的演练", "Drills due", "incidents"),
    Countable("drills_held", "已做的演练", "Drills held", "incidents", "drills_due"),
    Countable("supplies_checks_due", "应做的物资检查", "Checks of supplies due", "incidents"),
    Countable(
        "supplies_checks_made",
        "已做的物资检查",
        "Checks of supplies made",
        "incidents",
        "supplies_checks_due",
    ),
    Countable("measures_taken", "采取的措施", "Measures taken", "conduct"),
    Countable("measures_appealed", "被申诉的措施", "Measures appealed", "conduct", "measures_taken"),
    Countable(
        "measures_lifted_on_appeal",
        "申诉后解除的措施",
        "Measures lifted on appeal",
        "conduct",
        "measures_appealed",
    ),
    Countable("conduct_warnings", "预警", "Warnings", "conduct"),
    Countable(
        "conduct_warnings_handled",
        "按时处理的预警",
        "Warnings looked at in time",
        "conduct",
        "conduct_warnings",
    ),
    Countable("posts_published", "发布的内容", "Posts published", "social"),
    Countable(
        "posts_approved_before",
        "先审核后发布的内容",
        "Posts approved before publication",
        "social",
        "posts_published",
    ),
    Countable("messages_received", "收到的评论和私信", "Comments and messages received", "social"),
    Countable(
        "messages_answered_in_time", "按时答复的评论和私信", "Answered in time", "social", "messages_received"
    ),
    Countable("calls_received", "来电", "Calls received", "contact centre"),
    Countable(
        "calls_answered_in_time",
        "按时接听的来电",
        "Calls answered in time",
        "contact centre",
        "calls_received",
    ),
    Countable(
        "calls_solved_at_once", "首次来电解决", "Solved in the first call", "contact centre", "calls_received"
    ),
    Countable("courses_due", "应修的课程", "Courses due", "care"),
    Countable("courses_passed", "通过的课程", "Courses passed", "care", "courses_due"),
    Countable("deals", "成交", "Deals", "ownership"),
    Countable("disputes", "归属争议", "Ownership disputes", "ownership"),
    Countable("appeals", "申诉", "Appeals", "ownership"),
    Countable(
        "appeals_changed", "申诉后改判或发回", "Changed or sent back on appeal", "ownership", "appeals"
    ),
    Countable("registrations_protected", "受保护的登记", "Registrations protected", "ownership"),
    Countable(
        "registrations_lapsed", "失效的登记", "Registrations lapsed", "ownership", "registrations_protected"
    ),
)
COUNTABLES: dict[str, Countable] = {each.name: each for each in _ALL}


def belongs_to(name: str, whole: str) -> bool:
    """Whether a count is a part of another, directly or through others."""
    here: str | None = name
    while here is not None:
        if here == whole:
            return True
        here = COUNTABLES[here].part_of
    return False
