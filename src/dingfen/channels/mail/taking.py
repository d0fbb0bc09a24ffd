"""A fetched letter, handed to the room: a new matter, an addition to one, or nothing of the kind."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from dingfen import blobs
from dingfen.channels import bounces, taking
from dingfen.channels.mail.reading import Letter, read
from dingfen.channels.models import Account, Channel, Received, Sent
from dingfen.channels.port import Incoming, Receiver, Sender
from dingfen.channels.secrets import digest

_LONGEST_WAY = timedelta(days=2)
_NUMBER = re.compile(r"\b[A-Z]{1,3}-20\d\d-\d{4,7}\b")


def take(row: Received, receiver: Receiver, at: datetime) -> None:
    """Decide what the letter is and hand it over; called in the transaction that marks it as taken."""
    letter = read(blobs.load(row.blob), most_bytes=settings.ATTACHMENT_LIMIT)
    reason = _reason(row.account, letter)
    if letter.bounce is not None:
        bounces.note(
            row.account.company_id, letter.bounce.message_id, letter.bounce.status, letter.bounce.final, at
        )
        reason = "bounce"
    if reason:
        row.case_uid = _case_of_thread(row, letter)
        taking.ignored(row, reason)
        return
    incoming = incoming_of(row, letter)
    case_uid = _case_of_thread(row, letter) or _case_of_number(row, letter, receiver)
    if case_uid is None or not receiver.add(case_uid, incoming, at):
        case_uid = receiver.new(incoming, at)
    envelope = {
        "to": letter.sender,
        "name": letter.sender_name,
        "subject": letter.subject,
        "message_id": letter.message_id,
        "thread": list(reversed(letter.thread))[-20:],
    }
    taking.taken(row, case_uid, envelope)


def incoming_of(row: Received, letter: Letter) -> Incoming:
    account = row.account
    return Incoming(
        company=account.company,
        unit=account.unit,
        channel=Channel.MAIL,
        sender=Sender("mail", letter.sender, letter.sender_name),
        subject=letter.subject,
        text=letter.text or letter.subject,
        occurred_at=_when(row, letter),
        external=row.external,
        files=letter.files,
        left_out=letter.left_out,
    )


def _when(row: Received, letter: Letter) -> datetime:
    """When it was written, as it says itself; when it came, if that can't be so: clocks start from here."""
    said = letter.sent_at
    return said if said and row.received_at - _LONGEST_WAY <= said <= row.received_at else row.received_at


def _reason(account: Account, letter: Letter) -> str:
    """Why the letter is no message of a customer; empty when it is one."""
    own = {str(account.settings.get(name, "")).lower() for name in ("address", "user")} - {""}
    if letter.sender in own:
        return "own"
    if letter.message_id and Sent.objects.filter(message_id=digest(letter.message_id)).exists():
        return "own"
    if letter.automatic:
        return letter.automatic
    return "" if letter.sender or letter.text else "empty"


def _case_of_thread(row: Received, letter: Letter) -> UUID | None:
    """The case of the nearest letter that this one answers."""
    asked = {digest(one): place for place, one in enumerate(letter.thread)}
    if not asked:
        return None
    company = {"account__company_id": row.account.company_id, "message_id__in": asked}
    found = [
        (asked[message_id], case_uid)
        for rows in (Sent.objects, Received.objects)
        for message_id, case_uid in rows.filter(**company)
        .exclude(case_uid=None)
        .values_list("message_id", "case_uid")
    ]
    return min(found, default=(0, None))[1]


def _case_of_number(row: Received, letter: Letter, receiver: Receiver) -> UUID | None:
    """The case whose number stands in the subject, if its sender has a part in it: a number can be guessed."""
    for number in _NUMBER.findall(letter.subject.upper()):
        case_uid = receiver.by_number(row.account.company, number)
        if case_uid is not None and _has_part(row, case_uid):
            return case_uid
    return None


def _has_part(row: Received, case_uid: UUID) -> bool:
    if not row.who:
        return False
    mine = {"case_uid": case_uid, "who": row.who}
    return Received.objects.filter(**mine).exists() or Sent.objects.filter(**mine).exists()
