"""A customer's time line (时间线): touches, and what the rooms add to it, newest first, over every channel.

A room registers a source; each source shows what the reader may see and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dingfen.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `kind`: message or step; `way`: the channel's code, or of a step what happened.

    `inward`: the customer's; `who`: a colleague's name, empty for the customer; `number`, `uid`: its matter.
    """

    at: datetime
    source: str
    kind: str
    way: str
    label: str
    number: str
    uid: UUID
    inward: bool = False
    who: str = ""
    text: str = ""
    entry: Any = None


Source = Callable[[Actor, Sequence[int], datetime | None, int], list[Line]]
sources: list[Source] = []
"""(reader, ids of the customer and of those merged into it, before when, how many at most) -> newest first."""


def lines(actor: Actor, customer_ids: Sequence[int], before: datetime | None, most: int) -> list[Line]:
    """What the rooms know, newest first, at most `most`."""
    found = [line for source in sources for line in source(actor, customer_ids, before, most)]
    return sorted(found, key=lambda line: line.at, reverse=True)[:most]
