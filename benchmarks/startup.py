"""How long `dingfen serve` takes to answer, and what web and worker keep in memory together."""

from __future__ import annotations

import statistics
import time
import urllib.request
from pathlib import Path

from benchmarks import machine
from benchmarks.report import report
from benchmarks.seed import house
from benchmarks.server import serving

PORT, ROUNDS, SECONDS_GOAL, MEMORY_GOAL = 8395, 3, 1.5, 250


def run(folder: Path) -> None:
    """The house is there already: a second start. Memory is read after some pages have been served."""
    home, people = house(folder)
    started, memory = [], 0.0
    for _ in range(ROUNDS):
        with serving(home, PORT) as server:
            started.append(server.started_in)
            for _ in range(10):
                for path in ("/", "/customers/", "/holdings/", "/disputes/"):
                    asked = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}")
                    asked.add_header("Cookie", f"sessionid={people['sessions']['head']}")
                    urllib.request.urlopen(asked, timeout=30).read()
            time.sleep(1)
            memory = max(memory, machine.memory_mb(server.pid))
    report("startup.seconds", statistics.median(started), "s", SECONDS_GOAL, load=machine.load_average())
    report("startup.memory", memory, "MB", MEMORY_GOAL)
