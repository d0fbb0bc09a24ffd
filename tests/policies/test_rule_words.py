"""Rules in words: what the reader of a rule book sees beside the articles, and why a scenario failed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import override
from tests.cast import Cast

from dingfen.engine.diff import Changed
from dingfen.engine.scenarios import read_scenarios
from dingfen.engine.trying import Difference, Outcome
from dingfen.packs import scenario_files
from dingfen.policies.queries import shipped, shipped_names
from dingfen.web.disputes.words import fact_value
from dingfen.web.policies import condition_words
from dingfen.web.policies.paper import _change
from dingfen.web.policies.reading import clauses
from dingfen.web.policies.rule_words import Line, lines, path_label
from dingfen.web.policies.scenario_words import Miss, failed

EVERY = {
    "when": 'grade == "H"',
    "every": {
        "length": "3 days",
        "counting": "inclusive",
        "start_day": "out",
        "days": "calendar",
        "roll": "none",
    },
    "article": "OWN-7",
}


def test_a_rule_is_said_in_words() -> None:
    with override("zh-hans"):
        assert lines("ownership.protection.follow_up.0", EVERY) == [
            Line("适用的条件", "客户等级为 H"),
            Line("每隔多久", "3 日（含最后一日、次日起算、自然日、不顺延）"),
        ]
        steps = {
            "steps": [
                {"kind": "fine", "amount": {"amount": "100", "currency": "CNY"}},
                {"kind": "head_decides"},
            ]
        }
        assert [one.text.replace("\u00a0", " ") for one in lines("ownership.sanctions.0", steps)] == [
            "种类：罚款，金额：100 元；种类：由负责人决定"
        ]
        own = lines(
            "complaints.grading.0", {"level": "major", "when": "not police_called"}, {"major": "特别重大"}
        )
        assert own[0].text == "特别重大" and own[1].text.startswith("并非")
    with override("en"):
        assert lines("ownership.co_workers", {"at_most": 3, "by": "holder"})[1].text == "holder"


@pytest.mark.parametrize(
    ("condition", "zh"),
    [
        ("any(concealed_owner)", "任一方（接待他人客户而未告知归属人）"),
        ('channel in ["walk_in", "event"] and visits >= 2', None),
        ("a_word_of_nobody == 1", ""),
    ],
)
def test_a_condition_is_said_in_words_or_not_at_all(condition: str, zh: str | None) -> None:
    with override("zh-hans"):
        said = condition_words.said(condition, {})
    assert said == zh if zh is not None else "到店、" in said and said.endswith("不小于 2")


def test_a_choice_is_shown_by_its_name() -> None:
    with override("zh-hans"):
        assert fact_value("channel", "walk_in") == "到店"
        assert (fact_value("grade", "H"), fact_value("channel", None)) == ("H", "无")


def test_a_changed_value_is_named_by_what_it_means() -> None:
    with override("zh-hans"):
        assert path_label("ownership.pool.take_per_day") == "公海 · 每人每日至多领取"
        where = "ownership.protection.follow_up.2.every.amount"
        assert path_label(where, numbered=True) == "保护期 · 跟进频率 3 · 每隔多久"
        assert path_label("complaints.clocks.decide.within.amount") == "时限 · decide · 时长"
        assert path_label("version") == ""


def test_every_rule_of_the_shipped_packs_has_a_name_and_no_bare_key() -> None:
    for language in ("zh-hans", "en"):
        with override(language):
            for name in shipped_names():
                rules = [rule for clause in clauses(shipped(name), language[:2]) for rule in clause.rules]
                assert rules and all(rule.name for rule in rules)
                bare = [one.label for rule in rules for one in rule.lines if "_" in one.label or not one.text]
                assert bare == [], name


def test_a_failed_scenario_shows_the_single_values_that_differ() -> None:
    scenario = read_scenarios(scenario_files("auto-dealer"))[0]
    differs = Difference(
        "facts", {"li": {"lapsed": True}}, {"case": {"grade": "H"}, "li": {"lapsed": False, "visits": 3}}
    )
    with override("zh-hans"):
        found = failed([Outcome(scenario, (differs,))])
    assert found[0].title == scenario.title.zh and found[0].misses == (Miss("facts.li.lapsed", "是", "否"),)


def test_the_rule_book_names_what_changed_in_words() -> None:
    article = Changed("changed", "articles.OWN-21.text.zh", "OWN-21", "十位", "八位")
    value = Changed("changed", "ownership.pool.take_per_day", "OWN-21", 10, 8)
    with override("zh-hans"):
        assert _change(article) == ("OWN-21", "条文", "十位", "八位")
        assert _change(value) == ("OWN-21", "公海 · 每人每日至多领取", "10", "8")


def test_a_shipped_pack_is_read_before_it_is_taken(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tang)
    path = "/policies/shipped/auto-dealer/"
    page = client.get(path).content.decode()
    assert "当日登记" in page and f'value="{cast.company.uid}"' in page
    sent = client.post("/policies/propose/", {"pack": "auto-dealer", "unit": str(cast.company.uid)})
    assert sent.status_code == 302
    again = client.get(path).content.decode()
    assert f'value="{cast.company.uid}"' not in again and sent.headers["Location"] in again
    assert client.get("/policies/shipped/nobody/").status_code == 404
