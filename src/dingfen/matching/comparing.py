"""How two values of one kind agree: one function a kind, symmetric, giving the name of a level.

The same functions serve the check of one registration and whole files, so both always say the same.
"""

from collections.abc import Callable
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import ratio, token_set_ratio, token_sort_ratio

from .addresses import Address, Place
from .companies import CompanyName, place_is_inside
from .persons import PersonName

_LATIN_NEAR: Final = 0.88
_NEAR_CORE: Final = 4  # a core shorter than this that differs in one character is another brand

Values = tuple[str, ...]


def one_edit_apart(a: str, b: str) -> bool:
    """Whether one insertion, deletion, replacement or swap of neighbours turns `a` into `b` (equal: no)."""
    return OSA.distance(a, b, score_cutoff=1) == 1


def name_level(a: PersonName, b: PersonName) -> str:
    """same, sounds, near, surname, given, family, differs.

    surname: a name with only a surname (张总) agrees with every name of that surname, weakly; family: same
    surname, another given name.
    """
    if a.full == b.full:
        return "surname" if a.surname and not a.given else "same"
    if not a.given or not b.given:
        return _partial_name(a, b)
    if a.sound == b.sound:
        return "sounds"
    latin = a.full.isascii() and b.full.isascii()
    if latin:
        return _latin_name(a, b)
    if a.surname == b.surname:
        long = max(len(a.given), len(b.given)) > 1
        return "near" if long and one_edit_apart(a.given, b.given) else "family"
    return "given" if len(a.given) > 1 and a.given == b.given else "differs"


def _partial_name(a: PersonName, b: PersonName) -> str:
    """One of the two has no given name, or was not cut into surname and given name at all."""
    if a.sound == b.sound:
        return "sounds"
    if a.surname and b.surname and a.given and b.full.isascii():
        return "surname" if _alike(b.surname, a.surname) or _alike(b.surname, a.given) else "differs"
    if a.surname and b.surname and b.given and a.full.isascii():
        return _partial_name(b, a)
    if a.surname and b.surname:
        return "surname" if a.surname == b.surname or _alike(a.surname, b.surname) else "differs"
    if a.full.isascii() and b.full.isascii():
        return _loose_name(a.full, b.full)
    return "differs"


def _latin_name(a: PersonName, b: PersonName) -> str:
    if (a.given, a.surname) == (b.surname, b.given):
        return "same"
    given = a.given == b.given or _alike(a.given, b.given)
    family = a.surname == b.surname or _alike(a.surname, b.surname)
    if given and family:
        return "near"
    if _alike(a.given, b.surname) and _alike(a.surname, b.given):
        return "near"
    return "given" if given else "family" if family else "differs"


def _alike(a: str, b: str) -> bool:
    if not a or not b or not a.isascii():
        return False
    if len(a) < 2 or len(b) < 2:
        return a[:1] == b[:1]  # an initial
    return JaroWinkler.similarity(a, b, score_cutoff=_LATIN_NEAR) > 0 or (len(a) > 3 and one_edit_apart(a, b))


def _loose_name(a: str, b: str) -> str:
    words_a, words_b = a.split(), b.split()
    if len(words_a) == 1 or len(words_b) == 1:
        return "surname" if set(words_a) & set(words_b) else "differs"
    if token_sort_ratio(a, b, score_cutoff=85) or _same_initials(words_a, words_b):
        return "near"
    return "family" if set(words_a) & set(words_b) else "differs"


def _same_initials(a: list[str], b: list[str]) -> bool:
    """J Smith and John Smith."""
    if len(a) != len(b):
        return False
    return sorted(x[:1] for x in a) == sorted(x[:1] for x in b) and any(len(x) > 1 for x in set(a) & set(b))


def company_level(a: CompanyName, b: CompanyName) -> str:
    """same, short, sounds, near, other_place, other_trade, differs."""
    if a.whole == b.whole:
        return "same"
    if not a.core or not b.core:
        return _brandless(a, b)
    if a.core == b.core:
        return _same_brand(a, b)
    if a.core.isascii() and b.core.isascii():
        return _latin_company(a.core, b.core)
    if not places_agree(a, b):
        return "differs"
    if _is_cut_short(a, b) or _is_cut_short(b, a):
        return "short"
    if len(a.core) > 1 and a.sound == b.sound and trades_agree(a.trade, b.trade):
        return "sounds"
    return "near" if _near_brand(a, b) else "differs"


