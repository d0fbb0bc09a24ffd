"""The page on rules about complaints says what the engine does: every fact is in it, and its example works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from tests.engine.stories import calendar, pack

from dingfen.engine.complaint_clocks_form import Event
from dingfen.engine.complaint_facts import COMPLAINT_FACTS
from dingfen.engine.reference import TOPIC_SUBJECTS, facts_reference
from dingfen.engine.scenarios import read_scenarios
from dingfen.engine.trying import run_scenarios
from dingfen.engine.vocabulary import FACTS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "complaints-language.md").read_text("utf-8")


def test_the_vocabulary_is_whole_and_current() -> None:
    assert PAGE.endswith(facts_reference({"complaint": TOPIC_SUBJECTS["complaint"]}))
    assert all(FACTS[fact.name] is fact for fact in COMPLAINT_FACTS)


def test_the_scenario_reads_and_passes() -> None:
    (text,) = re.findall(r"```yaml\n(scenarios:.*?)```", PAGE, re.DOTALL)
    name = "company-complaints"
    (outcome,) = run_scenarios(pack(name), read_scenarios({"page.yaml": text}), calendar(name))
    assert outcome.passed, outcome.differences


def test_every_event_is_named() -> None:
    (line,) = re.findall(r"\*\*Events\*\*.*?\.\n", PAGE, re.DOTALL)
    assert set(re.findall(r"[a-z_]{4,}", line)) >= set(get_args(Event))
