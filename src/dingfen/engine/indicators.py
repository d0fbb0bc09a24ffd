"""The indicators topic of a pack: figures with a target and a weight, each a quotient of things that can be counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from dingfen.engine.countables import COUNTABLES
from dingfen.engine.errors import refused
from dingfen.engine.names import check_ids
from dingfen.engine.parts import Named, Part, Text


def _known(name: str) -> str:
    if name not in COUNTABLES:
        raise refused("unknown_countable", accepted=", ".join(COUNTABLES), name=name)
    return name


Count = Annotated[str, AfterValidator(_known)]
Counts = tuple[Count, ...]
Unit = Literal["percent", "per_100", "per_1000", "per_10000", "hours", "count"]
_FACTOR: dict[str, int] = {
    "percent": 100,
    "per_100": 100,
    "per_1000": 1000,
    "per_10000": 10_000,
    "hours": 1,
    "count": 1,
}


class Figure(Named):
    """One figure: the sum of `numerator` over that of `denominator`, less what is `excluded` from it.

    `excluded` is taken off the denominator. With fewer than `too_few` below the line nothing is shown. The
    target is `at_least` or `at_most` a number in the figure's unit; the weight is its share in an assessment.
    """

    title: Text
    numerator: Annotated[Counts, Field(min_length=1)]
    denominator: Counts = ()
    excluded: Counts = ()
    unit: Unit
    at_least: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    at_most: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    weight: Annotated[int, Field(ge=0, le=100)] = 0
    period: Literal["day", "week", "month", "quarter", "year"]
    per: Annotated[tuple[Literal["person", "team", "site", "company"], ...], Field(min_length=1)]
    too_few: Annotated[int, Field(ge=0, le=1000)] = 5

    @model_validator(mode="after")
    def _has_one_target(self) -> Figure:
        if (self.at_least is None) == (self.at_most is None):
            raise refused("one_of", accepted="at_least, at_most")
        if not self.denominator and self.unit != "count":
            raise refused("needs_denominator", unit=self.unit)
        return self


class Indicators(Part):
    """The whole topic."""

    figures: Annotated[tuple[Figure, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Indicators:
        check_ids("indicators", [("figures", self.figures)])
        return self


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure's value in its unit, None with the reason; whether it meets its target, None without a value."""

    value: float | None
    why: Literal["unknown", "nothing_to_divide_by", "too_few"] | None
    met: bool | None
    below: float | None
    unknown: tuple[str, ...] = ()


def measure(figure: Figure, counts: Mapping[str, float]) -> Measured:
    """A figure from counts of one person, team, site or company in one period. A count left out is unknown."""
    names = (*figure.numerator, *figure.denominator, *figure.excluded)
    unknown = tuple(dict.fromkeys(name for name in names if name not in counts))
    if unknown:
        return Measured(None, "unknown", None, None, unknown)
    above = sum(counts[name] for name in figure.numerator)
    if not figure.denominator:
        return Measured(above, None, _meets(figure, above), None)
    below = sum(counts[name] for name in figure.denominator) - sum(counts[name] for name in figure.excluded)
    if below <= 0:
        return Measured(None, "nothing_to_divide_by", None, below)
    if below < figure.too_few:
        return Measured(None, "too_few", None, below)
    value = above * _FACTOR[figure.unit] / below
    return Measured(value, None, _meets(figure, value), below)


def _meets(figure: Figure, value: float) -> bool:
    if figure.at_least is not None:
        return value >= figure.at_least
    return figure.at_most is not None and value <= figure.at_most


def assessment(rules: Indicators, measured: Mapping[str, Measured]) -> float | None:
    """Out of 100: the weights of the figures that met their target over those that have a value. None with none."""
    known = [(each.weight, measured[each.id].met) for each in rules.figures if each.id in measured]
    counted = [(weight, met) for weight, met in known if met is not None and weight]
    whole = sum(weight for weight, _ in counted)
    return 100 * sum(weight for weight, met in counted if met) / whole if whole else None
