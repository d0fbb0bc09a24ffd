"""Rotation: who receives next, as a fold over the events of one day (A4).

The fold never fails: what is impossible when it happens (finishing a reception that never began) changes
nothing. Actions ask beforehand; corrections can make yesterday's sense of an event disappear.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from dingfen.engine.ownership import Rotation

Kind = Literal[
    "checked_in",
    "checked_out",
    "received",  # a new customer: uses the turn
    "returning",  # one's own returning customer
    "duty",  # a colleague's customer, the colleague being away
    "finished",  # free again
    "skipped",  # away when the turn may come, with a reason
    "returned",  # back again
    "handed",  # `who` lets `to` go first
    "taken_back",  # the event `takes_back` was a slip
]
Status = Literal["waiting", "receiving", "away"]
Why = Literal["only_free", "handed", "return_turn", "fewest_new", "first_in", "next_in_order"]

RECEPTIONS = ("received", "returning", "duty")


@dataclass(frozen=True, slots=True)
class Turn:
    """One event of the day. `number` is its place in the day; `who` and `to` are ids of people."""

    number: int
    kind: Kind
    at: datetime
    who: int
    to: int | None = None
    takes_back: int | None = None
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One person in the rotation.

    `number`: the how-manieth to check in today; `new`: new customers received today; `owed`: the turn came
    while they were busy or away and is to be made up; `doing`: the kind of the reception that goes on.
    """

    who: int
    number: int
    checked_in_at: datetime
    line: int
    status: Status = "waiting"
    since: datetime | None = None
    new: int = 0
    owed: bool = False
    handed: bool = False
    doing: str = ""
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """`places` in the order of turns, whatever people do just now; `next` is the first who waits.

    `why` says why they are next; `passed` are those before them in order who are busy or away.
    """

    places: tuple[Place, ...] = ()
    next: Place | None = None
    why: Why | None = None
    passed: tuple[int, ...] = ()

    def of(self, who: int | None) -> Place | None:
        return next((place for place in self.places if place.who == who), None)


def order(turns: Iterable[Turn], rule: Rotation) -> Order:
    """The order of turns after these events, in the order of their numbers."""
    day = _Day(rule)
    for turn in standing(turns):
        day.follow(turn)
    return day.order()


def standing(turns: Iterable[Turn]) -> list[Turn]:
    """The events that count: without slips that were taken back, and without what took them back."""
    every = sorted(turns, key=lambda turn: turn.number)
    slips = {turn.takes_back for turn in every if turn.kind == "taken_back"}
    return [turn for turn in every if turn.kind != "taken_back" and turn.number not in slips]


class _Day:
    """The fold. A person's `line` is their place in the queue: a number that only grows at its end."""

    def __init__(self, rule: Rotation) -> None:
        self.rule = rule
        self.places: dict[int, Place] = {}
        self.counts: dict[int, int] = {}  # new customers of those who have gone home
        self.line = 0
        self.checked_in = 0

    def follow(self, turn: Turn) -> None:
        if turn.kind == "checked_in":
            self._check_in(turn)
        elif place := self.places.get(turn.who):
            self._change(turn, place)

    def _check_in(self, turn: Turn) -> None:
        if turn.who in self.places:
            return
        self.checked_in += 1
        self.places[turn.who] = Place(
            turn.who, self.checked_in, turn.at, self._end(), since=turn.at, new=self.counts.get(turn.who, 0)
        )

    def _change(self, turn: Turn, place: Place) -> None:
        if turn.kind == "checked_out":
            self.counts[turn.who] = place.new
            del self.places[turn.who]
        elif turn.kind in RECEPTIONS:
            self._receive(turn, place)
        elif turn.kind == "finished" and place.status == "receiving":
            self._set(place, status="waiting", since=turn.at, doing="")
        elif turn.kind == "skipped" and place.status != "receiving":
            self._skip(turn, place)
        elif turn.kind == "returned" and place.status == "away":
            self._set(place, status="waiting", since=turn.at, reason="", until=None)
        elif turn.kind == "handed" and turn.to in self.places and turn.to != turn.who:
            self._hand(place, self.places[turn.to])

    def _receive(self, turn: Turn, place: Place) -> None:
        uses = {
            "received": True,
            "returning": self.rule.returning_customer == "uses_turn",
            "duty": self.rule.duty_reception == "uses_turn",
        }[turn.kind]
        if uses:
            self._pass_over(place)
            place = replace(place, line=self._end(), owed=False, handed=False)
        self._set(
            place,
            status="receiving",
            since=turn.at,
            doing=turn.kind,
            new=place.new + (turn.kind == "received"),
            reason="",
            until=None,
        )

    def _pass_over(self, place: Place) -> None:
        """Those before `place` who cannot receive now: they make the turn up, or lose it."""
        for before in self._in_order():
            if before.who == place.who:
                return
            if before.status != "waiting":
                self._lose_turn(before)

    def _skip(self, turn: Turn, place: Place) -> None:
        first = next((one for one in self._in_order() if one.status == "waiting"), None)
        self._set(place, status="away", since=turn.at, reason=turn.reason, until=turn.until)
        if first is place:
            self._lose_turn(self.places[place.who])

    def _lose_turn(self, place: Place) -> None:
        if self.rule.skipped == "next_free":
            self._set(place, owed=True)
        else:
            self._set(place, line=self._end(), handed=False)

    def _hand(self, place: Place, other: Place) -> None:
        """They change places; who was let go first keeps that until they receive."""
        self._set(place, line=other.line, handed=False)
        self._set(other, line=place.line, handed=True)

    def _in_order(self) -> list[Place]:
        if self.rule.order == "fewest_new_customers":
            return sorted(self.places.values(), key=lambda one: (not one.handed, one.new, one.line))
        return sorted(self.places.values(), key=lambda one: one.line)

    def _end(self) -> int:
        self.line += 1
        return self.line

    def _set(self, place: Place, **changes: object) -> None:
        self.places[place.who] = replace(place, **changes)  # type: ignore[arg-type]

    def order(self) -> Order:
        places = tuple(self._in_order())
        waiting = [place for place in places if place.status == "waiting"]
        if not waiting:
            return Order(places)
        first = waiting[0]
        passed = tuple(place.who for place in places[: places.index(first)])
        return Order(places, first, self._why(first, len(waiting)), passed)

    def _why(self, first: Place, waiting: int) -> Why:
        if waiting == 1:
            return "only_free"
        if first.handed:
            return "handed"
        if first.owed:
            return "return_turn"
        if self.rule.order == "fewest_new_customers":
            return "fewest_new"
        return "next_in_order" if first.new else "first_in"
