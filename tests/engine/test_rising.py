"""A rise is told from chance, as drawing lots a thousand times tells it."""

from __future__ import annotations

import random

import pytest

from dingfen.engine.rising import at_least, rising


def drawn(number: int, rate: float, turns: int = 4000) -> float:
    """The slow way: many periods of many moments, each with a small chance of one more."""
    dice = random.Random(9)
    hits = sum(sum(dice.random() < rate / 200 for _ in range(200)) >= number for _ in range(turns))
    return hits / turns


@pytest.mark.parametrize(("number", "rate"), [(0, 2.0), (3, 1.0), (6, 4.0), (12, 6.0)])
def test_the_chance_is_that_of_drawing_lots(number: int, rate: float) -> None:
    assert at_least(number, rate) == pytest.approx(drawn(number, rate), abs=0.03)


def test_only_more_than_its_own_past_is_a_rise() -> None:
    found = rising([2, 1, 2, 1, 2, 1, 9])
    assert found is not None and (found.now, found.before) == (9, 1.5)
    assert rising([2, 1, 2, 1, 2, 1, 3]) is None, "chance does that"
    assert rising([20, 22, 19, 21, 20, 22, 24]) is None
    assert rising([0, 0, 0, 0, 0, 0, 2]) is None, "two are never a rise"
    assert rising([0, 0, 0, 0, 0, 0, 3]) is not None
    assert rising([9, 9, 9, 9, 9, 9, 2]) is None and rising([5]) is None and rising([]) is None
