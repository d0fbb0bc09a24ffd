"""A record as typed, and its features: the one normal form that is stored, keyed and compared."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Literal, NamedTuple

import orjson

from . import identifiers
from .addresses import Address, Place, split_address
from .companies import CompanyName, company_name
from .persons import PersonName, person_name
from .phones import Phone, parse_phones
from .slips import Slip

FEATURE_VERSION: Final = 3

NO_PERSON: Final = PersonName()
NO_COMPANY: Final = CompanyName()
NOWHERE: Final = Place()
NO_ADDRESS: Final = Address()
Kind = Literal["person", "company"]


@dataclass(frozen=True, slots=True)
class Record:
    """What somebody typed about a customer. Every value may be blank; a field may hold several phone numbers.

    `name` is the person (for a company: its contact), `company` the firm (for a person: the employer).
    `tails` are last four digits of mobiles, for who asks and knows no more.
    """

    kind: Kind = "person"
    name: str = ""
    company: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    wechats: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    vins: tuple[str, ...] = ()
    credit_codes: tuple[str, ...] = ()
    address: str = ""
    tails: tuple[str, ...] = ()


class Features(NamedTuple):
    """The normal form of a Record. Tuples are sorted and without repeats; blank values are left out."""

    kind: Kind = "person"
    person: PersonName = NO_PERSON
    company: CompanyName = NO_COMPANY
    mobiles: tuple[str, ...] = ()
    landlines: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    wechats: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    vins: tuple[str, ...] = ()
    credit_codes: tuple[str, ...] = ()
    place: Place = NOWHERE
    address: Address = NO_ADDRESS
    tails: tuple[str, ...] = ()
    version: int = FEATURE_VERSION


@dataclass(frozen=True, slots=True)
class Normalised:
    """Features, and what could not be read, by field of the record."""

    features: Features
    slips: Mapping[str, tuple[Slip, ...]] = field(default_factory=dict)


def normalise(record: Record) -> Normalised:
    """Read a record once, at the edge. Values that cannot be read are in `slips`, never in the features."""
    slips: dict[str, tuple[Slip, ...]] = {}
    phones = _phones(record.phones, slips, "phones")
    wechats, numbers = _wechats(record.wechats, slips)
    place, address = split_address(record.address) if record.address else (NOWHERE, NO_ADDRESS)
    mobiles = {phone.number for phone in phones if phone.kind == "mobile"} | numbers
    return Normalised(
        Features(
            kind=record.kind,
            person=person_name(record.name) if record.name else NO_PERSON,
            company=company_name(record.company) if record.company else NO_COMPANY,
            mobiles=tuple(sorted(mobiles)),
            landlines=tuple(sorted({p.number for p in phones if p.kind == "landline"})),
            emails=_each(record.emails, identifiers.email, slips, "emails"),
            wechats=wechats,
            plates=_each(record.plates, identifiers.plate, slips, "plates"),
            vins=_each(record.vins, identifiers.vin, slips, "vins"),
            credit_codes=_each(record.credit_codes, identifiers.credit_code, slips, "credit_codes"),
            place=place,
            address=address,
            tails=tuple(sorted({tail for tail in record.tails if len(tail) == 4 and tail.isdecimal()})),
        ),
        slips,
    )


def features(record: Record | Features) -> Features:
    """The features of a record; features are given back as they are."""
    return record if isinstance(record, Features) else normalise(record).features


def _phones(typed: Iterable[str], slips: dict[str, tuple[Slip, ...]], name: str) -> list[Phone]:
    found: list[Phone] = []
    wrong: list[Slip] = []
    for text in typed:
        phones, problems = parse_phones(text)
        found.extend(phones)
        wrong.extend(problems)
    if wrong:
        slips[name] = tuple(wrong)
    return found


def _wechats(typed: Iterable[str], slips: dict[str, tuple[Slip, ...]]) -> tuple[tuple[str, ...], set[str]]:
    """WeChat names, and the mobile numbers among them: many people's WeChat name is their mobile."""
    names: list[str] = []
    mobiles: set[str] = set()
    for text in typed:
        phones = parse_phones(text)[0] if sum(map(str.isdigit, text)) > 6 else ()
        if phones and all(phone.kind == "mobile" for phone in phones):
            mobiles.update(phone.number for phone in phones)
        else:
            names.append(text)
    return _each(names, identifiers.wechat, slips, "wechats"), mobiles


