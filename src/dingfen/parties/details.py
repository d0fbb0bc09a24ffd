"""What can be known of a customer: as typed, checked, and as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dingfen.matching import Features, Normalised, Record, normalise
from dingfen.matching.slips import Slip
from dingfen.parties import masking
from dingfen.problems import invalid

# What is told of a customer beside name and identifiers; the more is known, the fuller the card (A3, A11).
PROFILE = ("need", "budget", "organisation", "decision_process", "schedule", "address", "note")
TEXT_LIMIT = 2000
NAME_LIMIT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A customer as somebody types it. `name` is the person or the firm; a phone field may hold several."""

    name: str = ""
    kind: Literal["person", "company"] = "person"
    employer: str = ""
    contact_name: str = ""
    latin_name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    wechats: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    vins: tuple[str, ...] = ()
    credit_codes: tuple[str, ...] = ()
    grade: str = ""
    source: str = ""
    profile: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> Record:
        """What of it is compared with other customers."""
        firm = self.kind == "company"
        return Record(
            kind=self.kind,
            name=self.contact_name if firm else self.name,
            company=self.name if firm else self.employer,
            phones=self.phones,
            emails=self.emails,
            wechats=self.wechats,
            plates=self.plates,
            vins=self.vins,
            credit_codes=self.credit_codes,
            address=self.profile.get("address", ""),
        )

    def sealed(self) -> dict[str, Any]:
        """The payload kept under the customer's key."""
        told = {name: self.profile[name].strip() for name in PROFILE if self.profile.get(name, "").strip()}
        rest = {
            "name": self.name.strip(),
            "employer": self.employer.strip(),
            "latin": self.latin_name.strip(),
        }
        return {name: value for name, value in (rest | told).items() if value}


Errors = dict[str, list[tuple[str, Mapping[str, Any]]]]


def check(details: Details, *, lenient: bool = False) -> Normalised:
    """Normalise the details. Raises Problem `input.invalid` naming each field that cannot be read.

    `lenient` (imports that were told so) keeps what can be read and drops the rest.
    """
    read = normalise(details.record())
    errors: Errors = {} if lenient else {name: slip_errors(slips) for name, slips in read.slips.items()}
    if not details.name.strip():
        errors["name"] = [("required", {})]
    elif len(details.name) > NAME_LIMIT:
        errors["name"] = [("too_long", {"limit": NAME_LIMIT})]
    if details.grade not in ("", "H", "A", "B", "C"):
        errors["grade"] = [("invalid", {})]
    for name, text in details.profile.items():
        if name not in PROFILE:
            errors[f"profile.{name}"] = [("invalid", {})]
        elif len(text) > TEXT_LIMIT:
            errors[f"profile.{name}"] = [("too_long", {"limit": TEXT_LIMIT})]
    if errors:
        raise invalid(errors)
    return read


def slip_errors(slips: tuple[Slip, ...]) -> list[tuple[str, Mapping[str, Any]]]:
    """Slips as errors of a field, the typed value with each."""
    return [(slip.code, {**slip.params, "value": slip.value}) for slip in slips]


def masked_name(details: Details) -> str:
    """Firms are no secret; persons are masked."""
    return details.name.strip() if details.kind == "company" else masking.name(details.name)


def masked_phone(features: Features) -> str:
    first = next(iter(features.mobiles + features.landlines), "")
    return masking.phone(first) if first else ""


def identifiers_of(features: Features) -> list[tuple[str, str]]:
    """(kind, value) of each identifier."""
    pairs = {
        "mobile": features.mobiles,
        "landline": features.landlines,
        "email": features.emails,
        "wechat": features.wechats,
        "plate": features.plates,
        "vin": features.vins,
        "credit_code": features.credit_codes,
    }
    return [(kind, value) for kind, values in pairs.items() for value in values]


def completeness(known: Mapping[str, Any], *, has_contact: bool, grade: str) -> float:
    """How full the card is, 0 to 1: name, need, budget, organisation, decision process, schedule, contact, grade."""
    wanted = ("name", "need", "budget", "organisation", "decision_process", "schedule")
    have = sum(bool(known.get(name)) for name in wanted) + has_contact + bool(grade)
    return round(have / (len(wanted) + 2), 2)
