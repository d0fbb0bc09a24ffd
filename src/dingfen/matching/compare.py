"""The one question of the conflict check: are these two records one customer?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from .explain import Reason, reasons
from .model import MODEL, Model
from .normalise import Features, Record, features
from .score import Level, level, levels, levels_of, surety

_TAIL: Final = level("mobile", "tail")
_SAME_NAME: Final = (level("name", "same"), level("name", "same_common"))
Answer = Literal["same", "possible", "none"]


@dataclass(frozen=True, slots=True)
class Match:
    """`sure` is 0 to 100.

    `same` may block a registration, `possible` only asks for a look (decision 2).
    """

    answer: Answer
    sure: int
    reasons: tuple[Reason, ...] = ()


def compare(
    query: Record | Features, candidate: Record | Features, model: Model = MODEL, *, namesakes: bool = False
) -> Match:
    """Compare two records. Symmetric; a further field that agrees never makes it less sure.

    `namesakes`: the very same name, and nothing against it, is possible however many bear it. So a desk that
    knows a name alone asks one thing more; a sweep of the whole base would drown in them.
    """
    return judge(levels(features(query), features(candidate)), model, namesakes=namesakes)


def alike(
    query: Features, candidates: Iterable[Features], model: Model = MODEL, *, namesakes: bool = False
) -> Iterator[tuple[int, Match]]:
    """`compare` with many: place and match of each that is the same or possible."""
    levels_with = levels_of(query)
    for place, candidate in enumerate(candidates):
        found = levels_with(candidate)
        answer, sure = _answer(found, model, namesakes=namesakes)
        if answer != "none":
            yield place, Match(answer, sure, reasons(found, model))


def judge(found: list[Level], model: Model = MODEL, *, namesakes: bool = False) -> Match:
    """The answer for records that agree as `found` says."""
    answer, sure = _answer(found, model, namesakes=namesakes)
    return Match(answer, sure, reasons(found, model))


def _answer(found: list[Level], model: Model, *, namesakes: bool) -> tuple[Answer, int]:
    sure = surety(found, model)
    if _TAIL in found:  # ten thousand people share four digits: ask, never decide
        sure = min(sure, model.same_from - 1)
    answer: Answer = "none"
    if sure >= model.same_from:
        answer = "same"
    elif sure >= model.possible_from or (namesakes and _named_alike(found, model)):
        answer = "possible"
    return answer, sure


def _named_alike(found: list[Level], model: Model) -> bool:
    """The very same name and nothing against it."""
    return any(name in found for name in _SAME_NAME) and all(model.weights[one.code] > 0 for one in found)
