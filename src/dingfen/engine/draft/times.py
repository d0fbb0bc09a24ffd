"""Lengths of time, deadlines, frequencies and hours of service: what they look like and what is made of them."""

from __future__ import annotations

import re

from dingfen.engine.draft import measures
from dingfen.engine.draft.finding import Finding, Pattern, finding
from dingfen.engine.draft.numerals import EN_NUMBER, NOT_INSIDE, NUMBER, number, plain

DASH = r"(?:\s*(?:[-–—－―~～至到]{1,2}|或)\s*)"
_U = (
    r"个?(?:工作|自然|交易|日历|法定|营业)[日天]|个?小时|[hH](?![A-Za-z])|秒钟?|分钟|min(?![A-Za-z])|个?钟头|天(?![然气])|日(?![常期记])"
    r"|个?星期|个?礼拜|周(?![岁年期边到转密])|个月|月(?=之?内|以内)|个?季度|年(?![级龄度代轻货])"
)
UNIT = rf"(?P<unit>{_U})"
# 3 天至 5 天 is a range; 3 天或一年内 is not: a unit between the two is that of both
RANGE = rf"(?P<low>{NUMBER})(?:(?:\s*(?P<own>{_U}))?{DASH}(?P<high>{NUMBER})(?(own)(?=\s*(?P=own))))?"
TIMES = rf"(?P<times>{NUMBER})(?:{DASH}(?P<most>{NUMBER}))?\s*次"
_EN_UNIT = r"(?P<unit>seconds?|minutes?|mins?|hours?|hrs?|(?:working |business |calendar )?days?|weeks?|fortnights?|months?|quarters?|years?)"
_EN_RANGE = rf"(?P<low>{EN_NUMBER}|\ban?)(?:\s*\(\d+\))?(?:\s*(?:-|–|to)\s*(?P<high>{EN_NUMBER}))?"
PER = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "季度": "quarter",
    "季": "quarter", "年": "year", "年度": "year", "小时": "hour", "班": "shift", "工作日": "working day",
}  # fmt: skip
_PER = r"(?P<per>工作日|天|日|周|星期|礼拜|月|季度?|年度?|小时|班)(?:[末底初内])?"
_VISITS = (
    r"召开|汇总|组织|开展|进行|检查|回访|拜访|走访|巡查|巡检|上报|报送|盘点|通报|公布|考核|评估|复盘|例会|演练|培训|抽查|统计|分析|汇报"
    r"|核对|清理|审核|跟进|跟踪|联系|联络|沟通|更新|轮换|调整|评定|评审|盘查|更换|收集|公示"
)


def _length(match: re.Match[str]) -> str | None:
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
    if measures.is_date(text, start, end) or not measures.bounded(text, start, end):
        return None
    named = measures.unit_name(unit, value)
    over = measures.exceeded(text, start)
    if over and (measures.said_before(text, start, value) or _rate(value, text[end : end + 8])):
        return None  # 有效期为 15 天，超过 15 天……: the same length, told twice; 逾期一天罚……: a rate
    if over or re.match(r"(?:及|或)?以上|以外|\s*or (?:more|longer)", text[end : end + 12]):
        return finding("duration", f"over {value}", match, text, unit=named)
    inside = measures.inclusive_after(text, end)
    kind = "deadline" if measures.is_deadline(text, start, end, unit) else "duration"
    return finding(kind, value, match, text, unit=named, inclusive=inside)


def _rate(value: str, after: str) -> bool:
    """逾期一天罚……: so much for each day, no limit."""
    return value in {"P1D", "PT1H", "P1W", "P1M"} and bool(measures.RATE.match(after))


def duration(match: re.Match[str], text: str) -> Finding | None:
    value = _length(match)
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


def _every_half(match: re.Match[str], text: str) -> Finding | None:
    value = {"月": "P15D", "年": "P6M", "天": "PT12H"}[match["half"]]
    return _every(value, match, text)


def _every_length(match: re.Match[str], text: str) -> Finding | None:
    value = _length(match)
    return _every(value, match, text) if value else None


def _every(value: str, match: re.Match[str], text: str) -> Finding | None:
    """`P5D` for once in five days; `2 per P5D` for more."""
    times = match.groupdict().get("times")
    many = number(times) if times else 1
    if many is None or many == 0:
        return None
    most = number(match["most"]) if times and match["most"] else None
    shown = f"{plain(many)}..{plain(most)}" if most else plain(many)
    return finding("frequency", value if shown == "1" else f"{shown} per {value}", match, text)


