"""What the customer may see of their matter: where it stands, what was said, offered, promised. Nothing inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dingfen import formats
from dingfen.cases import thread
from dingfen.cases.models import Attachment, Message
from dingfen.channels.models import Tracking
from dingfen.clocks.models import Clock
from dingfen.complaints import authority
from dingfen.complaints.actions import after, ending
from dingfen.complaints.facts import facts_of
from dingfen.complaints.models import Complaint, Proposal
from dingfen.complaints.rules import rules_of
from dingfen.engine.complaints import Body

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
DONE: Mapping[str, str | Promise] = {
    "added": _("Your message was added."),
    "confirmed": _("Confirmed. We reach you there."),
    "code_sent": _("A new code is on its way; the earlier one no longer holds."),
    "accept": _("You have chosen. We do what the proposal says, by the date it names."),
    "decline": _("You have declined. We look for another way and write to you."),
    "counter": _("We have your counter-proposal and answer it."),
    "rated": _("Thank you for telling us how it went."),
    "reopened": _("We take it up again and contact you."),
    "withdrawn": _("Your complaint is withdrawn. You can complain again at any time."),
}
"""What is said once after something was done here."""
CLOSED = ("closed_accepted", "closed_open")
ELSEWHERE = ("decided", "on_ladder", "closed_open", "not_accepted")
"""When the other ways are named without being asked for."""
SHOWN = ("offered", "accepted", "delivering", "delivered", "countered", "declined", "expired")


@dataclass(frozen=True)
class Said:
    """One message of the thread; `ours` is what the company wrote."""

    ours: bool
    at: datetime
    text: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Offered:
    """A proposal as the customer reads it; `open` until its time is up."""

    mark: int
    state: str
    open: bool
    remedy: str
    what: str
    amount: Decimal | None
    currency: str
    deliver_by: datetime
    answer_by: datetime | None
    pros: tuple[str, ...]
    cons: tuple[str, ...]
    answer: str
    uid: object

    @property
    def chosen(self) -> bool:
        return self.state in ("accepted", "delivering", "delivered")


@dataclass(frozen=True)
class Followed:
    """`reopen_until`: how long the customer may have it taken up again; None where the rules don't let them."""

    number: str
    received_at: datetime
    state: str | Promise
    open: bool
    promised: str | Promise
    deadline: datetime | None
    said: list[Said]
    offered: list[Offered]
    asks_survey: bool
    reopen_until: datetime | None
    contact: str
    masked: str
    elsewhere: tuple[Body, ...]

    @property
    def to_answer(self) -> list[Offered]:
        return [one for one in self.offered if one.open]

    @property
    def answered(self) -> list[Offered]:
        return [one for one in self.offered if not one.open]


def followed(tracking: Tracking, at: datetime) -> Followed | None:
    """The matter as its customer may see it; None once it was erased."""
    rows = Complaint.objects.select_related("case__unit", "policy").filter(case__uid=tracking.case_uid)
    complaint = rows.first()
    if complaint is None or not complaint.sealed:
        return None
    clock = (
        Clock.objects.live()
        .filter(subject_uid=tracking.case_uid, kind__in=PROMISED)
        .order_by("deadline")
        .first()
    )
    asks = complaint.state in CLOSED and not after.surveyed(complaint)
    rules = rules_of(complaint)
    return Followed(
        number=complaint.case.number,
        received_at=complaint.received_at,
        state=STATES.get(complaint.state, LOOKING),
        open=complaint.is_open,
        promised=PROMISED[clock.kind] if clock else "",
        deadline=clock.deadline if clock else None,
        said=_said(complaint),
        offered=_offered(complaint, at),
        asks_survey=asks,
        reopen_until=_reopen_until(complaint, at) if asks else None,
        contact=complaint.contact,
        masked=complaint.masked_phone,
        elsewhere=rules.complaints.bodies if rules and complaint.state in ELSEWHERE else (),
    )


def _reopen_until(complaint: Complaint, at: datetime) -> datetime | None:
    """Until when it can be taken up again if the customer says now that the remedy did not work."""
    found = ending.may_reopen(complaint, {**facts_of(complaint, at), "remedy_failed": True}, at)
    return found.until if found and found.allowed else None


def _offered(complaint: Complaint, at: datetime) -> list[Offered]:
    """What was put to the customer; drafts and what was taken back are the company's own."""
    rows = list(complaint.proposals.filter(state__in=SHOWN, offered_at__isnull=False))
    if not rows:
        return []
    sealer, rules = thread.sealer_of(complaint.case), rules_of(complaint)
    return [_shown(row, sealer.open(row.sealed), authority.remedy_title(rules, row.remedy, formats.chinese()), at)
            for row in rows]  # fmt: skip


def _shown(row: Proposal, words: Mapping[str, object], remedy: str, at: datetime) -> Offered:
    over = row.answer_by is not None and row.answer_by <= at
    offered = row.state == Proposal.State.OFFERED
    return Offered(
        mark=row.mark,
        state="expired" if offered and over else row.state,
        open=offered and not over,
        remedy=remedy,
        what=str(words.get("what", "")),
        amount=row.amount,
        currency=row.currency,
        deliver_by=row.deliver_by,
        answer_by=row.answer_by,
        pros=tuple(words.get("pros", ())),  # type: ignore[arg-type]
        cons=tuple(words.get("cons", ())),  # type: ignore[arg-type]
        answer=str(words.get("answer", "")),
        uid=row.uid,
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
