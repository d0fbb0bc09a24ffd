"""Packs that extend others, overlays, packs without ownership, legal floors: values, places, refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from tests.engine.stories import calendar, pack, scenarios

from dingfen.engine.check import lint
from dingfen.engine.errors import PackError, PackErrors
from dingfen.engine.extending import difference
from dingfen.engine.load import dump, from_canonical, load_pack, load_with_places, place_of
from dingfen.engine.render import render
from dingfen.engine.schema import TOPICS, MissingTopic, Pack, ownership_of, value_at
from dingfen.engine.trying import run_scenarios
from dingfen.packs import pack_files

HEADER = """
id: ours
title: {zh: 本店办法, en: Our rules}
version: "1.0"
jurisdiction: CN-31
extends: auto-dealer
"""


def files(header: str = "", **topics: str) -> dict[str, str]:
    return {"pack.yaml": HEADER + header, **{f"{topic}.yaml": text for topic, text in topics.items()}}


def made(header: str = "", **topics: str) -> Pack:
    return load_pack(files(header, **topics), pack_files)


def refused(texts: Mapping[str, str]) -> list[PackError]:
    with pytest.raises(PackErrors) as refusal:
        load_pack(texts, pack_files)
    return list(refusal.value.errors)


def test_what_is_not_written_is_taken_over() -> None:
    ours, base = made(), pack("auto-dealer")
    assert ours.ownership == base.ownership
    assert ours.articles == base.articles
    assert (ours.id, ours.jurisdiction, ours.extends) == ("ours", "CN-31", "auto-dealer")


def test_a_named_value_is_replaced_and_its_neighbours_stay() -> None:
    ours = made(ownership="ownership:\n  pool: {take_per_day: 3}\n")
    pool = ownership_of(ours).pool
    assert pool is not None
    assert (pool.take_per_day, pool.holding_limit, pool.article) == (3, 100, "OWN-21")


def test_a_part_is_replaced_by_its_id_and_a_new_one_is_added_at_the_end() -> None:
    text = """
ownership:
  effects:
    - {id: signer-bonus, amount: 250 CNY}
    - {id: thanks, kind: record, to: holder, article: OWN-12}
"""
    before, after = ownership_of(pack("auto-dealer")).effects, ownership_of(made(ownership=text)).effects
    assert [each.id for each in after] == [*(each.id for each in before), "thanks"]
    assert str(after[0].amount) == "250 CNY"
    assert (after[0].when, after[0].per) == (before[0].when, before[0].per)
    assert after[1:-1] == before[1:]


def test_parts_are_left_out_by_name() -> None:
    ours = made("without: [ownership.effects.quota, ownership.rotation]\n")
    assert "quota" not in [each.id for each in ownership_of(ours).effects]
    assert ownership_of(ours).rotation is None


def test_an_article_may_be_written_anew() -> None:
    text = "articles:\n  - {id: OWN-1, text: {zh: 新的条文。, en: A new text.}}\n"
    article = made(articles=text).article_index["OWN-1"]
    assert article.text.en == "A new text."
    assert article.title == pack("auto-dealer").article_index["OWN-1"].title


def test_an_error_is_found_where_it_was_written() -> None:
    (own,) = refused(files(ownership="ownership:\n  pool: {take_per_day: none}\n"))
    assert (own.file, own.line, own.key) == ("ownership.yaml", 2, "ownership.pool.take_per_day")
    _, source = load_with_places(files(), pack_files)
    assert place_of(source, "ownership.pool.take_per_day").file == "auto-dealer/ownership.yaml"


def test_the_resolved_pack_is_whole_and_reads_back() -> None:
    ours = made(ownership="ownership:\n  pool: {take_per_day: 3}\n")
    assert from_canonical(dump(ours)) == ours


def test_a_pack_that_extends_is_tried_and_checked_like_any_other() -> None:
    assert not [each for each in lint(made()) if each.severity == "error"]
    outcomes = run_scenarios(made(), list(scenarios("auto-dealer")), calendar("auto-dealer"))
    assert all(each.passed for each in outcomes)


def test_packs_cannot_extend_each_other_in_a_ring() -> None:
    ring = {"a": "b", "b": "c", "c": "a"}

    def texts(name: str) -> dict[str, str]:
        return {"pack.yaml": f"id: {name}\nextends: {ring[name]}\n"}

    with pytest.raises(PackErrors) as refusal:
        load_pack(texts("a"), texts)
    (error,) = refusal.value.errors
    assert (error.message_code, error.file, error.line) == ("extends_itself", "c/pack.yaml", 2)


OVERLAY = "kind: overlay\nperiod: {first: 2026-02-01, last: 2026-03-31}\n"


def test_an_overlay_changes_values_for_a_time() -> None:
    over = made(OVERLAY, ownership="ownership:\n  pool: {take_per_day: 3}\n")
    assert over.kind == "overlay"
    assert over.period is not None
    assert over.period.last.isoformat() == "2026-03-31"
    assert value_at(over, "ownership.pool.take_per_day") == 3


@pytest.mark.parametrize(
    "text",
    [
        "ownership:\n  look_back: {within: {length: 3 hours}, article: OWN-9}\n",
        "ownership:\n  bans:\n    - {id: shouting, title: {zh: 不得喧哗, en: No shouting}, article: OWN-15}\n",
    ],
)
def test_an_overlay_adds_nothing(text: str) -> None:
    (error,) = refused(files(OVERLAY, ownership=text))
    assert (error.message_code, error.file) == ("overlay_adds", "ownership.yaml")


ALONE = {
    "pack.yaml": 'id: hours\ntitle: {zh: 营业时间, en: Opening hours}\nversion: "1.0"\njurisdiction: CN\n',
    "articles.yaml": "articles:\n  - {id: H-1, title: {zh: 时间, en: Hours}, text: {zh: 九至六点, en: Nine to six}}\n",
    "calendar.yaml": 'calendar:\n  zone: Asia/Shanghai\n  periods: {mon-fri: ["09:00-18:00"]}\n',
}


def test_a_pack_may_have_no_ownership_and_says_so() -> None:
    alone = load_pack(ALONE)
    assert alone.topics == ("calendar",)
    assert [each.code for each in lint(alone)] == ["article_only_read"]
    assert "Opening hours" in render(alone, "en")
    with pytest.raises(MissingTopic) as missing:
        ownership_of(alone)
    assert missing.value.topic == "ownership"


def test_a_scenario_of_a_topic_the_pack_lacks_fails_and_is_named() -> None:
    alone, stories = load_pack(ALONE), list(scenarios("auto-dealer"))[:1]
    (outcome,) = run_scenarios(alone, stories, calendar("auto-dealer"))
    assert [(d.key, d.expected, d.found) for d in outcome.differences] == [("topic", "ownership", None)]
    assert "scenario_of_missing_topic" in {each.code for each in lint(alone, stories)}


def test_a_pack_without_any_topic_is_refused() -> None:
    texts = {name: text for name, text in ALONE.items() if name != "calendar.yaml"}
    (error,) = refused(texts)
    assert error.message_code == "no_topic"
    assert error.accepted == ", ".join(TOPICS)


FLOOR = """
floors:
  - id: window
    of: ownership.claim_window.within
    at_least: {limit}
    law: {{zh: 某法第 1 条, en: "Some law, article 1"}}
    jurisdiction: {country}
    region: "{region}"
