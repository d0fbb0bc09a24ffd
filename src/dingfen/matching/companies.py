"""Company names cut into parts: region, brand (core), trade, legal form, branch."""

import re
from operator import ne
from typing import Final, NamedTuple

from .counties import COUNTIES, PROVINCE_OF
from .districts import DISTRICTS_OF
from .persons import sound_of
from .tables import (
    BRANCH_ENDINGS,
    CITIES,
    COUNTRIES,
    LATIN_FORMS,
    LEGAL_FORMS,
    MUNICIPALITIES,
    PLACE_ENDINGS,
    PROVINCES,
    lengths_by,
)
from .text import fold
from .trades import TRADE_WORDS, trade_at_end, trailing_trade

_BRACKETS: Final = re.compile(r"[(\[【<《「『]([^()\[\]【】<>《》「」『』]*)[)\]】>》」』]")
_PUNCTUATION: Final = re.compile(r"[^\w]+|_")
_HAN: Final = re.compile(r"[㐀-鿿]")
_FORMS: Final = frozenset(LEGAL_FORMS)
_PEOPLES: Final = re.compile(r"(?:[一-鿿]{1,3}族){1,2}(?:自治)?")
_ENDINGS: Final = tuple(
    sorted(
        {*PLACE_ENDINGS, "自治县", "自治旗", "旗", "乡", "街道", "开发区", "高新区"}, key=len, reverse=True
    )
)
_LOCAL: Final = re.compile(
    r"(?:[一-鿿]{2,6}?)?(?:新区|高新区|开发区|保税区|自贸区|工业园区|工业园|产业园)|[一-鿿]{2,3}?(?:区|县|镇|乡|街道|街)"
)
_ENDING: Final = re.compile(r"(?:新区|区|县|市)?(?=[一-鿿]{2})")
_ENDS_LOCAL: Final = frozenset("区县镇乡街园")
# 栖霞山 is a mountain, not the district and a brand of one character.
_LANDSCAPE: Final = frozenset("山湖河江海岛岭泉桥寺塔峰谷")
_ORDINAL: Final = re.compile(r"第[一二三四五六七八九十百\d]+")
# Forms long enough that one wrong character in them is surely a slip.
_OFTEN_MISTYPED: Final = ("股份有限公司", "有限责任公司", "有限公司")
_FORM_SOUNDS: Final = frozenset(sound_of(form) for form in LEGAL_FORMS if 3 <= len(form) <= 5)
_LAST_SOUNDS: Final = frozenset(sound_of(form[-1]) for form in LEGAL_FORMS if 3 <= len(form) <= 5)
_FORM_CHARS: Final = frozenset("".join(_OFTEN_MISTYPED))
_BRANCH_ENDING: Final = "|".join(BRANCH_ENDINGS)
_BRANCH: Final = re.compile(
    rf"(?<=公司|集团|中心|银行|酒店|超市|控股|商行|工厂|[一-鿿]厂|[一-鿿]部|[一-鿿][院所社局])"
    rf"([^\W\d_]{{0,10}}(?:{_BRANCH_ENDING})|第?[一二三四五六七八九十\d]+(?:{_BRANCH_ENDING}))$"
)


def _stem(name: str) -> str:
    """A place without its ending, where two characters stay: 景谷 of 景谷傣族彝族自治县."""
    bare = _PEOPLES.sub("", name) if "族" in name else name
    for ending in _ENDINGS:
        if len(bare) > len(ending) + 1 and bare.endswith(ending):
            return bare[: -len(ending)]
    return bare


def _places() -> dict[str, str]:
    """Every way a place can be written, and its stem; endings are taken off by the reader."""
    found = {word: word for word in (*PROVINCES, *CITIES, *COUNTRIES)}
    found["内蒙"] = "内蒙古"
    for name in COUNTIES:
        stem = _stem(name)
        found[name] = stem
        if len(stem) > 1 and name[-1] in "县市" and stem not in TRADE_WORDS:
            found.setdefault(stem, stem)
    return found


_PLACE_STEMS: Final = _places()
_PLACE_LENGTHS: Final = lengths_by((word[0], word) for word in _PLACE_STEMS)
_FORM_LENGTHS: Final = lengths_by((word[-1], word) for word in LEGAL_FORMS)
_PROVINCES: Final = frozenset(PROVINCES)
_COARSE: Final = frozenset({*PROVINCES, *CITIES, *COUNTRIES})
_LAST_OF_PLACE: Final = frozenset(word[-1] for word in _COARSE)
_AUTONOMOUS: Final = re.compile(r"(?:[一-鿿]{1,3}族){1,2}自治[州县]")


