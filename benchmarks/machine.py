"""What the machine itself does: published beside every rate of durable writes."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path


def fdatasync_ms(folder: Path, rounds: int = 200) -> dict[str, float]:
    """Median and p95 of writing 4 KB and waiting for the disk, in milliseconds."""
    path, times = folder / "fdatasync.probe", []
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        for _ in range(rounds):
            begin = time.perf_counter()
            os.pwrite(descriptor, b"x" * 4096, 0)
            os.fdatasync(descriptor)
            times.append((time.perf_counter() - begin) * 1000)
    finally:
        os.close(descriptor)
        path.unlink()
    times.sort()
    return {"p50_ms": round(statistics.median(times), 3), "p95_ms": round(times[int(rounds * 0.95)], 3)}


def memory_mb(pid: int) -> float:
    """Memory of a process and all below it, shared pages counted once (PSS), in MB."""
    total, waiting = 0, [pid]
    while waiting:
        current = waiting.pop()
        try:
            text = Path(f"/proc/{current}/smaps_rollup").read_text()
            total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
            children = Path(f"/proc/{current}/task/{current}/children").read_text()
        except OSError:
            continue
        waiting += [int(child) for child in children.split()]
    return round(total / 1024, 1)


def cpu_seconds(pid: int) -> float:
    """Processor time a process and all that live below it have used, in seconds."""
    total, waiting = 0, [pid]
    while waiting:
        current = waiting.pop()
        try:
            after_name = Path(f"/proc/{current}/stat").read_text().rpartition(")")[2].split()
            children = Path(f"/proc/{current}/task/{current}/children").read_text()
        except OSError:
            continue
        total += int(after_name[11]) + int(after_name[12])
        waiting += [int(child) for child in children.split()]
    return total / os.sysconf("SC_CLK_TCK")


def load_average() -> float:
    """How many processes wanted to run over the last minute: what else the machine was doing."""
    return round(os.getloadavg()[0], 1)
