"""The facts of incidents, conduct and care, each declared once."""

from __future__ import annotations

from dingfen.engine.fact import Fact, Subject


def _yes(subject: Subject, name: str, zh: str, en: str, source: str) -> Fact:
    return Fact(name, subject, "boolean", zh, en, source)


def _number(subject: Subject, name: str, zh: str, en: str, source: str) -> Fact:
    return Fact(name, subject, "number", zh, en, source, low=0)


DEMANDS = ("explanation", "apology", "compensation", "refund", "harm", "other")
CUSTOMER_CLASSES = ("ordinary", "key")
_REPORT, _LOG, _FILE, _CARD = "report", "report, updates", "conduct file", "customer record"

INCIDENT_FACTS: tuple[Fact, ...] = (
    Fact(
        "between",
        "incident",
        "choice",
        "谁与谁",
        "Between whom",
        _REPORT,
        choices=("customers", "customer_and_staff", "outsiders"),
    ),
    Fact(
        "wants",
        "incident",
        "choice",
        "对方要求什么",
        "What is demanded",
        _LOG,
        nullable=True,
        choices=DEMANDS,
    ),
    _number("incident", "people_involved", "参与人数", "People involved", _REPORT),
    _number("incident", "bystanders", "围观人数", "Bystanders", _REPORT),
    _number("incident", "people_hurt", "受伤人数", "People hurt", _LOG),
    _yes("incident", "badly_hurt", "有人重伤或死亡", "Somebody badly hurt or dead", _LOG),
    _yes("incident", "loud", "声量升高", "Raised voices", _REPORT),
    _yes("incident", "insults", "辱骂", "Insults", _REPORT),
    _yes("incident", "threats", "威胁", "Threats", _REPORT),
    _yes("incident", "pushing", "推搡或肢体接触", "Pushing or other bodily contact", _REPORT),
    _yes("incident", "weapon", "持械", "A weapon", _REPORT),
    _yes("incident", "damage", "财物受损", "Damage to property", _REPORT),
    _yes("incident", "held_against_will", "有人被限制离开", "Somebody kept from leaving", _REPORT),
    _yes("incident", "counter_stopped", "柜台或收银台停办", "A counter or till stopped", _REPORT),
    _yes("incident", "site_closed", "场所停业", "The site is closed", _LOG),
    _yes("incident", "police_called", "已报警", "The police were called", _LOG),
    _yes("incident", "filmed", "有人拍摄", "Being filmed", _REPORT),
    _yes("incident", "press_there", "有媒体在场", "Press on the spot", _REPORT),
    _yes("incident", "spreading", "正在网上传播", "Spreading online", _LOG),
    _yes(
        "incident",
        "needs_care",
        "涉及儿童、孕妇、残障或七十岁以上的人",
        "A child, a pregnant or disabled person, or one over seventy",
        _REPORT,
    ),
    _yes("incident", "staff_at_fault", "员工有过错", "Staff at fault", _LOG),
    _yes(
        "incident",
        "same_person_again",
        "三十日内同一人再次发生",
        "The same person again within thirty days",
        "history",
    ),
    _yes("incident", "about_business", "涉及业务，需要核实", "About business that must be verified", _REPORT),
    _yes("incident", "getting_worse", "正在升级", "Getting worse", _LOG),
    _yes("incident", "calmed", "已平息", "Calmed down", _LOG),
    _yes("incident", "settled", "已谈妥", "Settled by talking", _LOG),
    Fact("lasted", "incident", "span", "持续时间", "How long it has lasted", _LOG),
)

CONDUCT_FACTS: tuple[Fact, ...] = (
    _number("conduct", "insults_noted", "辱骂员工次数", "Times staff were insulted", _FILE),
    _number("conduct", "threats_noted", "威胁次数", "Threats", _FILE),
    _number("conduct", "violence_noted", "动手次数", "Acts of violence", _FILE),
    _number(
        "conduct",
        "extortion_noted",
        "以投诉相要挟索取财物的次数",
        "Attempts to extort something by a complaint",
        _FILE,
    ),
    _number("conduct", "deceptions_found", "经查属实的欺骗次数", "Deceptions found", _FILE),
    _number("conduct", "complaints_counted", "投诉次数", "Complaints", "complaints"),
    _number(
        "conduct",
        "complaints_unfounded",
        "经查不成立的投诉次数",
        "Complaints found to be without ground",
        "complaints",
    ),
    _number("conduct", "complaints_upheld", "成立的投诉次数", "Complaints upheld", "complaints"),
    _number(
        "conduct",
        "same_matter_repeated",
        "办结后无新事实再提的次数",
        "The same closed matter without new facts",
        "complaints",
    ),
    _number("conduct", "demands_outside_rules", "超出规定的要求次数", "Demands outside the rules", _FILE),
    _number("conduct", "proposals_refused", "拒绝方案次数", "Proposals refused", "complaints"),
    _number("conduct", "contacts_counted", "来访来电次数", "Calls and visits", "touches"),
    _number(
        "conduct",
        "channels_at_once",
        "同一事项同时使用的渠道数",
        "Channels used at once for one matter",
        "complaints",
    ),
    _number("conduct", "staff_affected", "受影响的员工数", "Staff affected", _FILE),
    _number("conduct", "thanks_noted", "表示感谢或好评次数", "Thanks and praise", _FILE),
    _number("conduct", "agreements_kept", "遵守约定次数", "Agreements kept", _FILE),
    _number("conduct", "agreements_broken", "违反约定次数", "Agreements broken", _FILE),
    _yes("conduct", "in_distress", "处于困境或需要照顾", "In distress or in need of care", _FILE),
    _yes("conduct", "matter_open", "有投诉尚未办结", "A complaint is still open", "complaints"),
)

CARE_FACTS: tuple[Fact, ...] = (
    Fact(
        "customer_class",
        "care",
        "choice",
        "客户类别",
        "Class of the customer",
        _CARD,
        choices=CUSTOMER_CLASSES,
    ),
    Fact(
        "customer_value",
        "care",
        "choice",
        "价值",
        "Value",
        _CARD,
        nullable=True,
        choices=("low", "middle", "high"),
    ),
    Fact(
        "customer_size",
        "care",
        "choice",
        "规模",
        "Size",
        _CARD,
        nullable=True,
        choices=("person", "small", "medium", "large"),
    ),
    Fact("customer_years", "care", "number", "合作年数", "Years as a customer", _CARD, low=0, unit="years"),
    _yes("care", "contract_running", "合同履行中", "A contract is running", "deals"),
    _yes("care", "complaint_open", "有未办结的投诉", "A complaint is open", "complaints"),
    _yes("care", "in_trouble", "经营或履约遇到困难", "In difficulties", _CARD),
    _yes("care", "declined_contact", "不愿被联系", "Does not wish to be contacted", _CARD),
)

TOPIC_FACTS = (*INCIDENT_FACTS, *CONDUCT_FACTS, *CARE_FACTS)
