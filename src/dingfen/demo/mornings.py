"""The rotation of the car dealer's showroom: check-ins every morning, and turns on the days that are looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dingfen.accounts.actor import Actor
from dingfen.demo.organisation import Organisation
from dingfen.ownership.rotation import actions, late
from dingfen.ownership.rotation.receiving import receive_new
from dingfen.parties.details import Details
from dingfen.problems import Problem

Step = tuple[int, Callable[[Actor, dt.datetime], object]]  # minutes after opening
# who checks in, and how many minutes before opening, in turn by day
ARRIVALS = (("he", 12), ("lin", 9), ("zhu", 5)), (("zhu", 14), ("he", 6), ("lin", 2))
WALK_INS = (("顾维桢", "15906710283", "试驾新能源车"), ("唐以宁", "18957120946", ""))


class Mornings:
    """Called for every day; writes what lies before `now`."""

    def __init__(
        self, organisation: Organisation, actor: Callable[[str, dt.datetime], Actor], now: dt.datetime
    ) -> None:
        self.staff, self.actor, self.now = organisation.staff, actor, now

    def open(self, opening: dt.datetime, left: int) -> None:
        """`left`: days until the last one, which gets turns too."""
        for who, minutes in ARRIVALS[left % len(ARRIVALS)]:
            self._at(opening - dt.timedelta(minutes=minutes), who, actions.check_in)
        if left == 0:
            self._today(opening)

    def late_call(self, evening: dt.datetime) -> None:
        """A call taken after closing on the evening before the last day."""
        self._at(evening, "zhu", late.note_call)

    def _today(self, opening: dt.datetime) -> None:
        desk, staff = "shen", self.staff
        for number, (name, phone, need) in enumerate(WALK_INS):
            moment = opening + dt.timedelta(minutes=18 + 31 * number)
            details = Details(
                name=name, phones=(phone,), source="walk_in", profile={"need": need} if need else {}
            )
            self._at(moment, desk, receive_new, details=details, confirm_possible=True, reason="已当面核对")
        self._at(opening + dt.timedelta(minutes=44), desk, actions.finish, staff_uid=staff["he"].uid)
        self._at(
            opening + dt.timedelta(minutes=46),
            "zhu",
            actions.skip,
            reason="visit",
            until=opening + dt.timedelta(hours=5),
        )

    def _at(self, moment: dt.datetime, who: str, action: Callable[..., object], **given: object) -> None:
        if moment >= self.now:
            return
        try:
            action(actor=self.actor(who, moment), at=moment, **given)
        except Problem as problem:  # by the calendar of the day somebody is elsewhere
            if problem.status not in {409, 422}:
                raise
