"""A finding's value as typed, read as its fact has it."""

from __future__ import annotations

import math
from typing import Any

from dingfen.engine.vocabulary import FACTS, fits
from dingfen.problems import invalid


def read_value(name: str, value: Any) -> bool | int | float:
    """The value as the fact has it, from JSON or from the text of a form."""
    fact = FACTS[name]
    if fact.type not in ("boolean", "number"):
        raise invalid({"fact": [("finding.fact", {"value": name})]})
    found = _truth(value) if fact.type == "boolean" else _number(value)
    if found is None or not fits(fact, found):
        bounds = {"low": fact.low, "high": fact.high, "value": str(value)[:40]}
        raise invalid({"value": [("finding.value", bounds)]})
    return found


def _truth(value: Any) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())


def _number(value: Any) -> int | float | None:
    """A finite number, whole where it is whole; None for anything else."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number
