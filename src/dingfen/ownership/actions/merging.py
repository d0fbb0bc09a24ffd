"""Two customers are one: whose is it now? Their holds meet at the customer that is kept (decision 5)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Q, QuerySet

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.ownership import watch
from dingfen.ownership.actions.claims import call_off
from dingfen.ownership.actions.holding import to_head
from dingfen.ownership.actions.opening import open_by_system
from dingfen.ownership.actions.touches import count_from
from dingfen.ownership.matches.rows import MatchReview
from dingfen.ownership.models import ACTIVE, UNHELD, Dispute, MergedHold, Registration
from dingfen.ownership.rules import rules_at
from dingfen.ownership.states import BEFORE_RULING, OPEN
from dingfen.parties import actions as parties
from dingfen.parties.models import Customer, Merge
from dingfen.problems import conflict, missing, read_uid

State = Registration.State
MERGED = "merged"


@transaction.atomic
def merge_customers(
    *, actor: Actor, at: datetime, kept_uid: uuid.UUID | str, gone_uid: uuid.UUID | str, reason: str
) -> Merge:
    """Count `gone` as `kept` (`parties.merge`); the holds on both are holds on `kept` from now on.

    Where two people hold within one scope, the earlier stays active, the later becomes its rival, and a
    dispute is opened between the two. Of one person's two holds, or of two in the pool, the later ends.
    Raises what `parties.merge` does, and `merge.disputed` (409) where a dispute is open that is touched.
    """
    require(actor, "customer.merge")
    kept, gone = _both(actor, kept_uid, gone_uid)
    holds = list(
        Registration.objects.select_for_update(of=("self",))
        .select_related("customer", "holder__unit__company", "holder__company", "unit__company", "company")
        .filter(customer__in=[kept, gone], state__in=(*ACTIVE, *UNHELD))
        .order_by("pk")
    )
    list(Customer.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk]).order_by("pk"))
    done = [] if kept == gone else _meet_all(holds, kept, gone, actor, at)
    merge = parties.merge(actor=actor, at=at, kept_uid=kept_uid, gone_uid=gone_uid, reason=reason)
    for one in done:
        one.merge = merge
    MergedHold.objects.bulk_create(done)
    _reviews(merge).filter(state=MatchReview.State.OPEN).update(
        state=MatchReview.State.SAME, settled_at=at, settled_by_id=actor.staff_id
    )
    return merge


@transaction.atomic
def undo_merge(*, actor: Actor, at: datetime, merge_uid: uuid.UUID | str) -> Merge:
    """Undo it (`parties.undo_merge`): each hold is whose and what it was, and the dispute is called off.

    Raises what `parties.undo_merge` does, and `merge.settled` (409) where the dispute has been settled.
    """
    require(actor, "customer.merge")
    done = _done(actor, merge_uid)
    disputes = {one.dispute_id: one.dispute for one in done if one.dispute}
    for dispute in disputes.values():
        if dispute.state not in BEFORE_RULING:
            raise conflict("merge.settled", number=dispute.case.number)
    for one in done:
        if one.registration.customer_id != one.customer_id:
            one.registration.customer = one.customer
            one.registration.save(update_fields=["customer"])
    for one in done:
        _restore(one, actor, at)
    for dispute in disputes.values():
        call_off(dispute, actor, at)
    merge = parties.undo_merge(actor=actor, at=at, merge_uid=merge_uid)
    _reviews(merge).filter(state=MatchReview.State.SAME, settled_at=merge.merged_at).update(
        state=MatchReview.State.OPEN, settled_at=None, settled_by=None
    )
    return merge


def _done(actor: Actor, merge_uid: object) -> list[MergedHold]:
    found = MergedHold.objects.filter(
        merge__uid=read_uid(merge_uid), merge__kept__company_id=actor.company_id, merge__undone_at=None
    )
    list(Registration.objects.select_for_update().filter(pk__in=found.values("registration")).order_by("pk"))
    return list(
        found.select_related(
            "customer", "registration__customer", "registration__holder__unit__company",
            "registration__holder__company", "registration__unit__company", "registration__company",
            "dispute__case__customer", "dispute__case__unit__company", "dispute__case__company",
            "dispute__registration", "dispute__deal", "dispute__policy",
        ).order_by("registration")
    )  # fmt: skip


def _restore(one: MergedHold, actor: Actor, at: datetime) -> None:
    """A hold that became a rival, or ended, by the merge; not where the customer has been taken since."""
    hold = one.registration
    rival = hold.rival_of_id is not None and hold.state == State.DISPUTED
    ended = hold.state == State.LAPSED and (hold.end_reason == MERGED or one.state in UNHELD)
    taken = Registration.objects.filter(
        company_id=hold.company_id, customer=one.customer, scope=hold.scope, state__in=ACTIVE, rival_of=None
    ).exclude(pk=hold.pk)
    if not (rival or ended) or taken.exists():
        return
    hold.state, hold.rival_of = one.state, None
    if one.state in ACTIVE:
        hold.ended_at, hold.end_reason = None, ""
    if rival:
        hold.protected_until = watch.resume(hold, actor, at) or hold.protected_until
    hold.version += 1
    hold.save()
    rules = rules_at(hold.unit, at)
    if ended and one.state in ACTIVE and rules is not None:
        count_from(hold, hold.last_effective_at, rules, actor, at)
    elif ended and one.state == State.WITH_HEAD and rules is not None:
        to_head(hold, rules, actor, at)


def _reviews(merge: Merge) -> QuerySet[MatchReview]:
    """The possible matches between the two, and those that count as either."""
    both = [merge.kept_id, merge.gone_id]
    family = Customer.objects.filter(Q(pk__in=both) | Q(merged_into__in=both)).values("pk")
    return MatchReview.objects.filter(customer__in=family, other__in=family)


def _both(actor: Actor, kept_uid: object, gone_uid: object) -> tuple[Customer, Customer]:
    known = {
        row.uid: row
        for row in Customer.objects.filter(
            uid__in=[read_uid(kept_uid), read_uid(gone_uid)], company_id=actor.company_id
        )
    }
    kept, gone = known.get(read_uid(kept_uid)), known.get(read_uid(gone_uid))
    if kept is None or gone is None:
        raise missing()
    return kept, gone


def _meet_all(
    holds: Iterable[Registration], kept: Customer, gone: Customer, actor: Actor, at: datetime
) -> list[MergedHold]:
    """Bring the holds together, scope by scope; what was done to each."""
    standing = Dispute.objects.filter(case__customer=gone, state__in=OPEN).select_related("case").first()
    if standing is not None:
        raise conflict("merge.disputed", number=standing.case.number)
    done = []
    by_scope = sorted(holds, key=lambda one: (one.scope, one.state in UNHELD, one.registered_at, one.pk))
    for _, group in groupby(by_scope, key=lambda one: one.scope):
        first, *others = [one for one in group if one.rival_of_id is None]
        done += [_note(one) for one in others]
        for other in others:
            _meet(first, other, done, actor, at)
        if first.customer_id == gone.pk:
            done.append(_note(first))
            first.customer = kept
            first.save(update_fields=["customer"])
        rivals = [other for other in others if other.rival_of_id == first.pk]
        if rivals:
            dispute = open_by_system(
                actor=actor,
                at=at,
                claimants=[first.holder, *(other.holder for other in rivals)],
                origin="overlap",
                registration=first,
            )
            for one in done:
                if one.registration in (first, *rivals):
                    one.dispute = dispute
    return done


def _note(hold: Registration) -> MergedHold:
    return MergedHold(registration=hold, customer=hold.customer, state=hold.state)


def _meet(
    first: Registration, other: Registration, done: list[MergedHold], actor: Actor, at: datetime
) -> None:
    """The later hold: a rival where somebody else holds, else at its end."""
    if State.DISPUTED in (first.state, other.state):
        standing = Dispute.objects.filter(registration__in=[first, other], state__in=OPEN).first()
        raise conflict("merge.disputed", number=standing.case.number if standing else "")
    if other.state in ACTIVE and other.holder_id != first.holder_id:
        watch.pause(other, actor, at, MERGED)
        other.rival_of, other.state = first, State.DISPUTED
    else:
        if other.state in ACTIVE:
            watch.end(other, actor, at, MERGED)
            other.ended_at, other.end_reason = at, MERGED
        elif other.state == State.WITH_HEAD:
            watch.end(other, actor, at, MERGED)
        other.state = State.LAPSED
    other.version += 1
    other.save(update_fields=["rival_of", "state", "ended_at", "end_reason", "version"])
