"""Reading packs: each error at its file, line, column and key; canonical text that reads back identically."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.engine.stories import changed, pack

from dingfen.engine.errors import PackError, PackErrors
from dingfen.engine.load import digest, dump, from_canonical, load_pack
from dingfen.packs import SHIPPED, pack_files


def errors(files: dict[str, str]) -> list[PackError]:
    with pytest.raises(PackErrors) as refusal:
        load_pack(files)
    return list(refusal.value.errors)


def only(files: dict[str, str]) -> PackError:
    (error,) = errors(files)
    return error


def line_of(files: dict[str, str], file: str, text: str) -> int:
    return next(n for n, line in enumerate(files[file].splitlines(), 1) if text in line)


@pytest.mark.parametrize("name", SHIPPED)
def test_canonical_text_reads_back_identically(name: str) -> None:
    again = from_canonical(dump(pack(name)))
    assert again == pack(name)
    assert dump(again) == dump(pack(name))
    assert digest(again) == digest(pack(name))


def test_layout_and_comments_do_not_change_the_digest_but_a_value_does() -> None:
    files = pack_files("auto-dealer")
    files["ownership.yaml"] = "# a comment\n" + files["ownership.yaml"].replace(
        "  scope: customer", "  scope:   customer"
    )
    assert digest(load_pack(files)) == digest(pack("auto-dealer"))
    stricter = changed("auto-dealer", ownership=("amount: 100 CNY", "amount: 101 CNY"))
    assert digest(load_pack(stricter)) != digest(pack("auto-dealer"))


def test_an_unknown_key_is_named_with_the_keys_there_are() -> None:
    files = changed("auto-dealer", ownership=("    if_away:", "    if_gone:"))
    error = only(files)
    assert (error.file, error.message_code) == ("ownership.yaml", "unknown_key")
    assert (error.line, error.column) == (line_of(files, "ownership.yaml", "if_gone"), 5)
    assert error.key == "ownership.prior_communication.if_gone"
    assert "if_away" in error.accepted


@pytest.mark.parametrize(
    ("old", "new", "code", "key", "column"),
    [
        ("scope: customer", "scope: client", "not_one_of", "ownership.scope", 10),
        ("warn_before: 1 day", "warn_before: a day", "not_a_length", "ownership.protection.warn_before", 18),
        ("length: 30 minutes", "length: half an hour", "not_a_length", "ownership.prior_communication.tell", 11),
        ("amount: 100 CNY", "amount: a hundred", "not_an_amount", "ownership.effects.0.amount", 59),
        (
            "then: {exclude: lapsed or ended}", "then: {exclude: lapsed or endet}", "unknown_fact",
            "ownership.principles.2.then.exclude", 33,
        ),
        (
            "then: {award: is_owner}", "then: {award: is_owner, exclude: lapsed}", "one_of",
            "ownership.principles.3.then", 13,
        ),
        (
            "prefer: min(card_recorded_at)", "prefer: least(card_recorded_at)", "not_a_choice_of_claim",
            "ownership.principles.5.then.prefer", 22,
        ),
        (
            "prefer: min(card_recorded_at)", "prefer: min(lapsed)", "wrong_type",
            "ownership.principles.5.then.prefer", 22,
        ),
        ('when: grade == "H"', 'when: grade == "Z"', "unknown_choice", "ownership.protection.follow_up.0.when", 24),
        ('when: grade == "H"', "when: 'visits > 2'", "fact_out_of_scope", "ownership.protection.follow_up.0.when", 16),
        ("take_per_day: 10", "take_per_day: ten", "wrong_type", "ownership.pool.take_per_day", 19),
    ],
)  # fmt: skip
def test_wrong_values_are_located(old: str, new: str, code: str, key: str, column: int) -> None:
    files = changed("auto-dealer", ownership=(old, new))
    error = only(files)
    assert (error.file, error.message_code, error.key) == ("ownership.yaml", code, key)
    assert error.line == line_of(files, "ownership.yaml", new)
    assert error.column == column


def test_a_length_of_days_must_say_how_days_count() -> None:
    old = "within: {length: 5 days, counting: inclusive, start_day: out, days: calendar, roll: none}"
    error = only(changed("auto-dealer", ownership=(old, "within: {length: 5 days, counting: inclusive}")))
    assert error.message_code == "counting_missing"
    assert error.params["keys"] == "start_day, days, roll"


def test_every_unknown_article_is_reported_at_once() -> None:
    files = pack_files("auto-dealer")
    files["ownership.yaml"] = files["ownership.yaml"].replace("article: OWN-7", "article: OWN-77")
    found = errors(files)
    assert {error.message_code for error in found} == {"unknown_article"}
    assert [error.params["article"] for error in found] == ["OWN-77"] * 5
    assert len({error.line for error in found}) == 5


def test_a_missing_key_stands_at_the_part_that_lacks_it() -> None:
    files = changed("auto-dealer", ownership=("  scope: customer\n", ""))
    error = only(files)
    assert (error.message_code, error.key, error.line) == ("missing_key", "ownership.scope", 2)


def test_errors_in_several_files_come_together() -> None:
    files = changed(
        "b2b-sales", articles=("  - id: BBS-2", "  - id: bbs2"), ownership=("percent: 50", "percent: 150")
    )
    assert {error.file for error in errors(files)} == {"articles.yaml", "ownership.yaml"}


def test_shares_must_make_a_hundred() -> None:
    error = only(changed("b2b-sales", ownership=("percent: 50", "percent: 40")))
    assert (error.message_code, error.params["found"]) == ("shares_not_100", "90")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("ownership:\n  scope: customer\n  scope: customer\n", "duplicate_key", 3),
        ("ownership:\n  scope: [customer\n", "not_yaml", 3),
        ("ownership: &a {x: *a}\n", "alias", 1),
        ("- a list\n", "not_a_mapping", 1),
        ("complaints: {}\n", "unknown_key", 1),
        ("!!python/object/apply:os.system [x]\n", "tag", 1),
    ],
)
def test_what_is_no_pack_file_is_refused(text: str, code: str, line: int) -> None:
    error = errors({**pack_files("auto-dealer"), "ownership.yaml": text})[0]
    assert (error.file, error.message_code, error.line) == ("ownership.yaml", code, line)


def test_files_that_are_missing_or_unknown_are_named() -> None:
    assert only({"articles.yaml": "articles: []"}).message_code == "missing_file"
    error = only({**pack_files("auto-dealer"), "weather.yaml": "weather: {}"})
    assert (error.file, error.message_code) == ("weather.yaml", "unknown_file")


def test_a_stored_text_that_was_tampered_with_does_not_load() -> None:
    with pytest.raises(ValidationError):
        from_canonical(dump(pack("auto-dealer")).replace('"article":"OWN-5"', '"article":"OWN-55"'))
