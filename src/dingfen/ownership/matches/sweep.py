"""Every pair of stored customers that may be one, or belong together, found at once and put before people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.database.models import new_uid
from dingfen.database.rows import run
from dingfen.matching import from_json
from dingfen.matching.collecting import not_collecting
from dingfen.matching.explain import reasons
from dingfen.ownership.matches.rows import MatchReview
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.ownership.queries import codes
from dingfen.ownership.visibility import MatchReviewQuerySet
from dingfen.parties import index, weights
from dingfen.parties.models import Customer, Relation

if TYPE_CHECKING:  # numpy is loaded by who sweeps, not by every process
    from dingfen.matching import batch

BATCH = 500
READ = 5000
Progress = Callable[[int, int], None]
Kind, State = MatchReview.Kind, MatchReview.State
PERMISSION = "customer.merge"


class Proposal(NamedTuple):
    """Two customers to be looked at: `older` was there before `newer`."""

    older: int
    newer: int
    kind: str
    sure: int
    reasons: list[str]
    group: UUID


class Found(NamedTuple):
    """What a sweep came to; `reviews` are those opened by it, the rest had been asked about."""

    pairs: int = 0
    groups: int = 0
    relations: int = 0
    reviews: int = 0


def stored_of(company_id: int) -> Iterator[tuple[int, str, bytes]]:
    """(id, features as stored, keys) of every customer that counts by itself, in order of their ids, in portions.

    Of customers not read anew since keys stand beside them, these are worked out.
    """
    after = 0
    while portion := run(_STORED, [company_id, after]):
        for pk, text, keyed, tailed in portion:
            if tailed is None:
                keyed = index.pack(index.numbers_of(company_id, from_json(text)))
            yield pk, text, bytes(keyed)
        after = portion[-1][0]


_STORED = f"""
SELECT id, features, keyed, tailed FROM parties_customer
WHERE company_id = +%s AND id > %s AND features <> '' AND merged_into_id IS NULL AND erased_at IS NULL
  AND voided_at IS NULL
