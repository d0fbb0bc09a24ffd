"""Which weights a company's conflict check uses: the shipped ones, or those that were switched to last."""

from __future__ import annotations

import time

from dingfen.database.rows import run
from dingfen.matching import MODEL, Model
from dingfen.matching.model import SHIPPED_FOR, for_base, model_from_json
from dingfen.parties.models import MatchModel

REMEMBERED_FOR = 30.0  # seconds: weights say nothing about rights, so that a little late is no harm
_remembered: dict[int, tuple[float, Model]] = {}


def in_force(company_id: int) -> Model:
    """The model in force in a company, else the shipped one, for a base of its size.

    A process asks the database twice a minute.
    """
    now = time.monotonic()
    known = _remembered.get(company_id)
    if known is None or known[0] < now:
        row = current(company_id)
        chosen = model_from_json(row.document) if row else MODEL
        model = for_base(
            chosen, _customers(company_id), row.customers if row and row.customers else SHIPPED_FOR
        )
        known = _remembered[company_id] = (now + REMEMBERED_FOR, model)
    return known[1]


def _customers(company_id: int) -> int:
    """About how many a company has: the numbers it has given. Counting a million takes a tenth of a second."""
    found = run("SELECT last FROM parties_customercounter WHERE company_id = %s", [company_id])
    return int(found[0][0]) if found else 0


def current(company_id: int) -> MatchModel | None:
    """The row in force; None where the shipped weights are."""
    switched = MatchModel.objects.filter(company_id=company_id, switched_at__isnull=False)
    return switched.order_by("-switched_at", "-id").first()


def forget() -> None:
    """Ask again at the next check: after training, and between tests."""
    _remembered.clear()
