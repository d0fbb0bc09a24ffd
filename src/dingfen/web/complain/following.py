"""What the customer may see of their matter: where it stands, what was said, what is promised. Nothing inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dingfen.cases import thread
from dingfen.cases.models import Attachment, Message
from dingfen.channels.models import Tracking
from dingfen.clocks.models import Clock
from dingfen.complaints.models import Complaint

LOOKING = _("We are looking into it.")
STATES: Mapping[str, str | Promise] = {
    "received": _("We have received it. Somebody will contact you."),
    "acknowledged": LOOKING,
    "assessed": LOOKING,
    "investigating": LOOKING,
    "proposed": _("We have made you a proposal. Please tell us what you choose."),
    "decided": _("You have our answer."),
    "on_ladder": _("It is being mediated or decided outside."),
    "closed_accepted": _("It is closed: we have agreed."),
    "closed_open": _("It is closed without an agreement. Other ways stay open to you."),
    "withdrawn": _("You have withdrawn it."),
    "not_accepted": _("We can't take it up; our message says why and who can help."),
    "merged": _("It is handled together with another matter of yours."),
}
PROMISED = {
    "complaint.acknowledged": _("We contact you by"),
    "complaint.first_answered": _("We answer by"),
    "complaint.interim_told": _("We tell you how it stands by"),
    "complaint.decided": _("You have our decision by"),
    "complaint.remedy_delivered": _("We put it right by"),
}


@dataclass(frozen=True)
class Said:
    """One message of the thread; `ours` is what the company wrote."""

    ours: bool
    at: datetime
    text: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Followed:
    number: str
    received_at: datetime
    state: str | Promise
    open: bool
    promised: str | Promise
    deadline: datetime | None
    said: list[Said]


def followed(tracking: Tracking) -> Followed | None:
    """The matter as its customer may see it; None once it was erased."""
    rows = Complaint.objects.select_related("case").filter(case__uid=tracking.case_uid)
    complaint = rows.first()
    if complaint is None or not complaint.sealed:
        return None
    clock = (
        Clock.objects.live()
        .filter(subject_uid=tracking.case_uid, kind__in=PROMISED)
        .order_by("deadline")
        .first()
    )
    return Followed(
        number=complaint.case.number,
        received_at=complaint.received_at,
        state=STATES.get(complaint.state, LOOKING),
        open=complaint.is_open,
        promised=PROMISED[clock.kind] if clock else "",
        deadline=clock.deadline if clock else None,
        said=_said(complaint),
    )


def _said(complaint: Complaint) -> list[Said]:
    """What came from the customer and what was sent to them; corrections of the record are the company's own."""
    messages = list(
        complaint.case.messages.exclude(direction=Message.Direction.CORRECTION).order_by("at", "pk")[:200]
    )
    texts = thread.texts(complaint.case, messages)
    files: dict[int, list[str]] = {}
    attached = Attachment.objects.filter(message__in=messages, erased_at=None).values_list(
        "message_id", "name"
    )
    for message_id, name in attached:
        if message_id is not None:
            files.setdefault(message_id, []).append(name)
    return [
        Said(
            one.direction == Message.Direction.OUT,
            one.at,
            str(texts[one.pk].get("text", "")),
            tuple(files.get(one.pk, ())),
        )
        for one in messages
    ]
