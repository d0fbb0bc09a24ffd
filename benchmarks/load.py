"""A closed-loop load on a server of this machine: each client sends its next request when it has the answer."""

from __future__ import annotations

import selectors
import socket
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


@dataclass
class Call:
    """One request under way."""

    client: int
    begun: float
    status: int = 0


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
    """Run `clients` for `seconds`; `make(client, n)` gives the n-th request of a client.

    All clients are one thread that waits for whichever answer comes first: the load takes little of the processor
    that it measures. A connection that breaks counts as status 0.
    """
    result, sent = Result(), [0] * clients
    begin = time.perf_counter()
    end = begin + seconds
    with selectors.DefaultSelector() as waiting:

        def ask(number: int) -> None:
            raw = make(number, sent[number])
            sent[number] += 1
            call = Call(number, time.perf_counter())
            connection = socket.socket()
            connection.connect(("127.0.0.1", port))
            connection.sendall(raw)
            waiting.register(connection, selectors.EVENT_READ, call)

        def hear(connection: socket.socket, call: Call) -> None:
            try:
                part = connection.recv(1 << 20)
            except OSError:
                part, call.status = b"", 0
            if part:
                call.status = call.status or int(part[9:12] or 0)
                return
            waiting.unregister(connection)
            connection.close()
            now = time.perf_counter()
            result.latencies.append((now - call.begun) * 1000)
            result.statuses[call.status] += 1
            if now < end:
                ask(call.client)

        for number in range(clients):
            ask(number)
        while waiting.get_map():
            ready = waiting.select(60)
            if not ready:
                raise TimeoutError("no answer for a minute")
            for key, _ in ready:
                hear(key.fileobj, key.data)  # type: ignore[arg-type]
    result.seconds = time.perf_counter() - begin
    return result
