"""A closed-loop load on a server of this machine: each client sends its next request when it has the answer."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Result:
    """Latencies in milliseconds, and how often each status came."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def at(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else 0.0

    def figures(self) -> dict[str, object]:
        return {
            "per_second": round(len(self.latencies) / self.seconds, 1) if self.seconds else 0.0,
            "p50_ms": self.at(0.5),
            "p95_ms": self.at(0.95),
            "p99_ms": self.at(0.99),
            "statuses": dict(self.statuses),
        }


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of one HTTP/1.1 request that closes its connection."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def send(port: int, raw: bytes) -> tuple[int, bytes]:
    """Status and whole answer of one request."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(raw)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    answer = b"".join(parts)
    return int(answer[9:12] or 0), answer


def drive(port: int, make: Callable[[int, int], bytes], clients: int, seconds: float) -> Result:
    """Run `clients` for `seconds`; `make(client, n)` gives the n-th request of a client."""
    result, lock = Result(), threading.Lock()
    end = time.perf_counter() + seconds

    def client(number: int) -> None:
        latencies, statuses, n = [], Counter[int](), 0
        while (start := time.perf_counter()) < end:
            try:
                status, _ = send(port, make(number, n))
            except OSError:
                status = 0
            latencies.append((time.perf_counter() - start) * 1000)
            statuses[status] += 1
            n += 1
        with lock:
            result.latencies += latencies
            result.statuses += statuses

    begin = time.perf_counter()
    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - begin
    return result
