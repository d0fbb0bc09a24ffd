"""Lengths of time: what they look like, and whether a length is a limit to act in or a duration."""

from __future__ import annotations

import re

from dingfen.engine.draft import bounds, measures
from dingfen.engine.draft.finding import Finding, Pattern, finding
from dingfen.engine.draft.numerals import EN_NUMBER, NOT_INSIDE, NUMBER, number, plain

DASH = r"(?:\s*(?:[-–—－―~～至到]{1,2}|或)\s*)"
_U = (
    r"个?工作小时|个?(?:工作|自然|交易|日历|法定|营业)[日天]|个?小时|[hH](?![A-Za-z])|秒钟?|分钟|min(?![A-Za-z])|个?钟头|天(?![然气])|日(?![常期记])"
    r"|个?星期|个?礼拜|周(?![岁年期边到转密])|个月|月(?=之?内|以内)|个?季度|年(?![级龄度代轻货])"
)
UNIT = rf"(?P<unit>{_U})"
# 3 天至 5 天 is a range; 3 天或一年内 is not: a unit between the two is that of both
RANGE = rf"(?P<low>{NUMBER})(?:(?:\s*(?P<own>{_U}))?{DASH}(?P<high>{NUMBER})(?(own)(?=\s*(?P=own))))?"
TIMES = rf"(?P<times>{NUMBER})(?:{DASH}(?P<most>{NUMBER}))?\s*次"
EN_UNIT = r"(?P<unit>seconds?|minutes?|mins?|hrs?|(?:working |business |calendar )?(?:days?|hours?)|weeks?|fortnights?|months?|quarters?|years?)"
_EN_RANGE = rf"(?P<low>{EN_NUMBER}|\ban?)(?:\s*\(\d+\))?(?:\s*(?:-|–|to)\s*(?P<high>{EN_NUMBER}))?"


def length(match: re.Match[str]) -> str | None:
    """`P5D`, `P30D..P40D`, `PT24H`; None for what is a date or no number."""
    amounts = [number(match["low"]), number(match["high"]) if match["high"] else None]
    if match["low"].lower() == "a" and match["unit"] == "second":
        return None  # a second breach
    if not amounts[0] or (match["high"] and amounts[1] is None):
        return None
    ends = [measures.iso(each, match["unit"]) for each in amounts if each is not None]
    return "..".join(ends) if all(ends) else None


def _period(kind: str, value: str, match: re.Match[str], text: str, unit: str) -> Finding | None:
    """A deadline or a duration, whichever the words around say; None where nothing bounds it."""
    start, end = match.span()
    if measures.is_date(text, start, end) or _in_passing(text, start, end):
        return None
    named = measures.unit_name(unit, value)
    over = measures.exceeded(text, start)
    if over and (measures.said_before(text, start, value) or _rate(value, text[end : end + 8])):
        return None  # 有效期为 15 天，超过 15 天……: the same length, told twice; 逾期一天罚……: a rate
    if over or re.match(r"(?:及|或)?以上|以外|\s*or (?:more|longer)", text[end : end + 12]):
        return finding("duration", f"over {value}", match, text, unit=named)
    inside = measures.inclusive_after(text, end)
    if measures.is_deadline(text, start, end, unit):
        return finding("deadline", value, match, text, unit=named, inclusive=inside)
    if not measures.WITHIN.match(text, end):  # 7 天以内 is P7D: within is what a length says by itself
        value = str(bounds.bounded(value, text, start, end))
    return finding("duration", value, match, text, unit=named, inclusive=inside)


# twice a *week*, 每迟到一*天*, 7 *days* a week, 三个月*租金*, 每天工作*8小时*, 半*年*一小结, 三天两头
_PASSING_BEFORE = re.compile(
    r"每[天日周]工作$|\b(?:a|an|per|each|every) $|(?:工龄|年满|周岁|最后|头)$", re.IGNORECASE
)
_PASSING_AFTER = re.compile(
    r"\s*(?:的?(?:租金|房租)|一(?!次|并|律)|来(?!访|电|店|客)|以来|前后|两头|周年|度(?!过)|内外| (?:a|per) (?:week|day|year|month))",
    re.IGNORECASE,
)


