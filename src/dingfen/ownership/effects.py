"""What follows from a ruling: money, quota, duties, proposed sanctions; provisional until it is final."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.engine.conditions import NONE
from dingfen.engine.facts import Facts
from dingfen.engine.ownership import Effect as Rule
from dingfen.engine.schema import Pack, ownership_of
from dingfen.engine.weigh import prepare
from dingfen.ownership import watch
from dingfen.ownership.models import Deal, Dispute, Effect, Ruling
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import Rules

WHOLE = 10_000
"""Shares are kept in hundredths of a per cent."""
State = Effect.State


@dataclass(frozen=True, slots=True)
class Terms:
    """What was ruled: the holder and the shares (uid, hundredths of a per cent; sum 10,000 or none)."""

    holder: str | None
    split: tuple[tuple[str, int], ...] = ()

    @property
    def outcome(self) -> str:
        return "split" if self.split else "award"

    @property
    def keepers(self) -> tuple[str, ...]:
        """Who keeps something of the customer: the holder, and who shares."""
        found = [self.holder, *(staff for staff, _ in self.split)]
        return tuple(sorted({staff for staff in found if staff}))


@dataclass(frozen=True, slots=True)
class Consequence:
    """One effect of these terms for one person: `staff` receives it, or owes it (a duty)."""

    id: str
    kind: str
    article: str
    staff: str
    towards: tuple[str, ...] = ()
    amount: Decimal | None = None
    currency: str = ""
    share: Decimal | None = None
    measure: str = ""


def consequences(pack: Pack, facts: Facts, terms: Terms, quantity: int) -> list[Consequence]:
    """The pack's effects for these terms. For the proposed terms they are those the engine proposes."""
    found: list[Consequence] = []
    prepared = prepare(facts)
    case = dict(prepared.case)
    people = _people(facts, terms)
    case["signer_is_holder"] = bool(set(people["signer"]) & set(people["holder"]))
    case["after_delivery"] = case.get("delivered_at", NONE) is not NONE
    case["is_split"] = bool(terms.split)
    for rule in ownership_of(pack).effects:
        if rule.when is None or rule.when.of_case(case, prepared.claims) is True:
            found.extend(_of_rule(rule, people, terms, quantity))
    return found


def renamed(facts: Facts, successors: Mapping[str, str]) -> Facts:
    """The facts with whoever has taken over a claim since in the place of who made it."""
    claims = [{**one, "staff": successors.get(one["staff"], one["staff"])} for one in facts["claims"]]
    return {**facts, "claims": claims}


def earned(found: Iterable[Consequence], first: Mapping[str, str]) -> list[Consequence]:
    """Money and sanctions are for whoever made the claim, though a colleague speaks for it now; duties are not."""
    return [
        one if one.kind == "duty" else replace(one, staff=first.get(one.staff, one.staff)) for one in found
    ]


def _people(facts: Facts, terms: Terms) -> dict[str, tuple[str, ...]]:
    claimants = tuple(sorted(claim["staff"] for claim in facts["claims"]))
    keepers = tuple(staff for staff in terms.keepers)
    return {
        "holder": keepers,
        "signer": tuple(sorted(c["staff"] for c in facts["claims"] if c.get("is_signer") is True)),
        "others": tuple(staff for staff in claimants if staff not in keepers),
        "claimants": claimants,
        "head": (),
    }


def _of_rule(
    rule: Rule, people: dict[str, tuple[str, ...]], terms: Terms, quantity: int
) -> Iterator[Consequence]:
    to, by = people[rule.to], people[rule.by] if rule.by else ()
    if rule.kind == "duty":
        for staff in by:
            towards = tuple(person for person in to if person != staff)
            if towards or rule.to == "head":
                yield Consequence(rule.id, rule.kind, rule.article, staff, towards)
        return
    shares = dict(terms.split)
    for staff in to:
        share = None
        if rule.kind in ("commission", "quota") and rule.to == "holder":
            portion = shares.get(staff, 0) if shares else WHOLE
            if not portion:
                continue
            share = Decimal(portion) / 100
        amount = None
        if rule.amount is not None:
            amount = rule.amount.amount * (quantity if rule.per == "unit" else 1)
        yield Consequence(
            rule.id,
            rule.kind,
            rule.article,
            staff,
            amount=amount,
            currency=rule.amount.currency if rule.amount else "",
            share=share,
        )


def sanctions(proposed: dict[str, Any]) -> list[Consequence]:
    """The sanctions a proposal names: to be considered by people, never imposed by the ruling."""
    return [
        Consequence(
            one["sanction"],
            "sanction",
            one["article"],
            one["staff"],
            amount=Decimal(one["amount"]) if one.get("amount") else None,
            currency=one.get("currency") or "",
            measure=one["measure"],
        )
        for one in proposed.get("sanctions", [])
    ]


def keep(ruling: Ruling, found: Iterable[Consequence], staff: dict[str, Staff]) -> list[Effect]:
    """Write the effects of a ruling as pending rows."""
    return Effect.objects.bulk_create(
        [
            Effect(
                ruling=ruling,
                kind=one.kind,
                staff=staff[one.staff],
                amount=one.amount,
                currency=one.currency,
                share=one.share,
                code=one.id,
                article=one.article,
                towards=[*one.towards],
                measure=one.measure,
            )
            for one in found
            if one.staff in staff
        ]
    )


def fall_due(
    dispute: Dispute, rulings: Iterable[Ruling], rules: Rules | None, actor: Actor, at: datetime
) -> list[Effect]:
    """The ruling is final: what was pending is due, duties with a clock; what it was."""
    limits = {rule.id: rule.within for rule in rules.ownership.effects} if rules else {}
    pending = list(
        Effect.objects.filter(ruling__in=list(rulings), state=State.PENDING)
        .select_related("staff__company", "staff__unit")
        .order_by("pk")
    )
    for effect in pending:
        effect.state, effect.due_since = State.DUE, at
        within = limits.get(effect.code)
        if rules and within is not None:
            effect.due_at = rules.due(at, within)
        effect.save(update_fields=["state", "due_at", "due_since"])
    for effect in pending:
        if effect.kind == "duty" and effect.due_at:
            watch.duty(effect, dispute.case.company_id, effect.due_at, actor, at)
            tell(
                [effect.staff],
                "effect.due",
                ("dispute", dispute.case.uid),
                {"number": dispute.case.number, "deadline": effect.due_at.isoformat()},
                at=at,
                key=f"effect:{effect.uid}",
            )
    return pending


def reverse(dispute: Dispute, actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """Undo what earlier rulings of the dispute brought about; what was reversed, for the entry."""
    standing = list(
        Effect.objects.filter(ruling__dispute=dispute)
        .exclude(state=State.REVERSED)
        .select_related("staff")
        .order_by("pk")
    )
    for effect in standing:
        watch.forget(effect, actor, at)
        effect.state, effect.reversed_at = State.REVERSED, at
        effect.save(update_fields=["state", "reversed_at"])
    return [
        {"effect": str(effect.uid), "kind": effect.kind, "code": effect.code, "staff": str(effect.staff.uid)}
        for effect in standing
    ]


def quantity_of(deal: Deal | None) -> int:
    return deal.quantity if deal is not None else 1


def percent_of(share: Decimal | None) -> str:
    """A share in per cent as people write it; empty without one."""
    return "" if share is None else f"{share.normalize():f}%"
