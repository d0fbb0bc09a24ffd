"""Complaints a second taken in through the API: customer, case, words, clocks, search and entries, all durable.

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
from benchmarks.seed import house
from benchmarks.server import serving
from dingfen.demo.names import person_name

PORT, CLIENTS, SECONDS = 8398, 4, 12.0
A_SECOND = 250
TOLD = (
    "退款一直没有到账",
    "送货晚了三天",
    "屏幕有划痕",
    "客服没有回电话",
    "安装师傅没有来",
    "账单多扣了一笔",
)


def complaints(token: str, run: str) -> Callable[[int, int], bytes]:
    """The n-th complaint of a client: by somebody who has not been heard of, with a key as a channel gives it."""
    randoms = [Random(f"{run} {client}") for client in range(CLIENTS)]
    headers = {"Authorization": f"Bearer {token}"}

    def make(client: int, n: int) -> bytes:
        random = randoms[client]
        who = {"name": person_name(random), "phone": f"17{random.randrange(10**9):09d}"}
        said = {"text": "，".join(random.sample(TOLD, 3)) + "，请尽快处理。", "key": f"{run}-{client}-{n}",
                "complainant": who, "remedy": "退款", "amount": "120.50"}  # fmt: skip
        return request("POST", "/api/v1/complaints", headers, json.dumps(said).encode())

    return make


def run(folder: Path, seconds: float = SECONDS) -> None:
    """Report the complaints a second and the processor time of each."""
    home, people = house(folder)
    token = people["tokens"]["agent"]
    with serving(home, PORT) as server:
        drive(PORT, complaints(token, f"warm-{token}"), CLIENTS, 2.0)  # both workers have compiled the rules
        before = machine.cpu_seconds(server.pid)
        result = drive(PORT, complaints(token, f"run-{token}"), CLIENTS, seconds)
        used = machine.cpu_seconds(server.pid) - before
    figures = result.figures()
    rate = figures.pop("per_second")
    report("intake.per_second", rate, "per second", A_SECOND, load=machine.load_average(), **figures)
    report("intake.cpu", round(used / max(len(result.latencies), 1) * 1000, 2), "ms CPU each")


if __name__ == "__main__":
    run(Path("build/bench"))
