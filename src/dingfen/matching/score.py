"""How two records agree, field by field. Symmetric: the order of the two does not matter."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Final, NamedTuple

from .addresses import Address
from .companies import CompanyName
from .comparing import address_level, company_level, name_level, phone_level, place_level
from .identifiers import is_shared_mailbox
from .model import MODEL, Alike, Model
from .normalise import Features
from .persons import PersonName
from .tables import COMMON_SURNAMES

Parts = Sequence[str] | None
Traits = tuple[str, ...]


class Level(NamedTuple):
    """How one field agrees: ("mobile", "near"), and both as one code."""

    field: str
    level: str
    code: str


@cache
def level(field: str, name: str) -> Level:
    """One level of a field; the same object each time."""
    return Level(field, name, f"{field}.{name}")


_IDENTIFIED: Final = frozenset(
    level(field, "same") for field in ("credit_code", "mobile", "landline", "email", "wechat", "plate", "vin")
)


def levels(a: Features, b: Features) -> list[Level]:
    """One level for each field that both records have, in no particular order."""
    return [found for comparison in COMPARISONS if (found := comparison.level(a, b))]


def levels_of(a: Features) -> Callable[[Features], list[Level]]:
    """`levels` against one record, for who compares it with many: what that record lacks is not asked each time."""
    asked = [
        one.level for one in COMPARISONS if any(getattr(a, name) for name in one.reads if name != "kind")
    ]
    return lambda b: [found for said in asked if (found := said(a, b))]


def surety(found: list[Level], model: Model = MODEL) -> int:
    """How sure it is, 0 to 100, that records with these levels are one customer."""
    bits = model.prior + sum([model.weights[one.code] for one in found])
    if model.crowd and _IDENTIFIED.isdisjoint(found):
        bits -= model.crowd
    others = 1.0  # neither one customer nor alike for a reason
    for alike in model.alike:
        others += 2 ** max(-60.0, min(60.0, alike.share + sum(_alike_bits(found, alike, model))))
    return round(100 / (1 + others * 2 ** -max(-60.0, min(60.0, bits))))


def _alike_bits(found: list[Level], alike: Alike, model: Model) -> Iterator[float]:
    for one in found:
        if one.field in alike.fields:
            own = alike.fields[one.field]
            yield model.weights[one.code] if own is None else own.get(one.level, 0.0)


def _credit_code(a: Features, b: Features) -> Level | None:
    if not a.credit_codes or not b.credit_codes:
        return None
    return level("credit_code", "same" if _share(a.credit_codes, b.credit_codes) else "differs")


def _mobile(a: Features, b: Features) -> Level | None:
    if a.mobiles and b.mobiles:
        if _share(a.mobiles, b.mobiles):
            return level("mobile", "same")
        return level("mobile", phone_level(a.mobiles, b.mobiles))
    return _tail(a, b) if a.tails or b.tails else None


def _tail(a: Features, b: Features) -> Level | None:
    """One of the two gave only the last four digits."""
    ends = [{*one.tails, *(mobile[-4:] for mobile in one.mobiles)} for one in (a, b)]
    return level("mobile", "differs" if ends[0].isdisjoint(ends[1]) else "tail") if all(ends) else None


def _email(a: Features, b: Features) -> Level | None:
    if not a.emails or not b.emails or not _share(a.emails, b.emails):
        return None
    both = set(a.emails) & set(b.emails)
    return level("email", "shared" if all(map(is_shared_mailbox, both)) else "same")


def _shared(field: str, name: str) -> Callable[[Features, Features], Level | None]:
    """Said only where it agrees: a further landline or plate is no contradiction."""
    values, same = attrgetter(name), level(field, "same")

    def agrees(a: Features, b: Features) -> Level | None:
        x, y = values(a), values(b)
        return same if x and y and _share(x, y) else None

    return agrees


def _share(a: Sequence[str], b: Sequence[str]) -> bool:
    return a == b or any(one in b for one in a)


def _place(a: Features, b: Features) -> Level | None:
    if not a.place or not b.place:
        return None
    found = place_level(a.place, b.place)
    return level("place", found) if found else None


def _address(a: Features, b: Features) -> Level | None:
    return level("address", address_level(a.address, b.address)) if a.address and b.address else None


def _person(a: Features, b: Features) -> Level | None:
    """Of two firms it is the contact, who may change; a full name that many people have is same_common."""
    if not a.person or not b.person:
        return None
    found = name_level(a.person, b.person)
    if a.kind == b.kind == "company":
        return level("contact", found)
    if found == "same" and len(a.person.full) == 2 and a.person.surname in COMMON_SURNAMES:
        return level("name", "same_common")
    return level("name", found)


def _company(a: Features, b: Features) -> Level | None:
    if not a.company or not b.company:
        return None
    field = "company" if a.kind == b.kind == "company" else "employer"
    return level(field, company_level(a.company, b.company))


def _mobile_parts(mobiles: Sequence[str], tails: Sequence[str]) -> Parts:
    """Both ends of each number: one wrong digit, or two swapped, leave one end as it was."""
    if tails or any(len(mobile) < 13 for mobile in mobiles):
        return None
    return [part for mobile in mobiles for part in (f"h{mobile[:8]}", f"t{mobile[-5:]}")]


def _name_parts(kind: str, person: PersonName) -> Parts:
    return (person.full,) if person.given and not person.full.isascii() else None


def _name_traits(kind: str, person: PersonName) -> Traits:
    return person.sound, person.surname, person.given


def _brand_parts(kind: str, company: CompanyName) -> Parts:
    return None if company.core.isascii() else (company.whole, company.core)


def _brand_traits(kind: str, company: CompanyName) -> Traits:
    """One wrong character leaves the first as it was, or the last three; two swapped in front are the same two."""
    core, both = company.core, company.core + company.trade
    return company.sound, core[:1], "".join(sorted(both[:2])), both[-3:], core[-3:]


def _house_parts(address: Address) -> Parts:
    return None if address.street.isascii() else (f"s{address.street}", f"n{address.number}")


def _house_traits(address: Address) -> Traits:
    """As of a brand; a street may have three characters only."""
    return address.street[:1], "".join(sorted(address.street[:2])), address.street[-2:]


class Comparison(NamedTuple):
    """One question about two records: which fields of Features it reads, which fields of a model it answers.

    Two answers are those of two firms, and of others. The rest is for comparing a whole base: `parts` and
    `traits` are had from the values of `reads`. Two records with no part in common have none of the levels
    `only_with`; with no trait in common either (in its place) they are `otherwise` ("": nothing is said), and need
    not be compared. Records whose parts are None may be anything.
    """

    reads: tuple[str, ...]
    answers: tuple[str, ...]
    level: Callable[[Features, Features], Level | None]  # None: not said
    parts: Callable[..., Parts]
    otherwise: str = ""
    only_with: tuple[str, ...] = ()
    traits: Callable[..., Traits] = lambda *values: ()


def _field(name: str, level: Callable[[Features, Features], Level | None], otherwise: str = "") -> Comparison:
    return Comparison((f"{name}s",), (name,), level, lambda values: values, otherwise)


# What is decided by looking comes first, what needs reading of names last.
COMPARISONS: Final = (
    _field("credit_code", _credit_code, "differs"),
    _field("email", _email),
    _field("landline", _shared("landline", "landlines")),
    _field("wechat", _shared("wechat", "wechats")),
    _field("plate", _shared("plate", "plates")),
    _field("vin", _shared("vin", "vins")),
    Comparison(("mobiles", "tails"), ("mobile",), _mobile, _mobile_parts, "differs"),
    Comparison(("place",), ("place",), _place, lambda place: None),
    Comparison(
        ("kind", "person"), ("contact", "name"), _person, _name_parts, "differs", ("same", "same_common"),
        _name_traits,
    ),
    Comparison(
        ("address",), ("address",), _address, _house_parts, "differs", ("same", "number", "near"), _house_traits
    ),
    Comparison(
        ("kind", "company"), ("company", "employer"), _company, _brand_parts, "differs",
        ("same", "other_place", "other_trade"), _brand_traits,
    ),
)  # fmt: skip
