"""Money, percentages, points and counts: what they look like and what is made of them."""

from __future__ import annotations

import re

from dingfen.engine.draft import measures
from dingfen.engine.draft.finding import Finding, Pattern, finding
from dingfen.engine.draft.meaning import measured
from dingfen.engine.draft.numerals import EN_NUMBER, NOT_INSIDE, NUMBER, number, plain
from dingfen.engine.draft.shares import counted_by, measured_by
from dingfen.engine.draft.times import DASH, RANGE

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


def _amount(match: re.Match[str], text: str) -> Finding | None:
    """`500 CNY`, `500..5000 CNY`: of a range both ends, a scale said once holds for both."""
    given = {name: found for name, found in match.groupdict().items() if found}
    low = _money(
        given.get("low", ""), given.get("scale") or ("" if "own" in given else given.get("scale2", ""))
    )
    high = _money(given["high"], given.get("scale2", "")) if "high" in given else None
    if low is None or ("high" in given and high is None):
        return None
    before = text[max(0, match.start() - 10) : match.start()]
    if "high" not in given and measures.OVER_BEFORE.search(before) and _told(text[: match.start()], match):
        return None  # 不超过 3000 元；超过 3000 元的……: the same threshold, told twice
    code = next((CURRENCIES[word] for word in _words(match[0]) if word in CURRENCIES), "CNY")
    value = f"{plain(low)} {code}" if high is None else f"{plain(low)}..{plain(high)} {code}"
    of = measured("amount", text, *match.span())
    nth = measures.nth_before(text, match.start()) if of in {"sanction", ""} else None
    of = measured_by(of, counted_by(text, *match.span()))
    return finding("amount", value, match, text, nth=nth, unit="money", of=of)


def _told(earlier: str, match: re.Match[str]) -> bool:
    return match[0].strip() in earlier


def _words(text: str) -> list[str]:
    return re.findall(r"us\$|hk\$|a\$|[$€£]|[a-z]+|美元|港[元币]|欧元|英镑", text.lower())


def _money(digits: str, scale: str) -> float | None:
    value = number(digits.replace(",", "").replace("，", "")) if digits else None
    return None if value is None else value * SCALE.get(scale.strip().lower(), 1)


