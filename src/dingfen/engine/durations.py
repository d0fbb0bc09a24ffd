"""Lengths of time as rules write them: `5 days, day 5 included, start day out`.

A length of clock time (minutes, hours, working hours) runs from the moment of the event
(Civil Code of the PRC, article 201, second sentence) and needs nothing more. A length of days,
weeks or months must say how its days are counted, because law and agreements differ (article 204)
and a silent default decides cases: `counting`, `start_day`, `days` and `roll` are all required.
"""

from __future__ import annotations

import re
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dingfen.engine.errors import refused

Unit = Literal["minutes", "hours", "working_hours", "days", "working_days", "weeks", "months"]
Counting = Literal["inclusive", "exclusive"]
StartDay = Literal["in", "out"]
DayKind = Literal["calendar", "working"]
Roll = Literal["none", "next", "previous"]

CLOCK_UNITS: frozenset[str] = frozenset({"minutes", "hours", "working_hours"})
_DAY_FORM = (
    "counting: inclusive|exclusive, start_day: in|out, days: calendar|working, roll: none|next|previous"
)
_DAY_FIELDS = ("counting", "start_day", "days", "roll")
_LENGTH = re.compile(r"\s*(\d{1,5})\s+([a-z]+(?:[ _][a-z]+)?)\s*")
_UNITS: dict[str, Unit] = {unit.replace("_", " "): unit for unit in get_args(Unit)}
ACCEPTED_LENGTHS = "5 days, 3 hours, 30 minutes, 8 working hours, 5 working days, 2 weeks, 3 months"


def parse_length(text: str) -> tuple[int, Unit]:
    """`"5 working days"` → `(5, "working_days")`. Raises a ValueError (`not_a_length`)."""
    match = _LENGTH.fullmatch(text)
    words = match[2].replace("_", " ") if match else ""
    unit = _UNITS.get(words) or _UNITS.get(words + "s")
    if match is None or unit is None:
        raise refused("not_a_length", accepted=ACCEPTED_LENGTHS, found=text)
    return int(match[1]), unit


def format_length(amount: int, unit: Unit) -> str:
    """The text `parse_length` reads back: `(1, "working_days")` → `"1 working day"`."""
    words = unit.replace("_", " ")
    return f"{amount} {words.removesuffix('s') if amount == 1 else words}"


class Duration(BaseModel):
    """A length of time with its way of counting. In YAML: `length: 5 days` and the four keys.

    - `start_day: in` counts the day of the event as day 1, `out` the day after it.
    - `counting: inclusive` ends with the close of the last counted day, `exclusive` as it opens.
    - `days` says which days count: all of the `calendar`, or only `working` days.
    - `roll` moves an end on a day that is not a working day to the `next` or `previous` one.

    `5 days` with `days: working` is the same as `5 working days` and is kept as that.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: int = Field(ge=0, le=36500)
    unit: Unit
    counting: Counting | None = None
    start_day: StartDay | None = None
    days: DayKind | None = None
    roll: Roll | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_length(cls, data: Any) -> Any:
        if isinstance(data, str):
            data = {"length": data}
        if not isinstance(data, dict) or "length" not in data:
            return data
        if not isinstance(data["length"], str):
            raise refused("not_a_length", accepted=ACCEPTED_LENGTHS, found=str(data["length"]))
        amount, unit = parse_length(data["length"])
        rest = {key: value for key, value in data.items() if key != "length"}
        if unit == "days" and rest.get("days") == "working":
            unit = "working_days"
        return {"amount": amount, "unit": unit, **rest}

    @model_validator(mode="after")
    def _check_counting(self) -> Self:
        given = [name for name in _DAY_FIELDS if getattr(self, name) is not None]
        if self.unit in CLOCK_UNITS:
            if given:
                raise refused("clock_time_has_no_days", unit=self.unit, keys=", ".join(given))
            return self
        missing = [name for name in _DAY_FIELDS if name not in given]
        if missing:
            raise refused("counting_missing", accepted=_DAY_FORM, unit=self.unit, keys=", ".join(missing))
        if (self.unit == "working_days") != (self.days == "working"):
            raise refused("days_contradict", unit=self.unit, days=self.days)
        return self

    @property
    def length(self) -> str:
        """The length alone, as a rule writes it: `5 days`."""
        return format_length(self.amount, self.unit)
