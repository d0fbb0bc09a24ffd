"""What this package keeps of the messages of a case, taken away with the customer."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from dingfen import blobs
from dingfen.channels.models import Confirmation, PhoneCall, Received, Sent, Tracking


def erase(case_uids: Collection[UUID]) -> int:
    """Take from every message of these cases what tells who wrote what; unsent ones are not sent any more."""
    came = Received.objects.filter(case_uid__in=case_uids)
    went = Sent.objects.filter(case_uid__in=case_uids)
    blobs.let_go(list(came.exclude(blob="").values_list("blob", flat=True)))
    went.filter(state=Sent.State.QUEUED).update(state=Sent.State.CANCELLED, next_at=None)
    PhoneCall.objects.filter(case_uid__in=case_uids).update(who="", masked="", sealed=b"")
    Tracking.objects.filter(case_uid__in=case_uids).delete()
    Confirmation.objects.filter(case_uid__in=case_uids).delete()
    items = came.update(who="", message_id="", blob="", sealed=b"", envelope=b"", error="")
    return items + went.update(who="", message_id="", masked="", sealed=b"", error="")
