"""A group of records looked at together: they are one, they are not, they belong together; and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import combinations

from django.db import transaction
from django.db.models import F

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.ownership.actions.common import write
from dingfen.ownership.actions.merging import merge_customers, undo_merge
from dingfen.ownership.matches.rows import MatchDecision, MatchReview
from dingfen.parties.actions.relations import relate, void_relation
from dingfen.parties.models import Customer
from dingfen.problems import Problem, conflict, invalid, missing, read_uid

Answer, Kind, State = MatchDecision.Answer, MatchReview.Kind, MatchReview.State
PERMISSION = "customer.merge"
TAKEN_BACK = "decision taken back"


def leading(customer: Customer) -> Customer:
    return customer.merged_into or customer


def open_group(actor: Actor, group: uuid.UUID | str, *, lock: bool = False) -> list[MatchReview]:
    """The open reviews of a group one may settle. 404 for a group one sees nothing of; 409 for a settled one."""
    rows = MatchReview.objects.visible_to(actor).filter(group=read_uid(group)).order_by("pk")
    rows = rows.select_related(
        "registration__unit__company", "customer__unit__company", "customer__merged_into__unit",
        "other__unit__company", "other__merged_into__unit",
    )  # fmt: skip
    found = list(rows.select_for_update(of=("self",)) if lock else rows)
    if not found:
        raise missing()
    left = [row for row in found if row.state == State.OPEN]
    if not left:
        raise conflict("match.settled")
    return left


@transaction.atomic
def settle(
    *,
    actor: Actor,
    at: datetime,
    group: uuid.UUID | str,
    answer: str,
    members: Sequence[uuid.UUID | str],
    kept: uuid.UUID | str = "",
    reason: str = "",
    decision: MatchDecision | None = None,
) -> MatchDecision:
    """Say of `members` (uids of customers of the group) that they are one, are not, or belong together.

    `same` merges the others into `kept`, else into the earliest. What is not among `members` stays to be
    checked. `decision` adds to an earlier one, as bulk acceptance does. Raises `match.settled`, `match.apart`
    (409: two of them were said not to be one), `match.only_related` (409: nobody asked whether they are one),
    `input.invalid` at `members`, and what merging raises.
    """
    reviews = open_group(actor, group, lock=True)
    for review in reviews:
        unit = review.registration.unit if review.registration else review.customer.unit
        require(actor, PERMISSION, company_id=unit.company_id, path=unit.path)
    chosen = _chosen(reviews, members)
    made = decision or MatchDecision.objects.create(
        company_id=actor.company_id or 0, answer=answer, made_at=at, made_by_id=actor.staff_id
    )
    if answer == Answer.SAME:
        _merge(made, reviews, chosen, kept, reason, actor, at)
    elif answer == Answer.OTHER:
        _keep_apart(made, reviews, chosen, actor, at)
    elif answer == Answer.RELATED:
        _relate(made, reviews, chosen, actor, at)
    else:
        raise invalid({"answer": [("invalid", {})]})
    return made


def _chosen(reviews: Iterable[MatchReview], members: Collection[uuid.UUID | str]) -> list[Customer]:
    """The leading customers meant, oldest first; two at least, all of this group."""
    known = {}
    for review in reviews:
        for end in (review.customer, review.other):
            known[end.uid] = known[leading(end).uid] = leading(end)
    wanted = {read_uid(one) for one in members}
    if not wanted <= set(known):
        raise invalid({"members": [("match.members", {})]})
    found = sorted({known[uid].pk: known[uid] for uid in wanted}.values(), key=lambda one: one.pk)
    if len(found) < 2:
        raise invalid({"members": [("match.two", {})]})
    return found


def _between(reviews: Iterable[MatchReview], chosen: Collection[Customer]) -> list[MatchReview]:
    ids = {one.pk for one in chosen}
    return [one for one in reviews if {leading(one.customer).pk, leading(one.other).pk} <= ids]


def _merge(
    made: MatchDecision, reviews: list[MatchReview], chosen: list[Customer], kept: uuid.UUID | str,
    reason: str, actor: Actor, at: datetime,
) -> None:  # fmt: skip
    if any(one.kind != Kind.SAME for one in reviews):
        raise conflict("match.only_related")
    ids = {one.pk for one in chosen}
    apart = MatchReview.objects.filter(state=State.OTHER, kind=Kind.SAME).with_leading()
    if apart.filter(mine__in=ids, theirs__in=ids).exclude(mine=F("theirs")).exists():
        raise conflict("match.apart")
    first = next((one for one in chosen if kept and one.uid == read_uid(kept)), chosen[0])
    for one in chosen:
        if one.pk != first.pk:
            made.merges.add(
                merge_customers(actor=actor, at=at, kept_uid=first.uid, gone_uid=one.uid, reason=reason)
            )
    _mark(made, _between(reviews, chosen), State.SAME, actor, at)


def _keep_apart(
    made: MatchDecision, reviews: list[MatchReview], chosen: list[Customer], actor: Actor, at: datetime
) -> None:
    """None of them is another: also the pairs nobody had proposed, so that they are not merged later."""
    between = _between(reviews, chosen)
    _mark(made, between, State.OTHER, actor, at)
    told = {frozenset((leading(one.customer).pk, leading(one.other).pk)) for one in between}
    if between[:1] and between[0].kind == Kind.SAME:
        MatchReview.objects.bulk_create(
            MatchReview(
                customer=newer, other=older, group=between[0].group, sure=0, state=State.OTHER, opened_at=at,
                settled_at=at, settled_by_id=actor.staff_id, decision=made,
            )
            for older, newer in combinations(chosen, 2)
            if frozenset((older.pk, newer.pk)) not in told
        )  # fmt: skip
    for review in between:
        apart(review, actor, at)


def apart(review: MatchReview, actor: Actor, at: datetime) -> None:
    """The entry that two are not one customer, or do not belong together."""
    facts = {"other": str(review.other.uid), "sure": review.sure}
    if review.kind != Kind.SAME:
        facts["relation"] = review.kind
    if review.registration:
        facts["registration"] = str(review.registration.uid)
    _enter("match.not_same", review, facts, actor, at)


def _relate(
    made: MatchDecision, reviews: list[MatchReview], chosen: list[Customer], actor: Actor, at: datetime
) -> None:
    between = [one for one in _between(reviews, chosen) if one.kind != Kind.SAME]
    if not between:
        raise invalid({"answer": [("match.no_relation", {})]})
    _mark(made, between, State.RELATED, actor, at)
    for review in between:
        one, other = leading(review.other).uid, leading(review.customer).uid
        try:
            made.relations.add(relate(actor=actor, at=at, uid=one, other_uid=other, kind=review.kind))
        except Problem as problem:
            if problem.code != "relation.there":
                raise


def _mark(
    made: MatchDecision, reviews: Iterable[MatchReview], state: str, actor: Actor, at: datetime
) -> None:
    """A merge has marked some of them already; they are part of the decision all the same."""
    MatchReview.objects.filter(pk__in=[one.pk for one in reviews]).update(
        state=state, settled_at=at, settled_by_id=actor.staff_id, decision=made
    )


@transaction.atomic
def undo(*, actor: Actor, at: datetime, decision: uuid.UUID | str) -> MatchDecision:
    """Take back a decision with all that came of it: merges, relations; its reviews are open again.

    Merges and relations undone one by one meanwhile are left. Raises `match.undone` (409), and what undoing a
    merge raises.
    """
    made = locked_decision(actor, decision)
    for merge in made.merges.filter(undone_at=None).order_by("-pk"):
        undo_merge(actor=actor, at=at, merge_uid=merge.uid)
    take_back(made, actor, at)
    return made


def locked_decision(actor: Actor, uid: uuid.UUID | str) -> MatchDecision:
    require(actor, PERMISSION)
    found = MatchDecision.objects.visible_to(actor).select_for_update(of=("self",)).filter(uid=read_uid(uid))
    made = found.first()
    if made is None:
        raise missing()
    if made.undone_at:
        raise conflict("match.undone")
    return made


def take_back(made: MatchDecision, actor: Actor, at: datetime) -> None:
    """All but the merges: relations are void, reviews open again, those made only by the decision void."""
    for relation in made.relations.filter(void_reason="", ends_on=None).order_by("-pk"):
        void_relation(actor=actor, at=at, uid=relation.uid, reason=TAKEN_BACK)
    reviews = list(
        made.reviews.select_related("customer__unit__company", "registration__unit__company", "other")
    )
    asked = [one for one in reviews if one.sure or one.reasons]
    again = {"settled_at": None, "settled_by": None}
    made.reviews.filter(pk__in=[one.pk for one in asked]).update(state=State.OPEN, **again)
    made.reviews.exclude(pk__in=[one.pk for one in asked]).update(state=State.VOID)
    made.undone_at = at
    made.save(update_fields=["undone_at"])
    for review in asked:
        if review.state == State.OTHER:
            _enter("match.asked_again", review, {"other": str(review.other.uid)}, actor, at)


def _enter(kind: str, review: MatchReview, facts: dict[str, object], actor: Actor, at: datetime) -> None:
    unit = review.registration.unit if review.registration else review.customer.unit
    write(actor=actor, at=at, kind=kind, unit=unit, subject=("customer", review.customer.uid), facts=facts)