class CompanyName(NamedTuple):
    """The parts of a company's name, all folded.

    `whole` is the name without punctuation and legal form: equal wholes are one name written twice.
    `core` is the brand ('' in names that have none, such as 福建环境公司), `places` the regions named,
    `trade` the line of business, `branch` the branch or ''.
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
    name = folded
    if not folded.isalnum():
        outside = _BRACKETS.sub(lambda match: _take_bracket(match[1], places), folded)
        name = _PUNCTUATION.sub("", outside) or _PUNCTUATION.sub("", folded)
    name, branch = _cut_branch(name)
    core, trade = _cut_trade(_cut_places(_cut_forms(name), places), places)
    if core and (found := _ORDINAL.match(core)) and found.end() == len(core):
        core, trade = "", core + trade
    named = tuple(sorted(set(places))) if len(places) > 1 else tuple(places)
    return CompanyName(
        f"{''.join(named)}{core}{trade}{branch}", core, named, trade, branch, sound_of(core or trade)
    )


def _take_bracket(inside: str, places: list[str]) -> str:
    """Places in brackets join the places; legal forms go; anything else stays where it was."""
    before = len(places)
    rest = _cut_places(_PUNCTUATION.sub("", inside), places, whole=True)
    if len(places) > before:
        return rest
    if not before and (city := _nearly_city(inside.removesuffix("市"))):
        places.append(city)
        return ""
    if inside in LEGAL_FORMS or inside == "中国":
        return ""
    # what stands there and is no line of business says where the firm is, be it mistyped or a village
    unknown = before == 0 and 2 <= len(inside) <= 3 and not trade_at_end(inside) and not inside.isascii()
    return "" if unknown else inside


def _cut_branch(name: str) -> tuple[str, str]:
    if name[-1:] not in _BRANCH_LAST or _HEADS.isdisjoint(name[2:-1]):
        return name, ""
    match = _BRANCH.search(name)
    return (name[: match.start()], match[1]) if match else (name, "")


_HEADS: Final = frozenset("司团心行店市股厂部院所社局")  # how that ends which a branch belongs to
_BRANCH_LAST: Final = frozenset(ending[-1] for ending in BRANCH_ENDINGS)


def _cut_forms(name: str) -> str:
    form = _form_at_end(name)
    if len(form) < 4 and len(name) > 5:
        if slip := _mistyped_form(name):
            name = name[:-slip]
            form = _form_at_end(name)
        elif not form and sound_of(name[-1]) in _LAST_SOUNDS:
            return name[: -_form_by_sound(name) or None]
    while form:
        name = name[: -len(form)]
        form = _form_at_end(name)
    return name


def _form_at_end(name: str) -> str:
    """The longest legal form that ends `name` and leaves at least two characters; '' if none does."""
    most = len(name) - 2
    for length in _FORM_LENGTHS.get(name[-1:], ()):
        if length <= most and name[-length:] in _FORMS:
            return name[-length:]
    return ""


def _mistyped_form(name: str) -> int:
    """The length of a long legal form with one wrong character at the end, or 0."""
    if len(_FORM_CHARS.intersection(name[-4:])) < 3:
        return 0
    for form in _OFTEN_MISTYPED:
        if len(name) > len(form) + 1 and sum(map(ne, name[-len(form) :], form)) == 1:
            return len(form)
    return 0


def _form_by_sound(name: str) -> int:
    """The length of a legal form written with other characters of its sound at the end, or 0."""
    for length in (5, 4, 3):
        if len(name) > length + 1 and sound_of(name[-length:]) in _FORM_SOUNDS:
            return length
    return 0


def _cut_places(name: str, places: list[str], *, whole: bool = False) -> str:
    """Take leading place names off into `places`, leaving at least two characters unless `whole`.

    Below a named city any X区, X县, X镇 goes too, without being kept: names that agree in the city agree.
    """
    least = 0 if whole else 2
    if name.startswith("中国") and len(name) >= 4:
        name = name[2:]
    while True:
        stem, length = (places and _district(name, places[-1])) or _leading_place(name)
        if not length and not places:
            stem, length = _mistyped_city(name)
        if length and not _is_place(name, stem, length, places, whole=whole):
            length = 0
        if not length or len(name) - length < least:
            local = _LOCAL.match(name) if places and not _ENDS_LOCAL.isdisjoint(name[1:9]) else None
            if local and len(name) - local.end() >= 2:
                name = name[local.end() :]
                continue
            return name
        if stem in _COARSE or not places:
            places.append(stem)
        name = name[length:]


def _district(name: str, city: str) -> tuple[str, int] | None:
    """A district of the city just named, with or without its ending: 福田 behind 深圳, where a name goes on."""
    known = DISTRICTS_OF.get(city)
    if not known:
        return None
    for length in (2, 3):
        if name[:length] in known and (found := _ENDING.match(name, length)):
            return city, found.end()
    return None


def _is_place(name: str, stem: str, length: int, places: list[str], *, whole: bool) -> bool:
    """Whether what `name` begins with is where the firm is, and not its brand."""
    if whole or stem != name[:length] or len(name) == length:
        return True  # in brackets, or with its ending
    rest = name[length:]
    if stem in _COARSE and (not places or any(place_is_inside(stem, one) for one in places)):
        return True
    if stem[-1] in "县市":
        return True
    if places and (inside := DISTRICTS_OF.get(places[-1])) and stem not in inside:
        return False
    if rest[0] in _LANDSCAPE and not trailing_trade(rest[1:])[0]:
        return False
    return (
        len(trailing_trade(rest)[0]) > 1
    )  # 清河科技 is no county, and 广州朝阳科技 no city: that is the brand


def _leading_place(name: str) -> tuple[str, int]:
    """(stem, length) of the longest place that begins `name`; length 0 if none does."""
    for length in _PLACE_LENGTHS.get(name[:1], ()):
        stem = _PLACE_STEMS.get(name[:length])
        if stem is None or length > len(name):
            continue
        if stem not in _COARSE:
            return stem, length
        if (name.startswith("族", length + 1) or "自治" in name) and (
            found := _AUTONOMOUS.match(name, length)
        ):
            return stem, found.end()
        for ending in PLACE_ENDINGS if name[length : length + 1] in _ENDING_STARTS else ():
            if name.startswith(ending, length):
                return stem, length + len(ending)
        return stem, length
    found = _UNLISTED.match(name) if not _UNLISTED_ENDS.isdisjoint(name[2:6]) else None
    if found and found[0][-2:] not in TRADE_WORDS and found[0][-2:] not in _NO_CITY:
        return _stem(found[0]), found.end()
    return "", 0


_ENDING_STARTS: Final = frozenset(ending[0] for ending in PLACE_ENDINGS)
_UNLISTED_ENDS: Final = frozenset("省市县区州")


def _mistyped_city(name: str) -> tuple[str, int]:
    """A city with another character of the same sound, or one of three wrong, where a brand follows: 薪乡 for 新乡."""
    if len(name) > 5:
        for length in (3, 2):
            city = _nearly_city(name[:length])
            if city and len(trailing_trade(name[length:])[0]) > 1:
                return city, length + name.startswith("市", length)
    return "", 0


def _nearly_city(name: str) -> str:
    """The only city that `name` is with one wrong character (of two: one that sounds the same); '' if none is."""
    if len(name) == 2:
        if name[0] not in _CITY_CHARS and name[1] not in _CITY_CHARS:
            return ""
        alike = _CITIES_OF_SOUND.get(sound_of(name), ())
        return next((city for city in alike if city[0] == name[0] or city[1] == name[1]), "")
    if len(name) == 3 and len(_CITY_CHARS.intersection(name)) > 1:
        return next((city for one in _each_open(name) if (city := _CITY_BUT_ONE.get(one))), "")
    return ""


def _each_open(name: str) -> list[str]:
    return [name[:at] + "?" + name[at + 1 :] for at in range(len(name))]


def _cities_but_one() -> dict[str, str]:
    """Cities of three characters by what stays with any one left open; '' where several would do."""
    found: dict[str, str] = {}
    for city in (city for city in CITIES if len(city) == 3):
        for one in _each_open(city):
            found[one] = "" if one in found else city
    return found


def _cities_by_sound() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for city in (city for city in CITIES if len(city) == 2):
        found.setdefault(sound_of(city), []).append(city)
    return found


_CITIES_OF_SOUND: Final = _cities_by_sound()
_CITY_BUT_ONE: Final = _cities_but_one()
_CITY_CHARS: Final = frozenset("".join(city for city in CITIES if len(city) in (2, 3)))
_NO_CITY: Final = frozenset(("城市", "都市", "门市", "上市", "夜市", "集市"))
_UNLISTED: Final = re.compile(r"[一-鿿]{2,3}(?:省|自治区|自治州|市|县)")


def _cut_trade(name: str, places: list[str]) -> tuple[str, str]:
    """(core, trade): trailing trade words come off; nothing stays where the name has no brand at all.

    A city may stand at the end or before the trade: 环球国际航运青岛, 中节能秦皇岛环保, 建业电缆信阳销售.
    """
    core, trade = trailing_trade(_without_city(name, places))
    inner = _without_city(core, places)
    if inner != core:
        more, before = trailing_trade(inner)
        core, trade = (more, before + trade) if more else (inner, trade)
    return core, trade


def _without_city(name: str, places: list[str]) -> str:
    if name[-1:] not in _LAST_OF_PLACE:
        return name
    for length in (4, 3, 2):
        if len(name) - length >= 2 and name[-length:] in _COARSE:
            places.append(name[-length:])
            return name[:-length]
    return name


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
    """Whether two place names can be of one company: equal, or one a province and the other not outside it."""
    if inner == outer:
        return True
    if (inner in _COARSE) != (outer in _COARSE):
        return True  # a county, of which it is not known here where it lies
    if (inner in _PROVINCES) == (outer in _PROVINCES):
        return False
    city, province = (outer, inner) if inner in _PROVINCES else (inner, outer)
    return PROVINCE_OF.get(city, province) == province and province not in MUNICIPALITIES
