"""Two records of one customer: count one as the other, and undo it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.parties.actions.common import enter
from dingfen.parties.models import Customer, Merge
from dingfen.problems import conflict, invalid, missing

UNDO_WITHIN = timedelta(days=7)


@transaction.atomic
def merge(
    *, actor: Actor, at: datetime, kept_uid: uuid.UUID | str, gone_uid: uuid.UUID | str, reason: str
) -> Merge:
    """Count `gone` as `kept` from now on. Nothing is moved: both records stay whole, so it can be undone.

    Raises Problem `merge.itself`, `merge.already`, `customer.erased`, `input.invalid`.
    """
    if not reason.strip():
        raise invalid({"reason": [("required", {})]})
    kept, gone = _pair(actor, kept_uid, gone_uid)
    followers = list(Customer.objects.filter(merged_into=gone).order_by("pk").values_list("pk", flat=True))
    row = Merge.objects.create(
        kept=kept,
        gone=gone,
        followers=followers,
        reason=reason.strip()[:300],
        merged_at=at,
        merged_by_id=actor.staff_id,
    )
    Customer.objects.filter(pk__in=[gone.pk, *followers]).update(merged_into=kept)
    touched = max(filter(None, (kept.last_touch_at, gone.last_touch_at)), default=None)
    Customer.objects.filter(pk=kept.pk).update(last_touch_at=touched)
    enter(
        actor=actor,
        at=at,
        kind="customer.merged",
        customer=kept,
        facts={"merge": str(row.uid), "kept": str(kept.uid), "gone": str(gone.uid)},
        personal={"reason": row.reason},
    )
    return row


@transaction.atomic
def undo_merge(*, actor: Actor, at: datetime, merge_uid: uuid.UUID | str) -> Merge:
    """Let both count for themselves again, within seven days. What was entered meanwhile stays where it is.

    Raises Problem `merge.undone`, `merge.too_late`.
    """
    row = (
        Merge.objects.select_for_update(of=("self",))
        .select_related("kept", "kept__unit", "gone")
        .filter(uid=merge_uid, kept__company_id=actor.company_id)
        .first()
    )
    if row is None:
        raise missing()
    require(actor, "customer.merge", company_id=row.kept.company_id, path=row.kept.unit.path)
    if row.undone_at:
        raise conflict("merge.undone")
    if at - row.merged_at > UNDO_WITHIN:
        raise conflict("merge.too_late", days=UNDO_WITHIN.days)
    row.undone_at, row.undone_by_id = at, actor.staff_id
    row.save(update_fields=["undone_at", "undone_by"])
    leading_id = row.kept.merged_into_id or row.kept_id
    Customer.objects.filter(pk__in=row.followers, merged_into_id=leading_id).update(merged_into=row.gone)
    Customer.objects.filter(pk=row.gone_id).update(merged_into=None)
    enter(
        actor=actor,
        at=at,
        kind="customer.unmerged",
        customer=row.kept,
        facts={"merge": str(row.uid), "kept": str(row.kept.uid), "gone": str(row.gone.uid)},
    )
    return row


def _pair(actor: Actor, kept_uid: uuid.UUID | str, gone_uid: uuid.UUID | str) -> tuple[Customer, Customer]:
    """Both records, locked in the order of their ids."""
    rows = {
        str(row.uid): row
        for row in Customer.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(uid__in=[kept_uid, gone_uid], company_id=actor.company_id)
        .order_by("pk")
    }
    kept, gone = rows.get(str(kept_uid)), rows.get(str(gone_uid))
    if kept is None or gone is None:
        raise missing()
    if kept.pk == gone.pk:
        raise conflict("merge.itself")
    for one in (kept, gone):
        require(actor, "customer.merge", company_id=one.company_id, path=one.unit.path)
        if one.erased_at:
            raise conflict("customer.erased", number=one.number)
        if one.merged_into_id:
            raise conflict("merge.already", number=one.number)
    return kept, gone
