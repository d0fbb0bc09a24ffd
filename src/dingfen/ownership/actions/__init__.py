"""What can be done about holds and disputes. Every function takes `actor` and `at` by keyword."""

from dingfen.ownership.actions.claims import add_claim, agree, answer, withdraw
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
from dingfen.ownership.actions.notes import note
from dingfen.ownership.actions.opening import open_by_system, raise_dispute
from dingfen.ownership.actions.pool import assign, take
from dingfen.ownership.actions.registering import register_customer
from dingfen.ownership.actions.reviewing import not_same, same
from dingfen.ownership.actions.ruling import appeal, rule_final
from dingfen.ownership.actions.telling import answer_told, note_talk, tell_holder
from dingfen.ownership.actions.touches import correct_touch, notify_holder, record_touch

__all__ = [
    "Exhibit",
    "File",
    "add_claim",
    "add_evidence",
    "add_file",
    "agree",
    "answer",
    "answer_told",
    "appeal",
    "assign",
    "close_evidence",
    "confirm",
    "correct_touch",
    "done",
    "extend",
    "find",
    "merge_customers",
    "not_same",
    "note",
    "note_talk",
    "notify_holder",
    "object_to",
    "open_by_system",
    "propose",
    "raise_dispute",
    "record_deal",
    "record_delivery",
    "record_touch",
    "register_customer",
    "release",
    "rule_final",
    "rule_otherwise",
    "same",
    "take",
    "tell_holder",
    "transfer",
    "undo_merge",
    "void",
    "withdraw",
    "withdraw_evidence",
]
