"""Several processes append at once: one order, no gap, no fork, on both databases."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.races.forked import Parent

WRITERS, EACH = 4, 40
WRITER = "tests.races.register_writer"


def entries_of(processes: Parent, file: Path) -> list[dict[str, object]]:
    processes.run("dingfen", "register", "export", str(file))
    processes.run("dingfen.register.verifying", str(file))
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line["body"]) for line in lines if line["type"] == "entry"]


@pytest.mark.race
def test_processes_append_in_one_order_without_gaps(processes: Parent, tmp_path: Path) -> None:
    processes.run(WRITER, "set-up")
    writers = [processes.start(WRITER, "write", str(number), str(EACH)) for number in range(WRITERS)]
    acknowledged = {
        number: [int(line) for line in writer.rest().split()] for number, writer in enumerate(writers)
    }
    verdict = json.loads(processes.run("dingfen", "register", "verify", "--json"))
    expected = 1 + WRITERS * sum(1 + number % 2 for number in range(EACH) if number % 3 != 2)
    assert (verdict["verified"], verdict["size"]) == (True, expected)

    bodies = entries_of(processes, tmp_path / "register.jsonl")
    assert [body["index"] for body in bodies] == list(range(len(bodies)))
    for number, done in acknowledged.items():
        mine = [body["facts"]["number"] for body in bodies if body["facts"].get("writer") == number]  # type: ignore[index,attr-defined]
        assert mine == [one for one in done for _twice in range(1 + one % 2)]


@pytest.mark.race
def test_killed_processes_leave_nothing_half_done(processes: Parent, tmp_path: Path) -> None:
    processes.run(WRITER, "set-up")
    acknowledged: list[tuple[int, int]] = []
    for round_number in range(4):
        names = [round_number * 2, round_number * 2 + 1]
        writers = [processes.start(WRITER, "write", str(name), "100000") for name in names]
        for name, writer in zip(names, writers, strict=True):
            acknowledged.append((name, int(writer.answer())))
        time.sleep(0.03 * round_number)
        for name, writer in zip(names, writers, strict=True):
            out = writer.kill()
            # the line that was being written when the process died may be torn
            whole = out[: out.rfind("\n") + 1].split()
            acknowledged.extend((name, int(line)) for line in whole)
    bodies = entries_of(processes, tmp_path / "register.jsonl")
    there = {
        (body["facts"].get("writer"), body["facts"].get("number"))  # type: ignore[attr-defined]
        for body in bodies
    }
    assert set(acknowledged) <= there
