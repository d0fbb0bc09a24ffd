"""Every problem an app can raise has words in both languages; parameters are written as people read them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.utils import translation

import dingfen
from dingfen.problems import Problem, invalid
from dingfen.wording import _merged, clock_text, fault_text, field_errors, problem_text

SOURCE = Path(dingfen.__file__).parent
PURE = {"engine", "matching"}  # their faults are located ones, put into words elsewhere
RAISED = re.compile(r"""(?:\bProblem|\brefused|\bmissing|\bconflict)\(\s*"([a-z_.]+)\"""")


def codes() -> dict[str, str]:
    """Every code that is raised with a literal name, and where."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        if PURE & set(path.parts):
            continue
        for code in RAISED.findall(path.read_text(encoding="utf-8")):
            found[code] = str(path.relative_to(SOURCE))
    return found


def test_every_code_has_words() -> None:
    nameless = {code: place for code, place in codes().items() if code not in _merged("PROBLEMS")}
    assert not nameless


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_text_can_be_filled_and_fits(language: str) -> None:
    with translation.override(language):
        for code in _merged("PROBLEMS"):
            text = problem_text(Problem(code))
            assert text.title, code
            assert "%(" not in f"{text.title}{text.detail}", code
        for code in _merged("FAULTS"):
            assert "%(" not in fault_text(code), code
        for kind in _merged("CLOCKS"):
            assert clock_text(kind) != clock_text("no such kind"), kind


def test_parameters_are_written_in_the_language_of_the_reader() -> None:
    problem = Problem("role.needed", 403, {"roles": ["head", "general_manager"]})
    with translation.override("en"):
        assert "Head of department, General manager" in problem_text(problem).detail
    late = Problem("sign_in.locked", 429, {"retry_at": dt.datetime(2020, 3, 2, 1, 14, tzinfo=dt.UTC)})
    with translation.override("zh-hans"):
        assert "2020 年 3 月 2 日" in problem_text(late).detail


def test_an_unknown_code_never_shows_itself() -> None:
    text = problem_text(Problem("inside.table_lock", 409, {"table": "register_entry"}))
    assert "table" not in str(text)
    assert "inside" not in str(text)


def test_faults_come_by_field() -> None:
    with translation.override("en"):
        found = field_errors(invalid({"name": [("required", {}), ("too_long", {"limit": 40})]}))
    assert found == {"name": ["This is missing.", "At most 40 characters."]}
