"""Conflict checks and searches at 100,000 customers, through the API, four clients."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

from benchmarks import machine
from benchmarks.load import drive, request
from benchmarks.report import report
from benchmarks.seed import SELLERS, house
from benchmarks.server import serving
from dingfen.demo.names import person_name

PORT, CLIENTS, SECONDS, P95_MS = 8394, 4, 3.0, 20
AN_HOUR = 50  # fewer than the 60 conflict checks a person has
Bodies = Callable[[Random], dict[str, str]]


def asking(customers: int) -> dict[str, Bodies]:
    """What is asked: a number that is held, a new person, a name many share."""
    return {
        "held": lambda random: {"phone": f"139{random.randrange(customers):08d}"},
        "new": lambda random: {"phone": f"18{random.randrange(10**9):09d}", "name": person_name(random)},
        "name": lambda random: {"name": person_name(random)},
    }


def conflict(folder: Path) -> None:
    """Checks of numbers that are held, of new people, and of names many share."""
    home, people = house(folder)
    tokens = [people["tokens"][f"seller{n}"] for n in range(SELLERS)]
    for name, body in asking(_count(home)).items():
        _forget_checks(home)  # so that nobody is refused: each part may ask all that people have in an hour
        with serving(home, PORT) as server:
            _measure(f"conflict.{name}", server.pid, "/api/v1/conflict-check", tokens, body, P95_MS)


def search(folder: Path) -> None:
    """Searches by the end of a number, by name, and by a surname half the table has."""
    home, people = house(folder)
    customers = _count(home)
    asked: dict[str, Bodies] = {
        "phone": lambda random: {"q": f"{random.randrange(customers):08d}"},
        "name": lambda random: {"q": person_name(random)},
        "surname": lambda random: {"q": "王"},
    }
    with serving(home, PORT) as server:
        for person in ("seller", "manager"):
            for name, body in asked.items():
                token = people["tokens"][person]
                _measure(f"search.{name}.{person}", server.pid, "/api/v1/search", [token] * 1000, body)


def _measure(
    name: str, pid: int, path: str, tokens: list[str], body: Bodies, goal: int | None = None
) -> None:
    """Each client uses its share of the tokens, so many requests with each."""
    randoms = [Random(f"{name} {client}") for client in range(CLIENTS)]

    def make(client: int, n: int) -> bytes:
        token = tokens[(client + CLIENTS * (n // AN_HOUR)) % len(tokens)]
        raw = json.dumps(body(randoms[client])).encode()
        return request("POST", path, {"Authorization": f"Bearer {token}"}, raw)

    before = machine.cpu_seconds(pid)
    result = drive(PORT, make, clients=CLIENTS, seconds=SECONDS)
    used = (machine.cpu_seconds(pid) - before) / max(len(result.latencies), 1)
    figures = result.figures()
    report(name, figures.pop("p95_ms"), "ms p95", goal, cpu_ms=round(used * 1000, 1), **figures)


def _count(home: Path) -> int:
    with closing(sqlite3.connect(home / "dingfen.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM parties_customer").fetchone()[0])


def _forget_checks(home: Path) -> None:
    with closing(sqlite3.connect(home / "dingfen.sqlite3")) as database, database:
        database.execute("DELETE FROM accounts_limit")
