"""What was found in a text, where, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from dingfen.engine.draft import bounds, measures
from dingfen.engine.draft.meaning import measured

Kind = Literal[
    "duration", "deadline", "frequency", "hours", "amount", "percentage", "points", "count", "levels",
    "role", "duty", "ban", "sanction", "step", "condition", "definition",
]  # fmt: skip
Value = str | int | tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """`value`: P5D, over P3M, 2..3 per week, 100 CNY, 1, -3..3, max 3; `start`, `end`: in the text as received.

    `of` says what it measures, `grade` and `nth` for whom and for which repetition; `doubtful` why a person
    should look twice. `proposal` is the rule it would become: `{topic, key, value}`; None: it stays text.
    """

    kind: Kind
    value: Value
    text: str
    start: int
    end: int
    article: str = ""
    unit: str = ""
    of: str = ""
    grade: str = ""
    inclusive: bool | None = None
    nth: int | None = None
    confidence: float = 0.9
    doubtful: str = ""
    proposal: dict[str, Any] | None = None
    review: bool = True

    def as_json(self) -> dict[str, Any]:
        """As `dingfen policy draft --json` prints it."""
        return {**asdict(self), "value": list(self.value) if isinstance(self.value, tuple) else self.value}


Maker = Callable[[re.Match[str], str], Finding | None]
Pattern = tuple[re.Pattern[str], Maker]


# a deadline is a limit and a frequency is at least so often without a further word
BOUNDED = frozenset({"amount", "percentage", "points"})


def finding(kind: str, value: str | int, match: re.Match[str], text: str, **more: object) -> Finding:
    """A finding at the place of a match; what it measures and for which grade is read from the words around.

    `bare`: the words before are not asked for a bound (加 2 分).
    """
    start, end = match.span()
    start += len(match[0]) - len(match[0].lstrip())
    end -= len(match[0]) - len(match[0].rstrip())
    if kind in BOUNDED and not more.pop("bare", False):
        value = bounds.bounded(value, text, start, end)
    given = {
        "of": measured(kind, text, start, end),
        "grade": measures.grade_before(text, start),
        **more,
    }
    return Finding(kind, value, measures.clause(text, start, end), start, end, **given)  # type: ignore[arg-type]
