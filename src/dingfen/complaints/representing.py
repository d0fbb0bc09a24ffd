"""Who speaks for a complainant, on what, and to whom letters go.

The representatives stand sealed with the complaint. One whose authority was shown (a power of attorney, a proof of
succession) gets the letters; one who only says so speaks, and the letters go to the complainant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

MOST_SPEAKERS = 5
"""A group complaining in person names at most five: 银行业保险业消费投诉处理管理办法 (2020 No. 3)."""
BASIS_WORDS: Mapping[str, str | Promise] = {
    "proxy": pgettext_lazy("representative", "Authorised representative"),
    "lawyer": pgettext_lazy("representative", "Lawyer"),
    "guardian": pgettext_lazy("representative", "Guardian"),
    "heir": pgettext_lazy("representative", "Heir"),
    "speaker": pgettext_lazy("representative", "Speaker of the group"),
}
ENDS_WITH_DEATH = ("proxy", "lawyer", "guardian")
FIRST = ("heir", "guardian", "lawyer", "proxy", "speaker")
"""Whose letters they are where several speak."""


@dataclass(frozen=True, slots=True)
class Speaks:
    """One who speaks for the complainant. `number` from 1, for ever theirs; `attachment`: the proof as a file."""

    number: int
    name: str
    basis: str
    phone: str = ""
    email: str = ""
    proof: str = ""
    attachment: str = ""
    ended: str = ""

    @property
    def standing(self) -> bool:
        return not self.ended

    @property
    def proven(self) -> bool:
        """Speakers a group names among itself need no paper; the others do."""
        return self.basis == "speaker" or bool(self.attachment)

    @property
    def basis_words(self) -> str:
        return str(BASIS_WORDS.get(self.basis, self.basis))


def speakers_of(told: Mapping[str, Any]) -> list[Speaks]:
    """All who speak or spoke, from what is sealed of a complaint."""
    fields = ("name", "basis", "phone", "email", "proof", "attachment", "ended")
    return [
        Speaks(n, **{name: str(one.get(name) or "") for name in fields})
        for n, one in enumerate(told.get("representatives", ()), start=1)
    ]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of those who complain together. `speakers`: names of whom they chose; `attachment`: the signed list."""

    held_at: datetime
    present: int
    place: str
    speakers: tuple[str, ...]
    minutes: str
    attachment: str


def meetings_of(told: Mapping[str, Any]) -> list[Meeting]:
    """The meetings of the group, as they were noted, from what is sealed of a complaint."""
    names = {one.number: one.name for one in speakers_of(told)}
    return [
        Meeting(
            datetime.fromisoformat(str(one["held_at"])), int(one["present"]), str(one["place"]),
            tuple(names[n] for n in one["speakers"] if n in names), str(one["minutes"]), str(one["attachment"]),
        )
        for one in told.get("meetings", ())
    ]  # fmt: skip


def too_many(bases: Iterable[str]) -> bool:
    """Whether more speak for a group than may."""
    return sum(basis == "speaker" for basis in bases) > MOST_SPEAKERS


def addressee(told: Mapping[str, Any]) -> dict[str, str]:
    """To whom letters go: name, phone, email. Of who speaks with shown authority, else of the complainant.

    A speaker without a way to be reached leaves the letters where they were.
    """
    own = told.get("complainant", {})
    standing = [one for one in speakers_of(told) if one.standing and one.proven and (one.phone or one.email)]
    standing.sort(key=lambda one: (FIRST.index(one.basis) if one.basis in FIRST else len(FIRST), one.number))
    chosen = standing[0] if standing else None
    if chosen is None or (chosen.basis == "speaker" and (own.get("phone") or own.get("email"))):
        return {name: str(own.get(name, "")) for name in ("name", "phone", "email")}
    return {"name": chosen.name, "phone": chosen.phone, "email": chosen.email}
