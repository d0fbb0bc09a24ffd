"""How many requests a caller may make."""

from __future__ import annotations

import time

from django.conf import settings

from dingfen.problems import Problem


class Bucket:
    """A rate limit per caller in the memory of one process: cheap, and no write to the database.

    `per_minute` requests with bursts up to as many. Limits that must hold exactly are counted in the
    database by `accounts.limits`.
    """

    def __init__(self, per_minute: int) -> None:
        self.rate = per_minute / 60
        self.size = float(per_minute)
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, caller: str) -> int:
        """Take one; 0 when allowed, else the seconds to wait."""
        now = time.monotonic()
        left, then = self._left.get(caller, (self.size, now))
        left = min(self.size, left + (now - then) * self.rate)
        if left < 1:
            return max(1, int((1 - left) / self.rate) + 1)
        if len(self._left) > 10_000:
            self._left.clear()
        self._left[caller] = (left - 1, now)
        return 0


CALLERS = Bucket(settings.API_RATE)
STRANGERS = Bucket(30)  # wrong tokens, by address


def take(bucket: Bucket, caller: str) -> None:
    """Raise Problem (429, with Retry-After) when the caller has to wait. A rate of 0 means no limit."""
    seconds = bucket.take(caller) if bucket.rate else 0
    if seconds:
        raise Problem("rate.limit", 429, {"seconds": seconds})
