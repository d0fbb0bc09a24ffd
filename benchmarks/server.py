"""Start a real server on a data folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Server:
    port: int
    pid: int
    started_in: float


@contextmanager
def serving(
    home: Path, port: int, command: list[str] | None = None, path: str = "/healthz"
) -> Iterator[Server]:
    """Run `dingfen serve` (or another command) until its `path` answers; stop it afterwards.

    Raises OSError where somebody listens at the port already: that one would be measured instead.
    """
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
    environment = os.environ | {"DINGFEN_HOME": str(home), "PORT": str(port)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a start finds the program compiled, as a user's does
    begin = time.perf_counter()
    running = subprocess.Popen(
        command or [sys.executable, "-m", "dingfen", "serve"], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read()
                break
            except OSError:
                if running.poll() is not None or time.perf_counter() - begin > 60:
                    raise RuntimeError("the server did not start") from None
                time.sleep(0.01)
        yield Server(port, running.pid, round(time.perf_counter() - begin, 2))
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)
