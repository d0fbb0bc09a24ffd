"""kill -9 of web and worker at random during load, 20 times: nothing lost, nothing doubled, the register whole."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.races.forked import ROOT, Parent

pytestmark = [
    pytest.mark.race,
    pytest.mark.skipif(
        not Path("/proc/self/task").is_dir(), reason="finds processes to kill in /proc (Linux)"
    ),
]
KILLS = 20
LAPSING = 60
PATIENCE = 180
"""Seconds until an answer must have come: a busy machine starts a server slowly."""
PORT = 8370 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])


@dataclass
class Running:
    """A real server on a data folder, started again whenever its head is killed."""

    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    random: random.Random = field(default_factory=lambda: random.Random(7))

    def start(self) -> None:
        command = [sys.executable, "-m", "dingfen", "serve", "--port", str(PORT)]
        with Path(self.environment["DINGFEN_HOME"], "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=log, stderr=log)

    def kill_one(self) -> None:
        """The head (and all it holds), the web's master, one web worker, or the worker."""
        assert self.process
        family = [self.process.pid, *descendants(self.process.pid)]
        victim = self.random.choice(family)
        if victim == self.process.pid:
            for pid in family:
                kill(pid)
            self.process.wait()
            self.start()
        else:
            kill(victim)

    def stop(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


def descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [each for child in children for each in (int(child), *descendants(int(child)))]


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it may have gone by itself between look and kill
        os.kill(pid, signal.SIGKILL)


class Client(threading.Thread):
    """Registers customers one by one; asks again with the same key until there is an answer."""

    def __init__(self, number: int, token: str, stop: threading.Event) -> None:
        super().__init__()
        self.number, self.token, self.stop = number, token, stop
        self.statuses: Counter[int] = Counter()
        self.made: list[str] = []

    def run(self) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            self.register(f"1{38 + self.number}{count:08d}", count)

    def register(self, phone: str, count: int) -> None:
        name = f"林{chr(0x5000 + count)}{chr(0x6000 + self.number)}"
        customer = {
            "name": name,
            "phones": [phone],
            "grade": "A",
            "source": "call",
            "profile": {"need": "试驾"},
        }
        body = json.dumps(
            {"customer": customer, "confirm_possible": True, "reason": "已核对，不是同一位客户"}
        )
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
                connection.request("POST", "/api/v1/registrations", body.encode(), headers)
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            self.statuses[answer.status] += 1
            if answer.status == 201:
                self.made.append(json.loads(text)["uid"])
            return
        raise AssertionError(f"no answer for {phone}")


def test_killed_at_random_nothing_is_lost_or_doubled(environment: dict[str, str], processes: Parent) -> None:
    tokens = json.loads(processes.run("tests.races.house", str(LAPSING)))
    server, stop = Running(environment), threading.Event()
    server.start()
    clients = [Client(number, tokens[who], stop) for number, who in enumerate(["lin", "xu", "lin", "xu"])]
    for client in clients:
        client.start()
    for _ in range(KILLS):
        time.sleep(server.random.uniform(0.3, 1.2))
        server.kill_one()
    time.sleep(1)
    stop.set()
    for client in clients:
        client.join()
    made = [uid for client in clients for uid in client.made]

    def aftermath() -> dict[str, object]:
        found: dict[str, object] = json.loads(processes.run("tests.races.aftermath", given=json.dumps(made)))
        return found

    give_up = time.monotonic() + PATIENCE
    while (found := aftermath())["lapsed"] != LAPSING or found["still_due"]:  # the next worker fires them
        assert time.monotonic() < give_up, found
        time.sleep(0.5)
    server.stop()

    statuses = sum((client.statuses for client in clients), Counter())
    assert set(statuses) == {201}, statuses
    assert len(made) == len(set(made)) > 0
    assert aftermath() == {
        "verified": True,
        "acknowledged_but_missing": 0,
        "rows_without_entry": 0,
        "entries_without_row": 0,
        "lapsed": LAPSING,
        "lapsed_twice": 0,
        "still_due": 0,
        "gaps": 0,
    }
