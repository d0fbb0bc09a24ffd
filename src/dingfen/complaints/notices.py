"""Who is told what about complaints: one place where this room queues messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from dingfen.accounts.models import Staff
from dingfen.complaints.models import Complaint
from dingfen.outbox.actions import queue
from dingfen.outbox.events import Event, declare


def tell(
    recipients: Iterable[Staff], event: str, complaint: Complaint, *, at: datetime, key: str, **params: Any
) -> None:
    """Queue one message about a complaint to each, once: `key` names the occasion. Moments as ISO text."""
    case = complaint.case
    for recipient in {staff.pk: staff for staff in recipients}.values():
        queue(
            recipient=recipient,
            event=event,
            subject=("complaint", case.uid),
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
            "complaint.message",
            _("The customer wrote again"),
            _("New message in %(number)s"),
            _("What was added is in the time line"),
        ),
    )
