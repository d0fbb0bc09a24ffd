"""Parts of a whole: splits among several, fractions, multiples, and the day or month a rate is counted by."""

from __future__ import annotations

import re

from dingfen.engine.draft import bounds, measures
from dingfen.engine.draft.finding import Finding, Pattern, finding
from dingfen.engine.draft.numerals import EN_NUMBER, NUMBER, number, plain
from dingfen.engine.draft.times import DASH

_I = re.IGNORECASE
_COLON = r"\s*[:：∶/比]\s*"
_DIVIDE = r"(?:的?比例|分成|分配|分担|分摊|分享|拆分|承担|分提成|分账|split|shared)"
_DIVIDED = re.compile(r"比例|分成|分配|分担|分摊|承担|split|shared?|divided", _I)
_PAID = re.compile(
    r"赔|罚|补|支付|返还?|退|价|费|款|金额|工资|扣|奖|保额|compensat|refund|pa(?:y|id)|fee|rate|charge|forfeit",
    _I,
)
_GREW = re.compile(r"(?:增长|提高|扩大|提升|上升|增加|翻|效率|高出|多出|快)了?[^。；;，,]{0,4}$")
_WORTH = r"(?:amount|fees?|price|charges?|rate|costs?|commission|sum|value|fare|deposit|rent|premium|bill|overcharge|loss|bonus|difference)"
_EN_FRACTIONS = {
    "half": "1/2",
    "third": "1/3",
    "thirds": "1/3",
    "quarter": "1/4",
    "quarters": "1/4",
    "fifth": "1/5",
}
_PER_WORDS = {
    "天": "day", "日": "day", "周": "week", "月": "month", "季": "quarter", "季度": "quarter", "小时": "hour", "年": "year", "晚": "night",
    "night": "night", "day": "day", "hour": "hour", "week": "week", "month": "month", "year": "year",
}  # fmt: skip
_PER_BEFORE = re.compile(
    r"每(?:人|件|台|辆|间|户|单)?每?(?:逾期|延迟|迟延|迟报|延误|超过?|拖延|晚|满)?[一1]?个?(?P<per>天|日|小时|月|周|季度?|年|晚)(?![^。；;，,]{0,8}率)[^。；;\n，,次]{0,16}$"
    r"|(?:按|逐)(?P<by>天|日|月)(?!历)[^。；;\n，,]{0,12}$|(?<![\u4e00-\u9fff])(?P<bare>日|月)$"
)
_PER_AFTER = re.compile(
    r"(?:(?:[/／]\s*|每)(?P<zh>天|日|小时|月|周|年|晚)|\s*(?:(?:per|a|each|every)\s+(?:calendar )?(?P<en>day|hour|week|month|year|night))\b)",
    _I,
)


def counted_by(text: str, start: int, end: int) -> str:
    """`per day` where an amount or a rate is for each day, week, month …; otherwise empty."""
    after = _PER_AFTER.match(text, end)
    if after:
        return f"per {_PER_WORDS[(after['zh'] or after['en']).lower()]}"
    before = _PER_BEFORE.search(measures.sentence_before(text, start, measures.CLAUSE_STOP))
    return f"per {_PER_WORDS[before['per'] or before['by'] or before['bare']]}" if before else ""


def measured_by(of: str, per: str) -> str:
    """What is measured, and by what it is counted: `sanction per day`."""
    return f"{of.removesuffix(' per unit')} {per}".strip() if per else of


def _split(match: re.Match[str], text: str) -> Finding | None:
    """3:3:4 and 30/30/40 → 30:30:40; 1:1:1 stays."""
    parts = [number(match[name]) for name in ("a", "b", "c")]
    if not all(parts):
        return None
    told = [part for part in parts if part is not None]
    whole = sum(told)
    around = measures.sentence_before(text, match.start()) + text[match.end() : match.end() + 8]
    if whole != 100 and not _DIVIDED.search(around):
        return None
    times = 10 if whole == 10 else 1
    value = ":".join(plain(part * times) for part in told)
    return finding("percentage", value, match, text, unit="%")


def _fraction(match: re.Match[str], text: str) -> Finding | None:
    """各三分之一, 1/3 each → 1/3. What is told in passing (三分之一的客户) is left."""
    whole, part = number(match["whole"]), number(match["part"])
    if not whole or not part or not part < whole <= 12:
        return None
    before, after = measures.sentence_before(text, match.start()), text[match.end() : match.end() + 12]
    if not re.search(
        r"各|承担|分担|分摊|赔|扣|罚|提成|分成|份额|退|不得?少于|不低于|超过|达到?", before
    ) and not re.match(r"\s*(?:each\b|以上|的?(?:提成|赔款|违约金|奖金))", after):
        return None
    return finding("percentage", f"{plain(part)}/{plain(whole)}", match, text)


def _fraction_en(match: re.Match[str], text: str) -> Finding | None:
    word = next(word for word in re.split(r"[\s-]+", match[0].lower()) if word in _EN_FRACTIONS)
    return finding("percentage", _EN_FRACTIONS[word], match, text)


