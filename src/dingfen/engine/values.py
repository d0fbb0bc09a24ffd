"""The values of a rule book that a form can change: read off the schema and what the files say.

Lengths, limits, amounts, points, choices, roles, working hours, days off. Texts, conditions, ids and what names
another part are the source's business.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.durations import Duration
from dingfen.engine.key_texts import text_of
from dingfen.engine.keys import read
from dingfen.engine.names import BASIC_ROLES, RoleName
from dingfen.engine.parts import Money, Points, Text
from dingfen.engine.schema import TOPICS, Pack
from dingfen.engine.sources import Path

Kind = Literal[
    "length", "span", "whole", "number", "amount", "points", "yes", "one", "some", "names", "wholes",
    "periods", "days", "text", "date",
]  # fmt: skip
Words = tuple[str, str]
HEADER = "pack"
_HEADER_KEYS = ("version", "jurisdiction", "period", "publication")
# What another part is called by, or what decides which other keys there must be.
_NOT_HERE = frozenset({"id", "article", "kind", "signal", "law", "floor", "title", "zone"})
_HINTS = ("title", "id", "when", "to", "kind")
_ROLE_PATTERN: str = next(item.pattern for item in get_args(RoleName)[1].metadata if hasattr(item, "pattern"))
_TYPES: dict[Any, Kind] = {
    Duration: "length", timedelta: "span", Money: "amount", Points: "points", bool: "yes", int: "whole",
    float: "number", date: "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """One field. `written`: what the file says, None when nothing; `default`: what then holds, as plain data.

    `title` is (中文, English). `low`, `high`: limits of a number. `choices`: what it is chosen from.
    """

    path: Path
    kind: Kind
    title: Words
    written: Any
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    pattern: str = ""

    @property
    def key(self) -> str:
        return str(self.path[-1])

    @property
    def holds(self) -> Any:
        """What holds now: as written, else the default."""
        return self.default if self.written is None else self.written


@dataclass(slots=True)
class Group:
    """The values of one part. `titles`: of the parts around it and its own, outermost first; `hint`: what tells
    it from others of its list, as the file writes it.
    """

    path: Path
    titles: tuple[Words, ...]
    article: str = ""
    hint: str = ""
    values: list[Value] = field(default_factory=list)


def sections(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """Per topic the keys under which there are values to change; the header is the topic `pack`."""
    found = {HEADER: [key for key in _HEADER_KEYS if key in data]}
    for topic in TOPICS:
        part = data.get(topic)
        if not isinstance(part, Mapping):
            continue
        if topic == "calendar":
            found[topic] = [topic]
        else:
            keys = [key for key in part if groups(data, topic, key)]
            found |= {topic: keys} if keys else {}
    return found


def groups(data: Mapping[str, Any], topic: str, section: str) -> list[Group]:
    """The parts of one section with their values, in the order of the file."""
    if topic == HEADER:
        made = Group((), ((text_of("Pack", "version")),))
        _fill(made, Pack, {key: data[key] for key in _HEADER_KEYS if key in data}, data)
        found = [made]
        for key in ("period", "publication"):
            found += _of_field(Pack, key, data.get(key), (), (), data)
        return [group for group in found if group.values and section in (_step(group, 0), "")]
    if topic == "calendar":
        return list(_calendar(data[topic]))
    whole = Group((topic,), ())
    _fill(whole, TOPICS[topic], data[topic], data)
    own = [value for value in whole.values if value.key == section]
    if own:
        return [Group((topic,), (text_of(TOPICS[topic].__name__, section),), values=own)]
    found = list(_of_field(TOPICS[topic], section, data[topic].get(section), (topic,), (), data))
    return [
        group for group in found if any(value.key != "unverified" or value.written for value in group.values)
    ]


def _step(group: Group, place: int) -> str:
    return str(group.path[place]) if len(group.path) > place else str(group.values[0].path[place])


@cache
def _fields(model: type[BaseModel]) -> tuple[tuple[str, FieldInfo, Any], ...]:
    """Each field with its key and its type, `| None` taken off."""
    hints = typing.get_type_hints(model, include_extras=True)
    named = [(info.alias or name, info, _bare(hints[name])) for name, info in model.model_fields.items()]
    return tuple(sorted(named, key=lambda each: each[0] == "unverified"))


def _bare(annotation: Any) -> Any:
    inner = annotation
    if get_origin(annotation) is Annotated:
        inner = get_args(annotation)[0]
    if get_origin(inner) not in (typing.Union, types.UnionType):
        return annotation
    some = [each for each in get_args(inner) if each is not type(None)]
    return _bare(some[0]) if len(some) == 1 else annotation


def _inner(annotation: Any) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _is_part(kind: Any) -> bool:
    bare = isinstance(kind, type) and not isinstance(kind, types.GenericAlias)
    return bare and issubclass(kind, BaseModel) and kind not in _TYPES and kind is not Text and _keyed(kind)


def _keyed(kind: type[BaseModel]) -> bool:
    """Whether it is written as keys and values; the others are one word of text."""
    return not hasattr(kind, "read")


def _parts(
    model: type[BaseModel], data: Any, path: Path, titles: tuple[Words, ...], whole: Mapping[str, Any]
) -> Iterator[Group]:
    """A part's own values, then those of the parts in it."""
    if not isinstance(data, Mapping):
        return
    made = Group(path, titles, str(data.get("article", "")), _hint(data))
    _fill(made, model, data, whole)
    yield made
    for key, _, _ in _fields(model):
        yield from _of_field(model, key, data.get(key), path, titles, whole)


