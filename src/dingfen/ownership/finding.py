"""How a dispute is found by its number (D-2026-0042, 0042 or 42) in the one search over everything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dingfen.accounts.actor import Actor
from dingfen.cases.models import Case
from dingfen.ownership.models import Dispute
from dingfen.parties import search

KIND = "dispute"


def index(cases: Iterable[Case]) -> None:
    """Let new cases be found by number. No word of the customer goes in: erasing one has nothing to do here."""
    search.add(search.Text(KIND, case.uid, case.pk, case.company_id, words(case.number)) for case in cases)


def words(number: str) -> str:
    """The number, and its tail without the zeros in front."""
    return f"{number} {number.rsplit('-', 1)[-1].lstrip('0')}"


def shown(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """(number, masked customer, state) of those the actor may see. For `search.register_source`."""
    rows = Dispute.objects.visible_to(actor).filter(pk__in=ids).select_related("case__customer")
    return {
        row.pk: (
            row.case.number,
            row.case.customer.masked_name if row.case.customer else row.case.number,
            str(row.get_state_display()),
        )
        for row in rows
    }
