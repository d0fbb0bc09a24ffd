"""The one question of the conflict check: are these two records one customer?"""

from dataclasses import dataclass
from typing import Final, Literal

from .explain import Reason, reasons
from .model import MODEL, Model
from .normalise import Features, Record, features
from .score import Level, levels, surety

_TAIL: Final = Level("mobile", "tail")
Answer = Literal["same", "possible", "none"]


@dataclass(frozen=True, slots=True)
class Match:
    """`sure` is 0 to 100. `same` may block a registration, `possible` only asks for a look (decision 2)."""

    answer: Answer
    sure: int
    reasons: tuple[Reason, ...] = ()


def compare(query: Record | Features, candidate: Record | Features, model: Model = MODEL) -> Match:
    """Compare two records. Symmetric; a further field that agrees never makes it less sure."""
    found = levels(features(query), features(candidate))
    sure = surety(found, model)
    if _TAIL in found:  # ten thousand people share four digits: ask, never decide
        sure = min(sure, model.same_from - 1)
    answer: Answer = "none"
    if sure >= model.same_from:
        answer = "same"
    elif sure >= model.possible_from:
        answer = "possible"
    return Match(answer, sure, reasons(found, model))