def _of_field(
    model: type[BaseModel],
    key: str,
    data: Any,
    path: Path,
    titles: tuple[Words, ...],
    whole: Mapping[str, Any],
) -> Iterator[Group]:
    kind = next((_inner(each) for name, _, each in _fields(model) if name == key), None)
    if data is None or kind is None or key in _NOT_HERE:
        return
    title = text_of(model.__name__, key)
    if _is_part(kind):
        yield from _parts(kind, data, (*path, key), (*titles, title), whole)
    elif (
        get_origin(kind) is tuple and _is_part(inner := _inner(get_args(kind)[0])) and isinstance(data, list)
    ):
        for place, each in enumerate(data):
            named = each.get("title") if isinstance(each, Mapping) else None
            own = (str(named.get("zh", "")), str(named.get("en", ""))) if isinstance(named, Mapping) else None
            steps = (*titles, title, own) if own else (*titles, title)
            yield from _parts(inner, each, (*path, key, place), steps, whole)


def _hint(data: Mapping[str, Any]) -> str:
    """What tells a part without a title from its neighbours."""
    for key in _HINTS:
        if isinstance(data.get(key), str):
            return str(data[key])
        if key == "title" and key in data:
            return ""
    return ""


def _fill(group: Group, model: type[BaseModel], data: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    partial = "extends" in whole
    for key, info, annotation in _fields(model):
        found = None if key in _NOT_HERE else _kind(annotation, whole)
        if found is None or (model is Pack and key not in data):
            continue
        kind, more = found
        if partial and kind == "yes" and key not in data:
            continue  # whether it holds is said in the pack this one extends
        default = None if info.is_required() else _plain(info.get_default(call_default_factory=True))
        group.values.append(
            Value(
                (*group.path, key), kind, text_of(model.__name__, key), data.get(key), default,
                info.is_required() and not partial, **more,
            )
        )  # fmt: skip


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (tuple, frozenset)) else value


def _kind(annotation: Any, whole: Mapping[str, Any]) -> tuple[Kind, dict[str, Any]] | None:
    """How a field of this type is changed; None where a form can't."""
    kind = _inner(annotation)
    shape = read(annotation)[1] if kind in (int, float, str) else {}
    if kind is str:
        return _of_text(shape.get("pattern", ""), whole)
    if isinstance(kind, type) and kind in _TYPES:
        return _TYPES[kind], {"low": shape.get("minimum"), "high": shape.get("maximum")}
    if get_origin(kind) is Literal:
        choices = tuple(str(each) for each in get_args(kind))
        return ("one", {"choices": choices}) if len(choices) > 1 else None
    if get_origin(kind) is tuple:
        return _of_list(get_args(kind)[0], whole)
    return None


def _of_text(pattern: str, whole: Mapping[str, Any]) -> tuple[Kind, dict[str, Any]] | None:
    if pattern == _ROLE_PATTERN:
        return "one", {"choices": roles(whole)}
    return ("text", {"pattern": pattern}) if pattern.startswith((r"^\d", "^[A-Z]{2}(")) else None


def _of_list(item: Any, whole: Mapping[str, Any]) -> tuple[Kind, dict[str, Any]] | None:
    inner = _inner(item)
    if get_origin(inner) is Literal:
        return "some", {"choices": get_args(inner)}
    shape = read(item)[1]
    if inner is int:
        return "wholes", {"low": shape.get("minimum"), "high": shape.get("maximum")}
    return ("names", {"choices": roles(whole)}) if shape.get("pattern") == _ROLE_PATTERN else None


def roles(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The roles a rule of this book may name."""
    named = data.get("roles")
    own = listed(named, "expected") if isinstance(named, Mapping) else []
    return (*BASIC_ROLES, *(str(each["id"]) for each in own if "id" in each))


def listed(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The parts under a key; a file being written may say anything there, what is no part is left out."""
    found = data.get(key)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _calendar(data: Mapping[str, Any]) -> Iterator[Group]:
    """Working hours, public holidays and days off."""
    name = CalendarForm.__name__
    hours = Group(("calendar", "periods"), (text_of(name, "periods"),))
    written = data.get("periods")
    for days, periods in written.items() if isinstance(written, Mapping) else ():
        hours.values.append(
            Value((*hours.path, days), "periods", (str(days), str(days)), periods, required=True)
        )
    rest = Group(("calendar",), (text_of(name, "holidays"),))
    rest.values = [
        Value(("calendar", "zone"), "text", text_of(name, "zone"), data.get("zone"), required=True),
        Value(
            ("calendar", "statutory"),
            "text",
            text_of(name, "statutory"),
            data.get("statutory"),
            pattern="^[A-Z]{2}$",
        ),
        *(
            Value(("calendar", key), "days", text_of(name, key), data.get(key), [])
            for key in ("holidays", "make_up_days")
        ),
    ]
    yield from (hours, rest)
