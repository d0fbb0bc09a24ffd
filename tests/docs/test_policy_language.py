"""The reference and the JSON Schema are made from the language itself, and say what the loader says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.engine.stories import changed

from dingfen.cli.policy_language import schema_text, whole_reference
from dingfen.engine import scenario_texts
from dingfen.engine.errors import PackErrors
from dingfen.engine.json_schema import pack_schema, partial_schema, scenario_schema
from dingfen.engine.key_texts import KEY_TEXTS
from dingfen.engine.keys import keys_of, models
from dingfen.engine.load import load_pack
from dingfen.engine.scenarios import Scenario
from dingfen.engine.sources import Source, read_yaml
from dingfen.packs import SHIPPED, pack_files, scenario_files

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def plain(files: dict[str, str]) -> dict[str, Any]:
    """The data of a pack's files as an editor sees them: dates are text."""
    found: dict[str, Any] = {}
    for name, text in files.items():
        found.update(read_yaml(name, text, Source())[0])
    data: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return data


def test_the_reference_is_current() -> None:
    """Written by `dingfen policy reference > docs/reference/policy-language.md`."""
    assert (REFERENCE / "policy-language.md").read_text("utf-8") == whole_reference()


@pytest.mark.parametrize("kind", ["pack", "scenarios", "partial"])
def test_the_published_schemas_are_current(kind: str) -> None:
    """Written by `dingfen policy schema [--scenarios | --partial]`."""
    text = schema_text(scenarios=kind == "scenarios", partial=kind == "partial")
    assert (ROOT / "src" / "dingfen" / "packs" / f"{kind}.schema.json").read_text("utf-8") == text


def test_every_key_is_explained_and_no_text_is_left_over() -> None:
    spelt = {
        name
        for model in models()
        for key in keys_of(model)
        for name in (key.name, f"{model.__name__}.{key.name}")
    }
    assert set(KEY_TEXTS) - spelt == {
        f"Duration.{key}" for key in ("length", "counting", "start_day", "days", "roll")
    }
    assert all(zh and en and not zh.isascii() for zh, en in KEY_TEXTS.values() if zh not in ("中文", "英文"))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_packs_fit_the_schema_and_say_where_it_is(name: str) -> None:
    data = plain(pack_files(name))
    kind = "partial" if "extends" in data else "pack"
    jsonschema_rs.validator_for(partial_schema() if kind == "partial" else pack_schema()).validate(data)
    for text in pack_files(name).values():
        assert text.startswith(f"# yaml-language-server: $schema=../{kind}.schema.json\n")
    for file, text in scenario_files(name).items():
        assert text.startswith("# yaml-language-server: $schema=../../scenarios.schema.json\n")
        jsonschema_rs.validator_for(scenario_schema()).validate(plain({file: text}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scope: customer", "scope: client"),
        ("warn_before: 1 day", "warn_before: a day"),
        ("take_per_day: 10", "take_per_day: ten"),
        ("take_per_day: 10", "take_per_day: 0"),
        ("  scope: customer\n", ""),
        ("if_away:", "if_gone:"),
        ("amount: 100 CNY", "amount: a hundred"),
        ("prefer: min(card_recorded_at)", "prefer: least(card_recorded_at)"),
        ("tell: {length: 30 minutes}", "tell: {length: half an hour}"),
    ],
)
def test_what_the_loader_refuses_an_editor_marks_too(old: str, new: str) -> None:
    files = changed("auto-dealer", ownership=(old, new))
    with pytest.raises(PackErrors):
        load_pack(files)
    whole = {**pack_schema(), "$ref": "#/$defs/Ownership", "properties": {}, "additionalProperties": True}
    del whole["type"]
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validator_for(whole).validate(plain(files)["ownership"])


def test_every_key_of_a_scenario_is_told_in_both_languages_and_none_is_left_over() -> None:
    told = set()
    for model in models(Scenario):
        if model.__name__ in ("Happening", "Text"):
            continue
        for key in keys_of(model):
            zh, en = scenario_texts.text_of(model.__name__, key.name)
            assert zh and en
            exact = f"{model.__name__}.{key.name}"
            told.add(exact if exact in scenario_texts.SCENARIO_KEYS else key.name)
    assert set(scenario_texts.SCENARIO_KEYS) <= told
