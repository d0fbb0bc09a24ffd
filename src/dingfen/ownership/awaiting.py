"""Whose move it is in a dispute: who rules, on appeal too, and who still owes a statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.cases.awaiting import Awaited
from dingfen.cases.models import Case
from dingfen.clocks.models import Clock
from dingfen.ownership import deciders, watch
from dingfen.ownership.models import ACTIVE, Confirmation, Dispute, Registration
from dingfen.ownership.renewal_rows import RenewalRequest
from dingfen.ownership.visibility import units_headed

State = Dispute.State


def to_rule(actor: Actor) -> QuerySet[Any]:
    """The cases this reader is to rule on: as a head who has not spoken yet, or on appeal."""
    heads = Q(pk__in=[])
    for path in actor.paths(Role.HEAD):
        heads |= Q(unit__path__startswith=path)
    said = Confirmation.objects.filter(
        dispute=OuterRef("dispute"), for_unit=OuterRef("unit"), void=False, ruling=None
    )
    seats = Dispute.decider_units.through.objects.filter(heads, ~Exists(said), dispute=OuterRef("pk"))
    wanted = Q(Exists(seats), state__in=[State.AWAITING_RULING, State.AWAITING_JOINT])
    wanted &= ~Q(decider_mode="general_manager")
    if actor.has(Role.GENERAL_MANAGER):
        wanted |= Q(state=State.APPEALED)
        wanted |= Q(state=State.AWAITING_RULING, decider_mode="general_manager")
    found = Dispute.objects.filter(wanted).exclude(claims__claimant_id=actor.staff_id)
    return Case.objects.filter(company_id=actor.company_id, dispute__in=found)


def to_answer(actor: Actor) -> QuerySet[Any]:
    """The cases in which this reader's own claim still lacks its statement."""
    return Case.objects.filter(
        company_id=actor.company_id,
        dispute__state__in=[State.RAISED, State.EVIDENCE],
        dispute__claims__claimant_id=actor.staff_id,
        dispute__claims__answered_at=None,
        dispute__claims__withdrawn_at=None,
    )


def to_confirm(actor: Actor) -> QuerySet[Any]:
    """Registrations this reader is to confirm: of a role the rules name, over its unit, not one's own."""
    wanted = Q(pk__in=[])
    for role in (Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE):
        for path in actor.paths(role):
            wanted |= Q(agreed_by=role, unit__path__startswith=path)
    is_open = RawSQL(
        "'open'", ()
    )  # written out: SQLite takes the index of the few open ones for no parameter
    found = Registration.objects.filter(company_id=actor.company_id, agreed=is_open, state__in=ACTIVE)
    return found.filter(wanted).exclude(holder_id=actor.staff_id)


def who_confirms(clock: Clock, at: datetime) -> list[Staff]:
    held = Registration.objects.select_related("unit").filter(uid=clock.subject_uid, agreed="open").first()
    if held is None:
        return []
    people = deciders.holders_of(held.agreed_by, held.unit, at)
    return [staff for staff in people if staff.pk != held.holder_id]


def to_renew(actor: Actor) -> QuerySet[Any]:
    """Holds whose holder has asked this reader to renew the protection."""
    asked = Q(pk__in=[])
    for role in (Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE):
        for path in actor.paths(role):
            asked |= Q(by_role=role, registration__unit__path__startswith=path)
    open_ = RenewalRequest.objects.filter(asked, state=RenewalRequest.State.OPEN)
    found = Registration.objects.filter(
        company_id=actor.company_id, pk__in=open_.values("registration"), state__in=("held", "lapsing")
    )
    return found.exclude(holder_id=actor.staff_id)


def who_renews(clock: Clock, at: datetime) -> list[Staff]:
    open_ = RenewalRequest.objects.filter(registration__uid=clock.subject_uid, state="open")
    row = open_.select_related("registration__unit").first()
    if row is None:
        return []
    people = deciders.holders_of(row.by_role, row.registration.unit, at)
    return [staff for staff in people if staff.pk != row.registration.holder_id]


def to_assign(actor: Actor) -> QuerySet[Any]:
    """Customers that lapsed to the heads of the units this reader heads."""
    below = Q(pk__in=[])
    for path in actor.paths(Role.HEAD):
        below |= Q(unit__path__startswith=path)
    return Registration.objects.filter(below, company_id=actor.company_id, state="with_head")


def who_assigns(clock: Clock, at: datetime) -> list[Staff]:
    held = Registration.objects.select_related("unit").filter(uid=clock.subject_uid).first()
    return deciders.heads_of(held.unit) if held is not None else []


def seen(actor: Actor, units: tuple[int, ...]) -> QuerySet[Any]:
    """The holds that wait for somebody, of those the actor sees, who heads these units."""
    found = Registration.objects.visible_to(actor, headed=units)
    asked = RenewalRequest.objects.filter(state="open").values("registration")
    return found.filter(Q(agreed="open") | Q(state="with_head") | Q(pk__in=asked)).values("uid")


def who_rules(clock: Clock, at: datetime) -> list[Staff]:
    """Those whose seat has not spoken; on appeal the general manager."""
    dispute = (
        Dispute.objects.select_related("case__company", "deal").filter(case__uid=clock.subject_uid).first()
    )
    if dispute is None:
        return []
    if dispute.state == State.APPEALED:
        top = deciders.general_manager(dispute, at)
        return list(top.people) if top else []
    said = dispute.confirmations.filter(void=False, ruling=None).values_list("for_unit_id", flat=True)
    waiting = [seat for seat in deciders.seats(dispute, at) if seat.unit.pk not in set(said)]
    return [staff for seat in waiting for staff in seat.people]


def who_answers(clock: Clock, at: datetime) -> list[Staff]:
    """Claimants who have said nothing yet."""
    return list(
        Staff.objects.filter(
            claims__dispute__case__uid=clock.subject_uid, claims__answered_at=None, claims__withdrawn_at=None
        )
        .select_related("unit", "company")
        .order_by("pk")
    )


def known(actor: Actor, _found: object) -> QuerySet[Any]:
    """The cases of live disputes the actor sees."""
    live = [State.RAISED, State.EVIDENCE, State.AWAITING_RULING, State.AWAITING_JOINT, State.APPEALED]
    return Dispute.objects.visible_to(actor).filter(state__in=live).values("case__uid")


AWAITED = (
    Awaited((watch.RULING, watch.FINAL), to_rule, who_rules, known),
    Awaited((watch.EVIDENCE,), to_answer, who_answers, known),
    Awaited((watch.AGREE,), to_confirm, who_confirms, seen, units_headed),
    Awaited((watch.RENEWAL,), to_renew, who_renews, seen, units_headed),
    Awaited((watch.ASSIGN,), to_assign, who_assigns, seen, units_headed),
)
