"""`decide`: facts and a policy in, a proposed ruling with its reasons out. The same for ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from dingfen.engine.conditions import NONE
from dingfen.engine.events import RUNGS, Id
from dingfen.engine.facts import Facts, moment_text
from dingfen.engine.ownership import Decides, Effect, Line, Person, Principle, Sanction
from dingfen.engine.ruling import (
    Cell,
    Deciders,
    Declined,
    Due,
    NotApplied,
    Proposed,
    Row,
    Ruling,
    Unknown,
)
from dingfen.engine.schema import Pack, ownership_of
from dingfen.engine.vocabulary import FACTS
from dingfen.engine.weigh import Prepared, Weighing, prepare, shown_value, weigh
from dingfen.engine.whatif import changes, facts_of_rule, unknowns


def decide(facts: Facts, policy: Pack | None, at: datetime) -> Ruling:
    """The ruling the policy proposes on these facts.

    `at` is the moment the proposal is made; it is recorded, and changes nothing else. Declines, with
    the reason, where no policy was in force, where the rules leave a gap or a tie, and where a fact that
    nobody could state might change the award.
    """
    if policy is None:
        return _no_policy(at)
    prepared = prepare(facts)
    went = weigh(ownership_of(policy), prepared)
    base = went.result(prepared.staff)
    unknown = unknowns(ownership_of(policy), prepared, went, base)
    return _Builder(facts, policy, at, prepared, went, unknown).ruling()


def _no_policy(at: datetime) -> Ruling:
    return Ruling(
        outcome="declined",
        holder=None,
        split=(),
        basis="none",
        decisive_rule=None,
        article=None,
        margin=None,
        threshold=None,
        points=(),
        rows=(),
        not_applied=(),
        unknowns=(),
        deciders=None,
        effects=(),
        sanctions=(),
        changes=(),
        evidence_rung=None,
        declined=Declined("no_policy_in_force"),
        policy=None,
        at=moment_text(at),
    )


class _Builder:
    """Puts the reasons around a finished comparison."""

    def __init__(
        self,
        facts: Facts,
        policy: Pack,
        at: datetime,
        prepared: Prepared,
        went: Weighing,
        unknown: tuple[Unknown, ...],
    ) -> None:
        self.facts, self.policy, self.at, self.prepared, self.went = facts, policy, at, prepared, went
        self.rules, self.unknown = ownership_of(policy), unknown
        self.declined = self._declined()

    def ruling(self) -> Ruling:
        went, staff = self.went, self.prepared.staff
        settled = self.declined is None
        result = went.result(staff)
        decisive = went.decisive if settled else None
        return Ruling(
            outcome=result.outcome if settled else "declined",
            holder=result.holder if settled else None,
            split=result.split if settled else (),
            basis=self._basis() if settled else "none",
            decisive_rule=decisive.id if decisive else None,
            article=self._article() if settled else None,
            margin=went.margin,
            threshold=self.rules.scorecard.threshold if went.by_scorecard and self.rules.scorecard else None,
            points=tuple((staff[index], points) for index, points in went.totals.items()),
            rows=tuple(self._rows()),
            not_applied=tuple(self._not_applied()),
            unknowns=self.unknown,
            deciders=self._deciders(self.rules.decides),
            effects=tuple(self._effects()) if settled else (),
            sanctions=tuple(self._sanctions()),
            changes=changes(self.rules, self.prepared, went, result) if settled else (),
            evidence_rung=self._rung() if settled else None,
            declined=self.declined,
            policy=(self.policy.id, self.policy.version),
            at=moment_text(self.at),
        )

    def _declined(self) -> Declined | None:
        open_facts = [each for each in self.unknown if each.could_change]
        if open_facts:
            named = [{"fact": each.fact, "staff": each.staff} for each in open_facts]
            return Declined("unknown_could_change", None, {"facts": named})
        if self.went.declined is None:
            return None
        if self.went.decisive is not None:
            return Declined(self.went.declined, self.went.decisive.article, {"rule": self.went.decisive.id})
        card = self.rules.scorecard
        return Declined(self.went.declined, card.article if card and self.went.by_scorecard else None)

    def _basis(self) -> Any:
        return "scorecard" if self.went.by_scorecard else "principle"

    def _article(self) -> str | None:
        if self.went.decisive is not None:
            return self.went.decisive.article
        return self.rules.scorecard.article if self.rules.scorecard else None

    # Rows.

    def _rows(self) -> Iterable[Row]:
        in_play = tuple(range(len(self.prepared.staff)))
        for principle, kind, hit in self.went.steps:
            yield self._row(principle, kind, in_play, {})
            if kind == "excluded":
                in_play = tuple(index for index in in_play if index not in hit)
        for line, earned in self.went.points:
            yield self._row(line, "points", self.went.remaining, earned)

    def _row(self, rule: Principle | Line, kind: str, places: Iterable[int], earned: dict[int, int]) -> Row:
        names = tuple(name for name in facts_of_rule(rule) if FACTS[name].subject == "claim")
        main = _main_fact(rule, names)
        cells = tuple(
            self._cell(index, main, names, earned if kind == "points" else None) for index in places
        )
        return Row(rule.id, rule.article, kind, main, cells, names)

    def _cell(
        self, index: int, main: str | None, names: tuple[str, ...], earned: dict[int, int] | None
    ) -> Cell:
        claim = self.prepared.claims[index]
        points = None if earned is None else earned.get(index, 0)
        staff = self.prepared.staff[index]
        value = None if main is None else shown_value(main, claim.get(main))
        return Cell(staff, value, main is None or main in claim, points, self._evidence(index, names))

    def _evidence(self, index: int, names: Iterable[str]) -> tuple[Id, ...]:
        proofs = self.facts["claims"][index].get("evidence", {})
        return tuple(dict.fromkeys(entry for name in names for entry in proofs.get(name, ())))

    def _not_applied(self) -> Iterable[NotApplied]:
        for part, why, params in self.went.misses:
            staff = [self.prepared.staff[index] for index in params.get("claims", ())]
            yield NotApplied(part.id, part.article, why, {"claims": staff} if staff else {})
        principles = self.rules.principles
        if isinstance(self.went.decisive, Principle):
            for principle in principles[principles.index(self.went.decisive) + 1 :]:
                yield NotApplied(principle.id, principle.article, "not_reached")
            if self.rules.scorecard is not None:
                yield NotApplied("scorecard", self.rules.scorecard.article, "not_reached")

    def _rung(self) -> str | None:
        winner = self.went.holder
        rows = [row for row in self._rows() if row.rule == self._decisive_id() or row.kind == "points"]
        staff = None if winner is None else self.prepared.staff[winner]
        cells = [cell for row in rows for cell in row.cells]
        own = [cell for cell in cells if cell.staff == staff and cell.evidence] or cells
        rungs = {self.facts.get("rungs", {}).get(str(entry)) for cell in own for entry in cell.evidence}
        return next((rung for rung in RUNGS if rung in rungs), None)

    def _decisive_id(self) -> str | None:
        return self.went.decisive.id if self.went.decisive else None

    # Who decides, and what follows.

    def _deciders(self, rules: Decides) -> Deciders:
        units = tuple(sorted({claim["unit"] for claim in self.facts["claims"]}, key=str))
        mode = rules.same_unit if len(units) == 1 else rules.different_units
        return Deciders("joint" if mode == "joint_heads" else mode, units, rules.article)

    def _people(self, person: Person) -> tuple[Id, ...]:
        staff, holder = self.prepared.staff, self.went.holder
        signers = tuple(
            s for s, c in zip(staff, self.prepared.claims, strict=True) if c.get("is_signer") is True
        )
        keeps = {holder} if holder is not None else set()
        keeps |= {index for index, _ in self.went.shares}
        found: dict[Person, tuple[Id, ...]] = {
            "holder": tuple(staff[index] for index in sorted(keeps)),
            "signer": signers,
            "others": tuple(s for index, s in enumerate(staff) if index not in keeps),
            "claimants": staff,
            "head": (),
        }
        return tuple(sorted(found[person], key=str))

    def _effects(self) -> Iterable[Due]:
        case = dict(self.prepared.case)
        case["signer_is_holder"] = bool(set(self._people("signer")) & set(self._people("holder")))
        case["after_delivery"] = case.get("delivered_at", NONE) is not NONE
        case["is_split"] = self.went.outcome == "split"
        for effect in self.rules.effects:
            if effect.when is None or effect.when.of_case(case, self.prepared.claims) is True:
                due = self._due(effect)
                if due is not None:
                    yield due

    def _due(self, effect: Effect) -> Due | None:
        to, by = self._people(effect.to), self._people(effect.by) if effect.by else ()
        if (not to and effect.to != "head") or (effect.by not in (None, "head") and not by):
            return None
        money = effect.amount
        return Due(
            effect.id, effect.kind, effect.article, to, by,
            str(money.amount) if money else None, money.currency if money else None, effect.per,
        )  # fmt: skip

    def _sanctions(self) -> Iterable[Proposed]:
        for sanction in self.rules.sanctions:
            for index, claim in enumerate(self.prepared.claims):
                if sanction.when.evaluate(self.prepared.case, claim, self.prepared.claims) is True:
                    yield self._proposed(sanction, index, claim)

    def _proposed(self, sanction: Sanction, index: int, claim: dict[str, Any]) -> Proposed:
        earlier = claim.get("earlier_breaches")
        step = sanction.steps[min(earlier if isinstance(earlier, int) else 0, len(sanction.steps) - 1)]
        money = step.amount
        return Proposed(
            sanction.id, sanction.article, self.prepared.staff[index], step.kind,
            str(money.amount) if money else None, money.currency if money else None,
            self._evidence(index, sanction.when.names()),
        )  # fmt: skip


def _main_fact(rule: Principle | Line, names: tuple[str, ...]) -> str | None:
    if isinstance(rule, Line) and rule.to.fact:
        return rule.to.fact
    if isinstance(rule, Principle) and rule.then.prefer:
        return rule.then.prefer.fact
    return names[0] if names else None
