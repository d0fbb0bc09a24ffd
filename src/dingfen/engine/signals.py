"""Signals of gaming the rules: patterns in what people entered, for those who decide to look at.

A signal says what was seen, never what it means: it changes no point and decides nothing. Acts hold ids,
times, numbers and digests, never names or texts. Each pattern is one short function over acts in order.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal, get_args

from dingfen.engine.signal_rules import Code, Limit, Limits

ActKind = Literal["registered", "touch", "released", "taken", "checked"]
Place = tuple[float, float]
ENTERED: frozenset[ActKind] = frozenset({"registered", "touch"})
CODES: tuple[Code, ...] = get_args(Code)
EARTH = 6371.0
NEARBY = 5.0
"""Kilometres within which two places are one: sites in one part of a town."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody entered or did: `at` as stated, `recorded_at` by the server, both aware UTC.

    `attrs`: touch_kind, reached (bool), minutes (number), note (digest), place (latitude, longitude), due
    (the moment by which a follow-up was wanted), name and number (digests of a registered customer's).
    """

    kind: ActKind
    at: datetime
    recorded_at: datetime
    staff: str
    entry: int | None = None
    customer: str | None = None
    attrs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signal:
    """What was seen: how often, in which entries, from when to when, by whom. `params` fill its words."""

    code: Code
    staff: str
    count: int
    first: datetime
    last: datetime
    entries: tuple[int, ...]
    others: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


def detect(acts: Iterable[Act], limits: Limits) -> tuple[Signal, ...]:
    """Every signal in these acts, by code and person; switched-off ones are not looked for."""
    ordered = sorted(acts, key=lambda act: (act.recorded_at, act.at, act.entry or 0))
    found: list[Signal] = []
    for code in CODES:
        limit = limits.of(code)
        if limit is not None:
            found += _FINDERS[code](ordered, limit)
    return tuple(found)


def _by_staff(acts: Iterable[Act]) -> dict[str, list[Act]]:
    found: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        found[act.staff].append(act)
    return dict(sorted(found.items()))


def _signal(code: Code, acts: Sequence[Act], others: Iterable[str] = (), **params: Any) -> Signal:
    moments = [act.recorded_at for act in acts]
    entries = dict.fromkeys(act.entry for act in acts if act.entry is not None)
    return Signal(
        code, acts[0].staff, len(acts), min(moments), max(moments), tuple(entries), tuple(others), params
    )


def runs(acts: Sequence[Act], within: timedelta, least: int) -> Iterator[Sequence[Act]]:
    """Longest stretches of `least` or more acts, each lying `within` of the stretch's first; none overlap."""
    start = 0
    while start < len(acts):
        end = start
        while end < len(acts) and acts[end].recorded_at - acts[start].recorded_at <= within:
            end += 1
        if end - start >= least:
            yield acts[start:end]
            start = end
        else:
            start += 1


def _bulk(acts: Sequence[Act], limit: Limit) -> Iterator[Signal]:
    """Many entries in a short time, each shortly before its follow-up was due."""
    for mine in _by_staff(act for act in acts if act.kind in ENTERED and _near(act, limit.near)).values():
        for run in runs(mine, limit.within, limit.at_least):
            yield _signal("bulk", run)


def _near(act: Act, near: timedelta) -> bool:
    due = act.attrs.get("due")
    return due is not None and timedelta(0) <= due - act.recorded_at <= near


def _last_day(acts: Sequence[Act], limit: Limit) -> Iterator[Signal]:
    """Follow-ups with a customer that all came on the last day of their time."""
    for mine in _by_staff(act for act in acts if act.kind == "touch" and act.attrs.get("due")).values():
        customers: dict[str | None, list[Act]] = defaultdict(list)
        for act in mine:
            customers[act.customer].append(act)
        for own in customers.values():
            if len(own) >= limit.at_least and all(
                timedelta(0) <= act.attrs["due"] - act.at <= limit.near for act in own
            ):
                yield _signal("last_day", own)


def _same_notes(acts: Sequence[Act], limit: Limit) -> Iterator[Signal]:
    """The same note, word for word, beside several touches."""
    for mine in _by_staff(act for act in acts if act.kind == "touch" and act.attrs.get("note")).values():
        notes: dict[str, list[Act]] = defaultdict(list)
        for act in mine:
            notes[act.attrs["note"]].append(act)
        for same in notes.values():
            if len(same) >= limit.at_least:
                yield _signal("same_notes", same)


def _search_then_register(acts: Sequence[Act], limit: Limit) -> Iterator[Signal]:
    """A colleague enters something about a customer; somebody checks and registers that customer at once."""
    entered: dict[str | None, list[Act]] = defaultdict(list)
    checks: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        if act.kind == "checked":
            checks[act.staff].append(act)
        if act.kind not in ENTERED:
            continue
        if act.kind == "registered" and (hit := _searched(act, entered[act.customer], checks, limit)):
            yield hit
        entered[act.customer].append(act)


def _searched(
    act: Act, earlier: Sequence[Act], checks: Mapping[str, Sequence[Act]], limit: Limit
) -> Signal | None:
    for theirs in reversed(earlier):
        if act.recorded_at - theirs.recorded_at > limit.within:
            return None
        if theirs.staff == act.staff:
            continue
        between = [
            check
            for check in checks.get(act.staff, ())
            if theirs.recorded_at <= check.recorded_at <= act.recorded_at
        ]
        if between:
            minutes = int((act.recorded_at - theirs.recorded_at).total_seconds() // 60)
            return Signal(
                "search_then_register", act.staff, 1, between[0].recorded_at, act.recorded_at,
                tuple(one.entry for one in (theirs, act) if one.entry is not None), (theirs.staff,),
                {"minutes": minutes},
            )  # fmt: skip
    return None


def kilometres(one: Place, other: Place) -> float:
    """The shortest way over the ground between two places given as (latitude, longitude) in degrees."""
    north, east = math.radians(other[0] - one[0]), math.radians(other[1] - one[1])
    part = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(one[0])) * math.cos(math.radians(other[0])) * math.sin(east / 2) ** 2
    )
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(part)))


