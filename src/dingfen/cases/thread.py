"""The thread of a case: what came and what went, word for word, sealed under the case's own key.

Erasing a customer deletes the keys of their cases; the rows stay, without words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from dingfen.accounts.actor import Actor
from dingfen.cases.models import Case, Message
from dingfen.database import rows
from dingfen.database.locks import lock_keys
from dingfen.parties import sealing
from dingfen.problems import conflict, invalid

TEXT_LIMIT = 20_000
SUBJECT_LIMIT = 300
KEY_LIMIT = 250
# the last condition is that of the index `one_message_each`, which is looked at for no other
BROUGHT = "t.company_id = +%s AND t.channel = +%s AND t.key = +%s AND NOT (t.key = '')"
P = ParamSpec("P")
Sender = Callable[[Message, datetime], None]
senders: dict[str, Sender] = {}
"""Channel -> what sends a message out on it; called in the transaction that writes the message."""


def sealer_of(case: Case) -> sealing.Sealer:
    """The key of a case. Raises `case.erased` (409) once it was destroyed."""
    found = sealing.sealer(case.uid)
    if found is None:
        raise conflict("case.erased", number=case.number)
    return found


def earlier(company_id: int, channel: str, key: str) -> Message | None:
    """The message a channel has brought before under this key. Holds the key until the transaction ends."""
    if not key:
        return None
    name = f"{company_id}\0{channel}\0{key[:KEY_LIMIT]}".encode()
    lock_keys([hashlib.blake2b(name, digest_size=8).digest()])
    found = rows.find(Message, BROUGHT, [company_id, channel, key[:KEY_LIMIT]], beside="case")
    return found[0] if found else None


def written(
    *,
    actor: Actor,
    at: datetime,
    case: Case,
    sealer: sealing.Sealer,
    direction: str,
    channel: str,
    text: str,
    subject: str = "",
    key: str = "",
    said_at: datetime | None = None,
    corrects: Message | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Message:
    """A message, not kept yet. Raises Problem at `text` for none or too much of it."""
    if not text.strip():
        raise invalid({"text": [("required", {})]})
    if len(text) > TEXT_LIMIT:
        raise invalid({"text": [("too_long", {"limit": TEXT_LIMIT})]})
    return Message(
        case=case,
        company_id=case.company_id,
        direction=direction,
        channel=channel,
        at=said_at or at,
        recorded_at=at,
        author_id=actor.staff_id,
        sealed=sealer.seal({"text": text, "subject": subject[:SUBJECT_LIMIT], **(extra or {})}),
        key=key[:KEY_LIMIT],
        corrects=corrects,
    )


def _kept(write: Callable[P, Message]) -> Callable[P, Message]:
    @wraps(write)
    def add(*args: P.args, **given: P.kwargs) -> Message:
        message = write(*args, **given)
        rows.add(message)
        return message

    return add


add = _kept(written)
"""Keep one message, in the caller's transaction."""


def send(message: Message, at: datetime) -> None:
    """Hand an outgoing message to its channel; one without a sender was said in person and needs none."""
    sender = senders.get(message.channel)
    if sender is not None:
        sender(message, at)


def opened(message: Message) -> dict[str, Any]:
    """What is sealed of a message: text, subject. {} once erased."""
    sealer = sealing.sealer(message.case.uid)
    return sealer.open(message.sealed) if sealer else {}


def text_of(message: Message) -> str:
    return str(opened(message).get("text", ""))


def texts(case: Case, messages: Iterable[Message]) -> dict[int, dict[str, Any]]:
    """What is sealed of messages of one case, by id; empty once erased."""
    sealer = sealing.sealer(case.uid)
    return {one.pk: sealer.open(one.sealed) if sealer else {} for one in messages}
