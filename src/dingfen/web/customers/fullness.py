"""What the rules want on the card, what is missing and where to fill it in, and the cadence of the grade."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.engine.standing import Standing
from dingfen.ownership.completeness import card_of
from dingfen.ownership.models import Registration
from dingfen.ownership.rules import Rules, rules_at
from dingfen.parties.models import Customer
from dingfen.parties.texts import PROFILE as PROFILE_LABELS
from dingfen.web.subjects import page_of

LABELS: dict[str, Any] = {
    "name": pgettext_lazy("customer", "Name"),
    "phone": _("Phone"),
    "company": _("Employer"),
    "grade": _("Grade"),
    "decision_maker": _("Who decides"),
    **PROFILE_LABELS,
}
FIELDS = {"company": "employer", "decision_maker": "decision_process"}


def fullness(customer: Customer, holds: list[Registration], at: dt.datetime) -> dict[str, Any]:
    """The part of the card that the rules in force ask about; {} where none apply."""
    unit = holds[0].unit if holds else customer.unit
    rules = rules_at(unit, at)
    if rules is None:
        return {}
    rule = rules.ownership.registration
    card = card_of(customer, rule)
    return {
        "card": card,
        "missing": [(LABELS.get(name, name), field_url(customer, name)) for name in card.missing],
        "card_held": next((held for held in holds if held.card_due), None),
        "card_article": rule.article,
        "rules_version": rules.version.version,
        "rules_url": page_of("policy", rules.version.uid),
        "cadence": cadence(rules, customer.grade),
    }


def field_url(customer: Customer, name: str) -> str:
    """Where a missing field is filled in: the form at that field."""
    if name == "phone":
        return reverse("customer", args=[customer.uid]) + "#identifiers"
    return reverse("customer_edit", args=[customer.uid]) + f"#id_{FIELDS.get(name, name)}"


def cadence(rules: Rules, grade: str) -> dict[str, Any] | None:
    """How often a customer of this grade is to be followed up, and by which article."""
    standing = Standing(grade or None, None, None, True)
    found = next((one for one in rules.ownership.protection.follow_up if standing.meets(one.when)), None)
    if found is None or not grade:
        return None
    return {"every": found.every.amount, "unit": found.every.unit, "article": found.article}
