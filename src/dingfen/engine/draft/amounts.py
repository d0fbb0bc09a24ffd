"""Money and percentages: what they look like and what is made of them."""

from __future__ import annotations

import re

from dingfen.engine.draft import measures
from dingfen.engine.draft.finding import Finding, Pattern, finding
from dingfen.engine.draft.meaning import measured
from dingfen.engine.draft.numerals import NUMBER, number, plain
from dingfen.engine.draft.shares import counted_by, measured_by
from dingfen.engine.draft.times import DASH

_I = re.IGNORECASE
CURRENCIES = {
    "$": "USD", "us$": "USD", "hk$": "HKD", "a$": "AUD", "€": "EUR", "£": "GBP", "usd": "USD", "eur": "EUR", "gbp": "GBP",
    "aud": "AUD", "hkd": "HKD", "dollars": "USD", "dollar": "USD", "euros": "EUR", "euro": "EUR", "pounds": "GBP",
    "美元": "USD", "港元": "HKD", "港币": "HKD", "欧元": "EUR", "英镑": "GBP",
}  # fmt: skip
SCALE = {"百": 100, "千": 1000, "万": 10_000, "十万": 100_000, "百万": 1_000_000, "亿": 100_000_000, "k": 1000,
         "thousand": 1000, "m": 1_000_000, "million": 1_000_000}  # fmt: skip
_SIGN = r"(?:US\$|HK\$|A\$|[¥￥$€£]|人民币|RMB|CNY|USD|EUR|GBP|AUD|HKD)"
_MONEY = r"\d{1,12}(?:[,，]\d{3}){0,4}(?:\.\d{1,4})?"
_ZH_MONEY = r"[一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟][零一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟]{0,11}"
_BIG = r"(?:十万|百万|[百千万亿])"
_YUAN = r"(?:元|块钱|圆|美元|港元|港币|欧元|英镑)(?![素旦件])"


_SAID_AGAIN = re.compile(r"[(（](?:包?含|不含)\s*$")  # 200 元以内（含 200 元）


def _amount(match: re.Match[str], text: str) -> Finding | None:
    """`500 CNY`, `500..5000 CNY`: of a range both ends, a scale said once holds for both."""
    given = {name: found for name, found in match.groupdict().items() if found}
    low = _money(
        given.get("low", ""), given.get("scale") or ("" if "own" in given else given.get("scale2", ""))
    )
    high = _money(given["high"], given.get("scale2", "")) if "high" in given else None
    if low is None or ("high" in given and high is None) or _SAID_AGAIN.search(text[: match.start()][-6:]):
        return None
    code = next((CURRENCIES[word] for word in _words(match[0]) if word in CURRENCIES), "CNY")
    value = f"{plain(low)} {code}" if high is None else f"{plain(low)}..{plain(high)} {code}"
    of = measured("amount", text, *match.span())
    nth = measures.nth_before(text, match.start()) if of in {"sanction", ""} else None
    of = measured_by(of, counted_by(text, *match.span()))
    return finding("amount", value, match, text, nth=nth, unit="money", of=of)


def _unsaid(match: re.Match[str], text: str) -> Finding | None:
    """Tens of thousands of yuan where the sentence speaks of money."""
    around = measures.sentence_before(text, match.start()) + text[match.end() : match.end() + 8]
    return _amount(match, text) if _OF_MONEY.search(around) else None


def _words(text: str) -> list[str]:
    return re.findall(r"us\$|hk\$|a\$|[$€£]|[a-z]+|美元|港[元币]|欧元|英镑", text.lower())


def _money(digits: str, scale: str) -> float | None:
    value = number(digits.replace(",", "").replace("，", "")) if digits else None
    return None if value is None else value * SCALE.get(scale.strip().lower(), 1)


_PARTS = {"‰": 0.1, "‱": 0.01, "千分之": 0.1, "万分之": 0.01}
_RATE = re.compile(
    r"利息|计息|罚息|违约金|滞纳|补偿|赔|扣|罚|支付|收取|加收|interest|charge|fee|late|credit|penalt", _I
)
_TOLD = re.compile(
    r"去年|(?<![依根数证])据|统计|数据显示|发现|表明|大约|将近|占|平均|\d{4}\s*年|according to|study|survey",
    _I,
)
_SET = re.compile(
    r"(?:不?低于|不?高于|不得?少于|不?超过|达到?|为|≥|≤|>|<|at least|at most|below|no more than)\s*$", _I
)


