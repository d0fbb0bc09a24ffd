"""What stands in a column, told from its cells: what its name does not say, or says wrongly."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from .addresses import place_name
from .companies import company_name
from .counties import COUNTIES
from .districts import DISTRICTS_OF
from .persons import person_name
from .tables import CITIES, COMMON_SURNAMES, COMPOUND_SURNAMES, LEGAL_FORMS, PROVINCES, SURNAMES

_HAN: Final = re.compile(r"[㐀-鿿]")
_MOBILE: Final = re.compile(r"^\D*(?:86)?\D*1[3-9](?:\D{0,2}\d){9}\D*$")
_LANDLINE: Final = re.compile(
    r"^\(?\+?0\d{2,3}[)\- ]{0,2}\d{7,8}(?:[-转 ]\d{1,6})?$|^\(?\d{3}\)?[-. /]\d{3}[-. ]\d{4}$"
)
_PLATE: Final = re.compile(
    r"^[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][·\- ]?[A-Za-z0-9]{5,6}$"
)
_FORM: Final = re.compile(f"公司|(?:{'|'.join(form for form in LEGAL_FORMS if len(form) > 1)})$")
_ORGANISATION: Final = re.compile(
    r"\b(?:inc|llc|ltd|corp|co|company|school|center|centre|church|university|association|gmbh|the|of|and|&)\b|&",
    re.I,
)
_HOUSE: Final = re.compile(
    r"(?:[路街道巷弄村镇园]|大厦|广场).*\d|\d+\s*[号弄栋幢]|[区县市镇乡](?=.*[路街道巷村号])|"
    r"^\d+[a-z]?\s+(?:[\w.]+\s+){0,4}(?:st|street|rd|road|ave|avenue|blvd|dr|drive|lane|ln|way|court|ct|place|pl)\b",
    re.I,
)
_BORN: Final = re.compile(r"^(?:19\d\d|200\d)[-/.年]?(?:0?[1-9]|1[0-2])[-/.月]?(?:0?[1-9]|[12]\d|3[01])日?$")
_PROVINCES: Final = frozenset(PROVINCES)
_CITIES: Final = frozenset(CITIES)
_DISTRICTS: Final = frozenset(place_name(name) for name in COUNTIES).union(*DISTRICTS_OF.values())


def is_firm(cell: str) -> bool:
    """Whether a Chinese text is plainly the name of a firm, in full or short."""
    return bool(_FORM.search(cell)) or len(cell) > 5 or (len(cell) > 3 and bool(company_name(cell).trade))


def is_person(cell: str) -> bool:
    """Whether a Chinese text is shaped like a person's name, title or none, and like no firm."""
    name = person_name(cell) if 2 <= len(cell) <= 6 else None
    if not name or not _HAN.search(name.full) or len(name.given) > 2 or not name.surname:
        return False
    if name.surname not in COMPOUND_SURNAMES and name.surname not in SURNAMES:
        return False
    return not (company_name(cell).trade and name.surname not in COMMON_SURNAMES)


def name_role(role: str, cells: Sequence[str]) -> str:
    """Whether names under `role` (name, person, company) are of persons or of firms, or only words (name)."""
    han = [cell for cell in cells if _HAN.search(cell)]
    if len(han) * 2 > len(cells):
        firms = sum(len(cell) > 4 and is_firm(cell) for cell in han)
        return "company" if firms * 3 > len(han) else "person" if role != "company" else role
    if role == "name":
        firms = sum(bool(_ORGANISATION.search(cell)) for cell in cells)
        return "company" if firms * 10 > len(cells) else "name"
    return role


def is_naming(cells: Sequence[str]) -> bool:
    """Whether these can be names of something, where no column is called so: short texts, mostly different."""
    if len(cells) < 20 or len(set(cells)) * 2 < len(cells):
        return False
    fit = sum(3 < len(cell) < 80 and sum(map(str.isalpha, cell)) * 2 > len(cell) for cell in cells)
    return fit > 0.9 * len(cells)


def contradicts(role: str, cells: Sequence[str]) -> bool:
    """Whether what stands there is hardly ever what the column's name says."""
    test = _PLAUSIBLE.get(role)
    return bool(test and cells) and sum(bool(test(cell)) for cell in cells if test) < 0.2 * len(cells)


def role_of(cells: Sequence[str]) -> str:
    """The role of a column whose name says nothing; '' where it is not plain."""
    for role, share, test in _TESTS:
        if sum(bool(test(cell)) for cell in cells) >= share * len(cells):
            return role
    return ""


def _place_in(names: frozenset[str]) -> Callable[[str], bool]:
    return lambda cell: bool(_HAN.search(cell)) and len(cell) < 12 and place_name(cell) in names


_PLAUSIBLE: Final[dict[str, Callable[[str], object]]] = {
    "phone": lambda cell: sum(map(str.isdigit, cell)) > 3,
    "email": lambda cell: "@" in cell or "＠" in cell,
    "credit_code": lambda cell: len(cell) > 8,
    "vin": lambda cell: len(cell) > 8,
    "birth": lambda cell: any(map(str.isdigit, cell)),
}
# role, in how many of the cells, what is asked of a cell; the first that holds
_TESTS: Final[tuple[tuple[str, float, Callable[[str], object]], ...]] = (
    ("email", 0.8, lambda cell: "@" in cell and "." in cell),
    ("phone", 0.8, lambda cell: _MOBILE.match(cell) or _LANDLINE.match(cell)),
    ("document", 0.9, lambda cell: re.fullmatch(r"\d{17}[\dXx]", cell)),
    ("credit_code", 0.9, lambda cell: re.fullmatch(r"[0-9A-HJ-NP-RT-Y]{18}", cell.upper())),
    ("vin", 0.9, lambda cell: re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", cell.upper())),
    ("plate", 0.8, _PLATE.match),
    ("wechat", 0.5, lambda cell: re.match(r"wxid_|wx_|weixin", cell, re.I)),
    ("birth", 0.9, _BORN.match),
    ("region", 0.85, _place_in(_PROVINCES)),
    ("city", 0.85, _place_in(_CITIES)),
    ("district", 0.85, _place_in(_DISTRICTS)),
    ("company", 0.5, lambda cell: len(cell) < 40 and _FORM.search(cell)),
    ("address", 0.6, _HOUSE.search),
    ("company", 0.8, lambda cell: 3 < len(cell) < 40 and _HAN.search(cell) and company_name(cell).trade),
    ("person", 0.8, is_person),
)  # fmt: skip
