"""What follows from a ruling or a breach: effects, sanctions, bans."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dingfen.engine.errors import refused
from dingfen.engine.parts import ClaimCondition, Duration, Money, Named, Part, Ruled, RulingCondition, Text

Role = Literal["receptionist", "salesperson", "agent", "head", "general_manager", "compliance"]
Person = Literal["holder", "signer", "others", "claimants", "head"]


class Effect(Named):
    """One consequence of a ruling. `to` receives, `by` owes; duties carry a title and a deadline."""

    kind: Literal["bonus", "quota", "commission", "extras", "duty", "protection", "record"]
    to: Person
    by: Person | None = None
    when: RulingCondition | None = None
    title: Text | None = None
    amount: Money | None = None
    per: Literal["unit", "deal"] | None = None
    within: Duration | None = None

    @model_validator(mode="after")
    def _complete(self) -> Effect:
        needed = {"bonus": ("amount", "per"), "duty": ("by", "title", "within")}.get(self.kind, ())
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise refused("effect_incomplete", kind=self.kind, keys=", ".join(missing))
        return self


class Signers(Ruled):
    """How many people may sign a deal together; they share in equal parts."""

    at_most: Annotated[int, Field(ge=1, le=20)]


class Measure(Part):
    """What a sanction proposes; the steps of a sanction are taken in turn on repetition."""

    kind: Literal["warning", "fine", "suspension", "loss_of_claim", "dismissal", "head_decides"]
    amount: Money | None = None
    lasts: Duration | None = None


class Sanction(Named):
    """Proposed, never imposed: a person decides, and the employee is heard first."""

    title: Text
    when: ClaimCondition
    steps: Annotated[tuple[Measure, ...], Field(min_length=1)]


class Ban(Named):
    """Something nobody may do; shown where it could happen."""

    title: Text


class Routine(Named):
    """A duty that comes round: who owes it to whom, and how often; shown to them."""

    title: Text
    by: Role
    to: Role
    every: Duration