ORDER BY id LIMIT {READ}
"""  # noqa: S608 - a number of ours


def sweep(*, actor: Actor, at: datetime, unit: Unit, progress: Progress | None = None) -> Found:
    """Open a review for each pair nobody has been asked about, pairs of one group together.

    Written in portions: stopped half way, a second run goes on where this one ended. `progress` may raise to
    stop it.
    """
    from dingfen.matching import batch
    from dingfen.matching.relating import worth_a_look

    require(actor, PERMISSION, company_id=unit.pk, path=unit.path)
    told = progress or (lambda done, total: None)
    ids: list[int] = []
    every = Customer.objects.filter(company_id=unit.pk, merged_into=None, erased_at=None, voided_at=None)
    total = every.exclude(features="").count()

    def base() -> Iterator[batch.Stored]:
        for pk, text, keyed in stored_of(unit.pk):
            if len(ids) % 1000 == 0:
                told(len(ids), total * 2)
            ids.append(pk)
            yield text, keyed

    with not_collecting():
        stored = batch.read_stored(base())
        pairs, near = batch.find(stored, weights.in_force(unit.pk)), worth_a_look(stored)
    same = _grouped(unit.pk, ids, pairs)
    known = {(one.older, one.newer) for one in same}
    kin = [one for one in _kin(unit.pk, ids, near) if (one.older, one.newer) not in known]
    proposals, opened = [*same, *kin], 0
    for start in range(0, len(proposals), BATCH):
        told(total + total * start // len(proposals), total * 2)
        opened += _open(unit.pk, proposals[start : start + BATCH], at)
    return Found(len(same), len({one.group for one in same}), len(kin), opened)


def _grouped(company_id: int, ids: Sequence[int], pairs: batch.Pairs) -> list[Proposal]:
    """The pairs with their groups: what hangs together, with a guard against chains; else a group of its own.

    Two that people have said are not one pull their group apart. Open reviews keep their group.
    """
    from dingfen.matching import batch
    from dingfen.matching.clusters import clusters

    model, apart = weights.in_force(company_id), told_apart(company_id)
    known = [
        (left, right, 0.0 if (ids[left], ids[right]) in apart else chance)
        for left, right, chance in batch.same(pairs, model)
    ]
    group_of = {row: number for number, rows in enumerate(clusters(known)) for row in rows}
    row_of = {pk: row for row, pk in enumerate(ids)}
    uids = _regroup(company_id, {pk: group_of[row] for pk, row in row_of.items() if row in group_of})
    found = []
    for left, right, match in pairs.each(model):
        one, other = group_of.get(left), group_of.get(right)
        uid = uids.setdefault(one, new_uid()) if one is not None and one == other else new_uid()
        found.append(Proposal(ids[left], ids[right], Kind.SAME, match.sure, list(codes(match)), uid))
    return found


def _regroup(company_id: int, number_of: dict[int, int]) -> dict[int, UUID]:
    """Group by number: that of an open review inside it. Open reviews inside one group are put together."""
    uids: dict[int, UUID] = {}
    moved: dict[UUID, list[int]] = {}
    for pk, one, other, group in _ends(
        MatchReview.objects.filter(customer__company_id=company_id, state=State.OPEN, kind=Kind.SAME), "group"
    ):
        number = number_of.get(one)
        if number is not None and number == number_of.get(other):
            uid = uids.setdefault(number, group)
            if uid != group:
                moved.setdefault(uid, []).append(pk)
    for uid, reviews in moved.items():
        MatchReview.objects.filter(pk__in=reviews, state=State.OPEN).update(group=uid)
    return uids


def _kin(company_id: int, ids: Sequence[int], pairs: Sequence[tuple[int, int]]) -> Iterator[Proposal]:
    """Pairs that look like one household or one group of firms; each is a group of its own."""
    from dingfen.matching.relating import related

    model = weights.in_force(company_id)
    for start in range(0, len(pairs), BATCH):
        some = [(ids[left], ids[right]) for left, right in pairs[start : start + BATCH]]
        read = {
            pk: from_json(text)
            for pk, text in Customer.objects.filter(pk__in={pk for pair in some for pk in pair}).values_list(
                "pk", "features"
            )
            if text
        }
        for older, newer in some:
            found = related(read[older], read[newer]) if older in read and newer in read else None
            if found:
                told = [reason.code for reason in reasons(found[1], model) if reason.weight > 0]
                yield Proposal(older, newer, found[0], 0, told, new_uid())


@transaction.atomic
def _open(company_id: int, portion: list[Proposal], at: datetime) -> int:
    ids = {pk for one in portion for pk in one[:2]}
    holds = Registration.objects.filter(customer_id__in=ids, state__in=ACTIVE, rival_of=None)
    held = {hold.customer_id: hold for hold in holds.order_by("-id")}
    asked = _asked(company_id, ids)
    fresh = []
    for one in portion:
        mine, other = (one.newer, one.older) if one.newer in held or one.older not in held else one[:2]
        if (one.kind, frozenset(one[:2])) not in asked:
            fresh.append(
                MatchReview(
                    registration=held.get(mine), customer_id=mine, other_id=other, kind=one.kind,
                    group=one.group, sure=one.sure, reasons=one.reasons, opened_at=at,
                )
            )  # fmt: skip
    MatchReview.objects.bulk_create(fresh)
    return len(fresh)


def _asked(company_id: int, ids: set[int]) -> set[tuple[str, frozenset[int]]]:
    """(kind, two customers) asked about before, whatever was said; customers related already as well."""
    among = Q(customer_id__in=ids) | Q(customer__merged_into_id__in=ids)
    reviews = MatchReview.objects.filter(among, customer__company_id=company_id).exclude(state=State.VOID)
    found = {(kind, frozenset((one, other))) for _, one, other, kind in _ends(reviews, "kind")}
    for one, other in Relation.objects.filter(one_id__in=ids, void_reason="").values_list("one", "other"):
        found |= {(Kind.HOUSEHOLD, frozenset((one, other))), (Kind.GROUP, frozenset((one, other)))}
    return found


def told_apart(company_id: int) -> set[tuple[int, int]]:
    """Customers (smaller id, larger id) that people have said are not one; of merged ones, the leading ones."""
    reviews = MatchReview.objects.filter(customer__company_id=company_id, state=State.OTHER, kind=Kind.SAME)
    return {(min(one, other), max(one, other)) for _, one, other, _ in _ends(reviews, "kind")}


def _ends(reviews: MatchReviewQuerySet, also: str) -> Iterator[tuple[int, int, int, Any]]:
    """(review, customer, other, `also`) with the leading customers of both."""
    rows = reviews.with_leading().order_by("pk")
    yield from rows.values_list("pk", "mine", "theirs", also).iterator(chunk_size=2000)
