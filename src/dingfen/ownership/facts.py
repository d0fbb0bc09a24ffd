"""From rows and entries to events: what the engine folds into facts. Nothing is judged here.

The life of holds is read from the register itself (its entries are the memory), touches, deals and
contacts from their tables, each with the entry that proves it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dingfen.engine.events import Claimant, Event, EventKind, Matter
from dingfen.engine.facts import Facts, fold
from dingfen.ownership.claim_rows import successors
from dingfen.ownership.models import Claim, Deal, Dispute
from dingfen.ownership.rules import pack_by_time
from dingfen.parties.models import Customer, Relation, Touch
from dingfen.policies.calendars import calendar_of
from dingfen.register.models import Entry

# kind of entry -> kind of event, for entries whose subject is the customer
FROM_ENTRIES: dict[str, EventKind] = {
    "registration.made": "registered",
    "registration.taken": "taken",
    "registration.released": "released",
    "registration.transferred": "transferred",
    "registration.lapsed": "lapsed",
    "registration.lost": "lost",
    "registration.voided": "voided",
    "holder.notified": "notified_owner",
    "customer.graded": "graded",
    "co_worker.named": "co_worker_named",
    "co_worker.ended": "co_worker_ended",
    "registration.stage": "stage",
    "registration.renewed": "renewed",
    "contact.added": "contact_added",
    "deal.delivered": "delivered",
}
# our words for a touch -> the policy's
TOUCH_KINDS = {"call": "incoming_call", "outgoing": "call"}
PROFILE_FACT = "profile_complete"
ABOUT_STAFF = ("staff", "unit", "scope")


def facts_of(dispute: Dispute, known_at: datetime) -> Facts:
    """The facts of a dispute as they were known at a moment."""
    imported = dispute.origin == "import"
    unit = dispute.case.unit
    pack_of = pack_by_time(unit, imported)
    matter = matter_of(dispute)
    pack = pack_of(matter.at)
    return fold(
        events_of(dispute),
        subject=matter,
        claims=[claimant_of(claim) for claim in claims_of(dispute)],
        calendar=calendar_of(unit.time_zone, pack, dispute.policy.digest if pack and dispute.policy else ""),
        pack_of=pack_of,
        known_at=known_at,
    )


def matter_of(dispute: Dispute) -> Matter:
    """What the dispute is about, and the moment it is judged by."""
    if dispute.deal is not None:
        return Matter("deal", dispute.deal.signed_at, str(dispute.deal.uid))
    return Matter("registration", dispute.case.opened_at)


def claims_of(dispute: Dispute) -> list[Claim]:
    """The claims that stand, oldest first."""
    return list(
        dispute.claims.filter(withdrawn_at=None).select_related("claimant", "unit").order_by("made_at", "pk")
    )


def claimant_of(claim: Claim) -> Claimant:
    return Claimant(str(claim.claimant.uid), str(claim.unit.uid))


def events_of(dispute: Dispute) -> list[Event]:
    """Everything that happened with the customer in the scope of the dispute, in no order."""
    customer = dispute.case.customer
    if customer is None:
        return []
    found = [*events_about(customer, dispute.scope), *_claims(dispute)]
    stands_for = {uid: str(staff.uid) for uid, staff in successors(dispute).items()}
    return [_stood_in(event, stands_for) for event in found] if stands_for else found


def _stood_in(event: Event, stands_for: Mapping[str, str]) -> Event:
    """The event as done by whoever has taken over the claim of who did it."""

    def now(value: Any) -> Any:
        if isinstance(value, list):
            return [now(one) for one in value]
        return stands_for.get(value, value) if isinstance(value, str) else value

    return replace(event, staff=now(event.staff), attrs={name: now(it) for name, it in event.attrs.items()})


def events_about(customer: Customer, scope: str) -> list[Event]:
    """What happened with a customer in a scope, whoever claims what of it."""
    ids = [customer.pk, *Customer.objects.filter(merged_into=customer).values_list("pk", flat=True)]
    return [
        *_from_entries(ids, scope),
        *_touches(ids, scope),
        *_deals(ids, scope),
        *_introductions(ids, scope),
    ]


def touches_about(customers: Collection[int]) -> dict[int, list[Event]]:
    """The touches of many customers in every scope, by customer; those of merged records count as theirs."""
    merged = dict(Customer.objects.filter(merged_into__in=customers).values_list("pk", "merged_into_id"))
    ids = [*customers, *merged]
    by_uid = {str(uid): pk for pk, uid in Customer.objects.filter(pk__in=ids).values_list("pk", "uid")}
    found: dict[int, list[Event]] = {pk: [] for pk in customers}
    for event in _touches(ids, None):
        pk = by_uid[str(event.customer)]
        found[merged.get(pk) or pk].append(event)
    return found


def entries_about(dispute: Dispute) -> set[int]:
    """The entries of the register that the case rests on: both sides may point to them."""
    return {event.entry for event in events_of(dispute) if isinstance(event.entry, int)}


def _from_entries(customers: list[int], scope: str) -> Iterator[Event]:
    uids = list(Customer.objects.filter(pk__in=customers).values_list("uid", flat=True))
    made: dict[str, int] = {}
    completed, agreed = _completed(uids), _agreed(uids)
    for entry in Entry.objects.filter(subject_uid__in=uids, kind__in=FROM_ENTRIES).order_by("seq"):
        facts: dict[str, Any] = json.loads(bytes(entry.body)).get("facts", {})
        if facts.get("scope", scope) not in ("", scope):
            continue
        registration = facts.get("registration", "")
        if entry.kind == "registration.made":
            made[registration] = entry.seq
        attrs = {name: value for name, value in facts.items() if name not in ABOUT_STAFF}
        attrs["imported"] = entry.imported
        if entry.kind == "registration.voided" and registration in made:
            attrs["entry"] = made[registration]  # it counts as never made
        known_from = entry.recorded_at
        if entry.kind == "registration.made":
            done = entry.recorded_at if facts.get("complete", True) else completed.get(registration)
            if done is not None:  # a card completed the same day counts, from when it was complete
                known_from, attrs["complete"] = done, True
                yield _card_recorded(entry, facts, done, scope)
            if facts.get("confirmed") is False and registration in agreed:
                known_from, attrs["confirmed"] = max(known_from, agreed[registration]), True
        if entry.kind == "holder.notified" and facts.get("how") == "away":
            yield _event("holder_away", entry, facts, scope, {})
        yield _event(FROM_ENTRIES[entry.kind], entry, facts, scope, attrs, known_from)


def _event(
    kind: EventKind,
    entry: Entry,
    facts: dict[str, Any],
    scope: str,
    attrs: dict[str, Any],
    known_from: datetime | None = None,
) -> Event:
    return Event(
        kind, entry.occurred_at, known_from or entry.recorded_at, facts.get("staff"), facts.get("unit"),
        str(entry.subject_uid), scope, entry.seq, attrs,
    )  # fmt: skip


def _agreed(uids: list[UUID]) -> dict[str, datetime]:
    """When registrations that had to be confirmed were."""
    found: dict[str, datetime] = {}
    for entry in Entry.objects.filter(subject_uid__in=uids, kind="registration.confirmed").order_by("seq"):
        facts: dict[str, Any] = json.loads(bytes(entry.body)).get("facts", {})
        found.setdefault(str(facts.get("registration", "")), entry.recorded_at)
    return found


def _introductions(customers: list[int], scope: str) -> Iterator[Event]:
    """Who sold to the earlier customer that brought this one: one event each, or one without a seller."""
    rows = Relation.objects.filter(
        other_id__in=customers, kind=Relation.Kind.INTRODUCED, ends_on=None, void_reason=""
    ).select_related("one__merged_into", "other")
    for row in rows.order_by("pk"):
        earlier = row.one.merged_into or row.one
        sold = Deal.objects.filter(customer=earlier, won=True, voided_at=None, signed_at__lte=row.added_at)
        sellers = sorted({str(uid) for uid in sold.values_list("signer__uid", flat=True)})
        for seller in sellers or [""]:
            attrs = {"seller": seller} if seller else {}
            yield Event(
                "referred", row.added_at, row.added_at, None, None, str(row.other.uid), scope,
                _proof(None, "relation", row.uid), attrs,
            )  # fmt: skip


def _completed(uids: list[UUID]) -> dict[str, datetime]:
    """When the cards of registrations were completed, for those completed on the day of the registration."""
    found: dict[str, datetime] = {}
    for entry in Entry.objects.filter(subject_uid__in=uids, kind="registration.completed").order_by("seq"):
        facts: dict[str, Any] = json.loads(bytes(entry.body)).get("facts", {})
        if facts.get("same_day"):
            found.setdefault(str(facts.get("registration", "")), entry.recorded_at)
    return found


def _card_recorded(entry: Entry, facts: dict[str, Any], at: datetime, scope: str) -> Event:
    """The customer card of a registration (A10: where two entries differ, the first card decides)."""
    return Event(
        "card_recorded",
        entry.occurred_at if entry.imported else at,
        at,
        facts.get("staff"),
        facts.get("unit"),
        str(entry.subject_uid),
        scope,
        entry.seq,
        {"complete": True, "imported": entry.imported},
    )


def _touches(customers: list[int], scope: str | None) -> Iterator[Event]:
    """Touches in a scope, and those that concern the customer whole; None: all."""
    rows = Touch.objects.filter(customer_id__in=customers, corrections=None, voided_at=None)
    touches = (
        (rows if scope is None else rows.filter(scope__in=["", scope]))
        .select_related("staff", "unit", "customer", "contact")
        .order_by("pk")
    )
    for touch in touches:
        contact = str(touch.contact.uid) if touch.contact else None
        attrs: dict[str, Any] = {
            "kind": TOUCH_KINDS.get(touch.kind, touch.kind),
            "reached": touch.reached,
            "with": touch.met,
            "joint": touch.facts.get("joint", False) is True,
            "imported": bool(touch.import_row),
        }
        if contact:
            attrs["contact"] = contact
        yield _touch_event(touch, "touch", attrs)
        if asked := touch.facts.get("asked_for"):
            yield _touch_event(touch, "asked_for", {"to": asked})
        if touch.facts.get("card"):
            rank = touch.facts.get("contact_rank") or (touch.contact.rank if touch.contact else None)
            yield _touch_event(touch, "card_collected", {"contact": contact, "rank": rank or None})


def _touch_event(touch: Touch, kind: EventKind, attrs: dict[str, Any]) -> Event:
    return Event(
        kind,
        touch.occurred_at,
        touch.recorded_at,
        str(touch.staff.uid),
        str(touch.unit.uid),
        str(touch.customer.uid),
        touch.scope,
        _proof(touch.entry_seq, "touch", touch.uid),
        attrs,
    )


def _proof(seq: int | None, table: str, uid: object) -> int | str:
    return seq if seq is not None else f"{table}:{uid}"


def _deals(customers: list[int], scope: str) -> Iterator[Event]:
    deals = (
        Deal.objects.filter(customer_id__in=customers, scope=scope, voided_at=None)
        .select_related("signer", "unit", "customer")
        .prefetch_related("co_signers")
        .order_by("pk")
    )
    for deal in deals:
        signers = [str(deal.signer.uid), *sorted(str(staff.uid) for staff in deal.co_signers.all())]
        yield Event(
            "deal" if deal.won else "lost",
            deal.signed_at,
            deal.recorded_at,
            signers[0],
            str(deal.unit.uid),
            str(deal.customer.uid),
            scope,
            _proof(deal.entry_seq, "deal", deal.uid),
            {
                "deal": str(deal.uid),
                "signers": signers,
                "units": deal.quantity,
                "imported": bool(deal.import_row),
            },
        )


def _claims(dispute: Dispute) -> Iterator[Event]:
    scope = dispute.scope
    for claim in claims_of(dispute):
        staff, unit = str(claim.claimant.uid), str(claim.unit.uid)
        entry = _proof(claim.entry_seq, "claim", claim.uid)
        by_system = dispute.origin != "person" and claim.made_at == dispute.case.opened_at
        attrs = {"by_system": by_system}
        yield Event("dispute_raised", claim.made_at, claim.made_at, staff, unit, None, scope, entry, attrs)
        yield from _findings(claim.judged, staff, unit, scope)
    yield from _findings(dispute.findings, None, None, scope)


def _findings(
    found: dict[str, dict[str, Any]], staff: str | None, unit: str | None, scope: str
) -> Iterator[Event]:
    for fact, finding in sorted(found.items()):
        at = datetime.fromisoformat(finding["at"])
        attrs = {"fact": fact, "value": finding["value"], "staff": staff}
        yield Event("finding", at, at, staff, unit, None, scope, finding["entry"], attrs)
