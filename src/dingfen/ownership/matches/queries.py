"""Reading possible matches: the queue of groups, one group with all that decides it, how good the weights are."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from dingfen.accounts.actor import Actor
from dingfen.matching import Model, from_json
from dingfen.matching.assessing import Change, Judged, Step, changes, judged, waterfall
from dingfen.matching.score import Level, levels, surety
from dingfen.ownership.matches.rows import MatchDecision, MatchReview
from dingfen.ownership.matches.settling import leading
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.parties import weights
from dingfen.parties.models import Customer, Merge, Touch
from dingfen.problems import missing, read_uid

Kind, State = MatchReview.Kind, MatchReview.State
MOST_JUDGED = 2000
MOST_CHANGES = 20


@dataclass(slots=True)
class Member:
    """One record of a group, with what would move in a merge. `letter` is its mark on the page."""

    customer: Customer
    letter: str
    seen: bool
    holds: list[Registration] = field(default_factory=list)
    merged: int = 0
    touches: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """Two members that were compared; `steps` lead from the prior to the sum, in bits."""

    review: MatchReview
    one: Member
    other: Member
    sure: int
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Group:
    uid: uuid.UUID
    kind: str
    members: list[Member]
    edges: list[Edge]
    model: Model
    settled: bool

    @property
    def holders(self) -> int:
        """How many people hold a part: two of them, and merging opens a dispute."""
        return len({hold.holder_id for member in self.members for hold in member.holds})


def group(actor: Actor, uid: uuid.UUID | str) -> Group:
    """A group one may see something of; of a settled one, all its pairs. Raises 404."""
    rows = MatchReview.objects.visible_to(actor).filter(group=read_uid(uid)).exclude(state=State.VOID)
    rows = rows.select_related(
        "registration__holder", "customer__unit", "customer__merged_into__unit", "other__unit",
        "other__merged_into__unit",
    ).order_by("-sure", "pk")  # fmt: skip
    found = list(rows)
    if not found:
        raise missing()
    open_ = [row for row in found if row.state == State.OPEN]
    shown = open_ or found
    ends = (lambda row: (leading(row.customer), leading(row.other))) if open_ else (
        lambda row: (row.customer, row.other)
    )  # fmt: skip
    customers = sorted({end.pk: end for row in shown for end in ends(row)}.values(), key=lambda one: one.pk)
    members = _members(actor, customers)
    model = weights.in_force(actor.company_id or 0)
    edges, told = [], set[tuple[int, int]]()
    for row in shown:
        later, earlier = ends(row)
        pair = (min(later.pk, earlier.pk), max(later.pk, earlier.pk))
        if later.pk != earlier.pk and pair not in told:
            told.add(pair)
            agree = _agree(earlier, later)
            sure = surety(agree, model) if agree and row.kind == Kind.SAME else row.sure
            edges.append(Edge(row, members[pair[0]], members[pair[1]], sure, waterfall(agree, model)))
    return Group(found[0].group, shown[0].kind, list(members.values()), edges, model, not open_)


def _members(actor: Actor, customers: list[Customer]) -> dict[int, Member]:
    ids = [one.pk for one in customers]
    seen = set(Customer.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    members = {
        one.pk: Member(one, chr(ord("A") + place) if place < 26 else str(place + 1), one.pk in seen)
        for place, one in enumerate(customers)
    }
    holds = Registration.objects.filter(customer_id__in=ids, state__in=ACTIVE).select_related(
        "holder", "unit"
    )
    for hold in holds.order_by("pk"):
        members[hold.customer_id].holds.append(hold)
    for pk in Merge.objects.filter(kept_id__in=ids, undone_at=None).values_list("kept_id", flat=True):
        members[pk].merged += 1
    for pk in Touch.objects.filter(customer_id__in=ids, voided_at=None).values_list("customer_id", flat=True):
        members[pk].touches += 1
    return members


def _agree(one: Customer, other: Customer) -> list[Level]:
    if not one.features or not other.features:
        return []  # erased
    return levels(from_json(one.features), from_json(other.features))


def next_group(actor: Actor, after: uuid.UUID | str | None = None) -> uuid.UUID | None:
    """The next open group, surest first; `after`: behind that one, and again from the front at the end."""
    rows = MatchReview.objects.visible_to(actor).filter(state=State.OPEN)
    order = list(dict.fromkeys(rows.order_by("-sure", "pk").values_list("group", flat=True)[:1000]))
    if not order:
        return None
    here = read_uid(after) if after else None
    if here is None:
        return order[0]
    if here not in order:
        last = MatchReview.objects.filter(group=here).order_by("-sure").values_list("sure", flat=True).first()
        later = (
            rows.filter(sure__lte=last or 0).order_by("-sure", "pk").values_list("group", flat=True).first()
        )
        return later or order[0]
    return order[(order.index(here) + 1) % len(order)]


def waiting(actor: Actor) -> int:
    """How many groups are open."""
    rows = MatchReview.objects.visible_to(actor).filter(state=State.OPEN)
    return rows.order_by().values("group").distinct().count()


def people_judged(company_id: int) -> list[Judged]:
    """The newest pairs that people looked at one by one; bulk acceptance is no judgement."""
    rows = MatchReview.objects.filter(
        customer__company_id=company_id, kind=Kind.SAME, state__in=(State.SAME, State.OTHER)
    )
    rows = rows.exclude(decision__answer=MatchDecision.Answer.BULK).order_by("-settled_at", "-pk")
    told = rows.values_list("customer__features", "other__features", "state")[:MOST_JUDGED]
    return [
        judged(from_json(one), from_json(other), state == State.SAME)
        for one, other, state in told
        if one and other
    ]


@dataclass(frozen=True, slots=True)
class Difference:
    """An open pair that another model answers otherwise."""

    review: MatchReview
    change: Change


def differences(actor: Actor, before: Model, after: Model) -> tuple[int, list[Difference]]:
    """(how many of the open pairs change their answer, the first of them)."""
    rows = MatchReview.objects.visible_to(actor).filter(state=State.OPEN, kind=Kind.SAME)
    some = list(rows.select_related("customer", "other").order_by("-sure", "pk")[:MOST_JUDGED])
    found = changes((_agree(row.customer, row.other) for row in some), before, after)
    return len(found), [Difference(some[one.place], one) for one in found[:MOST_CHANGES]]
