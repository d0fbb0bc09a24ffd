"""What goes to and fro in a complaint: the customer's messages, answers, corrections of the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor, system_actor
from dingfen.cases import attachments, thread
from dingfen.cases.models import Message
from dingfen.complaints import finding, watch
from dingfen.complaints.actions.common import (
    RELATED,
    enter,
    keep,
    lock,
)
from dingfen.complaints.actions.intake import File
from dingfen.complaints.models import CLOSED, OPEN, Channel, Complaint
from dingfen.complaints.notices import tell
from dingfen.complaints.people import desk
from dingfen.parties.models import SearchText
from dingfen.problems import conflict, invalid, missing, read_uid

State = Complaint.State
ANY = (*OPEN, *CLOSED)


@transaction.atomic
def receive_message(
    *,
    actor: Actor | None,
    at: datetime,
    case_uid: object,
    channel: str,
    text: str,
    key: str = "",
    subject: str = "",
    said_at: datetime | None = None,
    files: Sequence[File] = (),
) -> tuple[Message, bool]:
    """A further message of the customer, in whatever state the complaint is; (message, whether it is new).

    `actor` None: the channel brings it, and has made sure that the sender belongs to the complaint.
    """
    if channel not in Channel.values:
        raise invalid({"channel": [("channel.unknown", {})]})
    complaint = _goes_on_in(lock(actor, case_uid, *ANY, permission="complaint.receive"))
    case = complaint.case
    actor = actor or system_actor(case.company, channel=channel)
    known = thread.earlier(case.company_id, channel, key)
    if known is not None:
        return known, False
    sealer = thread.sealer_of(case)
    message = thread.add(
        actor=actor, at=at, case=case, sealer=sealer, direction=Message.Direction.IN, channel=channel,
        text=text, subject=subject, key=key, said_at=said_at,
    )  # fmt: skip
    kept = [
        attachments.attach(actor=actor, at=at, case=case, name=one.name, content=one.content, message=message)
        for one in files
    ]
    _found_by(complaint, text)
    people = [complaint.handler] if complaint.handler else desk(case, at)
    if actor.staff_id is None or complaint.handler_id != actor.staff_id:
        tell(people, "complaint.message", complaint, at=at, key=str(message.uid))
    facts = {
        "channel": channel,
        "message": str(message.uid),
        "files": [attachments.facts(one) for one in kept],
    }
    enter(complaint, actor, at, "complaint.message", facts, {"text": text, "subject": subject})
    return message, True


def _goes_on_in(complaint: Complaint) -> Complaint:
    """The complaint itself, or the one it was merged into: what the customer says goes on there."""
    while complaint.merged_into_id is not None:
        rows = Complaint.objects.select_for_update(of=("self",)).select_related(*RELATED)
        complaint = rows.get(pk=complaint.merged_into_id)
    return complaint


@transaction.atomic
def reply(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    text: str,
    channel: str,
    subject: str = "",
    progress: bool = False,
    version: int | None = None,
    seen: int | None = None,
) -> Message:
    """Answer the customer. The first answer by a person ends the wait for it; an automatic receipt is none.

    `progress`: it tells the customer how the matter stands. `seen`: how many messages the writer had before them;
    where a colleague has answered since, `thread.newer` (409) and nothing is sent.
    `channel` is how it goes out; by phone or at the counter it was said, and `text` is what was said.
    """
    if channel not in Channel.values:
        raise invalid({"channel": [("channel.unknown", {})]})
    complaint = lock(actor, case_uid, *ANY, version=version)
    person_of(actor)
    case = complaint.case
    if seen is not None:
        _nobody_else(complaint, seen, actor)
    message = thread.add(
        actor=actor, at=at, case=case, sealer=thread.sealer_of(case), direction=Message.Direction.OUT,
        channel=channel, text=text, subject=subject,
    )  # fmt: skip
    thread.send(message, at)
    first = complaint.first_answer_at is None
    if first:
        answered(complaint, actor, at)
    if progress and complaint.is_open:
        watch.happened(complaint, "interim_told", actor, at)
    facts = {"channel": channel, "message": str(message.uid), "first": first, "progress": progress}
    enter(complaint, actor, at, "complaint.answered", facts, {"text": text, "subject": subject})
    return message


def _nobody_else(complaint: Complaint, seen: int, actor: Actor) -> None:
    """Nobody but the writer has answered after the first `seen` messages."""
    newer = complaint.case.messages.select_related("author").order_by("pk")[max(seen, 0) :]
    other = next((one for one in newer if one.direction == "out" and one.author_id != actor.staff_id), None)
    if other is not None:
        raise conflict("thread.newer", who=other.author.name if other.author else "", at=other.at)


def answered(complaint: Complaint, actor: Actor, at: datetime) -> None:
    """The customer has had a first real answer: it acknowledges too."""
    complaint.first_answer_at = at
    if complaint.state == State.RECEIVED:
        complaint.state = State.ACKNOWLEDGED
    keep(complaint, "first_answer_at", "state")
    watch.happened(complaint, "acknowledged", actor, at)
    watch.happened(complaint, "first_answered", actor, at)


@transaction.atomic
def correct(*, actor: Actor, at: datetime, case_uid: object, message_uid: object, text: str) -> Message:
    """Put right what was written down of a message: a further row names the one it corrects, which stays."""
    complaint = lock(actor, case_uid, *ANY, permission="complaint.receive")
    case = complaint.case
    wrong = case.messages.filter(uid=read_uid(message_uid)).first()
    if wrong is None:
        raise missing()
    message = thread.add(
        actor=actor, at=at, case=case, sealer=thread.sealer_of(case),
        direction=Message.Direction.CORRECTION, channel=wrong.channel, text=text, corrects=wrong,
    )  # fmt: skip
    _found_by(complaint, text)
    facts = {"message": str(message.uid), "corrects": str(wrong.uid)}
    enter(complaint, actor, at, "complaint.corrected", facts, {"text": text})
    return message


def _found_by(complaint: Complaint, text: str) -> None:
    """Let the complaint be found by the words of a further message too."""
    old = SearchText.objects.filter(record_uid=complaint.case.uid).values_list("text", flat=True).first()
    if old is not None:
        finding.add_words(complaint, old, text)
