"""How a dispute begins: by a person within the window, or by the system when holds or deals collide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.cases.actions import open_case
from dingfen.cases.models import Case
from dingfen.engine.deadlines import due
from dingfen.matching import Record, normalise
from dingfen.ownership import finding, watch
from dingfen.ownership.actions.common import (
    colleague,
    unit_of,
    write,
)
from dingfen.ownership.holding_rows import TellDuty
from dingfen.ownership.models import ACTIVE, Claim, Deal, Dispute, Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.queries import search
from dingfen.ownership.rules import Rules, rules_at
from dingfen.ownership.states import BEFORE_RULING, RULED_ON, TO_RULE
from dingfen.parties.models import Customer
from dingfen.problems import conflict, invalid, missing, read_uid

State = Dispute.State


def rules_of(dispute: Dispute, at: datetime) -> Rules | None:
    """The rules the dispute goes by: those in force when it happened, else today's for the procedure."""
    unit = dispute.case.unit
    if dispute.policy is None:
        return rules_at(unit, at)
    return Rules.by_version(unit, dispute.policy)


def raise_dispute(
    *,
    actor: Actor,
    at: datetime,
    statement: str = "",
    deal_uid: object = None,
    customer_uid: object = None,
    record: Record | None = None,
    scope: str = "",
    claimant: object = None,
) -> Dispute:
    """A salesperson claims a customer somebody else holds, or a deal somebody else signed.

    The thing is named by a deal, by a customer one may see, or by what was typed into the conflict check
    (`record`). A head may raise it for one of theirs (`claimant`: uid). Where a dispute about it is open
    and not ruled on yet, the claim joins that one. Raises `dispute.window` (409) after the claim window,
    `dispute.ruled` when it is ruled on, `dispute.open` when the person claims already, `dispute.nothing`
    when nobody else holds it.
    """
    require(actor, "dispute.raise")
    with transaction.atomic():
        who = _claimant(actor, claimant)
        if deal_uid is not None:
            deal = _deal(actor, deal_uid)
            return _about_deal(actor, at, deal, who, statement)
        held = _held(actor, customer_uid, record, scope.strip())
        if held.holder_id == who.pk:
            raise conflict("dispute.nothing")
        standing = _open_about(registration=held)
        if standing is not None:
            return _join_open(standing, who, actor, at, statement)
        return _open(
            actor=actor,
            at=at,
            registration=held,
            deal=None,
            claimants=[held.holder, who],
            origin="person",
            raised_by=who,
            statement=statement,
        )


def open_by_system(
    *,
    actor: Actor,
    at: datetime,
    claimants: Sequence[Staff],
    origin: str,
    registration: Registration | None = None,
    deal: Deal | None = None,
    imported: bool = False,
) -> Dispute:
    """Open a dispute that the rows themselves show: `overlap`, `deal_by_other`, `import`.

    Runs in the caller's transaction; the caller has checked access. One claim for each of `claimants`
    (staff with their unit loaded). A dispute that is open on the same hold already takes the new
    claimants in and is returned.
    """
    standing = _standing(registration, deal)
    if standing is not None:
        for staff in claimants:
            join(standing, staff, actor, at, "")
        return standing
    return _open(
        actor=actor,
        at=at,
        registration=registration,
        deal=deal,
        claimants=claimants,
        origin="import" if imported else origin,
        raised_by=None,
        statement="",
    )


def join(dispute: Dispute, staff: Staff, actor: Actor, at: datetime, statement: str) -> Claim | None:
    """Add a claim to an open dispute; None when the person claims already."""
    if dispute.claims.filter(claimant=staff).exists():
        return None
    unit = unit_of(staff)
    rules = rules_of(dispute, at)
    until = rules.due(at, rules.ownership.decides.statement) if rules else None
    claim = Claim.objects.create(
        dispute=dispute, claimant=staff, unit=unit, made_at=at, statement=statement.strip(), answer_by=until
    )
    set_deciders(dispute, rules)
    if dispute.state in TO_RULE:
        _take_evidence_again(dispute, actor, at)
    if until is not None and not watch.quiet(dispute):
        watch.lengthen(dispute, watch.EVIDENCE, until, actor, at)
    entry = write(
        actor=actor,
        at=at,
        kind="dispute.claimed",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts={"claim": str(claim.uid), "staff": str(staff.uid), "unit": str(unit.uid)},
    )
    claim.entry_seq = entry.seq
    claim.save(update_fields=["entry_seq"])
    return claim


