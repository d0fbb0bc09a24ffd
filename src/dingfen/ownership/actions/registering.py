"""Registering a customer: the hold, guarded against two people at once (decision 2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from django.db import IntegrityError, transaction
from django.db.models import Q

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.database import rows
from dingfen.database.locks import lock_keys
from dingfen.engine.entering import is_late_evening
from dingfen.matching import Normalised
from dingfen.ownership import watch
from dingfen.ownership.actions.common import colleague, customer_seen, not_future, unit_of, write
from dingfen.ownership.completeness import AT_ONCE, card_as_typed, card_of
from dingfen.ownership.deciders import heads_of
from dingfen.ownership.models import ACTIVE, IN_POOL, MatchReview, Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.queries import Finding, codes, search
from dingfen.ownership.rules import Rules, rules_at, rules_needed
from dingfen.parties import index
from dingfen.parties import registering as parties
from dingfen.parties.details import Details, check
from dingfen.parties.models import Customer
from dingfen.problems import Problem, conflict, invalid

P = ParamSpec("P")
State = Registration.State
ONE_HOLDER = "one_holder"


def prepare_registration(
    *,
    actor: Actor,
    at: datetime,
    details: Details | None = None,
    customer_uid: object = None,
    scope: str = "",
    holder: object = None,
    occurred_at: datetime | None = None,
    confirm_possible: bool = False,
    reason: str = "",
    complete_later: bool = False,
    imported: bool = False,
    import_row: str = "",
) -> Callable[[], Registration]:
    """Register a customer for a salesperson; exactly one of two who do so at the same instant holds it.

    What needs nobody's lock is done at once; the answer is to be called for the rest (`register_customer`
    calls it), so that who has a transaction of their own around it keeps the others waiting for less.


    `details` of a new customer, or `customer_uid` of a known one. `holder` (uid) is the actor unless a
    receptionist or head registers for somebody. `occurred_at`: when it happened, for what is entered later.
    A possible match never blocks: it opens a review, or with `confirm_possible` is noted as looked at, with
    `reason`. `complete_later`: where the rules give the day for it, what they want beside the name may be
    missing now; the card is then owed by the end of the day.

    Raises `input.invalid`, `policy.none`, `registration.held` (409: until, unit, extension,
    article, version, reasons), `registration.mine` (409), `page.closed`.
    """
    asked = _Asked(
        actor, at, occurred_at or at, scope.strip(), confirm_possible, reason.strip(), imported, import_row,
        complete_later,
    )  # fmt: skip
    ready = asked.ready(details, holder)  # before anybody has to wait for this one

    def register() -> Registration:
        try:
            with transaction.atomic():
                return asked.register(ready, customer_uid)
        except IntegrityError as error:
            if ONE_HOLDER in str(error) or "ownership_registration.company_id" in str(error):
                raise conflict("registration.held", reasons=[]) from error
            raise

    return register


def _at_once(prepare: Callable[P, Callable[[], Registration]]) -> Callable[P, Registration]:
    @wraps(prepare)
    def act(*args: P.args, **given: P.kwargs) -> Registration:
        return prepare(*args, **given)()

    return act


register_customer = _at_once(prepare_registration)


@dataclass(frozen=True, slots=True)
class _Ready:
    """What can be said of a registration without a lock. `party` is the new customer, prepared."""

    holder: Staff
    unit: Unit
    rules: Rules | None
    party: parties.Party | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One registration on its way."""

    actor: Actor
    at: datetime
    occurred_at: datetime
    scope: str
    confirm_possible: bool
    reason: str
    imported: bool
    import_row: str
    complete_later: bool = False

    def ready(self, details: Details | None, holder_uid: object) -> _Ready:
        """The checks that meet nobody else. Raises as `register_customer` does."""
        require(self.actor, "customer.register")
        holder = holder_for(self.actor, holder_uid)
        unit = unit_of(holder)
        not_future(self.occurred_at, self.at)
        rules, party = self._rules(unit), None
        if details is not None:
            read = check(details, lenient=self.imported)
            if rules is not None and not self.imported:
                check_required(details, read, rules, later=self.complete_later)
            party = parties.prepare(self._new_party(unit, details, read), self.at)
        return _Ready(holder, unit, rules, party)

    def _new_party(self, unit: Unit, details: Details, read: Normalised) -> parties.NewParty:
        return parties.NewParty(
            unit=unit,
            details=details,
            created_by_id=self.actor.staff_id,
            import_row=self.import_row,
            read=read,
        )

    def register(self, ready: _Ready, customer_uid: object) -> Registration:
        """In the transaction: check under the locks, then write."""
        fresh = False
        if ready.party is None:
            customer, finding = customer_seen(self.actor, customer_uid), Finding()
            lock_keys([customer.uid.bytes])
            self._refuse(self._hold_of(customer), ready.holder)
        else:
            customer, finding = self._new(ready.party, ready.holder, ready.unit)
            fresh = finding.known is None
        return self._write(customer, ready.holder, ready.unit, ready.rules, finding, fresh)

    def _rules(self, unit: Unit) -> Rules | None:
        rules = rules_at(unit, self.occurred_at, True) if self.imported else rules_needed(unit, self.at)
        if rules is not None:
            self._check_scope(rules)
        return rules

    def _check_scope(self, rules: Rules) -> None:
        whole = rules.ownership.scope == "customer"
        if whole and self.scope:
            raise invalid({"scope": [("scope.not_used", {})]})
        if not whole and not self.scope:
            kind = rules.ownership.scope.removeprefix("customer_")
            raise invalid({"scope": [("scope.required", {"kind": kind})]})

    def _new(self, party: parties.Party, holder: Staff, unit: Unit) -> tuple[Customer, Finding]:
        company_id = unit.company_id or unit.pk
        lock_keys(index.lock_hashes(company_id, party.features))
        finding = search(company_id, party.features, self.scope, holder.pk)
        same = finding.blocking or finding.mine
        self._refuse(same.registration if same else None, holder, codes(same.match) if same else ())
        if finding.known:
            return Customer.objects.get(pk=finding.known.customer_id), finding
        return parties.write([party])[0], finding

    def _hold_of(self, customer: Customer) -> Registration | None:
        return (
            Registration.objects.filter(
                company_id=customer.company_id,
                customer=customer,
                scope=self.scope,
                state__in=ACTIVE,
                rival_of=None,
            )
            .select_related("unit__company", "holder")
            .first()
        )

    def _refuse(self, held: Registration | None, holder: Staff, reasons: tuple[str, ...] = ()) -> None:
        if held is None:
            return
        if held.holder_id == holder.pk:
            raise conflict("registration.mine", until=held.protected_until, registration=str(held.uid))
        raise held_problem(held, self.at, reasons)

    def _write(
        self,
        customer: Customer,
        holder: Staff,
        unit: Unit,
        rules: Rules | None,
        finding: Finding,
        fresh: bool,
    ) -> Registration:
        """The hold with its clocks and entry. `fresh`: the customer has just been written."""
        held = rules.protection(self.occurred_at, customer.grade, [], self.occurred_at) if rules else None
        if not fresh:
            self._leave_pool(customer)
        registration = Registration(
            company_id=customer.company_id,
            customer=customer,
            scope=self.scope,
            holder=holder,
            unit=unit,
            registered_at=self.occurred_at,
            recorded_at=self.at,
            protected_until=held.protected_until if held else None,
            follow_up_due=held.follow_up_due if held else None,
            policy=rules.version if rules else None,
            import_row=self.import_row,
        )
        complete = self.imported or rules is None or card_of(customer, rules.ownership.registration).complete
        if not complete:
            registration.card_due = unit.midnight_after(unit.day(self.at))
        rows.add(registration)
        if rules and held:
            watch.guard(registration, held, rules, self.actor, self.at)
        if rules and not complete:
            watch.card(registration, rules, self.actor, self.at)
        self._review(registration, finding)
        write(
            actor=self.actor,
            at=self.at,
            occurred_at=self.occurred_at,
            kind="registration.made",
            unit=unit,
            subject=("customer", customer.uid),
            facts=self._facts(registration, finding, rules, complete),
            rules=rules,
            imported=self.imported,
            reception=not self.imported,
            personal={"reason": self.reason} if self.reason else None,
        )
        return registration

    def _facts(
        self, registration: Registration, finding: Finding, rules: Rules | None, complete: bool
    ) -> dict[str, Any]:
        unit = registration.unit
        same_day = not self.imported and unit.day(self.occurred_at) == unit.day(self.at)
        facts: dict[str, Any] = {
            "registration": str(registration.uid),
            "staff": str(registration.holder.uid),
            "unit": str(registration.unit.uid),
            "scope": registration.scope,
            "grade": registration.customer.grade,
            "complete": complete,
            "same_day": same_day,
        }
        if rules and not same_day and self._is_late_evening(rules):
            facts["late_evening"] = True
        if finding.possible:
            facts["possible"] = [hit.match.sure for hit in finding.possible]
            facts["looked_at"] = self.confirm_possible
        return facts

    def _is_late_evening(self, rules: Rules) -> bool:
        rule = rules.ownership.registration
        return not self.imported and is_late_evening(rule, self.occurred_at, self.at, rules.calendar)

    def _leave_pool(self, customer: Customer) -> None:
        """A customer registered anew is no longer offered from the pool."""
        Registration.objects.filter(
            company_id=customer.company_id, customer=customer, scope=self.scope, state__in=IN_POOL
        ).update(state=State.LAPSED)

    def _review(self, registration: Registration, finding: Finding) -> None:
        if not finding.possible or self.confirm_possible or self.imported:
            return
        asked = MatchReview.objects.filter(
            Q(registration__customer=registration.customer) | Q(other=registration.customer)
        ).values_list("registration__customer_id", "other_id")
        known = {pk for pair in asked for pk in pair}  # asked about before, and perhaps answered
        best = next((hit for hit in finding.possible if hit.customer_id not in known), None)
        if best is None:
            return
        MatchReview.objects.create(
            registration=registration,
            other_id=best.customer_id,
            sure=best.match.sure,
            reasons=list(codes(best.match)),
            opened_at=self.at,
        )
        tell(
            heads_of(registration.unit),
            "match.to_check",
            ("registration", registration.uid),
            {"customer": registration.customer.masked_name, "sure": best.match.sure},
            at=self.at,
            key=f"match:{registration.uid}",
        )


