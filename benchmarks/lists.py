"""List pages at 100,000 customers: the first page and one far down, as different people see them."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.load import Result, drive, request
from benchmarks.report import report
from benchmarks.seed import house
from benchmarks.server import serving

PORT, SECONDS, P95_MS = 8393, 3.0, 50
DEPTH = 0.9


def run(folder: Path) -> None:
    """Report p95 and processor time of each page."""
    home, people = house(folder)
    with serving(home, PORT) as server:
        for name, person, path in _pages(home):
            headers = {"Cookie": f"sessionid={people['sessions'][person]}"}
            if path.startswith("/api/"):
                headers = {"Authorization": f"Bearer {people['tokens'][person]}"}
            raw = request("GET", path, headers)
            _drive(raw, 1.0)
            before = machine.cpu_seconds(server.pid)
            result = _drive(raw, SECONDS)
            used = (machine.cpu_seconds(server.pid) - before) / max(len(result.latencies), 1)
            figures = result.figures()
            report(
                f"lists.{name}", figures.pop("p95_ms"), "ms p95", P95_MS, p50_ms=figures["p50_ms"],
                cpu_ms=round(used * 1000, 1), statuses=figures["statuses"], load=machine.load_average(),
            )  # fmt: skip


def _drive(raw: bytes, seconds: float) -> Result:
    return drive(PORT, lambda client, n: raw, clients=1, seconds=seconds)


def _pages(home: Path) -> Iterator[tuple[str, str, str]]:
    """(name, who reads, address) of each page measured."""
    for person in ("seller", "head", "manager"):
        yield f"customers.{person}.first", person, "/customers/"
    with closing(sqlite3.connect(home / "dingfen.sqlite3")) as database:
        customer, _ = _at(database, "parties_customer", "id")
        hold, registered = _at(database, "ownership_registration", "registered_at")
        yield "customers.manager.deep", "manager", f"/customers/?after={_key(customer, customer)}"
        yield "holdings.seller.first", "seller", "/holdings/"
        yield "holdings.head.unit", "head", "/holdings/?view=unit"
        yield "holdings.manager.first", "manager", "/holdings/?view=all"
        moment = dt.datetime.fromisoformat(registered).replace(tzinfo=dt.UTC).isoformat()
        yield "holdings.manager.deep", "manager", f"/holdings/?sort=-registered&after={_key(moment, hold)}"
        yield "disputes.seller.first", "seller", "/disputes/"
        yield "disputes.manager.first", "manager", "/disputes/"
        yield "work.seller", "seller", "/"
        yield "work.head", "head", "/"
        for name, table in (("customers", "parties_customer"), ("registrations", "ownership_registration")):
            row, _ = _at(database, table, "id")
            yield f"api.{name}.first", "manager", f"/api/v1/{name}"
            yield f"api.{name}.deep", "manager", f"/api/v1/{name}?after={_key(row)}"
    yield "api.disputes.first", "manager", "/api/v1/disputes"


def _at(database: sqlite3.Connection, table: str, column: str) -> tuple[int, Any]:
    """The row nine tenths down the list, newest first: its id and value."""
    (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    found: tuple[int, Any] = database.execute(
        f"SELECT id, {column} FROM {table} ORDER BY {column} DESC LIMIT 1 OFFSET {int(count * DEPTH)}"
    ).fetchone()
    return found


def _key(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


if __name__ == "__main__":
    run(Path("build/bench"))
