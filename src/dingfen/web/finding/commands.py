"""What Ctrl-K offers beside records and rooms: views of one's own work, and things to begin.

`url` is a view name; who lacks `permission` is not offered it. An address of a view that this installation does
not have is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.web.navigation import address


@dataclass(frozen=True)
class Command:
    label: str | Promise
    url: str
    icon: str
    query: str = ""
    permission: str = ""

    @property
    def address(self) -> str:
        return f"{address(self.url)}{self.query}"


COMMANDS = (
    Command(_("Register a customer"), "customer_new", "user-check", permission="customer.register"),
    Command(_("Raise a dispute"), "dispute_raise", "scale", permission="dispute.raise"),
    Command(_("Record a deal"), "deal_new", "file-text", permission="deal.record"),
    Command(_("Late"), "work", "alert-circle", "?view=late"),
    Command(_("Ends soon"), "work", "clock", "?view=soon"),
    Command(_("Mine to rule"), "work", "scale", "?view=rule", "dispute.rule"),
    Command(_("Lapses within 7 days"), "work", "clock", "?view=lapsing", "customer.view"),
    Command(_("Watched by me"), "work", "eye", "?view=watched"),
    Command(pgettext_lazy("work", "Snoozed"), "work", "clock", "?view=snoozed"),
    Command(_("Security"), "security", "lock"),
    Command(_("Notices"), "notices", "bell"),
)


def fitting(actor: Actor, text: str) -> list[Command]:
    """The commands whose words contain the text, for who may use them."""
    return [
        one
        for one in COMMANDS
        if text.lower() in str(one.label).lower()
        and address(one.url)
        and (not one.permission or access.may(actor, one.permission))
    ]
