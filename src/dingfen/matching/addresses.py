"""Addresses cut into parts: region, city, district, street, house number, what stands behind it."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from .tables import CITIES, MUNICIPALITIES, PROVINCES
from .text import fold

_HAN: Final = re.compile(r"[㐀-鿿]")
# 南京东路 begins with no place.
_NO_ROAD: Final = r"(?![一-鿿]{0,2}(?:路|街|大道|巷|胡同))"
_PROVINCE: Final = re.compile(
    rf"^(?:中国)?({'|'.join(PROVINCES)})(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区|{_NO_ROAD})"
)
_CITY: Final = re.compile(
    rf"^(?:({'|'.join(CITIES)})(?:市|地区|盟|[一-鿿]{{1,6}}自治州|{_NO_ROAD})|([一-鿿]{{2,8}}?)(?:市|地区|盟|自治州))"
)
_DISTRICT: Final = re.compile(r"^([一-鿿]{1,10}?)(自治县|自治旗|新区|开发区|区|县|旗|市)(?!\d)")
_ENDINGS: Final = re.compile(
    r"(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区|地区|盟|自治州|自治县|自治旗|新区|区|县|旗)$"
)
_PEOPLES: Final = re.compile(
    r"(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|"
    r"纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|保安|裕固|独龙)族"
)
# 市辖区 and 县 say only that it is some district of the city.
_NO_DISTRICT: Final = frozenset({"市辖", "市", "县", "省直辖", "直辖", "其他", "其它"})
_NUMBER: Final = re.compile(r"(\d+(?:-\d+)*)\s*(?:号|弄|no\.?)?")
_CHINESE_NUMBER: Final = re.compile(r"[零〇一二三四五六七八九十百]+(?=号|栋|座|幢|室|单元|楼|层)")
_NUMERALS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}
_WORD: Final = re.compile(r"[^\W_]+")
_SHORT_WORDS: Final = {
    "st": "street", "str": "street", "rd": "road", "ave": "avenue", "av": "avenue", "blvd": "boulevard",
    "blv": "boulevard", "bl": "boulevard", "dr": "drive", "ln": "lane", "pl": "place", "ct": "court",
    "hwy": "highway", "pkwy": "parkway", "sq": "square", "ter": "terrace", "cir": "circle", "cct": "circuit",
    "cres": "crescent", "n": "north", "s": "south", "e": "east", "w": "west", "fl": "floor",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "eighth": "8", "ninth": "9", "tenth": "10", "1st": "1", "2nd": "2", "3rd": "3",
}  # fmt: skip
_ORDINAL: Final = re.compile(r"^(\d+)(?:st|nd|rd|th)$")


class Place(NamedTuple):
    """Where, from coarse to fine, without endings such as 省 and 区; '' where it is not said."""

    region: str = ""
    city: str = ""
    district: str = ""

    def __bool__(self) -> bool:
        return bool(self.region or self.city or self.district)


class Address(NamedTuple):
    """A street address below the place. `number` is the house number, `rest` building, floor and room."""

    street: str = ""
    number: str = ""
    rest: str = ""

    def __bool__(self) -> bool:
        return bool(self.street or self.number)


@lru_cache(8192)
def place_name(text: str) -> str:
    """One place name without its ending: 西湖区 → 西湖, 景谷傣族彝族自治县 → 景谷; '' for 市辖区."""
    name = "".join(_WORD.findall(fold(text))) if _HAN.search(text) else " ".join(_WORD.findall(fold(text)))
    if not _HAN.search(name):
        return name
    short = _ENDINGS.sub("", name)
    short = short if len(short) > 1 else name
    if short in _NO_DISTRICT or name in _NO_DISTRICT:
        return ""
    bare = _PEOPLES.sub("", short)
    return bare if len(bare) > 1 else short


def place(region: str = "", city: str = "", district: str = "") -> Place:
    """A place whose parts stand in columns of their own. A municipality is its own city."""
    names = [place_name(part) if part else "" for part in (region, city, district)]
    if not names[1] and names[0] in MUNICIPALITIES:
        names[1] = names[0]
    return Place(*names)


def split_address(text: str) -> tuple[Place, Address]:
    """Cut a whole address; what stands first decides whether it is read as Chinese. Never fails."""
    folded = fold(text)
    if not _HAN.search(folded):
        return Place(), _western(folded)
    rest = "".join(folded.split())
    region = city = district = ""
    if found := _PROVINCE.match(rest):
        region, rest = found[1], rest[found.end() :]
    if region in MUNICIPALITIES:
        city = region
        rest = re.sub(rf"^{city}市", "", rest)
    elif found := _CITY.match(rest):
        city, rest = found[1] or found[2], rest[found.end() :]
    if (region or city) and (found := _DISTRICT.match(rest)):
        district, rest = place_name(found[0]), rest[found.end() :]
    return Place(region, city, district), _chinese(rest)


def _chinese(rest: str) -> Address:
    rest = _CHINESE_NUMBER.sub(lambda found: _arabic(found[0]), rest)
    rest = re.sub(r"[()\[\],.;:、，。；：#]", "", rest)
    found = _NUMBER.search(rest)
    if not found:
        return Address(rest)
    return Address(rest[: found.start()], found[1], rest[found.end() :])


def _arabic(text: str) -> str:
    """二十三 as 23, 一〇二 as 102."""
    if not set(text) & set("十百"):
        return "".join(str(_NUMERALS[char]) for char in text)
    total = unit = 0
    for char in text:
        if char in "十百":
            total += max(unit, 1) * (10 if char == "十" else 100)
            unit = 0
        else:
            unit = _NUMERALS[char]
    return str(total + unit)


def _western(folded: str) -> Address:
    words = []
    for word in _WORD.findall(folded):
        plain = _ORDINAL.sub(r"\1", _SHORT_WORDS.get(word, word))
        words.append(plain)
    number = words.pop(0) if words and words[0].isdigit() else ""
    return Address(" ".join(words), number)
