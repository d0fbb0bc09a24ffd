"""Answers to customers: queued in the transaction that causes them, sent by the worker, at least once.

A message sent again after a crash is the same message (same Message-ID, same key at the other side), so that
it can be shown once. Nobody holds the database while the other side is spoken to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from dingfen.channels.addresses import who
from dingfen.channels.models import Account, Received, Sent
from dingfen.channels.secrets import digest, seal, unseal
from dingfen.engine.backoff import wait
from dingfen.outbox.mail import Refused
from dingfen.problems import conflict

State = Sent.State
MAX_ATTEMPTS = 12
LEASE = timedelta(minutes=5)
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=4)

log = logging.getLogger(__name__)
told: list[Callable[[Sent, datetime], None]] = []
"""Who wants to know when the state of a message changes (a room shows it beside the message)."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent: what `sealed` of a row holds."""

    to: str
    text: str
    subject: str = ""
    name: str = ""
    answers: str = ""
    thread: tuple[str, ...] = ()
    automatic: bool = False
    files: tuple[dict[str, str], ...] = ()
    """Each {name, type, blob}: files of a case, which keeps them."""
    extra: Mapping[str, Any] | None = None


Sender = Callable[[Sent, Outgoing], None]


def queue(
    *,
    company_id: int,
    channel: str,
    case_uid: UUID,
    key: str,
    at: datetime,
    text: str,
    subject: str = "",
    to: str = "",
    automatic: bool = False,
    files: Sequence[dict[str, str]] = (),
) -> Sent:
    """Queue an answer in a case, in the caller's transaction; the same key again queues nothing.

    Without `to` it goes to who wrote last by this channel, as an answer to that. `automatic` marks what no
    person wrote, so that no machine answers it. Raises Problem `channel.none` (409) when the company has no
    such channel switched on, `channel.no_address` when it isn't known where to send.
    """
    last = _last(company_id, channel, case_uid, to)
    account = last.account if last and last.account.on else _account(company_id, channel)
    envelope = unseal(last.envelope, of=str(last.uid)) if last else {}
    address = to or str(envelope.get("to", ""))
    if not address:
        raise conflict("channel.no_address")
    row = Sent(account=account, case_uid=case_uid, key=key, queued_at=at, next_at=at)
    row.who, row.masked = who(channel, address), masked(channel, address)
    if channel == "mail":
        row.message_id = digest(message_id_of(row))
    answers = str(envelope.get("message_id", ""))
    outgoing = {
        "to": address,
        "text": text,
        "subject": _answering(str(envelope.get("subject", "")), subject),
        "name": str(envelope.get("name", "")),
        "answers": answers,
        "thread": [*envelope.get("thread", ()), *([answers] if answers else ())],
        "automatic": automatic,
        "files": list(files),
        "extra": envelope.get("extra"),
    }
    row.sealed = seal(outgoing, of=str(row.uid))
    Sent.objects.bulk_create([row], ignore_conflicts=True)
    return Sent.objects.get(key=key)


def send_one(at: datetime, *, senders: Mapping[str, Sender], jitter: Callable[[], float]) -> bool:
    """Send the next message that is due; whether there was one."""
    due = Sent.objects.filter(state=State.QUEUED, next_at__lte=at).order_by("next_at", "pk")
    row = due.select_related("account__company").first()
    if row is None:
        return False
    if _leased(row, at):
        try:
            senders[row.account.channel](row, outgoing_of(row))
        except Exception as error:
            _failed(row, at, error, jitter())
        else:
            _note(row, at, state=State.SENT, sent_at=at, next_at=None, error="", sealed=b"")
    return True


def written(company_id: int, channel: str, case_uid: UUID) -> bool:
    """Whether somebody has written in the case by this channel."""
    return _last(company_id, channel, case_uid, "") is not None


def outgoing_of(row: Sent) -> Outgoing:
    """What is to be sent. Raises `secrets.Unreadable`, TypeError once it is gone."""
    told = unseal(row.sealed, of=str(row.uid))
    return Outgoing(**{**told, **{name: tuple(told.get(name, ())) for name in ("thread", "files")}})


def retry(row: Sent, at: datetime) -> None:
    """Send again what failed. Raises Problem `delivery.done` (409) for anything else."""
    failed = Sent.objects.filter(pk=row.pk, state=State.FAILED).exclude(sealed=b"")
    if not failed.update(state=State.QUEUED, attempts=0, error="", next_at=at):
        raise conflict("delivery.done")


def changed(rows: QuerySet[Sent], at: datetime) -> None:
    """Tell the room of the new state of these messages."""
    for row in rows:
        for listener in told:
            listener(row, at)


def message_id_of(row: Sent) -> str:
    """The Message-ID of a letter: the same however often it is sent."""
    domain = str(row.account.settings.get("address", "")).partition("@")[2] or "localhost"
    return f"<{row.uid}@{domain}>"


def masked(channel: str, address: str) -> str:
    """An address as a list may show it."""
    local, _, domain = address.partition("@")
    if channel == "mail":
        return f"{local[:1]}***@{domain}"[:120]
    return f"{address[:2]}****{address[-2:]}" if len(address) > 4 else "****"


def _answering(asked: str, subject: str) -> str:
    """The subject of an answer: its own, or that of what it answers with `Re:` once."""
    if subject and not (asked and subject.startswith("[")):
        return subject
    answered = asked if asked.lower().startswith(("re:", "回复：", "回复:")) or not asked else f"Re: {asked}"
    return answered if not subject or subject in answered else f"{answered} {subject}"


def _last(company_id: int, channel: str, case_uid: UUID, to: str) -> Received | None:
    """The newest message of the case by this channel, from `to` if given: the one that is answered."""
    rows = Received.objects.filter(
        account__company_id=company_id,
        account__channel=channel,
        case_uid=case_uid,
        state=Received.State.TAKEN,
    )
    if to:
        rows = rows.filter(who=who(channel, to))
    return rows.select_related("account").order_by("-pk").first()


def _account(company_id: int, channel: str) -> Account:
    rows = Account.objects.filter(company_id=company_id, channel=channel, on=True).order_by("pk")
    account = rows.first()
    if account is None:
        raise conflict("channel.none")
    return account


def _leased(row: Sent, at: datetime) -> bool:
    taken = Sent.objects.filter(pk=row.pk, next_at=row.next_at, state=State.QUEUED).update(
        next_at=at + LEASE, attempts=row.attempts + 1
    )
    row.attempts, row.next_at = row.attempts + 1, at + LEASE
    return bool(taken)


def _failed(row: Sent, at: datetime, error: Exception, jitter: float) -> None:
    final = isinstance(error, Refused) or row.attempts >= MAX_ATTEMPTS
    later = wait(row.attempts, first=_FIRST_RETRY, longest=_LONGEST_RETRY, jitter=jitter)
    text = f"{type(error).__name__}: {error}"[:500]
    log.warning("not sent", extra={"sent": str(row.uid), "error": text, "final": final})
    state = {"state": State.FAILED} if final else {}
    _note(row, at, error=text, next_at=None if final else at + later, **state)


def _note(row: Sent, at: datetime, **changes: object) -> None:
    """Write the outcome, unless the message was cancelled meanwhile."""
    with transaction.atomic():
        mine = Sent.objects.filter(pk=row.pk, next_at=row.next_at)
        if mine.update(**changes) and "state" in changes:
            changed(Sent.objects.filter(pk=row.pk).select_related("account"), at)
