"""Records that belong together and are not one customer: a household, firms of one group. Pure.

A household: two persons of one address (with its room, or with one surname) or one family phone. A group of
firms: one brand in two places or trades, and something more in common than the brand, which alone is chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, Literal

import numpy as np

from .batch import Base, Numbers, sharing
from .normalise import Features
from .score import Level, level, levels

Kind = Literal["household", "firm_group"]

BUCKET: Final = 8  # a house or number that more share than this is an office, a block, a switchboard
_OTHER_PERSON: Final = {level("name", name) for name in ("family", "given", "differs")}
_FAMILY: Final = level("name", "family")
_SAME_ADDRESS: Final = level("address", "same")
_OTHER_BRANCH: Final = {level("company", name) for name in ("other_place", "other_trade")}
# what firms of one group share beside the brand
_TIES: Final = {
    level(*one)
    for one in (
        ("landline", "same"), ("mobile", "same"), ("email", "same"), ("email", "shared"),
        ("address", "same"), ("address", "number"), ("contact", "same"),
    )
}  # fmt: skip
_PHONES: Final = {level("mobile", "same"), level("landline", "same")}


def related(a: Features, b: Features) -> tuple[Kind, list[Level]] | None:
    """What two records that are not one customer are to each other, and how they agree. Symmetric."""
    found = levels(a, b)
    have = set(found)
    if a.kind == b.kind == "company":
        if have & _OTHER_BRANCH and (have & _TIES or _one_domain(a, b)):
            return "firm_group", found
        return None
    if a.kind == b.kind == "person" and have & _OTHER_PERSON:
        one_roof = _SAME_ADDRESS in have and (_FAMILY in have or bool(a.address.rest and b.address.rest))
        if one_roof or (_FAMILY in have and have & _PHONES):
            return "household", found
    return None


def _one_domain(a: Features, b: Features) -> bool:
    """E-mail addresses at one domain that is no public mailbox."""
    return bool(_domains(a) & _domains(b))


def _domains(a: Features) -> set[str]:
    return {email.rpartition("@")[2] for email in a.emails} - PUBLIC


PUBLIC: Final = frozenset(
    f"{name}.com"
    for name in (
        "qq", "foxmail", "163", "126", "sina", "sohu", "139", "21cn", "aliyun", "tom", "gmail", "outlook", "hotmail",
        "live", "icloud", "yahoo", "msn",
    )
) | {"yeah.net", "sina.cn", "189.cn", "wo.cn"}  # fmt: skip


def worth_a_look(base: Base) -> list[tuple[int, int]]:
    """(row, later row) worth looking at with `related`, each pair once, in order: they share a handle few have."""
    found = [handle for handle in _handles(base) if len(handle[0])]
    if not found:
        return []
    numbers, rows = (np.concatenate(one) for one in zip(*found, strict=True))
    order = np.argsort(rows, kind="stable")
    pairs = sharing(Base(base.size, numbers[order], rows[order], (), base.firm), BUCKET)
    return list(zip((pairs // base.size).tolist(), (pairs % base.size).tolist(), strict=True))


def _handles(base: Base) -> Iterator[tuple[Numbers, Numbers]]:
    """By what records might belong together: (number, row) of each that has it."""
    people, firms = ~base.firm, base.firm
    surname = base.texts("person", lambda person: person.surname)
    city = base.texts("place", lambda place: place.city or place.region)
    door = base.texts(
        "address", lambda one: f"{one.street} {one.number}" if one.street and one.number else ""
    )
    room = base.texts("address", lambda address: address.rest)
    yield _handle(1, firms, base.texts("company", lambda company: company.core))
    yield _handle(2, people, door, also=(city, room))
    yield _handle(3, people, door, surname, also=(city,))
    for name in ("mobiles", "landlines"):
        for place in range(max(map(len, base.field(name).values(name)), default=0)):
            yield _handle(4, people, base.texts(name, partial(_nth, place)), surname)


def _nth(place: int, values: Sequence[str]) -> str:
    return values[place] if place < len(values) else ""


def _handle(
    kind: int, among: Numbers, *needed: Numbers, also: tuple[Numbers, ...] = ()
) -> tuple[Numbers, Numbers]:
    """One number for equal texts, of the rows `among` that have all that is needed; `also` may be blank."""
    rows = np.flatnonzero(np.logical_and.reduce([among, *(one != 0 for one in needed)]))
    found = np.full(len(rows), kind, np.int64)
    for one in (*needed, *also):
        found = (found ^ one[rows]) * _MIX
        found ^= found >> 29
    return found, rows.astype(np.int32)


_MIX: Final = -7046029254386353131  # odd, so that no two numbers become one
