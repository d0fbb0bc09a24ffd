"""Disputes that imported history shows: a won deal on which others worked at the same time (decision 6).

A claim for each salesperson whose hold on the customer and scope overlaps the signer's; a ruling proposed
for each dispute at once. Procedure clocks do not run and nobody is called one by one: the deals lie in the
past, and whoever imported them sees how many wait for which head.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.cases.actions import PREFIX, WIDTH, year_of
from dingfen.cases.models import Case, CaseCounter
from dingfen.engine.decide import decide
from dingfen.engine.events import Claimant, Event, Matter
from dingfen.engine.facts import fold
from dingfen.engine.ruling import Ruling as Proposal
from dingfen.engine.ruling import to_bytes
from dingfen.ownership import finding
from dingfen.ownership.actions.deciding import canonical, close_quietly
from dingfen.ownership.actions.opening import open_by_system
from dingfen.ownership.facts import events_about
from dingfen.ownership.models import Claim, Deal, Dispute, Registration
from dingfen.ownership.rules import Rules
from dingfen.ownership.states import BEFORE_RULING
from dingfen.parties.models import Customer
from dingfen.policies.calendars import calendar_of
from dingfen.policies.past import PastRules
from dingfen.register.append import NewEntry, append_many


@dataclass(frozen=True, slots=True)
class Rivals:
    """A won deal and everyone who claims it: the signer first, then the others as they registered."""

    deal: Deal
    claimants: tuple[Staff, ...]


def disputed_deals(customer: Customer, scope: str, prefix: str) -> list[Rivals]:
    """The deals of one import (`prefix` of its rows) that others had worked on at the same time, oldest first."""
    holds = list(
        Registration.objects.filter(customer=customer, scope=scope)
        .exclude(state=Registration.State.VOID)
        .select_related("holder__unit__company", "holder__company")
        .order_by("registered_at", "pk")
    )
    deals = list(
        Deal.objects.filter(customer=customer, scope=scope, won=True, disputes=None)
        .filter(import_row__startswith=f"{prefix}:")
        .select_related("signer__unit__company", "signer__company", "unit__company", "customer", "company")
        .order_by("signed_at", "pk")
    )
    closed = dict(
        Deal.objects.filter(customer=customer, scope=scope, won=True)
        .exclude(import_row="")
        .values_list("import_row", "signed_at")
    )
    windows = [(hold, _end(hold, closed)) for hold in holds]
    found = []
    for deal in deals:
        own = next((hold for hold in holds if hold.import_row == deal.import_row), None)
        begun = own.registered_at if own else deal.signed_at
        others = {
            hold.holder_id: hold.holder
            for hold, end in windows
            if hold.holder_id != deal.signer_id
            and hold.registered_at <= deal.signed_at
            and (end is None or end >= begun)
        }
        if others:
            found.append(Rivals(deal, (deal.signer, *others.values())))
    return found


def _end(hold: Registration, closed: dict[str, datetime]) -> datetime | None:
    """When the work on it ended: the row's own close, else the end of the hold; None while it goes on."""
    return closed.get(hold.import_row) or hold.ended_at


def meeting_holds(customer: Customer, scope: str, prefix: str) -> list[Registration]:
    """Holds of one import that met somebody's active hold, where no dispute takes both in yet (decision 5)."""
    rows = (
        Registration.objects.filter(customer=customer, scope=scope, state=Registration.State.DISPUTED)
        .filter(import_row__startswith=f"{prefix}:", rival_of__isnull=False)
        .select_related("holder__unit__company", "rival_of__holder__unit__company", "rival_of__customer",
                        "rival_of__unit__company", "rival_of__company")
        .order_by("registered_at", "pk")
    )  # fmt: skip
    open_ = Claim.objects.filter(
        dispute__case__customer=customer, dispute__scope=scope, dispute__state__in=BEFORE_RULING
    )
    pairs = set(open_.values_list("dispute_id", "claimant_id"))
    return [row for row in rows if not _both(pairs, row)]


def _both(pairs: set[tuple[int, int]], row: Registration) -> bool:
    assert row.rival_of is not None
    return any((dispute, row.rival_of.holder_id) in pairs for dispute, who in pairs if who == row.holder_id)


