"""A pack that extends another: the base's values are taken over, named parts replaced by their id.

    id: our-complaints
    extends: company-complaints
    without: [complaints.ladder.court]        # parts of the base left out

What the pack writes stands; mappings are merged key by key, lists of parts that have an `id` part by part
(a new id is added at the end), any other value, lengths and amounts too, is replaced as a whole. An **overlay**
(`kind: overlay`) may only change values that the base has: it says what is different between two dates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dingfen.engine.errors import PackError
from dingfen.engine.sources import Path, Source

Bases = Callable[[str], Mapping[str, str]]
# What is a pack's own and never taken over.
OWN = frozenset({"id", "title", "version", "kind", "extends", "without", "period", "in_force_from"})
MOST_STEPS = 5


def no_bases(name: str) -> Mapping[str, str]:
    """Where no other pack is at hand. Raises KeyError."""
    raise KeyError(name)


def extended(own: Source, base: Source, topics: frozenset[str]) -> tuple[Source, list[PackError]]:
    """The data of a pack with its base's taken over, each key with the place where it was written."""
    errors = list(_left_out_in_vain(own, base))
    if own.data.get("kind") == "overlay":
        errors += list(_added(own, base, topics))
    out = Source(texts={**base.texts, **own.texts})
    without = own.data.get("without")
    merger = _Merger(own, base, out, frozenset(map(str, without if isinstance(without, list) else ())))
    kept = {key: value for key, value in base.data.items() if key not in OWN}
    out.data = merger.mapping(kept, own.data, (), ())
    return out, errors


class _Merger:
    def __init__(self, own: Source, base: Source, out: Source, without: frozenset[str]) -> None:
        self.own, self.base, self.out, self.without = own, base, out, without

    def mapping(
        self, base: dict[str, Any], own: dict[str, Any], path: Path, own_path: Path
    ) -> dict[str, Any]:
        """`path` is the path in the base and, mostly, in what comes out; ids stand for places in lists."""
        return self._mapping(base, own, path, own_path, path, "")

    def _mapping(
        self, base: dict[str, Any], own: dict[str, Any], at: Path, own_at: Path, out_at: Path, named: str
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in (*base, *(key for key in own if key not in base)):
            name = f"{named}.{key}" if named else key
            if name in self.without and key not in own:
                continue
            places = ((*at, key), (*own_at, key), (*out_at, key))
            if key not in own:
                found[key] = self._copy(base[key], self.base, places[0], places[2], name)
            elif key not in base:
                found[key] = self._copy(own[key], self.own, places[1], places[2])
            else:
                found[key] = self._both(base[key], own[key], places, name)
        return found

    def _both(self, base: Any, own: Any, places: tuple[Path, Path, Path], name: str) -> Any:
        at, own_at, out_at = places
        if isinstance(base, dict) and isinstance(own, dict) and not (_is_value(base) or _is_value(own)):
            self._place(self.own, own_at, out_at)
            return self._mapping(base, own, at, own_at, out_at, name)
        if _has_ids(base) and _has_ids(own):
            self._place(self.own, own_at, out_at)
            return self._parts(base, own, places, name)
        return self._copy(own, self.own, own_at, out_at)

    def _parts(
        self, base: list[Any], own: list[Any], places: tuple[Path, Path, Path], name: str
    ) -> list[Any]:
        at, own_at, out_at = places
        mine = {each["id"]: index for index, each in enumerate(own)}
        found: list[Any] = []
        for index, each in enumerate(base):
            named = f"{name}.{each['id']}"
            place = (*out_at, len(found))
            if each["id"] in mine:
                number = mine.pop(each["id"])
                self._place(self.own, (*own_at, number), place)
                found.append(self._mapping(each, own[number], (*at, index), (*own_at, number), place, named))
            elif named not in self.without:
                found.append(self._copy(each, self.base, (*at, index), place, named))
        for number in mine.values():
            place = (*out_at, len(found))
            found.append(self._copy(own[number], self.own, (*own_at, number), place))
        return found

    def _copy(self, value: Any, source: Source, at: Path, out_at: Path, name: str | None = None) -> Any:
        """A value with its places; of the base (with a `name`), less what is left out."""
        self._place(source, at, out_at)
        if isinstance(value, dict):
            return {
                key: self._copy(each, source, (*at, key), (*out_at, key), name and f"{name}.{key}")
                for key, each in value.items()
                if not (name and f"{name}.{key}" in self.without)
            }
        if isinstance(value, list):
            ids = _has_ids(value)
            kept = [
                (index, each)
                for index, each in enumerate(value)
                if not (ids and name and f"{name}.{each['id']}" in self.without)
            ]
            return [
                self._copy(
                    each,
                    source,
                    (*at, index),
                    (*out_at, place),
                    name and f"{name}.{each['id'] if ids else index}",
                )
                for place, (index, each) in enumerate(kept)
            ]
        return value

    def _place(self, source: Source, at: Path, out_at: Path) -> None:
        for own, out in ((source.keys, self.out.keys), (source.values, self.out.values)):
            if at in own:
                out[out_at] = own[at]


# Mappings that are one value: lengths, amounts, points, choices of a claim, as people or canonical text write them.
_FORMS = ("length", "amount unit", "amount currency", "low high", "extreme fact", "kind fact")
_VALUES = tuple(frozenset(form.split()) for form in _FORMS)


def _is_value(node: Mapping[str, Any]) -> bool:
    return any(keys <= node.keys() for keys in _VALUES)


def _has_ids(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in value)
    )


