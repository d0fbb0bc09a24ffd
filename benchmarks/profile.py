"""Where the time of one kind of request goes: `python -m benchmarks.profile WHAT [PERSON] [ROUNDS]`.

WHAT is `registration`, `keyed` (with an idempotency key), `intake`, `check.held`, `check.new`, `check.name`, or an
address.

The whole program in this process, without a socket: processor time a request, its SQL statements, and with
`PROFILE=1` the functions that cost most. Run old code against new by turns; the machine's other work then cancels out.
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.seed import house

FOLDER = Path("build/bench")
Request = Callable[[int], dict[str, Any]]


def main(what: str, person: str = "manager", rounds: int = 300) -> None:
    home, people = house(FOLDER)
    os.environ |= {"DINGFEN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "dingfen.settings"}
    from dingfen.wsgi import application

    if what in {"registration", "keyed"}:
        make = registering(people, keyed=what == "keyed")
    elif what == "intake":
        make = receiving(people)
    elif what.startswith("check."):
        make = checking(people, what.removeprefix("check."))
    else:
        make = reading(what, people, person)
    for n in range(20):
        status = answer(application, make(n))[0]
    print(what, person, status, f"{len(answer(application, make(20))[1])} bytes")
    statements(application, make(21))
    times = []
    profiler = cProfile.Profile()  # not by the processor clock: a system call for each function distorts
    for n in range(22, 22 + rounds):
        environ = make(n)
        begin = time.process_time()
        if "PROFILE" in os.environ:
            profiler.enable()
        answer(application, environ)
        profiler.disable()
        times.append((time.process_time() - begin) * 1000)
    times.sort()
    fastest = statistics.mean(times[: len(times) // 4])
    print(f"CPU ms: median {statistics.median(times):.2f}, fastest quarter {fastest:.2f}")
    if "PROFILE" in os.environ:
        order, most = os.environ.get("SORT", "tottime"), int(os.environ.get("TOP", "60"))
        pstats.Stats(profiler).sort_stats(order).print_stats(most)


def registering(people: dict[str, Any], keyed: bool) -> Request:
    from benchmarks.registration import registrations
    from benchmarks.seed import REGISTERING

    tokens = [people["tokens"][name] for name in REGISTERING]
    run = f"profile-{Random().random()}"
    of_client = registrations(tokens, run, keyed)
    return lambda n: environ_of(of_client(0, n))


def receiving(people: dict[str, Any]) -> Request:
    from benchmarks.intake import complaints

    of_client = complaints(people["tokens"]["agent"], f"profile-{Random().random()}")
    return lambda n: environ_of(of_client(0, n))


def checking(people: dict[str, Any], asked: str) -> Request:
    """Conflict checks as the benchmark asks them, of sellers by turns."""
    from benchmarks.checks import asking
    from benchmarks.load import request
    from benchmarks.seed import CUSTOMERS, SELLERS

    body, random = asking(CUSTOMERS)[asked], Random(f"profile {asked}")

    def make(n: int) -> dict[str, Any]:
        token = people["tokens"][f"seller{n % SELLERS}"]
        raw = json.dumps(body(random)).encode()
        return environ_of(
            request("POST", "/api/v1/conflict-check", {"Authorization": f"Bearer {token}"}, raw)
        )

    return make


def reading(path: str, people: dict[str, Any], person: str) -> Request:
    from benchmarks.load import request

    headers = {"Cookie": f"sessionid={people['sessions'][person]}"}
    if path.startswith("/api/"):
        headers = {"Authorization": f"Bearer {people['tokens'][person]}"}
    raw = request("GET", path, headers)
    return lambda n: environ_of(raw)


def environ_of(raw: bytes) -> dict[str, Any]:
    """The WSGI environment of a request of the load driver."""
    import io

    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "CONTENT_LENGTH": str(len(body)),
    }
    for line in lines:
        name, _, value = line.partition(": ")
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    return environ


def answer(application: Any, environ: dict[str, Any]) -> tuple[str, bytes]:
    found = []
    parts = application(environ, lambda status, headers, *rest: found.append(status))
    body = b"".join(parts)
    getattr(parts, "close", lambda: None)()
    return found[0], body


def statements(application: Any, environ: dict[str, Any]) -> None:
    """Print every statement of one request."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        answer(application, environ)
    for query in seen.captured_queries:
        print("  ", query["time"], " ".join(query["sql"].split())[: int(os.environ.get("WIDTH", "170"))])
    print(f"{len(seen.captured_queries)} statements")


if __name__ == "__main__":
    main(sys.argv[1], *sys.argv[2:3], *(int(one) for one in sys.argv[3:4]))
