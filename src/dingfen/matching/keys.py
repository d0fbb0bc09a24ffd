"""Keys under which a record is found again: two records that share none are never compared."""

from operator import attrgetter
from typing import Final, NamedTuple

from .identifiers import is_shared_mailbox
from .normalise import Features, Record, features
from .persons import sound_of

# Kinds of keys that identify almost alone, and the fields of Features they come from.
_EXACT: Final = ("mobile", "landline", "email", "wechat", "plate", "vin", "credit_code")
_exact: Final = attrgetter(*(f"{kind}s" for kind in _EXACT))


class Key(NamedTuple):
    """One key. `strong`: who registers a record with it must hold its lock while checking (decision 2)."""

    kind: str
    value: str
    strong: bool


def keys(record: Record | Features) -> list[Key]:
    """The keys of a record, strong ones first, each once. Blank values give none.

    A full number is found by itself and by its halves, not by four digits that ten thousand people share.
    """
    given = features(record)
    found = [
        Key(kind, value, True) for kind, values in zip(_EXACT, _exact(given), strict=True) for value in values
    ]
    if given.company:
        whole = given.company.whole
        found.append(Key("company", whole, strong=given.kind == "company"))
        if given.company.core and given.company.core != whole:
            found.append(Key("company", given.company.core, strong=False))
        found.append(Key("company_sound", given.company.sound, strong=False))
        found.extend(_brand_slips(given))
    if given.person.given or not given.person.surname:
        found.extend(_name_keys(given))
    found.extend(_mobile_halves(given))
    found.extend(Key("tail", tail, strong=False) for tail in given.tails)
    found.extend(_place_keys(given))
    return list(dict.fromkeys(found))


def tail_keys(record: Record | Features) -> list[Key]:
    """Further keys under which a record is stored: for who asks with the last four digits and knows no more."""
    given = features(record)
    return [Key("tail", tail, strong=False) for tail in {mobile[-4:]: None for mobile in given.mobiles}]


def _name_keys(given: Features) -> list[Key]:
    if not given.person:
        return []
    return [Key("name", given.person.full, strong=False), Key("name_sound", given.person.sound, strong=False)]


def _brand_slips(given: Features) -> list[Key]:
    """A brand of three to five characters without each one in turn, in its city: finds one wrong character."""
    core, city = given.company.core, next(iter(given.company.places), given.place.city)
    if not city or core.isascii() or not 3 <= len(core) <= 5:
        return []
    return [Key("brand_slip", f"{city} {core[:at]}{core[at + 1 :]}", strong=False) for at in range(len(core))]


def _place_keys(given: Features) -> list[Key]:
    """House, and given name in its city: finds who is listed under another phone, or with another surname."""
    city, address = given.place.city or given.place.region, given.address
    found = []
    if address.street and address.number:
        found.append(Key("house", f"{city} {address.street} {address.number}", strong=False))
    if city and len(given.person.given) > 1:
        found.append(Key("given", f"{city} {sound_of(given.person.given)}", strong=False))
    return found


def _mobile_halves(given: Features) -> list[Key]:
    """First and second half of each mobile with the sound of the surname: finds one wrong digit."""
    surname = sound_of(given.person.surname)
    if not surname:
        return []
    asked = [Key("mobile_tail", f"{tail}{surname}", strong=False) for tail in given.tails]
    return asked + [
        Key(kind, f"{part}{surname}", strong=False)
        for mobile in given.mobiles
        for kind, part in (("mobile_head", mobile[:-4]), ("mobile_tail", mobile[-4:]))
    ]


def is_shared(kind: str, value: str) -> bool:
    """Whether several customers may rightly share this identifier: it locks, but never decides."""
    return kind == "landline" or (kind == "email" and is_shared_mailbox(value))