def _brandless(a: CompanyName, b: CompanyName) -> str:
    """Names of place and trade only (福建环境公司): both have to agree."""
    if a.core or b.core or not places_agree(a, b):
        return "differs"
    return "short" if a.trade == b.trade else "differs"


def _same_brand(a: CompanyName, b: CompanyName) -> str:
    if not places_agree(a, b):
        return "other_place"
    if not trades_agree(a.trade, b.trade):
        return "other_trade"
    return "same" if (a.trade, a.places) == (b.trade, b.places) else "short"


def _is_cut_short(short: CompanyName, long: CompanyName) -> bool:
    """中晨自动 for 中晨自动化设备: the brand and the beginning of the trade."""
    return (
        not short.trade
        and len(long.core) > 1
        and short.core.startswith(long.core)
        and (long.core + long.trade).startswith(short.core)
    )


def trades_agree(a: str, b: str) -> bool:
    """Whether two lines of business can be one: one missing, one the shorter form, or one character wrong."""
    if not a or not b or a.startswith(b) or b.startswith(a) or a.endswith(b) or b.endswith(a):
        return True
    return len(a) == len(b) > 1 and sum(x != y for x, y in zip(a, b, strict=True)) == 1 and len(a) > 2


def _near_brand(a: CompanyName, b: CompanyName) -> bool:
    """One character wrong, left out or swapped in brand and trade together, or in a long brand."""
    long_a, long_b = a.core + a.trade, b.core + b.trade
    if min(len(long_a), len(long_b)) >= _NEAR_CORE and one_edit_apart(long_a, long_b):
        if a.trade and a.trade == b.trade:  # then the brand itself differs
            return min(len(a.core), len(b.core)) >= _NEAR_CORE - 1 or (a.places == b.places != ())
        return a.core in b.core or b.core in a.core or min(len(a.core), len(b.core)) >= _NEAR_CORE
    if min(len(a.core), len(b.core)) >= _NEAR_CORE and one_edit_apart(a.core, b.core):
        return trades_agree(a.trade, b.trade)
    return False


def _latin_company(a: str, b: str) -> str:
    if a.replace(" ", "") == b.replace(" ", ""):
        return "same"
    if token_sort_ratio(a, b, score_cutoff=88):
        return "near"
    words_a, words_b = a.split(), b.split()
    shorter = words_a if len(words_a) <= len(words_b) else words_b
    if (len(shorter) > 1 or len(shorter[0]) > 4) and token_set_ratio(a, b, score_cutoff=95):
        return "short"
    if _initials(words_a) == b or _initials(words_b) == a:
        return "short"
    return "other_trade" if words_a[0] == words_b[0] and len(words_a[0]) > 3 else "differs"


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words) if len(words) > 2 else ""


def places_agree(a: CompanyName, b: CompanyName) -> bool:
    """Whether nothing named in one contradicts the other."""
    if not a.places or not b.places:
        return True
    return all(any(place_is_inside(x, y) for y in b.places) for x in a.places) or all(
        any(place_is_inside(x, y) for y in a.places) for x in b.places
    )


def title_level(a: str, b: str) -> str:
    """same, near, part, close, differs: names of things and free short texts, by words."""
    if a == b:
        return "same"
    if ratio(a, b, score_cutoff=90) or token_sort_ratio(a, b, score_cutoff=90):
        return "near"
    words_a, words_b = a.split(), b.split()
    shorter = words_a if len(words_a) <= len(words_b) else words_b
    if sum(map(len, shorter)) > 3 and token_set_ratio(a, b, score_cutoff=96):
        return "part"
    return "close" if token_sort_ratio(a, b, score_cutoff=72) else "differs"


def phone_level(a: Values, b: Values) -> str:
    """same, near, differs: the best of all numbers of both; near is one digit or two neighbours swapped."""
    if len(a) == len(b) == 1:
        return _one_phone(a[0], b[0])
    return _best(_one_phone, a, b)