def _left_out_in_vain(own: Source, base: Source) -> Iterator[PackError]:
    """What `without` names and the base does not have."""
    names = own.data.get("without")
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if _at(base.data, str(name)) is None:
            yield own.error(("without", index), "nothing_there", key=str(name))


def _added(own: Source, base: Source, topics: frozenset[str]) -> Iterator[PackError]:
    """What an overlay writes under a topic and the base does not have."""
    written = {topic: own.data[topic] for topic in own.data if topic in topics}
    for path, name in _new(written, base.data, (), ""):
        yield own.error(path, "overlay_adds", key=name, of_key=True)


def _new(node: Any, base: Any, path: Path, named: str) -> Iterator[tuple[Path, str]]:
    """The topmost keys, and parts with an id, that the base lacks: by path and by name."""
    if isinstance(node, dict) and not _is_value(node):
        steps = [((*path, key), key, value) for key, value in node.items()]
    elif _has_ids(node):
        steps = [((*path, index), each["id"], each) for index, each in enumerate(node)]
    else:
        return
    for where, step, value in steps:
        name = f"{named}.{step}" if named else step
        below = _at(base, step)
        if below is None:
            yield where, name
        else:
            yield from _new(value, below, where, name)


def _at(data: Any, name: str) -> Any:
    """What stands under a dotted name; parts of a list go by id. None: nothing."""
    here = data
    for step in name.split("."):
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, list):
            here = next((each for each in here if isinstance(each, dict) and each.get("id") == step), None)
        else:
            return None
    return here


def difference(whole: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """What a pack that extends has to write of its own: the plain data of the whole, less what its base says.

    `extended` with it gives the whole again, as long as nothing of the base was left out without `without`.
    """
    own = {key: value for key, value in whole.items() if key in OWN}
    return own | _differing({k: v for k, v in whole.items() if k not in OWN}, base)


def _differing(whole: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in whole.items():
        before = base.get(key)
        if value == before:
            continue
        if isinstance(value, dict) and isinstance(before, dict) and not _is_value(value):
            found[key] = _differing(value, before)
        elif _has_ids(value) and _has_ids(before):
            earlier = {each["id"]: each for each in before or ()}
            found[key] = [
                {"id": each["id"], **_differing(each, earlier.get(each["id"], {}))}
                for each in value
                if each != earlier.get(each["id"])
            ]
        else:
            found[key] = value
    return found
