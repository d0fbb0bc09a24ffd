"""The small rule book of the reference is whole: it reads, nothing is wrong with it, its stories come out."""

from __future__ import annotations

import re
from pathlib import Path

from dingfen.engine.check import lint
from dingfen.engine.load import load_pack
from dingfen.engine.publication import Publication
from dingfen.engine.scenarios import read_scenarios
from dingfen.engine.sources import Source, read_yaml
from dingfen.engine.trying import run_scenarios
from dingfen.policies.editing import calendar_for

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "policy-packs.md").read_text("utf-8")


def part(heading: str) -> str:
    found = re.search(rf"^## {heading}$(.*?)^## ", TEXT, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_a_newcomer_can_begin_from_it() -> None:
    blocks = re.findall(
        r"`([a-z/]+\.yaml)`[^`]*:\n```yaml\n(.*?)```", part("A whole small rule book"), re.DOTALL
    )
    files = dict(blocks)
    assert list(files) == ["pack.yaml", "articles.yaml", "ownership.yaml", "scenarios/first.yaml"]
    stories = read_scenarios({"first.yaml": files.pop("scenarios/first.yaml")})
    pack = load_pack(files)
    assert not [found for found in lint(pack, stories) if found.severity != "info"]
    outcomes = run_scenarios(pack, stories, calendar_for(pack))
    assert len(outcomes) == 3 and all(each.passed for each in outcomes)


def test_what_it_says_of_publication_reads() -> None:
    block = re.search(
        r"```yaml\n(publication:.*?)```", part("From a version to a rule that binds"), re.DOTALL
    )
    assert block
    data, errors = read_yaml("pack.yaml", block[1], Source())
    assert not errors
    assert Publication.model_validate(data["publication"]).remind_at == (50, 100, 150)
