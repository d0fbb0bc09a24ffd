"""The table of the first room names stories that exist, and leaves no clause without one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/build/first-room.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| A\d+\.\d+ ", line)
]
PACKS = ("auto-dealer", "media-sales")


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def scenarios(pack: str) -> set[str]:
    folder = ROOT / "src/dingfen/packs" / pack / "scenarios"
    files = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.yaml"))]
    return {story["id"] for file in files for story in file["scenarios"]}


def test_every_requirement_has_its_clauses_and_every_clause_a_story() -> None:
    assert {row[0].split(".")[0] for row in ROWS} == {f"A{number}" for number in range(1, 16)}
    assert [row[0] for row in ROWS if not any(named(cell) for cell in row[1:])] == []


def test_every_scenario_named_exists() -> None:
    for column, pack in enumerate(PACKS, 1):
        told = {name for row in ROWS for name in named(row[column])}
        assert told - scenarios(pack) == set(), pack


def test_every_test_named_exists() -> None:
    for path, _, name in (one.partition("::") for row in ROWS for one in named(row[3])):
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert not name or name in functions, f"{path}::{name}"
