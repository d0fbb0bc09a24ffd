"""`make bench`: every figure, or those named: `python -m benchmarks.run [machine startup registration …]`.

Those of `BY_NAME` take an hour or fill a disk, so they are only measured when they are named.
The machine comes first, because a rate of durable writes means little without it; the peer runs on the same
machine in the same run. Other work on the machine shows in the `load` beside a figure.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    checks,
    helping,
    insight,
    intake,
    lists,
    machine,
    matching,
    peer_helpdesk,
    reception,
    registration,
    rules,
    startup,
)
from benchmarks.report import report

FOLDER = Path("build/bench")


def of_machine() -> None:
    found = machine.fdatasync_ms(FOLDER)
    report("machine.fdatasync", found["p50_ms"], "ms", p95_ms=found["p95_ms"], cores=os.cpu_count(),
           load=machine.load_average())  # fmt: skip


def of_crm() -> None:
    from benchmarks import crm_job  # loads the tests' database server

    if crm_job.main():
        raise SystemExit("the CRM job did not find what it must")


def of_complaints() -> None:
    from benchmarks import complaint_job  # loads the tests' database server

    if complaint_job.main():
        raise SystemExit("the replay of complaints did not find what it must")


PARTS: dict[str, Callable[[], object]] = {
    "machine": of_machine,
    "startup": lambda: startup.run(FOLDER),
    "registration": lambda: registration.run(FOLDER),
    "intake": lambda: intake.run(FOLDER),
    "lists": lambda: lists.run(FOLDER),
    "insight": lambda: insight.run(FOLDER),
    "search": lambda: checks.search(FOLDER),
    "conflict": lambda: checks.conflict(FOLDER),
    "reception": lambda: reception.run(FOLDER),
    "match": lambda: matching.run(FOLDER),
    "rules": rules.main,
    "peer": lambda: peer_helpdesk.run(FOLDER),
    "help": helping.main,
    "crm": of_crm,
    "complaints": of_complaints,
}


def of_large(job: str, *sizes: str) -> None:
    """A job on a house of its own, in a process of its own. `sizes` as its module takes them."""
    home = (FOLDER / "-".join([job, *sizes])).resolve()
    home.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"DINGFEN_HOME": str(home)}
    subprocess.run([sys.executable, "-m", f"benchmarks.{job}", *sizes], env=environment, check=True)


BY_NAME: dict[str, Callable[[], object]] = {
    "scale": lambda: of_large("scale", "100000"),
    "scale_1m": lambda: of_large("scale", "1000000"),
    "complaint_scale": lambda: of_large("complaint_scale", "200000"),
}


def main(names: list[str]) -> int:
    every = PARTS | BY_NAME
    unknown = [name for name in names if name not in every]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(every)}", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, part in every.items():
        if name in names or (not names and name in PARTS):
            part()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
