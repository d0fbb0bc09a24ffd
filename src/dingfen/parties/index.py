"""Finding customers again: keyed hashes of identifiers and match keys, in the caller's transaction."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dingfen import keys as secrets
from dingfen.database.rows import each, insert, run
from dingfen.matching import Features, Key, from_json, keys, tail_keys

# A key shared by more customers than this says too little to look at them all.
MOST_PER_KEY = 60
# Of those found, so many are compared: those that share most, a rare key counting more than a common one.
MOST_CANDIDATES = 12


def lookup(company_id: int, kind: str, value: str) -> bytes:
    """32 bytes under which an identifier is stored; of no use without the installation's index key."""
    text = f"{company_id}\0{kind}\0{value}".encode()
    return hashlib.blake2b(text, key=secrets.key("index"), digest_size=32).digest()


def key_numbers(company_id: int, found: Iterable[Key]) -> list[int]:
    """Match keys as signed 64-bit numbers, in the order given."""
    secret = secrets.key("index")
    numbers = []
    for key in found:
        text = f"{company_id}\0{key.kind}\0{key.value}".encode()
        digest = hashlib.blake2b(text, key=secret, digest_size=8).digest()
        numbers.append(int.from_bytes(digest, "big", signed=True))
    return numbers


def lock_hashes(company_id: int, features: Features) -> Iterator[bytes]:
    """What `database.locks.lock_keys` must hold before a customer with these features is checked and written.

    Worked out only when asked for: on SQLite it is not.
    """
    strong = [key for key in keys(features) if key.strong]
    for number in key_numbers(company_id, strong):
        yield number.to_bytes(8, "big", signed=True)


def numbers_of(company_id: int, features: Features) -> tuple[int, ...]:
    """Every key a customer is looked up under, once each."""
    return tuple(dict.fromkeys(key_numbers(company_id, keys(features))))


def tails_of(company_id: int, features: Features, numbers: Iterable[int]) -> tuple[int, ...]:
    """The keys a customer is stored under beside `numbers`, as from `numbers_of`."""
    tails = dict.fromkeys(key_numbers(company_id, tail_keys(features)))
    return tuple(tail for tail in tails if tail not in numbers)


def pack(numbers: Sequence[int]) -> bytes:
    """Keys as they stand beside the customer: 8 bytes each, little end first."""
    return struct.pack(f"<{len(numbers)}q", *numbers)


def _unpack(packed: bytes | None) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 8}q", packed) if packed else ()


def add(rows: Iterable[tuple[int, Iterable[int]]]) -> None:
    """Make customers findable: (customer, its keys)."""
    found = [(number, customer_id) for customer_id, numbers in rows for number in numbers]
    insert("parties_matchkey", ("key", "customer_id"), found)


def remove(customer_id: int) -> None:
    """Nobody finds this customer any more."""
    packed = run("SELECT keyed, tailed FROM parties_customer WHERE id = %s", [customer_id])
    numbers = [number for one in packed[0] for number in _unpack(one)] if packed else []
    if numbers:
        run(_REMOVE.format(keys=each(numbers)), [customer_id, *numbers])
    _keep(customer_id, None, None)


def replace(company_id: int, customer_id: int, features: Features) -> None:
    """Write the match keys of a changed customer anew."""
    remove(customer_id)
    numbers = numbers_of(company_id, features)
    tails = tails_of(company_id, features, numbers)
    add([(customer_id, (*numbers, *tails))])
    _keep(customer_id, pack(numbers), pack(tails))


def _keep(customer_id: int, keyed: bytes | None, tailed: bytes | None) -> None:
    run("UPDATE parties_customer SET keyed = %s, tailed = %s WHERE id = %s", [keyed, tailed, customer_id])


_REMOVE = "DELETE FROM parties_matchkey WHERE customer_id = +%s AND key IN ({keys})"


@dataclass(frozen=True, slots=True)
class Found:
    """A stored customer that shares a key. `leading_id` is the one it counts as (itself unless merged)."""

    id: int
    leading_id: int
    unit_id: int
    features: Features


_FETCH = """
SELECT c.id, COALESCE(c.merged_into_id, c.id), c.unit_id, c.features
FROM parties_customer c
WHERE c.company_id = +%s AND c.erased_at IS NULL AND c.voided_at IS NULL AND c.id IN ({ids})
"""


def fetch(company_id: int, features: Features, numbers: Sequence[int] | None = None) -> list[Found]:
    """The stored customers that share most keys with `features`, MOST_CANDIDATES at most; two queries.

    `numbers` are their keys (`numbers_of`), for who has them already.
    """
    numbers = numbers_of(company_id, features) if numbers is None else numbers
    if not numbers:
        return []
    ids = _ids_by_keys(numbers)
    if not ids:
        return []
    found = run(_FETCH.format(ids=each(ids)), [company_id, *ids])
    return [Found(row[0], row[1], row[2], from_json(row[3])) for row in found if row[3]]


_UNDER = f"""
WITH asked (place, key) AS (VALUES {{places}})
SELECT asked.place, m.customer_id FROM asked CROSS JOIN parties_matchkey m
WHERE m.key = asked.key AND m.customer_id >= COALESCE((
  SELECT last.customer_id FROM parties_matchkey last WHERE last.key = asked.key
  ORDER BY last.customer_id DESC LIMIT 1 OFFSET {MOST_PER_KEY - 1}
), 0)
"""  # noqa: S608 - a number of ours


@cache
def _under(keys: int) -> str:
    """The statement for so many keys: (place of the key, customer), of each key its newest MOST_PER_KEY.

    Where more share a key, the last of them to be looked at is found first. A union of one statement a key with
    a LIMIT each answers the same in three times the processor time.
    """
    places = ", ".join(f"({place}, %s)" for place in range(keys))
    return _UNDER.format(places=places)


def _ids_by_keys(numbers: Sequence[int]) -> list[int]:
    """Customers under these keys, each key giving its newest 60 at most; of too many, those that share most.

    A key counts by how few share it: that bounds what a look-up costs, however large the base is.
    """
    postings: dict[int, list[int]] = {}
    for place, customer_id in run(_under(len(numbers)), numbers):
        postings.setdefault(place, []).append(customer_id)
    shared: dict[int, float] = {}
    for posting in postings.values():
        share = 1 / len(posting)
        for customer_id in posting:
            shared[customer_id] = shared.get(customer_id, 0.0) + share
    if len(shared) <= MOST_CANDIDATES:
        return list(shared)
    return sorted(shared, key=lambda one: (-shared[one], -one))[:MOST_CANDIDATES]
