"""What a process has counted in the last minutes, for the next reader of the same figures.

Counting all figures of 100,000 customers takes about a second of processor time; a manager's page is read in
bursts. So an answer is given again for five minutes, to whoever sees exactly the same rows; pages say so.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar

from django.utils.translation import get_language

LIFE = dt.timedelta(minutes=5)
MOST = 2000
T = TypeVar("T")
_answers: OrderedDict[tuple[Any, ...], tuple[dt.datetime, Any]] = OrderedDict()
_lock = Lock()


def kept(counting: Callable[..., T]) -> Callable[..., T]:
    """Remember what a function of (…, scope) answered; its other arguments must be hashable."""

    @wraps(counting)
    def answer(*given: Any) -> T:
        *others, scope = given
        key = (counting.__qualname__, *others, scope.key, get_language())
        found = _answers.get(key)
        if found is not None and dt.timedelta(0) <= scope.at - found[0] < LIFE:
            value: T = found[1]
            return value
        value = counting(*given)
        with _lock:
            _answers[key] = (scope.at, value)
            _answers.move_to_end(key)
            while len(_answers) > MOST:
                _answers.popitem(last=False)
        return value

    return answer


def forget() -> None:
    """Count everything anew."""
    with _lock:
        _answers.clear()
