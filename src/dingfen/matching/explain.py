"""Why two records match, as codes: the strongest four, for the salesperson and for the arbiter."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from .model import MODEL, Model
from .score import Level

MOST_REASONS: Final = 4


class Reason(NamedTuple):
    """`code` such as "mobile.same"; `weight` in bits, negative where it speaks against."""

    code: str
    weight: float


def reasons(found: Iterable[Level], model: Model = MODEL) -> tuple[Reason, ...]:
    """At most four reasons, strongest first, whatever their direction; ties in order of their code."""
    every = [Reason(level.code, model.weights[level.code]) for level in found]
    every.sort(key=lambda reason: (-abs(reason.weight), reason.code))
    return tuple(every[:MOST_REASONS])
