"""How often: 每周至少一次, 每隔半个月, 2..3 per week, every fortnight, monthly reviews."""

from __future__ import annotations

import re

from dingfen.engine.draft import measures
from dingfen.engine.draft.finding import Finding, Pattern, finding
from dingfen.engine.draft.numerals import EN_NUMBER, NOT_INSIDE, NUMBER, number, plain
from dingfen.engine.draft.times import EN_UNIT, RANGE, TIMES, UNIT, length

_I = re.IGNORECASE
PER = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "季度": "quarter",
    "季": "quarter", "年": "year", "年度": "year", "小时": "hour", "班": "shift", "工作日": "working day",
}  # fmt: skip
_PER = r"(?P<per>工作日|天|日|周|星期|礼拜|月|季度?|年度?|小时|班)(?:[末底初内])?"
_VISITS = (
    r"召开|汇总|组织|开展|进行|检查|回访|拜访|走访|巡查|巡检|上报|报送|盘点|通报|公布|考核|评估|复盘|例会|演练|培训|抽查|统计|分析|汇报"
    r"|核对|清理|审核|跟进|跟踪|联系|联络|沟通|更新|轮换|调整|评定|评审|盘查|更换|收集|公示"
)


def _every_half(match: re.Match[str], text: str) -> Finding | None:
    value = {"月": "P15D", "年": "P6M", "天": "PT12H"}[match["half"]]
    return _every(value, match, text)


def _every_length(match: re.Match[str], text: str) -> Finding | None:
    value = length(match)
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
    if re.search(r"超过|累计|达到?|违|迟到|投诉|被|扣|发生", match[0] + text[match.end() :][:1]) and re.match(
        r"(?:及|或)?(?:以上|的|扣|者)|被|违", text[match.end() :][:5]
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
    word = match["adverb"].lower()
    per = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter"}.get(word, "year")
    value = {"fortnightly": "P2W", "half-yearly": "P6M"}.get(word, f"1 per {per}")
    return finding("frequency", value, match, text, unit="times", confidence=0.75)


def _each_en(match: re.Match[str], text: str) -> Finding:
    return finding("frequency", f"1 per {match['per']}", match, text, unit="times", confidence=0.75)


def _short(match: re.Match[str], text: str) -> Finding | None:
    """三天一次 P3D; 一周一次 is counted by the week."""
    if number(match["low"]) == 1 and (per := PER.get(match["unit"].removeprefix("个"))):
        return finding("frequency", f"1 per {per}", match, text, unit="times")
    return _every_length(match, text)


def _re(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


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
    (_re(rf"全(?P<per>年|月|周)[^\n。；;，,\d]{{0,8}}?(?:{_VISITS}){TIMES}"), _times_per),
    (_re(rf"(?P<per>月|周|季|年)均[^\n。；;，,\d]{{0,6}}?{TIMES}"), _times_per),
    (_re(rf"{TIMES}\s*[/／每]\s*(?P<per>天|日|周|星期|月|季度?|年)"), _times_per),
    (_re(rf"每个?{_PER}抽[查检取样]{{0,2}}(?P<times>{NUMBER})(?P<most>(?!))?(?:单|件|通|份|条|户|起|次)"), _times_per),
    (_re(r"(?:每)?隔(?P<per>[天日周])[^\n。；;，,、]{0,4}?[一1]次"), _other_every),
    (_re(rf"(?:每个?|按){_PER}度?[^\n。；;，,、\d]{{0,3}}(?:{_VISITS})"), _once_per),
    (_re(r"\bevery (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b", _I), lambda m, t: finding("frequency", "1 per week", m, t, unit="times")),
    (_re(r"\b(?P<low>once )?each (?P<per>day|week|month|quarter|year)\b"), lambda m, t: _each_en(m, t)),
    (_re(rf"\b(?:once )?every (?:(?P<low>{EN_NUMBER}|other) )?(?P<high>(?!))?{EN_UNIT}\b", _I), _every_en),
    (
        _re(
            rf"\b(?P<low>once|twice|(?:{EN_NUMBER}) (?:times|drills|meetings|visits|calls|reviews|audits|training sessions|contacts))(?P<high>(?!))?\s+(?:a|an|per|each|every|in (?:any|each|a)) (?:calendar )?(?P<per>day|week|month|quarter|year)\b",
            _I,
        ),
        _times_en,
    ),
    (
        _re(
            r"(?<!half-)\b(?P<adverb>half-yearly|daily|weekly|fortnightly|monthly|quarterly|annual(?:ly)?|yearly)\b(?! (?:rates?|fees?|salar|pay|rent|premium|price|cost|value|amount|bonus|target|limit|quota|sales|volume|turnover|income|contract|revenue|spend|total|average|allowance|newspaper|charge|plan|basic))",
            _I,
        ),
        _adverb_en,
    ),
)  # fmt: skip
