"""Messages of chats: short, many, of one person. Within a week they belong to one matter, as people see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from dingfen import blobs
from dingfen.channels import addresses, taking
from dingfen.channels.models import Account, Received
from dingfen.channels.port import File, Incoming, Receiver, Sender
from dingfen.channels.secrets import digest, unseal

TOGETHER = timedelta(days=7)
TEXT_LIMIT = 20_000
Turn = tuple[datetime, UUID | None]
"""When something was written, and in which matter."""


def keep(
    account: Account,
    *,
    at: datetime,
    external: str,
    sender: str,
    text: str,
    name: str = "",
    channel: str = "",
    said_at: datetime | None = None,
    subject: str = "",
    hints: dict[str, str] | None = None,
    extra: dict[str, Any] | None = None,
    media: dict[str, str] | None = None,
) -> Received | None:
    """Keep a message; None when it was brought before. `extra` is what the answer needs (a conversation).

    `media`: what the platform calls the picture or file it carries: `id`, `kind`, `name`.
    """
    way = channel or account.channel
    payload = {
        "sender": sender[:200],
        "name": name[:120],
        "text": text[:TEXT_LIMIT],
        "channel": way,
        "subject": subject[:300],
        "said_at": (said_at or at).isoformat(),
        "hints": hints or {},
        "extra": extra or {},
        "media": media or {},
    }
    who = addresses.who(account.channel, sender)
    return taking.keep(account, at=at, external=digest(way, external), who=who, payload=payload)


def take(row: Received, receiver: Receiver, at: datetime, written: Turn | None = None) -> None:
    """Hand it over: to the matter its sender wrote about within the week, or as a new one.

    `written`: when and in which matter we wrote to them; where that was later, it answers that.
    """
    told = unseal(row.sealed, of=str(row.uid))
    said_at = datetime.fromisoformat(told["said_at"]).astimezone(UTC)
    account = row.account
    incoming = Incoming(
        company=account.company,
        unit=account.unit,
        channel=told["channel"],
        sender=Sender(account.channel, told["sender"], told["name"]),
        text=told["text"],
        subject=told["subject"],
        occurred_at=said_at if row.received_at - TOGETHER <= said_at <= row.received_at else row.received_at,
        external=row.external,
        hints=told["hints"],
        files=(File(told["media_name"], blobs.load(row.blob)),)
        if row.blob and told.get("media_name")
        else (),
        left_out=(told["media_left"],) if told.get("media_left") else (),
    )
    turns = [turn for turn in (_conversation(row, at), written) if turn]
    case_uid = max(turns, key=itemgetter(0))[1] if turns else None
    if case_uid is None or not receiver.add(case_uid, incoming, at):
        case_uid = receiver.new(incoming, at)
    envelope = {
        "to": told["sender"],
        "name": told["name"],
        "subject": told["subject"],
        "extra": told["extra"],
    }
    taking.taken(row, case_uid, envelope)


def _conversation(row: Received, at: datetime) -> Turn | None:
    earlier = Received.objects.filter(
        account_id=row.account_id, who=row.who, state=Received.State.TAKEN, received_at__gte=at - TOGETHER
    ).exclude(case_uid=None)
    return earlier.order_by("-pk").values_list("received_at", "case_uid").first()
