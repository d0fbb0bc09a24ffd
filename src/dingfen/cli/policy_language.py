"""`dingfen policy schema` and `reference`: the language of packs, for editors and for people."""

from __future__ import annotations

import argparse
import json
from typing import Any

from dingfen.engine.json_schema import pack_schema, partial_schema, scenario_schema
from dingfen.engine.load import load_pack
from dingfen.engine.parts import Part
from dingfen.engine.reference import language_reference
from dingfen.engine.scenario_reference import scenarios_reference
from dingfen.engine.schema import TOPICS
from dingfen.engine.sources import Source, read_yaml
from dingfen.packs import SHIPPED, pack_files


def run_schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of pack files, or of scenario files."""
    print(schema_text(scenarios=options.scenarios, partial=options.partial), end="")
    return 0


def schema_text(*, scenarios: bool = False, partial: bool = False) -> str:
    schema = scenario_schema() if scenarios else partial_schema() if partial else pack_schema()
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def run_reference(options: argparse.Namespace) -> int:
    """Print the reference of the language."""
    print(whole_reference(), end="")
    return 0


def whole_reference() -> str:
    """The reference: packs, then scenarios."""
    return language_reference(examples()) + "\n" + scenarios_reference()


def examples() -> dict[str, Any]:
    """Per part of the language the shortest one written in a shipped pack."""
    found: dict[str, Any] = {}
    for name in SHIPPED:
        files, source = pack_files(name), Source()
        pack = load_pack(files, pack_files)
        if pack.extends is not None:
            continue
        plain: dict[str, Any] = {}
        for file, text in files.items():
            plain.update(read_yaml(file, text, source)[0])
        for path, part in pack.parts():
            _keep(found, part, _at(plain, path))
        for floor, written in zip(pack.floors or (), plain.get("floors", ()), strict=True):
            _keep(found, floor, written)
        for article, written in zip(pack.articles, plain["articles"], strict=True):
            _keep(found, article, written)
    return found


_WHOLE = {"Text", *(form.__name__ for form in TOPICS.values())}


def _keep(found: dict[str, Any], part: Part, written: Any) -> None:
    name = type(part).__name__
    if isinstance(written, dict) and name not in _WHOLE:
        before = found.get(name)
        if before is None or len(str(written)) < len(str(before)):
            found[name] = written


def _at(plain: Any, path: str) -> Any:
    for step in path.split("."):
        plain = plain[int(step)] if isinstance(plain, list) else plain.get(step)
    return plain