def _times_per(match: re.Match[str], text: str) -> Finding | None:
    low, high = number(match["times"]), number(match["most"]) if match["most"] else None
    if not low:
        return None
    if re.search(r"超过|累计|达到?|违|迟到", match[0]) and re.match(
        r"(?:及|或)?(?:以上)?的", text[match.end() :][:5]
    ):
        return None  # 每月被投诉超过三次的: a condition
    per, doubtful, digits = PER[match["per"]], "", match["times"]
    if high is None and len(digits) == 2 and digits.isdigit() and int(digits[1]) == int(digits[0]) + 1:
        low, high, doubtful = float(digits[0]), float(digits[1]), "hyphen_lost"  # 23 for 2-3
    value = f"{plain(low)}..{plain(high)} per {per}" if high else f"{plain(low)} per {per}"
    sure = 0.6 if doubtful else 0.95
    return finding("frequency", value, match, text, unit="times", doubtful=doubtful, confidence=sure)


def _once_per(match: re.Match[str], text: str) -> Finding | None:
    return finding("frequency", f"1 per {PER[match['per']]}", match, text, unit="times", confidence=0.75)


def _other_every(match: re.Match[str], text: str) -> Finding | None:
    return finding("frequency", {"天": "P2D", "日": "P2D", "周": "P2W"}[match["per"]], match, text)


def _every_en(match: re.Match[str], text: str) -> Finding | None:
    other = (match["low"] or "").lower() == "other"
    amount = 2 if other else number(match["low"] or "one")
    value = measures.iso(amount or 1, match["unit"])
    return finding("frequency", value, match, text) if value else None


def _times_en(match: re.Match[str], text: str) -> Finding | None:
    word = match["low"].lower()
    times = {"once": "1", "twice": "2"}.get(word) or plain(number(word.split()[0]) or 1)
    return finding("frequency", f"{times} per {match['per'].lower()}", match, text, unit="times")


def _adverb_en(match: re.Match[str], text: str) -> Finding | None:
    word = (match["adverb"] or match["adverb2"] or match["adverb3"]).lower()
    per = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter"}.get(word, "year")
    value = {"fortnightly": "P2W", "half-yearly": "P6M"}.get(word, f"1 per {per}")
    return finding("frequency", value, match, text, unit="times", confidence=0.75)


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


_DAYS = (
    (r"^(?:次一?|下一?个?|第二个)工作日", "next working day"),
    (r"^(?:次|第二|翌|隔|明)", "next day"),
    (r"^每", "daily"),
    (r"^(?:当|同|本|今)", "same day"),
)


def _day(word: str) -> str:
    return next((name for pattern, name in _DAYS if re.match(pattern, word)), "")


def _clock_time(match: re.Match[str], text: str) -> Finding | None:
    """次日中午12点前 → next day 12:00; 当天18:00前 → same day 18:00."""
    part = match["part"] or ""
    moment = "12:00" if match["noon"] else _hour(part, match["h"], match["m"])
    if moment is None:
        return None
    return finding("deadline", f"{_day(match['day'] or '')} {moment}".strip(), match, text)


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


def nothing(match: re.Match[str], text: str) -> None:
    return None


