"""Hours of service and deadlines by the clock or the calendar: 9:00-18:30, 次日 12:00 前, the next working day."""

from __future__ import annotations

import re

from dingfen.engine.draft.finding import Finding, Pattern, finding
from dingfen.engine.draft.numerals import NUMBER, number, plain

_I = re.IGNORECASE
_PART = r"(?:早上?|上午|中午|下午|晚上?|夜间|凌晨|清晨)"
_BEFORE = r"(?:之?前|以前)"


def _hour(part: str, hour: str, minute: str | None) -> str | None:
    value = number(hour)
    if value is None or value > 24:
        return None
    past_noon = re.search(r"下午|晚|夜|pm|p\.m", part or "", re.IGNORECASE)
    value = value + 12 if past_noon and value < 12 else value
    minutes = 30 if minute == "半" else int(number(minute) or 0) if minute else 0
    return f"{int(value):02}:{minutes:02}"


def _clock_hours(match: re.Match[str], text: str) -> Finding | None:
    first, last = (
        _hour(match[f"part{n}"] or match[f"ap{n}"] or "", match[f"h{n}"], match[f"m{n}"]) for n in (1, 2)
    )
    return finding("hours", f"{first}-{last}", match, text) if first and last else None


_WEEK = (
    ("一", "Monday"), ("二", "Tuesday"), ("三", "Wednesday"), ("四", "Thursday"), ("五", "Friday"),
    ("六", "Saturday"), ("[日天]", "Sunday"),
)  # fmt: skip
_DAYS = (
    (r"^(?:次一?|下一?个?|第二个)工作日", "next working day"),
    (r"^(?:次|第二|翌|隔|明)", "next day"),
    *((rf"^每?个?(?:周|星期){zh}", name) for zh, name in _WEEK),
    (r"^每", "daily"),
    (r"^(?:当|同|本|今)", "same day"),
)


def _day(word: str) -> str:
    return next((name for pattern, name in _DAYS if re.match(pattern, word)), "")


def _next_morning(match: re.Match[str], text: str) -> Finding | None:
    value = "next working day" if "工作日" in match[0] or "working" in match[0] else "next morning"
    return finding("deadline", value, match, text)


def _next_day(match: re.Match[str], text: str) -> Finding | None:
    working = re.search(r"工作日|working|business", match[0], re.IGNORECASE)
    return finding("deadline", "next working day" if working else "next day", match, text)


def _nth_working_day(match: re.Match[str], text: str) -> Finding | None:
    return finding("deadline", f"P{plain(number(match['low']) or 0)}D", match, text, unit="working_days")


def _day_of_month(match: re.Match[str], text: str) -> Finding | None:
    day = number(match["low"])
    if not day or day > 31:
        return None
    whose = "each month" if match["month"].startswith("每") else "the next month"
    whose = "the month" if match["month"].startswith(("当", "本")) else whose
    return finding("deadline", f"day {plain(day)} of {whose}", match, text, unit="days")


def _spoken_hours(match: re.Match[str], text: str) -> Finding | None:
    """上午9时至下午5时30分, 早8点到晚10点, 9:00-18:30."""
    ends = []
    for n in (1, 2):
        minute = match[f"m{n}"] or (match[f"m{n}b"] or "").rstrip("分") or None
        ends.append(_hour(match[f"part{n}"] or "", match[f"h{n}"], minute))
    return finding("hours", f"{ends[0]}-{ends[1]}", match, text) if all(ends) else None