def _take_evidence_again(dispute: Dispute, actor: Actor, at: datetime) -> None:
    """A further claim came before the ruling: what was said on the old proposal falls away."""
    watch.cancel(dispute, watch.RULING, actor, at)
    dispute.confirmations.filter(ruling=None, void=False).update(void=True)
    dispute.state = State.EVIDENCE
    dispute.version += 1
    dispute.save(update_fields=["state", "version"])


def _open_about(registration: Registration | None = None, deal: Deal | None = None) -> Dispute | None:
    """The dispute about a deal or a hold that is not ruled on yet."""
    rows = Dispute.objects.select_for_update(of=("self",)).select_related(
        "case__customer", "case__unit__company", "case__company", "registration", "deal", "policy"
    )
    about = {"deal": deal} if deal is not None else {"registration": registration}
    return rows.filter(state__in=BEFORE_RULING, **about).first()


def _join_open(standing: Dispute, who: Staff, actor: Actor, at: datetime, statement: str) -> Dispute:
    """A third person's claim joins the dispute that is open (A8)."""
    if join(standing, who, actor, at, statement) is None:
        raise conflict("dispute.open", number=standing.case.number)
    return standing


def set_deciders(dispute: Dispute, rules: Rules | None) -> None:
    """One unit: its head; several: as the pack says."""
    units = list(
        Unit.objects.filter(pk__in=dispute.claims.filter(withdrawn_at=None).values("unit")).order_by("pk")
    )
    decides = rules.ownership.decides if rules else None
    mode: str = decides.same_unit if decides else "head"
    if len(units) > 1:
        mode = decides.different_units if decides else "joint_heads"
    dispute.decider_mode = "joint" if mode == "joint_heads" else mode
    dispute.save(update_fields=["decider_mode"])
    dispute.decider_units.set(units)


def _claimant(actor: Actor, uid: object) -> Staff:
    if uid is None or str(uid) == str(actor.uid):
        return colleague(actor, actor.uid, "claimant")
    who = colleague(actor, uid, "claimant")
    if not actor.has(Role.HEAD, unit_of(who).path) and not actor.has(Role.GENERAL_MANAGER):
        raise invalid({"claimant": [("claimant.not_yours", {"staff": who.name})]})
    return who


def _deal(actor: Actor, uid: object) -> Deal:
    """A won deal of the company: a rival may claim it without having the right to see its list."""
    deal = (
        Deal.objects.select_for_update(of=("self",))
        .select_related("customer", "signer__unit__company", "unit__company", "company")
        .filter(uid=read_uid(uid), company_id=actor.company_id, won=True, voided_at=None)
        .first()
    )
    if deal is None:
        raise missing()
    return deal


def _about_deal(actor: Actor, at: datetime, deal: Deal, who: Staff, statement: str) -> Dispute:
    if deal.signer_id == who.pk:
        raise conflict("dispute.nothing")
    check_window(deal, at)
    standing = _open_about(deal=deal)
    if standing is not None:
        return _join_open(standing, who, actor, at, statement)
    ruled = deal.disputes.filter(state__in=RULED_ON).select_related("case").first()
    if ruled is not None:
        raise conflict("dispute.ruled", number=ruled.case.number)
    registration = (
        Registration.objects.select_for_update(of=("self",))
        .filter(customer=deal.customer, scope=deal.scope, state__in=ACTIVE, rival_of=None)
        .select_related("holder__unit__company", "unit__company", "customer", "company")
        .first()
    )
    people = {deal.signer_id: deal.signer, who.pk: who}
    if registration is not None:
        people.setdefault(registration.holder_id, registration.holder)
    return _open(
        actor=actor,
        at=at,
        registration=registration,
        deal=deal,
        claimants=list(people.values()),
        origin="person",
        raised_by=who,
        statement=statement,
    )


def check_window(deal: Deal, at: datetime) -> None:
    """Raise `dispute.window`, with article and date, once the time to claim a deal is over (A8)."""
    rules = rules_at(deal.unit, deal.signed_at, imported=bool(deal.import_row))
    if rules is None:
        return
    window = rules.ownership.claim_window
    starts = [deal.signed_at] if "deal" in window.from_ else []
    if "delivery" in window.from_ and deal.delivered_at:
        starts.append(deal.delivered_at)
    until = max((due(start, window.within, rules.calendar) for start in starts), default=None)
    if until is not None and at >= until:
        raise conflict("dispute.window", until=until, article=window.article)


