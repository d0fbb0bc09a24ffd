"""Accepting at once all groups above a threshold: what it would do, said beforehand."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from dingfen.accounts.actor import Actor
from dingfen.ownership.matches.rows import MatchReview
from dingfen.ownership.matches.sweep import told_apart
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.parties.models import Customer

Kind, State = MatchReview.Kind, MatchReview.State
LEAST = 80  # below that a person looks at each


@dataclass(frozen=True, slots=True)
class Group:
    """Customers of one group, by id, and the least sure of its pairs."""

    uid: uuid.UUID
    members: tuple[int, ...]
    sure: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`groups` would be merged. Left to people: groups with a pair below, two holders, or said not to be one."""

    groups: tuple[Group, ...]
    below: int
    held_twice: int
    apart: int

    @property
    def records(self) -> int:
        """Customers that would count as another one."""
        return sum(len(group.members) - 1 for group in self.groups)


def preview(actor: Actor, least: int) -> Preview:
    """What accepting from `least` per cent on would do now, for what this actor sees."""
    below = held_twice = apart_ = 0
    accepted = []
    every = list(_groups(actor))
    two_holders = _held_twice(every)
    apart = told_apart(actor.company_id or 0)
    for group in every:
        members = group.members
        if group.sure < least:
            below += 1
        elif group.uid in two_holders:
            held_twice += 1
        elif any((one, other) in apart for one in members for other in members if one < other):
            apart_ += 1
        else:
            accepted.append(group)
    return Preview(tuple(accepted), below, held_twice, apart_)


def _groups(actor: Actor) -> Iterable[Group]:
    """Open groups of records that may be one, by their oldest review."""
    rows = MatchReview.objects.visible_to(actor).filter(state=State.OPEN, kind=Kind.SAME).with_leading()
    found: dict[uuid.UUID, tuple[set[int], int]] = {}
    for uid, one, other, sure in rows.order_by("pk").values_list("group", "mine", "theirs", "sure"):
        members, least = found.get(uid, (set(), 100))
        found[uid] = (members | {one, other}, min(least, sure))
    for uid, (members, least) in found.items():
        yield Group(uid, tuple(sorted(members)), least)


def _held_twice(groups: Iterable[Group]) -> set[uuid.UUID]:
    """Groups whose merging would open a dispute: different people hold two of its records."""
    of = {pk: group.uid for group in groups for pk in group.members}
    holders: dict[uuid.UUID, set[int]] = {}
    ids = sorted(of)
    for start in range(0, len(ids), 5000):
        rows = Registration.objects.filter(customer_id__in=ids[start : start + 5000], state__in=ACTIVE)
        for customer_id, holder_id in rows.values_list("customer_id", "holder_id"):
            holders.setdefault(of[customer_id], set()).add(holder_id)
    return {uid for uid, who in holders.items() if len(who) > 1}


def uids_of(group: Group) -> list[uuid.UUID]:
    """The members as `settle` takes them."""
    return list(Customer.objects.filter(pk__in=group.members).order_by("pk").values_list("uid", flat=True))
