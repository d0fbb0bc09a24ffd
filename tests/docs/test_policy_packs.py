"""The page on policy packs says what the engine does: every fact is in it, and its examples work."""

from __future__ import annotations

import re
from pathlib import Path

from tests.engine.stories import CALENDAR, pack

from dingfen.engine.conditions import compile_condition
from dingfen.engine.durations import Duration
from dingfen.engine.reference import facts_reference
from dingfen.engine.scenarios import read_scenarios
from dingfen.engine.sources import Source, read_yaml
from dingfen.engine.trying import run_scenarios

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "policy-packs.md").read_text("utf-8")
BLOCKS = re.findall(r"```\w*\n(.*?)```", PAGE, re.DOTALL)


def test_the_vocabulary_is_whole_and_current() -> None:
    assert PAGE.endswith(facts_reference())


def test_the_scenario_reads_and_passes() -> None:
    text = [block for block in BLOCKS if block.startswith("scenarios:")][
        -1
    ]  # the first is of the small rule book
    (outcome,) = run_scenarios(pack("auto-dealer"), read_scenarios({"page.yaml": text}), CALENDAR)
    assert outcome.passed, outcome.differences


def test_the_conditions_compile() -> None:
    (text,) = [block for block in BLOCKS if block.startswith("grade ==")]
    conditions = [part for line in text.splitlines() for part in re.split(r"\s{2,}", line.strip())]
    assert len(conditions) == 8
    for condition in conditions:
        assert compile_condition(condition, "claim")


def test_the_length_is_one() -> None:
    (text,) = [block for block in BLOCKS if block.startswith("{length")]
    data, errors = read_yaml("page.yaml", f"length: {text}", Source())
    assert not errors
    assert Duration.model_validate(data["length"]).length == "5 days"
