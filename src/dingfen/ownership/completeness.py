"""What the rules want on a customer card, what is there, and what is missing (A3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dingfen.engine.ownership import Registration as Rule
from dingfen.matching import Features, from_json
from dingfen.parties import queries
from dingfen.parties.details import Details
from dingfen.parties.models import Contact, Customer

AT_ONCE = ("name",)  # without it there is nobody to hold


@dataclass(frozen=True, slots=True)
class Card:
    """`wanted` by the rules in their order; `missing` of them."""

    wanted: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def percent(self) -> int:
        return round(100 * (len(self.wanted) - len(self.missing)) / len(self.wanted)) if self.wanted else 100


def card_of(customer: Customer, rule: Rule) -> Card:
    """The card as it is kept."""
    known = queries.known(customer)
    have = {name for name, value in known.items() if value}
    if customer.contacts.filter(void_reason="", chain=Contact.Chain.DECIDER).exists():
        have.add("decision_process")
    return _card(rule, have, from_json(customer.features), customer.kind == "company", customer.grade)


def card_as_typed(details: Details, features: Features, rule: Rule) -> Card:
    """The card as somebody is about to enter it."""
    have = {name for name, value in details.sealed().items() if value}
    return _card(rule, have, features, details.kind == "company", details.grade)


def _card(rule: Rule, have: set[str], features: Features, firm: bool, grade: str) -> Card:
    there = {
        "phone": bool(features.mobiles or features.landlines),
        "company": firm or "employer" in have,
        "grade": bool(grade),
        "product": True,  # the scope of the hold says it
        "project": True,
        "decision_maker": "decision_process" in have,
    }
    return Card(tuple(rule.required), _missing(rule.required, lambda name: there.get(name, name in have)))


def _missing(wanted: Iterable[str], there: object) -> tuple[str, ...]:
    return tuple(name for name in wanted if not there(name))  # type: ignore[operator]
