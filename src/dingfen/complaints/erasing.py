"""What goes from complaints when a customer is erased: every word said, and how to reach who complained."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from dingfen.accounts.actor import SYSTEM_UID
from dingfen.accounts.books import book_of
from dingfen.channels import erasing as channels
from dingfen.complaints.models import ComplainantKey, Complaint, Side
from dingfen.parties import search
from dingfen.parties.models import Customer, SubjectKey
from dingfen.register.models import PersonalDatum
from dingfen.register.shredding import shred


def erase(customer: Customer, at: datetime) -> int:
    """Destroy the keys of a customer's complaints; how many there were. Those under legal hold stay whole."""
    _sides(customer, at)
    rows = list(Complaint.objects.filter(case__customer=customer, held_at=None).select_related("case__unit"))
    uids = [row.case.uid for row in rows]
    SubjectKey.objects.filter(subject_uid__in=uids).delete()
    ComplainantKey.objects.filter(complaint__in=rows).delete()
    search.remove(uids)
    channels.erase(uids)
    Complaint.objects.filter(pk__in=[row.pk for row in rows]).update(
        sealed=b"", masked_name="", masked_phone="", product="", version=F("version") + 1
    )
    for row in rows:
        if PersonalDatum.objects.filter(subject_uid=row.case.uid).exists():
            book = book_of(row.case.unit, at=at)
            shred(subject_uid=row.case.uid, book=book, actor_id=SYSTEM_UID, at=at, kind="complaint")
    return len(rows)


def _sides(customer: Customer, at: datetime) -> None:
    """What a customer said as a side of a dispute with another one goes; the other side's words stay."""
    rows = list(
        Side.objects.filter(customer=customer, complaint__held_at=None).select_related(
            "complaint__case__unit"
        )
    )
    SubjectKey.objects.filter(subject_uid__in=[row.uid for row in rows]).delete()
    Side.objects.filter(pk__in=[row.pk for row in rows]).update(sealed=b"", masked_name="", masked_phone="")
    for row in rows:
        if PersonalDatum.objects.filter(subject_uid=row.uid).exists():
            book = book_of(row.complaint.case.unit, at=at)
            shred(subject_uid=row.uid, book=book, actor_id=SYSTEM_UID, at=at, kind="complaint")
