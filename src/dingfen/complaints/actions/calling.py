"""What was said in a call the switchboard told of: a new complaint, or a further message of an open one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.cases.models import Message
from dingfen.channels.phone import calls
from dingfen.complaints.actions.intake import Received, receive
from dingfen.complaints.actions.thread import receive_message


@transaction.atomic
def receive_call(*, actor: Actor, at: datetime, call_uid: object, **given: Any) -> Received:
    """Register a complaint made in a call (`intake.receive` says how); the call belongs to it from then on."""
    call = calls.seen(actor, call_uid)
    recording = given.pop("recording", "") or calls.recording_of(call)
    got = receive(actor=actor, at=at, recording=recording, **given)
    calls.belongs(actor=actor, call=call, case_uid=got.complaint.case.uid)
    return got


@transaction.atomic
def add_call(
    *, actor: Actor, at: datetime, call_uid: object, case_uid: object, text: str
) -> tuple[Message, bool]:
    """Note what was said of a complaint in a call; entered twice, it is one message."""
    call = calls.seen(actor, call_uid)
    message, fresh = receive_message(
        actor=actor, at=at, case_uid=case_uid, channel="phone", text=text, key=f"call:{call.uid}",
        said_at=min(call.started_at, at),
    )  # fmt: skip
    calls.belongs(actor=actor, call=call, case_uid=message.case.uid)
    return message, fresh