_LATER = re.compile(r"(?:之|以)?后")  # 两个月后市场变了


def _in_passing(text: str, start: int, end: int) -> bool:
    """A length that is no limit. 一天, a week: only where something bounds it."""
    if re.match(r"一[天日年周小]|半|(?:an?|one)\b", text[start:end], re.IGNORECASE) and not (
        measures.bounded(text, start, end) or bounds.bound(text, start, end)
    ):
        return True
    if _LATER.match(text, end) and not (measures.bounded(text, start, end) or bounds.bound(text, start, end)):
        return True
    before = text[max(0, start - 12) : start]
    return bool(_PASSING_BEFORE.search(before) or _PASSING_AFTER.match(text, end))


def _rate(value: str, after: str) -> bool:
    """逾期一天罚……: so much for each day, no limit."""
    return value in {"P1D", "PT1H", "P1W", "P1M"} and bool(measures.RATE.match(after))


def duration(match: re.Match[str], text: str) -> Finding | None:
    value = length(match)
    if match["low"].lower() in {"a", "an"} and re.search(r"[\d%]\s*$", text[: match.start()][-4:]):
        return None  # 0.03% a day
    return _period("duration", value, match, text, match["unit"]) if value else None


def _half(match: re.Match[str], text: str) -> Finding | None:
    value = {"月": "P15D", "年": "P6M", "天": "PT12H", "小时": "PT30M", "日": "PT12H", "工作日": "P0.5D"}[
        match["half"]
    ]
    return _period("duration", value, match, text, match["half"])


def _and_half(match: re.Match[str], text: str) -> Finding | None:
    """一个半小时 PT90M, 两个半月 P75D, 两天半 P2.5D, 一年半 P18M."""
    amount, unit = number(match["low"] or match["low2"]), match["unit"] or match["unit2"]
    if amount is None:
        return None
    value = {
        "月": f"P{plain(30 * amount + 15)}D", "年": f"P{plain(12 * amount + 6)}M", "天": f"P{plain(amount + 0.5)}D",
    }.get(unit, f"PT{plain(60 * amount + 30)}M")  # fmt: skip
    return _period("duration", value, match, text, unit)


def _quarter_hour(match: re.Match[str], text: str) -> Finding | None:
    minutes = 15 * (number(match["low"]) or 0)
    return _period("duration", f"PT{plain(minutes)}M", match, text, "分钟") if minutes else None


def nothing(match: re.Match[str], text: str) -> None:
    return None


def _re(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


_I = re.IGNORECASE
_SKIP = (
    r"\d{4}\s*[年.\-/]\s*\d{1,2}(?:\s*[月.\-/]\s*\d{1,2}\s*日?)?|\d{1,2}月\d{1,2}日|第\s*\d+\s*[页天日周年]"
    r"|[〔【\[(（]\d{4}[〕】\])）]\s*\d*号?"
)
LENGTHS: tuple[Pattern, ...] = (
    (_re(_SKIP), nothing),
    (
        _re(
            rf"{NOT_INSIDE}(?:(?P<low>{NUMBER})个半(?P<unit>小时|月|钟头)|(?P<low2>{NUMBER})(?P<unit2>天|年)半)"
        ),
        _and_half,
    ),
    (_re(r"半个?(?P<half>工作日|月|年|天|日|小时)(?!度)"), _half),
    (_re(rf"{NOT_INSIDE}(?P<low>[一二三1-3])刻钟"), _quarter_hour),
    (_re(rf"{NOT_INSIDE}{RANGE}\s*{UNIT}"), duration),
    (
        _re(
            rf"\b{_EN_RANGE}[- ](?:consecutive |full |clear |additional |further |continuous )?{EN_UNIT}\b",
            _I,
        ),
        duration,
    ),
)
