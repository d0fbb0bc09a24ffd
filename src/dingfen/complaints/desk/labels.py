"""Labels: words of the company's own on complaints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dingfen.accounts.actor import Actor
from dingfen.complaints.actions.common import enter, lock
from dingfen.complaints.models import CLOSED, OPEN, Complaint, Label, Labelled
from dingfen.database import kept
from dingfen.problems import invalid

MOST = 12
LONG = 30


@transaction.atomic
def label(
    *, actor: Actor, at: datetime, case_uid: object, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> tuple[list[str], list[str]]:
    """Put labels on a complaint and take others off: what really changed of each. A new word becomes a label.

    Raises at `label`: `required` for nothing, `too_long`, `label.too_many`.
    """
    complaint = lock(actor, case_uid, *OPEN, *CLOSED)
    wanted, unwanted = names(add), names(remove)
    if not wanted and not unwanted:
        raise invalid({"label": [("required", {})]})
    has = {one.label.name: one for one in complaint.labelled.select_related("label")}
    added = [name for name in wanted if name not in has]
    removed = [name for name in unwanted if name in has and name not in wanted]
    if len(has) + len(added) - len(removed) > MOST:
        raise invalid({"label": [("label.too_many", {"limit": MOST})]})
    Labelled.objects.filter(pk__in=[has[name].pk for name in removed]).delete()
    for name in added:
        row, _ = Label.objects.get_or_create(
            company=complaint.case.company, name=name, defaults={"made_at": at}
        )
        Labelled.objects.create(complaint=complaint, label=row, by_id=actor.staff_id, at=at)
    if added or removed:
        enter(complaint, actor, at, "complaint.labelled", {"added": len(added), "removed": len(removed)},
              {"added": added, "removed": removed})  # fmt: skip
    return added, removed


def names(texts: Iterable[str]) -> list[str]:
    """Names as typed, parted at commas, each once. Raises `too_long` at `label`."""
    parts = (part.strip() for text in texts for part in text.replace("，", ",").replace("、", ",").split(","))
    found = list(dict.fromkeys(part for part in parts if part))
    if any(len(name) > LONG for name in found):
        raise invalid({"label": [("too_long", {"limit": LONG})]})
    return found


def labels_of(complaints: Iterable[Complaint]) -> dict[int, list[str]]:
    """The labels of complaints by their id, in one statement."""
    found: dict[int, list[str]] = {}
    for one in kept.rows(_uses, among=[one.pk for one in complaints]):
        found.setdefault(one.complaint_id, []).append(one.label.name)
    return found


def _uses(ids: Sequence[int]) -> QuerySet[Labelled]:
    return Labelled.objects.filter(complaint__in=ids).select_related("label").order_by("label__name")
