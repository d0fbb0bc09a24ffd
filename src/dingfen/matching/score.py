"""How two records agree, field by field. Symmetric: the order of the two does not matter."""

from typing import Final, NamedTuple

from .companies import CompanyName, place_is_inside
from .identifiers import is_shared_mailbox
from .model import MODEL, Model
from .normalise import Features
from .persons import PersonName
from .tables import COMMON_SURNAMES

_NEAR_CORE: Final = 4  # a core shorter than this that differs in one character is another brand


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
        _mobile_level(a.mobiles, b.mobiles),
        _shared_level("landline", a.landlines, b.landlines),
        _email_level(a.emails, b.emails),
        _shared_level("wechat", a.wechats, b.wechats),
        _shared_level("plate", a.plates, b.plates),
        _shared_level("vin", a.vins, b.vins),
        _when("contact" if firms else "name", name_level(a.person, b.person, firms=firms)),
        _when("company" if firms else "employer", company_level(a.company, b.company)),
    ]
    return [level for level in found if level is not None]


def surety(found: list[Level], model: Model = MODEL) -> int:
    """How sure it is, 0 to 100, that records with these levels are one customer."""
    bits = model.prior + sum(model.weights[level.code] for level in found)
    return round(100 / (1 + 2 ** -max(-60.0, min(60.0, bits))))


def name_level(a: PersonName, b: PersonName, *, firms: bool = False) -> str:
    """same, same_common, sounds, surname, differs; '' where one is blank.

    A name with only a surname (张总) agrees with every name of that surname, weakly.
    """
    if not a or not b:
        return ""
    if a.full == b.full and (a.given or not a.surname):
        common = len(a.full) == 2 and a.surname in COMMON_SURNAMES
        return "same_common" if common and not firms else "same"
    if a.surname and b.surname and (not a.given or not b.given):
        return "surname" if a.surname == b.surname else "differs"
    if a.sound and a.sound == b.sound:
        return "sounds"
    return "differs"


def company_level(a: CompanyName, b: CompanyName) -> str:
    """same, short, other_place, other_trade, sounds, near, differs; '' where one is blank."""
    if not a or not b:
        return ""
    if a.whole == b.whole:
        return "same"
    if a.core == b.core:
        return _same_brand(a, b)
    if len(a.core) > 1 and a.sound == b.sound and _places_agree(a, b):
        return "sounds"
    near = min(len(a.core), len(b.core)) >= _NEAR_CORE and one_edit_apart(a.core, b.core)
    return "near" if near and _places_agree(a, b) else "differs"


def _same_brand(a: CompanyName, b: CompanyName) -> str:
    if not _places_agree(a, b) or a.branch != b.branch:
        return "other_place"
    if a.trade and b.trade and not (a.trade.startswith(b.trade) or b.trade.startswith(a.trade)):
        return "other_trade"
    return "same" if (a.trade, a.places) == (b.trade, b.places) else "short"


def _places_agree(a: CompanyName, b: CompanyName) -> bool:
    """Whether nothing named in one contradicts the other."""
    if not a.places or not b.places:
        return True
    return all(any(place_is_inside(x, y) for y in b.places) for x in a.places) or all(
        any(place_is_inside(x, y) for y in a.places) for x in b.places
    )


def one_edit_apart(a: str, b: str) -> bool:
    """Whether one insertion, deletion, replacement or swap of neighbours turns `a` into `b` (equal: no)."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    start = 0
    while start < len(a) and a[start] == b[start]:
        start += 1
    if len(a) < len(b):
        return a[start:] == b[start + 1 :]
    return a[start + 1 :] == b[start + 1 :] or (
        a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
    )


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
    return Level("mobile", "near" if any(one_edit_apart(x, y) for x in a for y in b) else "differs")


def _email_level(a: tuple[str, ...], b: tuple[str, ...]) -> Level | None:
    both = set(a) & set(b)
    if not both:
        return None
    return Level("email", "shared" if all(map(is_shared_mailbox, both)) else "same")
