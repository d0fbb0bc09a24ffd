"""What rulings bring to pay: one line a person and effect, by the month in which it fell due.

What was reversed after it had fallen due stands as a negative line in the month of the reversal. A fine is
negative, in the month its sanction became final, for who may see that sanction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.ownership.models import Dispute, Effect
from dingfen.ownership.sanction_rows import Sanction
from dingfen.ownership.sanctions import IMPOSED
from dingfen.problems import invalid

PAID = ("bonus", "commission", "quota", "extras")


@dataclass(frozen=True, slots=True)
class PayLine:
    """`amount` in `currency`, or `share` in per cent of what the deal brings; `done`: noted as paid."""

    staff: Staff
    at: dt.datetime
    number: str
    deal: str
    kind: str
    code: str
    article: str
    amount: Decimal | None
    currency: str
    share: Decimal | None
    done: bool


def month_of(text: str) -> tuple[dt.datetime, dt.datetime]:
    """`2026-11` → its first moment and that of the next month, UTC. Raises `month.form` at the field `month`."""
    try:
        first = dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC)
    except ValueError:
        raise invalid({"month": [("month.form", {})]}) from None
    return first, (first + dt.timedelta(days=32)).replace(day=1)


def pay_lines(actor: Actor, start: dt.datetime, end: dt.datetime) -> list[PayLine]:
    """The lines of a period, by person and moment. Raises `role.needed` without the right to export."""
    require(actor, "effect.export")
    found = [*_effects(actor, start, end), *_fines(actor, start, end)]
    return sorted(found, key=lambda line: (line.staff.pk, line.at, line.number, line.code))


def _effects(actor: Actor, start: dt.datetime, end: dt.datetime) -> Iterator[PayLine]:
    rows = (
        Effect.objects.filter(
            kind__in=PAID, due_since__isnull=False, ruling__dispute__in=Dispute.objects.visible_to(actor)
        )
        .select_related("staff__unit", "ruling__dispute__case", "ruling__dispute__deal")
        .order_by("pk")
    )
    for row in rows:
        if row.due_since and start <= row.due_since < end:
            yield _line(row, row.due_since, 1)
        if row.reversed_at and start <= row.reversed_at < end:
            yield _line(row, row.reversed_at, -1)


def _line(row: Effect, at: dt.datetime, sign: int) -> PayLine:
    dispute = row.ruling.dispute
    return PayLine(
        row.staff,
        at,
        dispute.case.number,
        dispute.deal.reference if dispute.deal else "",
        row.kind,
        row.code,
        row.article,
        row.amount * sign if row.amount is not None else None,
        row.currency,
        row.share * sign if row.share is not None else None,
        row.done_at is not None and sign > 0,
    )


def _fines(actor: Actor, start: dt.datetime, end: dt.datetime) -> Iterator[PayLine]:
    rows = Sanction.objects.visible_to(actor).filter(
        state=Sanction.State.FINAL,
        outcome__in=IMPOSED,
        decided_measure=Sanction.Measure.FINE,
        final_at__gte=start,
        final_at__lt=end,
    )
    for row in rows.select_related("case", "staff__unit"):
        if row.decided_amount is not None and row.final_at is not None:
            yield PayLine(
                row.staff, row.final_at, row.case.number, "", "fine", row.code, row.article,
                -row.decided_amount, row.currency, None, False,
            )  # fmt: skip
