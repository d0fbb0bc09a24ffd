"""Whole rules in many styles (`texts/`): exactly what a reader marks is found, and nothing else.

Each `.found` file lists what the `.txt` beside it says, one line each: kind | value | the words |
what it measures, for which grade or repetition, whether the day is counted.
"""

from __future__ import annotations

import time
from pathlib import Path
from timeit import timeit

import pytest

from dingfen.engine.draft import Finding, draft

TEXTS = Path(__file__).parent / "texts"
WORDS = {"role", "duty", "ban", "condition", "definition", "step"}


def line(one: Finding, text: str) -> str:
    value = ", ".join(one.value) if isinstance(one.value, tuple) else str(one.value)
    said = " ".join(text[one.start : one.end].split())[:24]
    more = [one.of] if one.of else []
    more += [f"grade {one.grade}"] if one.grade else []
    more += [f"nth {one.nth}"] if one.nth else []
    more += [] if one.inclusive is None else ["inclusive" if one.inclusive else "exclusive"]
    return " | ".join([one.kind, value, said, ", ".join(more)]).rstrip(" |")


@pytest.mark.parametrize("name", sorted(path.stem for path in TEXTS.glob("*.txt")))
def test_what_a_text_says_is_found(name: str) -> None:
    text = (TEXTS / f"{name}.txt").read_text("utf-8")
    marked = (TEXTS / f"{name}.found").read_text("utf-8").splitlines()
    assert [line(one, text) for one in draft(text).findings if one.kind not in WORDS] == marked


@pytest.mark.parametrize("unit", ["每天分为", "1", "一", "加3天", "（一）、", "每隔"])
def test_the_time_grows_with_the_text_and_not_faster(unit: str) -> None:
    """Eight times the text takes eight times as long, with room to spare; where it grew squared, 64 times, always.

    A busy machine makes a single measurement wrong, so that one good one is enough.
    """

    def seconds(length: int) -> float:
        """Without the collector: what else lives in the process must not count."""
        text = (unit * length)[:length]
        return timeit(lambda: draft(text), timer=time.process_time, number=1)

    assert any(seconds(8_000) < 40 * max(seconds(1_000), 0.005) for _ in range(10))
