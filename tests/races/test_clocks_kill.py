"""Workers as real processes: killed at random, several at once, told to stop.

The effect of a step is a message queued under a key of its own each time, so an effect that happens twice
leaves two rows and one that is lost leaves none.
"""

from __future__ import annotations

import os
import random
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections, transaction

from dingfen.clocks import actions
from dingfen.clocks.models import Clock, ClockEvent, Heartbeat
from dingfen.outbox.actions import queue
from dingfen.outbox.models import Delivery
from dingfen.worker import Worker
from tests.cast import NOW, Cast

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be killed"),
]
CLOCKS = 120
KILLS = 20
LATER = NOW + timedelta(days=1)
STEPS = Counter({"breach": CLOCKS, "head": CLOCKS})

Effect = Callable[[Clock, str, datetime], None]


def say_so(clock: Clock, step: str, at: datetime) -> None:
    """An effect that takes a moment, so that a kill falls into the middle of it."""
    assert clock.responsible is not None
    queue(
        recipient=clock.responsible,
        event="clock.failing",
        at=at,
        key=f"{step}:{uuid.uuid4()}",
        subject=("clock", clock.uid),
        params={"kind": step, "attempts": 0},
        channels=["in_app"],
    )
    time.sleep(0.002)


def worker_process(effect: Effect = say_so) -> int:
    """Fork a worker that runs until it is stopped or killed; its process id."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        worker = Worker({"test": effect}, {}, {}, now=lambda: LATER, jitter=lambda: 0.0)
        signal.signal(signal.SIGTERM, worker.stop)
        worker.run()
        status = 0
    finally:
        os._exit(status)


@contextmanager
def workers(number: int, effect: Effect = say_so) -> Iterator[list[int]]:
    """That many workers, in a list the caller may change; those left in it are stopped and end well."""
    running = [worker_process(effect) for _ in range(number)]
    try:
        yield running
    finally:
        for child in running:
            os.kill(child, signal.SIGTERM)
        ends = [os.waitpid(child, 0)[1] for child in running]
    assert ends == [0] * len(ends)


def start_clocks(cast: Cast, number: int, steps: bool = True) -> None:
    with transaction.atomic():
        for _ in range(number):
            actions.start(
                actor=cast.actor("lin"),
                at=NOW,
                company_id=cast.company.pk,
                kind="test",
                subject_type="test",
                subject_uid=uuid.uuid4(),
                deadline=NOW + timedelta(hours=1),
                steps=[(NOW + timedelta(hours=2), "head")] if steps else [],
                responsible=cast.lin,
            )


def drained() -> bool:
    return not Clock.objects.due(LATER).exists()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the workers did not finish"
        time.sleep(0.02)


def effects() -> Counter[tuple[str, str]]:
    return Counter((str(row.subject_uid), row.params["kind"]) for row in Delivery.objects.all())


def assert_each_step_once() -> None:
    seen = effects()
    assert Counter(step for _, step in seen) == STEPS
    assert set(seen.values()) == {1}
    fired = ClockEvent.objects.filter(kind="fire").values_list("clock__uid", "reason")
    assert {(str(uid), step): 1 for uid, step in fired} == seen
    assert fired.count() == sum(STEPS.values())
    assert set(Clock.objects.values_list("state", "next_at")) == {("breached", None)}


def test_workers_killed_at_random_lose_nothing_and_double_nothing(cast: Cast) -> None:
    start_clocks(cast, CLOCKS)
    chance = random.Random(20)
    with workers(2) as running:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.005, 0.08))
            victim = running.pop(chance.randrange(len(running)))
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
            running.append(worker_process())
        wait_for(drained)
    assert_each_step_once()


def test_several_workers_at_once_do_each_step_once(cast: Cast) -> None:
    start_clocks(cast, CLOCKS)
    with workers(3):
        wait_for(drained)
    assert_each_step_once()


def test_a_worker_told_to_stop_finishes_the_item_in_hand(cast: Cast, tmp_path: Path) -> None:
    start_clocks(cast, 3, steps=False)
    begun = tmp_path / "begun"

    def slow(clock: Clock, step: str, at: datetime) -> None:
        begun.touch()
        time.sleep(0.5)
        say_so(clock, step, at)

    with workers(1, slow):
        wait_for(begun.exists)
    assert Delivery.objects.count() == 1
    assert Clock.objects.filter(state="breached").count() == 1
    assert not Heartbeat.objects.exists()
