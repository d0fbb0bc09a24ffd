"""Rows of complaints as the operations give them: what is sealed is opened with the key of the case, once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dingfen.accounts.actor import Actor
from dingfen.api import complaint_shapes as shapes
from dingfen.api.evidence import FileOut
from dingfen.cases.models import Message
from dingfen.clocks.models import Clock
from dingfen.complaints import watch
from dingfen.complaints.duplicates import likely
from dingfen.complaints.models import (
    Action,
    CallBack,
    Complaint,
    Custody,
    Exhibit,
    Inquiry,
    Issue,
    LadderStep,
    Promise,
    Proposal,
    Session,
    Stretch,
)
from dingfen.complaints.possible import possible
from dingfen.database import kept
from dingfen.database.models import Row
from dingfen.parties.sealing import Sealer, sealer

RELATED = ("case__customer", "case__unit", "handler", "merged_into__case", "receiver", "policy")


class Opener:
    """Opens what is sealed of one complaint; words of an erased one are empty."""

    def __init__(self, complaint: Complaint) -> None:
        self._key: Sealer | None = sealer(complaint.case.uid)

    def words(self, sealed: bytes | memoryview) -> dict[str, Any]:
        return self._key.open(sealed) if self._key else {}

    def texts(self, sealed: bytes | memoryview, *names: str) -> dict[str, str]:
        found = self.words(sealed)
        return {name: str(found.get(name, "")) for name in names}


def uid(row: Row | Any | None) -> UUID | None:
    return row.uid if row is not None else None


def row(complaint: Complaint, due: Clock | None = None) -> dict[str, Any]:
    """A row of the queue."""
    case = complaint.case
    names = (
        "state", "channel", "received_at", "recorded_at", "masked_name", "masked_phone", "contact", "klass", "level",
        "urgency", "sensitivity", "vulnerable", "product", "amount", "currency", "reopened", "held_at", "version",
    )  # fmt: skip
    return {
        **{name: getattr(complaint, name) for name in names},
        "uid": case.uid,
        "number": case.number,
        "closed_at": case.closed_at,
        "customer": uid(case.customer),
        "unit": case.unit.uid,
        "handler": uid(complaint.handler),
        "merged_into": complaint.merged_into.case.uid if complaint.merged_into else None,
        "due": clock(due) if due else None,
    }


def brief(complaint: Complaint) -> shapes.ComplaintRow:
    """The complaint as an action left it, with its next deadline."""
    found = kept.rows(_related, among=[complaint.pk])[0]
    return shapes.ComplaintRow(**row(found, due_first(found)))


def due_first(complaint: Complaint, clocks: Sequence[Clock] | None = None) -> Clock | None:
    """The clock with the next deadline; of those that run, where they are not known."""
    running = watch.live_now(complaint) if clocks is None else clocks
    return min(running, key=lambda one: one.deadline, default=None)


def _related(ids: Sequence[int]) -> QuerySet[Complaint]:
    return Complaint.objects.select_related(*RELATED).filter(pk__in=ids)


def clock(one: Clock, moved: Iterable[Any] = ()) -> shapes.DueOut:
    return shapes.DueOut(
        uid=one.uid,
        kind=one.kind,
        state=one.state,
        started_at=one.started_at,
        deadline=one.deadline,
        ended_at=one.ended_at,
        article=one.article,
        responsible=uid(one.responsible),
        pause_reason=one.pause_reason,
        may_pause_for=list(one.params.get("pauses", [])),
        moved=[shapes.MovedOut.model_validate(event) for event in moved],
    )


def likely_out(complaint: Complaint, actor: Actor) -> list[shapes.LikelyOut]:
    return [
        shapes.LikelyOut(
            uid=one.complaint.case.uid, number=one.complaint.case.number, state=one.complaint.state,
            kind=one.kind, alike=one.alike,
        )
        for one in likely(complaint, actor)
    ]  # fmt: skip


def possible_out(complaint: Complaint) -> list[shapes.PossibleOut]:
    return [
        shapes.PossibleOut(
            uid=one.customer.uid, masked_name=one.customer.masked_name, sure=one.match.sure / 100,
            reasons=[reason.code for reason in one.match.reasons],
        )
        for one in possible(complaint)
    ]  # fmt: skip


def issue(one: Issue, opener: Opener) -> shapes.IssueOut:
    return shapes.IssueOut(
        uid=one.uid,
        number=one.number,
        state=one.state,
        klass=one.klass,
        finding=one.finding,
        responsible_unit=uid(one.responsible_unit),
        responsible=uid(one.responsible),
        listed_at=one.listed_at,
        found_at=one.found_at,
        found_by=uid(one.found_by),
        ended_at=one.ended_at,
        **opener.texts(one.sealed, "title", "told", "facts", "grounds", "ended"),
    )


def message(one: Message, opener: Opener) -> shapes.MessageOut:
    return shapes.MessageOut(
        uid=one.uid,
        direction=one.direction,
        channel=one.channel,
        at=one.at,
        recorded_at=one.recorded_at,
        author=uid(one.author),
        corrects=uid(one.corrects),
        sent_state=one.sent_state,
        files=[FileOut.model_validate(file) for file in one.files.all()],
        **opener.texts(one.sealed, "subject", "text"),
    )


def inquiry(one: Inquiry, opener: Opener, *, sees: bool = True) -> shapes.InquiryOut:
    return shapes.InquiryOut(
        uid=one.uid,
        complaint=one.complaint.case.uid if sees else None,
        issue=uid(one.issue),
        kind=one.kind,
        state=one.state,
        asked=one.asked.uid,
        asked_by=one.asked_by.uid,
        asked_at=one.asked_at,
        due_at=one.due_at,
        answered_at=one.answered_at,
        **opener.texts(one.sealed, "question", "answer"),
    )


def custody(one: Custody) -> shapes.CustodyOut:
    return shapes.CustodyOut(
        act=one.act, at=one.at, by=one.by.uid, to=uid(one.to), place=one.place, purpose=one.purpose
    )


def thing(one: Exhibit, opener: Opener) -> shapes.ThingOut:
    return shapes.ThingOut(
        uid=one.uid,
        issue=uid(one.issue),
        kind=one.kind,
        file=FileOut.model_validate(one.attachment) if one.attachment else None,
        collected_at=one.collected_at,
        collected_by=one.collected_by.uid,
        custody=[custody(line) for line in one.custody.all()],
        **opener.texts(one.sealed, "what", "place"),
    )


def proposal(one: Proposal, opener: Opener) -> shapes.ProposalOut:
    words = opener.words(one.sealed)
    return shapes.ProposalOut(
        uid=one.uid,
        mark=one.mark,
        issues=[each.uid for each in one.issues.all()],
        remedy=one.remedy,
        what=words.get("what", ""),
        pros=words.get("pros", []),
        cons=words.get("cons", []),
        amount=one.amount,
        currency=one.currency,
        deliver_by=one.deliver_by,
        deliverer=one.deliverer.uid,
        state=one.state,
        approver=one.approver,
        four_eyes=one.four_eyes,
        article=one.article,
        proposed_by=one.proposed_by.uid,
        proposed_at=one.proposed_at,
        approved_by=uid(one.approved_by),
        approved_at=one.approved_at,
        offered_at=one.offered_at,
        answer_by=one.answer_by,
        answered_at=one.answered_at,
        answered_via=one.answered_via,
        answer=words.get("answer", ""),
        sent_back=words.get("sent_back", ""),
        delivered_at=one.delivered_at,
        proof=words.get("proof", ""),
    )


def promise(one: Promise, opener: Opener) -> shapes.PromiseOut:
    return shapes.PromiseOut(
        uid=one.uid,
        proposal=uid(one.proposal),
        staff=one.staff.uid,
        made_at=one.made_at,
        due_at=one.due_at,
        state=one.state,
        ended_at=one.ended_at,
        **opener.texts(one.sealed, "what", "proof"),
    )


def stretch(one: Stretch, opener: Opener) -> shapes.StretchOut:
    words = opener.words(one.sealed)
    names = (
        "uid", "kind", "reason", "at", "approved_at", "refused_at", "old_deadline", "new_deadline", "until",
        "ended_at", "told_at", "told_via", "article",
    )  # fmt: skip
    return shapes.StretchOut(
        **{name: getattr(one, name) for name in names},
        clock=one.clock.uid,
        by=one.by.uid,
        approved_by=uid(one.approved_by),
        proof=words.get("proof") or words.get("reason", ""),
    )


def session(one: Session, opener: Opener) -> shapes.SessionOut:
    return shapes.SessionOut(
        uid=one.uid, at=one.at, agreed=one.agreed, signed=one.signed, read_back=one.read_back,
        no_interest=one.no_interest, minutes=opener.words(one.sealed),
    )  # fmt: skip


def taken(one: LadderStep, opener: Opener) -> shapes.TakenOut:
    words = opener.words(one.sealed)
    return shapes.TakenOut(
        uid=one.uid,
        step=one.step,
        kind=one.kind,
        body=one.body,
        reason=words.get("reason", ""),
        started_at=one.started_at,
        started_by=uid(one.started_by),
        answer_by=one.answer_by,
        ended_at=one.ended_at,
        outcome=one.outcome,
        text=words.get("outcome", ""),
        article=one.article,
        sessions=[session(each, opener) for each in one.sessions.all()],
    )


def call_back(one: CallBack, opener: Opener) -> shapes.CallBackOut:
    return shapes.CallBackOut(
        uid=one.uid, via=one.via, at=one.at, by=uid(one.by), fixed=one.fixed, handling=one.handling,
        outcome=one.outcome, **opener.texts(one.sealed, "text"),
    )  # fmt: skip


def action(one: Action, opener: Opener, *, sees: bool = True) -> shapes.ActionOut:
    names = ("uid", "number", "cause", "state", "due_at", "check_at", "added_at", "done_at", "checked_at")
    return shapes.ActionOut(
        **{name: getattr(one, name) for name in names},
        complaint=one.complaint.case.uid if sees else None,
        owner=one.owner.uid,
        added_by=one.added_by.uid,
        checked_by=uid(one.checked_by),
        **opener.texts(one.sealed, "why", "what", "report", "found"),
    )
