"""Where a scenario came out otherwise than it says: the single values that differ, not whole structures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from dingfen import formats
from dingfen.engine.trying import Outcome
from dingfen.web.policies.views import language


@dataclass(frozen=True, slots=True)
class Miss:
    key: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Failed:
    title: str
    misses: tuple[Miss, ...]


def failed(outcomes: Iterable[Outcome]) -> list[Failed]:
    """The scenarios that failed, in the reader's language."""
    return [
        Failed(
            getattr(one.scenario.title, language()),
            tuple(miss for each in one.differences for miss in _misses(each.key, each.expected, each.found)),
        )
        for one in outcomes
    ]


def _misses(key: str, expected: Any, found: Any) -> Iterator[Miss]:
    """A scenario names only what it cares about: what else was found is not compared."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name, wanted in expected.items():
            yield from _misses(f"{key}.{name}", wanted, found.get(name))
    elif expected != found:
        yield Miss(key, _said(expected), _said(found))


def _said(value: Any) -> str:
    if value is None or value == [] or value == {}:
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple | set | frozenset):
        return formats.series(_said(one) for one in value)
    if isinstance(value, Mapping):
        return formats.series(f"{name} {_said(one)}" for name, one in value.items())
    return str(value)
