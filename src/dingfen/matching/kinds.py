"""The kinds of column a file of customers can have: how a value is read, compared, and found again.

A kind says for each level how often it is seen among pairs that are one customer (`same`) and among pairs
that are not (`other`). Those are only where training starts: on a file of some size they are learned anew.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from . import comparing, identifiers
from .addresses import Address, Place, place, split_address
from .companies import CompanyName, company_name
from .persons import PersonName, person_name, sound_of, western_name
from .phones import parse_phones
from .slips import Slip
from .text import fold

Texts = Sequence[str]


class Code(NamedTuple):
    """One handle of a value. Values with equal codes in a slot are compared; a `strong` one needs no other.

    A `rare` one needs no other where few rows have it.
    """

    slot: str
    text: str
    strong: bool = False
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """`rare` is the text whose frequency in the file weighs the levels in `by_rarity`; '' is not weighed."""

    name: str
    read: Callable[[Texts], Any]
    level: Callable[[Any, Any], str]
    same: Mapping[str, float]
    other: Mapping[str, float]
    codes: Callable[[Any], list[Code]]
    rare: Callable[[Any], str] = field(default=str)
    by_rarity: frozenset[str] = frozenset({"same"})
    identifying: bool = False  # then pairs that are not one customer hardly ever agree: no need to measure

    @property
    def levels(self) -> tuple[str, ...]:
        return tuple(self.same)


def _first(texts: Texts) -> str:
    return next((text for text in texts if text.strip()), "")


# -- people and firms


def _read_person(texts: Texts) -> PersonName | None:
    """One column with the whole name."""
    return person_name(_first(texts)) or None


def _read_parts(texts: Texts) -> PersonName | None:
    """Two columns: given name, surname."""
    given, surname = [*texts, "", ""][:2]
    return western_name(given, surname) or None


def _person_codes(name: PersonName) -> list[Code]:
    found = [Code("sound", name.sound, rare=True)] if name.given or not name.surname else []
    if name.surname:
        found.append(Code("surname", sound_of(name.surname)))
        if len(name.given) > 1:
            found.append(Code("given", sound_of(name.given)))
    elif name.full.isascii():
        words = name.full.split()
        found += [Code("surname", words[0]), Code("given", words[-1])]
    if name.full.isascii() and name.given:
        found.append(Code("skeleton", _skeleton(name.surname) + _skeleton(name.given)))
    return found


def _skeleton(word: str) -> str:
    """First letter and the consonants after it, doubles once: what slips of vowels leave."""
    return word[:1] + re.sub(r"[aeiouhwy]|(.)(?=\1)", "", word[1:])[:4]


def _read_company(texts: Texts) -> CompanyName | None:
    return company_name(_first(texts)) or None


def _company_codes(name: CompanyName) -> list[Code]:
    found = [Code("whole", name.whole, strong=True), Code("core", name.core, strong=True)]
    if name.sound != name.core:
        found.append(Code("sound", name.sound, strong=True))
    if name.core.isascii():
        words = sorted(name.core.split(), key=lambda word: (-len(word), word))
        found += [Code(f"word{place}", word) for place, word in enumerate(words[:3])]
    elif len(name.core) > 1:
        sound = [sound_of(char) for char in name.core + name.trade]
        found += [Code("head", "".join(sound[:2])), Code("tail", "".join(sound[1:4]))]
    return found


def _read_title(texts: Texts) -> str | None:
    return " ".join(re.findall(r"[^\W_]+", fold(" ".join(texts)).replace("'", ""))) or None


def _title_codes(text: str) -> list[Code]:
    if not text.isascii():
        return [Code("whole", text), Code("head", text[:2])]
    words = sorted(text.split(), key=lambda word: (-len(word), word))
    return [Code("whole", text)] + [Code(f"word{place}", word) for place, word in enumerate(words[:2])]


# -- ways to reach them


def _read_phones(texts: Texts) -> tuple[str, ...] | None:
    """Every number; what cannot be judged but has seven digits or more is kept as its digits."""
    found: set[str] = set()
    for text in texts:
        phones, slips = parse_phones(text)
        found.update(phone.number.removeprefix("+86") for phone in phones)
        for slip in slips:
            digits = re.sub(r"\D", "", slip.value)
            if 7 <= len(digits) <= 15:
                found.add(digits)
    return tuple(sorted(found)) or None


def _phone_codes(phones: tuple[str, ...]) -> list[Code]:
    found = []
    for place_, phone in enumerate(phones[:3]):
        found.append(Code("whole", phone, strong=True))
        half = (len(phone) + 1) // 2
        found += [Code(f"head{place_}", phone[:half]), Code(f"tail{place_}", phone[half:])]
        found.append(Code("local", phone[-7:]))
    return found


def _reader(one: Callable[[str], str | Slip]) -> Callable[[Texts], tuple[str, ...] | None]:
    """A reader by the rules of `one`; what breaks them is kept in small letters without blanks."""

    def read(texts: Texts) -> tuple[str, ...] | None:
        found = set()
        for text in texts:
            if text.strip():
                value = one(text)
                found.add("".join(fold(text).split()) if isinstance(value, Slip) else value)
        return tuple(sorted(found - {""})) or None

    return read


def _plain_code(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text)).upper()


def _email_codes(emails: tuple[str, ...]) -> list[Code]:
    found = []
    for email in emails[:2]:
        local = email.partition("@")[0]
        found += [Code("whole", email, strong=True), Code("local", local), Code("head", email[:5])]
    return found


def _code_codes(codes: tuple[str, ...]) -> list[Code]:
    found = []
    for code in codes[:2]:
        half = (len(code) + 1) // 2
        found += [Code("whole", code, strong=True), Code("head", code[:half]), Code("tail", code[half:])]
    return found


# -- dates, numbers, places


_DIGITS: Final = re.compile(r"\d+")


def _read_date(texts: Texts) -> str | None:
    """YYYYMMDD; a date with another order is put into this one where it is plain."""
    parts = _DIGITS.findall(fold(_first(texts)))
    if len(parts) >= 3:
        first, second, third = parts[:3]
        if len(first) == 4:
            return f"{first}{second:0>2}{third:0>2}"
        if len(third) == 4:
            day, month = (first, second) if int(first) > 12 else (second, first)
            return f"{third}{month:0>2}{day:0>2}"
    return "".join(parts) or None


def _date_codes(date: str) -> list[Code]:
    return [Code("whole", date), Code("year", date[:4] + date[4:6]), Code("day", date[4:])]


def _read_number(texts: Texts) -> str | None:
    return _plain_code(_first(texts)).lstrip("0") or None


def _number_codes(number: str) -> list[Code]:
    return [Code("whole", number)]


def _read_place(texts: Texts) -> Place | None:
    """Three columns: region, city, district; each may be blank."""
    return place(*[*texts, "", "", ""][:3]) or None


def _read_area(texts: Texts) -> Place | None:
    """The place that a whole address begins with."""
    return split_address(" ".join(text for text in texts if text.strip()))[0] or None


def _place_codes(where: Place) -> list[Code]:
    found = [Code("city", where.city)] if where.city else []
    if where.district:
        found.append(Code("district", where.district[:6]))
    if not found:
        found.append(Code("region", where.region))
    return found


def _read_address(texts: Texts) -> Address | None:
    return split_address(" ".join(text for text in texts if text.strip()))[1] or None


def _address_codes(address: Address) -> list[Code]:
    found = []
    if address.number and address.street:
        found.append(Code("house", f"{address.street[:6]} {address.number}"))
    if address.number:
        found.append(Code("number", address.number))
    if address.street.isascii():
        words = sorted(address.street.split(), key=lambda word: (-len(word), word))
        found += [Code("street", word) for word in words[:1]]
    elif address.street:
        found.append(Code("street", address.street))
    return found


def _kind(name: str, read: Any, level: Any, levels: str, codes: Any, **more: Any) -> Kind:
    """`levels`: "name same other" of each level, best first."""
    rows = [row.split() for row in levels.split(",")]
    return Kind(
        name,
        read,
        level,
        {row[0]: float(row[1]) for row in rows},
        {row[0]: float(row[2]) for row in rows},
        codes,
        **more,
    )


_NAME_LEVELS: Final = (
    "same 0.70 1e-4, sounds 0.08 1e-4, near 0.08 3e-4, surname 0.04 2e-3, given 0.03 1e-3, "
    "family 0.03 0.03, differs 0.04 0.96"
)
_FIRM_LEVELS: Final = (
    "same 0.66 2e-5, short 0.19 2e-5, sounds 0.03 2e-5, near 0.05 5e-5, other_place 0.02 3e-5, "
    "other_trade 0.015 3e-5, differs 0.035 0.99"
)
_PLACE_LEVELS: Final = "same 0.8 5e-4, near 0.05 1e-3, city 0.05 0.01, region 0.05 0.06, differs 0.05 0.93"
_CODE_LEVELS: Final = "same 0.88 1e-6, near 0.06 2e-6, differs 0.06 0.999"
_firm_rarity = frozenset({"same", "short", "other_place", "other_trade"})

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        _kind("person", _read_person, comparing.name_level, _NAME_LEVELS, _person_codes,
              rare=lambda name: name.full),
        _kind("parts", _read_parts, comparing.name_level, _NAME_LEVELS, _person_codes,
              rare=lambda name: name.full),
        _kind("company", _read_company, comparing.company_level, _FIRM_LEVELS, _company_codes,
              rare=lambda name: name.core, by_rarity=_firm_rarity),
        _kind("title", _read_title, comparing.title_level,
              "same 0.6 1e-3, near 0.15 2e-3, part 0.1 5e-3, close 0.05 0.02, differs 0.1 0.97", _title_codes),
        _kind("phone", _read_phones, comparing.phone_level,
              "same 0.78 1e-6, near 0.06 2e-6, differs 0.16 0.999", _phone_codes,
              rare=lambda phones: phones[0], identifying=True),
        _kind("email", _reader(identifiers.email), comparing.email_level,
              "same 0.85 1e-6, local 0.02 2e-5, near 0.05 5e-6, differs 0.08 0.999", _email_codes,
              rare=lambda emails: emails[0], identifying=True),
        _kind("wechat", _reader(identifiers.wechat), comparing.code_level, _CODE_LEVELS, _code_codes,
              rare=lambda codes: codes[0], identifying=True),
        _kind("plate", _reader(identifiers.plate), comparing.code_level, _CODE_LEVELS, _code_codes,
              rare=lambda codes: codes[0], identifying=True),
        _kind("vin", _reader(identifiers.vin), comparing.code_level, _CODE_LEVELS, _code_codes,
              rare=lambda codes: codes[0], identifying=True),
        _kind("credit_code", _reader(_plain_code), comparing.code_level, _CODE_LEVELS, _code_codes,
              rare=lambda codes: codes[0], identifying=True),
        _kind("document", _reader(_plain_code), comparing.code_level, _CODE_LEVELS, _code_codes,
              rare=lambda codes: codes[0], identifying=True),
        _kind("date", _read_date, comparing.date_level,
              "same 0.85 1e-4, near 0.06 1e-3, part 0.04 0.02, differs 0.05 0.98", _date_codes),
        _kind("number", _read_number, comparing.number_level,
              "same 0.85 0.01, near 0.07 0.03, differs 0.08 0.96", _number_codes),
        _kind("place", _read_place, comparing.place_level, _PLACE_LEVELS, _place_codes,
              rare=lambda where: f"{where.city} {where.district}"),
        _kind("area", _read_area, comparing.place_level, _PLACE_LEVELS, _place_codes,
              rare=lambda where: f"{where.city} {where.district}"),
        _kind("address", _read_address, comparing.address_level,
              "same 0.75 1e-5, number 0.02 1e-5, near 0.1 5e-5, street 0.05 0.01, differs 0.08 0.99",
              _address_codes, rare=lambda address: f"{address.street} {address.number}"),
    )
}  # fmt: skip


def value_of(kind: Kind, texts: Texts) -> Hashable | None:
    """The value of one row in one field; None where nothing is said."""
    value: Hashable | None = kind.read(texts)
    return value
