"""What was sent from a form on the page of a complaint, and what a verb in its address does with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as Words

from dingfen.complaints.actions.intake import File
from dingfen.complaints.models import Complaint
from dingfen.problems import invalid, whole_number
from dingfen.web.request import Request


@dataclass(frozen=True)
class Form:
    """What was sent, read by field."""

    request: Request
    complaint: Complaint

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.request.actor, "at": self.request.at}

    @property
    def case(self) -> dict[str, Any]:
        return {**self.who, "case_uid": self.complaint.case.uid}

    def text(self, name: str) -> str:
        return self.request.POST.get(name, "")

    def lines(self, name: str) -> list[str]:
        return self.text(name).splitlines()

    def on(self, name: str) -> bool:
        return self.text(name) == "1"

    def all(self, name: str) -> list[str]:
        return self.request.POST.getlist(name)

    def number(self, name: str) -> int | None:
        return whole_number(self.text(name))

    def moment(self, name: str) -> dt.datetime:
        """A day and time on the wall of the complaint's site. Raises at the field."""
        try:
            found = dt.datetime.fromisoformat(self.text(name))
        except ValueError:
            raise invalid({name: [("required" if not self.text(name) else "invalid", {})]}) from None
        if not 1900 <= found.year <= 2999:  # outside, no clock of the world can be told
            raise invalid({name: [("invalid", {})]})
        return found if found.tzinfo else found.replace(tzinfo=self.complaint.case.unit.zone)

    def file(self, name: str = "file") -> File | None:
        given = self.request.FILES.get(name)
        return File(given.name or "file", given.read()) if given else None


@dataclass(frozen=True)
class Verb:
    """`place`: the part of the page the form stands in, where what is wrong is shown."""

    run: Callable[[Form], object]
    said: str | Words
    place: str
