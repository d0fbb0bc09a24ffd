"""A database with all its tables, made once for all test processes and then copied.

To run every migration takes a quarter of a minute, to copy what they made no time. It is made anew whenever
a file has changed that tables are made from.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(tempfile.gettempdir())
A_DAY = 24 * 3600
MADE_FROM = (
    "**/migrations/*.py",
    "**/models.py",
    "**/models/*.py",
    "register/triggers.py",
    "database/**/*.py",
)


@cache
def name() -> str:
    """The name of what this state of the program makes."""
    digest, program = hashlib.blake2b(digest_size=8), ROOT / "src" / "dingfen"
    for path in sorted({path for pattern in MADE_FROM for path in program.glob(pattern)}):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return f"dingfen_ready_{digest.hexdigest()}"


@contextmanager
def _alone(where: str) -> Iterator[None]:
    """One process makes it at this place, the others wait."""
    place = hashlib.blake2b(where.encode(), digest_size=4).hexdigest()
    with (KEPT / f"{name()}.{place}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrate(home: str, address: str = "") -> None:
    environment = os.environ | {"DINGFEN_HOME": home, "DATABASE_URL": address}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    command = [sys.executable, "-m", "dingfen", "migrate"]
    subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=900)


def copy(target: Path) -> None:
    """Put an SQLite database with all tables, and no rows, at `target`."""
    kept = KEPT / f"{name()}.sqlite3"
    with _alone(str(kept)):
        if not kept.exists():
            for earlier in KEPT.glob("dingfen_ready_*"):
                if time.time() - earlier.stat().st_mtime > A_DAY:
                    earlier.unlink()
            with tempfile.TemporaryDirectory(prefix="dingfen-ready-") as home:
                _migrate(home)
                shutil.copyfile(Path(home) / "dingfen.sqlite3", f"{kept}.part")
            Path(f"{kept}.part").replace(kept)
    for left in ("-wal", "-shm"):  # by a run that was killed: they belong to another file
        Path(f"{target}{left}").unlink(missing_ok=True)
    shutil.copyfile(kept, target)


def tables() -> None:
    """For a process of its own, with Django set up: tables in an empty SQLite; PostgreSQL has them by `template`."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.close()
        copy(Path(connection.settings_dict["NAME"]))


def template(address: str) -> str:
    """The name of a PostgreSQL database on this server with all tables, for `CREATE DATABASE … TEMPLATE`."""
    import psycopg

    with _alone(address), psycopg.connect(address, autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name()]).fetchone()
        if there is None:
            making = f"{name()}_part"
            connection.execute(f"DROP DATABASE IF EXISTS {making}")
            connection.execute(f"CREATE DATABASE {making}")
            with tempfile.TemporaryDirectory(prefix="dingfen-ready-") as home:
                _migrate(home, postgres.beside(address, making))
            connection.execute(f"ALTER DATABASE {making} RENAME TO {name()}")
    return name()


@contextmanager
def fresh_database(address: str) -> Iterator[str]:
    """A new PostgreSQL database with all tables; dropped afterwards."""
    with postgres.fresh_database(address, template(address)) as url:
        yield url