def _one_phone(a: str, b: str) -> str:
    if a == b:
        return "same"
    if OSA.distance(a, b, score_cutoff=1) == 1 and len(a) > 7:
        return "near"
    if len(a) != len(b):  # a landline once with and once without its area code
        short, long = (a, b) if len(a) < len(b) else (b, a)
        if 7 <= len(short) <= 8 and long.endswith(short):
            return "near"
    return "differs"


def _best(level: Callable[[str, str], str], a: Values, b: Values) -> str:
    """The best level of any value of one with any of the other; levels are those of codes, phones, e-mails."""
    found = {level(x, y) for x in a for y in b}
    return next(name for name in ("same", "local", "near", "differs") if name in found)


def code_level(a: Values, b: Values) -> str:
    """same, near, differs: identifying codes of any length."""
    if len(a) == len(b) == 1:
        return _one_code(a[0], b[0])
    return _best(_one_code, a, b)


def _one_code(a: str, b: str) -> str:
    if a == b:
        return "same"
    least = min(len(a), len(b))
    most = 2 if least > 6 else 1
    return "near" if least > 4 and OSA.distance(a, b, score_cutoff=most) <= most else "differs"


def email_level(a: Values, b: Values) -> str:
    """same, local, near, differs; local: another domain only."""
    if len(a) == len(b) == 1:
        return _one_email(a[0], b[0])
    return _best(_one_email, a, b)


def _one_email(a: str, b: str) -> str:
    if a == b:
        return "same"
    place = a.find("@")
    if place > 4 and a[: place + 1] == b[: place + 1]:
        return "local"
    return "near" if OSA.distance(a, b, score_cutoff=2) <= 2 else "differs"


def date_level(a: str, b: str) -> str:
    """same, near, part, differs over YYYYMMDD; part: the year, or month and day, agree."""
    if a == b:
        return "same"
    if one_edit_apart(a, b) or (a[:4] == b[:4] and a[4:6] + a[6:] == b[6:] + b[4:6]):
        return "near"
    return "part" if a[:4] == b[:4] or a[4:] == b[4:] else "differs"


def number_level(a: str, b: str) -> str:
    """same, near, differs: house numbers, postcodes and the like."""
    if a == b:
        return "same"
    return "near" if len(a) > 1 and len(b) > 1 and one_edit_apart(a, b) else "differs"


def place_level(a: Place, b: Place) -> str:
    """same, near, city, region, differs: the finest part that both name decides."""
    fine = "same" if a.district else ""
    if a.district and b.district:
        if a.district == b.district:
            return fine if not (a.city and b.city) or a.city == b.city else "region"
        if _alike_place(a.district, b.district):
            return "near"
    if a.city and b.city:
        return "city" if a.city == b.city else "near" if _alike_place(a.city, b.city) else "differs"
    if a.region and b.region:
        return "region" if a.region == b.region else "differs"
    return "differs" if a.district and b.district else ""


def _alike_place(a: str, b: str) -> bool:
    if a.isascii() and b.isascii():
        return JaroWinkler.similarity(a, b, score_cutoff=0.9) > 0 or (len(a) > 3 and one_edit_apart(a, b))
    return len(a) > 2 and len(b) > 2 and one_edit_apart(a, b)


def address_level(a: Address, b: Address) -> str:
    """same, number, near, street, differs.

    same: street and number agree and nothing behind them contradicts; number: another room of that house;
    near: one of the two is mistyped; street: the same street, other or no number.
    """
    if a.street == b.street:
        if a.number != b.number:
            if one_edit_apart(a.number, b.number) and min(len(a.number), len(b.number)) > 2:
                return "near"
            return "street"
        if not a.rest or not b.rest or a.rest == b.rest:
            return "same"
        return "near" if ratio(a.rest, b.rest) >= 75 else "number"
    if not a.street or not b.street:
        return "near" if a.number and a.number == b.number else "differs"
    alike = _alike_street(a.street, b.street)
    if a.number == b.number:
        return "near" if alike else "differs"
    return "street" if alike else "differs"


def _alike_street(a: str, b: str) -> bool:
    if a.isascii() and b.isascii():
        return (
            bool(token_sort_ratio(a, b, score_cutoff=80))
            or JaroWinkler.similarity(a, b, score_cutoff=0.9) > 0
            or bool(min(len(a), len(b)) > 5 and token_set_ratio(a, b, score_cutoff=92))
        )
    return one_edit_apart(a, b) if min(len(a), len(b)) > 2 else False
