"""Which weights a company's conflict check uses: the shipped ones, or those learned from its own customers."""

from __future__ import annotations

import time

from dingfen.matching import MODEL, Model
from dingfen.matching.model import model_from_json
from dingfen.parties.models import MatchModel

REMEMBERED_FOR = 30.0  # seconds: weights say nothing about rights, so that a little late is no harm
_remembered: dict[int, tuple[float, Model]] = {}


def in_force(company_id: int) -> Model:
    """The newest model of a company, else the shipped one. A process asks the database twice a minute."""
    now = time.monotonic()
    known = _remembered.get(company_id)
    if known is None or known[0] < now:
        row = MatchModel.objects.filter(company_id=company_id).order_by("-id").values_list("document").first()
        known = _remembered[company_id] = (now + REMEMBERED_FOR, model_from_json(row[0]) if row else MODEL)
    return known[1]


def forget() -> None:
    """Ask again at the next check: after training, and between tests."""
    _remembered.clear()
