"""How two records agree, field by field. Symmetric: the order of the two does not matter."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .addresses import Address, Place
from .companies import CompanyName
from .comparing import address_level, company_level, name_level, phone_level, place_level
from .identifiers import is_shared_mailbox
from .model import MODEL, Alike, Model
from .normalise import Features
from .persons import PersonName
from .tables import COMMON_SURNAMES


class Level(NamedTuple):
    """How one field agrees: ("mobile", "near")."""

    field: str
    level: str

    @property
    def code(self) -> str:
        return f"{self.field}.{self.level}"


def levels(a: Features, b: Features) -> list[Level]:
    """One level for each field that both records have, in no particular order."""
    firms = a.kind == b.kind == "company"
    found = [
        _code_level(a.credit_codes, b.credit_codes),
        _mobile_level(a.mobiles, b.mobiles) or _tail_level(a, b),
        _shared_level("landline", a.landlines, b.landlines),
        _email_level(a.emails, b.emails),
        _shared_level("wechat", a.wechats, b.wechats),
        _shared_level("plate", a.plates, b.plates),
        _shared_level("vin", a.vins, b.vins),
        _where("place", place_level, a.place, b.place),
        _where("address", address_level, a.address, b.address),
        _when("contact" if firms else "name", _name(a.person, b.person, firms=firms)),
        _when("company" if firms else "employer", _company(a.company, b.company)),
    ]
    return [level for level in found if level is not None]


def surety(found: list[Level], model: Model = MODEL) -> int:
    """How sure it is, 0 to 100, that records with these levels are one customer."""
    bits = model.prior + sum(model.weights[level.code] for level in found)
    others = 1.0  # neither one customer nor alike for a reason
    for alike in model.alike:
        others += 2 ** max(-60.0, min(60.0, alike.share + sum(_alike_bits(found, alike, model))))
    return round(100 / (1 + others * 2 ** -max(-60.0, min(60.0, bits))))


def _alike_bits(found: list[Level], alike: Alike, model: Model) -> Iterator[float]:
    for level in found:
        if level.field in alike.fields:
            own = alike.fields[level.field]
            yield model.weights[level.code] if own is None else own.get(level.level, 0.0)


def _name(a: PersonName, b: PersonName, *, firms: bool) -> str:
    """The level of comparing.name_level, "" where one is blank; a full name many people have is same_common."""
    if not a or not b:
        return ""
    level = name_level(a, b)
    common = level == "same" and len(a.full) == 2 and a.surname in COMMON_SURNAMES
    return "same_common" if common and not firms else level


def _company(a: CompanyName, b: CompanyName) -> str:
    return company_level(a, b) if a and b else ""


def _where(
    field: str, level: Callable[[Any, Any], str], a: Place | Address, b: Place | Address
) -> Level | None:
    return _when(field, level(a, b)) if a and b else None


def _tail_level(a: Features, b: Features) -> Level | None:
    """One of the two gave only the last four digits."""
    ends = [{*one.tails, *(mobile[-4:] for mobile in one.mobiles)} for one in (a, b)]
    if not (a.tails or b.tails) or not all(ends):
        return None
    return Level("mobile", "differs" if ends[0].isdisjoint(ends[1]) else "tail")


def _when(field: str, level: str) -> Level | None:
    return Level(field, level) if level else None


def _shared_level(field: str, a: tuple[str, ...], b: tuple[str, ...]) -> Level | None:
    return Level(field, "same") if a and b and not set(a).isdisjoint(b) else None


def _code_level(a: tuple[str, ...], b: tuple[str, ...]) -> Level | None:
    if not a or not b:
        return None
    return Level("credit_code", "differs" if set(a).isdisjoint(b) else "same")


def _mobile_level(a: tuple[str, ...], b: tuple[str, ...]) -> Level | None:
    if not a or not b:
        return None
    if not set(a).isdisjoint(b):
        return Level("mobile", "same")
    return Level("mobile", phone_level(a, b))


def _email_level(a: tuple[str, ...], b: tuple[str, ...]) -> Level | None:
    both = set(a) & set(b)
    if not both:
        return None
    return Level("email", "shared" if all(map(is_shared_mailbox, both)) else "same")
