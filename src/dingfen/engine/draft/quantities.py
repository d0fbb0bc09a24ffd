"""Times, frequencies, hours, amounts, percentages, points and numbers of people in one article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from dingfen.engine.draft import measures
from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.numerals import NUMBER, number, plain

RANGE = rf"(?P<low>{NUMBER})(?:\s*[-–—－~～至到]{{1,2}}\s*(?P<high>{NUMBER}))?"
UNIT = r"(?P<unit>个?工作日|个?自然日|个?交易日|个?小时|分钟|个?钟头|天|日|个?星期|周|个月|个?季度|年)"
PER = {
    "天": "day",
    "日": "day",
    "周": "week",
    "星期": "week",
    "月": "month",
    "季度": "quarter",
    "季": "quarter",
    "年": "year",
}
_EN_UNIT = r"(?P<unit>minutes?|hours?|(?:working |business )?days?|weeks?|months?|years?)"
WORDS = {
    w: n
    for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
_EN_NUMBER = rf"(?P<low>\d+|{'|'.join(WORDS)})(?:\s*(?:-|–|to)\s*(?P<high>\d+))?"

Maker = Callable[[re.Match[str], str], Finding | None]


def quantities(text: str) -> list[Finding]:
    """Findings with places in `text`; a length told twice in one article is one finding."""
    found: list[Finding] = []
    for finding in sorted(_all(text), key=lambda one: one.start):
        twin = next((index for index, one in enumerate(found) if _same_length(one, finding)), None)
        if twin is None:
            found.append(finding)
        else:
            first = found[twin]
            inside = first.inclusive if first.inclusive is not None else finding.inclusive
            found[twin] = replace(first, inclusive=inside, of=first.of or finding.of)
    return found


def _same_length(one: Finding, other: Finding) -> bool:
    lengths = {"duration", "deadline"}
    return {one.kind, other.kind} <= lengths and (one.value, one.grade) == (other.value, other.grade)


def _all(text: str) -> Iterator[Finding]:
    """A stretch of text is read once: the first pattern that fits takes it."""
    taken: list[tuple[int, int]] = []
    for pattern, make in PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < stop and begin < end for begin, stop in taken):
                continue
            finding = make(match, text)
            if finding is not None:
                taken.append((start, end))
                yield finding


def _finding(kind: str, value: str | int, match: re.Match[str], text: str, **more: object) -> Finding:
    start, end = match.span()
    stretch = measures.clause(text, start, end)
    given = {
        "of": measures.measured(kind, text, start, end),
        "grade": measures.grade_before(text, start),
        **more,
    }
    return Finding(kind, value, stretch, start, end, **given)  # type: ignore[arg-type]


def _low_high(match: re.Match[str]) -> tuple[float, float | None] | None:
    low = WORDS.get(match["low"].lower(), number(match["low"]))
    high = number(match["high"]) if match["high"] else None
    return None if low is None else (float(low), high)


def _length(match: re.Match[str]) -> str | None:
    """`P5D`, `P30D..P40D`, `PT24H`; None for what is a date or no number."""
    amounts = _low_high(match)
    if amounts is None or not amounts[0]:
        return None
    ends = [measures.iso(each, match["unit"]) for each in amounts if each is not None]
    return "..".join(ends) if all(ends) else None


def _frequency_every(match: re.Match[str], text: str) -> Finding | None:
    half = match.groupdict().get("half")
    value = {"月": "P15D", "年": "P6M", "天": "PT12H"}.get(half, "") if half else _length(match)
    return _finding("frequency", value, match, text) if value else None


def _frequency_times(match: re.Match[str], text: str) -> Finding | None:
    amounts = _low_high(match)
    if amounts is None or not amounts[0]:
        return None
    low, high = amounts
    per, doubtful = PER.get(match["per"], match["per"]), ""
    digits = match["low"]
    if high is None and len(digits) == 2 and digits.isdigit() and int(digits[1]) == int(digits[0]) + 1:
        low, high, doubtful = float(digits[0]), float(digits[1]), "hyphen_lost"  # 23 for 2-3
    value = f"{plain(low)}..{plain(high)} per {per}" if high else f"{plain(low)} per {per}"
    sure = 0.6 if doubtful else 0.95
    return _finding("frequency", value, match, text, unit="times", doubtful=doubtful, confidence=sure)


def _duration(match: re.Match[str], text: str) -> Finding | None:
    start, end = match.span()
    value = _length(match)
    if value is None or measures.is_date(text, start, end) or not measures.bounded(text, start, end):
        return None
    after = text[end : end + 4]
    exceeded = measures.OVER_BEFORE.search(text[:start])
    if exceeded and measures.said_before(text, start, match["low"], match["unit"]):
        return None  # 有效期为 15 天，超过 15 天……: the same length, told twice
    if exceeded or re.match(r"以上|以外|or more|or longer", after):
        return _finding("duration", f"over {value}", match, text, unit=measures.unit_name(match["unit"]))
    inside = measures.inclusive_after(text, end)
    kind = "deadline" if measures.is_deadline(text, start, end, match["unit"]) else "duration"
    return _finding(kind, value, match, text, unit=measures.unit_name(match["unit"]), inclusive=inside)


def _half(match: re.Match[str], text: str) -> Finding | None:
    value = {"月": "P15D", "年": "P6M", "天": "PT12H", "小时": "PT30M", "日": "PT12H"}[match["half"]]
    if not measures.bounded(text, *match.span()):
        return None
    return _finding("duration", value, match, text)


def _amount(match: re.Match[str], text: str) -> Finding | None:
    raw = match["money"] or match["money2"] or match["money3"]
    value = number(raw.replace(",", "").replace("，", ""))
    if value is None:
        return None
    scale = 10_000 if "万" in match[0].replace(raw, "") else 1
    currency = {"$": "USD", "€": "EUR", "£": "GBP"}.get(match[0][0], "CNY")
    code = re.match(r"USD|EUR|GBP|AUD|HKD", match[0])
    nth = measures.nth_before(text, match.start())
    amount = f"{plain(value * scale)} {code[0] if code else currency}"
    return _finding("amount", amount, match, text, nth=nth, unit="money")


def _points(match: re.Match[str], text: str) -> Finding | None:
    low, high = number(match["low"]), number(match["high"]) if match["high"] else None
    if low is None:
        return None
    verb = match["verb"]
    most = high or low
    both = "加减" in verb or "±" in verb or "增减" in verb
    if both:
        return _finding("points", f"{plain(-most)}..{plain(most)}", match, text, unit="points")
    sign = -1 if re.match(r"减|扣|[-−－]", verb) else 1
    if high:
        first, last = sorted((sign * low, sign * high))
        return _finding("points", f"{plain(first)}..{plain(last)}", match, text, unit="points")
    return _finding("points", int(sign * low), match, text, unit="points")


def _percentage(match: re.Match[str], text: str) -> Finding | None:
    low, high = number(match["low"]), number(match["high"]) if match["high"] else None
    if low is None or not measures.SHARE.search(text[max(0, match.start() - 14) : match.start()]):
        return None  # a figure told in passing
    value = f"{plain(low)}..{plain(high)}%" if high else f"{plain(low)}%"
    return _finding("percentage", value, match, text, unit="%")


def _count(match: re.Match[str], text: str) -> Finding | None:
    low = WORDS.get(match["low"].lower(), number(match["low"]))
    if low is None:
        return None
    most = re.match(
        r"最多|至多|不超过|不得超过|不多于|上限|at most|no more than|up to", match["limit"], re.IGNORECASE
    )
    return _finding(
        "count", f"{'max' if most else 'min'} {plain(float(low))}", match, text, unit=match["what"]
    )


def _hours(match: re.Match[str], text: str) -> Finding | None:
    return _finding("hours", "24 hours a day", match, text)


def _clock_hours(match: re.Match[str], text: str) -> Finding | None:
    first, last = (f"{int(match[a]):02}:{match[b]}" for a, b in (("h1", "m1"), ("h2", "m2")))
    return _finding("hours", f"{first}-{last}", match, text)


def _next_morning(match: re.Match[str], text: str) -> Finding | None:
    value = "next working day" if "工作日" in match[0] or "working" in match[0] else "next morning"
    return _finding("deadline", value, match, text)


def _no_time(match: re.Match[str], text: str) -> Finding | None:
    return None


_SKIP = re.compile(
    r"\d{4}\s*[年.\-/]\s*\d{1,2}(?:\s*[月.\-/]\s*\d{1,2}\s*日?)?|\d{1,2}月\d{1,2}日|第\s*\d+\s*[页天日周年]"
)
PATTERNS: tuple[tuple[re.Pattern[str], Maker], ...] = (
    (
        re.compile(
            r"7\s*[x×*]\s*24\s*小时|(?:每天|全天|全年)?\s*24\s*小时(?:[^\n。；，,]{0,4})(?:在线|服务|营业|热线|值班|值守|不间断|开放|解答|客服)"
            r"|(?:全天候|24/7|24 hours a day|around the clock)"
        ),
        _hours,
    ),
    (
        re.compile(r"(?P<h1>\d{1,2})[:：](?P<m1>\d{2})\s*[-–—~至到]+\s*(?P<h2>\d{1,2})[:：](?P<m2>\d{2})"),
        _clock_hours,
    ),
    (re.compile(r"每(?:间?隔|逢)?\s*(?:一)?\s*半个?(?P<half>月|年)"), _frequency_every),
    (re.compile(rf"每间?隔\s*(?P<low>{NUMBER})(?P<high>(?!))?\s*{UNIT}"), _frequency_every),
    (re.compile(rf"\bevery (?:{_EN_NUMBER} )?{_EN_UNIT}\b", re.IGNORECASE), lambda m, t: _every_en(m, t)),
    (
        re.compile(rf"每\s*个?(?P<per>天|日|周|星期|月|季度?|年)[^\n。；;，,]{{0,14}}?{RANGE}\s*次"),
        _frequency_times,
    ),
    (re.compile(rf"{RANGE}\s*次\s*[/每]\s*(?P<per>天|日|周|星期|月|季度?|年)"), _frequency_times),
    (
        re.compile(
            r"(?P<low>once|twice|\d+ times|three times)(?P<high>(?!))?\s+(?:a|per|each|every) (?P<per>day|week|month|quarter|year)",
            re.IGNORECASE,
        ),
        lambda m, t: _times_en(m, t),
    ),
    (
        re.compile(
            r"(?:第二天|次日|翌日)(?:早上|早晨|上午|一早|晨会)|(?:the )?(?:next|following) morning",
            re.IGNORECASE,
        ),
        _next_morning,
    ),
    (
        re.compile(
            r"(?:[¥￥$€£]|人民币|RMB ?|CNY ?|USD ?|EUR ?|GBP ?)\s*(?P<money>\d[\d,]*(?:\.\d+)?)\s*(?:万?元|万)?"
            r"|(?P<money2>\d[\d,]*(?:\.\d+)?)\s*(?:万?元|块钱)"
            r"|(?P<money3>[零一二两三四五六七八九十百千万]+)(?:元|块钱)(?!件|素)"
        ),
        _amount,
    ),
    (re.compile(rf"{RANGE}\s*[%％]|百分之(?P<lowz>{NUMBER})"), lambda m, t: _percent_any(m, t)),
    (
        re.compile(
            rf"(?P<verb>加减|增减|±|加|减|扣除?|计|得|奖励?|[+＋\-−－])\s*{RANGE}\s*分(?![钟之别成配析])"
        ),
        _points,
    ),
    (re.compile(r"(?P<verb>[+\-−])(?P<low>\d+)(?P<high>(?!))? points?\b"), _points),
    (_SKIP, _no_time),
    (re.compile(r"半个?(?P<half>月|年|天|日|小时)(?!度)"), _half),
    (re.compile(rf"(?<![第\d.:：年月]){RANGE}\s*{UNIT}"), _duration),
    (re.compile(rf"\b{_EN_NUMBER}[- ]{_EN_UNIT}\b", re.IGNORECASE), _duration),
    (
        re.compile(
            rf"(?P<limit>最多|至多|不得?超过|不多于|上限(?:为|是)?|至少|不少于|最少|不低于|at most|no more than|up to|at least)\s*"
            rf"(?P<low>{NUMBER}|{'|'.join(WORDS)})\s*(?P<what>人|名|位|个?客户|台|辆|次|people|persons?|signers?|customers?|times)",
            re.IGNORECASE,
        ),
        _count,
    ),
)


def _every_en(match: re.Match[str], text: str) -> Finding | None:
    amount = match["low"] or "one"
    value = measures.iso(float(WORDS.get(amount.lower(), number(amount) or 1)), match["unit"])
    return _finding("frequency", value, match, text) if value else None


def _times_en(match: re.Match[str], text: str) -> Finding | None:
    times = {"once": "1", "twice": "2", "three times": "3"}.get(match["low"].lower(), match["low"].split()[0])
    return _finding("frequency", f"{times} per {match['per'].lower()}", match, text, unit="times")


def _percent_any(match: re.Match[str], text: str) -> Finding | None:
    if match["lowz"]:
        value = number(match["lowz"])
        return None if value is None else _finding("percentage", f"{plain(value)}%", match, text, unit="%")
    return _percentage(match, text)