def _re(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


HOURS: tuple[Pattern, ...] = (
    (
        _re(
            r"7\s*[x×X*]\s*24\s*小?时?|24\s*[x×X*]\s*7|7天\s*24小时|(?:每天|全天|全年)?\s*24\s*小时(?:[^\n。；，,]{0,4})(?:在线|服务|营业|热线|值班|值守|不间断|开放|解答|客服|在岗|接听)"
            r"|(?:全天候|24/7|24 hours a day|around the clock)"
        ),
        lambda m, t: finding("hours", "24 hours a day", m, t),
    ),
    (
        _re(
            rf"(?P<part1>{_PART})?\s*(?P<h1>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})(?:[:：](?P<m1>\d{{2}})|[点时](?P<m1b>半|\d{{2}}分?)?)(?P<ap1>(?!))?\s*(?:[-–—―~～至到]{{1,2}})\s*(?:次日|翌日|第二天)?"
            rf"(?P<part2>{_PART})?\s*(?P<h2>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})(?:[:：](?P<m2>\d{{2}})|[点时](?P<m2b>半|\d{{2}}分?)?)(?P<ap2>(?!))?"
        ),
        lambda m, t: _spoken_hours(m, t),
    ),
    (
        _re(
            r"\b(?P<part1>(?!))?(?P<h1>\d{1,2})(?:[:.](?P<m1>\d{2}))?\s*(?P<ap1>a\.?m\.?|p\.?m\.?)\s*(?:-|–|to|until)\s*(?P<part2>(?!))?(?P<h2>\d{1,2})(?:[:.](?P<m2>\d{2}))?\s*(?P<ap2>a\.?m\.?|p\.?m\.?)",
            _I,
        ),
        _clock_hours,
    ),
)

_DAY = r"(?P<day>(?:次一?|下一?个?|第二个)工作日|次日|次晨|第二[天日]|翌日|隔[天日]|当[天日晚]|同[日天]|每[天日晚]|每?个?(?:周|星期)[一二三四五六日天])"
_SAME_DAY = _re(
    r"当[日天]下班前|(?<=[应须于在需])当[日天](?:之?内|(?=[^。；;，,]{0,4}(?:完成|答复|回复|提交|上报|反馈|办理|处理|登记|录入|退还|移交|告知)))"
    r"|\b(?:logged|entered|answered|reported|recorded) (?:on )?the same day|\b(?:by|before) (?:the )?(?:end|close) of (?:business )?(?:(?:on|of) )?(?:the )?(?:same|that) (?:working |business )?day", _I
)  # fmt: skip
# an hour of the day: 21:30, 上午九时, 六点半, 中午
_CLOCK = (
    rf"(?P<part>{_PART})?(?:(?P<h>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})(?:[:：](?P<m>\d{{2}})|[点时](?P<m2>半|\d{{1,2}}分)?)整?"
    r"|(?P<noon>(?<=中午)|(?<=正午)))"
)
# 最迟不得超过当日 21:30: the latest, without 前
_LATEST = r"(?:最迟|至迟|最晚|不得?(?:晚于|迟于|超过)|截[止至](?:时间)?[为到于]?)(?:[^。；;，,：:\d]{0,6}?(?:晚于|迟于|超过|[于在为]))?"
_OF_SHIFT = _re(
    r"(?:当班|本班次?|当班次)(?:之?内|结束前)|(?<!一)交班前|\b(?:by|before) (?:the )?end of (?:the|your|their) shift\b"
)
DEADLINES: tuple[Pattern, ...] = (
    (_re(rf"{_LATEST}\s*(?:{_DAY}的?)?{_CLOCK}"), lambda m, t: _before_moment(m, t)),
    (_re(rf"(?:最迟|至迟|最晚)[^。；;，,\d]{{0,4}}?第(?P<low>{NUMBER})个?(?:工作)?[天日]"), _nth_working_day),
    (_OF_SHIFT, lambda m, t: finding("deadline", "same shift", m, t)),
    (
        _re(rf"(?:{_DAY}的?)?{_CLOCK}(?:之?前|以前)"),
        lambda m, t: _before_moment(m, t),
    ),
    (
        _re(
            r"(?:第二天|次日|翌日|隔天)(?:早上|早晨|上午|一早|晨会|一上班|上班(?:后|时|前))|次晨|(?:the )?(?:next|following) morning",
            _I,
        ),
        _next_morning,
    ),
    (_SAME_DAY, lambda m, t: finding("deadline", "same day", m, t)),
    (_re(rf"第(?P<low>{NUMBER})个工作日(?:内|{_BEFORE}|下班前)"), _nth_working_day),
    (
        _re(
            r"(?:下一?个?|次一?|第二个)工作日(?:内|之?前|下班前|(?=[^。；;，,]{0,4}(?:完成|答复|回复|提交|上报|反馈|办理|处理)))|(?:次日|第二[天日]|翌日)(?:内|之前|前|下班前|(?=[^。；;，,]{0,4}(?:完成|答复|回复|提交|上报|反馈|办理|处理|登记|录入)))"
        ),
        _next_day,
    ),
    (_re(r"(?P<month>每个?月|次月|下个?月|当月|本月)(?:的)?\s*(?P<low>\d{1,2}|[一二三四五六七八九十]{1,3})[日号](?:之?前|以前)"), _day_of_month),
    (
        _re(
            r"\b(?:by|before|no later than)\s+(?:(?P<noon>noon)|(?P<h>\d{1,2})(?::(?P<m>\d{2}))?\s*(?P<part>a\.?m\.?|p\.?m\.?)?)(?: on)? (?:the )?(?P<day>next (?:working |business )?day|following (?:working |business )?day|same day)",
            _I,
        ),
        lambda m, t: _before_moment_en(m, t),
    ),
    (
        _re(
            r"\b(?:by|on|no later than|before)\s+(?:the )?(?:end of |close of business (?:on )?)?(?:the )?(?:next|following) (?:working |business )?day",
            _I,
        ),
        _next_day,
    ),
    (_re(r"\bT\s*[+＋]\s*(?P<low>\d{1,2})(?:日|个?工作日|个?交易日)?(?:之?内|前)?"), lambda m, t: finding("deadline", f"P{m['low']}D", m, t, unit="working_days")),
)  # fmt: skip


def _before_moment(match: re.Match[str], text: str) -> Finding | None:
    if re.match(r"\s*(?:小?时内|没|未|不|仍)", text[match.end() :][:3]):
        return None  # 次日十点前没有收到的: what happens otherwise
    if match["noon"] is not None:
        moment: str | None = "12:00"
    else:
        moment = _hour(
            match["part"] or "", match["h"], match["m"] or (match["m2"] or "").rstrip("分") or None
        )
    if moment is None:
        return None
    return finding("deadline", f"{_day(match['day'] or '')} {moment}".strip(), match, text)


def _before_moment_en(match: re.Match[str], text: str) -> Finding | None:
    moment = "12:00" if match["noon"] else _hour(match["part"] or "", match["h"], match["m"])
    day = match["day"].lower().replace("following", "next").replace("business", "working")
    return finding("deadline", f"{day} {moment}", match, text) if moment else None
