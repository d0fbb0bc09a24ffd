"""Counts in the database, against a slow obvious model, and with competing processes."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dingfen.accounts import limits
from dingfen.accounts.models import Limit
from tests import ready
from tests.cast import NOW

PER = dt.timedelta(minutes=15)
SECONDS = st.lists(st.integers(0, 1200), min_size=1, max_size=12)


def slow(gaps: list[int], limit: int, slide: bool) -> list[bool]:
    """Which hits are allowed, by walking through them."""
    answers, count, ends, now = [], 0, None, NOW
    for gap in gaps:
        now += dt.timedelta(seconds=gap)
        if ends is None or ends <= now:
            count, ends = 1, now + PER
        else:
            if slide and count < limit:
                ends = now + PER
            count += 1
        answers.append(count <= limit)
    return answers


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(gaps=SECONDS, limit=st.integers(1, 5), slide=st.booleans())
def test_hits_are_allowed_as_the_model_says(gaps: list[int], limit: int, slide: bool) -> None:
    limits.clear("check:1")
    now, answers = NOW, []
    for gap in gaps:
        now += dt.timedelta(seconds=gap)
        answers.append(limits.hit("check:1", limit, PER, now, slide=slide).allowed)
    assert answers == slow(gaps, limit, slide)


@pytest.mark.django_db
def test_what_is_left_and_when_it_begins_anew() -> None:
    assert limits.hit("a", 2, PER, NOW) == limits.Allowance(True, 1, NOW + PER)
    assert limits.hit("a", 2, PER, NOW + dt.timedelta(minutes=5)) == limits.Allowance(True, 0, NOW + PER)
    assert limits.hit("a", 2, PER, NOW) == limits.Allowance(False, 0, NOW + PER)
    limits.give_back("a")
    limits.give_back("a")
    assert limits.hit("a", 2, PER, NOW).allowed
    limits.sweep(NOW + PER)
    assert not Limit.objects.exists()


@pytest.mark.django_db
def test_keys_that_share_their_first_eighty_letters_stay_apart() -> None:
    limits.hit("x" * 100 + "1", 1, PER, NOW)
    assert limits.hit("x" * 100 + "2", 1, PER, NOW).allowed


HITS = """
import datetime as dt, sys, django
django.setup()
from dingfen.accounts import limits
now = dt.datetime(2026, 11, 18, tzinfo=dt.UTC)
print(sum(limits.hit("race", 50, dt.timedelta(hours=1), now).allowed for _ in range(40)))
"""


@pytest.mark.race
def test_two_processes_count_together(tmp_path: Path) -> None:
    environment = os.environ | {
        "DINGFEN_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'race.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "dingfen.settings",
        "PYTHONPATH": "src",
    }
    ready.copy(tmp_path / "race.sqlite3")
    running = [
        subprocess.Popen([sys.executable, "-c", HITS], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert sum(int(process.communicate(timeout=120)[0]) for process in running) == 50
