"""What a page asks for several times is read once: the page changes nothing while it is made."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

V = TypeVar("V")
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept_while_reading", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Within it nothing is written, and `once` keeps its answers."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(key: Hashable, read: Callable[[], V]) -> V:
    """What `read` gives; within `reading`, what it gave the first time. `key` begins with whose it is."""
    kept = _kept.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    answer: V = kept[key]
    return answer
