"""What the page of a complaint shows of who complains and who speaks for them: masked, whole once for a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy

from dingfen import formats
from dingfen.accounts.access import may
from dingfen.accounts.actor import Actor
from dingfen.complaints.models import Complaint
from dingfen.complaints.possible import Possible, possible
from dingfen.complaints.representing import addressee, meetings_of, speakers_of
from dingfen.parties import masking
from dingfen.parties.texts import REASONS

WHO = {
    "email": pgettext_lazy("complainant", "E-mail"), "wechat": pgettext_lazy("complainant", "WeChat"),
    "address": pgettext_lazy("complainant", "Address"), "employer": pgettext_lazy("complainant", "Company"),
    "credit_code": pgettext_lazy("complainant", "Credit code"),
    "legal_representative": pgettext_lazy("complaint", "Legal representative"),
    "identity": pgettext_lazy("identity", "Paper shown"),
}  # fmt: skip
MASKED: dict[str, Callable[[str], str]] = {
    "email": masking.email, "wechat": masking.wechat, "identity": masking.code,
    "address": lambda text: f"{text[:6]}…",
}  # fmt: skip


def shown(who: Mapping[str, str]) -> list[tuple[str, Any, str]]:
    """(field, label, value) of who complains beside name and phone, private ones masked."""
    return [(name, label, MASKED.get(name, str)(who[name])) for name, label in WHO.items() if who.get(name)]


def whole(told: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """(label, value) of everything that is told of who complains and who speaks for them."""
    labels = {"name": gettext("Name"), "phone": gettext("Phone"), **WHO}
    who = told["complainant"]
    rows = [(label, str(who[name])) for name, label in labels.items() if who.get(name)]
    speak = [one for one in speakers_of(told) if one.standing]
    return rows + [
        (one.basis_words, formats.series(filter(None, (one.name, one.phone, one.email)))) for one in speak
    ]


def fields() -> list[tuple[str, Any]]:
    """(field, label) of the form that puts it right."""
    return [("name", gettext("Name or company")), ("phone", gettext("Phone")), *WHO.items()]


def context(complaint: Complaint, told: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """What stands in the part of the complainant. `possible`: cards it may be, where none is linked."""
    path = complaint.case.unit.path
    handles = may(actor, "complaint.handle", path)
    return {
        "who": shown(told.get("complainant", {})),
        "speaks": speakers_of(told),
        "meetings": meetings_of(told),
        "letters_to": addressee(told),
        "may_reveal": may(actor, "customer.reveal", path),
        "may_link": handles,
        "possible": [_card(one) for one in possible(complaint)] if handles else [],
    }


def _card(one: Possible) -> dict[str, Any]:
    """A card it may be: how sure the matcher is, and what speaks for it."""
    why = [
        REASONS[reason.code] for reason in one.match.reasons if reason.weight > 0 and reason.code in REASONS
    ]
    return {"card": one.customer, "sure": one.match.sure / 100, "why": formats.series(map(str, why))}
