"""Company names cut into parts: region, brand (core), trade, legal form, branch."""

import re
from dataclasses import dataclass
from typing import Final

from .persons import sound_of
from .tables import (
    BRANCH_ENDINGS,
    CITIES,
    LATIN_FORMS,
    LEGAL_FORMS,
    MUNICIPALITIES,
    PLACE_ENDINGS,
    PROVINCES,
    TRADES,
)
from .text import fold

_BRACKETS: Final = re.compile(r"[(\[【<《「『]([^()\[\]【】<>《》「」『』]*)[)\]】>》」』]")
_PUNCTUATION: Final = re.compile(r"[^\w]+|_")
_HAN: Final = re.compile(r"[㐀-鿿]")
_FORMS: Final = frozenset(LEGAL_FORMS)
_LONGEST_FORM: Final = len(LEGAL_FORMS[0])
_TRADES: Final = frozenset(TRADES)
_LONGEST_TRADE: Final = len(TRADES[0])
_NAMED_PLACE: Final = "|".join(sorted({*PROVINCES, *CITIES}, key=lambda word: (-len(word), word)))
_PLACES: Final = re.compile(
    rf"^(?:中国)?((?:{_NAMED_PLACE})(?:{'|'.join(PLACE_ENDINGS)})?"
    r"|[一-鿿]{2,3}(?:省|自治区|自治州|市|县)|[一-鿿]{2}区)"
)
_DISTRICT: Final = re.compile(r"^[一-鿿]{1,3}(?:新区|高新区|开发区|区|县|镇|乡|街道)(?=[一-鿿]{2})")
_ENDING: Final = re.compile(rf"(?:{'|'.join(PLACE_ENDINGS)})$")
_BRANCH_ENDING: Final = "|".join(BRANCH_ENDINGS)
_BRANCH: Final = re.compile(
    rf"(?<=公司|集团|中心|银行|酒店|超市|控股)"
    rf"([^\W\d_]{{1,10}}(?:{_BRANCH_ENDING})|第?[一二三四五六七八九十\d]+(?:{_BRANCH_ENDING}))$"
)


@dataclass(frozen=True, slots=True)
class CompanyName:
    """The parts of a company's name, all folded.

    `whole` is the name without punctuation and legal form: equal wholes are one name written twice.
    `core` is the brand, `places` the regions named, `trade` the line of business, `branch` the branch or ''.
    """

    whole: str = ""
    core: str = ""
    places: tuple[str, ...] = ()
    trade: str = ""
    branch: str = ""
    sound: str = ""

    def __bool__(self) -> bool:
        return bool(self.whole)


def company_name(text: str) -> CompanyName:
    """Cut a company's name into its parts. Never fails: what cannot be cut is all core."""
    folded = fold(text)
    if not any(char.isalnum() for char in folded):
        return CompanyName()
    return _chinese(folded) if _HAN.search(folded) else _latin(folded)


def _chinese(folded: str) -> CompanyName:
    places: list[str] = []
    outside = _BRACKETS.sub(lambda match: _take_bracket(match[1], places), folded)
    name = _PUNCTUATION.sub("", outside) or _PUNCTUATION.sub("", folded)
    name, branch = _cut_branch(name)
    rest = _cut_forms(_cut_places(_cut_forms(name), places))
    core, trade = _cut_trade(rest)
    inner = "".join(sorted(set(places)))
    whole = f"{inner}{core}{trade}{branch}"
    return CompanyName(whole, core, tuple(sorted(set(places))), trade, branch, sound_of(core))


def _take_bracket(inside: str, places: list[str]) -> str:
    """Places in brackets join the places; legal forms go; anything else stays where it was."""
    before = len(places)
    rest = _cut_places(_PUNCTUATION.sub("", inside), places, whole=True)
    if len(places) > before:
        return rest
    return "" if inside in LEGAL_FORMS or inside == "中国" else inside


def _cut_branch(name: str) -> tuple[str, str]:
    match = _BRANCH.search(name)
    return (name[: match.start()], match[1]) if match else (name, "")


def _cut_forms(name: str) -> str:
    while form := _ending(name, _FORMS, _LONGEST_FORM):
        name = name[: -len(form)]
    return name


def _ending(name: str, words: frozenset[str], longest: int) -> str:
    """The longest of `words` that ends `name` and leaves at least two characters; '' if none does."""
    for length in range(min(longest, len(name) - 2), 0, -1):
        if name[-length:] in words:
            return name[-length:]
    return ""


def _cut_places(name: str, places: list[str], *, whole: bool = False) -> str:
    """Take leading place names off into `places`, leaving at least two characters unless `whole`."""
    least = 0 if whole else 2
    while match := (places and _DISTRICT.match(name)) or _PLACES.match(name):
        if len(name) - match.end() < least:
            break
        name = name[match.end() :]
        if match.re is _DISTRICT:
            continue
        place = _ENDING.sub("", match[1]) if len(_ENDING.sub("", match[1])) > 1 else match[1]
        places.append(place)
    return name


def _cut_trade(name: str) -> tuple[str, str]:
    """(core, trade): trailing trade words come off while two characters of core stay."""
    core = name
    while word := _ending(core, _TRADES, _LONGEST_TRADE):
        core = core[: -len(word)]
    return core, name[len(core) :]


def _latin(folded: str) -> CompanyName:
    words = _PUNCTUATION.sub(" ", re.sub(r"\b(\w)\.(?=\w\b)", r"\1", folded.replace("&", " and "))).split()
    kept = list(words)
    while len(kept) > 1 and kept[-1] in LATIN_FORMS | {"and"}:
        kept.pop()
    if len(kept) > 1 and kept[0] == "the":
        kept.pop(0)
    core = " ".join(kept)
    return CompanyName(core, core, (), "", "", core.replace(" ", ""))


def place_is_inside(inner: str, outer: str) -> bool:
    """Whether two place names can be of one company: equal, or one is a province and the other a town."""
    if inner == outer:
        return True
    provinces = (inner in PROVINCES, outer in PROVINCES)
    return provinces in ((True, False), (False, True)) and not {inner, outer} & set(MUNICIPALITIES)
