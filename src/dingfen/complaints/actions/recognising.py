"""What reads like a complaint is made one: of a touch's note, of a message in another matter. A person says so."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.cases import thread
from dingfen.cases.models import CaseLink, Message
from dingfen.complaints.actions.handling import seen, told_of
from dingfen.complaints.actions.intake import Complainant, Received, receive
from dingfen.complaints.models import Channel
from dingfen.complaints.recognising import key_of
from dingfen.parties.models import Customer, Touch
from dingfen.parties.sealing import sealer
from dingfen.problems import conflict, missing, read_uid

WAYS = {"call": Channel.PHONE, "outgoing": Channel.PHONE, "message": Channel.CHAT}
"""Kind of touch -> channel; people met face to face are at the counter."""


@transaction.atomic
def from_touch(*, actor: Actor, at: datetime, touch_uid: object) -> Received:
    """The note of a touch becomes a complaint of its customer, word for word; made twice it is one.

    Raises 404 for who may not see the customer, `touch.no_note` (409).
    """
    rows = Touch.objects.filter(customer__in=Customer.objects.visible_to(actor).values("pk"), voided_at=None)
    touch = rows.select_related("customer", "unit__company").filter(uid=read_uid(touch_uid)).first()
    if touch is None:
        raise missing()
    key = sealer(touch.customer.uid)
    note = str(key.open(touch.sealed).get("note", "")) if key and touch.sealed else ""
    if not note.strip():
        raise conflict("touch.no_note")
    return receive(
        actor=actor, at=at, unit=touch.unit, channel=WAYS.get(touch.kind, Channel.COUNTER), text=note,
        key=key_of("touch", touch.uid), customer_uid=touch.customer.uid, said_at=min(touch.occurred_at, at),
    )  # fmt: skip


@transaction.atomic
def from_message(*, actor: Actor, at: datetime, case_uid: object, message_uid: object) -> Received:
    """A message in one complaint becomes a complaint of its own, linked to the first; made twice it is one."""
    complaint = seen(actor, case_uid)
    rows = complaint.case.messages.filter(direction=Message.Direction.IN)
    message = rows.filter(uid=read_uid(message_uid)).first()
    if message is None:
        raise missing()
    who = {name: str(value) for name, value in told_of(complaint).get("complainant", {}).items()}
    customer = complaint.case.customer
    got = receive(
        actor=actor, at=at, unit=complaint.case.unit, channel=message.channel, text=thread.text_of(message),
        key=key_of("message", message.uid), complainant=Complainant(**who),
        customer_uid=customer.uid if customer else None, said_at=min(message.at, at), language=complaint.language,
    )  # fmt: skip
    if got.created:
        CaseLink.objects.create(
            one=got.complaint.case, other=complaint.case, kind=CaseLink.Kind.RELATED, added_at=at,
            added_by_id=actor.staff_id,
        )  # fmt: skip
    return got