def _too_far(acts: Sequence[Act], limit: Limit) -> Iterator[Signal]:
    """Two touches in person, one after the other, at places nobody gets between in that time."""
    placed = [act for act in acts if act.kind == "touch" and act.attrs.get("place")]
    for mine in _by_staff(placed).values():
        for one, other in pairwise(sorted(mine, key=lambda act: (act.at, act.entry or 0))):
            way = kilometres(one.attrs["place"], other.attrs["place"])
            hours = (other.at - one.at).total_seconds() / 3600
            if way > NEARBY and way > hours * limit.at_least:
                minutes = int((other.at - one.at).total_seconds() // 60)
                yield _signal("too_far", (one, other), kilometres=round(way), minutes=minutes)


def _zero_length(acts: Sequence[Act], limit: Limit) -> Iterator[Signal]:
    """Calls that reached somebody and lasted no minute."""
    for mine in _by_staff(act for act in acts if act.kind == "touch").values():
        empty = [
            act
            for act in mine
            if act.attrs.get("minutes") == 0
            and act.attrs.get("reached")
            and act.attrs.get("touch_kind") in ("call", "incoming_call", "outgoing")
        ]
        if len(empty) >= limit.at_least:
            yield _signal("zero_length", empty)


def _burst(acts: Sequence[Act], limit: Limit) -> Iterator[Signal]:
    """More entries in a moment than anybody writes."""
    for mine in _by_staff(act for act in acts if act.kind in ENTERED).values():
        for run in runs(mine, limit.within, limit.at_least):
            yield _signal("burst", run)


def _carousel(acts: Sequence[Act], limit: Limit) -> Iterator[Signal]:
    """Two colleagues hand a customer to and fro by way of the pool: one releases, the other takes at once."""
    passes: dict[tuple[str | None, frozenset[str]], list[tuple[Act, Act]]] = defaultdict(list)
    open_: dict[str | None, Act] = {}
    for act in acts:
        if act.kind == "released":
            open_[act.customer] = act
        if act.kind not in ("taken", "registered"):
            continue
        gave = open_.pop(act.customer, act)
        if gave.staff != act.staff and act.recorded_at - gave.recorded_at <= limit.within:
            passes[(act.customer, frozenset((gave.staff, act.staff)))].append((gave, act))
    for (_, pair), handed in passes.items():
        if len(handed) >= limit.at_least:
            involved = [act for both in handed for act in both]
            first = involved[0].staff
            yield _signal("carousel", involved, sorted(pair - {first}), passes=len(handed))


def _renumbered(acts: Sequence[Act], limit: Limit) -> Iterator[Signal]:
    """A customer of the same name is registered with another number soon after a colleague's registration."""
    named: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        name, number = act.attrs.get("name"), act.attrs.get("number")
        if act.kind != "registered" or not name or not number:
            continue
        for earlier in reversed(named[name]):
            if act.recorded_at - earlier.recorded_at > limit.within:
                break
            if earlier.staff != act.staff and earlier.attrs["number"] != number:
                entries = tuple(one.entry for one in (earlier, act) if one.entry is not None)
                yield Signal(
                    "renumbered",
                    act.staff,
                    1,
                    earlier.recorded_at,
                    act.recorded_at,
                    entries,
                    (earlier.staff,),
                )
                break
        named[name].append(act)


_FINDERS: dict[Code, Callable[[Sequence[Act], Limit], Iterator[Signal]]] = {
    "bulk": _bulk,
    "last_day": _last_day,
    "same_notes": _same_notes,
    "search_then_register": _search_then_register,
    "too_far": _too_far,
    "zero_length": _zero_length,
    "burst": _burst,
    "carousel": _carousel,
    "renumbered": _renumbered,
}
