"""Everything that changes who works here and what they may do. Each action is one register entry."""

from dingfen.accounts.actions.delegation import delegate, revoke_delegation
from dingfen.accounts.actions.roles import end_role, grant_role
from dingfen.accounts.actions.staff import (
    add_staff,
    change_profile,
    change_staff,
    deactivate_staff,
    end_sessions,
    note_password_change,
    reactivate_staff,
    record_leaver,
    set_temporary_password,
)
from dingfen.accounts.actions.tokens import make_token, revoke_token
from dingfen.accounts.actions.units import close_unit, create_company, create_unit, move_unit, rename_unit

__all__ = [
    "add_staff",
    "change_profile",
    "change_staff",
    "close_unit",
    "create_company",
    "create_unit",
    "deactivate_staff",
    "delegate",
    "end_role",
    "end_sessions",
    "grant_role",
    "make_token",
    "move_unit",
    "note_password_change",
    "reactivate_staff",
    "record_leaver",
    "rename_unit",
    "revoke_delegation",
    "revoke_token",
    "set_temporary_password",
]
