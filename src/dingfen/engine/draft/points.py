"""Points given, taken, reached: 加2分, 扣3~5分, 满 12 分, 得分 90 分以上, minus 3 points."""

from __future__ import annotations

import re

from dingfen.engine.draft import bounds
from dingfen.engine.draft.finding import Finding, Pattern, finding
from dingfen.engine.draft.measures import sentence_before
from dingfen.engine.draft.numerals import EN_NUMBER, NOT_INSIDE, NUMBER, number, plain
from dingfen.engine.draft.times import DASH, RANGE

_I = re.IGNORECASE
_ABOUT = r"得分|评分|积分|记分|计分|扣分|加分|分值|满分|基准分?|总分|打分|评价标准|NPS|满意度"
_TAKES = re.compile(r"减|扣|罚|[-−－]|minus|deduct|los|cost", _I)
_EITHER = re.compile(r"加减|增减|加扣|奖罚|±|plus or minus")
_NO_MORE = re.compile(
    r"扣(?:分)?[^。；;，,]{0,6}(?:最[多高]|至多|上限|不得?超过|完)[^。；;，,\d]{0,4}$|(?:最[多高]|至多|不得?超过|上限为?|封顶)[^。；;，,\d]{0,3}扣?$|扣完$"
)


def _points(match: re.Match[str], text: str) -> Finding | None:
    """加 2 分 → 2, 扣 3-5 分 → -5..-3, 加减 1～4 分 → -4..4, 最多扣 10 分 → min -10."""
    words = {name: found or "" for name, found in match.groupdict().items()}
    low, high = number(words["low"]), number(words["high"]) if words.get("high") else None
    if low is None:
        return None
    verb = words.get("verb", "")
    if _EITHER.search(verb):
        most = high if high is not None else low
        return finding("points", f"{plain(-most)}..{plain(most)}", match, text, unit="points")
    sign = -1 if _TAKES.search(verb) else 1
    if words.get("cap") or re.search(
        r"(?:最[多高]|至多|不得?超过|上限(?:为)?|封顶|up to)\s*$", text[: match.start()][-8:]
    ):
        limit = "min" if sign < 0 else "max"
        return finding("points", f"{limit} {plain(sign * low)}", match, text, unit="points")
    if high is not None:
        first, last = sorted((sign * low, sign * high))
        return finding("points", f"{plain(first)}..{plain(last)}", match, text, unit="points")
    if sign < 0 and re.match(r"为止|封顶", text[match.end() :][:2]):
        return finding("points", f"min {plain(-low)}", match, text, unit="points")
    return finding("points", _whole(sign * low), match, text, unit="points", bare=bool(verb))


def _whole(value: float) -> str | int:
    return int(value) if value == int(value) else plain(value)


def _signed(match: re.Match[str], text: str) -> Finding | None:
    low, high = number(match["low"]), number(match["high"])
    if low is None or high is None:
        return None
    return finding("points", f"{plain(-low)}..{plain(high)}", match, text, unit="points")


def _cell(match: re.Match[str], text: str) -> Finding | None:
    """A cell or line that holds nothing but points, in a text that is about points."""
    return _points(match, text) if re.search(_ABOUT, text) else None


def _reached(match: re.Match[str], text: str) -> Finding | None:
    """Points without 加 or 扣: where a bound stands by them (扣满 12 分), or in a sentence about points."""
    low, high = number(match["low"]), number(match["high"]) if match["high"] else None
    if low is None:
        return None
    before = sentence_before(text, match.start())
    about = re.search(_ABOUT, before)
    if high is not None:
        first, last = sorted((low, high))
        value = f"{plain(first)}..{plain(last)}"
        return finding("points", value, match, text, unit="points") if about or match["own"] else None
    if re.search(r"满分(?:为|是)?$", before):
        return finding("points", f"max {plain(low)}", match, text, unit="points")
    if before.endswith("扣完") and not text.startswith("为止", match.end()):  # all of them are gone
        return finding("points", f"min {plain(low)}", match, text, unit="points")
    if _NO_MORE.search(before) and "扣" in before[-14:]:
        return finding("points", f"min {plain(-low)}", match, text, unit="points")
    if re.search(r"\b(?:at|on reaching|with)\s+$", before):  # at 15 points the person is suspended
        return finding("points", f"min {plain(low)}", match, text, unit="points")
    if not bounds.bound(text, *match.span()) and not about:
        return None
    return finding("points", _whole(low), match, text, unit="points")


def _index(match: re.Match[str], text: str) -> Finding | None:
    value = number(match["low"])
    return None if value is None else finding("points", _whole(value), match, text, unit="points")


_NO = r"(?![钟别成配析店公行部支组类级红销包拣担工管流]|之(?!间))"
_ADD = r"加减|增减|加扣|奖罚|±|加计|加|减|扣除|扣减|扣|罚|记|计|得|奖励?|各加|[+＋\-−－]"
_EN_VERB = (
    r"plus or minus|plus|minus|adds?|deduct(?:s|ed)?|earns?|gets?|receives?|loses?|awarded|costs?|scores?"
)
_DIGITS = r"(?P<low>\d{1,4}(?:\.\d{1,2})?)"


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, _I)


POINTS: tuple[Pattern, ...] = (
    (_re(rf"(?P<s>[-−－])\s*(?P<low>\d+)\s*分?\s*[~～至到—–]{{1,2}}\s*[+＋]?(?P<high>\d+)\s*分{_NO}"), _signed),
    (_re(rf"(?P<verb>{_ADD})(?:[\u4e00-\u9fff]{{0,4}}分|绩效|考核|积分|个人|诚信|信用|[\u4e00-\u9fff]{{0,4}}(?:人|者|员|店|方|部门|单位))?\s*{RANGE}\s*分{_NO}(?!及?以[上下])(?!者|的为)"), _points),
    (_re(r"(?P<verb>[+\-−])(?P<low>\d+) points?\b"), _points),
    (_re(rf"\b(?P<verb>{_EN_VERB})\s+(?P<cap>up to )?(?P<low>{EN_NUMBER})(?:\s*(?:-|–|to)\s*(?P<high>\d+))?\s*points?\b"), _points),
    (_re(rf"\b(?P<low>{EN_NUMBER}) points? (?:is|are|will be)? ?(?P<verb>deducted|lost|added|awarded)"), _points),
    (_re(rf"\b(?P<low>{EN_NUMBER}) points? (?=for|if|when|per)(?P<verb>)"), _points),
    (_re(rf"[(（]\s*(?P<verb>[+＋\-−－])?{_DIGITS}\s*分\s*[)）]"), _points),
    (_re(rf"(?<=[^\d\s][:：])\s*(?P<verb>[+＋\-−－])?{_DIGITS}分(?=\s*(?:[。；;，,]|$|\n))"), _cell),
    (_re(rf"(?<=[\t|｜])\s*(?P<verb>[+＋\-−－])?{_DIGITS}\s*分(?=\s*(?:[\t|｜\n]|$))"), _cell),
    (_re(rf"{NOT_INSIDE}(?P<low>{NUMBER})(?:\s*(?P<own>分)?{DASH}(?P<high>{NUMBER}))?\s*分{_NO}(?!数)"), _reached),
    (_re(rf"(?P<own>(?!))?(?P<high>(?!))?\b(?P<low>{EN_NUMBER}) points?\b"), _reached),
    (_re(r"NPS[^\n。；;，,\d]{0,6}?(?P<low>\d{1,3})(?![\d%％])"), _index),
)  # fmt: skip
