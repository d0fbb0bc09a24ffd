"""Taking a person out of every table, and remembering it outside the database.

A restore puts back what a backup holds; `replay` then erases again whoever is on the list, before anything is
served. The list lies in the data folder, not in the database, and holds ids only.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection, transaction

from dingfen import keys
from dingfen.accounts.actor import SYSTEM_UID
from dingfen.accounts.books import book_of
from dingfen.outbox import actions as outbox
from dingfen.parties import index
from dingfen.parties.models import Contact, Customer, Identifier, SearchText, SubjectKey, Touch
from dingfen.register.models import PersonalDatum
from dingfen.register.shredding import shred

also: list[Callable[[Customer, datetime], int]] = []
"""What parts above this one keep of a customer: each erases its own and returns how many items it was."""


def list_path() -> Path:
    return keys.home() / "erasures.jsonl"


def wipe(customer: Customer, at: datetime) -> int:
    """Delete what tells who the customer was and return how many items that were; in the caller's transaction.

    The register's part is `shred`'s, called by whoever calls this.
    """
    contacts = list(Contact.objects.filter(customer=customer))
    subjects = [customer.uid, *(contact.uid for contact in contacts)]
    SubjectKey.objects.filter(subject_uid__in=subjects).delete()
    items = 1 + len(contacts)
    items += Identifier.objects.filter(customer=customer).delete()[0]
    items += PersonalDatum.objects.filter(subject_uid=customer.uid).count()
    index.remove(customer.pk)
    for subject in [*subjects, *customer.registrations.values_list("uid", flat=True)]:
        items += outbox.shred(subject_uid=subject)
    SearchText.objects.filter(record_uid__in=[customer.uid]).delete()
    items += Touch.objects.filter(customer=customer).exclude(sealed=b"").update(sealed=b"", note_digest="")
    items += sum(erase(customer, at) for erase in also)
    Contact.objects.filter(customer=customer).update(sealed=b"", masked_name="", masked_phone="", title="")
    Customer.objects.filter(pk=customer.pk).update(
        sealed=b"", features="", masked_name="", masked_phone="", source="", erased_at=at
    )
    return items


def remember(subjects: Iterable[uuid.UUID], at: datetime) -> None:
    """Add to the list, on disk before the transaction commits: a crash between leaves at most a line too many."""
    path = list_path()
    lines = "".join(
        json.dumps({"customer": str(subject), "at": at.astimezone(UTC).isoformat()}) + "\n"
        for subject in subjects
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, lines.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replay(at: datetime) -> int:
    """Erase again everybody on the list whom a restore has brought back; return how many. Before it serves."""
    if not list_path().exists():
        return 0
    erased = 0
    for line in list_path().read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        with transaction.atomic():
            back = (
                Customer.objects.select_for_update(of=("self",))
                .select_related("unit")
                .filter(uid=one["customer"], erased_at=None)
                .first()
            )
            if back:
                wipe(back, datetime.fromisoformat(one["at"]))
                book = book_of(back.unit, at=at, actor_id=SYSTEM_UID)
                shred(subject_uid=back.uid, book=book, actor_id=SYSTEM_UID, at=at)
                erased += 1
    if erased:
        truncate_log_after_commit()
    return erased


def truncate_log_after_commit() -> None:
    """SQLite: move the write-ahead log into the file, where `secure_delete` has overwritten what went."""
    if connection.vendor == "sqlite":
        transaction.on_commit(_truncate)


def _truncate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
