"""Recording touches: walk-ins, calls, visits, messages (A1, A3, A7)."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from dingfen import keys
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Staff, Unit
from dingfen.parties.actions.common import locked, sealer_of
from dingfen.parties.details import TEXT_LIMIT, Errors
from dingfen.parties.models import Contact, Customer, Touch
from dingfen.problems import conflict, invalid, missing
from dingfen.register.append import NewEntry, append_many
from dingfen.register.models import Entry

# Clocks of two machines differ by a little: that much ahead of the server is still now.
_SLACK = timedelta(minutes=2)
_AT_RECEPTION = (Touch.Kind.WALK_IN, Touch.Kind.CALL)


def write_touch(
    *,
    actor: Actor,
    at: datetime,
    uid: uuid.UUID | str,
    kind: str,
    occurred_at: datetime | None = None,
    staff: Staff | None = None,
    unit: Unit | None = None,
    reached: bool = True,
    met: str = Touch.Met.CUSTOMER,
    contact_uid: uuid.UUID | str | None = None,
    scope: str = "",
    card: bool = False,
    contact_rank: int | None = None,
    minutes: int | None = None,
    asked_for: str = "",
    note: str = "",
    corrects: Touch | None = None,
    imported: bool = False,
    import_row: str = "",
) -> tuple[Touch, NewEntry]:
    """Write a touch and give back, with it, the entry that the caller appends last (with `append_touch`).

    `occurred_at` (default: now) may not be later than now. `staff` (default: who acts) was there, for `unit`.
    `card`: a business card was given, of a contact of `contact_rank`.
    `asked_for`: the colleague (uid) the customer asked for by name. Raises Problem `input.invalid` by field.
    """
    customer = locked(actor, uid, "touch.record", seen=False)
    when = occurred_at or at
    contact = _contact(customer, contact_uid)
    _check(kind, met, when, at, contact_rank, minutes, note, scope)
    there_id, where = _who(actor, staff, unit, customer)
    rank = contact_rank if contact_rank is not None else (contact.rank if contact else None)
    told: dict[str, Any] = {"card": card, "contact_rank": rank, "minutes": minutes}
    if asked_for:
        told["asked_for"] = asked_for
    touch = Touch(
        company_id=customer.company_id,
        customer=customer,
        kind=kind,
        staff_id=there_id,
        unit=where,
        occurred_at=when,
        recorded_at=at,
        reached=reached,
        met=met,
        contact=contact,
        scope=scope,
        facts={name: value for name, value in told.items() if value is not None and value is not False},
        sealed=sealer_of(customer).seal({"note": note.strip()}) if note.strip() else b"",
        note_digest=_digest(note),
        corrects=corrects,
        import_row=import_row,
    )
    touch.save(force_insert=True)
    Customer.objects.filter(pk=customer.pk).update(
        last_touch_at=Greatest(Coalesce(F("last_touch_at"), when), when)
    )
    return touch, _entry(actor, touch, customer, at, note, contact, imported)


def _digest(note: str) -> str:
    """A keyed digest of the words of a note, spaces and case aside; empty without words."""
    words = "".join(note.split()).casefold()
    if not words:
        return ""
    return hashlib.blake2b(words.encode(), key=keys.key("index"), digest_size=8).hexdigest()


def append_touch(touch: Touch, entry: NewEntry, *others: NewEntry) -> list[Entry]:
    """Append the touch's entry, and what followed from it, under one lock of the register; note where it is."""
    written = append_many([entry, *others])
    touch.entry_seq = written[0].seq
    Touch.objects.filter(pk=touch.pk).update(entry_seq=touch.entry_seq)
    return written


@transaction.atomic
def record_touch(*, actor: Actor, at: datetime, uid: uuid.UUID | str, kind: str, **told: Any) -> Touch:
    """Record a touch by itself: `write_touch`, then its entry. Where a hold follows from it, `ownership` acts."""
    touch, entry = write_touch(actor=actor, at=at, uid=uid, kind=kind, **told)
    append_touch(touch, entry)
    return touch


