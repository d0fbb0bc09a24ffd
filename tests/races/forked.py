"""Processes for the races of one test, started quickly: Python and Django are loaded once, in a parent that forks.

Each is a process of its own, as if started by `python -m MODULE …`; the parent opens no database, so every one
has connections of its own. Run as `python -m tests.races.forked SOCKET`, it is that parent.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
LINE = 65_536
LONGEST = 300.0
"""Seconds to wait for a process to end: more than one needs on a busy machine."""


class Child:
    """One process, used as `subprocess.Popen` is."""

    def __init__(self, parent: Parent, pid: int, stdin: IO[str], stdout: IO[str]) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        self._parent = parent
        self._status: int | None = None

    def say(self, line: str) -> None:
        """Write a line to its standard input."""
        self.stdin.write(f"{line}\n")
        self.stdin.flush()

    def answer(self) -> str:
        """The next line of its standard output; empty when it has ended."""
        return self.stdout.readline().strip()

    def poll(self) -> int | None:
        """Its exit status, negative after a signal; None while it runs."""
        if self._status is None:
            self._status = self._parent.ask("poll", self.pid)
        return self._status

    def end(self) -> int:
        """Close its standard input and wait until it has ended: its exit status. Raises AssertionError after long."""
        with contextlib.suppress(BrokenPipeError):  # it has gone without reading all
            self.stdin.close()
        give_up = time.monotonic() + LONGEST
        while (status := self.poll()) is None:
            assert time.monotonic() < give_up, f"{self.pid} still runs"
            time.sleep(0.005)
        return status

    def rest(self) -> str:
        """What it still writes until it ends by itself. Raises AssertionError where it fails."""
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
        text = self.stdout.read()
        assert self.end() == 0, text
        return text

    def kill(self) -> str:
        """Kill it (-9) unless it has ended; what it has written that was not read."""
        if self.poll() is None:
            os.kill(
                self.pid, signal.SIGKILL
            )  # its parent buries it only when asked: the number is still its own
        text = self.stdout.read()
        self.end()
        return text


class Parent:
    """The process that forks for one test."""

    def __init__(self, environment: Mapping[str, str], *loads: str) -> None:
        self._channel, its_end = socket.socketpair()
        self._channel.settimeout(LONGEST)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.races.forked", str(its_end.fileno()), *loads],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[its_end.fileno()],
        )
        its_end.close()

    def ask(self, what: str, *given: Any, descriptors: tuple[int, ...] = ()) -> Any:
        socket.send_fds(self._channel, [json.dumps([what, *given]).encode()], descriptors)
        return json.loads(self._channel.recv(LINE))

    def start(self, module: str, *arguments: str) -> Child:
        """Start `python -m module arguments` with pipes for standard input and output."""
        (its_input, stdin), (stdout, its_output) = os.pipe(), os.pipe()
        pid = self.ask("start", module, *arguments, descriptors=(its_input, its_output))
        os.close(its_input)
        os.close(its_output)
        return Child(self, pid, os.fdopen(stdin, "w", encoding="utf-8"), os.fdopen(stdout, encoding="utf-8"))

    def run(self, module: str, *arguments: str, given: str = "") -> str:
        """Run it to its end with this as standard input: its output. Raises AssertionError where it fails."""
        child = self.start(module, *arguments)
        child.stdin.write(given)
        return child.rest()

    def close(self) -> None:
        self._channel.close()
        self._process.wait(LONGEST)


@contextmanager
def parent(environment: Mapping[str, str], *loads: str) -> Iterator[Parent]:
    """A parent with these variables that has loaded these modules too; what it forked is killed with it."""
    own = {"DJANGO_SETTINGS_MODULE": "dingfen.settings", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    made = Parent({**environment, **own}, *loads)
    try:
        yield made
    finally:
        made.close()


def serve(channel: socket.socket) -> None:
    """Fork when asked to; say whether and how a child has ended; kill what is left when nobody asks any more."""
    running: set[int] = set()
    while True:
        asked, descriptors, _flags, _address = socket.recv_fds(channel, LINE, 2)
        if not asked:
            break
        what, *given = json.loads(asked)
        answer: int | None
        if what == "start":
            answer = os.fork()
            if answer == 0:
                become(channel, descriptors, *given)
            running.add(answer)
            for descriptor in descriptors:
                os.close(descriptor)
        else:
            ended, status = os.waitpid(given[0], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if ended else None
            running.discard(ended)
        channel.send(json.dumps(answer).encode())
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def become(channel: socket.socket, descriptors: list[int], module: str, *arguments: str) -> None:
    """Be `python -m module arguments`, and end with it."""
    status = 1
    try:
        channel.close()
        for place, descriptor in enumerate(descriptors):
            os.dup2(descriptor, place)
            os.close(descriptor)
        sys.stdin, sys.stdout = os.fdopen(0, encoding="utf-8"), os.fdopen(1, "w", encoding="utf-8")
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main(descriptor: str, *loads: str) -> None:
    import django

    django.setup()
    from django.db import connections

    for name in ("dingfen.wiring", "dingfen.cli.main", *loads):
        importlib.import_module(name)
    assert all(one.connection is None for one in connections.all(initialized_only=True))
    with socket.socket(fileno=int(descriptor)) as channel:
        serve(channel)


if __name__ == "__main__":
    main(*sys.argv[1:])
