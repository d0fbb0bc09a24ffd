"""Numbers as rules write them: 5, ５, 五, 十五, 二十四, 一百, 伍佰, 2百, one, twelve."""

from __future__ import annotations

import unicodedata

DIGITS = {
    **{c: n for n, c in enumerate("零一二三四五六七八九")},
    **{c: n for n, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)},
    "〇": 0, "两": 2, "俩": 2,
}  # fmt: skip
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "拾": 10, "佰": 100, "仟": 1000}
_CHINESE = "零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟"
# one number, in digits of any width or in Chinese
NUMBER = rf"(?:[0-9０-９]{{1,9}}(?:[.．][0-9０-９]{{1,4}})?|[{_CHINESE}]{{1,9}})"
# what must not stand before one: 第三天, the 五 of 二十五, 1.5, 3月5, 周五
NOT_INSIDE = rf"(?<![第\d.．年月周{_CHINESE}])(?<!\d[:：])"
WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
        ]
    )
} | {"twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "sixty": 60, "ninety": 90, "a": 1, "an": 1}
_NAMED = "|".join(sorted((word for word in WORDS if len(word) > 2), key=len, reverse=True))
EN_NUMBER = rf"(?:\d{{1,9}}(?:\.\d{{1,4}})?|{_NAMED})"


def number(text: str) -> float | None:
    """The value of `text`; None where it is no number (`百千`, ``)."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip().lower()
    if plain in WORDS:
        return float(WORDS[plain])
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
    return str(int(value)) if value == int(value) else f"{value:.10g}"
