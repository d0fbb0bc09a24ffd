"""Who is told what: one place where this room queues messages (the texts are in wording.md, section 4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from dingfen.accounts.models import Staff
from dingfen.outbox.actions import queue
from dingfen.outbox.events import NOTICE_ONLY, Event, declare


def tell(
    recipients: Iterable[Staff],
    event: str,
    subject: tuple[str, uuid.UUID],
    params: Mapping[str, Any],
    *,
    at: datetime,
    key: str,
) -> None:
    """Queue one message to each, once: `key` names the occasion, so telling twice changes nothing.

    `params` are plain JSON: moments as ISO text under `deadline`, `until` or `at`.
    """
    for recipient in {staff.pk: staff for staff in recipients}.values():
        queue(
            recipient=recipient,
            event=event,
            subject=subject,
            params=params,
            key=key,
            at=at,
        )


def declare_events() -> None:
    """Messages only this room sends; the others are declared with the outbox."""
    declare(
        Event(
            "card.due",
            _("A customer card to complete"),
            _("Complete the card today: %(customer)s"),
            _("By %(until)s; otherwise the registration doesn't count in a dispute (%(article)s)"),
        ),
        Event(
            "card.late",
            _("A customer card stayed incomplete"),
            _("Card not complete in time: %(customer)s"),
            _("The registration doesn't count in a dispute (%(article)s)"),
        ),
        Event(
            "late_call.due",
            _("A call of last evening to enter"),
            _("Enter first: your call of %(at)s"),
            _("By %(deadline)s it still counts as entered the same day"),
        ),
        Event(
            "registration.follow_up_due",
            _("Follow-up due"),
            _("Follow-up due: %(customer)s"),
            _("Protection ends on %(until)s without an effective follow-up"),
        ),
        Event(
            "registration.next_step",
            _("A planned contact"),
            _("Planned for now: %(customer)s"),
            _("Planned for %(at)s; what for is on the page of the hold"),
        ),
        Event(
            "match.to_check",
            _("A registration to check"),
            _("To check: two customers may be the same"),
            _("%(customer)s was registered although another record is possibly the same (%(sure)s%% sure)"),
            channels=NOTICE_ONLY,
        ),
        Event(
            "claim.taken_over",
            _("A claim you speak for from now on"),
            _("Yours now: the claim in %(number)s"),
            _("A colleague's claim in this dispute is yours to speak for; what was done so far counts on"),
        ),
        Event(
            "claim.handed_on",
            _("A claim of yours a colleague speaks for"),
            _("%(staff)s speaks for your claim in %(number)s"),
            _("You are told how it ends; bonus, commission and quota you have earned stay yours"),
        ),
        Event(
            "dispute.decided",
            _("Dispute ended"),
            _("Dispute %(number)s ended"),
            _("It ended without a ruling; the hold goes on as before or as agreed"),
        ),
        Event(
            "dispute.to_general_manager",
            _("A dispute comes to the general manager"),
            _("To rule: %(number)s"),
            _("The heads cannot rule or did not agree. Yours to rule by %(deadline)s"),
        ),
        Event(
            "sanction.hearing",
            _("A sanction is proposed: you are heard"),
            _("To be heard: %(number)s"),
            _("A sanction is proposed; answer by %(deadline)s before anything is decided"),
        ),
        Event(
            "sanction.to_decide",
            _("A sanction to decide"),
            _("To decide: %(number)s"),
            _("The person concerned was heard or let the time pass. Yours to decide by %(deadline)s"),
        ),
        Event(
            "sanction.decided",
            _("A sanction was decided"),
            _("Decided: %(number)s"),
            _("Decision and reason inside; open to appeal where it says so"),
        ),
        Event(
            "effect.late",
            _("A duty from a ruling is late"),
            _("Late: duty from the ruling in %(number)s"),
            _("%(staff)s has not noted it as done; it was due by %(deadline)s"),
        ),
        Event(
            "effect.due",
            _("A duty from a ruling"),
            _("Duty from the ruling in %(number)s"),
            _("What you owe is on the page of the dispute; due by %(deadline)s"),
        ),
    )
