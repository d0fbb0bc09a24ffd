"""The rows that figures count, always through what the reader may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from dingfen.accounts.models import Role, Unit
from dingfen.clocks.models import Clock
from dingfen.insight.scope import Scope
from dingfen.ownership import watch
from dingfen.ownership.models import Appeal, Claim, Confirmation, Deal, Dispute, Effect, Registration, Ruling
from dingfen.ownership.visibility import WHOLE
from dingfen.register.models import Entry

State = Dispute.State
OPEN = (State.RAISED, State.EVIDENCE, State.AWAITING_RULING, State.AWAITING_JOINT, State.APPEALED)
WAITING = (State.AWAITING_RULING, State.AWAITING_JOINT)
WEEK = dt.timedelta(days=7)


def disputes(scope: Scope) -> QuerySet[Dispute]:
    """Disputes with a claim in the unit."""
    rows = Dispute.objects.visible_to(scope.actor)
    if scope.unit_ids is not None:
        claims = Claim.objects.filter(dispute=OuterRef("pk"), unit_id__in=scope.unit_ids)
        rows = rows.filter(Exists(claims))
    return rows.filter(policy__pack=scope.pack) if scope.pack else rows


def raised(scope: Scope) -> QuerySet[Dispute]:
    return disputes(scope).filter(case__opened_at__gte=scope.start, case__opened_at__lt=scope.end)


def open_now(scope: Scope) -> QuerySet[Dispute]:
    return disputes(scope).filter(state__in=OPEN)


def ended(scope: Scope) -> QuerySet[Dispute]:
    """Disputes that came to their end in the period, by a ruling or between the parties."""
    return disputes(scope).filter(
        case__closed_at__gte=scope.start, case__closed_at__lt=scope.end, state__in=(State.FINAL, State.AGREED)
    )


def rulings(scope: Scope) -> QuerySet[Ruling]:
    """First rulings given in the period (where the general manager ruled at once, that one)."""
    given = Ruling.objects.filter(given_at__gte=scope.start, given_at__lt=scope.end)
    earlier = Ruling.objects.filter(dispute=OuterRef("dispute"), pk__lt=OuterRef("pk"))
    return given.filter(~Exists(earlier), dispute__in=disputes(scope))


def appeals(scope: Scope) -> QuerySet[Appeal]:
    """Appeals raised in the period that have been answered."""
    rows = Appeal.objects.filter(at__gte=scope.start, at__lt=scope.end).exclude(outcome="")
    return rows.filter(dispute__in=disputes(scope))


def ruling_clocks(scope: Scope) -> QuerySet[Clock]:
    """Time limits to rule that fell due in the period and were not cancelled."""
    due = Clock.objects.filter(kind=watch.RULING, deadline__gte=scope.start, deadline__lt=scope.last)
    cases = disputes(scope).values("case__uid")
    return due.filter(company_id=scope.actor.company_id, subject_uid__in=cases).exclude(state="cancelled")


def deals(scope: Scope) -> QuerySet[Deal]:
    rows = Deal.objects.visible_to(scope.actor).filter(
        won=True, signed_at__gte=scope.start, signed_at__lt=scope.end
    )
    return rows if scope.unit_ids is None else rows.filter(unit_id__in=scope.unit_ids)


def registrations(scope: Scope) -> QuerySet[Registration]:
    """Registrations of units one oversees (a salesperson's own view of the pool is left out)."""
    rows = Registration.objects.filter(company_id=scope.actor.company_id, rival_of=None)
    if scope.unit_ids is not None:
        return rows.filter(unit_id__in=scope.unit_ids)
    if scope.actor.is_system or scope.actor.paths(*WHOLE):
        return rows
    seen = Q(pk__in=[])
    for path in scope.actor.paths(Role.HEAD):
        seen |= Q(path__startswith=path)
    units = Unit.objects.filter(seen, company_id=scope.actor.company_id)
    return rows.filter(unit_id__in=list(units.values_list("pk", flat=True)))


def protected(scope: Scope) -> QuerySet[Registration]:
    return registrations(scope).filter(state__in=("held", "lapsing"))


def was_protected(scope: Scope) -> QuerySet[Registration]:
    """Registrations that were protected at some time of the period: now, or until they ended in it."""
    now = Q(state__in=("held", "lapsing", "disputed", "won"), registered_at__lt=scope.end)
    return registrations(scope).filter(now | Q(ended_at__gte=scope.start, ended_at__lt=scope.end))


def sanctions(scope: Scope) -> QuerySet[Effect]:
    """Sanctions proposed by rulings of the period, not reversed."""
    rows = Effect.objects.filter(kind="sanction", ruling__dispute__in=disputes(scope)).exclude(
        state="reversed"
    )
    return rows.filter(ruling__given_at__gte=scope.start, ruling__given_at__lt=scope.end)


def votes(scope: Scope) -> QuerySet[Confirmation]:
    rows = Confirmation.objects.filter(void=False, at__gte=scope.start, at__lt=scope.end)
    return rows.filter(dispute__in=disputes(scope))


def entries(scope: Scope, kinds: Iterable[str]) -> QuerySet[Entry]:
    """Entries of the books of the sites in scope (a unit below a site: the book of its site)."""
    rows = Entry.objects.filter(
        kind__in=list(kinds), recorded_at__gte=scope.start, recorded_at__lt=scope.end,
        company_uid__in=[scope.actor.company_uid],
    )  # fmt: skip
    roots = _roots(scope)
    if roots is None:
        return rows
    units = Unit.objects.filter(company_id=scope.actor.company_id, kind__in=("site", "company"))
    sites = [one.uid for one in units if one.kind == "site" and _touches(one.path, roots)]
    sites += [one.uid for one in units if one.kind == "company" and one.path in roots]
    return rows.filter(page__book__site_uid__in=sites)


def _roots(scope: Scope) -> list[str] | None:
    """Paths of the units the figures are of; None: the whole company."""
    if scope.unit is not None:
        return [scope.unit.path]
    if scope.actor.is_system or scope.actor.paths(*WHOLE):
        return None
    return list(scope.actor.paths(Role.HEAD))


def _touches(site: str, roots: list[str]) -> bool:
    return any(site.startswith(root) or root.startswith(site) for root in roots)


def lapsing(scope: Scope) -> QuerySet[Registration]:
    """Protected registrations that end within seven days."""
    return protected(scope).filter(protected_until__lt=scope.at + WEEK)
