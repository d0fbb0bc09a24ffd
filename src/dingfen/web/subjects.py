"""What a clock or a notice is about, in a line: each page group says how its records are shown.

`shows("dispute", resolver)`: the resolver gets an actor and uids and returns a Subject for each uid the
actor may see, in a fixed number of queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from dingfen.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """`room` is the icon's and filter's key; `customer` is masked as the reader must see it."""

    label: str
    number: str
    url: str
    icon: str
    customer: str = ""
    stage: str = ""
    note: str = ""


Resolver = Callable[[Actor, Sequence[UUID]], Mapping[UUID, Subject]]
RESOLVERS: dict[str, Resolver] = {}


def shows(kind: str, resolver: Resolver) -> None:
    """Say how records of a kind are shown. Called once, when the addresses are loaded."""
    RESOLVERS[kind] = resolver


def resolve(actor: Actor, wanted: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], Subject]:
    """The subjects by (kind, uid); what the actor may not see, or nobody shows, is left out."""
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for kind, uid in wanted:
        by_kind[kind].append(uid)
    return {
        (kind, uid): subject
        for kind, uids in by_kind.items()
        if kind in RESOLVERS
        for uid, subject in RESOLVERS[kind](actor, uids).items()
    }


def page_of(name: str, uid: UUID | str) -> str:
    """The address of a record's page; empty when its kind has none."""
    try:
        return reverse(name, args=[uid])
    except NoReverseMatch:
        return ""
