"""Numbers as rules write them: 5, ５, 五, 十五, 二十四, 一百, 半."""

from __future__ import annotations

import unicodedata

DIGITS = {**{c: n for n, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2, "俩": 2}
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
# one number, in digits of any width or in Chinese
NUMBER = r"(?:[0-9０-９]+(?:[.．][0-9０-９]+)?|[零〇一二两三四五六七八九十百千万]+)"


def number(text: str) -> float | None:
    """The value of `text`; None where it is no number (`百千`, ``)."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    try:
        return float(plain)
    except ValueError:
        return _chinese(plain)


def _chinese(text: str) -> float | None:
    total, section, digit = 0, 0, None
    for char in text:
        if char in DIGITS:
            if digit is not None and digit != 0:
                return None  # 三五 is no number of ours
            digit = DIGITS[char]
        elif char in SCALES:
            scale = SCALES[char]
            section += (1 if digit is None else digit) * scale if scale < 10_000 else 0
            if scale == 10_000:
                total, section = (total + section + (digit or 0)) * scale, 0
            digit = None
        else:
            return None
    if not text:
        return None
    return float(total + section + (digit or 0))


def plain(value: float) -> str:
    """`3.0` → `3`, `2.5` → `2.5`."""
    return str(int(value)) if value == int(value) else str(value)
