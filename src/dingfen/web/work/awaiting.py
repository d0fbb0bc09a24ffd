"""Whose move it is: disputes that wait for this reader's ruling, or for this reader's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role
from dingfen.cases.models import Case, Watch
from dingfen.clocks.models import Clock
from dingfen.ownership.models import Dispute

State = Dispute.State
LIMIT = 500
RULINGS = ("dispute.ruling", "dispute.final")
EVIDENCE = ("dispute.evidence",)


def to_rule(actor: Actor) -> QuerySet[Any]:
    """Uids of the cases this reader is to rule on: as a head who has not spoken yet, or on appeal."""
    heads = Q(pk__in=[])
    for path in actor.paths(Role.HEAD):
        heads |= Q(dispute__decider_units__path__startswith=path)
    wanted = heads & Q(dispute__state__in=[State.AWAITING_RULING, State.AWAITING_JOINT])
    wanted &= ~Q(dispute__decider_mode="general_manager")
    if actor.has(Role.GENERAL_MANAGER):
        wanted |= Q(dispute__state=State.APPEALED)
        wanted |= Q(dispute__state=State.AWAITING_RULING, dispute__decider_mode="general_manager")
    spoken = Q(dispute__confirmations__decider_id=actor.staff_id, dispute__confirmations__void=False)
    own = Q(dispute__claims__claimant_id=actor.staff_id)
    cases = Case.objects.filter(wanted, company_id=actor.company_id)
    return cases.exclude(pk__in=cases.filter(spoken | own).values("pk")).values("uid")


def to_answer(actor: Actor) -> QuerySet[Any]:
    """Uids of the cases in which this reader's own claim still lacks its statement."""
    return Case.objects.filter(
        company_id=actor.company_id,
        dispute__state__in=[State.RAISED, State.EVIDENCE],
        dispute__claims__claimant_id=actor.staff_id,
        dispute__claims__answered_at=None,
        dispute__claims__withdrawn_at=None,
    ).values("uid")


@dataclass(frozen=True, slots=True)
class Waiting:
    """The uids of cases, looked up once a page: conditions made of them stay cheap."""

    actor: Actor
    rule: list[UUID]
    answer: list[UUID]
    watched: list[UUID]

    @classmethod
    def on(cls, actor: Actor) -> Waiting:
        watched = Watch.objects.filter(staff_id=actor.staff_id or 0).values_list("case__uid", flat=True)
        return cls(
            actor,
            list(to_rule(actor).values_list("uid", flat=True)[:LIMIT]),
            list(to_answer(actor).values_list("uid", flat=True)[:LIMIT]),
            list(watched[:LIMIT]),
        )

    def mine(self) -> Q:
        """The clocks that wait for this reader."""
        found = Q(responsible_id=self.actor.staff_id, responsible__isnull=False)
        if self.rule:
            found |= Q(kind__in=RULINGS, subject_uid__in=self.rule)
        if self.answer:
            found |= Q(kind__in=EVIDENCE, subject_uid__in=self.answer)
        return found

    def theirs_to_watch(self) -> Q:
        return Q(subject_uid__in=self.watched)

    def clocks(self) -> QuerySet[Clock]:
        """Live clocks the reader may know of: own and overseen ones, and those that wait for the reader."""
        live = Clock.objects.live().filter(company_id=self.actor.company_id)
        return Clock.objects.live().visible_to(self.actor) | live.filter(self.mine())
