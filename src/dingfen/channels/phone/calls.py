"""Calls told by a switchboard: told again, the same call; told out of order, never back to an earlier state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor
from dingfen.channels.call_rows import PhoneCall
from dingfen.channels.models import Account
from dingfen.channels.secrets import digest, seal, unseal
from dingfen.database import kept
from dingfen.matching import Record, normalise
from dingfen.parties import masking
from dingfen.problems import missing

State = PhoneCall.State
ORDER = (State.RINGING, State.ANSWERED, State.ENDED)


@dataclass(frozen=True, slots=True)
class Told:
    """What the switchboard says of a call. `event`: ringing, answered, ended."""

    external: str
    event: str
    at: datetime
    number: str = ""
    called: str = ""
    recording: str = ""


@transaction.atomic
def note(account: Account, told: Told) -> PhoneCall:
    """Keep what was told. The first word makes the call; a later one adds what it did not know."""
    external = digest("call", told.external)
    row = _locked(account, external) or _made(account, external, told)
    kept = unseal(row.sealed, of=str(row.uid))
    number = told.number or str(kept.get("number", ""))
    row.sealed = seal(
        {"number": number, "recording": told.recording or str(kept.get("recording", ""))}, of=str(row.uid)
    )
    row.who, row.masked = _who(number), masked(number)
    row.called = row.called or told.called[:40]
    _move(row, told)
    row.save()
    return row


def _locked(account: Account, external: str) -> PhoneCall | None:
    rows = PhoneCall.objects.select_for_update(of=("self",)).filter(account=account, external=external)
    return rows.first()


def _made(account: Account, external: str, told: Told) -> PhoneCall:
    row = PhoneCall(account=account, company_id=account.company_id, external=external, started_at=told.at)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # told twice at once
        return PhoneCall.objects.select_for_update(of=("self",)).get(account=account, external=external)
    return row


def _move(row: PhoneCall, told: Told) -> None:
    row.started_at = min(row.started_at, told.at)
    if told.event == State.ANSWERED:
        row.answered_at = row.answered_at or told.at
        if row.state == State.MISSED:  # the end came first
            row.state = State.ENDED
    if told.event == State.ENDED:
        row.ended_at = row.ended_at or told.at
        row.state = State.ENDED if row.answered_at else State.MISSED
    elif row.state in ORDER and ORDER.index(State(told.event)) > ORDER.index(State(row.state)):
        row.state = told.event


def _who(number: str) -> str:
    """The same digest for the same line, however it is written."""
    read = normalise(Record(phones=(number,))).features if number else None
    known = [*read.mobiles, *read.landlines] if read else []
    return digest("phone", str(known[0]) if known else number) if number else ""


def masked(number: str) -> str:
    return masking.phone(number)[:24] if number else ""


def number_of(call: PhoneCall) -> str:
    """The number that calls; empty where it is hidden or erased."""
    return str(unseal(call.sealed, of=str(call.uid)).get("number", ""))


def recording_of(call: PhoneCall) -> str:
    return str(unseal(call.sealed, of=str(call.uid)).get("recording", ""))


def seen(actor: Actor, uid: object) -> PhoneCall:
    """A call of the actor's company, for who may take complaints. Raises Problem (403, 404)."""
    require(actor, "complaint.receive")
    try:
        wanted = UUID(str(uid))
    except ValueError:
        raise missing() from None
    found = PhoneCall.objects.visible_to(actor).select_related("account__company", "account__unit")
    row = found.filter(uid=wanted).first()
    if row is None:
        raise missing()
    return row


@transaction.atomic
def belongs(*, actor: Actor, call: PhoneCall, case_uid: UUID) -> None:
    """Note to which case a call belongs and who took it, in the transaction that enters what was said."""
    PhoneCall.objects.filter(pk=call.pk).update(case_uid=case_uid, taken_by_id=person_of(actor))


def of_case(case_uid: UUID) -> list[PhoneCall]:
    """The calls of a case, oldest first."""
    return kept.rows(_of_cases, among=[case_uid])


def _of_cases(uids: Sequence[UUID]) -> QuerySet[PhoneCall]:
    return PhoneCall.objects.filter(case_uid__in=uids).select_related("taken_by").order_by("started_at")
