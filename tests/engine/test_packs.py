"""The shipped packs: their scenarios pass, lint is clean, every clause is sourced and in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.engine.stories import OWNING, calendar, pack, scenarios

from dingfen.engine.check import lint
from dingfen.engine.errors import PackErrors
from dingfen.engine.load import load_pack
from dingfen.engine.parts import Ruled
from dingfen.engine.scenarios import read_scenarios
from dingfen.engine.trying import run_scenarios
from dingfen.packs import SHIPPED, pack_files, scenario_files

pytestmark = pytest.mark.parametrize("name", SHIPPED)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_scenarios_pass(name: str) -> None:
    outcomes = run_scenarios(pack(name), list(scenarios(name)), calendar(name))
    assert {each.scenario.id: each.differences for each in outcomes if not each.passed} == {}
    assert len(outcomes) >= (15 if pack(name).kind is None else 8)


# Per form of a story: what is told otherwise and how, and what must then differ.
OTHERWISE: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("complaint", "level", lambda _: "no-such-level"),
    ("complaint", "clocks", lambda told: {clock: due + timedelta(minutes=1) for clock, due in told.items()}),
    ("incident", "level", lambda _: "no-such-level"),
    ("conduct", "points", lambda _: -1),
    ("care", "cadence", lambda _: "no-such-cadence"),
    ("figure", "value", lambda _: -1.0),
)


def test_scenarios_can_fail(name: str) -> None:
    """The same stories told with another holder, level, clock, score or figure: each that names one must fail."""
    wrong, keys = [], []
    for story in scenarios(name):
        expect = story.expect
        if expect.holder is not None:
            wrong.append(story.model_copy(update={"expect": expect.model_copy(update={"holder": "nobody"})}))
            keys.append("holder")
        for form, key, change in OTHERWISE:
            told = getattr(expect, form)
            if told is not None and (value := getattr(told, key)) is not None:
                other = expect.model_copy(update={form: told.model_copy(update={key: change(value)})})
                wrong.append(story.model_copy(update={"expect": other}))
                keys.append(f"{form}.{key}")
    outcomes = run_scenarios(pack(name), wrong, calendar(name))
    assert len(outcomes) >= 4
    for key, each in zip(keys, outcomes, strict=True):
        assert key in {difference.key for difference in each.differences}


def test_lint_is_clean(name: str) -> None:
    findings = lint(pack(name), scenarios(name))
    assert [each for each in findings if each.severity != "info"] == []


def test_every_clause_has_its_source_and_both_languages(name: str) -> None:
    for article in pack(name).articles:
        assert article.source
        for text in filter(None, (article.title, article.text, article.note, article.chapter)):
            assert CHINESE.search(text.zh)
            assert not CHINESE.search(text.en)


def test_values_still_to_be_confirmed_are_marked_in_the_article_and_in_the_rule(name: str) -> None:
    """A rule with such a value stands on an article that says so too, so that readers see it."""
    marked = {part.article for _, part in pack(name).parts() if isinstance(part, Ruled) and part.unverified}
    assert marked
    assert any(article.unverified for article in pack(name).articles)
    if name not in OWNING:
        assert {article for article in marked if not pack(name).article_index[article].unverified} == set()


def test_what_decides_is_tried_by_a_scenario(name: str) -> None:
    """Each principle and line of the scorecard; each clock, rule that grades, and step of the ladder."""
    rules, answers = pack(name).ownership, pack(name).complaints
    articles = {article for story in scenarios(name) for article in (*story.articles, *story.outside)}
    lines = rules.scorecard.lines if rules and rules.scorecard else ()
    parts: list[Ruled] = [*(rules.principles if rules else ()), *lines]
    if answers:
        parts += [*answers.clocks, *answers.grading, *answers.ladder]
    own = set(re.findall(r"- id: (\S+)", pack_files(name)["articles.yaml"]))
    assert {part.article for part in parts} & own <= articles


def test_a_scenario_that_cannot_be_read_is_located(name: str) -> None:
    files = scenario_files(name)
    file, text = next(iter(files.items()))
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "expect:" in each)
    broken = text.replace("expect:", "expects:", 1)
    with pytest.raises(PackErrors) as refusal:
        read_scenarios({file: broken})
    assert (file, line, "unknown_key") in {(e.file, e.line, e.message_code) for e in refusal.value.errors}


def test_a_pack_with_a_key_mistyped_does_not_load(name: str) -> None:
    texts = pack_files(name)
    topic = next(each for each in pack(name).topics if each != "calendar")
    lines = texts[f"{topic}.yaml"].splitlines()
    lines[2] = "  mistyped: true"
    with pytest.raises(PackErrors):
        load_pack({**texts, f"{topic}.yaml": "\n".join(lines)}, pack_files)
