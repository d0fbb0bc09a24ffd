"""How often someone may do something, counted in the database for all processes together.

A count begins with the first hit and ends `per` later; the hit that is over the limit is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import connection, transaction

from dingfen.accounts.models import Limit

# ON CONFLICT … RETURNING is one statement on both databases, so two processes never count alike.
_HIT = """
INSERT INTO accounts_limit (key, count, ends_ms) VALUES (%(key)s, 1, %(ends)s)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN accounts_limit.ends_ms <= %(now)s THEN 1 ELSE accounts_limit.count + 1 END,
  ends_ms = CASE WHEN accounts_limit.ends_ms <= %(now)s OR (%(slide)s = 1 AND accounts_limit.count < %(limit)s)
    THEN %(ends)s ELSE accounts_limit.ends_ms END
RETURNING count, ends_ms
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """`left` more are allowed until `retry_at`, when the count begins anew."""

    allowed: bool
    left: int
    retry_at: dt.datetime


def _ms(at: dt.datetime) -> int:
    return round(at.timestamp() * 1000)


def _key(key: str) -> str:
    """The key itself, or its digest where it is too long for the column."""
    return key if len(key) <= 80 else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def hit(key: str, limit: int, per: dt.timedelta, at: dt.datetime, *, slide: bool = False) -> Allowance:
    """Count one more under `key` (such as `check:17`) and say whether it is within `limit`.

    With `slide`, each hit within the limit moves the end: the wait after the last one is the whole `per`.
    Called inside a transaction that is rolled back, the hit is not counted: call it before.
    """
    now = _ms(at)
    values: dict[str, str | int] = {
        "key": _key(key),
        "now": now,
        "ends": now + round(per.total_seconds() * 1000),
        "slide": int(slide),
        "limit": limit,
    }
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_HIT, values)
        count, ends = cursor.fetchone()
    return Allowance(count <= limit, max(limit - count, 0), dt.datetime.fromtimestamp(ends / 1000, tz=dt.UTC))


def clear(key: str) -> None:
    """Forget the count of `key`."""
    Limit.objects.filter(key=_key(key)).delete()


def give_back(key: str) -> None:
    """Take one hit back: what was counted beforehand turned out well."""
    from django.db.models import F

    Limit.objects.filter(key=_key(key), count__gt=0).update(count=F("count") - 1)


def sweep(at: dt.datetime) -> None:
    """Drop counts that are over (periodic upkeep)."""
    Limit.objects.filter(ends_ms__lte=_ms(at)).delete()
