"""A clock to start with, and a sweep with handlers that note what they were told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from tests.cast import NOW, Cast

from dingfen.accounts.actor import Actor
from dingfen.clocks import actions
from dingfen.clocks.models import Clock
from dingfen.clocks.sweep import Swept, sweep


@dataclass
class Bench:
    """The actor and everything about one kind of clock, `answer`."""

    cast: Cast
    actor: Actor
    fired: list[tuple[str, str]] = field(default_factory=list)
    then: Callable[[Clock, str, datetime], None] | None = None

    def start(self, **more: object) -> Clock:
        given: dict = {
            "actor": self.actor,
            "at": NOW,
            "company_id": self.cast.company.pk,
            "kind": "answer",
            "subject_type": "dispute",
            "subject_uid": uuid.uuid4(),
            "deadline": NOW + timedelta(hours=4),
            "steps": [(NOW + timedelta(hours=2), "half")],
            "responsible": self.cast.lin,
            "article": "CMP-4",
        } | more
        with transaction.atomic():
            return actions.start(**given)

    def act(self, name: str, clock: Clock, at: datetime, **more: object) -> Clock:
        with transaction.atomic():
            return getattr(actions, name)(actor=self.actor, at=at, clock=clock, **more)

    def sweep(self, at: datetime, **more: object) -> Swept:
        return sweep(at=at, handlers={"answer": self._handle}, jitter=lambda: 0.0, **more)  # type: ignore[arg-type]

    def _handle(self, clock: Clock, step: str, at: datetime) -> None:
        if self.then:
            self.then(clock, step, at)
        self.fired.append((str(clock.uid), step))

    @property
    def steps(self) -> list[str]:
        return [step for _, step in self.fired]


@pytest.fixture
def bench(cast: Cast) -> Bench:
    return Bench(cast, cast.actor("lin"))
