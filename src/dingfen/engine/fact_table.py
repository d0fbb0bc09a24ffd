"""Every fact, declared once; engine/vocabulary.py explains their types."""

from __future__ import annotations

from dingfen.engine.claim_facts import CLAIM_FACTS
from dingfen.engine.complaint_facts import COMPLAINT_FACTS
from dingfen.engine.fact import GRADES, Fact
from dingfen.engine.judged_facts import JUDGED_FACTS
from dingfen.engine.topic_fact_table import TOPIC_FACTS

TABLE: tuple[Fact, ...] = (
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
    Fact(
        "referred",
        "case",
        "boolean",
        "由老客户介绍",
        "Brought by an earlier customer",
        "referred",
        fixed=True,
    ),
    Fact(
        "first_visited_at",
        "case",
        "moment",
        "客户首次到访（不论谁接待）",
        "The customer's first visit, whoever received it",
        "touch",
        nullable=True,
        fixed=True,
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
    *CLAIM_FACTS,
    *JUDGED_FACTS,
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
    *COMPLAINT_FACTS,
    *TOPIC_FACTS,
)
