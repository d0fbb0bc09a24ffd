"""The deadline chip: its colour by the share of time used, its words, its reason."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from dingfen.clocks.models import Clock
from dingfen.web.chips import chip

START = dt.datetime(2026, 3, 2, 0, 0, tzinfo=dt.UTC)
END = START + dt.timedelta(hours=100)


def clock(state: str = "running", **more: object) -> Clock:
    return Clock(state=state, started_at=START, deadline=END, **more)


@pytest.mark.parametrize(
    ("hours", "colour"),
    [
        (0, "green"),
        (50, "green"),
        (51, "yellow"),
        (75, "yellow"),
        (76, "orange"),
        (100, "orange"),
        (101, "red"),
    ],
)
def test_colour_by_the_share_used(hours: int, colour: str) -> None:
    found = chip(clock(), START + dt.timedelta(hours=hours))
    assert found.colour == colour
    assert found.sign == ("alert-circle" if colour == "red" else "pie")
    assert found.state, "the state is said, not only coloured"


def test_a_paused_clock_shows_its_reason_and_no_time() -> None:
    with translation.override("zh-hans"):
        found = chip(clock("paused", paused_at=START, pause_reason="等待客户补充发票"), END)
    assert (found.colour, found.words, found.more) == ("grey", "已暂停", "等待客户补充发票")


def test_what_is_over_says_how_it_ended() -> None:
    with translation.override("en"):
        early = chip(clock("met", ended_at=END - dt.timedelta(hours=2)), END)
        late = chip(clock("met_late", ended_at=END + dt.timedelta(hours=2)), END)
    assert (early.colour, early.words) == ("green", "2\u00a0h early")
    assert (late.colour, late.words, late.more) == ("grey", "Met late", "2\u00a0h late")