def _held(actor: Actor, customer_uid: object, record: Record | None, scope: str) -> Registration:
    assert actor.company_id is not None
    ids: list[int] = []
    if customer_uid is not None:
        customer = Customer.objects.visible_to(actor).filter(uid=read_uid(customer_uid)).first()
        ids = [customer.merged_into_id or customer.pk] if customer else []
    elif record is not None:
        finding = search(actor.company_id, normalise(record).features, scope, actor.staff_id)
        ids = [finding.blocking.customer_id] if finding.blocking else []
    held = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("customer", "holder__unit__company", "unit__company", "company")
        .filter(
            company_id=actor.company_id, customer_id__in=ids, scope=scope, state__in=ACTIVE, rival_of=None
        )
        .first()
    )
    if held is None:
        raise conflict("dispute.nothing")
    return held


def _standing(registration: Registration | None, deal: Deal | None) -> Dispute | None:
    open_ = Dispute.objects.filter(state__in=BEFORE_RULING).select_related(
        "case__customer", "case__unit__company", "case__company", "registration", "deal", "policy"
    )
    if deal is not None:
        return open_.filter(deal=deal).first()
    return open_.filter(registration=registration, deal=None).first() if registration else None


def _open(
    *,
    actor: Actor,
    at: datetime,
    registration: Registration | None,
    deal: Deal | None,
    claimants: Iterable[Staff],
    origin: str,
    raised_by: Staff | None,
    statement: str,
) -> Dispute:
    standing = _standing(registration, deal)
    if standing is not None or (registration and registration.state == Registration.State.DISPUTED):
        raise conflict("dispute.open", number=standing.case.number if standing else "")
    subject = deal or registration
    if subject is None:
        raise conflict("dispute.nothing")
    happened = deal.signed_at if deal else at
    found = rules_at(subject.unit, happened, imported=origin == "import")
    case = open_case(actor=actor, at=at, kind=Case.Kind.DISPUTE, unit=subject.unit, customer=subject.customer)
    dispute = Dispute.objects.create(
        case=case,
        state=State.EVIDENCE,
        registration=registration,
        deal=deal,
        scope=subject.scope,
        origin=origin,
        earlier_state=registration.state if registration else "",
        policy=found.version if found else None,
    )
    finding.index([case])
    claims = [
        Claim.objects.create(
            dispute=dispute,
            claimant=staff,
            unit=unit_of(staff),
            made_at=at,
            statement=statement.strip() if raised_by and staff.pk == raised_by.pk else "",
        )
        for staff in {staff.pk: staff for staff in claimants}.values()
    ]
    rules = rules_of(dispute, at)
    set_deciders(dispute, rules)
    ended = watch.let_go(registration, TellDuty.Why.DISPUTE, actor, at) if registration else []
    if registration is not None:
        _hold_still(registration, rules, actor, at, case.number)
    if rules and origin != "import":
        decides = rules.ownership.decides
        until = rules.due(at, decides.statement)
        Claim.objects.filter(dispute=dispute).update(answer_by=until)
        watch.limit(dispute, watch.EVIDENCE, until, actor, at, article=decides.article)
        tell(
            [claim.claimant for claim in claims if raised_by is None or claim.claimant_id != raised_by.pk],
            "dispute.claim",
            ("dispute", case.uid),
            {"number": case.number, "deadline": until.isoformat()},
            at=at,
            key=f"claim:{case.uid}",
        )
    entry = write(
        actor=actor,
        at=at,
        kind="dispute.raised",
        unit=case.unit,
        subject=("dispute", case.uid),
        facts={
            "number": case.number,
            "origin": origin,
            "customer": str(subject.customer.uid),
            "scope": subject.scope,
            "registration": str(registration.uid) if registration else None,
            "deal": str(deal.uid) if deal else None,
            "claims": [
                {"claim": str(c.uid), "staff": str(c.claimant.uid), "unit": str(c.unit.uid)} for c in claims
            ],
            **({"ended_duties": ended} if ended else {}),
        },
        rules=found,
        imported=origin == "import",
        personal={"statement": statement.strip()} if statement.strip() else None,
        personal_subject=raised_by.uid if raised_by else None,
    )
    Claim.objects.filter(dispute=dispute).update(entry_seq=entry.seq)
    return dispute


def _hold_still(
    registration: Registration, rules: Rules | None, actor: Actor, at: datetime, number: str
) -> None:
    if rules is None or rules.ownership.protection.pause_while_disputed:
        watch.pause(registration, actor, at, number)
    registration.state = Registration.State.DISPUTED
    registration.version += 1
    registration.save(update_fields=["state", "version"])
