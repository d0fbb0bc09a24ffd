"""Who is told what about complaints: one place where this room queues messages."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from dingfen.accounts.models import Staff
from dingfen.complaints.models import Complaint
from dingfen.outbox.actions import queue
from dingfen.outbox.events import Event, declare


def tell(
    recipients: Iterable[Staff],
    event: str,
    complaint: Complaint,
    *,
    at: datetime,
    key: str,
    subject: tuple[str, uuid.UUID] | None = None,
    **params: Any,
) -> None:
    """Queue one message about a complaint to each, once: `key` names the occasion. Moments as ISO text.

    `subject`: where it leads, when that is not the complaint itself.
    """
    case = complaint.case
    for recipient in {staff.pk: staff for staff in recipients}.values():
        queue(
            recipient=recipient,
            event=event,
            subject=subject or ("complaint", case.uid),
            params={"number": case.number, **params},
            key=f"{event}:{case.uid}:{key}",
            at=at,
        )


def declare_events() -> None:
    """Messages only this room sends."""
    declare(
        Event(
            "complaint.received",
            _("A new complaint"),
            _("New complaint %(number)s"),
            _("Nobody handles it yet; open it to take it"),
        ),
        Event(
            "complaint.assigned",
            _("A complaint was assigned to you"),
            _("Yours to handle: %(number)s"),
            _("What was said and what is due by when is on its page"),
        ),
        Event(
            "complaint.rising",
            _("Complaints of a kind rise beyond chance"),
            _("Rising: %(now)s in 30 days"),
            _("Before it was %(before)s on average; the cases stand on the page"),
        ),
        Event(
            "complaint.taken_back",
            _("A complaint is no longer yours"),
            _("No longer yours: %(number)s"),
            _("Giving it to you was taken back"),
        ),
        Event(
            "complaint.message",
            _("The customer wrote again"),
            _("New message in %(number)s"),
            _("What was added is in the time line"),
        ),
        Event(
            "complaint.due",
            _("A deadline of a complaint comes near"),
            _("Due soon in %(number)s"),
            _("By %(deadline)s (%(article)s); what is due is on its page"),
        ),
        Event(
            "complaint.late",
            _("A deadline of a complaint has passed"),
            _("Late in %(number)s"),
            _("It was due by %(deadline)s (%(article)s); still to do, with the reason"),
            urgent=True,
        ),
        Event(
            "complaint.escalated",
            _("A complaint was escalated to you"),
            _("Escalated: %(number)s"),
            _("Due by %(deadline)s (%(article)s); what is due is on its page"),
            urgent=True,
        ),
        Event(
            "complaint.reopened",
            _("A complaint was reopened"),
            _("Reopened: %(number)s"),
            _("Why is in the time line"),
        ),
        Event(
            "complaint.joined",
            _("You take part in a complaint"),
            _("You take part in %(number)s"),
            _("What is wanted of you is on its page"),
        ),
        Event(
            "complaint.asked",
            _("Something is asked of you in an investigation"),
            _("To answer: %(number)s"),
            _("Open it to read the question; answer by %(deadline)s"),
        ),
        Event(
            "complaint.answered_inquiry",
            _("A colleague has answered"),
            _("Answered in %(number)s"),
            _("The answer stands with the investigation"),
        ),
        Event(
            "complaint.to_approve",
            _("A proposal awaits your approval"),
            _("To approve: proposal in %(number)s"),
            _("What it is and what it costs is on the page of the complaint"),
        ),
        Event(
            "complaint.approved",
            _("A proposal was approved or sent back"),
            _("Proposal looked at: %(number)s"),
            _("Open it to see the answer"),
        ),
        Event(
            "complaint.choice",
            _("The customer has answered a proposal"),
            _("The customer has answered: %(number)s"),
            _("What they chose stands with the proposals"),
        ),
        Event(
            "complaint.promise",
            _("A promise to a customer falls due"),
            _("Promised in %(number)s"),
            _("Due by %(deadline)s; note it as kept when it is"),
        ),
        Event(
            "complaint.stretch",
            _("More time for a complaint is asked for"),
            _("To approve: more time for %(number)s"),
            _("Reason and new date are on the page of the complaint"),
        ),
        Event(
            "complaint.action",
            _("A corrective action for you"),
            _("Corrective action from %(number)s"),
            _("Due by %(deadline)s"),
        ),
        Event(
            "complaint.change",
            _("A change request moves on"),
            _("Change request in %(number)s"),
            _("What it is and what it means is on the page of the complaint"),
        ),
        Event(
            "complaint.undelivered",
            _("An answer did not reach the customer"),
            _("Not delivered: answer in %(number)s"),
            _("Choose another way to reach the customer"),
            urgent=True,
        ),
    )