def _times(match: re.Match[str], text: str) -> Finding | None:
    """两倍 → 200%, 双倍 → 200%, 1 至 3 倍 → 100..300%, three times the fee → 300%."""
    words = match.groupdict()
    amount = number(words["low"]) if words.get("low") else 3 if "ipl" in match[0].lower() else 2
    around = measures.sentence_before(text, match.start()) + match[0] + text[match.end() : match.end() + 12]
    if not amount or not _PAID.search(around) or _GREW.search(text[: match.start()][-12:]):
        return None
    most = number(words["high"]) if words.get("high") else None
    value = f"{plain(amount * 100)}..{plain(most * 100)}%" if most else f"{plain(amount * 100)}%"
    return finding("percentage", value, match, text, nth=measures.nth_before(text, match.start()), unit="%")


def _for_one(match: re.Match[str], text: str) -> Finding | None:
    """假一赔三, 退一罚十: so many times the price."""
    amount = number(match["low"])
    if not amount or re.search(rf"(?:{match['low']}|{plain(amount)})\s*倍", text[match.end() :][:40]):
        return None  # 假一赔三，按价款的三倍……: told again in full
    return finding("percentage", f"{plain(amount * 100)}%", match, text, unit="%")


def _half(match: re.Match[str], text: str) -> Finding | None:
    return finding("percentage", "50%", match, text, nth=measures.nth_before(text, match.start()), unit="%")


def _tenths(match: re.Match[str], text: str) -> Finding | None:
    """七成 → 70%, 打八折 → 80%, 八五折 → 85%: of money, or of what is divided."""
    digits = match["low"]
    parts = [
        number(digit)
        for digit in (digits if match["what"] == "折" and digits[0] not in "0123456789" else [digits])
    ]
    if not parts or any(not part or part >= 10 for part in parts) or len(parts) > 2:
        return None
    around = measures.sentence_before(text, match.start()) + text[match.end() : match.end() + 12]
    if not (
        match["what"] == "折"
        or _PAID.search(around)
        or bounds.bound(text, *match.span())
        or re.search(
            r"佣|提成|绩效|承担|负担|损失|薪|结算|分配|[:：]\d\s*分", around + text[: match.start()][-60:]
        )
    ):
        return None
    told = parts[0] * 10 + (parts[1] if len(parts) > 1 and parts[1] else 0) if parts[0] else 0
    return finding("percentage", f"{plain(told)}%", match, text, unit="%")


SHARES: tuple[Pattern, ...] = (
    (re.compile(rf"[假退缺错短少]一(?:[赔罚补])(?P<low>{NUMBER})(?![^\s，,。；;：:、！!”）)\n的])"), _for_one),
    (
        re.compile(
            rf"(?:减|折)半(?![数径途])|各(?:得|占|享|出|负担?|承担)?一?半(?![数径途])|对半|(?<=[的发扣除还退担减])(?:一半|半数)"
            rf"|\b(?:one )?half (?:of )?(?:the|that|this|his|her|their|its) (?:[\w-]+ ){{0,2}}?{_WORTH}\b|\bhalved\b",
            _I,
        ),
        _half,
    ),
    (re.compile(r"(?<![\d:：.第])(?P<low>[一二两三四五六七八九]|\d(?:\.\d)?)(?P<what>成)(?![立功本交员果就分熟长为了人品色型品都])"), _tenths),
    (re.compile(r"(?<![一二三四五六七八九十\d.几])(?P<low>[一二三四五六七八九]{1,2}|\d(?:\.\d)?)(?P<what>折)(?![旧扣以])"), _tenths),
    (re.compile(rf"(?<![\d:：∶/.])(?P<a>\d{{1,2}}){_COLON}(?P<b>\d{{1,2}}){_COLON}(?P<c>\d{{1,2}})(?![\d:：∶/])"), _split),
    (re.compile(rf"(?P<whole>[二两三四五六七八九十])分之(?P<part>{NUMBER})"), _fraction),
    (re.compile(r"(?<![\d/.])(?P<part>\d)/(?P<whole>\d{1,2})(?![\d/.])"), _fraction),
    (re.compile(r"\b(?:one|a)[ -](?:half|third|quarter|fifth) each\b|(?<=\bin )(?:thirds|quarters)\b", _I), _fraction_en),
    (re.compile(rf"(?<![数几第\d.])(?P<low>{NUMBER})(?:倍?{DASH}(?P<high>{NUMBER}))?\s*倍(?![数率感受增加])|(?:双|加|翻)倍(?![努小关注])"), _times),
    (
        re.compile(
            rf"\b(?:double|twice|tripl(?:e|ing)|(?P<low>{EN_NUMBER}) times)\s+(?:the|that|this|his|her|their|its)\s+(?:[\w-]+\s+){{0,2}}?{_WORTH}\b",
            _I,
        ),
        _times,
    ),
)  # fmt: skip