def _re(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


_I = re.IGNORECASE
_PART = r"(?:早上?|上午|中午|下午|晚上?|夜间|凌晨|清晨)"
_BEFORE = r"(?:之?前|以前)"
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


def _spoken_hours(match: re.Match[str], text: str) -> Finding | None:
    """上午9时至下午5时30分, 早8点到晚10点, 9:00-18:30."""
    ends = []
    for n in (1, 2):
        minute = match[f"m{n}"] or (match[f"m{n}b"] or "").rstrip("分") or None
        ends.append(_hour(match[f"part{n}"] or "", match[f"h{n}"], minute))
    return finding("hours", f"{ends[0]}-{ends[1]}", match, text) if all(ends) else None


FREQUENCIES: tuple[Pattern, ...] = (
    (_re(rf"(?:每|隔)(?:间?隔|逢)?\s*(?:一)?\s*半个?(?P<half>月|年)(?:[^\n。；;，,、\d]{{0,14}}?{TIMES})?"), _every_half),
    (_re(rf"半个?(?P<half>月|年)(?:至少|不少于)?\s*{TIMES}"), _every_half),
    (_re(rf"(?:每间?隔|间隔(?:时间)?(?:为|是|不得?超过|不大于)?)\s*{RANGE}\s*{UNIT}(?:[^\n。；;，,、\d]{{0,8}}?{TIMES})?"), _every_length),
    (_re(rf"(?:每间?隔|每逢)\s*{RANGE}\s*{UNIT}"), _every_length),
    (_re(rf"每满?\s*{RANGE}\s*{UNIT}[^\n。；;，,、]{{0,14}}?{TIMES}"), _every_length),
    (_re(rf"每满?\s*{RANGE}\s*{UNIT}(?=(?:须|应|要|必须|至少|与客户)?[^\n。；;，,、]{{0,3}}(?:{_VISITS}))"), _every_length),
    (_re(rf"{RANGE}\s*{UNIT}\s*[/／]\s*次"), _every_length),
    (_re(rf"{NOT_INSIDE}(?P<low>{NUMBER})(?P<high>(?!))?\s*{UNIT}(?:至少)?(?P<times>[一1])(?P<most>(?!))?次"), lambda m, t: _short(m, t)),
    (_re(rf"每\s*个?(?:自然)?{_PER}[^\n。；;，,]{{0,16}}?{TIMES}"), _times_per),
    (_re(rf"(?<![第近]){'[一1]'}个?{_PER}(?:至少|不少于|最少)?[^\n。；;，,、\d]{{0,4}}?{TIMES}"), _times_per),
    (_re(rf"(?<![第近]){'[一1]'}个?{_PER}之?内[^\n。；;，,\d]{{0,8}}?{TIMES}(?!(?:及?以上)?的|及?以上)"), _times_per),
    (_re(rf"(?P<per>月|周|季|年)均[^\n。；;，,\d]{{0,6}}?{TIMES}"), _times_per),
    (_re(rf"{TIMES}\s*[/／每]\s*(?P<per>天|日|周|星期|月|季度?|年)"), _times_per),
    (_re(r"(?:每)?隔(?P<per>[天日周])[^\n。；;，,、]{0,4}?[一1]次"), _other_every),
    (_re(rf"(?:每个?|按){_PER}度?[^\n。；;，,、\d]{{0,3}}(?:{_VISITS})"), _once_per),
    (_re(rf"\b(?:once )?every (?:(?P<low>{EN_NUMBER}|other) )?(?P<high>(?!))?{_EN_UNIT}\b", _I), _every_en),
    (
        _re(
            rf"\b(?P<low>once|twice|(?:{EN_NUMBER}) (?:times|drills|meetings|visits|calls|reviews|audits|training sessions|contacts))(?P<high>(?!))?\s+(?:a|an|per|each|every|in (?:any|each|a)) (?:calendar )?(?P<per>day|week|month|quarter|year)\b",
            _I,
        ),
        _times_en,
    ),
    (
        _re(
            r"(?<!half-)\b(?P<adverb>half-yearly|daily|weekly|fortnightly|monthly|quarterly|annual(?=ly)|yearly)(?:ly)?(?= (?:update|meeting|review|report|check|audit|call|drill|training|visit|basis)s?\b)"
            r"|\b(?:held|reviewed|checked|audited|updated|reported|trained|called|visited|contacted|tested|meets?|reviews?|reports?|checks?|rehearsed)\b[^.;,\n]{0,24}?\b(?P<adverb2>half-yearly|daily|weekly|fortnightly|monthly|quarterly|annually|yearly)\b"
            r"|\b(?P<adverb3>annual) (?:review|report|audit|drill|training)\b",
            _I,
        ),
        _adverb_en,
    ),
)  # fmt: skip


def _short(match: re.Match[str], text: str) -> Finding | None:
    """三天一次 P3D; 一周一次 is counted by the week."""
    if number(match["low"]) == 1 and (per := PER.get(match["unit"].removeprefix("个"))):
        return finding("frequency", f"1 per {per}", match, text, unit="times")
    return _every_length(match, text)


_DAY = r"(?P<day>(?:次一?|下一?个?|第二个)工作日|次日|次晨|第二[天日]|翌日|隔[天日]|当[天日晚]|同[日天]|每[天日晚])"
_SAME_DAY = _re(
    r"(?<=[应须于在需])当[日天](?:之?内|下班前|(?=[^。；;，,]{0,4}(?:完成|答复|回复|提交|上报|反馈|办理|处理|登记|录入|退还|移交|告知)))"
    r"|\b(?:logged|entered|answered|reported|recorded) (?:on )?the same day", _I
)  # fmt: skip
DEADLINES: tuple[Pattern, ...] = (
    (
        _re(
            rf"(?:{_DAY}的?)?(?P<part>{_PART})?(?:(?P<h>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})(?:[:：](?P<m>\d{{2}})|[点时](?P<m2>半|\d{{1,2}}分)?)整?|(?P<noon>(?<=中午)|(?<=正午)))(?:之?前|以前)"
        ),
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
    if re.match(r"\s*(?:没|未|不|仍)", text[match.end() :][:3]):
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
            rf"\b{_EN_RANGE}[- ](?:consecutive |full |clear |additional |further |continuous )?{_EN_UNIT}\b",
            _I,
        ),
        duration,
    ),
)
