"""Effects of rulings by state, and lines for the payroll."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Query
from pydantic import Field

from dingfen.api.dispute_schemas import EffectOut
from dingfen.api.disputes import effect_out
from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, page, read
from dingfen.ownership.models import Dispute, Effect
from dingfen.ownership.payroll import PayLine, month_of, pay_lines

router = Router(tags=["disputes"])


class EffectsIn(Window):
    state: Annotated[str, Field(pattern=r"^(pending|due|done|reversed)?$")] = ""


class PayLineOut(Out):
    """`amount` in `currency`, or `share` in per cent; negative where something was reversed or a fine."""

    staff: UUID
    at: datetime
    number: str
    deal: str
    kind: str
    code: str
    article: str
    amount: Decimal | None
    currency: str
    share: Decimal | None
    done: bool


class MonthIn(In):
    month: Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


@read(router, "/effects", out=Page[EffectOut], permission="dispute.view")
def list_effects(request: ApiRequest, narrow: Query[EffectsIn]) -> Page[EffectOut]:
    """What follows from the rulings one sees, sanctions left out; newest first."""
    rows = Effect.objects.filter(ruling__dispute__in=Dispute.objects.visible_to(request.actor))
    rows = rows.exclude(kind="sanction").select_related("staff")
    if narrow.state:
        rows = rows.filter(state=narrow.state)
    return page(request, rows, narrow, effect_out)


@read(router, "/payroll", out=list[PayLineOut], permission="effect.export")
def payroll_lines(request: ApiRequest, narrow: Query[MonthIn]) -> list[PayLineOut]:
    """Lines of a month by person: what fell due, and what was reversed as negative lines."""
    start, end = month_of(narrow.month)
    return [_line(line) for line in pay_lines(request.actor, start, end)]


def _line(line: PayLine) -> PayLineOut:
    plain: dict[str, Any] = {name: getattr(line, name) for name in PayLineOut.model_fields if name != "staff"}
    return PayLineOut(staff=line.staff.uid, **plain)