_PARTS = {"‰": 0.1, "‱": 0.01, "千分之": 0.1, "万分之": 0.01}
_RATE = re.compile(
    r"利息|计息|罚息|违约金|滞纳|补偿|赔|扣|罚|支付|收取|加收|interest|charge|fee|late|credit|penalt", _I
)
_SHARE = re.compile(
    r"提成|分成|比例|份额|奖|扣|罚|权重|达到?|不低于|不得?少于|不得?低于|不得?超过|低于|高于|目标|率|折|绩效|工资|薪|佣金|业绩|返|补|赔|违约金|利息|滞纳|上浮|下浮|浮动|抽[查检样]|退还|退款|减免|免收|分担|分摊|承担|计[收付息]|支付|收取|加收"
    r"|interest|charged|plus|surcharge|commission|share|split|target|at least|at most|up to|no more than|below|bonus|discount|refund|fee|rate|audit|sample",
    _I,
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
    after = text[match.end() : match.end() + 24]
    if low is None or (_TOLD.search(before) and not _SET.search(before)):
        return None  # a figure told in passing
    if not (
        _SHARE.search(before[-40:])
        or re.match(
            r"\s*(?:of the )?(?:commission|deal|price|fare|fee)|(?:计息|支付|的?(?:利息|滞纳金|罚息))|的?(?:提成|佣金|奖金|违约金|罚款)",
            after,
        )
    ):
        return None
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


def _points(match: re.Match[str], text: str) -> Finding | None:
    words = {name: found or "" for name, found in match.groupdict().items()}
    low, high = number(words["low"]), number(words["high"]) if words.get("high") else None
    if low is None:
        return None
    verb = words.get("verb") or words.get("verb2") or ""
    if re.search(r"加减|增减|加扣|奖罚|±|plus or minus", verb):
        most = high if high is not None else low
        return finding("points", f"{plain(-most)}..{plain(most)}", match, text, unit="points")
    sign = -1 if re.search(r"减|扣|罚|[-−－]|minus|deduct|los", verb, _I) else 1
    most_of = re.search(
        r"(?:最多|最高|至多|不得?超过|上限(?:为)?|封顶|up to)\s*$",
        text[: match.start()][-8:] + words.get("cap", ""),
    )
    if most_of:
        return finding(
            "points", f"{'min' if sign < 0 else 'max'} {plain(sign * low)}", match, text, unit="points"
        )
    if high is not None:
        first, last = sorted((sign * low, sign * high))
        return finding("points", f"{plain(first)}..{plain(last)}", match, text, unit="points")
    value: str | int = int(sign * low) if low == int(low) else plain(sign * low)
    return finding("points", value, match, text, unit="points")


def _signed_points(match: re.Match[str], text: str) -> Finding | None:
    low, high = number(match["low"]), number(match["high"])
    if low is None or high is None:
        return None
    return finding("points", f"{plain(-low)}..{plain(high)}", match, text, unit="points")


def _cell_points(match: re.Match[str], text: str) -> Finding | None:
    """A cell or line that holds nothing but points, in a text that is about points."""
    if not re.search(r"分值|评分|得分|计分|打分|积分|加分|扣分|评价标准", text):
        return None
    return _points(match, text)


def _count(match: re.Match[str], text: str) -> Finding | None:
    amount = number(match["low"])
    if not amount:
        return None
    most = not re.match(
        r"至少|不得?少于|不能少于|不应少于|最少|不得?低于|不小于|at least|a minimum|no fewer|not less|no less",
        match["limit"],
        _I,
    )
    return finding("count", f"{'max' if most else 'min'} {plain(amount)}", match, text, unit=match["what"])


def _renewals(match: re.Match[str], text: str) -> Finding | None:
    word = match["low"].lower()
    amount = {"once": 1, "twice": 2}.get(word) or number(word.split()[0])
    return finding("count", f"max {plain(amount)}", match, text, unit="次") if amount else None


def _or_more(match: re.Match[str], text: str) -> Finding | None:
    amount = number(match["low"])
    return finding("count", f"min {plain(amount)}", match, text, unit=match["what"]) if amount else None


def _incidents(match: re.Match[str], text: str) -> Finding | None:
    """发生 3 起以上 → min 3; 3 起以上 10 起以下 → 3..10; 2 起以下 → max 2; 超过 5 起 → over 5."""
    low, high = number(match["low"]), number(match["high"]) if match["high"] else None
    if not low or (
        match["what"] == "件" and not re.search(_EVENT, text[max(0, match.start() - 12) : match.end() + 8])
    ):
        return None
    before = text[max(0, match.start() - 4) : match.start()]
    if high is not None:
        value = f"{plain(low)}..{plain(high)}"
    elif match["bound"]:
        value = f"{'max' if match['bound'].endswith('下') else 'min'} {plain(low)}"
    elif over := re.search(r"(?<!不)(?<!不得)(?:超过|多于|达到?|满)$", before):
        value = f"{'over' if over[0] in ('超过', '多于') else 'min'} {plain(low)}"
    else:
        return None
    return finding("count", value, match, text, unit=match["what"])


_EVENT = r"投诉|纠纷|事件|案件|差错|事故|工单"


def _count_en(match: re.Match[str], text: str) -> Finding | None:
    """No representative may hold more than 40 accounts → max 40."""
    amount = number(match["low"])
    return finding("count", f"max {plain(amount)}", match, text, unit=match["what"]) if amount else None


_NOT_POINTS = r"(?![钟别成配析店公行部支组类级红销包拣担工管流]|之(?!间))"
_ADD = r"加减|增减|加扣|奖罚|±|加计|加|减|扣除|扣减|扣|罚|记|计|得|奖励?|各加|[+＋\-−－]"
_WHAT = r"人|名|位|个?客户|台|辆|次|家|户|组|个(?!月|工作日|小时|自然日|季度|星期|百分点|交易日|礼拜|方面)|件|项|批|套|份|张|单(?!位)|笔|篇|封|通|遍|轮|场|条|起(?![来草诉算床身因点初码步])|宗(?!旨)|例(?![如外会行])|学时|课时"
_MOST = r"最多|至多|不得?超过|不能超过|不可超过|不应超过|不多于|不超出|上限(?:为|是)?|仅限|只限|(?<![期时权有无局受上下年])限(?=[\d一二两三四五六七八九十]|定|报|领|带)|最高"
_LEAST = r"至少|不得?少于|不能少于|不应少于|最少|不得?低于|不小于"
_WHAT_EN = r"people|persons?|signers?|customers?|times|accounts?|staff|members?|employees?|visits?|calls?|attempts?|extensions?|representatives?|leads?|co-workers?|incidents?|complaints?|disputes?"
AMOUNTS: tuple[Pattern, ...] = (
    (
        re.compile(
            rf"(?:{_SIGN}\s*)?(?P<low>{_MONEY})\s*(?P<scale>{_BIG})?(?P<own>元)?(?:{DASH}|以上)(?:{_SIGN}\s*)?(?P<high>{_MONEY})\s*(?P<scale2>{_BIG})?\s*{_YUAN}"
        ),
        _amount,
    ),
    (re.compile(rf"(?:{_SIGN}\s*)?(?P<low>{_MONEY})\s*(?P<scale>{_BIG})?\s*{_YUAN}"), _amount),
    (re.compile(rf"(?<![数几多上近\d])(?P<low>{_ZH_MONEY}){_YUAN}"), _amount),
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
    (re.compile(r"(?<=split )(?P<a>\d{1,2})\s*[:/]\s*(?P<b>\d{1,2})(?P<az>(?!))?(?P<bz>(?!))?", _I), _shares),
    (re.compile(rf"(?P<s>[-−－])\s*(?P<low>\d+)\s*分?\s*[~～至到—–]{{1,2}}\s*[+＋]?(?P<high>\d+)\s*分{_NOT_POINTS}"), _signed_points),
    (
        re.compile(
            rf"(?P<verb>{_ADD})(?:[\u4e00-\u9fff]{{0,4}}分)?\s*{RANGE}\s*分{_NOT_POINTS}(?!及?以[上下])(?!者|的为)|(?P<verb2>[+\-−])(?P<low2>\d+) points?\b"
        ),
        lambda m, t: _points_any(m, t),
    ),
    (
        re.compile(
            rf"\b(?P<verb>plus or minus|plus|minus|adds?|deduct(?:s|ed)?|earns?|gets?|receives?|loses?|awarded)\s+(?P<cap>up to )?(?P<low>{EN_NUMBER})(?:\s*(?:-|–|to)\s*(?P<high>\d+))?\s*points?\b",
            _I,
        ),
        _points,
    ),
    (re.compile(rf"\b(?P<low>{EN_NUMBER}) points? (?:is|are|will be)? ?(?P<verb>deducted|lost|added|awarded)", _I), _points),
    (re.compile(rf"\b(?P<low>{EN_NUMBER}) points? (?=for|if|when|per)(?P<verb>)", _I), _points),
    (re.compile(r"[(（]\s*(?P<verb>[+＋\-−－])?(?P<low>\d{1,4}(?:\.\d{1,2})?)\s*分\s*[)）]"), _points),
    (re.compile(r"(?<=[^\d\s][:：])\s*(?P<verb>[+＋\-−－])?(?P<low>\d{1,4}(?:\.\d{1,2})?)分(?=\s*(?:[。；;，,]|$|\n))"), _cell_points),
    (re.compile(r"(?<=[\t|｜])\s*(?P<verb>[+＋\-−－])?(?P<low>\d{1,4}(?:\.\d{1,2})?)\s*分(?=\s*(?:[\t|｜\n]|$))"), _cell_points),
    (re.compile(rf"(?:累计|合计|最多|最高)不?得?(?:超过|加|扣)\s*(?P<low>\d+)\s*分{_NOT_POINTS}(?P<verb>)"), lambda m, t: _most_points(m, t)),
)  # fmt: skip
COUNTS: tuple[Pattern, ...] = (
    (
        re.compile(
            rf"{NOT_INSIDE}(?P<low>{NUMBER})\s*(?P<what>起(?![来草诉算床身因点初码步])|宗(?!旨)|例(?![如外会行])|件)\s*(?:[(（]含[^)）\n]{{0,8}}[)）])?"
            rf"(?:(?P<bound>(?:及|或)?以[上下])(?:至?(?P<high>{NUMBER})\s*(?:起|宗|例|件)(?:以下|以内)?)?)?"
        ),
        _incidents,
    ),
    (
        re.compile(
            rf"\b(?P<low>{EN_NUMBER}) or more (?:\w+ ){{0,2}}?(?P<what>incidents?|complaints?|disputes?|cases|breaches|claims|reports)\b",
            _I,
        ),
        _or_more,
    ),
    (
        re.compile(
            rf"(?:可|允许|能|只能|仅能)[^\n。；;，,\d]{{0,4}}?(?:续[期约报]?|延[期长]|展期|顺延|改期)[^\n。；;，,\d一二两三]{{0,3}}(?P<low>{NUMBER})次(?!以上)"
        ),
        _renewals,
    ),
    (
        re.compile(
            rf"(?P<limit>{_MOST}|{_LEAST})\s*[^\n。；;，,、（(\d零一二两三四五六七八九十百]{{0,6}}?(?P<low>{NUMBER})\s*(?P<what>{_WHAT})(?!以上|钟)"
        ),
        _count,
    ),
    (
        re.compile(
            rf"(?P<limit>at most|(?:no|not) more than|up to|a maximum of|maximum of|at least|a minimum of|no fewer than|(?:no|not) less than)\s+(?P<low>{EN_NUMBER})\s+(?:\w+ )?(?P<what>{_WHAT_EN})\b",
            _I,
        ),
        _count,
    ),
    (
        re.compile(
            rf"\b(?:no|never|not)\b[^.;\n]{{0,40}}?\bmore than (?P<low>{EN_NUMBER})\s+(?:\w+ )?(?P<what>{_WHAT_EN})\b",
            _I,
        ),
        _count_en,
    ),
    (
        re.compile(
            r"\b(?:renewed|extended)(?: only| at most)? (?P<low>once|twice|(?:one|two|three|\d) times)\b", _I
        ),
        _renewals,
    ),
    (
        re.compile(
            rf"(?:围观|聚集|参与|涉及|伤亡)(?:人数|人员)?(?:达到?|超过|在)?(?P<low>{NUMBER})\s*(?P<what>人|名)(?:及|或)?以上"
        ),
        _or_more,
    ),
    (
        re.compile(
            rf"(?<![\d第])(?P<low>{NUMBER})\s*(?P<what>人|名|位)(?:及|或)?以上(?=[^。；;，,\n]{{0,4}}(?:死亡|重伤|轻伤|受伤|伤亡|聚集|围观|围堵|参与|上访))",
        ),
        _or_more,
    ),
    (
        re.compile(
            rf"(?:应当?|须|由|需|安排|派)[^\n。；;，,\d]{{0,4}}?(?P<low>{NUMBER})\s*(?P<what>人|名|位)(?:及|或)?以上"
        ),
        _or_more,
    ),
)


def _points_any(match: re.Match[str], text: str) -> Finding | None:
    if match["low2"]:
        sign = 1 if match["verb2"] == "+" else -1
        return finding("points", sign * int(match["low2"]), match, text, unit="points")
    return _points(match, text)


def _most_points(match: re.Match[str], text: str) -> Finding | None:
    """最多扣 10 分 → min -10; 累计不超过 5 分 → max 5."""
    value = plain(number(match["low"]) or 0)
    down = "扣" in match[0]
    return finding("points", f"min -{value}" if down else f"max {value}", match, text, unit="points")
