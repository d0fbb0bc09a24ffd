"""Phone numbers as people type them: several in a field, full-width, +86 or 0086, dashes, extensions."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from .slips import Slip, slip
from .text import clean

# 17951 and the like were dialled before a number to call cheaply; address books still carry them.
_MOBILE: Final = re.compile(r"(?:179\d\d|1[12]593)?(?:\+?(?:00)?86)?0?(1[3-9]\d{9})")
_PLAIN_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_SEPARATORS: Final = re.compile(r"[,，、;；|\n\t]|/|\\|或者?|和|\bor\b|\band\b", re.IGNORECASE)
# 310/246-1501 and 0571/87654321 are one number each; 13612345678/87654321 are two.
_AREA_SLASH: Final = re.compile(r"(?<!\d)(\d{3,4})/(?=\d{3}[-. ]?\d{4}(?!\d)|\d{8}(?!\d))")
_NOISE: Final = re.compile(r"[\s\-‐-―−.·•()（）_~]+")
_EXTENSION: Final = re.compile(
    r"(?:转|分机号?|ext\.?|extension|[x#*])\s*[:：]?\s*(\d{1,6})\s*$", re.IGNORECASE
)
_DASHED_EXTENSION: Final = re.compile(
    r"^(\D*0\d{2,3}\D+\d{7,8}|\D*[48]00\D*\d{3}\D*\d{4})\s*[-‐-―−]\s*(\d{1,6})$"
)
_LABEL: Final = re.compile(
    r"^(?:手机号?码?|电话号?码?|联系电话|座机|移动电话|tel|phone|mobile|cell|mob)\s*[:：.]?\s*", re.IGNORECASE
)
_LETTERS: Final = str.maketrans("oOlI|", "00111")
_LOOKS_MISTYPED: Final = re.compile(r"[+\d\soOlI|\-.()]{8,}")


@dataclass(frozen=True, slots=True, order=True)
class Phone:
    """A number in E.164 form (`+8613800138000`), its kind and, for a desk phone, its extension."""

    number: str
    kind: Literal["mobile", "landline"] = "mobile"
    extension: str = ""

    @property
    def national(self) -> str:
        """Without +86; foreign numbers stay whole."""
        return self.number.removeprefix("+86")


def parse_phones(text: str) -> tuple[tuple[Phone, ...], tuple[Slip, ...]]:
    """Every number in `text`, in order and once each, and a slip for each part that is none.

    Mainland mobiles take a fast path (about 1 µs); everything else is judged by libphonenumber.
    """
    if _PLAIN_MOBILE.fullmatch(text):  # most of what there is
        return (Phone("+86" + text),), ()
    found: dict[Phone, None] = {}
    slips: list[Slip] = []
    for part in _SEPARATORS.split(_AREA_SLASH.sub(r"\1-", clean(text))):
        if part.strip():
            _read_part(part.strip(), found, slips)
    return tuple(found), tuple(slips)


def _read_part(part: str, found: dict[Phone, None], slips: list[Slip]) -> None:
    answer = _parse_one(part)
    if isinstance(answer, Slip) and " " in part:
        words = [_parse_one(word) for word in part.split()]
        phones = [word for word in words if isinstance(word, Phone)]
        if len(phones) == len(words):
            found.update(dict.fromkeys(phones))
            return
    if isinstance(answer, Slip):
        slips.append(answer)
    else:
        found[answer] = None


def _parse_one(part: str) -> Phone | Slip:
    bare = _LABEL.sub("", part)
    if _LOOKS_MISTYPED.fullmatch(bare) and "ext" not in bare:
        bare = bare.translate(_LETTERS)
    if mobile := _MOBILE.fullmatch(_NOISE.sub("", bare)):
        return Phone("+86" + mobile[1])
    bare, extension = _cut_extension(bare)
    digits = _NOISE.sub("", bare)
    if mobile := _MOBILE.fullmatch(digits):
        return Phone("+86" + mobile[1])
    if wrong := _mobile_slip(digits, part):
        return wrong
    return _judge(digits, extension, part)


def _cut_extension(text: str) -> tuple[str, str]:
    if match := _EXTENSION.search(text):
        return text[: match.start()], match[1]
    if match := _DASHED_EXTENSION.match(text):
        return match[1], match[2]
    return text, ""


def _mobile_slip(digits: str, part: str) -> Slip | None:
    """A slip if `digits` was meant as a mainland mobile but has the wrong length or a wrong second digit."""
    bare = re.sub(r"^(?:\+|00)86|^86(?=1\d{8,})", "", digits)
    if not bare.isdigit() or not bare.startswith("1") or len(bare) == 11 or not 8 <= len(bare) <= 14:
        return None
    if bare.startswith("10") and len(bare) in (9, 10):  # 010 without its 0 in front of a Beijing number
        return slip("phone.area_code", part)
    if digits.startswith("+") and not digits.startswith("+86"):
        return None
    return slip("phone.mobile_length", part, expected=11, found=len(bare))


def _judge(digits: str, extension: str, part: str) -> Phone | Slip:
    from phonenumbers import (  # late: its tables cost 40 ms that a start without odd numbers need not pay
        NumberParseException,
        PhoneNumberFormat,
        PhoneNumberType,
        format_number,
        number_type,
        parse,
    )

    if not re.fullmatch(r"\+?\d+", digits):
        return slip("phone.characters", part)
    if re.fullmatch(r"[2-9]\d{6,7}", digits):
        return slip("phone.area_code", part)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    try:
        number = parse(digits, "CN")
    except NumberParseException:
        return slip("phone.invalid", part)
    kind = number_type(number)
    if kind == PhoneNumberType.UNKNOWN:  # what libphonenumber means by not valid
        return slip("phone.invalid", part)
    mobile = kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    text = format_number(number, PhoneNumberFormat.E164)
    return Phone(text, "mobile", "") if mobile else Phone(text, "landline", extension)