def write_correction(
    *, actor: Actor, at: datetime, touch_uid: uuid.UUID | str, staff: Staff | None = None, **told: Any
) -> tuple[Touch, NewEntry]:
    """As `write_touch`, for a touch that corrects an earlier one (`corrects`); in the caller's transaction.

    What is not told anew stays as it was; `staff`: who was there, if somebody else.
    Raises Problem `touch.not_yours`, `touch.corrected`.
    """
    earlier = (
        Touch.objects.select_for_update(of=("self",))
        .select_related("customer", "staff", "unit", "contact")
        .filter(uid=touch_uid, company_id=actor.company_id)
        .first()
    )
    if earlier is None:
        raise missing()
    if not may_correct(earlier, actor):
        raise conflict("touch.not_yours")
    if earlier.corrections.exists():
        raise conflict("touch.corrected")
    there = staff or earlier.staff
    given = {
        "kind": earlier.kind,
        "occurred_at": earlier.occurred_at,
        "reached": earlier.reached,
        "met": earlier.met,
        "scope": earlier.scope,
        "contact_uid": earlier.contact.uid if earlier.contact else None,
        "note": sealer_of(earlier.customer).open(earlier.sealed).get("note", ""),
        **earlier.facts,
        **told,
    }
    return write_touch(
        actor=actor, at=at, uid=earlier.customer.uid, corrects=earlier, staff=there,
        unit=earlier.unit if there == earlier.staff else None, **given,
    )  # fmt: skip


@transaction.atomic
def correct_touch(*, actor: Actor, at: datetime, touch_uid: uuid.UUID | str, **told: Any) -> Touch:
    """Correct a touch by a new one that names it (A1): the earlier one stays and no longer counts.

    Only who recorded it, or who was there, corrects it. Raises Problem `touch.not_yours`, `touch.corrected`.
    Where a hold follows from it, `ownership` acts.
    """
    touch, entry = write_correction(actor=actor, at=at, touch_uid=touch_uid, **told)
    append_touch(touch, entry)
    return touch


def _entry(
    actor: Actor,
    touch: Touch,
    customer: Customer,
    at: datetime,
    note: str,
    contact: Contact | None,
    imported: bool,
) -> NewEntry:
    corrected = touch.corrects
    return NewEntry(
        book=book_of(touch.unit, at=at, actor_id=actor.uid),
        kind="touch.corrected" if corrected else "touch.recorded",
        actor_id=actor.uid,
        occurred_at=touch.occurred_at,
        recorded_at=at,
        subject=("customer", customer.uid),
        facts={
            "touch": str(touch.uid),
            "touch_kind": touch.kind,
            "staff": str(touch.staff.uid),
            "unit": str(touch.unit.uid),
            "reached": touch.reached,
            "met": touch.met,
            **({"scope": touch.scope} if touch.scope else {}),
            **({"contact": str(contact.uid)} if contact else {}),
            **touch.facts,
        },
        personal={"note": note.strip()} if note.strip() else None,
        personal_subject=customer.uid if note.strip() else None,
        corrects=_entry_of(corrected) if corrected else None,
        imported=imported,
        reception=touch.kind in _AT_RECEPTION and not imported and not actor.is_system,
    )


def may_correct(touch: Touch, actor: Actor) -> bool:
    """Whether the actor was there, or entered it."""
    entry = _entry_of(touch)
    return touch.staff_id == actor.staff_id or (entry is not None and entry.actor_uid == actor.uid)


def _entry_of(touch: Touch) -> Entry | None:
    return Entry.objects.filter(pk=touch.entry_seq).first() if touch.entry_seq is not None else None


def _contact(customer: Customer, uid: uuid.UUID | str | None) -> Contact | None:
    if not uid:
        return None
    found = customer.contacts.filter(uid=uid, void_reason="", left_at=None).first()
    if found is None:
        raise invalid({"contact": [("invalid", {})]})
    return found


def _who(actor: Actor, staff: Staff | None, unit: Unit | None, customer: Customer) -> tuple[int, Unit]:
    """Who was there and for which unit; the system records nothing without naming somebody."""
    if staff is not None and staff.company_id != actor.company_id:
        raise missing()
    there_id = staff.pk if staff else actor.staff_id
    if there_id is None:
        raise invalid({"staff": [("required", {})]})
    unit_id = None if staff else actor.unit_id
    where = unit or (staff.unit if staff else None) or (Unit.objects.get(pk=unit_id) if unit_id else None)
    return there_id, where or customer.unit


def _check(
    kind: str,
    met: str,
    when: datetime,
    at: datetime,
    contact_rank: int | None,
    minutes: int | None,
    note: str,
    scope: str,
) -> None:
    errors: Errors = {}
    if kind not in Touch.Kind.values:
        errors["kind"] = [("invalid", {})]
    if met not in Touch.Met.values:
        errors["met"] = [("invalid", {})]
    if when > at + _SLACK:
        errors["occurred_at"] = [("touch.future", {"now": at})]
    if contact_rank is not None and contact_rank not in Contact.Rank.values:
        errors["contact_rank"] = [("invalid", {})]
    if minutes is not None and not 0 <= minutes <= 24 * 60:
        errors["minutes"] = [("invalid", {})]
    if len(note) > TEXT_LIMIT:
        errors["note"] = [("too_long", {"limit": TEXT_LIMIT})]
    if len(scope) > 80:
        errors["scope"] = [("too_long", {"limit": 80})]
    if errors:
        raise invalid(errors)
