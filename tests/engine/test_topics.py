# ruff: noqa: E501
"""What lint and the loader say about conduct and care, on the smallest rules that show it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.stories import CALENDAR, at

from dingfen.engine.care_plan import planned_contacts
from dingfen.engine.check import lint
from dingfen.engine.conduct_weigh import options, score
from dingfen.engine.errors import PackErrors
from dingfen.engine.load import load_pack
from dingfen.engine.schema import Pack, rules_of
from dingfen.engine.topic_facts import plain

HEAD = "id: small\ntitle: {zh: 小, en: Small}\nversion: '1.0'\njurisdiction: CN\n"
ARTICLES = "articles:\n  - {id: A-1, title: {zh: 一, en: One}, text: {zh: 一, en: One}}\n"
LENGTH = "{length: 30 days, counting: inclusive, start_day: out, days: calendar, roll: none}"
CONDUCT = f"""conduct:
  kinds: [{{id: abuse, title: {{zh: 辱骂, en: Abuse}}, article: A-1}}]
  criteria:
    - {{id: insults, title: {{zh: 辱骂, en: Insults}}, kinds: [abuse], weight: 3, when: insults_noted >= 2, article: A-1}}
    - {{id: thanks, title: {{zh: 感谢, en: Thanks}}, weight: -1, when: thanks_noted > 0, article: A-1}}
  watching: {{period: {LENGTH}, sources: [staff_notes], by: compliance, every: {LENGTH}, article: A-1}}
  warnings: [{{id: early, title: {{zh: 预警, en: Early}}, at_least: 2, to: [head], within: {{length: 8 hours}}, article: A-1}}]
  measures:
    - {{id: talk, title: {{zh: 谈, en: Talk}}, kind: talk, proposed_by: [agent], approved_by: head, article: A-1}}
    - {{id: warn, title: {{zh: 警告, en: Warn}}, kind: warning, at_least: 3, after: [talk], proposed_by: [agent], approved_by: head, at_most: {LENGTH}, heard: {LENGTH}, appeal: {LENGTH}, article: A-1}}
  appeals: {{by: general_manager, within: {LENGTH}, article: A-1}}
  stays_open: {{ways: [emergency, authority], article: A-1}}
  shown: {{fields: [advice, until], article: A-1}}
  keeping: {{keep: {LENGTH}, since: last_entry, article: A-1}}
"""
CARE = """care:
  cadences:
    - {id: key, title: {zh: 重点, en: Key}, when: customer_class == "key", times: 2, per: {length: 1 week, counting: exclusive, start_day: out, days: calendar, roll: none}, kinds: [call], by: salesperson, article: A-1}
    - {id: rest, title: {zh: 普通, en: Rest}, times: 1, per: {length: 1 week, counting: exclusive, start_day: out, days: calendar, roll: none}, kinds: [call], by: salesperson, article: A-1}
  surveys: [{id: ask, title: {zh: 问, en: Ask}, kind: effort, after: deal, within: {length: 8 hours}, open_for: {length: 8 hours}, by: agent, article: A-1}]
"""


def small(topic: str, text: str) -> Pack:
    return load_pack({"pack.yaml": HEAD, "articles.yaml": ARTICLES, f"{topic}.yaml": text})


def codes(topic: str, text: str) -> set[str]:
    return {finding.code for finding in lint(small(topic, text))}


@pytest.mark.parametrize(
    ("topic", "text", "old", "new", "code"),
    [
        ("conduct", CONDUCT, "kinds: [abuse], ", "", "kind_not_counted"),
        ("conduct", CONDUCT, f", appeal: {LENGTH}", "", "measure_without_rights"),
        ("conduct", CONDUCT, "at_least: 3", "at_least: 9", "points_out_of_reach"),
        (
            "care",
            CARE,
            "times: 1, per",
            'when: customer_class == "key", times: 1, per',
            "class_without_cadence",
        ),
    ],
)
def test_lint_finds_it_only_where_it_is(topic: str, text: str, old: str, new: str, code: str) -> None:
    assert code not in codes(topic, text)
    assert old in text
    assert code in codes(topic, text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("topic", "text", "old", "new", "code"),
    [
        (
            "conduct",
            CONDUCT,
            "proposed_by: [agent], approved_by: head, at_most",
            "proposed_by: [head], approved_by: head, at_most",
            "needs_second_person",
        ),
        ("care", CARE, "after: deal, ", "", "survey_time"),
    ],
)
def test_the_loader_refuses_it(topic: str, text: str, old: str, new: str, code: str) -> None:
    assert old in text
    with pytest.raises(PackErrors) as refusal:
        small(topic, text.replace(old, new, 1))
    assert code in {error.message_code for error in refusal.value.errors}


def test_points_and_measures() -> None:
    rules = rules_of(small("conduct", CONDUCT), "conduct")
    facts: dict[str, Any] = {**plain("conduct"), "insults_noted": 2}
    assert score(rules, facts).points == 3
    assert score(rules, {**facts, "thanks_noted": 1}).points == 2
    unsure = {name: value for name, value in facts.items() if name != "thanks_noted"}
    assert (score(rules, unsure).lowest, score(rules, unsure).unknown) == (2, {"thanks": ("thanks_noted",)})
    assert {each.measure.id: each.why for each in options(rules, facts)} == {"talk": None, "warn": "first"}
    assert {each.measure.id: each.open for each in options(rules, facts, ("talk",))} == {
        "talk": True,
        "warn": True,
    }


def test_contacts_owed_in_a_week() -> None:
    rules = rules_of(small("care", CARE), "care")
    key = {**plain("care"), "customer_class": "key"}
    monday, sunday = at().date(), at(6).date()
    assert len(planned_contacts(rules, key, [], monday, sunday, CALENDAR)) == 2
    assert len(planned_contacts(rules, key, [at(1)], monday, sunday, CALENDAR)) == 1
    assert len(planned_contacts(rules, plain("care"), [], monday, sunday, CALENDAR)) == 1
