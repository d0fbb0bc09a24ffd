"""What can be done with customers. Every function takes `actor` and `at` by keyword."""

from dingfen.parties.actions.contacts import (
    add_contact,
    contact_left,
    move_contact,
    set_chain,
    void_contact,
)
from dingfen.parties.actions.customers import (
    add_customer,
    add_identifier,
    update_customer,
    void_identifier,
)
from dingfen.parties.actions.merging import merge, undo_merge
from dingfen.parties.actions.privacy import erase, look_at, reveal
from dingfen.parties.actions.relations import end_relation, relate, void_relation
from dingfen.parties.actions.touches import (
    append_touch,
    correct_touch,
    may_correct,
    record_touch,
    write_correction,
    write_touch,
)
from dingfen.parties.registering import NewParty, register_parties, register_party

__all__ = [
    "NewParty",
    "add_contact",
    "add_customer",
    "add_identifier",
    "append_touch",
    "contact_left",
    "correct_touch",
    "end_relation",
    "erase",
    "look_at",
    "may_correct",
    "merge",
    "move_contact",
    "record_touch",
    "register_parties",
    "register_party",
    "relate",
    "reveal",
    "set_chain",
    "undo_merge",
    "update_customer",
    "void_contact",
    "void_identifier",
    "void_relation",
    "write_correction",
    "write_touch",
]
