"""Three rule books written from the reference alone: each rule runs, without a line of code for any of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dingfen.cli.policy import calendar_of, read
from dingfen.engine.check import lint
from dingfen.engine.trying import coverage, run_scenarios

WRITTEN = Path(__file__).parent / "written"
pytestmark = pytest.mark.parametrize("name", sorted(folder.name for folder in WRITTEN.iterdir()))


def test_every_story_comes_out(name: str) -> None:
    pack, scenarios = read(str(WRITTEN / name))
    outcomes = run_scenarios(pack, scenarios, calendar_of(pack))
    assert {each.scenario.id: each.differences for each in outcomes if not each.passed} == {}


def test_every_rule_has_a_story_inside_and_one_outside(name: str) -> None:
    pack, scenarios = read(str(WRITTEN / name))
    assert [each.article for each in coverage(pack, scenarios) if not (each.decides and each.outside)] == []


def test_nothing_is_wrong_with_it(name: str) -> None:
    pack, scenarios = read(str(WRITTEN / name))
    assert [each for each in lint(pack, scenarios) if each.severity != "info"] == []


def test_every_article_but_the_purpose_runs(name: str) -> None:
    pack, scenarios = read(str(WRITTEN / name))
    run = {each.article for each in coverage(pack, scenarios)}
    assert {article.id for article in pack.articles} - run <= {"FIL-1"}
