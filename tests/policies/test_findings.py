"""Every code the engine can give has its sentence, in both languages, with its parameters filled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.translation import override
from tests.engine.stories import changed

import dingfen.engine as engine
from dingfen.engine.check import Finding, lint
from dingfen.engine.errors import PackErrors
from dingfen.engine.load import load_pack
from dingfen.policies.findings import ERRORS, FINDINGS, MENDS, error_text, finding_text, rule_length

SOURCE = "\n".join(path.read_text("utf-8") for path in sorted(Path(engine.__path__[0]).glob("*.py")))


def test_every_code_in_the_engine_has_a_sentence() -> None:
    raised = set(re.findall(r'(?:refused|ConditionError)\(\s*"(\w+)"', SOURCE))
    located = set(re.findall(r'(?:PackError\([^"\n]*"", |source\.error\([^"\n]*)"(\w+)"', SOURCE))
    assert raised | located <= set(ERRORS)
    assert set(re.findall(r'Finding\(\s*"(\w+)"', SOURCE)) == set(FINDINGS) == set(MENDS)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_sentences_are_filled(language: str) -> None:
    old = "from: follow_up_due"
    pack = load_pack(changed("auto-dealer", ownership=(old, "from: last_effective_follow_up")))
    with override(language):
        texts = [finding_text(finding) for finding in lint(pack)]
        with pytest.raises(PackErrors) as refusal:
            load_pack(changed("auto-dealer", ownership=("award: is_owner", "award: is_ower")))
        texts.append(error_text(refusal.value.errors[0]))
    assert all(text and "%(" not in text for text in texts)
    assert "is_ower" in texts[-1] and "is_owner" in texts[-1]


def test_lengths_and_a_missing_grade_are_words() -> None:
    params = {"grade": None, "lapse": "5 working days", "every": "1 day"}
    finding = Finding("lapse_before_follow_up_due", "error", "", params)
    with override("en"):
        assert "not graded" in finding_text(finding)
        assert rule_length("5 working days") == "5 working days"
    with override("zh-hans"):
        assert [rule_length(t) for t in ("5 working days", "3 months", "1 hour")] == [
            "5 个工作日",
            "3 个月",
            "1 小时",
        ]
