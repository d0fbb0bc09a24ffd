"""What a list is declared with: views, bulk actions, what stands where nothing is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from dingfen.accounts.actor import Actor

Words = str | Promise
ENOUGH = 100  # rows counted for the number beside a room or view; it says 99+ then


@dataclass(frozen=True)
class View:
    """A view that comes with the list. `params` are filters and sort; `url` leads elsewhere instead."""

    key: str
    label: Words
    params: dict[str, str] = field(default_factory=dict)
    url: str = ""
    count: Callable[[Actor, dt.datetime], int | None] | None = None
    hot: bool = False


@dataclass(frozen=True)
class BulkAction:
    """`run(actor=…, at=…, row=…, data=…)` calls the action for one row; a Problem refuses that row alone.

    `key`: the letter that runs it. `confirm`: the question asked before. `fields`: a template with more
    fields, shown under the button. `permission`: without it the button is not there.
    """

    name: str
    label: Words
    run: Callable[..., object]
    icon: str = "check"
    key: str = ""
    permission: str = ""
    confirm: Words = ""
    fields: str = ""


@dataclass(frozen=True)
class Empty:
    """What stands where no rows are, and one way on."""

    title: Words
    text: Words = ""
    icon: str = "list"
    url: str = ""
    label: Words = ""
    colour: str = "grey"


@dataclass(frozen=True)
class Result:
    """What became of one row: `error` says why nothing did, `made` is what the action gave back."""

    row: Any
    name: str
    error: str = ""
    made: Any = None
