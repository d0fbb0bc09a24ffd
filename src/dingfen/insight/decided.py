"""Which rule decided a ruling. It never changes, so a process remembers it and reads each proposal once."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from django.db.models import QuerySet

from dingfen.ownership.models import Ruling

BATCH = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """`basis`: principle, scorecard, none. `article` empty where the rules proposed nothing."""

    basis: str
    rule: str
    article: str


_known: dict[uuid.UUID, Decided] = {}


def with_proposal(rulings: QuerySet[Ruling]) -> QuerySet[Ruling]:
    """Those for which the rules had proposed an outcome."""
    without = [uid for uid, one in _read_all(rulings).items() if one.basis == "none"]
    return rulings.exclude(uid__in=without) if without else rulings


def decided(rulings: QuerySet[Ruling]) -> list[Decided]:
    """What decided each of these rulings."""
    return list(_read_all(rulings).values())


def _read_all(rulings: QuerySet[Ruling]) -> dict[uuid.UUID, Decided]:
    uids = list(rulings.values_list("uid", flat=True))
    new = [uid for uid in uids if uid not in _known]
    for start in range(0, len(new), BATCH):
        rows = Ruling.objects.filter(uid__in=new[start : start + BATCH]).values_list("uid", "proposed")
        _known.update((uid, _read(bytes(proposed))) for uid, proposed in rows)
    return {uid: _known[uid] for uid in uids if uid in _known}


def by_article(found: Iterable[Decided]) -> list[tuple[str, int]]:
    """Articles with the number of rulings each decided, most first; empty: not covered by the rules."""
    return Counter(one.article for one in found).most_common()


def _read(proposed: bytes) -> Decided:
    if not proposed:
        return Decided("none", "", "")
    ruling = orjson.loads(proposed)
    if ruling.get("declined"):
        return Decided("none", "", "")
    return Decided(
        ruling.get("basis") or "none", ruling.get("decisive_rule") or "", ruling.get("article") or ""
    )
