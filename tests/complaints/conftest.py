"""The cast with complaints: short ways to receive one and to act on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from dingfen.accounts.actor import Actor, system_actor
from dingfen.clocks.sweep import sweep
from dingfen.complaints.actions.intake import Complainant, Received, receive
from dingfen.complaints.models import Complaint
from dingfen.policies.actions import publish_shipped
from dingfen.wiring import CLOCK_HANDLERS
from tests.cast import NOW, Cast

SAID = "10 月 8 日提的车，约定 10 月 2 日交付，晚了 6 天，也没有人打电话告诉我。"


@dataclass
class Desk:
    """The cast, and the clock of the test."""

    cast: Cast
    now: dt.datetime = NOW

    def later(self, **length: float) -> dt.datetime:
        """Move the clock of the test, and let the worker fire what fell due on the way."""
        self.now += dt.timedelta(**length)
        while sweep(at=self.now, handlers=CLOCK_HANDLERS, jitter=lambda: 0.0).fired:
            pass
        return self.now

    def actor(self, who: str) -> Actor:
        return self.cast.actor(who, self.now)

    def act(self, who: str, action: Any, **given: Any) -> Any:
        """Let a member of the cast act now."""
        return action(actor=self.actor(who), at=self.now, **given)

    def call(self, who: str = "chen", **more: Any) -> Received:
        """A customer calls and somebody writes down what they say."""
        given: dict[str, Any] = {
            "channel": "phone",
            "text": SAID,
            "complainant": Complainant(name="高雅琴", phone="13912340077"),
            "unit": self.cast.site,
        }
        return receive(actor=self.actor(who), at=self.now, **{**given, **more})

    def complaint(self, found: Complaint) -> Complaint:
        """The complaint as it is now."""
        return Complaint.objects.select_related("case", "handler", "case__customer").get(pk=found.pk)


@pytest.fixture
def ruled(cast: Cast) -> Desk:
    """The desk with the shipped rules on complaints in force."""
    publish_shipped(
        actor=system_actor(cast.company),
        at=NOW - dt.timedelta(days=365),
        unit=cast.company,
        pack="company-complaints",
        applies_to_history_from=None,
    )
    return Desk(cast)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)
