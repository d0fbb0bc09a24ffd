"""Who complains: shown whole with a reason, and put right where it was written down wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.cases import thread
from dingfen.complaints import finding
from dingfen.complaints.actions.common import enter, keep, lock, reason_of
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.models import CLOSED, OPEN, ComplainantKey, Complaint
from dingfen.matching import normalise
from dingfen.parties import index
from dingfen.parties.actions.privacy import REASONS
from dingfen.parties.details import check, identifiers_of, masked_name, masked_phone, slip_errors
from dingfen.parties.models import SearchText
from dingfen.parties.tokens import pieces
from dingfen.problems import invalid

ANY = (*OPEN, *CLOSED)
FIELDS = tuple(one.name for one in fields(Complainant))
LIMITS = {
    "name": 80,
    "phone": 40,
    "email": 200,
    "credit_code": 40,
    "legal_representative": 80,
    "identity": 80,
}
_REACHED = {"phone": Complaint.Contact.PHONE, "email": Complaint.Contact.EMAIL}


@transaction.atomic
def reveal(*, actor: Actor, at: datetime, case_uid: object, reason: str) -> dict[str, Any]:
    """Who complains and who speaks for them, whole: `complainant` and `representatives`. An entry says who looked.

    `reason` is one of `parties.actions.privacy.REASONS`. Raises at `reason`; `case.erased` (409).
    """
    complaint = lock(actor, case_uid, *ANY, permission="customer.reveal")
    if reason not in REASONS:
        raise invalid({"reason": [("required" if not reason else "invalid", {})]})
    told = thread.sealer_of(complaint.case).open(complaint.sealed)
    enter(complaint, actor, at, "data.revealed", {"item_kind": "complainant", "reason": reason})
    return {name: told.get(name, empty) for name, empty in (("complainant", {}), ("representatives", []))}


@transaction.atomic
def correct_complainant(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    changes: Mapping[str, str],
    reason: str,
    version: int | None = None,
) -> Complaint:
    """Put right who complains, field by field as `Complainant` names them; "" takes one out.

    Another phone or address is found and answered from now on, and is not confirmed. Whose card it is stays: another
    one is linked by a person. Raises at the field, at `changes` (nothing new), `reason`.
    """
    why = reason_of(reason)
    complaint = lock(actor, case_uid, *ANY, version=version)
    sealer = thread.sealer_of(complaint.case)
    told = sealer.open(complaint.sealed)
    before = told_by(told)
    new = {name: value for name, value in _given(changes).items() if value != getattr(before, name)}
    if not new:
        raise invalid({"changes": [("facts.same", {})]})
    who = _checked(replace(before, **new))
    complaint.sealed = sealer.seal({**told, "complainant": {n: v for n, v in asdict(who).items() if v}})
    case, details = complaint.case, who.details()
    features, card = normalise(details.record()).features, case.customer
    complaint.masked_name = masked_name(details)[:80] or (card.masked_name if card else "")
    complaint.masked_phone = masked_phone(features) or (card.masked_phone if card else "")
    if any(name in new and complaint.contact == state for name, state in _REACHED.items()):
        complaint.contact = Complaint.Contact.UNCONFIRMED
    complaint.keys.all().delete()
    ComplainantKey.objects.bulk_create(
        ComplainantKey(complaint=complaint, lookup=index.lookup(case.company_id, kind, value))
        for kind, value in identifiers_of(features)
    )
    _found_by(complaint, before, who)
    keep(complaint, "sealed", "masked_name", "masked_phone", "contact")
    facts = {"fields": sorted(new)}
    said = {"reason": why, "before": {name: getattr(before, name) for name in new}, "after": new}
    enter(complaint, actor, at, "complaint.complainant_corrected", facts, said)
    return complaint


def told_by(told: Mapping[str, Any]) -> Complainant:
    """Who complains, from what is sealed of a complaint."""
    return Complainant(
        **{name: value for name, value in told.get("complainant", {}).items() if name in FIELDS}
    )


def _given(changes: Mapping[str, str]) -> dict[str, str]:
    return {
        name: str(value).strip()[: LIMITS.get(name, 200)] for name, value in changes.items() if name in FIELDS
    }


def _checked(who: Complainant) -> Complainant:
    """As it is kept. Raises at the field for what cannot be read; `name` may be missing, as at intake."""
    if who.kind not in ("person", "company"):
        raise invalid({"kind": [("invalid", {})]})
    names = {"phones": "phone", "emails": "email", "wechats": "wechat", "credit_codes": "credit_code"}
    details = who.details()
    read = check(details, lenient=True) if details.name else normalise(details.record())
    faults = {names.get(name, name): slip_errors(slips) for name, slips in read.slips.items() if slips}
    if faults:
        raise invalid(faults)
    return who


def _found_by(complaint: Complaint, before: Complainant, who: Complainant) -> None:
    """It is found by the new name and number, and by the wrong number no more."""
    old = SearchText.objects.filter(record_uid=complaint.case.uid).values_list("text", flat=True).first()
    if old is None:
        return
    old_words = {before.phone, finding.numbers(before.phone)} - {who.phone, finding.numbers(who.phone)}
    wrong = {word for words in old_words for word in pieces(words)}
    kept = " ".join(word for word in old.split() if word not in wrong)
    finding.add_words(complaint, kept, " ".join((who.name, who.phone, finding.numbers(who.phone))))
