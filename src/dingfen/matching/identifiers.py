"""E-mail, WeChat, number plate, VIN and unified social credit code: one written form each, or a slip.

Letters that do not occur in an alphabet are read as the digit they look like (O as 0, I as 1).
"""

import re
from typing import Final

from .slips import Slip, slip
from .tables import SHARED_MAILBOXES
from .text import clean

_EMAIL: Final = re.compile(
    r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[^\s@.<>()\[\],;:\\\"]{1,63}\.)+[^\W\d_][\w-]{1,62}"
)
_WECHAT: Final = re.compile(r"[a-z][a-z0-9_-]{5,19}")
_QQ: Final = re.compile(r"[1-9]\d{4,10}")
_PROVINCE: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# GA 36-2018: five characters, or six for new-energy vehicles (D, F and others first or last); no I or O.
_PLATE: Final = re.compile(
    rf"[{_PROVINCE}][A-HJ-Z](?:[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳领]|[A-HJ-NP-Z0-9]{{6}})|使\d{{6}}"
)
_VIN: Final = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_VALUES: Final = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SEPARATORS: Final = re.compile(r"[\s·•.\-‐-―−_:：]+")


def email(text: str) -> str | Slip:
    """Lower case, no tag after a plus sign; for Gmail also no dots, as Gmail itself reads them."""
    typed = clean(text).casefold().removeprefix("mailto:").replace("。", ".").replace(" ", "").strip(".,;<>")
    if not _EMAIL.fullmatch(typed):
        return slip("email.form", text)
    local, _, domain = typed.rpartition("@")
    if local.partition("+")[0]:
        local = local.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com") and local.replace(".", ""):
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def is_shared_mailbox(address: str) -> bool:
    """Whether a whole firm reads it (info@, sales@): `address` as `email` gives it."""
    return address.partition("@")[0].rstrip("0123456789") in SHARED_MAILBOXES


def wechat(text: str) -> str | Slip:
    """A WeChat or QQ number in lower case. A mobile number used as WeChat name is left to `parse_phones`."""
    typed = re.sub(r"^(?:微信号?|wechat|weixin|vx|wx|qq)\s*[:：]\s*", "", clean(text).casefold())
    typed = typed.replace(" ", "")
    if _WECHAT.fullmatch(typed) or _QQ.fullmatch(typed):
        return typed
    return slip("wechat.form", text)


def plate(text: str) -> str | Slip:
    """A mainland number plate, no separators: 浙A12345, new-energy 浙AD12345 (GA 36-2018)."""
    typed = _SEPARATORS.sub("", clean(text)).upper()
    typed = typed[:2] + typed[2:].replace("O", "0").replace("I", "1")
    return typed if _PLATE.fullmatch(typed) else slip("plate.form", text)


def vin(text: str) -> str | Slip:
    """A vehicle identification number, 17 characters.

    The check digit is not asked for: vehicles built for Europe carry none (GB 16735-2019 asks for one,
    ISO 3779 does not).
    """
    typed = _SEPARATORS.sub("", clean(text)).upper().replace("O", "0").replace("I", "1").replace("Q", "0")
    if len(typed) != 17:
        return slip("vin.length", text, expected=17, found=len(typed))
    return typed if _VIN.fullmatch(typed) else slip("vin.form", text)


def vin_check_digit(number: str) -> str:
    """The ninth character GB 16735-2019 wants for `number`; '' if it has a character with no value."""
    values = [_VIN_VALUES.get(char) for char in number]
    if len(values) != 17 or None in values:
        return ""
    rest = sum(weight * (value or 0) for weight, value in zip(_VIN_WEIGHTS, values, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def credit_code(text: str) -> str | Slip:
    """A unified social credit code, 18 characters with a right check character (GB 32100-2015)."""
    typed = _SEPARATORS.sub("", clean(text)).upper()
    typed = typed.replace("O", "0").replace("I", "1").replace("Z", "2").replace("S", "5")
    if len(typed) != 18:
        return slip("credit_code.length", text, expected=18, found=len(typed))
    if any(char not in _CREDIT_ALPHABET for char in typed):
        return slip("credit_code.form", text)
    return typed if typed[17] == credit_check_character(typed[:17]) else slip("credit_code.check", text)


def credit_check_character(body: str) -> str:
    """The check character of the first 17 characters of a credit code (GB 32100-2015, 5.5)."""
    total = sum(_CREDIT_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]
