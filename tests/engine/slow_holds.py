"""Who holds a customer, day by day: a calendar on the wall, a pencil, and the articles of the car dealer.

Times are whole hours since the first midnight. A day is what lies between two midnights.
"""

from __future__ import annotations

from dataclasses import dataclass

DAY = 24
CADENCE = {"H": 3, "A": 7, "B": 15, "C": 30, None: 7}


def day_of(hour: int) -> int:
    return hour // DAY


def lapses_on(last: int, grade: str | None) -> int:
    """The first day on which a registration is void: walk through the days one at a time (OWN-7, OWN-9)."""
    day, owed = day_of(last), CADENCE[grade]
    while owed:  # the day of the follow-up itself is not counted
        day += 1
        owed -= 1
    grace = 5
    while grace:
        day += 1
        grace -= 1
    return day + 1


@dataclass
class Hold:
    since: int
    last: int
    dead: bool = False

    def is_void(self, hour: int, grade: str | None) -> bool:
        return self.dead or day_of(hour) >= lapses_on(self.last, grade)


def after(story: list[tuple[int, str, str]], grade: str | None) -> dict[str, Hold]:
    """The holds when these things have happened, in order: (hour, who, "registers" or "follows up")."""
    holds: dict[str, Hold] = {}
    for hour, who, what in story:
        own = holds.get(who)
        if what == "registers":
            if own is not None and not own.is_void(hour, grade):
                continue
            for other, hold in holds.items():
                if other != who and hold.is_void(hour, grade):
                    hold.dead = True  # the customer is now somebody else's (000r, rule 6)
            holds[who] = Hold(hour, hour)
        elif own is not None and not own.dead:
            own.last = hour
    return holds


def may_claim(deal: int, delivered: int | None, claim: int, days: int = 5) -> bool:
    """Within five days of the deal or of delivery, day five included (OWN-10)."""
    return any(day_of(claim) <= day_of(start) + days for start in (deal, delivered) if start is not None)
