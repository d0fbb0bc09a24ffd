"""Reading relations: what a customer is to others, in words from its own side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.database.rows import each, run
from dingfen.parties.models import Customer, Relation
from dingfen.parties.queries import family_ids

# (kind, whether the other one is `one` of the row) -> what the other one is to this customer
WORDS: dict[tuple[str, bool], Any] = {
    ("spouse", True): pgettext_lazy("relation", "Spouse"),
    ("spouse", False): pgettext_lazy("relation", "Spouse"),
    ("parent", True): pgettext_lazy("relation", "Parent"),
    ("parent", False): pgettext_lazy("relation", "Child"),
    ("household", True): pgettext_lazy("relation", "Same household"),
    ("household", False): pgettext_lazy("relation", "Same household"),
    ("parent_company", True): pgettext_lazy("relation", "Parent company"),
    ("parent_company", False): pgettext_lazy("relation", "Subsidiary"),
    ("head_office", True): pgettext_lazy("relation", "Head office"),
    ("head_office", False): pgettext_lazy("relation", "Branch"),
    ("firm_group", True): pgettext_lazy("relation", "Same group of firms"),
    ("firm_group", False): pgettext_lazy("relation", "Same group of firms"),
    ("introducer", True): pgettext_lazy("relation", "Introduced this customer"),
    ("introducer", False): pgettext_lazy("relation", "Introduced by this customer"),
}
PROBLEMS = {
    "relation.there": (_("This relation is noted already."), _("Nothing was changed.")),
    "relation.over": (_("This relation has ended already."), _("Load the page again.")),
}
FAULTS = {
    "relation.itself": _("Choose another customer."),
    "relation.kind": _("This relation is between two persons, or between two firms."),
    "relation.future": _("This can't begin later than today."),
    "relation.ends": _("The end lies between the beginning and today."),
}


@dataclass(frozen=True, slots=True)
class Related:
    """Another customer, and what it is to this one."""

    relation: Relation
    other: Customer
    words: str


def relations_of(customer: Customer, *, over: bool = False) -> list[Related]:
    """Relations that stand, or with `over` those that have ended; void ones never."""
    return _read(family_ids(customer.pk), over)


def related_to(customer_ids: Iterable[int]) -> list[Related]:
    """Relations that stand of any of these customers."""
    return _read(list(customer_ids), False)


def _read(ids: list[int], over: bool) -> list[Related]:
    if not _any(ids):
        return []
    rows = (
        Relation.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids), void_reason="")
        .filter(ends_on__isnull=not over)
        .select_related("one__merged_into", "other__merged_into")
        .order_by("kind", "pk")
    )
    found = []
    for row in rows:
        from_one = row.other_id in ids
        other = row.one if from_one else row.other
        found.append(Related(row, other.merged_into or other, str(WORDS[row.kind, from_one])))
    return found


def _any(ids: list[int]) -> bool:
    """Whether there is a relation of any of these: hardly ever, and asked with each conflict check."""
    chosen = f"one_id IN ({each(ids)}) OR other_id IN ({each(ids)})"
    query = f"SELECT id FROM parties_relation WHERE {chosen} LIMIT 1"  # noqa: S608 - places, no values
    return bool(ids) and bool(run(query, [*ids, *ids]))
