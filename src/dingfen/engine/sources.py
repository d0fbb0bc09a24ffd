"""YAML text to plain data, remembering at which line and column each key and value stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import yaml

from dingfen.engine.errors import PackError

Path = tuple[str | int, ...]
MAX_NODES = 50_000
# libyaml reads a pack thirty times faster than a parser in Python; without it the other gives the same events.
_PARSER: Any = getattr(yaml, "CLoader", yaml.Loader)
MAX_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column count from 0 here, as the YAML reader gives them."""

    file: str
    line: int
    column: int


@dataclass
class Source:
    """Plain data of one or more files under one root, with the places of its keys and values."""

    data: dict[str, Any] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)

    def place(self, path: Path, *, of_key: bool = False) -> Place:
        """Where a path stands; the nearest enclosing place when it has none of its own."""
        for length in range(len(path), 0, -1):
            known = self.keys if of_key or length < len(path) else self.values
            if path[:length] in known:
                return known[path[:length]]
        return next(iter(self.keys.values()), Place(next(iter(self.texts), "pack.yaml"), 0, 0))

    def error(
        self,
        path: Path,
        code: str,
        *,
        accepted: str = "",
        offset: int | None = None,
        of_key: bool = False,
        **params: Any,
    ) -> PackError:
        """A located error. `offset` counts characters inside a text value."""
        place = self.place(path, of_key=of_key)
        column = place.column + (0 if offset is None else offset + self._quote(place))
        key = ".".join(map(str, path))
        return PackError(place.file, place.line + 1, column + 1, key, code, params, accepted)

    def _quote(self, place: Place) -> int:
        lines = self.texts.get(place.file, [])
        line = lines[place.line] if place.line < len(lines) else ""
        return 1 if line[place.column : place.column + 1] in ('"', "'") else 0


def read_yaml(file: str, text: str, source: Source) -> tuple[Any, list[PackError]]:
    """One file's data as plain dicts, lists and scalars, and what stopped it from being read.

    Places are entered into `source` under the file's own root. Anchors and aliases are refused: a rule
    is read by people, each where it stands.
    """
    source.texts[file] = text.splitlines()
    if len(text) > MAX_CHARACTERS:
        return None, [
            PackError(file, 1, 1, "", "file_too_large", {"characters": len(text)}, str(MAX_CHARACTERS))
        ]
    reader = _Reader(file, text, source)
    try:
        return reader.document(), reader.errors
    except _Stopped:
        return None, reader.errors
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return None, [PackError(file, line, column, "", "not_yaml", {"problem": error.problem or ""})]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, [PackError(file, 1, 1, "", "not_yaml", {"problem": type(error).__name__})]


class _Stopped(Exception):
    """What was read is no use; the error is noted."""


# YAML 1.2, the core schema, and dates.
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE, _FALSE = frozenset({"true", "True", "TRUE"}), frozenset({"false", "False", "FALSE"})
_INT = re.compile(r"[-+]?[0-9]{1,400}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt]|[ \t]+)(\d{1,2}:\d\d:\d\d(?:\.\d{1,6})?)[ \t]*(Z|[-+]\d\d:\d\d)?"
)


def plain_scalar(text: str) -> Any:
    """What a plain scalar stands for."""
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", "").lower())
    if _DAY.fullmatch(text):
        return date.fromisoformat(text)
    if moment := _MOMENT.fullmatch(text):
        day, clock, zone = moment.groups()
        return datetime.fromisoformat(f"{day}T{clock.zfill(8)}{zone or ''}")
    return text


class _Reader:
    """Plain data from the events of the YAML parser: libyaml's, where PyYAML was built with it."""

    def __init__(self, file: str, text: str, source: Source) -> None:
        self.file, self.source, self.nodes = file, source, 0
        self.errors: list[PackError] = []
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=_PARSER))

    def document(self) -> Any:
        """The one document of the file, None when it is empty."""
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        found = self._node(next(self.events), ())
        next(self.events)
        rest = next(self.events)
        if not isinstance(rest, yaml.StreamEndEvent):
            problem = "more than one document"
            self.errors.append(
                PackError(self.file, rest.start_mark.line + 1, 1, "", "not_yaml", {"problem": problem})
            )
            raise _Stopped
        return found

    def _node(self, event: Any, path: Path) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.errors.append(PackError(self.file, 1, 1, "", "file_too_large", {"nodes": MAX_NODES}))
            raise _Stopped
        refused = self._refused(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            found: Any = self._map(path)
        elif isinstance(event, yaml.SequenceStartEvent):
            found = self._sequence(path)
        elif isinstance(event, yaml.AliasEvent):
            found = None
        else:
            found = plain_scalar(event.value) if event.implicit[0] else event.value
        return None if refused else found

    def _refused(self, event: Any, path: Path) -> bool:
        """Tags would choose a type, anchors would let one place speak for another."""
        tagged = getattr(event, "tag", None) is not None
        code = "tag" if tagged else "alias" if event.anchor is not None else None
        if code is not None:
            self.errors.append(
                self.source.error(path, code) if path else PackError(self.file, 1, 1, "", code)
            )
        return code is not None

    def _map(self, path: Path) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        while not isinstance(key := next(self.events), yaml.MappingEndEvent):
            mark = key.start_mark
            if not isinstance(key, yaml.ScalarEvent):
                self._stop(mark, "not_yaml", problem="a key must be a word")
            name = key.value
            if name in plain:
                self._stop(mark, "duplicate_key", key=".".join(map(str, (*path, name))), problem=name)
            value = next(self.events)
            at = (*path, name)
            self.source.keys[at] = Place(self.file, mark.line, mark.column)
            self.source.values[at] = Place(self.file, value.start_mark.line, value.start_mark.column)
            plain[name] = self._node(value, at)
        return plain

    def _stop(self, mark: Any, code: str, key: str = "", **params: str) -> None:
        self.errors.append(PackError(self.file, mark.line + 1, mark.column + 1, key, code, params))
        raise _Stopped

    def _sequence(self, path: Path) -> list[Any]:
        plain: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            at = (*path, len(plain))
            place = Place(self.file, event.start_mark.line, event.start_mark.column)
            self.source.keys[at] = self.source.values[at] = place
            plain.append(self._node(event, at))
        return plain


def values_of(data: Any, key: str, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each value that stands under `key` anywhere in the data, with its path."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if name == key:
                yield (*path, name), value
            yield from values_of(value, key, (*path, name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from values_of(value, key, (*path, index))
