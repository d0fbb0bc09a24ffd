"""A day in an address: 2026-03-02."""

from __future__ import annotations

import datetime as dt


class DayConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        """Raises ValueError for a day no calendar has: the address is then unknown."""
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()
