"""Several processes append at once: one order, no gap, no fork, on both databases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ready

ROOT = Path(__file__).resolve().parents[2]
WRITERS, EACH = 4, 40


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables that give processes a data folder and a fresh database of their own."""
    own = os.environ | {
        "DINGFEN_HOME": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    own.pop("DATABASE_URL", None)
    if request.param == "sqlite":
        ready.copy(tmp_path / "dingfen.sqlite3")
        yield own
        return
    with ready.fresh_database(request.getfixturevalue("postgres")) as address:
        yield own | {"DATABASE_URL": address}


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(environment: dict[str, str], *arguments: str) -> str:
    process = start(environment, *arguments)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def entries_of(environment: dict[str, str], file: Path) -> list[dict[str, object]]:
    run(environment, "dingfen", "register", "export", str(file))
    run(environment, "dingfen.register.verifying", str(file))
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line["body"]) for line in lines if line["type"] == "entry"]


@pytest.mark.race
def test_processes_append_in_one_order_without_gaps(environment: dict[str, str], tmp_path: Path) -> None:
    run(environment, "tests.races.register_writer", "set-up")
    writers = [
        start(environment, "tests.races.register_writer", "write", str(number), str(EACH))
        for number in range(WRITERS)
    ]
    acknowledged = {}
    for number, writer in enumerate(writers):
        out, err = writer.communicate(timeout=300)
        assert writer.returncode == 0, err
        acknowledged[number] = [int(line) for line in out.split()]
    verdict = json.loads(run(environment, "dingfen", "register", "verify", "--json"))
    expected = 1 + WRITERS * sum(1 + number % 2 for number in range(EACH) if number % 3 != 2)
    assert (verdict["verified"], verdict["size"]) == (True, expected)

    bodies = entries_of(environment, tmp_path / "register.jsonl")
    assert [body["index"] for body in bodies] == list(range(len(bodies)))
    for number, done in acknowledged.items():
        mine = [body["facts"]["number"] for body in bodies if body["facts"].get("writer") == number]  # type: ignore[index,attr-defined]
        assert mine == [one for one in done for _twice in range(1 + one % 2)]


@pytest.mark.race
def test_killed_processes_leave_nothing_half_done(environment: dict[str, str], tmp_path: Path) -> None:
    run(environment, "tests.races.register_writer", "set-up")
    acknowledged: list[tuple[int, int]] = []
    for round_number in range(4):
        writers = [
            start(
                environment, "tests.races.register_writer", "write", str(round_number * 2 + number), "100000"
            )
            for number in range(2)
        ]
        for writer in writers:
            assert writer.stdout is not None
            acknowledged.append((writers.index(writer) + round_number * 2, int(writer.stdout.readline())))
        time.sleep(0.03 * round_number)
        for number, writer in enumerate(writers):
            writer.send_signal(signal.SIGKILL)
            out, _err = writer.communicate(timeout=60)
            # the line that was being written when the process died may be torn
            whole = out[: out.rfind("\n") + 1].split()
            acknowledged.extend((round_number * 2 + number, int(line)) for line in whole)
    bodies = entries_of(environment, tmp_path / "register.jsonl")
    there = {
        (body["facts"].get("writer"), body["facts"].get("number"))  # type: ignore[attr-defined]
        for body in bodies
    }
    assert set(acknowledged) <= there