def open_overlaps(*, actor: Actor, at: datetime, found: Sequence[Registration]) -> Counter[str]:
    """Open a dispute for each, with the proposed ruling and as quiet as those about deals; what came of them."""
    counts: Counter[str] = Counter()
    opened: dict[int, Dispute] = {}
    for row in found:
        assert row.rival_of is not None
        held = Registration.objects.select_related(
            "customer", "holder__unit__company", "unit__company", "company"
        )
        standing = held.select_for_update(of=("self",)).get(pk=row.rival_of.pk)
        people = [standing.holder, row.holder]
        dispute = open_by_system(
            actor=actor, at=at, claimants=people, origin="overlap", registration=standing, imported=True
        )
        opened[dispute.pk] = dispute
    for dispute in opened.values():
        close_quietly(dispute, actor, at)
        counts[json.loads(bytes(dispute.proposed or b"{}"))["outcome"]] += 1
        counts["same_unit"] += dispute.decider_mode == "head"
    counts["opened"] = counts["overlaps"] = len(opened)
    return counts


def open_disputes(
    *, actor: Actor, at: datetime, found: Sequence[Rivals], rules: PastRules[Rules]
) -> list[tuple[Dispute, Proposal]]:
    """Open a dispute for each, of one company, with the proposed ruling; the caller's transaction.

    The claims count as made at the deal, where the system would have found the conflict.
    """
    if not found:
        return []
    disputes = _write(actor, at, found, rules)
    raised = append_many(_raised(one, claims, actor, at, rules) for one, claims in disputes)
    for (_, claims), entry in zip(disputes, raised, strict=True):
        for claim in claims:
            claim.entry_seq = entry.seq
    Claim.objects.bulk_update([claim for _, claims in disputes for claim in claims], ["entry_seq"])
    events: dict[tuple[int, str], list[Event]] = {}
    for one in found:
        thing = (one.deal.customer_id, one.deal.scope)
        if thing not in events:
            events[thing] = events_about(one.deal.customer, one.deal.scope)
    proposals = [
        _propose(one, claims, events[claim.deal.customer_id, one.scope], at, rules)
        for claim, (one, claims) in zip(found, disputes, strict=True)
    ]
    rows = [one for one, _ in disputes]
    Dispute.objects.bulk_update(rows, ["facts", "proposed", "proposed_at", "decider_mode"])
    _seat(rows, proposals)
    append_many(
        _proposed(one, proposal, actor, at, rules) for one, proposal in zip(rows, proposals, strict=True)
    )
    return list(zip(rows, proposals, strict=True))


def _write(
    actor: Actor, at: datetime, found: Sequence[Rivals], rules: PastRules[Rules]
) -> list[tuple[Dispute, list[Claim]]]:
    cases = [
        Case(
            company_id=one.deal.company_id,
            unit=one.deal.unit,
            kind=Case.Kind.DISPUTE,
            number=number,
            customer=one.deal.customer,
            opened_at=at,
            opened_by_id=actor.staff_id,
        )
        for one, number in zip(found, _numbers(found, at), strict=True)
    ]
    Case.objects.bulk_create(cases)
    made: list[tuple[Dispute, list[Claim]]] = []
    for one, case in zip(found, cases, strict=True):
        deal = one.deal
        judged = rules.at(deal.unit, deal.signed_at)
        dispute = Dispute(
            case=case,
            state=Dispute.State.AWAITING_RULING,
            deal=deal,
            scope=deal.scope,
            origin="import",
            policy=judged.version if judged else None,
        )
        claims = [
            Claim(dispute=dispute, claimant=staff, unit=_unit(staff), made_at=deal.signed_at)
            for staff in one.claimants
        ]
        made.append((dispute, claims))
    Dispute.objects.bulk_create(dispute for dispute, _ in made)
    finding.index(cases)
    Claim.objects.bulk_create(claim for _, claims in made for claim in claims)
    return made


def _numbers(found: Sequence[Rivals], at: datetime) -> list[str]:
    """As many case numbers in a row; the counter's row stays locked until the transaction ends."""
    deal, kind = found[0].deal, Case.Kind.DISPUTE
    year = year_of(deal.unit, at)
    counter, _ = CaseCounter.objects.get_or_create(company=deal.company, kind=kind, year=year)
    CaseCounter.objects.filter(pk=counter.pk).update(last=F("last") + len(found))
    last = CaseCounter.objects.values_list("last", flat=True).get(pk=counter.pk)
    return [
        f"{PREFIX[kind]}-{year}-{number:0{WIDTH[kind]}}" for number in range(last - len(found) + 1, last + 1)
    ]


