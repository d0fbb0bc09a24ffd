"""What writes accepted proposals into the rules of a topic: one table per topic, key of the proposal → how it is put.

A topic begins with rules that say as little as they can (`plain`), takes one proposal after the other (`put`), and
is brought into a whole at the end (`finish`). What was not said is marked `unverified`, so that lint lists it until
somebody has looked at it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Rule = dict[str, Any]


@dataclass(frozen=True)
class Accepted:
    """A proposal somebody said yes to. `value`: as proposed or changed; `article`: of the pack; `said`: its text."""

    key: str
    value: Any
    article: str
    said: str

    @property
    def mark(self) -> Rule:
        """What every part made from it carries."""
        return {"unverified": True, "article": self.article}

    @property
    def part(self) -> Rule:
        """The value as keys and values; nothing where it is something else."""
        return dict(self.value) if isinstance(self.value, Mapping) else {}


Put = Callable[[Rule, Accepted], bool]
"""Writes a proposal into the rules of its topic; False where there is no place for it."""


@dataclass(frozen=True)
class Topic:
    """How a topic is written."""

    plain: Callable[[str], Rule]
    put: Mapping[str, Put]
    finish: Callable[[Rule, str], None] = lambda rules, article: None


def both(text: Any) -> Rule:
    """A text in the one language it is written in, for both: lint says which is still to be written."""
    if isinstance(text, Mapping) and {"zh", "en"} <= set(text):
        return {"zh": str(text["zh"]), "en": str(text["en"])}
    return {"zh": str(text), "en": str(text)}


def titled(part: Rule) -> Rule:
    """A part with its title in both languages."""
    return {**part, "title": both(part["title"])} if part.get("title") else part


def length(words: str) -> Rule:
    """`30 days` with the law's own counting."""
    return {"length": words, "counting": "inclusive", "start_day": "out", "days": "calendar", "roll": "none"}


def unique(parts: list[Rule], name: str) -> str:
    """`ban`, `ban-2`, …: the first id no part has."""
    taken, number, found = {str(each.get("id")) for each in parts}, 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def added(key: str, name: str, *needed: str, **defaults: Any) -> Put:
    """Adds a part with an id to the list under `key`; `needed`: the keys without which it says nothing."""

    def put(rules: Rule, one: Accepted) -> bool:
        part = one.part
        if not part or any(part.get(each) in (None, "") for each in needed):
            return False
        parts = rules.setdefault(key, [])
        parts.append({"id": unique(parts, str(part.pop("id", name))), **defaults, **titled(part), **one.mark})
        return True

    return put


def merged(key: str, **defaults: Any) -> Put:
    """Sets what a single part says; what it does not say stays, or is the default."""

    def put(rules: Rule, one: Accepted) -> bool:
        if not one.part:
            return False
        rules[key] = {**defaults, **rules.get(key, {}), **one.part, **one.mark}
        return True

    return put


def value_in(key: str, name: str, **defaults: Any) -> Put:
    """Sets one value of a single part."""

    def put(rules: Rule, one: Accepted) -> bool:
        if one.value is None:
            return False
        rules[key] = {**defaults, **rules.get(key, {}), name: one.value, **one.mark}
        return True

    return put


LEVEL_IDS = {
    "轻微": "minor",
    "轻度": "minor",
    "简单": "simple",
    "一般": "general",
    "普通": "ordinary",
    "中度": "medium",
    "较大": "serious",
    "重要": "important",
    "复杂": "complex",
    "疑难": "difficult",
    "严重": "severe",
    "重度": "severe",
    "重大": "major",
    "紧急": "urgent",
    "危急": "critical",
    "特大": "critical",
    "特别重大": "critical",
    "特别": "critical",
}


def level_parts(names: Any, article: str) -> list[Rule]:
    """Levels from their names, or from parts with a title: each with an id of its own."""
    found: list[Rule] = []
    for each in names if isinstance(names, list | tuple) else ():
        part = dict(each) if isinstance(each, Mapping) else {"title": str(each)}
        title = str(part.get("title", "")).strip()
        if title:
            word = LEVEL_IDS.get(title) or (title.lower() if title.isascii() and title.isalpha() else "")
            name = unique(found, word or f"level-{len(found) + 1}")
            found.append({"id": name, **part, "title": both(title), "unverified": True, "article": article})
    return found


def levels_named(rules: Rule, part: Rule) -> bool:
    """`level: 重大` of a part becomes `levels: [major]`; False where the rules know no such level."""
    said = str(part.pop("level", "")).strip()
    if not said:
        return True
    word = LEVEL_IDS.get(said, said.lower())
    known = {each["id"]: each["title"]["zh"] for each in rules["levels"]}
    found = next((name for name, title in known.items() if name == word or title == said), None)
    if found is None:
        return False
    part["levels"] = [found]
    return True
