"""A pack as people read it: each article with the rules that carry it out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from dingfen.engine.parts import Ruled
from dingfen.engine.schema import Article, Pack
from dingfen.web.policies.rule_words import Line, lines, path_label


@dataclass(frozen=True, slots=True)
class Rule:
    """One executable part: what it is, what it says in words, where it stands in the pack, and its YAML."""

    path: str
    name: str
    lines: tuple[Line, ...]
    yaml: str
    unverified: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """An article in the reader's language with its rules. `starts` names a chapter that begins here."""

    id: str
    title: str
    text: str
    starts: str
    note: str
    unverified: bool
    rules: tuple[Rule, ...]


def clauses(pack: Pack, language: str) -> list[Clause]:
    """The articles in order. `language`: zh or en."""
    rules = _rules(pack, language)
    found, chapter = [], ""
    for article in pack.articles:
        named = getattr(article.chapter, language) if article.chapter else ""
        found.append(_clause(article, language, named if named != chapter else "", rules[article.id]))
        chapter = named
    return found


def _clause(article: Article, language: str, starts: str, rules: list[Rule]) -> Clause:
    return Clause(
        id=article.id,
        title=getattr(article.title, language),
        text=getattr(article.text, language),
        starts=starts,
        note=getattr(article.note, language) if article.note else "",
        unverified=article.unverified,
        rules=tuple(rules),
    )


def _rules(pack: Pack, language: str) -> dict[str, list[Rule]]:
    rules: dict[str, list[Rule]] = defaultdict(list)
    parts = list(pack.parts())
    titles = {
        name: title
        for _, part in parts
        if (name := getattr(part, "id", "")) and (title := _title(part, language))
    }
    for path, part in parts:
        if isinstance(part, Ruled):
            body = part.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            kind = path_label(path)
            name = " · ".join(filter(None, (kind, _title(part, language))))
            said = tuple(lines(path, body, titles))
            rules[part.article].append(Rule(path, name, said, _yaml(body), part.unverified))
    return rules


def _title(part: Any, language: str) -> str:
    title = getattr(part, "title", None)
    return str(getattr(title, language)) if title else ""


def _yaml(body: dict[str, Any]) -> str:
    writer, out = YAML(typ="safe", pure=True), StringIO()
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.dump({key: value for key, value in body.items() if key not in {"article", "unverified"}}, out)
    return out.getvalue().rstrip()
