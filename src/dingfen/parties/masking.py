"""What is shown of personal data to who need not know it whole (wording 1.3)."""

from __future__ import annotations

from dingfen.matching.persons import person_name
from dingfen.matching.tables import COMPOUND_SURNAMES

STAR = "*"


def name(text: str) -> str:
    """张伟 → 张*, 欧阳文静 → 欧阳**, Li Min → Li M*."""
    text = text.strip()
    if not text:
        return ""
    if text.isascii():
        first, _, rest = text.partition(" ")
        return f"{first} {rest[0]}{STAR}" if rest else f"{first[0]}{STAR}"
    surname = 2 if text[:2] in COMPOUND_SURNAMES else 1
    if len(text) <= surname:
        return text[:surname]
    if not person_name(text).given:  # only a title was said: 张总
        return text
    return text[:surname] + STAR * min(2, len(text) - surname)


def phone(number: str) -> str:
    """13612345678 → 136****5678; a desk phone keeps its area code and last two digits."""
    digits = number.removeprefix("+86")
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    return _middle(digits, 4, 2) if len(digits) > 7 else _middle(digits, 1, 2)


def email(address: str) -> str:
    """zhang@example.com → z***@example.com."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}***@{domain}"


def plate(number: str) -> str:
    """浙A12345 → 浙A**345."""
    return f"{number[:2]}**{number[-3:]}"


def code(number: str) -> str:
    """Identity numbers, credit codes, VIN: first four and last four."""
    return f"{number[:4]}{STAR * max(4, len(number) - 8)}{number[-4:]}"


def wechat(account: str) -> str:
    return _middle(account, 2, 1)


def _middle(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        return text[:1] + STAR * 3
    return f"{text[:head]}{STAR * 4}{text[-tail:]}"


BY_KIND = {
    "mobile": phone,
    "landline": phone,
    "email": email,
    "wechat": wechat,
    "plate": plate,
    "vin": code,
    "credit_code": code,
}


def identifier(kind: str, value: str) -> str:
    return BY_KIND[kind](value)