def _each(
    typed: Iterable[str], read: Callable[[str], str | Slip], slips: dict[str, tuple[Slip, ...]], name: str
) -> tuple[str, ...]:
    good: set[str] = set()
    wrong: list[Slip] = []
    for text in typed:
        if not text.strip():
            continue
        value = read(text)
        if isinstance(value, Slip):
            wrong.append(value)
        else:
            good.add(value)
    if wrong:
        slips[name] = tuple(wrong)
    return tuple(sorted(good))


# Parts of the features that have fields of their own.
_PARTS: Final[dict[str, type[Any]]] = {
    "person": PersonName,
    "company": CompanyName,
    "place": Place,
    "address": Address,
}
_FIELDS: Final = tuple(name for name in Features._fields if name not in ("version", "kind"))
_KINDS: Final[tuple[Kind, ...]] = ("person", "company")
_SHAPES: Final = tuple(_PARTS.get(name) for name in _FIELDS)


BETWEEN: Final = ",\n"
"""What stands between two fields of a stored text, and nowhere else in it: JSON writes a line break as \\n."""


def to_json(given: Features) -> str:
    """The features as JSON: [version, kind, each field in the order of Features], a field a line; blanks at the end go.

    A blank field is 0. Half as long as names and values, and read in a third of the time. Who reads a whole base
    cuts the text at BETWEEN: equal fields are equal pieces of text.
    """
    pieces = [
        orjson.dumps(tuple(value)).decode() if value else "0"
        for value in (getattr(given, name) for name in _FIELDS)
    ]
    while pieces and pieces[-1] == "0":
        pieces.pop()
    return f"[{BETWEEN.join((str(given.version), str(_KINDS.index(given.kind)), *pieces))}]"


def cut(text: str) -> list[str]:
    """The pieces of a stored text: version, kind, each field; those left out at the end are missing."""
    if BETWEEN not in text:  # an earlier form
        text = to_json(from_json(text))
    return text[1:-1].split(BETWEEN)


def read_pieces(name: str, pieces: Sequence[str]) -> list[Any]:
    """What the pieces of one field of Features say."""
    values = orjson.loads(f"[{','.join(pieces)}]")
    if name == "kind":
        return [_KINDS[value] for value in values]
    place = _FIELDS.index(name)
    read_one, blank = _READ[place], _BLANK[place]
    return [read_one(value) if value else blank for value in values]


def from_json(text: str) -> Features:
    """Read back what `to_json` wrote, now or in its earlier form (an object with the names of the fields)."""
    data = orjson.loads(text)
    if isinstance(data, dict):
        return _named(data)
    version, kind, *values = data
    read: list[Any] = [
        read_one(value) if value else blank
        for read_one, blank, value in zip(_READ, _BLANK, values, strict=False)
    ]
    read += [*_BLANK[len(read) :], version]
    return _FEATURES((_KINDS[kind], *read))


_BLANK: Final = tuple(shape() if shape else () for shape in _SHAPES)


def _made(shape: type[Any]) -> Callable[[Iterable[Any]], Any]:
    """A maker of named tuples that does not count their fields: a look-up reads a dozen customers."""
    return partial(tuple.__new__, shape)


_FEATURES: Final[Callable[[Iterable[Any]], Features]] = _made(Features)
_COMPANY: Final = _made(CompanyName)


def _firm(values: list[Any]) -> Any:
    values[_PLACES] = tuple(values[_PLACES])
    return _COMPANY(values)


_PLACES: Final = CompanyName._fields.index("places")
_READ: Final[tuple[Callable[[list[Any]], Any], ...]] = tuple(
    _firm if shape is CompanyName else _made(shape) if shape else tuple for shape in _SHAPES
)


def _named(data: dict[str, Any]) -> Features:
    for name, value in data.items():
        if name in _PARTS:
            data[name] = _PARTS[name](
                **{inner: tuple(one) if type(one) is list else one for inner, one in value.items()}
            )
        elif type(value) is list:
            data[name] = tuple(value)
    return Features(**data)
