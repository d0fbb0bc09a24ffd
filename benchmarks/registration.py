"""Registrations a second through the API: conflict check, customer, hold, entry, clock and its events, all durable.

Two gunicorn workers, SQLite with durable commits, four clients that each wait for their answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks import machine
from benchmarks.load import drive, request
from benchmarks.report import report
from benchmarks.seed import REGISTERING, house
from benchmarks.server import serving
from dingfen.demo.names import person_name

PORT, CLIENTS, SECONDS = 8392, 4, 12.0
A_SECOND, P95_MS = 250, 50


def registrations(tokens: list[str], run: str, keyed: bool = False) -> Callable[[int, int], bytes]:
    """The n-th registration of a client: a customer nobody has registered; `keyed`: with an idempotency key."""
    randoms = [Random(f"{run} {client}") for client in range(CLIENTS)]

    def make(client: int, n: int) -> bytes:
        random = randoms[client]
        customer = {
            "kind": "person", "name": person_name(random), "phones": [f"17{random.randrange(10**9):09d}"],
            "grade": random.choice("HABC"), "source": "walk_in", "profile": {"need": "看车"},
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {tokens[n % len(tokens)]}"}
        if keyed:
            headers["Idempotency-Key"] = f"{run}-{client}-{n}"
        return request("POST", "/api/v1/registrations", headers, json.dumps({"customer": customer}).encode())

    return make


def run(folder: Path, seconds: float = SECONDS) -> None:
    """Report the registrations a second, plain and with idempotency keys."""
    home, people = house(folder)
    tokens = [people["tokens"][name] for name in REGISTERING]
    with serving(home, PORT) as server:
        drive(
            PORT, registrations(tokens, f"warm-{tokens[0]}"), CLIENTS, 2.0
        )  # both workers have compiled the rules
        for name, keyed in (("registration", False), ("registration.with_key", True)):
            before = machine.cpu_seconds(server.pid)
            result = drive(PORT, registrations(tokens, f"{name}-{tokens[0]}", keyed), CLIENTS, seconds)
            used = machine.cpu_seconds(server.pid) - before
            figures = result.figures()
            p95, rate = figures.pop("p95_ms"), figures.pop("per_second")
            report(f"{name}.per_second", rate, "per second", A_SECOND, load=machine.load_average(), **figures)
            report(f"{name}.p95", p95, "ms", P95_MS)
            report(f"{name}.cpu", round(used / max(len(result.latencies), 1) * 1000, 2), "ms CPU each")


if __name__ == "__main__":
    run(Path("build/bench"))
