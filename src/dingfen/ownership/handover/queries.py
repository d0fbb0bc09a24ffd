"""What a person has open: everything that must find another home before their account can be closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dingfen.accounts.models import Delegation, Staff
from dingfen.clocks.models import Clock
from dingfen.ownership.actions.common import room_for, unit_of
from dingfen.ownership.claim_rows import Takeover
from dingfen.ownership.handover.models import HandoverItem
from dingfen.ownership.holding_rows import TellDuty
from dingfen.ownership.models import ACTIVE, Claim, Dispute, Effect, Registration
from dingfen.ownership.rules import rules_at
from dingfen.problems import Problem, conflict
from dingfen.register.models import Borrowing

State = Registration.State
MOVABLE = (State.HELD, State.LAPSING, State.WON)
ENDED = (Dispute.State.FINAL, Dispute.State.AGREED, Dispute.State.WITHDRAWN)


def holds_of(person: Staff) -> QuerySet[Registration]:
    """Every active hold, those in dispute and rivals too."""
    return Registration.objects.filter(holder=person, state__in=ACTIVE)


def movable(person: Staff) -> QuerySet[Registration]:
    """The holds that can change hands now."""
    return holds_of(person).filter(state__in=MOVABLE, rival_of=None)


def claims_of(person: Staff) -> QuerySet[Claim]:
    """Claims in disputes that are not over."""
    return Claim.objects.filter(claimant=person, withdrawn_at=None).exclude(dispute__state__in=ENDED)


def _follow_claims(person: Staff) -> int:
    """Disputed holds whose claim a colleague has taken over: whatever the end, they don't come back."""
    gone = Takeover.objects.filter(earlier=person, undone_at=None, claim__withdrawn_at=None)
    disputed = holds_of(person).filter(state=State.DISPUTED, rival_of=None)
    ended = disputed.filter(disputes__in=gone.values("claim__dispute"))
    rivals = holds_of(person).filter(rival_of__disputes__in=gone.values("claim__dispute"))
    return ended.distinct().count() + rivals.distinct().count()


def duties_of(person: Staff) -> QuerySet[Effect]:
    """Duties from rulings that are due, not money: that stays with who earned it."""
    return Effect.objects.filter(staff=person, kind="duty", state=Effect.State.DUE)


def tellings_of(person: Staff) -> QuerySet[TellDuty]:
    """Holders still to be told, talks still to be noted."""
    return TellDuty.objects.filter(receiver=person).filter(
        Q(state=TellDuty.State.OPEN) | Q(note_due_at__isnull=False, noted_at=None, note_missed=False)
    )


def delegations_of(person: Staff, at: datetime) -> QuerySet[Delegation]:
    """Delegations given and received that are not over."""
    return Delegation.objects.filter(Q(principal=person) | Q(deputy=person), revoked_at=None, ends_at__gt=at)


def borrowings_of(person: Staff) -> QuerySet[Borrowing]:
    return Borrowing.objects.filter(borrower_uid=person.uid, state__in=("asked", "lent"))


@dataclass(frozen=True, slots=True)
class Inventory:
    """How much of what a person has. `stops` is what keeps the account open."""

    holds: int
    disputed: int
    claims: int
    duties: int
    tellings: int
    clocks: int
    planned: int
    delegations: int
    borrowings: int

    @property
    def stops(self) -> int:
        return self.holds + self.disputed + self.claims + self.duties + self.tellings


def inventory(person: Staff, at: datetime) -> Inventory:
    every, can = holds_of(person).count(), movable(person)
    count = can.count()
    return Inventory(
        holds=count,
        disputed=every - count - _follow_claims(person),
        claims=claims_of(person).count(),
        duties=duties_of(person).count(),
        tellings=tellings_of(person).count(),
        clocks=Clock.objects.live().filter(responsible=person).count(),
        planned=can.filter(follow_up_due__isnull=False).count(),
        delegations=delegations_of(person, at).count(),
        borrowings=borrowings_of(person).count(),
    )


def refused(items: Iterable[HandoverItem], at: datetime) -> dict[int, Problem]:
    """Holds of a plan that would be refused, by id of the item: the receiver would hold more than one may."""
    room: dict[int, int | None] = {}
    found: dict[int, Problem] = {}
    for item in items:
        if item.to is None or item.registration_id is None:
            continue
        rules = rules_at(unit_of(item.to), at)
        pool = rules.ownership.pool if rules else None
        left = room.setdefault(item.to.pk, room_for(item.to, pool))
        if left is None or pool is None:
            continue
        if left <= 0:
            found[item.pk] = conflict("pool.limit", limit=pool.holding_limit, article=pool.article)
        room[item.to.pk] = left - 1
    return found


@dataclass(frozen=True, slots=True)
class Portion:
    """What one receiver gets: `staff` None is the pool; `stays` True: nobody, it stays."""

    staff: Staff | None
    stays: bool
    count: int
    grades: tuple[tuple[str, int], ...]


def portions(items: Iterable[HandoverItem]) -> list[Portion]:
    """Who gets how many, the largest first."""
    counts: Counter[tuple[int | None, bool]] = Counter()
    grades: dict[tuple[int | None, bool], Counter[str]] = {}
    people: dict[int, Staff] = {}
    for item in items:
        key = (item.to_id, item.to is None and not item.to_pool)
        counts[key] += 1
        if item.registration is not None:
            grades.setdefault(key, Counter())[item.registration.customer.grade or "–"] += 1
        if item.to is not None:
            people[item.to.pk] = item.to
    return [
        Portion(people.get(key[0] or 0), key[1], count, tuple(sorted(grades.get(key, Counter()).items())))
        for key, count in counts.most_common()
    ]