"""


@pytest.mark.parametrize(
    ("limit", "country", "region", "looser"),
    [
        ("6 days", "CN", "31", True),
        ("5 days", "CN", "31", False),
        ("6 days", "CN", "44", False),
        ("6 days", "GB", "31", False),
    ],
)
def test_a_floor_counts_where_the_pack_applies(limit: str, country: str, region: str, looser: bool) -> None:
    texts = FLOOR.format(limit=limit, country=country, region=region)
    found = [each for each in lint(made(floors=texts)) if each.code == "looser_than_law"]
    assert [each.where for each in found] == ["ownership.claim_window.within"] * looser


def test_a_floor_may_be_about_a_number_and_is_taken_over() -> None:
    text = "floors:\n  - {id: few, of: ownership.co_workers.at_most, at_most: 2, law: {zh: 某法, en: Some law}}\n"
    (finding,) = [each for each in lint(made(floors=text)) if each.code == "looser_than_law"]
    assert finding.params == {"length": "3", "article": "few"}


def test_what_differs_is_all_a_pack_has_to_write() -> None:
    text = "ownership:\n  pool: {take_per_day: 3}\n  effects:\n    - {id: signer-bonus, amount: 250 CNY}\n"
    ours = made("without: [ownership.rotation]\n", ownership=text)
    own = difference(json.loads(dump(ours)), json.loads(dump(pack("auto-dealer"))))
    assert own["ownership"]["pool"] == {"take_per_day": 3}
    assert own["ownership"]["effects"] == [
        {"id": "signer-bonus", "amount": {"amount": "250", "currency": "CNY"}}
    ]
    assert "articles" not in own
    assert load_pack({"pack.yaml": json.dumps(own, ensure_ascii=False)}, pack_files) == ours


def test_an_overlay_may_write_days_where_there_were_hours() -> None:
    text = (
        "ownership:\n  prior_communication:\n"
        "    tell: {length: 1 day, counting: inclusive, start_day: out, days: calendar, roll: none}\n"
    )
    told = ownership_of(made(OVERLAY, ownership=text)).prior_communication
    assert told is not None
    assert told.tell.length == "1 day"


def test_a_length_is_replaced_as_a_whole() -> None:
    """Written over days, clock time keeps none of their counting; over a published pack too."""
    text = "ownership:\n  claim_window: {within: {length: 48 hours}}\n"
    assert ownership_of(made(ownership=text)).claim_window.within.length == "48 hours"
    published = {"pack.yaml": dump(pack("auto-dealer"))}
    over = load_pack(files(ownership=text), lambda name: published)
    assert ownership_of(over).claim_window.within.length == "48 hours"
