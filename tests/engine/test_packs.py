"""The shipped packs: their scenarios pass, lint is clean, every clause is sourced and in both languages."""

from __future__ import annotations

import re

import pytest
from tests.engine.stories import calendar, changed, pack, scenarios

from dingfen.engine.check import lint
from dingfen.engine.errors import PackErrors
from dingfen.engine.load import load_pack
from dingfen.engine.scenarios import read_scenarios
from dingfen.engine.trying import run_scenarios
from dingfen.packs import SHIPPED, pack_files, scenario_files

pytestmark = pytest.mark.parametrize("name", SHIPPED)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_scenarios_pass(name: str) -> None:
    outcomes = run_scenarios(pack(name), list(scenarios(name)), calendar(name))
    assert {each.scenario.id: each.differences for each in outcomes if not each.passed} == {}
    assert len(outcomes) >= 15


def test_scenarios_can_fail(name: str) -> None:
    """The same stories told with the wrong holder: each that names one must fail."""
    told = [s for s in scenarios(name) if s.expect.holder is not None]
    wrong = [s.model_copy(update={"expect": s.expect.model_copy(update={"holder": "nobody"})}) for s in told]
    outcomes = run_scenarios(pack(name), wrong, calendar(name))
    assert [each.passed for each in outcomes] == [False] * len(wrong)
    assert all("holder" in {d.key for d in each.differences} for each in outcomes)


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
    text = pack_files(name)["ownership.yaml"]
    assert text.count("unverified: true") >= 2
    assert any(article.unverified for article in pack(name).articles)


def test_every_principle_and_every_line_of_the_scorecard_is_tried_by_a_scenario(name: str) -> None:
    rules = pack(name).ownership
    articles = {article for scenario in scenarios(name) for article in scenario.articles}
    lines = rules.scorecard.lines if rules.scorecard else ()
    assert {part.article for part in (*rules.principles, *lines)} <= articles


def test_a_scenario_that_cannot_be_read_is_located(name: str) -> None:
    files = scenario_files(name)
    file, text = next(iter(files.items()))
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "expect:" in each)
    broken = text.replace("expect:", "expects:", 1)
    with pytest.raises(PackErrors) as refusal:
        read_scenarios({file: broken})
    assert (file, line, "unknown_key") in {(e.file, e.line, e.message_code) for e in refusal.value.errors}


def test_a_pack_without_scope_does_not_load(name: str) -> None:
    with pytest.raises(PackErrors):
        load_pack(changed(name, ownership=("  scope:", "  scop:")))
