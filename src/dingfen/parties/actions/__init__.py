"""What can be done with customers. Every function takes `actor` and `at` by keyword."""

from dingfen.parties.actions.contacts import add_contact, void_contact
from dingfen.parties.actions.customers import (
    add_customer,
    add_identifier,
    update_customer,
    void_identifier,
)
from dingfen.parties.actions.merging import merge, undo_merge
from dingfen.parties.actions.privacy import erase, look_at, reveal
from dingfen.parties.actions.touches import (
    append_touch,
    correct_touch,
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
    "correct_touch",
    "erase",
    "look_at",
    "merge",
    "record_touch",
    "register_parties",
    "register_party",
    "reveal",
    "undo_merge",
    "update_customer",
    "void_contact",
    "void_identifier",
    "write_correction",
    "write_touch",
]
