"""The facts a policy may speak of, each declared once (decision 7).

A fact has one of five types: `boolean`, `number`, `moment` (UTC), `span` (a length of time) and
`choice`. A fact that is *none* (no visit took place) is different from one that is *unknown*
(nobody can say): none is a value, unknown stops a rule from firing. `judged` facts are not folded
from events but found by the people who hear the case; until they do, `unless_found` holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Subject = Literal["case", "claim", "customer", "touch", "ruling"]
FactType = Literal["boolean", "number", "moment", "span", "choice"]
Value = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One word of the vocabulary.

    `nullable`: the value may be none. `low`, `high` bound a number. `judged`: found by people, with
    `unless_found` as the value before that (`"unknown"` where nothing may be assumed).
    `fixed`: evidence in a dispute cannot change it, so it is never offered as "what would change this".
    """

    name: str
    subject: Subject
    type: FactType
    zh: str
    en: str
    derived_from: str
    unit: str = ""
    nullable: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    judged: bool = False
    unless_found: Value = None
    fixed: bool = False


GRADES = ("H", "A", "B", "C")
UNKNOWN_UNLESS_FOUND = "unknown"

_FACTS = (
    # The case: one deal, or one registration without a deal.
    Fact(
        "about",
        "case",
        "choice",
        "争议标的",
        "What the dispute is about",
        "the dispute",
        choices=("deal", "registration"),
        fixed=True,
    ),
    Fact("deal_at", "case", "moment", "成交时间", "Time of the deal", "deal", nullable=True, fixed=True),
    Fact(
        "delivered_at",
        "case",
        "moment",
        "交付时间",
        "Time of delivery",
        "delivered",
        nullable=True,
        fixed=True,
    ),
    Fact(
        "raised_at",
        "case",
        "moment",
        "争议提出时间",
        "Time the dispute was raised",
        "dispute_raised",
        fixed=True,
    ),
    Fact(
        "claimants",
        "case",
        "number",
        "主张人数",
        "Number of claimants",
        "claims",
        unit="people",
        low=1,
        fixed=True,
    ),
    Fact(
        "signers", "case", "number", "签单人数", "Number of signers", "deal", unit="people", low=0, fixed=True
    ),
    Fact(
        "same_unit",
        "case",
        "boolean",
        "主张人同属一个单位",
        "All claimants belong to one unit",
        "claims",
        fixed=True,
    ),
    Fact(
        "registered_same_time",
        "case",
        "boolean",
        "最早的两条登记时间相同",
        "The two earliest registrations carry the same time",
        "registered",
        fixed=True,
    ),
    Fact(
        "registrations_differ",
        "case",
        "boolean",
        "各方登记的客户资料不一致",
        "The registrations differ in the customer's details",
        "finding",
        judged=True,
        unless_found=False,
    ),
    # The customer at the moment that is judged.
    Fact(
        "grade",
        "customer",
        "choice",
        "客户等级",
        "Customer grade",
        "registered, graded",
        nullable=True,
        choices=GRADES,
        fixed=True,
    ),
    # A claim: one salesperson and this customer.
    Fact(
        "registered_at",
        "claim",
        "moment",
        "首次登记",
        "First registration",
        "registered, taken",
        nullable=True,
    ),
    Fact(
        "card_recorded_at",
        "claim",
        "moment",
        "首次建卡",
        "First customer card",
        "card_recorded",
        nullable=True,
    ),
    Fact("first_touch_at", "claim", "moment", "首次接触", "First touch", "touch, deal", nullable=True),
    Fact("first_visit_at", "claim", "moment", "首次到访", "First visit", "touch", nullable=True),
    Fact("visits", "claim", "number", "到访次数", "Visits", "touch", unit="visits", low=0),
    Fact("touches", "claim", "number", "接触次数", "Touches", "touch, deal", unit="touches", low=0),
    Fact(
        "effective_follow_ups",
        "claim",
        "number",
        "有效跟进次数",
        "Effective follow-ups",
        "touch",
        unit="follow-ups",
        low=0,
    ),
    Fact(
        "last_effective_follow_up_at",
        "claim",
        "moment",
        "最后有效跟进",
        "Last effective follow-up",
        "touch",
        nullable=True,
    ),
    Fact(
        "last_active_at",
        "claim",
        "moment",
        "最后活动",
        "Last activity",
        "registered, taken, card_recorded, touch, deal",
        nullable=True,
    ),
    Fact(
        "idle",
        "claim",
        "span",
        "距最后活动的时间",
        "Time since the last activity",
        "last_active_at",
        nullable=True,
    ),
    Fact(
        "active_in_look_back",
        "claim",
        "boolean",
        "回溯期内有活动",
        "Active within the look-back",
        "touch, deal, policy",
    ),
    Fact(
        "active_days",
        "claim",
        "number",
        "有活动的天数",
        "Days with activity",
        "touch, deal",
        unit="days",
        low=0,
    ),
    Fact("phone_only", "claim", "boolean", "仅电话联系，无到访", "By telephone only, no visit", "touch"),
    Fact("lapsed", "claim", "boolean", "登记已失效", "The registration had lapsed", "lapsed, touch, policy"),
    Fact(
        "lapsed_at",
        "claim",
        "moment",
        "失效时间",
        "Time of the lapse",
        "lapsed, touch, policy",
        nullable=True,
    ),
    Fact(
        "ended",
        "claim",
        "boolean",
        "已释放、转移或战败",
        "Released, transferred or lost",
        "released, transferred, lost, voided",
    ),
    Fact(
        "protected_at_deal",
        "claim",
        "boolean",
        "成交时在保护期内",
        "Protected at the deal",
        "registered, policy",
    ),
    Fact(
        "is_owner",
        "claim",
        "boolean",
        "成交时的归属人",
        "Holder at the deal",
        "protected_at_deal, registered_at",
    ),
    Fact("is_signer", "claim", "boolean", "签单人", "Signer", "deal", fixed=True),
    Fact(
        "received_held",
        "claim",
        "boolean",
        "接待过他人保护中的客户",
        "Served a customer another held",
        "touch, deal",
    ),
    Fact(
        "notified_owner",
        "claim",
        "boolean",
        "已告知归属人",
        "Told the holder",
        "notified_owner",
        nullable=True,
    ),
    Fact(
        "concealed_owner",
        "claim",
        "boolean",
        "接待他人客户而未告知归属人",
        "Served another's customer without telling the holder",
        "received_held, notified_owner",
    ),
    Fact("cards", "claim", "number", "名片数", "Business cards", "card_collected", unit="cards", low=0),
    Fact(
        "highest_contact_rank",
        "claim",
        "number",
        "最高联系人职级",
        "Rank of the highest contact",
        "card_collected, contact_added",
        unit="rank",
        nullable=True,
        low=0,
    ),
    Fact(
        "new_contacts",
        "claim",
        "number",
        "新增并跟进的联系人",
        "New contacts followed up",
        "contact_added, touch",
        unit="people",
        low=0,
    ),
    Fact(
        "profile_complete",
        "claim",
        "number",
        "客户情况说明的完整程度",
        "How complete the customer account is",
        "profile_given, finding",
        unit="share",
        low=0,
        high=1,
    ),
    Fact(
        "claim_within_window",
        "claim",
        "boolean",
        "在主张期限内提出",
        "Claimed within the window",
        "dispute_raised, deal, delivered",
    ),
    Fact("co_worker", "claim", "boolean", "登记的协办人", "Named co-worker", "co_worker_named", fixed=True),
    Fact(
        "last_day_follow_ups",
        "claim",
        "number",
        "保护期最后一天才做的跟进",
        "Follow-ups on the last day of protection",
        "touch, policy",
        unit="follow-ups",
        low=0,
        fixed=True,
    ),
    Fact(
        "joint_visits",
        "claim",
        "number",
        "负责人联合拜访次数",
        "Joint visits by heads",
        "touch",
        unit="visits",
        low=0,
    ),
    Fact(
        "joint_visit_points",
        "claim",
        "number",
        "联合拜访评估分",
        "Points for the joint visit",
        "finding",
        unit="points",
        low=-3,
        high=3,
        judged=True,
        unless_found=UNKNOWN_UNLESS_FOUND,
    ),
    Fact(
        "invented_visits",
        "claim",
        "boolean",
        "虚构拜访",
        "Invented visits",
        "finding",
        judged=True,
        unless_found=False,
    ),
    Fact(
        "inflated_titles",
        "claim",
        "boolean",
        "夸大联系人职务或关系",
        "Inflated titles or ties",
        "finding",
        judged=True,
        unless_found=False,
    ),
    Fact(
        "undercut",
        "claim",
        "boolean",
        "恶意压价或毁单",
        "Undercut a colleague or spoiled the deal",
        "finding",
        judged=True,
        unless_found=False,
    ),
    Fact(
        "refused_service",
        "claim",
        "boolean",
        "拒绝或怠慢同事的客户",
        "Refused or neglected a colleague's customer",
        "finding",
        judged=True,
        unless_found=False,
    ),
    Fact(
        "asked_customer",
        "claim",
        "boolean",
        "要求客户作证",
        "Asked the customer to testify",
        "finding",
        judged=True,
        unless_found=False,
    ),
    Fact(
        "earlier_breaches",
        "claim",
        "number",
        "此前已认定的违规次数",
        "Earlier breaches found",
        "finding",
        unit="times",
        low=0,
        judged=True,
        unless_found=0,
        fixed=True,
    ),
    # The proposed ruling, for its effects.
    Fact(
        "signer_is_holder",
        "ruling",
        "boolean",
        "签单人即归属人",
        "The signer is the holder",
        "the ruling",
        fixed=True,
    ),
    Fact("after_delivery", "ruling", "boolean", "已交付", "Already delivered", "delivered", fixed=True),
    Fact(
        "is_split",
        "ruling",
        "boolean",
        "裁决为分成",
        "The ruling splits the credit",
        "the ruling",
        fixed=True,
    ),
)

FACTS: dict[str, Fact] = {fact.name: fact for fact in _FACTS}


def fits(fact: Fact, value: object) -> bool:
    """Whether a value as facts write it (moments as ISO 8601, spans in seconds) is one the fact can have."""
    if value is None:
        return fact.nullable
    if fact.type == "boolean":
        return isinstance(value, bool)
    if fact.type == "choice":
        return value in fact.choices
    if fact.type == "moment":
        return _is_moment(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    return (fact.low is None or value >= fact.low) and (fact.high is None or value <= fact.high)


def _is_moment(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def facts_of(*subjects: Subject) -> dict[str, Fact]:
    """The part of the vocabulary that belongs to these subjects."""
    return {name: fact for name, fact in FACTS.items() if fact.subject in subjects}
