"""Registering a customer: the hold, guarded against two people at once (decision 2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.database import rows
from dingfen.database.locks import lock_keys
from dingfen.database.prepared import at_once
from dingfen.engine.entering import is_late_evening
from dingfen.matching import Normalised
from dingfen.ownership import watch
from dingfen.ownership.actions import agreeing
from dingfen.ownership.actions.common import (
    carry_stage,
    customer_seen,
    leave_pool,
    not_future,
    protect,
    unit_of,
    write,
)
from dingfen.ownership.actions.entry import check_required, held_problem, holder_for
from dingfen.ownership.completeness import card_of
from dingfen.ownership.deciders import heads_of
from dingfen.ownership.matches.rows import MatchReview
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.queries import Finding, codes, search
from dingfen.ownership.rules import Rules, rules_at, rules_needed
from dingfen.parties import index
from dingfen.parties import registering as parties
from dingfen.parties.actions.relations import introduce
from dingfen.parties.details import Details, check
from dingfen.parties.models import Customer
from dingfen.problems import conflict, invalid

State = Registration.State
ONE_HOLDER = "one_holder"
CHANNEL_OF_SOURCE = {
    "walk_in": "walk_in", "call": "incoming_call", "web": "online", "referral": "referral", "event": "event",
}  # fmt: skip


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
    channel: str = "",
    introduced_by: object = None,
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
    missing now; the card is then owed by the end of the day. `channel`: how the customer came
    (`Registration.Channel`); without it the first touch of the day says so. `introduced_by` (uid): the earlier
    customer who brought this one.

    Raises `input.invalid`, `policy.none`, `registration.held` (409: until, unit, extension,
    article, version, reasons), `registration.mine` (409), `registration.again_wait` (409), `page.closed`.
    """
    asked = _Asked(
        actor, at, occurred_at or at, scope.strip(), confirm_possible, reason.strip(), imported, import_row,
        complete_later, channel, introduced_by,
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


register_customer = at_once(prepare_registration)


@dataclass(frozen=True, slots=True)
class _Ready:
    """What can be said of a registration without a lock. `party` is the new customer, prepared.

    `full`: whether its card has all that the rules want, as it was typed.
    """

    holder: Staff
    unit: Unit
    rules: Rules | None
    party: parties.Party | None
    full: bool = True


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
    channel: str = ""
    introduced_by: object = None

    def ready(self, details: Details | None, holder_uid: object) -> _Ready:
        """The checks that meet nobody else. Raises as `register_customer` does."""
        require(self.actor, "customer.register")
        holder = holder_for(self.actor, holder_uid)
        unit = unit_of(holder)
        not_future(self.occurred_at, self.at)
        if self.channel and self.channel not in Registration.Channel.values:
            raise invalid({"channel": [("invalid", {})]})
        rules, party, full = self._rules(unit), None, True
        if details is not None:
            read = check(details, lenient=self.imported)
            if rules is not None and not self.imported:
                full = check_required(details, read, rules, later=self.complete_later)
            party = parties.prepare(self._new_party(unit, details, read), self.at)
        return _Ready(holder, unit, rules, party, full)

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
        return self._write(customer, ready, finding, fresh)

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
        finding = search(company_id, party.features, self.scope, holder.pk, party.numbers)
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
        ready: _Ready,
        finding: Finding,
        fresh: bool,
    ) -> Registration:
        """The hold with its clocks and entry. `fresh`: the customer has just been written."""
        holder, unit, rules = ready.holder, ready.unit, ready.rules
        asked = "" if fresh and not _always_asks(rules) else self._asked(rules, customer, holder)
        registration = Registration(
            company_id=customer.company_id,
            customer=customer,
            scope=self.scope,
            holder=holder,
            unit=unit,
            registered_at=self.occurred_at,
            recorded_at=self.at,
            channel=self._channel(customer, fresh),
            import_row=self.import_row,
        )
        if asked:
            registration.agreed_by = asked
            registration.agreed = self._agreed(registration)
        if not fresh:
            leave_pool(customer, self.scope, self.actor, self.at)
            carry_stage(registration)
        held = protect(registration, rules, self.occurred_at)
        complete = self._complete(customer, ready, fresh)
        if not complete:
            registration.card_due = unit.midnight_after(unit.day(self.at))
        rows.add(registration)
        if rules and held:
            watch.guard(registration, held, rules, self.actor, self.at)
        if rules and not complete:
            watch.card(registration, rules, self.actor, self.at)
        if rules and registration.agreed == Registration.Agreed.OPEN:
            agreeing.ask(registration, rules, self.actor, self.at)
        self._introduce(customer)
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

    def _complete(self, customer: Customer, ready: _Ready, fresh: bool) -> bool:
        """Whether the card has all that the rules want; of a customer just written that is known already."""
        if self.imported or ready.rules is None:
            return True
        return ready.full if fresh else card_of(customer, ready.rules.ownership.registration).complete

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
        if registration.channel:
            facts["channel"] = registration.channel
        if registration.agreed_by:
            facts["confirmed"] = registration.agreed == Registration.Agreed.GIVEN
        if finding.possible:
            facts["possible"] = [hit.match.sure for hit in finding.possible]
            facts["looked_at"] = self.confirm_possible
        return facts

    def _is_late_evening(self, rules: Rules) -> bool:
        rule = rules.ownership.registration
        return not self.imported and is_late_evening(rule, self.occurred_at, self.at, rules.calendar)

    def _asked(self, rules: Rules | None, customer: Customer, holder: Staff) -> str:
        """The role that has to confirm it; what is imported was settled elsewhere."""
        if rules is None or self.imported:
            return ""
        return agreeing.asked_of(rules, customer, self.scope, holder, self.occurred_at)

    def _agreed(self, registration: Registration) -> str:
        """Who may confirm, and registers for somebody else, has done so with that."""
        path, own = registration.unit.path, registration.holder_id == self.actor.staff_id
        may = any(path.startswith(over) for over in self.actor.paths(registration.agreed_by))
        return Registration.Agreed.GIVEN if may and not own else Registration.Agreed.OPEN

    def _channel(self, customer: Customer, fresh: bool) -> str:
        """As told; else by who introduced them, or by the source of a new card."""
        told = self.channel or ("referral" if self.introduced_by else "")
        return told or (CHANNEL_OF_SOURCE.get(customer.source, "") if fresh and not self.imported else "")

    def _introduce(self, customer: Customer) -> None:
        """Note who introduced the customer, where that is not noted yet."""
        if self.introduced_by:
            introduce(actor=self.actor, at=self.at, customer=customer, by=self.introduced_by)

    def _review(self, registration: Registration, finding: Finding) -> None:
        if not finding.possible or self.confirm_possible or self.imported:
            return
        asked = MatchReview.objects.filter(
            Q(customer=registration.customer) | Q(other=registration.customer)
        ).values_list("customer_id", "other_id")
        known = {pk for pair in asked for pk in pair}  # asked about before, and perhaps answered
        best = next((hit for hit in finding.possible if hit.customer_id not in known), None)
        if best is None:
            return
        MatchReview.objects.create(
            registration=registration,
            customer=registration.customer,
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


def _always_asks(rules: Rules | None) -> bool:
    return rules is not None and rules.ownership.registration.approval == "head"
