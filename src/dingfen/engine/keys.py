"""Every key of a pack, read off the schema: what the reference and the JSON Schema are made from."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from dingfen.engine.conditions import Condition
from dingfen.engine.durations import Duration
from dingfen.engine.parts import Money, Points, Preference, Recipient
from dingfen.engine.schema import Pack

Shape = dict[str, Any]
# What is written as one word of text: the words of the reference, an example, and what it looks like.
WORDS: dict[type, tuple[str, str, str]] = {
    Condition: ("condition", "visits > 2 and not lapsed", r"\S"),
    timedelta: ("plain length", "1 day", r"^\s*\d+\s+(minute|hour|day)s?\s*$"),
    Money: ("amount", "100 CNY", r"^\s*\d+(\.\d{1,2})?\s+[A-Z]{3}\s*$"),
    Points: ("points", "-3..3", r"^\s*-?\d+\s*(\.\.\s*-?\d+\s*)?$"),
    Preference: ("choice of a claim", "min(registered_at)", r"^\s*(min|max)\(\w+\)\s*$"),
    Recipient: ("claims", "max(visits)", r"^\s*(min|max|each|value)\(.*\)\s*$"),
}
_LENGTH = r"^\s*\d{1,5}\s+(working[ _])?(minute|hour|day|week|month)s?\s*$"
_CLOCK = r"^\s*\d{1,5}\s+(working[ _])?(minute|hour)s?\s*$"
DURATION: Shape = {
    "anyOf": [
        {"type": "string", "pattern": _CLOCK},
        {
            "type": "object",
            "properties": {
                "length": {"type": "string", "pattern": _LENGTH},
                "counting": {"enum": ["inclusive", "exclusive"]},
                "start_day": {"enum": ["in", "out"]},
                "days": {"enum": ["calendar", "working"]},
                "roll": {"enum": ["none", "next", "previous"]},
            },
            "required": ["length"],
            "additionalProperties": False,
        },
    ]
}
_PLAIN: dict[type, tuple[str, Shape]] = {
    bool: ("true or false", {"type": "boolean"}),
    int: ("whole number", {"type": "integer"}),
    str: ("text", {"type": "string"}),
    float: ("number", {"type": "number"}),
    date: ("date", {"type": "string"}),
    datetime: ("moment", {"type": "string"}),
}
_LIMITS = {
    "ge": "minimum", "le": "maximum", "min_length": "minLength", "max_length": "maxLength", "pattern": "pattern",
}  # fmt: skip
_ITEMS = {"minLength": "minItems", "maxLength": "maxItems"}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of one model. `type` in words; `default` as YAML writes it, None where it must be given."""

    name: str
    type: str
    required: bool
    default: str
    shape: Shape


def models(root: type[BaseModel] = Pack) -> list[type[BaseModel]]:
    """Every part, each once, in the order in which one meets it. Lengths and words are not parts."""
    found: list[type[BaseModel]] = []
    _meet(root, found)
    return found


def _meet(model: type[BaseModel], found: list[type[BaseModel]]) -> None:
    if model in found or model in WORDS or model is Duration:
        return
    found.append(model)
    for field in model.model_fields.values():
        for inner in _models_in(field.annotation):
            _meet(inner, found)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    is_class = isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias)
    if is_class and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def keys_of(model: type[BaseModel]) -> list[Key]:
    """The keys of a part, as YAML writes them."""
    hints = typing.get_type_hints(model, include_extras=True)
    made = []
    for name, field in model.model_fields.items():
        words, shape = read(hints[name])
        default = "" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        made.append(Key(field.alias or name, words, field.is_required(), default, shape))
    return made


def _shown(value: Any) -> str:
    if value is None or value in ((), {}):
        return "–"
    return str(value).lower() if isinstance(value, bool) else str(value)


def read(annotation: Any) -> tuple[str, Shape]:
    """A type in words, and as JSON Schema."""
    if get_origin(annotation) is Annotated:
        return _limited(annotation)
    if annotation in WORDS:
        words, _, pattern = WORDS[annotation]
        text: Shape = {"type": "string", "pattern": pattern}
        return words, {"anyOf": [{"type": "integer"}, text]} if annotation is Points else text
    if annotation is Duration:
        return "length", DURATION
    if annotation in _PLAIN:
        words, shape = _PLAIN[annotation]
        return words, dict(shape)
    if get_origin(annotation) is Literal:
        choices = get_args(annotation)
        return " · ".join(f"`{_shown(each)}`" for each in choices), {"enum": list(choices)}
    if get_origin(annotation) in (typing.Union, types.UnionType):
        inner = [each for each in get_args(annotation) if each is not type(None)]
        if len(inner) == 1:
            return read(inner[0])
        forms = [read(each) for each in inner]
        return " or ".join(words for words, _ in forms), {"anyOf": [shape for _, shape in forms]}
    if get_origin(annotation) in (tuple, frozenset):
        words, shape = read(get_args(annotation)[0])
        return f"list of {words}", {"type": "array", "items": shape}
    if get_origin(annotation) is dict:
        return "mapping", {"type": "object"}
    if annotation is Any:
        return "value", {}
    return f"[{annotation.__name__}](#{annotation.__name__.lower()})", {
        "$ref": f"#/$defs/{annotation.__name__}"
    }


def _limited(annotation: Any) -> tuple[str, Shape]:
    inner, *extras = get_args(annotation)
    words, shape = read(inner)
    if inner is Condition:
        return words, {"type": ["string", "boolean"]}
    for extra in extras:
        for item in getattr(extra, "metadata", [extra]):
            for name, key in _LIMITS.items():
                limit = getattr(item, name, None)
                if limit is not None:
                    shape = {**shape, _ITEMS.get(key, key) if shape.get("type") == "array" else key: limit}
    return words + _bounds(shape), shape


def _bounds(shape: Shape) -> str:
    low, high = shape.get("minimum"), shape.get("maximum")
    return f" {low}–{high}" if low is not None and high is not None else ""
