"""The worker: one loop that fires clocks, delivers messages, does heavy work and keeps house.

It sleeps until the next thing is due, a second at most. On SIGTERM or SIGINT it finishes the item in hand
and ends. Any number may run; one of them killed loses nothing, because each item is one transaction or has
a lease.
"""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection

from dingfen.clocks.models import Clock, Heartbeat
from dingfen.clocks.sweep import Handler, sweep
from dingfen.clocks.upkeep import keep_up
from dingfen.outbox.deliver import deliver
from dingfen.outbox.models import Delivery

log = logging.getLogger("dingfen.worker")
_BEAT = timedelta(seconds=5)
_LONGEST_SLEEP = timedelta(seconds=1)
_AFTER_FAULT = 5.0
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

Job = Callable[[datetime], bool]
Periodic = Mapping[str, tuple[int, Callable[[datetime], object]]]


@dataclass
class Worker:
    """One worker. `handlers`, `periodic` and `jobs` are the tables of `dingfen.wiring`."""

    handlers: Mapping[str, Handler]
    periodic: Periodic
    jobs: Mapping[str, Job]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    jitter: Callable[[], float] = random.random
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}"[:80])
    _stopping: threading.Event = field(default_factory=threading.Event)
    _beaten: datetime | None = None

    def stop(self, *_: object) -> None:
        """End after the item in hand. Made to be a signal handler."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def run(self) -> None:
        """Work until told to stop. A fault of the database is logged and waited out."""
        log.info("started", extra={"worker": self.name})
        while not self.stopping:
            try:
                busy = self.turn()
                pause = 0.0 if busy else self._until_next()
            except DatabaseError:
                log.exception("database fault", extra={"worker": self.name})
                connection.close()
                pause = _AFTER_FAULT
            self._stopping.wait(pause)
        self._leave()
        log.info("stopped", extra={"worker": self.name})

    def turn(self) -> bool:
        """One round over everything; whether there was something to do, so that more may be waiting."""
        self._beat()
        swept = sweep(at=self.now(), handlers=self.handlers, jitter=self.jitter, stop=self._is_stopping)
        sent = deliver(at=self.now(), jitter=self.jitter, stop=self._is_stopping)
        busy = bool(swept.fired or swept.failed or sent.sent or sent.failed)
        for name, job in self.jobs.items():
            if self.stopping:
                return busy
            busy |= self._do(name, job)
        if not self.stopping:
            keep_up(at=self.now(), tasks=self.periodic, stop=self._is_stopping)
        return busy

    def _is_stopping(self) -> bool:
        return self.stopping

    def _do(self, name: str, job: Job) -> bool:
        """One slice of heavy work. A job keeps its own lease, so that another worker can take it over."""
        try:
            return job(self.now())
        except DatabaseError:
            raise
        except Exception:
            log.exception("job failed", extra={"job": name})
            return False

    def _beat(self) -> None:
        at = self.now()
        if self._beaten is None or at - self._beaten >= _BEAT:
            Heartbeat.objects.update_or_create(name=self.name, defaults={"at": at})
            self._beaten = at

    def _leave(self) -> None:
        try:
            Heartbeat.objects.filter(name=self.name).delete()
        except DatabaseError:
            log.exception("database fault", extra={"worker": self.name})

    def _until_next(self) -> float:
        """Seconds to sleep: to the next clock or message, at most one."""
        at = self.now()
        soonest = at + _LONGEST_SLEEP
        for rows in (Clock.objects.all(), Delivery.objects.all()):
            first = rows.filter(next_at__lt=soonest).order_by("next_at").values_list("next_at").first()
            if first and first[0] is not None:
                soonest = first[0]
        # What is due and was not done belongs to another worker: look again a little later.
        return max((soonest - at).total_seconds(), 0.05)


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "at": moment,
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _KNOWN}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_as_json() -> None:
    """Log lines of JSON on standard error, from the information level up."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.getLogger().handlers = [handler]
    logging.getLogger("dingfen").setLevel(logging.INFO)


def main() -> int:
    """Run a worker in this process until a signal ends it."""
    from dingfen import wiring

    log_as_json()
    worker = Worker(wiring.CLOCK_HANDLERS, wiring.PERIODIC, wiring.JOBS)
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), worker.stop)
    worker.run()
    return 0
