"""What an entry's kind is called. Every kind that is written has its words here (tested)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: dict[str, str | Promise] = {
    "book.opened": _("Book opened"),
    "page.closed": _("Page closed"),
    "page.sealed": _("Page sealed"),
    "register.exported": _("Register exported"),
    "register.restored": _("Restored from a backup"),
    "personal.shredded": _("Personal data shredded"),
    "borrowing.asked": _("Borrowing asked for"),
    "borrowing.lent": _("Page lent"),
    "borrowing.refused": _("Borrowing refused"),
    "borrowing.ended": _("Borrowing ended"),
    "data.revealed": _("Data revealed"),
    "touch.recorded": _("Touch recorded"),
    "touch.corrected": _("Touch corrected"),
    "customer.added": _("Customer added"),
    "customer.corrected": _("Customer corrected"),
    "customer.erased": _("Customer erased"),
    "customer.merged": _("Customers merged"),
    "customer.unmerged": _("Merge undone"),
    "contact.added": _("Contact added"),
    "contact.voided": _("Contact voided"),
    "identifier.added": _("Identifier added"),
    "identifier.voided": _("Identifier voided"),
    "registration.made": _("Registration made"),
    "registration.taken": _("Taken from the pool"),
    "registration.released": _("Registration released"),
    "registration.transferred": _("Registration transferred"),
    "registration.lapsed": _("Registration lapsed"),
    "registration.voided": _("Registration voided"),
    "dispute.raised": _("Dispute raised"),
    "dispute.found": _("Dispute found"),
    "dispute.claimed": _("Claim added"),
    "dispute.proposed": _("Ruling proposed"),
    "dispute.confirmed": _("Confirmed by one head"),
    "dispute.disagreed": _("Heads disagreed"),
    "dispute.appealed": _("Appeal raised"),
    "dispute.sent_back": _("Sent back"),
    "dispute.final": pgettext_lazy("entry", "Ruling final"),
    "effect.done": _("Duty done"),
    "staff.added": _("Person added"),
    "staff.changed": _("Person changed"),
    "staff.deactivated": _("Account closed"),
    "staff.reactivated": _("Account opened"),
    "staff.left": _("Last day of work recorded"),
    "staff.password_changed": _("Password changed"),
    "staff.password_reset": _("Temporary password given"),
    "staff.signed_out": _("Signed out everywhere"),
    "role.granted": _("Role given"),
    "role.ended": _("Role ended"),
    "delegation.given": _("Deputy named"),
    "delegation.revoked": _("Delegation revoked"),
    "token.made": _("API token made"),
    "token.revoked": _("API token revoked"),
}


def words(kind: str) -> str:
    """The kind in words; its code where an older or newer version wrote it."""
    return str(KINDS.get(kind, kind))
