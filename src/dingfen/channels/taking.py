"""Messages on their way to a room: kept as they came, then handed over exactly once.

Keeping and noting how far the channel was read is one transaction; handing over and marking as taken is
another. So a worker killed at any moment neither loses a message nor shows one twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from dingfen import blobs
from dingfen.channels import accounts
from dingfen.channels.models import Account, Received
from dingfen.channels.port import Receiver
from dingfen.channels.secrets import seal
from dingfen.engine.backoff import wait
from dingfen.problems import Problem

State = Received.State
Reader = Callable[[Received, Receiver, datetime], None]
MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=2)
_FIRST_RETRY = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(hours=1)
_OUTCOME = ("state", "reason", "case_uid", "blob", "sealed", "envelope", "next_at", "error")

log = logging.getLogger(__name__)


@transaction.atomic
def keep(
    account: Account,
    *,
    at: datetime,
    external: str,
    who: str = "",
    message_id: str = "",
    raw: bytes = b"",
    payload: dict[str, Any] | None = None,
    cursor: dict[str, int] | None = None,
) -> Received | None:
    """Keep a message (as bytes in a file, or a small `payload`) and how far the account was read.

    None when it is here already: `external` tells the same one again.
    """
    row = Received(
        account=account,
        external=external,
        who=who,
        message_id=message_id,
        received_at=at,
        next_at=at,
        blob=blobs.store(raw) if raw else "",
    )
    row.sealed = seal(payload, of=str(row.uid)) if payload else b""
    known = Received.objects.filter(account=account, external=external).exists()
    if not known:
        Received.objects.bulk_create([row], ignore_conflicts=True)
    if cursor is not None:
        accounts.moved(account, cursor)
    return None if known else Received.objects.filter(uid=row.uid).first()


def take_one(
    at: datetime,
    *,
    receiver: Receiver,
    readers: Mapping[str, Reader],
    prepare: Callable[[Received], None] = lambda row: None,
) -> bool:
    """Hand the next waiting message over; whether there was one. `readers`: channel -> what reads it.

    `prepare` fetches what a message carries before that, outside of any transaction.
    """
    due = Received.objects.filter(state=State.WAITING, next_at__lte=at).order_by("next_at", "pk")
    row = due.select_related("account").first()
    if row is None:
        return False
    if not _leased(row, at):
        return True
    try:
        prepare(row)
        with transaction.atomic():
            mine = Received.objects.select_for_update(of=("self",)).select_related(
                "account__company", "account__unit"
            )
            held = mine.get(pk=row.pk)
            if held.state == State.WAITING:
                readers[held.account.channel](held, receiver, at)
                _let_go(held)
    except Exception as error:
        _put_off(row, at, error)
    return True


def taken(row: Received, case_uid: UUID, envelope: dict[str, Any]) -> None:
    """The room has it. `envelope`: `to` and what else the channel needs to answer (`message_id`, `subject` …)."""
    row.state, row.case_uid, row.reason = State.TAKEN, case_uid, ""
    row.envelope = seal(envelope, of=str(row.uid))


def ignored(row: Received, reason: str) -> None:
    """Nothing to hand over: a report, an automatic answer, our own letter come back."""
    row.state, row.reason = State.IGNORED, reason


def _let_go(row: Received) -> None:
    """Write what became of it. The room has the words and the files now; the original is dropped."""
    if row.state == State.TAKEN:
        blobs.let_go([row.blob])
        row.blob, row.sealed = "", b""
    row.next_at, row.error = None, ""
    row.save(update_fields=_OUTCOME)


def _leased(row: Received, at: datetime) -> bool:
    taken = Received.objects.filter(pk=row.pk, next_at=row.next_at, state=State.WAITING).update(
        next_at=at + LEASE, attempts=row.attempts + 1
    )
    row.attempts += 1
    return bool(taken)


def _put_off(row: Received, at: datetime, error: Exception) -> None:
    """Try again later; after eight times it is given up, kept, and shown to the administrator."""
    final = row.attempts >= MAX_ATTEMPTS
    later = wait(row.attempts, first=_FIRST_RETRY, longest=_LONGEST_RETRY, jitter=0.0)
    said = str(error) if isinstance(error, Problem) else f"{type(error).__name__}: {error}"
    log.warning("not taken", extra={"received": str(row.uid), "final": final}, exc_info=error)
    Received.objects.filter(pk=row.pk, state=State.WAITING).update(
        error=said[:500],
        next_at=None if final else at + later,
        **({"state": State.FAILED} if final else {}),
    )
