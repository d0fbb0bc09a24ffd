"""What people are told, and in which words. The words are in wording.md's table of notifications.

A text takes its parameters as `%(number)s`; `words.spoken` turns moments, days and lengths of time into
words first. Other parts declare their own events when their app is ready.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from dingfen.outbox.models import Channel

Text = str | Promise | Any


@dataclass(frozen=True)
class Event:
    """One kind of message.

    `name` is how the preferences page calls it. `urgent` messages pass quiet hours. `channels` are the ones
    it takes when the person has not chosen.
    """

    code: str
    name: Text
    subject: Text
    body: Text
    urgent: bool = False
    channels: tuple[str, ...] = (Channel.NOTICE, Channel.MAIL)


EVENTS: dict[str, Event] = {}


def declare(*events: Event) -> None:
    """Make events known. Raises ValueError when a code is taken."""
    for event in events:
        if event.code in EVENTS:
            raise ValueError(f"event {event.code} is declared already")
        EVENTS[event.code] = event


NOTICE_ONLY = (Channel.NOTICE,)

declare(
    Event(
        "dispute.claim",
        _("A claim against yours"),
        _("Dispute %(number)s"),
        _("A rival claim was raised; give evidence by %(deadline)s"),
    ),
    Event(
        "dispute.to_rule",
        _("A ruling awaits you"),
        _("To rule: %(number)s"),
        _("A ruling is proposed. Yours to rule by %(deadline)s"),
    ),
    Event(
        "dispute.ruled",
        _("Ruling made"),
        _("Ruling in %(number)s"),
        _("Outcome and reasons inside; appeal until %(until)s"),
    ),
    Event(
        "dispute.appealed",
        _("Appeal raised"),
        _("Appeal in %(number)s"),
        _("An appeal was raised; effects wait for the final ruling"),
    ),
    Event(
        "dispute.final",
        _("Final ruling"),
        _("Final ruling in %(number)s"),
        _("Outcome and reasons inside; effects are due"),
    ),
    Event(
        "registration.lapsing",
        _("Customers about to lapse"),
        ngettext_lazy("%(count)d customer lapses soon", "%(count)d customers lapse soon", "count"),
        _("Open the list and follow up by %(deadline)s"),
    ),
    Event(
        "registration.lapsed",
        _("Customer lapsed to the pool"),
        _("A registration lapsed"),
        _("%(customer)s went to the pool (%(article)s)"),
    ),
    Event(
        "registration.moved",
        _("Holder changed"),
        _("The holder of a customer changed"),
        _("%(customer)s: open the card to see holder and reason"),
    ),
    Event(
        "deal.voided",
        _("Deal voided"),
        _("A deal of yours was voided"),
        _("%(customer)s: voided by %(by)s; the reason is in the register"),
    ),
    Event(
        "customer.received",
        _("Your customer was received by a colleague"),
        _("Your customer is here"),
        _("%(customer)s was received by %(receiver)s; the customer stays with you"),
        urgent=True,
    ),
    Event(
        "page.borrow_asked",
        _("Somebody asks to borrow a page"),
        _("To decide: borrowing of a page"),
        _("%(borrower)s asks for the page of %(day)s for %(left)s"),
    ),
    Event(
        "page.lent",
        _("Answer to a borrowing"),
        _("Borrowing decided"),
        _("Page of %(day)s: open it to see the answer"),
        channels=NOTICE_ONLY,
    ),
    Event(
        "policy.published",
        _("Rule book updated"),
        _("Rule book updated: %(title)s %(version)s"),
        _("In force from %(day)s; confirm reading"),
    ),
    Event(
        "import.done",
        _("Import finished"),
        _("Import of %(file)s finished"),
        _("%(done)s rows in, %(failed)s left out"),
        channels=NOTICE_ONLY,
    ),
    Event(
        "clock.failing",
        _("A deadline could not be handled"),
        _("To check: a deadline could not be handled"),
        _("%(kind)s has failed %(attempts)s times; it is tried again, the worker's log says why"),
        urgent=True,
    ),
    Event(
        "delivery.failed",
        _("Messages could not be delivered"),
        ngettext_lazy("%(count)d message not delivered", "%(count)d messages not delivered", "count"),
        _("Open the outbox to see why, and send again"),
        channels=NOTICE_ONLY,
    ),
)
