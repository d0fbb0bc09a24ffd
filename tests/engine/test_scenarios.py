"""Scenario files are read strictly, and nothing that is typed into a pack makes the engine fall over."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.engine.conditions import compile_condition
from dingfen.engine.errors import PackErrors
from dingfen.engine.load import load_pack
from dingfen.engine.scenarios import read_scenarios
from dingfen.engine.syntax import ConditionError
from dingfen.engine.vocabulary import FACTS, fits
from dingfen.packs import pack_files

STORY = """
scenarios:
  - id: a-story
    title: {{zh: 故事, en: Story}}
    articles: [OWN-3]
    staff: {{li: east}}
    {body}
    expect: {{outcome: award}}
"""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("events: [{at: 2026-03-02 09:00, who: li, what: register}]", "not_one_of"),
        ("events: [{at: yesterday, who: li, what: registered}]", "wrong_type"),
        ("events: [{at: 2026-03-02 09:00, who: li, what: touch}]", "missing_key"),
        ("events: [{at: 2026-03-02 09:00, who: li, what: touch, kind: telepathy}]", "not_one_of"),
        ("events: [{at: 2026-03-02 09:00, who: li, what: touch, kind: call, reachd: true}]", "unknown_key"),
        ("events: [{at: 2026-03-02 09:00, who: li, what: touch, kind: call, reached: 'yes'}]", "wrong_type"),
        ("events: [{at: 2026-03-02 09:00, what: finding, fact: visit, value: 1}]", "unknown_fact"),
        ("events: [{at: 2026-03-02 09:00, what: finding, fact: visits, value: -1}]", "value_does_not_fit"),
        ("events: [{at: 2026-03-02 09:00, who: li, what: profile_given}]", "missing_key"),
        ("facts: {claims: {li: {visits: many}}}", "value_does_not_fit"),
        ("facts: {claims: {li: {registered_at: soon}}}", "value_does_not_fit"),
        ("facts: {claims: {li: {deal_at: 2026-03-02}}}", "unknown_fact"),
        ("facts: {unknown: {li: [visit]}}", "unknown_fact"),
        ("at: 2026-03-02 09:00", "one_of"),
    ],
)
def test_what_does_not_fit_a_story_is_refused(body: str, code: str) -> None:
    with pytest.raises(PackErrors) as refusal:
        read_scenarios({"story.yaml": STORY.format(body=body)})
    (error,) = refusal.value.errors
    assert (error.file, error.message_code) == ("story.yaml", code)
    assert error.line in (3, 7)


def test_two_stories_of_one_name_are_refused() -> None:
    story = STORY.format(body="facts: {claims: {li: {visits: 1}}}")
    with pytest.raises(PackErrors) as refusal:
        read_scenarios({"a.yaml": story, "b.yaml": story})
    assert [error.message_code for error in refusal.value.errors] == ["duplicate_id"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "3", True, -1, [1]])
def test_what_is_no_number_of_visits(value: object) -> None:
    assert not fits(FACTS["visits"], value)


WORDS = (
    "visits grade any( min( has( ( ) [ ] , and or not in == < + - 3 2.5 days true deal_at 'H' x # 客户 \n "
    + "9" * 30
).split(" ")
words = st.sampled_from(WORDS)


@settings(max_examples=300, deadline=None)
@given(st.lists(words, max_size=14).map(" ".join) | st.text(max_size=60))
def test_any_text_is_a_condition_or_refused_as_one(text: str) -> None:
    try:
        condition = compile_condition(text, "claim")
    except ConditionError as error:
        assert 1 <= error.column <= len(text) + 1
    else:
        assert condition.evaluate({}, {}, [{}]) in (True, False, None)


LINES = pack_files("auto-dealer")["ownership.yaml"].splitlines(keepends=True)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, len(LINES) - 1), st.sampled_from(["", "  x: 1\n", "- [\n", "  {\n", "\t\n", "    'a\n"])
)
def test_a_line_lost_or_put_in_gives_located_errors_at_worst(number: int, text: str) -> None:
    broken = "".join([*LINES[:number], text, *LINES[number + 1 :]])
    try:
        load_pack({**pack_files("auto-dealer"), "ownership.yaml": broken})
    except PackErrors as refusal:
        assert all(1 <= error.line <= len(LINES) + 1 and error.column >= 1 for error in refusal.errors)


def test_a_story_stays_clear_of_the_ends_of_the_calendar() -> None:
    ends = "protection: {registered_at: 9999-12-31 00:00, now: 0001-01-01 00:00}, expect: {state: held}"
    story = f"scenarios:\n  - {{id: a, title: {{zh: 一, en: a}}, articles: [OWN-1], {ends}}}\n"
    with pytest.raises(PackErrors) as refusal:
        read_scenarios({"a.yaml": story})
    assert [each.message_code for each in refusal.value.errors] == ["out_of_range"] * 2
