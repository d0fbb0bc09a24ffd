"""Evidence put forward for a claim, withdrawn, objected to; and more time to give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor
from dingfen.books.queries import visible_entries
from dingfen.cases import attachments
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    enter_dispute,
    lock_dispute,
    reason_of,
    same_version,
)
from dingfen.ownership.deciders import seats_for
from dingfen.ownership.facts import entries_about
from dingfen.ownership.models import Claim, Dispute, Evidence, Objection
from dingfen.ownership.notices import tell
from dingfen.ownership.states import BEFORE_RULING, TAKING_EVIDENCE
from dingfen.problems import conflict, invalid, missing, read_uid, refused

State = Dispute.State
NOTE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Evidence put forward: an entry of the register by its seq, or a note about a paper."""

    kind: str
    entry_seq: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came in."""

    name: str
    content: bytes
    note: str = ""


def own_claim(actor: Actor, dispute_uid: object, *states: str) -> tuple[Dispute, Claim]:
    """The dispute under lock and the actor's own claim in it. Raises `dispute.not_claimant` (403)."""
    require(actor, "dispute.claim")
    dispute = lock_dispute(actor, dispute_uid, *states)
    claim = dispute.claims.filter(claimant_id=actor.staff_id, withdrawn_at=None).first()
    if claim is None:
        raise refused("dispute.not_claimant")
    return dispute, claim


def put_forward(
    dispute: Dispute, claim: Claim, exhibits: Sequence[Exhibit], actor: Actor, at: datetime
) -> list[Evidence]:
    """Write exhibits as evidence, marked late once the evidence is closed; the caller writes the entry."""
    check_entries(actor, dispute, exhibits, at)
    return Evidence.objects.bulk_create(
        Evidence(
            claim=claim,
            kind="entry" if exhibit.entry_seq is not None else exhibit.kind,
            entry_seq=exhibit.entry_seq,
            note=exhibit.note.strip()[:NOTE_LIMIT],
            late=dispute.state not in TAKING_EVIDENCE,
            added_by_id=actor.staff_id,
            added_at=at,
        )
        for exhibit in exhibits
    )


def check_entries(actor: Actor, dispute: Dispute, exhibits: Sequence[Exhibit], at: datetime) -> None:
    """An entry may be pointed to when one may read it: one's own page, a borrowed one, or the case itself.

    Raises `entry.unknown` for any other: its page must be borrowed first (A2).
    """
    wanted = {exhibit.entry_seq for exhibit in exhibits if exhibit.entry_seq is not None}
    if not wanted:
        return
    known = set(visible_entries(actor, at).filter(seq__in=wanted).values_list("seq", flat=True))
    known |= entries_about(dispute) & wanted
    if hidden := wanted - known:
        raise invalid({"evidence": [("entry.unknown", {"entry": min(hidden)})]})


@transaction.atomic
def add_evidence(
    *, actor: Actor, at: datetime, dispute_uid: object, exhibits: Sequence[Exhibit]
) -> list[Evidence]:
    """Put further evidence forward for one's own claim, until the ruling. Raises `evidence.none`."""
    dispute, claim = own_claim(actor, dispute_uid, *BEFORE_RULING)
    if not exhibits:
        raise invalid({"evidence": [("evidence.none", {})]})
    rows = put_forward(dispute, claim, exhibits, actor, at)
    entry = {
        "evidence": [str(row.uid) for row in rows],
        "entries": [row.entry_seq for row in rows if row.entry_seq],
    }
    notes = {"notes": [row.note for row in rows if row.note]}
    enter_dispute(
        dispute, actor, at, "evidence.added", {"claim": str(claim.uid), **entry, "late": rows[0].late}, notes
    )
    return rows


@transaction.atomic
def add_file(*, actor: Actor, at: datetime, dispute_uid: object, file: File) -> Evidence:
    """Attach a file to one's own claim, until the ruling; its digest stands in the register."""
    dispute, claim = own_claim(actor, dispute_uid, *BEFORE_RULING)
    kept = attachments.attach(actor=actor, at=at, case=dispute.case, name=file.name, content=file.content)
    row = Evidence.objects.create(
        claim=claim,
        kind="file",
        attachment=kept,
        note=file.note.strip()[:NOTE_LIMIT],
        late=dispute.state not in TAKING_EVIDENCE,
        added_by_id=actor.staff_id,
        added_at=at,
    )
    said = {"claim": str(claim.uid), "evidence": [str(row.uid)], "late": row.late, **attachments.facts(kept)}
    enter_dispute(dispute, actor, at, "evidence.added", said, {"notes": [row.note]} if row.note else None)
    return row


