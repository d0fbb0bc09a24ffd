"""What the rules of protection may ask of a hold: the customer's grade, and facts of the hold itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from dingfen.engine.conditions import NONE, Condition
from dingfen.engine.fact import CHANNELS, GRADES, STAGES

_VALUES: dict[str, tuple[Any, ...]] = {
    "grade": (*GRADES, None),
    "channel": (*CHANNELS, None),
    "stage": (*STAGES, None),
    "followed_up": (False, True),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold at one moment; None is none."""

    grade: str | None = None
    channel: str | None = None
    stage: str | None = None
    followed_up: bool = False

    def meets(self, condition: Condition | None) -> bool:
        """Whether a condition of protection is for such a hold. Without one, it is for all."""
        if condition is None:
            return True
        values = {
            "grade": NONE if self.grade is None else self.grade,
            "channel": NONE if self.channel is None else self.channel,
            "stage": NONE if self.stage is None else self.stage,
            "followed_up": self.followed_up,
        }
        return condition.evaluate(values, values, ()) is True

    def words(self, conditions: Iterable[Condition | None]) -> str | None:
        """The values these conditions ask for, as they would write them; None for the plain ungraded hold."""
        names = _names(conditions)
        if names == ["grade"]:
            return self.grade
        return ", ".join(f"{name}: {getattr(self, name)}" for name in names) or None


def standings(conditions: Iterable[Condition | None]) -> Iterator[Standing]:
    """Every standing that these conditions can tell apart."""
    names = _names(conditions)
    for values in product(*(_VALUES[name] for name in names)):
        yield Standing(**dict(zip(names, values, strict=True)))


def _names(conditions: Iterable[Condition | None]) -> list[str]:
    used = {name for condition in conditions if condition is not None for name in condition.uses}
    return [name for name in _VALUES if name in used]
