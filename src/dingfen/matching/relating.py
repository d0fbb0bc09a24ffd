"""Records that belong together and are not one customer: a household, firms of one group. Pure.

A household: two persons of one address (with its room, or with one surname) or one family phone. A group of
firms: one brand in two places or trades, and something more in common than the brand, which alone is chance.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Final, Literal

import numpy as np

from .batch import Base, sharing
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


class Handles:
    """Collects by what the records of a base might belong together; 16 bytes a handle, not the records."""

    def __init__(self) -> None:
        self.size = 0
        self._numbers, self._rows = array("q"), array("q")

    def add(self, one: Features) -> None:
        """The next record of the base."""
        for handle in _handles(one):
            self._numbers.append(hash(handle))
            self._rows.append(self.size)
        self.size += 1

    def pairs(self) -> list[tuple[int, int]]:
        """(row, later row) worth looking at with `related`, each pair once, in order."""
        keys = np.array(self._numbers, np.int64), np.array(self._rows, np.int64)
        found = sharing(Base(self.size, *keys, ()), BUCKET)
        return list(
            zip((found // max(self.size, 1)).tolist(), (found % max(self.size, 1)).tolist(), strict=True)
        )


def _handles(one: Features) -> Iterator[tuple[str, ...]]:
    if one.kind == "company":
        if one.company.core:
            yield "brand", one.company.core
        return
    if one.address.street and one.address.number:
        city = one.place.city or one.place.region
        yield "house", city, one.address.street, one.address.number, one.address.rest
        if one.person.surname:
            yield "family", city, one.address.street, one.address.number, one.person.surname
    if one.person.surname:
        for number in (*one.mobiles, *one.landlines):
            yield "phone", number, one.person.surname
