"""Actions in two halves: what needs nobody's lock is done before the transaction, so that others wait for less."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Done = TypeVar("Done")


def at_once(prepare: Callable[P, Callable[[], Done]]) -> Callable[P, Done]:
    """The whole action: `prepare` gets ready and gives what is to be called for the rest."""

    @wraps(prepare)
    def act(*args: P.args, **given: P.kwargs) -> Done:
        return prepare(*args, **given)()

    return act
