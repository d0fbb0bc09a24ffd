"""How long to wait before trying again."""

from __future__ import annotations

from datetime import timedelta


def wait(attempt: int, *, first: timedelta, longest: timedelta, jitter: float) -> timedelta:
    """The wait after the `attempt`th failure (1 is the first): doubling from `first` up to `longest`.

    `jitter` in [0, 1) adds up to a quarter, so that what failed together does not come back together.
    """
    doubled: timedelta = first * (1 << min(max(attempt, 1) - 1, 30))
    return min(doubled, longest) * (1 + jitter / 4)
