"""Values changed in the text of a YAML file, every other character left as it stands: comments, order, spacing.

Reading a file and writing it anew would lose what its author has put between the values, so the text is cut
open only where a value stands. What comes out is read again and must say exactly what was asked.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import yaml

from dingfen.engine.sources import Path, Source, plain_scalar, read_yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff][^:#,\[\]{}\"'\n]*")
_LAST = ("unverified", "article")  # new keys stand before these
Edit = tuple[int, int, str]


class NotRewritable(ValueError):
    """A value can't be changed in place; the text has to be edited by hand."""


def rewritten(text: str, changes: Mapping[Path, Any]) -> str:
    """The text with the value at each path changed, added, or with None taken out.

    Values: words, numbers, booleans, dates, lists of these, and mappings of these. Raises `NotRewritable`.
    """
    root = yaml.compose(text, Loader=_LOADER)
    edits = [edit for path, value in changes.items() for edit in _edits(text, root, path, value)]
    result = text
    for start, end, new in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        result = result[:start] + new + result[end:]
    if _plain(result) != _expected(_plain(text), changes):
        raise NotRewritable(", ".join(".".join(map(str, path)) for path in changes))
    return result


def _plain(text: str) -> Any:
    found, errors = read_yaml("text", text, Source())
    if errors:
        raise NotRewritable(str(errors[0]))
    return found


def _expected(data: Any, changes: Mapping[Path, Any]) -> Any:
    whole = copy.deepcopy(data)
    for path, value in changes.items():
        here = whole
        for step in path[:-1]:
            here = here[step]
        if value is None:
            here.pop(path[-1], None)
        else:
            here[path[-1]] = value
    return whole


def _edits(text: str, root: Any, path: Path, value: Any) -> Iterator[Edit]:
    parent = root
    for step in path[:-1]:
        parent = _child(parent, step)
    node = _child(parent, path[-1])
    if node is not None and value is not None:
        yield from _replace(text, node, value)
    elif not isinstance(parent, yaml.MappingNode):
        raise NotRewritable(".".join(map(str, path)))
    elif node is not None:
        yield _remove(text, parent, str(path[-1]))
    elif value is not None:
        yield _insert(parent, str(path[-1]), value)


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None


def _replace(text: str, node: Any, value: Any) -> Iterator[Edit]:
    """A mapping that keeps its keys changes only in those that differ; anything else is written anew."""
    if isinstance(node, yaml.MappingNode) and isinstance(value, dict):
        old = {key.value: each for key, each in node.value}
        if old.keys() == value.keys():
            for key, each in old.items():
                yield from _replace(text, each, value[key])
            return
    start, end = node.start_mark.index, _end(node)
    new = _flow(value, getattr(node, "style", None))
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and isinstance(value, list) and value:
        margin = "\n" + " " * node.start_mark.column
        new = margin.join(f"- {_flow(each)}" for each in value)
    if not isinstance(node, yaml.ScalarNode) or _flow(_scalar_of(node), node.style) != new:
        yield start, end, new


def _scalar_of(node: Any) -> Any:
    return plain_scalar(node.value) if node.style is None else node.value


def _end(node: Any) -> int:
    """Where a node ends; the mark of a block lies after the space and the comments that follow it."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _insert(parent: Any, key: str, value: Any) -> Edit:
    written = f"{key}: {_flow(value)}"
    pairs = parent.value
    if not pairs:
        place = parent.start_mark.index + 1
        return place, place, written
    before = next((name for name, _ in pairs if name.value in _LAST), None)
    if before is None and parent.flow_style:
        place = _end(pairs[-1][1])
        return place, place, f", {written}"
    before = before or pairs[0][0]
    place = before.start_mark.index
    between = ", " if parent.flow_style else "\n" + " " * before.start_mark.column
    return place, place, written + between


def _remove(text: str, parent: Any, key: str) -> Edit:
    pairs = parent.value
    place = next(n for n, (name, _) in enumerate(pairs) if name.value == key)
    name, value = pairs[place]
    start, end = name.start_mark.index, _end(value)
    following = pairs[place + 1][0].start_mark.index if place + 1 < len(pairs) else None
    if len(pairs) == 1:
        return (start, end, "") if parent.flow_style else (start, end, "{}")
    if parent.flow_style:
        return (start, following, "") if following is not None else (_end(pairs[place - 1][1]), end, "")
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end + 1
    if following is not None:
        return start, line_end + name.start_mark.column, ""
    return text.rfind("\n", 0, start) + 1, line_end, ""


def _flow(value: Any, style: str | None = None) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, date)):
        return str(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text == text.strip() and plain_scalar(text) == text
    if plain and style not in ("'", '"'):
        return text
    if style == "'" and "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=False)
