"""Legal floors: what the law demands of a value. A company may be stricter, never weaker.

A floor stands in `floors.yaml` and names the value it is about, or with a rule itself (`floor:`). It counts
where the pack applies: in its `jurisdiction`, and in its `region` if it names one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from dingfen.engine.durations import Duration, parse_length
from dingfen.engine.parts import Floor, Slug

_DAYS = {
    "minutes": 1 / 1440, "hours": 1 / 24, "working_hours": 1 / 8, "days": 1.0, "working_days": 7 / 5,
    "weeks": 7.0, "months": 30.4,
}  # fmt: skip


class LegalFloor(Floor):
    """A floor that names the value it is about by its dotted key; parts of a list go by id."""

    id: Slug
    of: Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z0-9_-]+)+$")]


def days(duration: Duration) -> float:
    """About how many calendar days a length has: good enough to compare rules, not to set a clock."""
    return duration.amount * _DAYS[duration.unit]


def days_of(text: str) -> float:
    """The same of a length as a rule writes it."""
    amount, unit = parse_length(text)
    return amount * _DAYS[unit]


def applies(floor: Floor, jurisdiction: str) -> bool:
    """Whether a floor counts where a pack applies: `CN-31` lies in CN, and in its region 31."""
    country, _, region = jurisdiction.partition("-")
    return floor.jurisdiction in (None, country) and floor.region in (None, region)


def is_weaker(value: object, floor: Floor) -> bool:
    """Whether a length or a number falls short of a floor; a value of another kind never does."""
    return any(
        amount < limit if least else amount > limit for amount, limit, least in _compared(value, floor)
    )


def _compared(value: object, floor: Floor) -> Iterator[tuple[float, float, bool]]:
    for limit, least in ((floor.at_least, True), (floor.at_most, False)):
        if isinstance(value, Duration) and isinstance(limit, str):
            yield days(value), days_of(limit), least
        elif isinstance(value, int) and isinstance(limit, int):
            yield value, limit, least
