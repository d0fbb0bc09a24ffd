"""What people type into fields, read once for every page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from dingfen.problems import invalid, whole_number

YEARS = range(1900, 3000)  # outside, no clock of the world can be told
MOST_UNITS = 1_000_000


def moment(text: str, zone: dt.tzinfo | ZoneInfo, field: str) -> dt.datetime | None:
    """A day and time on the wall of a site; None for nothing. Raises at the field for anything else."""
    if not text.strip():
        return None
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise invalid({field: [("invalid", {})]}) from None
    if found.year not in YEARS:
        raise invalid({field: [("invalid", {})]})
    return found if found.tzinfo else found.replace(tzinfo=zone)


def units(text: str, field: str = "quantity") -> int:
    """How many of something, below a million. Raises at the field."""
    found = whole_number(text)
    if found is None or found >= MOST_UNITS:
        raise invalid({field: [("number.form", {"value": text[:20]})]})
    return found


def amount(text: str, field: str = "amount") -> Decimal | None:
    """Money to the cent; None for nothing. Raises at the field."""
    if not text.strip():
        return None
    try:
        found = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        raise invalid({field: [("number.form", {"value": text[:20]})]}) from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 13:
        raise invalid({field: [("number.form", {"value": text[:20]})]})
    return found.quantize(Decimal("0.01"))
