"""Replace a SQLite that can corrupt its file by one that cannot, before Django loads it.

SQLite 3.7.0 to 3.51.2 in WAL mode has the WAL-reset fault: two connections that write and checkpoint at
once can corrupt the database. The `pysqlite3` wheel carries a mended one.
"""

import sqlite3
import sys

SAFE = (3, 51, 3)


def apply() -> None:
    """Put `pysqlite3` in the place of `sqlite3` where the linked SQLite is older than 3.51.3."""
    if sqlite3.sqlite_version_info >= SAFE:
        return
    try:
        import pysqlite3
        from pysqlite3 import dbapi2
    except ImportError:
        return
    if pysqlite3.sqlite_version_info < SAFE:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = dbapi2


def is_safe() -> bool:
    """Whether the SQLite in use may be written by several processes."""
    import sqlite3 as current

    return current.sqlite_version_info >= SAFE