@transaction.atomic
def withdraw_evidence(*, actor: Actor, at: datetime, evidence_uid: object) -> Evidence:
    """Take back what one has put forward: it counts no more, but everybody goes on seeing that it was there."""
    row, dispute = _evidence(actor, evidence_uid)
    if row.claim.claimant_id != actor.staff_id:
        raise refused("dispute.not_claimant")
    if row.withdrawn_at is not None:
        raise conflict("evidence.withdrawn")
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    enter_dispute(dispute, actor, at, "evidence.withdrawn", {"evidence": str(row.uid)})
    return row


@transaction.atomic
def object_to(*, actor: Actor, at: datetime, evidence_uid: object, reason: str) -> Objection:
    """Say what speaks against a colleague's evidence. One objection each; those who decide read it."""
    row, dispute = _evidence(actor, evidence_uid)
    others = dispute.claims.filter(claimant_id=actor.staff_id, withdrawn_at=None)
    if row.claim.claimant_id == actor.staff_id or not others.exists():
        raise refused("evidence.not_theirs")
    reason = reason_of(reason)
    objection, new = Objection.objects.get_or_create(
        evidence=row, by_id=person_of(actor), defaults={"at": at, "reason": reason}
    )
    if not new:
        raise conflict("evidence.objected")
    enter_dispute(
        dispute, actor, at, "evidence.objected", {"evidence": str(row.uid), "objection": str(objection.uid)},
        {"reason": reason},
    )  # fmt: skip
    return objection


@transaction.atomic
def extend(
    *,
    actor: Actor,
    at: datetime,
    dispute_uid: object,
    until: datetime,
    reason: str,
    claim_uid: object = None,
    version: int | None = None,
) -> Dispute:
    """Give one claimant, or all, until `until` to answer; by who decides, with a reason.

    Raises `extend.not_later` at the field `until`.
    """
    require(actor, "dispute.rule")
    dispute = lock_dispute(actor, dispute_uid, *TAKING_EVIDENCE)
    same_version(dispute.version, version)
    seats_for(actor, dispute, at)
    reason = reason_of(reason)
    claims = list(
        dispute.claims.filter(withdrawn_at=None, answered_at=None)
        .select_related("claimant__unit", "claimant__company")
        .order_by("pk")
    )
    if claim_uid:
        wanted = read_uid(claim_uid)
        claims = [claim for claim in claims if claim.uid == wanted]
    if not claims:
        raise invalid({"claim": [("extend.nobody", {})]})
    latest = max([at, *(claim.answer_by for claim in claims if claim.answer_by)])
    if until <= latest:
        raise invalid({"until": [("extend.not_later", {"until": latest})]})
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(answer_by=until)
    watch.lengthen(dispute, watch.EVIDENCE, until, actor, at, reason)
    dispute.version += 1
    dispute.save(update_fields=["version"])
    tell(
        [claim.claimant for claim in claims],
        "dispute.claim",
        ("dispute", dispute.case.uid),
        {"number": dispute.case.number, "deadline": until.isoformat()},
        at=at,
        key=f"extended:{dispute.case.uid}:{dispute.version}",
    )
    facts = {"claims": [str(claim.uid) for claim in claims], "until": until.isoformat()}
    enter_dispute(dispute, actor, at, "dispute.extended", facts, {"reason": reason})
    return dispute


def remind(dispute: Dispute, deadline: datetime, at: datetime, key: str) -> None:
    """Remind those who have not answered yet."""
    tell(
        [
            claim.claimant
            for claim in dispute.claims.filter(withdrawn_at=None, answered_at=None).select_related(
                "claimant__unit", "claimant__company"
            )
        ],
        "dispute.claim",
        ("dispute", dispute.case.uid),
        {"number": dispute.case.number, "deadline": deadline.isoformat()},
        at=at,
        key=key,
    )


def answer_late(claim: Claim, dispute: Dispute, at: datetime) -> bool:
    """Whether a statement given now comes after this side's time."""
    after = claim.answer_by is not None and at >= claim.answer_by
    return after or dispute.state not in TAKING_EVIDENCE


def _evidence(actor: Actor, uid: object) -> tuple[Evidence, Dispute]:
    require(actor, "dispute.claim")
    found = (
        Evidence.objects.select_related("claim__dispute__case")
        .filter(uid=read_uid(uid), claim__dispute__in=Dispute.objects.visible_to(actor))
        .first()
    )
    if found is None:
        raise missing()
    dispute = lock_dispute(actor, found.claim.dispute.case.uid, *BEFORE_RULING)
    return found, dispute
