"""What can be done about holds and disputes. Every function takes `actor` and `at` by keyword."""

from dingfen.ownership.actions.agreeing import confirm_registration
from dingfen.ownership.actions.cards import add_contact, add_identifier, update_customer
from dingfen.ownership.actions.claims import add_claim, agree, answer, withdraw
from dingfen.ownership.actions.co_working import end_co_worker, name_co_worker
from dingfen.ownership.actions.deal_voiding import void_deal
from dingfen.ownership.actions.deals import record_deal, record_delivery
from dingfen.ownership.actions.deciding import close_evidence, confirm, find, propose, rule_otherwise
from dingfen.ownership.actions.duties import done
from dingfen.ownership.actions.evidence import (
    Exhibit,
    File,
    add_evidence,
    add_file,
    extend,
    object_to,
    withdraw_evidence,
)
from dingfen.ownership.actions.holding import release, transfer, void
from dingfen.ownership.actions.merging import merge_customers, undo_merge
from dingfen.ownership.actions.notes import lesson, note
from dingfen.ownership.actions.opening import open_by_system, raise_dispute
from dingfen.ownership.actions.planning import plan_next
from dingfen.ownership.actions.pool import assign, look_in_pool, open_to_all, take
from dingfen.ownership.actions.progress import reach_stage, renew_protection
from dingfen.ownership.actions.registering import prepare_registration, register_customer
from dingfen.ownership.actions.renewing import answer_renewal, ask_renewal
from dingfen.ownership.actions.reviewing import not_same, same
from dingfen.ownership.actions.ruling import appeal, rule_final
from dingfen.ownership.actions.sanctions import (
    answer_sanction,
    appeal_sanction,
    attach_to_sanction,
    decide_sanction,
    propose_sanction,
    settle_sanction_appeal,
)
from dingfen.ownership.actions.starting import start
from dingfen.ownership.actions.taking_over import take_over_claim
from dingfen.ownership.actions.telling import answer_told, note_talk, tell_holder
from dingfen.ownership.actions.touches import correct_touch, log_follow_up, notify_holder, record_touch

__all__ = [
    "Exhibit",
    "File",
    "add_claim",
    "add_contact",
    "add_evidence",
    "add_file",
    "add_identifier",
    "agree",
    "answer",
    "answer_renewal",
    "answer_sanction",
    "answer_told",
    "appeal",
    "appeal_sanction",
    "ask_renewal",
    "assign",
    "attach_to_sanction",
    "close_evidence",
    "confirm",
    "confirm_registration",
    "correct_touch",
    "decide_sanction",
    "done",
    "end_co_worker",
    "extend",
    "find",
    "lesson",
    "log_follow_up",
    "look_in_pool",
    "merge_customers",
    "name_co_worker",
    "not_same",
    "note",
    "note_talk",
    "notify_holder",
    "object_to",
    "open_by_system",
    "open_to_all",
    "plan_next",
    "prepare_registration",
    "propose",
    "propose_sanction",
    "raise_dispute",
    "reach_stage",
    "record_deal",
    "record_delivery",
    "record_touch",
    "register_customer",
    "release",
    "renew_protection",
    "rule_final",
    "rule_otherwise",
    "same",
    "settle_sanction_appeal",
    "start",
    "take",
    "take_over_claim",
    "tell_holder",
    "transfer",
    "undo_merge",
    "update_customer",
    "void",
    "void_deal",
    "withdraw",
    "withdraw_evidence",
]
