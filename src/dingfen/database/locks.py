"""Locks taken before a check, so that two people acting at once on one thing meet."""

from collections.abc import Iterable

from django.db import connection

from dingfen.database.rows import POSTGRES


def lock_keys(keys: Iterable[bytes]) -> None:
    """Hold these keys (each at least 8 bytes, a hash) until the transaction ends.

    PostgreSQL: advisory locks, sorted so that nobody waits in a circle. SQLite: the transaction already
    holds the only write lock. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("lock_keys needs a transaction")
    if not POSTGRES:
        return
    numbers = sorted({int.from_bytes(key[:8], "big", signed=True) for key in keys})
    if not numbers:
        return
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
