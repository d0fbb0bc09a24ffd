"""Reading one cell: dates as people write them, money, numbers, yes and no, words of a list. Pure.

Every reader raises `CellError(code, params)`; the words are in texts.py.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from zoneinfo import ZoneInfo

Order = Literal["year-first", "month-first", "day-first"]
_EXCEL_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 (a wall-clock reading until the zone is put on)
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_DATE = re.compile(
    r"(?:(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?|(?P<y8>\d{4})(?P<m8>\d{2})(?P<d8>\d{2})"
    r"|(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y2>\d{4}|\d{2}))"
    r"(?:[T ]*(?P<half>上午|下午|晚上|凌晨|中午|早上)?\s*(?P<H>\d{1,2})[:时点](?:(?P<M>\d{1,2})分?)?"
    r"(?::(?P<S>\d{1,2})(?:\.\d+)?)?秒?\s*(?P<ampm>am|pm|a\.m\.|p\.m\.)?)?"
    r"\s*(?P<zone>z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_PM = {"下午", "晚上", "pm", "p.m."}
_MONEY_NOISE = re.compile(r"[¥￥$€£,\s元块]|cny|rmb|usd|eur", re.IGNORECASE)
_TRUE = {"是", "有", "y", "yes", "true", "1", "√", "✓", "接通", "已接通"}
_FALSE = {"否", "无", "没有", "n", "no", "false", "0", "×", "x", "未接通", "未接"}
_ZERO_WIDTH = dict.fromkeys([0x200B, 0x200C, 0x200D, 0xFEFF, 0x2060])


class CellError(Exception):
    """What is wrong with a cell: a code with parameters."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def clean(text: str) -> str:
    """NFKC (full-width digits become plain), no zero-width characters, white space folded."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ZERO_WIDTH).split())


def folded(text: str) -> str:
    """For comparing names of columns and words of a list: cleaned, lower case, letters and digits only."""
    return "".join(sign for sign in clean(text).casefold() if sign.isalnum())


def moment(text: str, order: Order, zone: ZoneInfo, time_of_day: dt.time) -> dt.datetime:
    """A moment in UTC. A date without a time stands for `time_of_day` on that day in `zone`."""
    text = clean(text)
    wall, offset = _serial(text) or _written(text, order, time_of_day)
    try:
        return wall.replace(tzinfo=offset or zone).astimezone(dt.UTC)
    except (OverflowError, ValueError) as error:
        raise CellError("date.unreadable") from error


def _serial(text: str) -> tuple[dt.datetime, dt.tzinfo | None] | None:
    """Excel's days since 1900, as they come out of a CSV (1954 to 2119)."""
    if not _SERIAL.fullmatch(text) or not 20_000 <= float(text) < 80_000:
        return None
    return _EXCEL_EPOCH + dt.timedelta(seconds=round(float(text) * 86_400)), None


def _written(text: str, order: Order, time_of_day: dt.time) -> tuple[dt.datetime, dt.tzinfo | None]:
    found = _DATE.fullmatch(text)
    if found is None:
        raise CellError("date.unreadable")
    part = found.groupdict()
    if part["a"]:
        if order == "year-first":
            raise CellError("date.order")
        first, second = int(part["a"]), int(part["b"])
        month, day = (first, second) if order == "month-first" else (second, first)
        year = int(part["y2"]) + (2000 if len(part["y2"]) == 2 else 0)
    else:
        year, month, day = (int(part[name] or part[f"{name}8"]) for name in "ymd")
    clock = _clock(part, time_of_day)
    try:
        return dt.datetime.combine(dt.date(year, month, day), clock), _offset(part["zone"])
    except ValueError as error:
        raise CellError("date.impossible") from error


def _clock(part: Mapping[str, str | None], time_of_day: dt.time) -> dt.time:
    if part["H"] is None:
        return time_of_day
    hour = int(part["H"])
    half = (part["half"] or part["ampm"] or "").lower()
    if half in _PM and hour < 12:
        hour += 12
    elif half in {"am", "a.m.", "凌晨"} and hour == 12:
        hour = 0
    try:
        return dt.time(hour, int(part["M"] or 0), int(part["S"] or 0))
    except ValueError as error:
        raise CellError("date.impossible") from error


def _offset(text: str | None) -> dt.tzinfo | None:
    if not text:
        return None
    if text in "zZ":
        return dt.UTC
    sign = -1 if text[0] == "-" else 1
    return dt.timezone(sign * dt.timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def money(text: str) -> Decimal:
    """An amount; 万 multiplies by ten thousand. Not negative, at most 14 digits before the point."""
    plain = _MONEY_NOISE.sub("", clean(text))
    factor = 10_000 if plain.endswith("万") else 1
    try:
        amount = Decimal(plain.removesuffix("万")) * factor
    except InvalidOperation as error:
        raise CellError("number.unreadable") from error
    if not amount.is_finite() or amount < 0 or amount >= 10**14:
        raise CellError("number.range")
    return amount.quantize(Decimal("0.01"))


def count(text: str) -> int:
    """A whole number, 0 to 1,000,000."""
    try:
        number = Decimal(clean(text).replace(",", ""))
    except InvalidOperation as error:
        raise CellError("number.unreadable") from error
    if not number.is_finite() or number != number.to_integral_value() or not 0 <= number <= 1_000_000:
        raise CellError("number.range")
    return int(number)


def flag(text: str) -> bool:
    word = clean(text).casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise CellError("flag.unreadable")


def choice(text: str, choices: Mapping[str, tuple[str, ...]]) -> str:
    """The code of a word of a list."""
    word = folded(text)
    for code, words in choices.items():
        if word in {folded(code), *(folded(one) for one in words)}:
            return code
    raise CellError("choice.unknown", choices=[words[0] for words in choices.values()])
