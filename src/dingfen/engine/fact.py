"""What a fact is: one word of the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Subject = Literal["case", "claim", "customer", "touch", "ruling", "complaint", "incident", "conduct", "care"]
FactType = Literal["boolean", "number", "moment", "span", "choice"]
Value = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One word of the vocabulary.

    `nullable`: the value may be none. `low`, `high` bound a number. `judged`: found by people, with
    `unless_found` as the value before that (`"unknown"` where nothing may be assumed).
    `fixed`: evidence in a dispute cannot change it, so it is never offered as "what would change this".
    `of_hold`: a fact of the hold itself, which the rules of protection may ask for too.
    """

    name: str
    subject: Subject
    type: FactType
    zh: str
    en: str
    derived_from: str
    unit: str = ""
    nullable: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    judged: bool = False
    unless_found: Value = None
    fixed: bool = False
    of_hold: bool = False


GRADES = ("H", "A", "B", "C")
CHANNELS = ("walk_in", "incoming_call", "online", "referral", "broker", "event")
STAGES = ("enquiry", "trial", "offer", "deposit", "approved")
SIDES = ("customer", "spouse", "parent", "child", "relative", "companion", "contact")
UNKNOWN_UNLESS_FOUND = "unknown"
