"""What may be written at a place of a rule book being typed: keys and values, from the JSON Schema.

The text need not read as YAML, so the place is found by indentation and by the brackets of its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from dingfen.engine.choice_texts import words_of
from dingfen.engine.durations import Duration
from dingfen.engine.json_schema import pack_schema, scenario_schema
from dingfen.engine.keys import DURATION
from dingfen.engine.names import BASIC_ROLES
from dingfen.engine.vocabulary import FACTS

_WORD = re.compile(r"[A-Za-z0-9_.-]*$")
_KEY = re.compile(r"([A-Za-z0-9_-]+):(\s|$)")
_CONDITIONS = frozenset({"when", "exclude", "award", "among", "to", "if"})
_DAYS = "{length: 5 days, counting: inclusive, start_day: out, days: calendar, roll: none}"
LENGTHS = ("{length: 30 minutes}", "{length: 8 working hours}", _DAYS)
MOST = 60


@dataclass(frozen=True, slots=True)
class Option:
    """`text` as it is put in; `label` says what it is, in Chinese and English."""

    text: str
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """`start`: the column, from 0, at which what is being typed begins."""

    start: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """The keys above a place; `value`: whether a value of the last one is being typed, else a key below it."""

    path: tuple[str, ...]
    value: bool


def completions(
    text: str,
    line: int,
    column: int,
    *,
    scenarios: bool = False,
    articles: Sequence[str] = (),
    roles: Sequence[str] = (),
) -> Completion:
    """What may stand at a line and column (both from 0): at most 60, those that begin as typed."""
    lines = text.split("\n")
    before = lines[line][:column] if line < len(lines) else ""
    word = _WORD.search(before)
    typed = word[0] if word else ""
    where = place(lines[:line], before[: len(before) - len(typed)])
    schema = _scenarios() if scenarios else _pack()
    node = _at(schema, where.path)
    keys = [] if where.value else _keys(node)
    found = keys or _values(node, where, articles, roles)
    kept = [each for each in found if each.text.startswith(typed) and each.text != typed]
    kept += [
        each for each in found if typed and typed in each.text and each not in kept and each.text != typed
    ]
    return Completion(len(before) - len(typed), tuple(kept[:MOST]))


@cache
def _pack() -> dict[str, Any]:
    return pack_schema()


@cache
def _scenarios() -> dict[str, Any]:
    return scenario_schema()


def place(above: Sequence[str], before: str) -> Where:
    """Where one is, after these lines and this part of a line."""
    stack: list[tuple[int, str]] = []
    for each in above:
        _enter(stack, each)
    body = before.lstrip(" ")
    indent = len(before) - len(body)
    while body.startswith("- "):
        body = body[2:].lstrip(" ")
        indent = len(before) - len(body)
    while stack and stack[-1][0] >= indent:
        stack.pop()
    path = [key for _, key in stack]
    key = _KEY.match(body)
    if key is None:
        opened = body[:1] in ("{", "[")
        return _in_brackets(path, body) if opened else Where(tuple(path), False)
    return _in_brackets([*path, key[1]], body[key.end() :].lstrip())


def _enter(stack: list[tuple[int, str]], line: str) -> None:
    """Take a whole line in: the key it opens stands below what is less indented."""
    body = line.lstrip(" ")
    if not body.strip() or body.startswith("#"):
        return
    indent = len(line) - len(body)
    while body.startswith("- "):
        body = body[2:].lstrip(" ")
        indent = len(line) - len(body)
    while stack and stack[-1][0] >= indent:
        stack.pop()
    key = _KEY.match(body)
    if key is not None:
        stack.append((indent, key[1]))


def _in_brackets(path: list[str], text: str) -> Where:
    """The place after a value that may have opened brackets: `{every: {length: 5 days, ` and the like."""
    opened: list[tuple[str, list[str]]] = []
    here, word, pending = list(path), "", True
    for sign in _outside_quotes(text):
        if sign in "{[":
            opened.append((sign, here))
            here, pending, word = list(here), sign == "[", ""
        elif sign in "}]" and opened:
            here = opened.pop()[1]
            pending, word = False, ""
        elif sign == ",":
            here = list(opened[-1][1]) if opened else here
            pending, word = bool(opened) and opened[-1][0] == "[", ""
        elif sign == ":":
            here, pending, word = [*here, word.strip()], True, ""
        else:
            word += sign
    return Where(tuple(here), pending)


def _outside_quotes(text: str) -> Iterator[str]:
    quote = ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        else:
            yield sign


def _at(schema: Mapping[str, Any], path: Sequence[str]) -> Mapping[str, Any]:
    """The part of the schema under these keys; {} where it says nothing."""
    node: Mapping[str, Any] = schema
    for step in path:
        node = _resolved(schema, node)
        node = node.get("properties", {}).get(step, {})
    return _resolved(schema, node)


def _resolved(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Through references, lists and choices of forms, to what has keys or values."""
    while True:
        if "$ref" in node:
            node = schema["$defs"].get(str(node["$ref"]).rsplit("/", 1)[-1], {})
        elif node.get("type") == "array":
            node = node.get("items", {})
        elif "anyOf" in node and node["anyOf"] != DURATION["anyOf"]:
            node = next(
                (each for each in node["anyOf"] if "properties" in each or "$ref" in each), node["anyOf"][0]
            )
        else:
            return node


def _keys(node: Mapping[str, Any]) -> list[Option]:
    shapes = node.get("properties") or (DURATION["anyOf"][1]["properties"] if _is_length(node) else {})
    first = set(node.get("required", ()))
    found = [_key(name, shape) for name, shape in shapes.items()]
    return sorted(found, key=lambda each: each.text.removesuffix(": ") not in first)


def _key(name: str, shape: Mapping[str, Any]) -> Option:
    zh, _, en = str(shape.get("description", "")).partition(" / ")
    return Option(f"{name}: ", zh, en)


def _is_length(node: Mapping[str, Any]) -> bool:
    return bool(node.get("anyOf") == DURATION["anyOf"])


def _values(
    node: Mapping[str, Any], where: Where, articles: Sequence[str], roles: Sequence[str]
) -> list[Option]:
    key = where.path[-1] if where.path else ""
    if key == "article" or key == "articles":
        return [Option(each) for each in articles]
    if _is_length(node):
        return [Option(each) for each in LENGTHS]
    if key in Duration.model_fields or key in ("counting", "start_day", "days", "roll"):
        return [
            _choice(key, each) for each in DURATION["anyOf"][1]["properties"].get(key, {}).get("enum", ())
        ]
    if "enum" in node:
        return [
            _choice(key, str(each).lower() if isinstance(each, bool) else str(each)) for each in node["enum"]
        ]
    if node.get("type") == "boolean":
        return [Option("true", "是", "yes"), Option("false", "否", "no")]
    if str(node.get("pattern", "")).endswith("([-_][a-z0-9]+)*$"):
        return [_choice(key, each) for each in (*BASIC_ROLES, *roles)]
    if key in _CONDITIONS:
        return [Option(fact.name, fact.zh, fact.en) for fact in FACTS.values()]
    return []


def _choice(key: str, value: str) -> Option:
    try:
        return Option(value, *words_of(key, value))
    except KeyError:
        return Option(value)
