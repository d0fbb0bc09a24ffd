"""What changed between two versions of a pack: value by value, each with its article."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dingfen.engine.load import dump
from dingfen.engine.schema import Pack


@dataclass(frozen=True, slots=True)
class Changed:
    """One value: `before` is None when it was added, `after` when it was removed.

    `where` is the dotted key; parts of a list that have an id stand under it, so that moving one is no change
    of another. A changed order of such parts shows as a change of `order`.
    """

    kind: Literal["added", "removed", "changed"]
    where: str
    article: str | None
    before: Any
    after: Any


def diff(before: Pack, after: Pack) -> list[Changed]:
    """All changed values, in the order of the keys."""
    one, other = _leaves(json.loads(dump(before))), _leaves(json.loads(dump(after)))
    return [
        _changed(where, one.get(where), other.get(where))
        for where in sorted(one.keys() | other.keys())
        if one.get(where, (None, None))[0] != other.get(where, (None, None))[0]
    ]


def _changed(
    where: str, before: tuple[Any, str | None] | None, after: tuple[Any, str | None] | None
) -> Changed:
    known = after or before
    assert known is not None
    kind: Literal["added", "removed", "changed"] = (
        "added" if before is None else "removed" if after is None else "changed"
    )
    return Changed(kind, where, known[1], before[0] if before else None, after[0] if after else None)


def _leaves(plain: Mapping[str, Any]) -> dict[str, tuple[Any, str | None]]:
    return {where: (value, article) for where, value, article in _walk(plain, "", None)}


def _walk(node: Any, where: str, article: str | None) -> Iterator[tuple[str, Any, str | None]]:
    if isinstance(node, dict):
        article = node.get("article", article)
        for key in node:
            yield from _walk(node[key], f"{where}.{key}" if where else key, article)
    elif isinstance(node, list) and node and all(isinstance(each, dict) and "id" in each for each in node):
        yield f"{where}.order", [each["id"] for each in node], article
        for each in node:
            yield from _walk(each, f"{where}.{each['id']}", each["id"] if where == "articles" else article)
    elif isinstance(node, list) and any(isinstance(each, dict) for each in node):
        for index, each in enumerate(node):
            yield from _walk(each, f"{where}.{index}", article)
    else:
        yield where, node, article