def holder_for(actor: Actor, uid: object) -> Staff:
    """Who will hold: the actor, or a salesperson of the same company named by who may register for others.

    Raises `staff.unknown`, `holder.not_salesperson` at the field `holder`.
    """
    if uid is None or str(uid) == str(actor.uid):
        holder = colleague(actor, actor.uid, "holder")
        if actor.has(Role.SALESPERSON):
            return holder
    else:
        holder = colleague(actor, uid, "holder")
    if not RoleGrant.objects.filter(staff=holder, role=Role.SALESPERSON).exists():
        raise invalid({"holder": [("holder.not_salesperson", {"staff": holder.name})]})
    return holder


def check_required(details: Details, read: Normalised, rules: Rules, *, later: bool = False) -> None:
    """Raise `required.by_article` at each field the pack wants and the details lack.

    `later`: the rest may follow the same day, where the rules want the card on that day.
    """
    rule = rules.ownership.registration
    lacking = card_as_typed(details, read.features, rule).missing
    if later and rule.same_day:
        lacking = tuple(name for name in lacking if name in AT_ONCE)
    if lacking:
        params = {"required": list(rule.required), "article": rule.article}
        raise invalid(
            {name: [("required.by_article", {"field": name, **params})] for name in lacking},
            "registration.incomplete",
        )


def held_problem(held: Registration, at: datetime, reasons: tuple[str, ...]) -> Problem:
    """`registration.held` with no more than the conflict check tells."""
    rules = rules_at(held.unit, at)
    return conflict(
        "registration.held",
        until=held.protected_until,
        unit=held.unit.name,
        unit_en=held.unit.name_en,
        unit_uid=str(held.unit.uid),
        extension=held.unit.extension,
        article=rules.ownership.protection.article if rules else "",
        version=rules.version.version if rules else "",
        reasons=list(reasons),
    )
