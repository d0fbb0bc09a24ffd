"""Whether a complainant is reached as they said: they have entered the code that was sent there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.actor import system_actor
from dingfen.complaints.actions.common import enter, keep, lock
from dingfen.complaints.models import CLOSED, OPEN, Channel, Complaint


@transaction.atomic
def confirm_contact(*, at: datetime, case_uid: object, by: str) -> Complaint:
    """Note that the code sent by `phone` or `email` came back. The channel has checked it; twice changes nothing."""
    complaint = lock(None, case_uid, *OPEN, *CLOSED)
    if complaint.contact == by:
        return complaint
    complaint.contact = Complaint.Contact(by)
    keep(complaint, "contact")
    actor = system_actor(complaint.case.company, channel=Channel.WEB)
    enter(complaint, actor, at, "complaint.contact_confirmed", {"by": by})
    return complaint
