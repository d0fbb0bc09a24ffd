"""An amount of money in words, as an agreement bears it beside the figures: 叁仟元整 / three thousand yuan."""

from __future__ import annotations

from decimal import Decimal

from dingfen import formats

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))


def in_words(amount: Decimal, currency: str = "CNY") -> str:
    """Below ten to the thirteenth, at most two places. Other currencies than yuan keep their code."""
    if formats.chinese():
        return chinese(amount) if currency == "CNY" else f"{currency} {chinese(amount)}"
    whole, rest = int(amount), int(amount * 100) % 100
    unit = "yuan" if currency == "CNY" else currency
    return f"{english(whole)} {unit}" + (f" and {rest:02d}/100" if rest else "")


def chinese(amount: Decimal) -> str:
    """By the rules for bills: zeros between said once, 整 where no 分 follow."""
    whole, jiao, fen = int(amount), int(amount * 10) % 10, int(amount * 100) % 10
    text = f"{_whole(whole)}元" if whole or not (jiao or fen) else ""
    if not jiao and not fen:
        return text + "整"
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif whole:
        text += "零"
    return text + (f"{DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    if number == 0:
        return "零"
    groups = []
    while number:
        number, part = divmod(number, 10_000)
        groups.append(part)
    text = ""
    for place in range(len(groups) - 1, -1, -1):
        part = groups[place]
        if part and text and (part < 1000 or groups[place + 1] == 0):
            text += "零"
        if part:
            text += _four(part) + GROUPS[place]
    return text


def _four(part: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = part // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + PLACES[place]
        gap = not digit
    return text


def english(number: int) -> str:
    for size, name in SCALES:
        if number >= size:
            rest = number % size
            tail = "" if not rest else f" {english(rest)}" if rest >= 100 else f" and {english(rest)}"
            return f"{english(number // size)} {name}{tail}"
    if number >= 100:
        rest = number % 100
        return f"{ONES[number // 100]} hundred" + (f" and {english(rest)}" if rest else "")
    if number < 20:
        return ONES[number]
    return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
