"""YAML text to plain data, remembering at which line and column each key and value stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from dingfen.engine.errors import PackError

Path = tuple[str | int, ...]
MAX_NODES = 50_000
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
    try:
        marked = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        code = "duplicate_key" if "duplicate key" in (error.problem or "") else "not_yaml"
        return None, [PackError(file, line, column, "", code, {"problem": error.problem or ""})]
    except (YAMLError, ValueError, RecursionError) as error:
        return None, [PackError(file, 1, 1, "", "not_yaml", {"problem": type(error).__name__})]
    errors: list[PackError] = []
    plain = _Plainer(file, source, errors).plain(marked, ())
    return plain, errors


class _Plainer:
    def __init__(self, file: str, source: Source, errors: list[PackError]) -> None:
        self.file, self.source, self.errors = file, source, errors
        self.nodes = 0

    def plain(self, node: Any, path: Path) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            if self.nodes == MAX_NODES + 1:
                self.errors.append(PackError(self.file, 1, 1, "", "file_too_large", {"nodes": MAX_NODES}))
            return None
        if self._is_refused(node, path):
            return None
        if isinstance(node, CommentedMap):
            return self._map(node, path)
        if isinstance(node, CommentedSeq):
            return self._sequence(node, path)
        if isinstance(node, bool) or node is None:
            return node
        for kind in (int, float, str):
            if isinstance(node, kind):
                return kind(node)
        return node

    def _is_refused(self, node: Any, path: Path) -> bool:
        """Tags would choose a type, anchors would let one place speak for another."""
        tag, anchor = getattr(node, "tag", None), getattr(node, "anchor", None)
        code = "tag" if tag and tag.value else "alias" if anchor and anchor.value else None
        if code is not None:
            self.errors.append(
                self.source.error(path, code) if path else PackError(self.file, 1, 1, "", code)
            )
        return code is not None

    def _map(self, node: CommentedMap, path: Path) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key, value in node.items():
            name = str(key)
            line, column, value_line, value_column = node.lc.data[key]
            self.source.keys[(*path, name)] = Place(self.file, line, column)
            self.source.values[(*path, name)] = Place(self.file, value_line, value_column)
            plain[name] = self.plain(value, (*path, name))
        return plain

    def _sequence(self, node: CommentedSeq, path: Path) -> list[Any]:
        plain: list[Any] = []
        for index, value in enumerate(node):
            line, column = node.lc.data[index]
            place = Place(self.file, line, column)
            self.source.keys[(*path, index)] = self.source.values[(*path, index)] = place
            plain.append(self.plain(value, (*path, index)))
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
