"""Times, frequencies, hours, amounts, percentages, points and numbers of people in one article."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dingfen.engine.draft import bounds
from dingfen.engine.draft.amounts import AMOUNTS
from dingfen.engine.draft.counts import COUNTS
from dingfen.engine.draft.finding import Finding, Pattern
from dingfen.engine.draft.frequencies import FREQUENCIES
from dingfen.engine.draft.measures import FAR
from dingfen.engine.draft.moments import DEADLINES, HOURS
from dingfen.engine.draft.points import POINTS
from dingfen.engine.draft.shares import SHARES
from dingfen.engine.draft.times import LENGTHS

# what is more particular comes first: a stretch of text is read once
PATTERNS: tuple[Pattern, ...] = (
    *HOURS,
    *FREQUENCIES,
    *DEADLINES,
    *SHARES,
    *AMOUNTS,
    *POINTS,
    *LENGTHS,
    *COUNTS,
)


def quantities(text: str) -> list[Finding]:
    """Findings with places in `text`; a length told twice in one sentence is one finding."""
    found: list[Finding] = []
    for finding in sorted(_all(text), key=lambda one: one.start):
        if found and (whole := _stretch(found[-1], finding, text)):
            found[-1] = whole
            continue
        twin = _twin(found, finding, text)
        if twin is None:
            found.append(finding)
        else:
            first = found[twin]
            inside = first.inclusive if first.inclusive is not None else finding.inclusive
            found[twin] = replace(first, inclusive=inside, of=first.of or finding.of)
    return found


def _stretch(one: Finding, other: Finding, text: str) -> Finding | None:
    """3 万元以上 10 万元以下: one finding from the first end to the second."""
    if one.kind != other.kind:
        return None
    value = bounds.joined(one.value, text[one.end : other.start], other.value)  # type: ignore[arg-type]
    return replace(one, value=value, end=other.end) if value else None


# between the two: 有效期为 10 天，即……须在 10 天内: one length, told again
AGAIN = re.compile(r"[^。；;\n]*(?:即|是指|也就是|如(?!何)|若|i\.e\.|that is)[^。；;\n]*")


def _twin(found: Sequence[Finding], finding: Finding, text: str) -> int | None:
    """The place of the same length told before; only this sentence is looked at, as a table has thousands."""
    if finding.kind not in ("duration", "deadline"):
        return None
    first = max(0, finding.start - FAR)
    sentence = max(first, *(text.rfind(mark, first, finding.start) for mark in "。；;\n"))
    near = max(bisect_right(found, sentence, key=lambda one: one.end), len(found) - 12)
    return next(
        (at for at in range(near, len(found)) if _same_length(found[at], finding, text)),
        None,
    )


def _same_length(one: Finding, other: Finding, text: str) -> bool:
    if not {one.kind, other.kind} <= {"duration", "deadline"}:
        return False
    if (one.value, one.unit, one.grade) != (other.value, other.unit, other.grade):
        return False
    return bool(AGAIN.fullmatch(text, one.end, other.start))


def _all(text: str) -> Iterator[Finding]:
    """A stretch of text is read once: the first pattern that fits takes it."""
    taken = bytearray(len(text))
    for pattern, make in PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            finding = make(match, text)
            if finding is not None:
                taken[start:end] = b"\1" * (end - start)
                yield finding
