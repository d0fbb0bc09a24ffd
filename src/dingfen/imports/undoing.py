"""Taking an import back: what it made is voided by new entries, unless others have built on it since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import ApiToken, RoleGrant, Staff, Unit
from dingfen.cases.models import Case
from dingfen.complaints.history import void
from dingfen.complaints.models import Complaint
from dingfen.imports.models import ImportJob, ImportRow
from dingfen.ownership import watch
from dingfen.ownership.models import Claim, Deal, Dispute, Registration, Ruling
from dingfen.ownership.states import BEFORE_RULING
from dingfen.parties import index
from dingfen.parties.models import Contact, Customer, Touch
from dingfen.register.append import NewEntry, append_many

REASON = "import"
Entries = list[NewEntry]


class Blocked(Exception):
    """It stays: others have built on it. Carries the code of why."""


def undo_batch(job: ImportJob, rows: Sequence[ImportRow], actor: Actor, at: datetime) -> Counter[str]:
    """Undo rows, newest first. A row that is blocked by one thing keeps all it made, and says why."""
    undoing = _Undoing(job, actor, at)
    counts: Counter[str] = Counter()
    entries: Entries = []
    for row in rows:
        made = [(one["type"], one["uid"]) for one in row.made]
        blocked = undoing.blocked(made)
        if blocked:
            row.state, row.errors = "blocked", [{"column": "", "value": "", "code": blocked, "params": {}}]
            counts["blocked"] += 1
        else:
            for kind, uid in reversed(made):
                entries += undoing.void(kind, uid)
            row.state = "undone"
            counts["undone"] += 1
    ImportRow.objects.bulk_update(rows, ["state", "errors"])
    append_many(entries)
    return counts


class _Undoing:
    """The rules of each kind of thing: when it may go, and how."""

    def __init__(self, job: ImportJob, actor: Actor, at: datetime) -> None:
        self.job, self.actor, self.at = job, actor, at
        from dingfen.imports.running import prefix_of

        self.ours = f"{prefix_of(job)}:"

    def blocked(self, made: Sequence[tuple[str, str]]) -> str:
        """The code of the first thing that speaks against undoing; empty when nothing does."""
        checks: dict[str, Callable[[str], str]] = {
            "customer": self._customer_in_use,
            "registration": self._registration_in_use,
            "deal": self._deal_in_use,
            "staff": self._staff_in_use,
            "unit": self._unit_in_use,
            "complaint": self._complaint_in_use,
        }
        return next((code for kind, uid in made if kind in checks and (code := checks[kind](uid))), "")

    def void(self, kind: str, uid: str) -> Entries:
        """Void one thing; the entries that say so."""
        acts: dict[str, Callable[[str], Entries]] = {
            "customer": self._void_customer,
            "registration": self._void_registration,
            "touch": self._void_touch,
            "deal": self._void_deal,
            "grant": self._end_grant,
            "staff": self._end_staff,
            "unit": self._close_unit,
            "complaint": self._void_complaint,
        }
        return acts[kind](uid)

    # May it go?

    def _customer_in_use(self, uid: str) -> str:
        others = ~Q(import_row__startswith=self.ours)
        customer = Customer.objects.get(uid=uid)
        used = (
            Touch.objects.filter(others, customer=customer).exists()
            or Registration.objects.filter(others, customer=customer).exists()
            or Deal.objects.filter(others, customer=customer).exists()
            or Complaint.objects.filter(others, case__customer=customer).exists()
            or Contact.objects.filter(customer=customer).exists()
            or Customer.objects.filter(merged_into=customer).exists()
            or customer.merged_into_id is not None
        )
        return "undo.worked_on" if used else ""

    def _registration_in_use(self, uid: str) -> str:
        row = Registration.objects.get(uid=uid)
        about = Dispute.objects.filter(registration=row)
        quiet = len(_quiet(row)) if row.rival_of_id is None else 0
        withdrawn = about.filter(origin="import", deal=None, state=Dispute.State.WITHDRAWN).count()
        if about.count() > quiet + withdrawn:
            return "undo.disputed"
        worked = Touch.objects.filter(
            ~Q(import_row__startswith=self.ours), customer_id=row.customer_id, scope=row.scope,
            staff_id=row.holder_id, recorded_at__gte=row.recorded_at,
        )  # fmt: skip
        untouched = 1 + quiet + 2 * withdrawn  # an import's own dispute moved it, and moved it back
        resting = (Registration.State.LAPSED, Registration.State.POOLED)
        moved = row.version > untouched and row.state not in resting
        return "undo.worked_on" if moved or worked.exists() else ""

    def _deal_in_use(self, uid: str) -> str:
        disputes = Dispute.objects.filter(deal__uid=uid)
        ruled = Ruling.objects.filter(dispute__in=disputes).exists()
        answered = Claim.objects.filter(dispute__in=disputes).exclude(answered_at=None).exists()
        return "undo.disputed" if ruled or answered else ""

    def _staff_in_use(self, uid: str) -> str:
        staff = Staff.objects.get(uid=uid)
        if staff.last_login or ApiToken.objects.filter(staff=staff).exists():
            return "undo.signed_in"
        others = (Touch.objects.filter(staff=staff), Registration.objects.filter(holder=staff),
                  Deal.objects.filter(signer=staff), Claim.objects.filter(claimant=staff))  # fmt: skip
        return "undo.in_use" if any(rows.exists() for rows in others) else ""

    def _unit_in_use(self, uid: str) -> str:
        unit = Unit.objects.get(uid=uid)
        people = Staff.objects.filter(unit=unit, is_active=True).exclude(uid__in=self._made("staff"))
        below = Unit.objects.filter(parent=unit, active=True).exclude(uid__in=self._made("unit"))
        used = people.exists() or below.exists() or Customer.objects.filter(unit=unit).exists()
        return "undo.in_use" if used else ""

    def _complaint_in_use(self, uid: str) -> str:
        row = Complaint.objects.select_related("case").get(case__uid=uid)
        worked = row.version > 1 or row.case.notes.exists() or row.merged.exists()
        return "undo.worked_on" if worked else ""

    def _made(self, kind: str) -> list[str]:
        rows = self.job.rows.values_list("made", flat=True)
        return [one["uid"] for made in rows for one in made if one["type"] == kind]

    # How it goes.

    def _void_customer(self, uid: str) -> Entries:
        customer = Customer.objects.select_related("unit").get(uid=uid)
        for identifier in customer.identifiers.filter(void_reason=""):
            identifier.void_reason = REASON
            identifier.save(update_fields=["void_reason"])
        index.remove(customer.pk)
        customer.voided_at = self.at
        customer.version += 1
        customer.save(update_fields=["voided_at", "version"])
        return [self._entry("customer.voided", customer.unit, ("customer", customer.uid), {})]

    def _void_registration(self, uid: str) -> Entries:
        row = Registration.objects.select_related("customer", "holder", "unit__company").get(uid=uid)
        entries = [entry for dispute in _quiet(row) for entry in self._withdraw(dispute)]
        row.refresh_from_db(fields=["state", "version"])
        watch.end(row, self.actor, self.at, REASON)
        row.state, row.ended_at, row.end_reason = Registration.State.VOID, self.at, REASON
        row.version += 1
        row.save(update_fields=["state", "ended_at", "end_reason", "version"])
        facts = {
            "registration": str(row.uid),
            "staff": str(row.holder.uid),
            "unit": str(row.unit.uid),
            "scope": row.scope,
        }
        return [*entries, self._entry("registration.voided", row.unit, ("customer", row.customer.uid), facts)]

    def _withdraw(self, dispute: Dispute) -> Entries:
        """A dispute that only the import knew of: it ends, and the hold it was about goes on as before."""
        dispute.state = Dispute.State.WITHDRAWN
        dispute.version += 1
        dispute.save(update_fields=["state", "version"])
        Case.objects.filter(pk=dispute.case_id).update(closed_at=self.at)
        held = dispute.registration
        if held is not None and held.state == Registration.State.DISPUTED:
            watch.resume(held, self.actor, self.at)
            held.state = dispute.earlier_state
            held.version += 1
            held.save(update_fields=["state", "version"])
        subject = ("dispute", dispute.case.uid)
        return [self._entry("dispute.withdrawn", dispute.case.unit, subject, {"over": True, "undo": True})]

    def _void_touch(self, uid: str) -> Entries:
        row = Touch.objects.select_related("customer", "unit__company").get(uid=uid)
        row.voided_at = self.at
        row.save(update_fields=["voided_at"])
        return [
            self._entry("touch.voided", row.unit, ("customer", row.customer.uid), {"touch": str(row.uid)})
        ]

    def _void_deal(self, uid: str) -> Entries:
        row = Deal.objects.select_related("customer", "unit__company").get(uid=uid)
        entries: Entries = []
        for dispute in Dispute.objects.filter(deal=row).select_related("case__unit__company"):
            entries += self._withdraw(dispute)
        if row.voided_at is not None:  # somebody did so since
            return entries
        row.voided_at = self.at
        row.save(update_fields=["voided_at"])
        return [
            *entries,
            self._entry("deal.voided", row.unit, ("customer", row.customer.uid), {"deal": str(row.uid)}),
        ]

    def _end_grant(self, uid: str) -> Entries:
        grant = RoleGrant.objects.select_related("staff", "unit__company").filter(uid=uid).first()
        if grant is None:
            return []
        facts = {"role": grant.role, "unit": str(grant.unit.uid)}
        entry = self._entry("role.ended", grant.unit, ("staff", grant.staff.uid), facts)
        grant.delete()
        return [entry]

    def _end_staff(self, uid: str) -> Entries:
        staff = Staff.objects.select_related("unit__company", "company").get(uid=uid)
        staff.is_active = False
        staff.save(update_fields=["is_active"])
        unit = staff.unit or self.job.unit
        return [self._entry("staff.deactivated", unit, ("staff", staff.uid), {})]

    def _close_unit(self, uid: str) -> Entries:
        unit = Unit.objects.select_related("company").get(uid=uid)
        unit.active = False
        unit.save(update_fields=["active"])
        return [self._entry("unit.closed", unit, ("unit", unit.uid), {})]

    def _void_complaint(self, uid: str) -> Entries:
        row = Complaint.objects.select_related("case__unit__company").get(case__uid=uid)
        void(row, self.actor, self.at)
        return [self._entry("complaint.voided", row.case.unit, ("complaint", row.case.uid), {})]

    def _entry(self, kind: str, unit: Unit, subject: tuple[str, Any], facts: dict[str, Any]) -> NewEntry:
        return NewEntry(
            book=book_of(unit, at=self.at, actor_id=self.actor.uid),
            kind=kind,
            actor_id=self.actor.uid,
            occurred_at=self.at,
            recorded_at=self.at,
            subject=subject,
            facts={**facts, "import": str(self.job.uid)},
        )


def _quiet(row: Registration) -> list[Dispute]:
    """Disputes an import has opened about this hold, or by it, which nobody has started or answered."""
    found = (
        Dispute.objects.filter(registration_id=row.rival_of_id or row.pk, deal=None, origin="import")
        .filter(state__in=BEFORE_RULING)
        .exclude(claims__answered_at__isnull=False)
        .select_related("case__unit__company", "registration")
    )
    return [dispute for dispute in found if watch.quiet(dispute)]
