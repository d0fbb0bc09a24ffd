"""Somebody speaks for the complainant: named, their authority shown, ended; and what a death changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.cases import attachments, thread
from dingfen.cases.models import Attachment
from dingfen.complaints import finding
from dingfen.complaints.actions.common import enter, keep, lock
from dingfen.complaints.actions.intake import BASES, File
from dingfen.complaints.models import CLOSED, OPEN, Complaint
from dingfen.complaints.representing import ENDS_WITH_DEATH, Speaks, speakers_of, too_many
from dingfen.matching import parse_phones
from dingfen.parties.models import SearchText
from dingfen.problems import conflict, invalid

ANY = (*OPEN, *CLOSED)
PERMISSION = "complaint.receive"
MOST_PRESENT = 9999


@transaction.atomic
def name_representative(
    *, actor: Actor, at: datetime, case_uid: object, name: str, basis: str = "proxy", phone: str = "",
    email: str = "", proof: str = "", file: File | None = None,
) -> Complaint:  # fmt: skip
    """Somebody speaks for the complainant from now on; with the proof as a file, letters go to them.

    An heir is named once the death is noted. Raises at `name`, `basis`, `phone`, `representative` (`speakers.five`:
    more than five for a group); what `attachments.attach` raises for the file.
    """
    complaint = lock(actor, case_uid, *ANY, permission=PERMISSION)
    told = _told(complaint)
    if not name.strip():
        raise invalid({"name": [("required", {})]})
    if basis not in BASES:
        raise invalid({"basis": [("invalid", {})]})
    if phone.strip() and not parse_phones(phone)[0]:
        raise invalid({"phone": [("phone.unreadable", {})]})
    if basis == "heir" and not told.get("died_on"):
        raise invalid({"basis": [("heir.no_death", {})]})
    standing = [one.basis for one in speakers_of(told) if one.standing]
    if too_many([*standing, basis]):
        raise invalid({"basis": [("speakers.five", {})]})
    kept = _kept(complaint, actor, at, file) if file else None
    row = {
        "name": name.strip()[:80], "basis": basis, "phone": phone.strip()[:40], "email": email.strip()[:200],
        "proof": proof.strip()[:200], "attachment": str(kept.uid) if kept else "", "since": at.isoformat(),
    }  # fmt: skip
    rows = [*told.get("representatives", ()), row]
    complaint.people = max(complaint.people, sum(one.get("basis") == "speaker" for one in rows))
    _keep(complaint, {**told, "representatives": rows}, "people")
    _found_by(complaint, " ".join((row["name"], finding.numbers(row["phone"]))))
    facts = {"number": len(rows), "basis": basis, "file": attachments.facts(kept) if kept else None}
    _enter(complaint, actor, at, "representative.named", facts, row)
    return complaint


@transaction.atomic
def show_authority(
    *, actor: Actor, at: datetime, case_uid: object, number: int, file: File | None, proof: str = ""
) -> Complaint:
    """The paper that lets somebody speak is here: from now on letters go to them. Raises at `file`, `number`."""
    complaint = lock(actor, case_uid, *ANY, permission=PERMISSION)
    told, one = _standing(complaint, number)
    if file is None:
        raise invalid({"file": [("required", {})]})
    if one.attachment:
        raise conflict("representative.shown")
    kept = _kept(complaint, actor, at, file)
    said = {"proof": proof.strip()[:200]} if proof.strip() else {}
    _change(complaint, told, number, attachment=str(kept.uid), **said)
    facts = {"number": number, "basis": one.basis, "file": attachments.facts(kept)}
    _enter(complaint, actor, at, "representative.shown", facts, said)
    return complaint


@transaction.atomic
def end_representation(
    *, actor: Actor, at: datetime, case_uid: object, number: int, reason: str
) -> Complaint:
    """Somebody speaks for them no more: revoked, laid down. Raises at `reason`, `number`."""
    complaint = lock(actor, case_uid, *ANY, permission=PERMISSION)
    told, one = _standing(complaint, number)
    if len(reason.strip()) < 4:
        raise invalid({"reason": [("reason.short", {"least": 4})]})
    _change(complaint, told, number, ended=at.isoformat(), why=reason.strip()[:400])
    facts = {"number": number, "basis": one.basis}
    _enter(complaint, actor, at, "representative.ended", facts, {"reason": reason.strip()[:400]})
    return complaint


@transaction.atomic
def note_meeting(
    *, actor: Actor, at: datetime, case_uid: object, held_at: datetime, present: int, minutes: str, place: str = "",
    speakers: Sequence[int] = (), file: File | None = None,
) -> Complaint:  # fmt: skip
    """Those who complain together have met: how many were there, whom they chose to speak (by number), what was said.

    The list they signed may come as a file. At least as many complain as were there. Raises at `held_at` (in the
    future), `present`, `minutes`, `speakers` (nobody who speaks for the group); what `attachments.attach` raises.
    """
    complaint = lock(actor, case_uid, *ANY, permission=PERMISSION)
    told = _told(complaint)
    if held_at > at:
        raise invalid({"held_at": [("date.future", {"now": at})]})
    if not 2 <= present <= MOST_PRESENT:
        raise invalid({"present": [("invalid", {})]})
    if len(minutes.strip()) < 10:
        raise invalid({"minutes": [("reason.short", {"least": 10})]})
    group = {one.number for one in speakers_of(told) if one.standing and one.basis == "speaker"}
    if not set(speakers) <= group:
        raise invalid({"speakers": [("invalid", {})]})
    kept = _kept(complaint, actor, at, file) if file else None
    row = {
        "held_at": held_at.isoformat(), "present": present, "place": place.strip()[:200],
        "speakers": sorted(set(speakers)), "minutes": minutes.strip()[:4000],
        "attachment": str(kept.uid) if kept else "",
    }  # fmt: skip
    complaint.people = max(complaint.people, present)
    _keep(complaint, {**told, "meetings": [*told.get("meetings", ()), row]}, "people")
    facts = {
        "held_at": row["held_at"], "present": present, "speakers": row["speakers"],
        "file": attachments.facts(kept) if kept else None,
    }  # fmt: skip
    said = {"place": str(row["place"]), "minutes": str(row["minutes"])}
    _enter(complaint, actor, at, "complaint.group_met", facts, said)
    return complaint


@transaction.atomic
def note_death(*, actor: Actor, at: datetime, case_uid: object, died_on: date, proof: str) -> Complaint:
    """The complainant has died: who spoke by their authority speaks no more, heirs may be named.

    Raises at `died_on` (in the future), `proof`; `complainant.died` (409) when it is noted already.
    """
    complaint = lock(actor, case_uid, *ANY, permission=PERMISSION)
    told = _told(complaint)
    if told.get("died_on"):
        raise conflict("complainant.died")
    if died_on > complaint.case.unit.day(at):
        raise invalid({"died_on": [("date.future", {"now": at})]})
    if len(proof.strip()) < 4:
        raise invalid({"proof": [("reason.short", {"least": 4})]})
    rows = [
        {**one, "ended": at.isoformat()}
        if one.get("basis") in ENDS_WITH_DEATH and not one.get("ended")
        else one
        for one in told.get("representatives", ())
    ]
    ended = [
        n
        for n, (old, new) in enumerate(zip(told.get("representatives", ()), rows, strict=True), 1)
        if old != new
    ]
    _keep(complaint, {**told, "representatives": rows, "died_on": died_on.isoformat()})
    _enter(complaint, actor, at, "complainant.died", {"ended": ended},
           {"died_on": died_on.isoformat(), "proof": proof.strip()[:400]})  # fmt: skip
    return complaint


def _told(complaint: Complaint) -> dict[str, Any]:
    return dict(thread.sealer_of(complaint.case).open(complaint.sealed))


def _standing(complaint: Complaint, number: int) -> tuple[dict[str, Any], Speaks]:
    told = _told(complaint)
    found = next((one for one in speakers_of(told) if one.number == number and one.standing), None)
    if found is None:
        raise invalid({"number": [("invalid", {})]})
    return told, found


def _change(complaint: Complaint, told: dict[str, Any], number: int, **changes: str) -> None:
    rows = [
        {**one, **changes} if n == number else one for n, one in enumerate(told["representatives"], start=1)
    ]
    _keep(complaint, {**told, "representatives": rows})


def _keep(complaint: Complaint, told: dict[str, Any], *fields: str) -> None:
    complaint.sealed = thread.sealer_of(complaint.case).seal(told)
    keep(complaint, "sealed", *fields)


def _found_by(complaint: Complaint, words: str) -> None:
    old = SearchText.objects.filter(record_uid=complaint.case.uid).values_list("text", flat=True).first()
    if old is not None:
        finding.add_words(complaint, old, words)


def _kept(complaint: Complaint, actor: Actor, at: datetime, file: File) -> Attachment:
    return attachments.attach(actor=actor, at=at, case=complaint.case, name=file.name, content=file.content)


def _enter(
    complaint: Complaint, actor: Actor, at: datetime, kind: str, facts: dict[str, Any], words: dict[str, str]
) -> None:
    enter(complaint, actor, at, kind, facts, {name: value for name, value in words.items() if value} or None)
