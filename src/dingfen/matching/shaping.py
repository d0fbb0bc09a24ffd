"""Tables brought into one shape: the same columns with the same roles, whoever named and cut them.

One list has the place in three columns and another in the address, one has given name and surname apart, one
writes people and firms into one column "客户名称": what is compared must say the same thing on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from . import columns, contents

Slot = tuple[str, int]
Cells = list[str]
Raw = tuple[Sequence[str], Sequence[Sequence[str]], str]  # names, rows, column of ids
_NAMES: Final = ("company", "person", "name")
_PLACES: Final = ("region", "city", "district")
_MIXED: Final = 0.06  # of the cells at least, of both sorts, where people and firms share a column
_HAN: Final = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Shaped:
    """`cells` of each role over all rows of all tables, one table behind the other."""

    roles: list[str]
    cells: list[Cells]


def shape(tables: Sequence[Raw], given: Mapping[str, str] | None) -> Shaped:
    """The columns that can be compared. `given` (role or "ignore" by column) comes before any guess."""
    read = [_slots(one, tables, given) for one in tables]
    if len(read) > 1:
        _settle(read[0], read[1])
        _settle(read[1], read[0])
    slots = list(dict.fromkeys(slot for one in read for slot in one))
    slots = [slot for slot in slots if all(slot in one for one in read)] or slots
    blank = [[""] * len(rows) for _, rows, _ in tables]
    cells = [[one.get(slot, empty) for one, empty in zip(read, blank, strict=True)] for slot in slots]
    return _apart([role for role, _ in slots], [[cell for part in parts for cell in part] for parts in cells])


def _slots(table: Raw, tables: Sequence[Raw], given: Mapping[str, str] | None) -> dict[Slot, Cells]:
    """The cells by role and number within the role."""
    names, rows, id_ = table
    also: dict[str, list[str]] = {}
    for others, other_rows, _ in (one for one in tables if one is not table):
        for place, name in enumerate(others):
            also.setdefault(columns.header(name), []).extend(columns.sample(other_rows, place))
    roles = columns.roles(names, rows, {**(given or {}), id_: "ignore"}, also)
    counts: dict[str, int] = {}
    found = {}
    for place, role in sorted(roles.items()):
        counts[role] = counts.get(role, 0) + 1
        found[role, counts[role]] = [row[place] for row in rows]
    return found


def _settle(one: dict[Slot, Cells], other: dict[Slot, Cells]) -> None:
    """Bring `one` into the shape of `other` where it says the same in more columns, or under another name."""
    if _has(one, "given", "surname") and not _has(other, "given", "surname"):
        _join(one, ("surname", "given"), next((role for role in _NAMES[1:] if _has(other, role)), ""))
    if _has(one, *_PLACES) and not _has(other, *_PLACES) and _has(other, "address"):
        _join(one, (*_PLACES, "address"), "address")
    mine, theirs = ([role for role in _NAMES if _has(table, role)] for table in (one, other))
    if len(mine) == 1 and len(theirs) == 1 and mine != theirs:
        numbers = [number for role, number in one if role == mine[0]]
        for number in numbers:
            one[theirs[0], number] = one.pop((mine[0], number))


def _has(table: dict[Slot, Cells], *roles: str) -> bool:
    return any((role, 1) in table for role in roles)


def _join(table: dict[Slot, Cells], roles: Sequence[str], into: str) -> None:
    parts = [table.pop((role, 1)) for role in roles if (role, 1) in table]
    if into:
        table[into, 1] = [_text(cells, into) for cells in zip(*parts, strict=True)]


def _text(cells: Sequence[str], into: str) -> str:
    """Chinese parts stand together, largest first; in Western addresses and names the small comes first."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if any(_HAN.search(cell) for cell in filled):
        return "".join(filled)
    return " ".join(reversed(filled)) if into != "address" else " ".join([*filled[-1:], *filled[:-1]])


def _apart(roles: list[str], cells: list[Cells]) -> Shaped:
    """People and firms in one column put into two. Where the contact is named again, it is one person."""
    if "company" not in roles:
        return Shaped(roles, cells)
    firms = cells[roles.index("company")]
    people = cells[roles.index("person")] if "person" in roles else None
    if not _is_mixed(firms, people):
        return Shaped(roles, cells)
    persons = list(people or [""] * len(firms))
    kept = list(firms)
    for row, (firm, person) in enumerate(zip(firms, persons, strict=True)):
        name, contact = firm.strip(), person.strip()
        if name and (name == contact or (not contact and contents.is_person(name))):
            kept[row], persons[row] = "", name
    new = [kept if role == "company" and at == roles.index("company") else one
           for at, (role, one) in enumerate(zip(roles, cells, strict=True))]  # fmt: skip
    if people is None:
        return Shaped([*roles, "person"], [*new, persons])
    new[roles.index("person")] = persons
    return Shaped(roles, new)


def _is_mixed(firms: Cells, people: Cells | None) -> bool:
    some = range(0, len(firms), max(1, len(firms) // 2000))
    filled = [at for at in some if firms[at].strip()]
    if people is not None and any(people[at].strip() for at in some):
        single = sum(firms[at].strip() == people[at].strip() for at in filled)
        return single > _MIXED * len(filled)
    persons = sum(contents.is_person(firms[at].strip()) for at in filled)
    plain = sum(contents.is_firm(firms[at].strip()) for at in filled)
    return persons > _MIXED * len(filled) and plain > _MIXED * len(filled)
