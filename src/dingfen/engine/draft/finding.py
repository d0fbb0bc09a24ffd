"""What was found in a text, where, and how sure that is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

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
