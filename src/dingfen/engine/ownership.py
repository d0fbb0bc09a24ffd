"""The ownership topic of a pack: who holds a customer, for how long, and who rules when two claim it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dingfen.engine.consequences import Ban as Ban
from dingfen.engine.consequences import Effect as Effect
from dingfen.engine.consequences import Measure as Measure
from dingfen.engine.consequences import Person as Person
from dingfen.engine.consequences import Role as Role
from dingfen.engine.consequences import Routine as Routine
from dingfen.engine.consequences import Sanction as Sanction
from dingfen.engine.consequences import Signers as Signers
from dingfen.engine.errors import refused
from dingfen.engine.parts import (
    CaseCondition,
    ClaimCondition,
    CustomerCondition,
    Duration,
    Named,
    Part,
    Points,
    Preference,
    Recipient,
    Ruled,
    Span,
    Text,
    conditions_in,
    own_conditions,
    walk,
)
from dingfen.engine.signal_rules import SignalRule
from dingfen.engine.standing import standings

ScopeKind = Literal["customer", "customer_product", "customer_project"]
TouchKind = Literal["walk_in", "incoming_call", "call", "visit", "message", "e_mail", "meeting"]
Partner = Literal[
    "customer",
    "immediate_family",
    "spouse",
    "parent",
    "child",
    "relative",
    "companion",
    "contact",
    "colleague",
]
Goes = Literal["pool", "open", "head"]
Field_ = Literal[
    "name", "phone", "company", "need", "grade", "budget", "product", "project", "address", "decision_maker"
]


class Again(Ruled):
    """Whoever let a registration lapse and registers the customer again needs a confirmation for it to count.

    `wait`: how long after the lapse one may register again at the earliest.
    """

    confirmed_by: Role
    wait: Duration | None = None


class FirstThing(Ruled):
    """How long after opening a call of the evening before may still be entered."""

    by: Span


class Registration(Ruled):
    """What a registration must carry, who may make one, and whether it must be made the same day.

    With `same_day` the card may be completed until the day of the registration ends. `late_evening`: a call
    taken after closing may be entered `first_thing` on the next day that is worked.
    """

    required: Annotated[tuple[Field_, ...], Field(min_length=1)]
    by: Annotated[tuple[Role, ...], Field(min_length=1)]
    same_day: bool
    late_evening: bool = False
    first_thing: FirstThing | None = None
    approval: Literal["none", "head"] = "none"
    again: Again | None = None


class EffectiveFollowUp(Ruled):
    """Which touches count as follow-ups: their kinds, whether the customer was reached, and who it was."""

    kinds: Annotated[tuple[TouchKind, ...], Field(min_length=1)]
    reached: bool
    with_: Annotated[tuple[Partner, ...], Field(min_length=1, alias="with")]


class FollowUp(Ruled):
    """How often a customer of a grade is to be followed up. Without `when`: every other customer."""

    every: Duration
    when: CustomerCondition | None = None


class Lapse(Ruled):
    """A registration lapses `after` this long, counted from an event.

    `stage_reached` is when the hold reached its present stage (the registration, before any): what makes no
    progress, or has a deposit, lasts as long as its stage does. `then`: where such a customer goes, if
    elsewhere than the others.
    """

    after: Duration
    from_: Annotated[
        Literal["follow_up_due", "last_effective_follow_up", "registered", "stage_reached"],
        Field(alias="from"),
    ]
    when: CustomerCondition | None = None
    then: Goes | None = None


class Renewal(Ruled):
    """How often a hold may be renewed, and by whom: lengths from `registered` then run from the renewal."""

    at_most: Annotated[int, Field(ge=1, le=100)]
    approved_by: Role


class Protection(Ruled):
    """The life of a hold. The first lapse that falls due ends it; `then` says where the customer goes."""

    follow_up: tuple[FollowUp, ...] = ()
    lapse: Annotated[tuple[Lapse, ...], Field(min_length=1)]
    warn_before: Span
    then: Goes
    renewal: Renewal | None = None
    pause_while_disputed: bool = True

    @model_validator(mode="after")
    def _all_lapse(self) -> Protection:
        conditions = [rule.when for rule in self.lapse]
        for standing in standings(conditions):
            if not any(standing.meets(condition) for condition in conditions):
                raise refused(
                    "never_lapses", "- {after: …, from: registered}",
                    hold=standing.words(conditions), at="ownership.protection.lapse",
                )  # fmt: skip
        return self


class Pool(Ruled):
    """Rules of the pool: who may take, how many a day, and how long the former holder must wait.

    `look_per_day`: how many records of the pool a salesperson may open a day.
    """

    take_per_day: Annotated[int, Field(ge=1, le=1000)]
    look_per_day: Annotated[int, Field(ge=1, le=10_000)] | None = None
    cool_down: Duration
    holding_limit: Annotated[int, Field(ge=1, le=100_000)] | None = None


class PriorCommunication(Ruled):
    """The duty of a receiver to tell the holder, and to note what was talked about.

    `attempt`: whether a call that did not reach the holder, made in time, fulfils the duty (if left out: not).
    """

    tell: Duration
    attempt: Literal["counts", "does_not_count"] | None = None
    if_away: tuple[Literal["tell_head", "serve", "note_same_day"], ...] = ()


class ClaimWindow(Ruled):
    """How long after a deal or a delivery a claim may be raised. The later of the two events counts."""

    within: Duration
    from_: Annotated[tuple[Literal["deal", "delivery"], ...], Field(alias="from", min_length=1)]
    handled_by: Role


class LookBack(Ruled):
    """The span before the deal in which a claimant must have been active: the fact `active_in_look_back`."""

    within: Duration


class Share(Part):
    """A part of the credit in whole per cent, for the claims that meet the condition, in equal parts."""

    to: ClaimCondition
    percent: Annotated[int, Field(ge=1, le=99)]


class Split(Part):
    """How credit is divided: equally among claims that meet `among`, or by `shares`; and who holds on."""

    among: ClaimCondition | None = None
    shares: tuple[Share, ...] = ()
    holder: Preference

    @model_validator(mode="after")
    def _sums_up(self) -> Split:
        if bool(self.shares) == (self.among is not None):
            raise refused("split_form", accepted='among: "true", shares: [{to, percent}, …]')
        if self.shares and sum(share.percent for share in self.shares) != 100:
            raise refused("shares_not_100", found=str(sum(share.percent for share in self.shares)))
        return self


class Then(Part):
    """What a principle does: exactly one of these.

    - `exclude` takes claims out; when one is left, it wins.
    - `award` gives the customer to the one claim that meets the condition.
    - `prefer` gives it to the claim with the least or greatest value; a tie awards nobody.
    - `split` divides it, `decline` leaves it to the people who decide.
    """

    exclude: ClaimCondition | None = None
    award: ClaimCondition | None = None
    prefer: Preference | None = None
    split: Split | None = None
    decline: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Then:
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise refused("one_of", accepted=", ".join(type(self).model_fields))
        return self


class Principle(Named):
    """One row of the FIRST table: the first principle that is decisive ends the comparison."""

    title: Text
    then: Then
    when: CaseCondition | None = None


class Line(Named):
    """One line of the scorecard. Points in a range are found by the people who decide."""

    title: Text
    points: Points
    to: Recipient
    when: CaseCondition | None = None

    @model_validator(mode="after")
    def _range_is_judged(self) -> Line:
        if self.points.is_range != (self.to.kind == "value"):
            raise refused("range_needs_value", accepted="points: -3..3, to: value(joint_visit_points)")
        return self


class Close(Part):
    """What follows a tie or a margin below the threshold: a split, or a ruling by people alone."""

    split: Split | None = None
    decline: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Close:
        if (self.split is None) == (self.decline is None):
            raise refused("one_of", accepted="split, decline")
        return self


class Scorecard(Ruled):
    """COLLECT SUM: points of all lines are added; the lead must reach `threshold`."""

    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    threshold: Annotated[int, Field(ge=1, le=100)]
    on_tie: Close
    on_small_margin: Close

    @cached_property
    def plan(self) -> tuple[tuple[Any, str, Any, int, int], ...]:
        """Each line as (when, kind, fact or condition, low, high), ready for many tallies: see `quick`."""
        return tuple(
            (
                line.when.evaluate if line.when else None,
                line.to.kind,
                line.to.each.evaluate if line.to.each else line.to.fact,
                line.points.low,
                line.points.high,
            )
            for line in self.lines
        )


class Appeal(Ruled):
    """Where an appeal goes and until when."""

    to: Literal["general_manager"]
    within: Duration
    final: Literal[True]


class Decides(Ruled):
    """Who rules. The heads rule alone in their own unit and jointly across units."""

    same_unit: Literal["head", "general_manager"]
    different_units: Literal["joint_heads", "general_manager"]
    on_disagreement: Literal["general_manager"]
    statement: Duration
    ruling: Duration
    appeal: Appeal


class CoWorkers(Ruled):
    """Named co-workers of one customer beside its one holder."""

    at_most: Annotated[int, Field(ge=0, le=50)]
    by: Literal["holder", "head"]


class Rotation(Ruled):
    """Who receives next. `skipped`: somebody whose turn came while they were away or busy."""

    order: Literal["sign_in", "fewest_new_customers"]
    returning_customer: Literal["keeps_turn", "uses_turn"]
    duty_reception: Literal["keeps_turn", "uses_turn"]
    skipped: Literal["next_free", "back_of_queue"]


class Borrowing(Ruled):
    """Who lets a colleague look at a register that is not theirs, and for how long at most."""

    approved_by: Role
    at_most: Duration


class Ownership(Part):
    """The whole topic. `principles` are tried in order, then the scorecard; if neither decides, people do."""

    scope: ScopeKind
    registration: Registration
    effective_follow_up: EffectiveFollowUp
    protection: Protection
    pool: Pool | None = None
    prior_communication: PriorCommunication | None = None
    claim_window: ClaimWindow
    look_back: LookBack | None = None
    principles: Annotated[tuple[Principle, ...], Field(min_length=1)]
    scorecard: Scorecard | None = None
    decides: Decides
    signers: Signers | None = None
    effects: tuple[Effect, ...] = ()
    sanctions: tuple[Sanction, ...] = ()
    co_workers: CoWorkers | None = None
    rotation: Rotation | None = None
    borrowing: Borrowing | None = None
    bans: tuple[Ban, ...] = ()
    routines: tuple[Routine, ...] | None = None
    signals: tuple[SignalRule, ...] = ()

    @cached_property
    def constants(self) -> dict[str, tuple[Any, ...]]:
        """Per fact the values that conditions compare it with, as closures read them."""
        found: dict[str, set[Any]] = {}
        for condition in conditions_in(self):
            for name, values in condition.constants.items():
                found.setdefault(name, set()).update(values)
        return {name: tuple(sorted(values, key=repr)) for name, values in sorted(found.items())}

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The facts that comparing claims can ask for, and those that order claims or stand in as values."""
        names = {"registered_at", "deal_at"}
        for _, part in walk(self, ""):
            for condition in own_conditions(part):
                names |= condition.uses
            if isinstance(part, Preference):
                names.add(part.fact)
            elif isinstance(part, Recipient):
                names |= part.facts
        return tuple(sorted(names))

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Ownership:
        lines = self.scorecard.lines if self.scorecard else ()
        lists: dict[str, Sequence[Named]] = {
            "principles": self.principles, "scorecard.lines": lines, "effects": self.effects,
            "sanctions": self.sanctions, "bans": self.bans, "routines": self.routines or (),
        }  # fmt: skip
        seen: set[str] = set()
        for where, parts in lists.items():
            for index, part in enumerate(parts):
                if part.id in seen:
                    raise refused("duplicate_id", id=part.id, at=f"ownership.{where}.{index}.id")
                seen.add(part.id)
        return self