def _percentage(match: re.Match[str], text: str) -> Finding | None:
    words = {name: found for name, found in match.groupdict().items() if found}
    low = number(words.get("low") or words.get("lowz", ""))
    high = number(words["high"]) if "high" in words else None
    before = measures.sentence_before(text, match.start())
    if low is None or re.search(r"[×xX*✕]\s*$", before):
        return None  # the last term of a formula: 件数÷总数×100%
    if _TOLD.search(before) and not _SET.search(before):
        return None  # a figure told in passing
    scale = next((parts for sign, parts in _PARTS.items() if sign in match[0]), 1.0)
    value = f"{plain(low * scale)}..{plain(high * scale)}%" if high is not None else f"{plain(low * scale)}%"
    rate = _RATE.search(before) or _RATE.search(text[match.end() : match.end() + 12])
    per = counted_by(text, *match.span()) if rate else ""
    return finding("percentage", value, match, text, unit="%", of=per)


def _shares(match: re.Match[str], text: str) -> Finding | None:
    """6:4 and 60/40 → 60:40; 五五分成 → 50:50."""
    first, second = (number(match[name] or match[f"{name}z"]) for name in ("a", "b"))
    if not first or not second or first + second not in {10, 100}:
        return None
    times = 10 if first + second == 10 else 1
    return finding("percentage", f"{plain(first * times)}:{plain(second * times)}", match, text, unit="%")


_NO_THINGS = r"(?![\u4e00-\u9fff]?[人名位次户条件个家台辆字平公吨里粉册份张股美港欧英]|分之)"
_OF_MONEY = re.compile(r"[额价款费金]|损失|销售|采购|营收|收入|合同|佣|薪|资产|罚|奖|赔")
AMOUNTS: tuple[Pattern, ...] = (
    (
        re.compile(
            rf"(?:{_SIGN}\s*)?(?P<low>{_MONEY})\s*(?P<scale>{_BIG})?(?P<own>元)?(?:[(（]不?含[)）])?(?:{DASH}|以上)(?:{_SIGN}\s*)?(?P<high>{_MONEY})\s*(?P<scale2>{_BIG})?\s*{_YUAN}"
        ),
        _amount,
    ),
    (re.compile(rf"(?:{_SIGN}\s*)?(?P<low>{_MONEY})\s*(?P<scale>{_BIG})?\s*{_YUAN}"), _amount),
    (re.compile(rf"(?<![数几多上近\d])(?P<low>{_ZH_MONEY}){_YUAN}"), _amount),
    # 年销售额 200 万以上, 50 万(含)到 200 万: yuan go without saying
    (re.compile(rf"(?P<low>{_MONEY})\s*(?P<scale>万|亿)?\s*(?:[(（]不?含[)）])?{DASH}(?P<high>{_MONEY})\s*(?P<scale2>万|亿)元?{_NO_THINGS}"), lambda m, t: _unsaid(m, t)),
    (re.compile(rf"(?P<low>{_MONEY})\s*(?P<scale>万|亿){_NO_THINGS}"), lambda m, t: _unsaid(m, t)),
    (
        re.compile(
            rf"{_SIGN}\s*(?P<low>{_MONEY})\s*(?P<scale>k|m|thousand|million|万|百|千)?\b\s*(?:-|–|to|至|(?<=\d )and)\s*{_SIGN}?\s*(?P<high>{_MONEY})\s*(?P<scale2>k|m|thousand|million|万|百|千)?(?![\d%])",
            _I,
        ),
        _amount,
    ),
    (re.compile(rf"{_SIGN}\s*(?P<low>{_MONEY})(?:\s*(?P<scale>thousand|million|[km]\b|万|百|千))?", _I), _amount),
    (
        re.compile(
            rf"\b(?P<low>{_MONEY})\s*(?P<scale>thousand|million)?\s*(?:yuan|dollars?|pounds|euros?|RMB|CNY|USD|EUR|GBP|AUD)\b", _I
        ),
        _amount,
    ),
    (
        re.compile(
            rf"(?P<low>\d{{1,6}}(?:\.\d{{1,4}})?)\s*[%％‰]?(?:{DASH}(?P<high>\d{{1,6}}(?:\.\d{{1,4}})?))?\s*(?:[%％‰]|per ?cent\b)|[百千万]分之(?P<lowz>{NUMBER})", _I
        ),
        _percentage,
    ),
    (
        re.compile(
            r"(?<![\d:：])(?:(?P<a>\d{1,2})\s*[:：∶/比]\s*(?P<b>\d{1,2})(?=\s*(?:的?比例|分成|分配|分担|分摊|承担|拆分|分提成|分(?=\s*[；;。，,\n]|$)|split))|(?P<az>[一二三四五六七八九])(?P<bz>[一二三四五六七八九])(?=分成|分账|开))"
        ),
        _shares,
    ),
    (re.compile(r"(?<![\d/:：.])(?P<a>\d{2})\s*/\s*(?P<b>\d{2})(?![\d/])(?P<az>(?!))?(?P<bz>(?!))?"), _shares),
    (re.compile(r"(?<=split )(?P<a>\d{1,2})\s*[:/]\s*(?P<b>\d{1,2})(?P<az>(?!))?(?P<bz>(?!))?", _I), _shares),
)  # fmt: skip