def _raised(
    dispute: Dispute, claims: Sequence[Claim], actor: Actor, at: datetime, rules: PastRules[Rules]
) -> NewEntry:
    assert dispute.deal is not None
    facts = {
        "number": dispute.case.number,
        "origin": dispute.origin,
        "customer": str(dispute.deal.customer.uid),
        "scope": dispute.scope,
        "registration": None,
        "deal": str(dispute.deal.uid),
        "claims": [
            {"claim": str(one.uid), "staff": str(one.claimant.uid), "unit": str(one.unit.uid)}
            for one in claims
        ],
    }
    return _entry(dispute, "dispute.raised", facts, actor, at, rules)


def _proposed(
    dispute: Dispute, proposal: Proposal, actor: Actor, at: datetime, rules: PastRules[Rules]
) -> NewEntry:
    assert dispute.facts is not None and dispute.proposed is not None
    facts = {
        "facts": hashlib.sha256(dispute.facts).hexdigest(),
        "proposed": hashlib.sha256(dispute.proposed).hexdigest(),
        "outcome": proposal.outcome,
        "holder": proposal.holder,
    }
    return _entry(dispute, "dispute.proposed", facts, actor, at, rules)


def _entry(
    dispute: Dispute, kind: str, facts: dict[str, Any], actor: Actor, at: datetime, rules: PastRules[Rules]
) -> NewEntry:
    assert dispute.deal is not None
    judged = rules.at(dispute.case.unit, dispute.deal.signed_at)
    return NewEntry(
        book=rules.book(dispute.case.unit, actor, at),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("dispute", dispute.case.uid),
        facts=facts,
        policy=judged.cited if judged else None,
        imported=True,
    )


def _propose(
    dispute: Dispute, claims: Sequence[Claim], events: Sequence[Event], at: datetime, rules: PastRules[Rules]
) -> Proposal:
    """Fold the facts from events loaded once for all deals of the customer, and let the rules propose."""
    deal, unit = dispute.deal, dispute.case.unit
    assert deal is not None
    judged = rules.at(unit, deal.signed_at)
    raised = [
        Event("dispute_raised", one.made_at, one.made_at, str(one.claimant.uid), str(one.unit.uid), None,
              dispute.scope, one.entry_seq or 0, {})
        for one in claims
    ]  # fmt: skip
    facts = fold(
        [*events, *raised],
        subject=Matter("deal", deal.signed_at, str(deal.uid)),
        claims=[Claimant(str(one.claimant.uid), str(one.unit.uid)) for one in claims],
        calendar=judged.calendar if judged else calendar_of(unit.time_zone, None),
        pack_of=lambda moment: found.pack if (found := rules.at(unit, moment)) else None,
        known_at=at,
    )
    proposal = decide(facts, judged.pack if judged else None, at)
    dispute.facts, dispute.proposed, dispute.proposed_at = canonical(facts), to_bytes(proposal), at
    units = {claim.unit_id for claim in claims}
    dispute.decider_mode = (
        proposal.deciders.mode if proposal.deciders else ("joint" if len(units) > 1 else "head")
    )
    return proposal


def _seat(disputes: Sequence[Dispute], proposals: Sequence[Proposal]) -> None:
    """Name the units whose heads decide: as the proposal says, else those of the claims."""
    through = Dispute.decider_units.through
    wanted = {str(uid) for proposal in proposals if proposal.deciders for uid in proposal.deciders.units}
    ids = {str(uid): pk for uid, pk in Unit.objects.filter(uid__in=wanted).values_list("uid", "pk")}
    rows = []
    for dispute, proposal in zip(disputes, proposals, strict=True):
        units = (
            [ids[str(uid)] for uid in proposal.deciders.units]
            if proposal.deciders
            else list(dispute.claims.values_list("unit_id", flat=True).distinct())
        )
        rows += [through(dispute_id=dispute.pk, unit_id=pk) for pk in units]
    through.objects.bulk_create(rows)


def _unit(staff: Staff) -> Unit:
    if staff.unit is None:
        raise ValueError(f"{staff.username} belongs to no unit")
    return staff.unit


def count_outcomes(made: Sequence[tuple[Dispute, Proposal]]) -> Counter[str]:
    """How many were awarded, split, declined; how many lie within one unit."""
    counts: Counter[str] = Counter(proposal.outcome for _, proposal in made)
    counts["same_unit"] = sum(dispute.decider_mode == "head" for dispute, _ in made)
    return counts
