"""How many: people, customers, times, signatures — where a bound or a range makes the number a rule."""

from __future__ import annotations

import re

from dingfen.engine.draft import bounds
from dingfen.engine.draft.finding import Finding, Pattern, finding
from dingfen.engine.draft.measures import sentence_after, sentence_before
from dingfen.engine.draft.numerals import EN_NUMBER, NOT_INSIDE, NUMBER, number, plain
from dingfen.engine.draft.times import DASH

_I = re.IGNORECASE
# what is counted with: people, things, events, lengths and areas
WHAT = (
    r"人(?!民)|名|位(?![置于])|个?客户|[台辆家户组项批套份张笔篇封通遍轮场条幅间桌席段种处款只枚口车盒箱吨字](?![\u4e00-\u9fff]?[码])|页|桩|单(?!位|价|独)|件(?!套)|次|学时|课时|小组"
    r"|个(?!月|工作日|小时|自然日|季度|星期|百分点|交易日|礼拜|方面|人信息)|起(?![来草诉算床身因点初码步])|宗(?!旨)|例(?![如外会行])|公里|千米|平方米|㎡|米"
)
_EVENT = re.compile(r"投诉|纠纷|事件|案件|差错|事故|工单|量|数")
_PENALTY = re.compile(r"罚|扣|警告|停|辞|除名|开除|降|取消|解除|处分|约谈|通报|解聘|视为|调")
_RENEWED = re.compile(r"续[期约报]?|延[期长]|展期|顺延|改期")


def _count(match: re.Match[str], text: str) -> Finding | None:
    """至少 3 人 → min 3; 10 人以上 → min 10; 2 至 5 人 → 2..5; a bare number is no rule."""
    low, high = number(match["low"]), number(match["high"]) if match["high"] else None
    if not low or (match["high"] and high is None):
        return None
    what = match["what"]
    said = bounds.bound(text, *match.span())
    if high is not None:
        aside = what == "条" and not said  # 参考 4-8 条
        value = f"{plain(low)}..{plain(high)}"
        return finding("count", value, match, text, unit=what) if high > low and not aside else None
    if not said or _repeated(match, text):
        return None
    return finding("count", f"{said} {plain(low)}", match, text, unit=what)


def _repeated(match: re.Match[str], text: str) -> bool:
    """三次以上的，罚……; 累计两次的……: the repetition a measure is for (`nth`), no limit."""
    if match["what"] != "次":
        return False
    near = sentence_before(text, match.start())[-8:]
    if near.endswith("不到"):  # 无故不到两次: did not come
        return True
    rest = text[match.end() : match.end() + 40]
    if re.search(r"累计|达到?|满|第|[超多]过", near) or re.match(r"(?:及|或)?以上", rest):
        return bool(re.match(r"(?:及|或)?(?:以上)?(?:者|的)?[，,的]?", rest)) and bool(
            _PENALTY.search(sentence_after(rest, 0))
        )
    return False


def _renewals(match: re.Match[str], text: str) -> Finding | None:
    """可续期一次, renewed twice: at most so often."""
    word = match["low"].lower()
    amount = {"once": 1, "twice": 2}.get(word) or number(word.split()[0])
    return finding("count", f"max {plain(amount)}", match, text, unit="次") if amount else None


def _english(match: re.Match[str], text: str) -> Finding | None:
    """At least three fields → min 3; no representative may hold more than 40 accounts → max 40."""
    amount = number(match["low"])
    if not amount or _NO_COUNT.match(match["what"]):
        return None
    said = bounds.bound(text, *match.span())
    before = sentence_before(text, match.start())
    if said == "over" and re.search(r"\b(?:no|never|not|nobody|none)\b[^.;]{0,50}$", before, _I):
        said = "max"
    return finding("count", f"{said} {plain(amount)}", match, text, unit=match["what"]) if said else None


def _needed(match: re.Match[str], text: str) -> Finding | None:
    """Anything above needs two signatures → min 2."""
    amount = number(match["low"])
    if not amount or _NO_COUNT.match(match["what"]):
        return None
    return finding("count", f"min {plain(amount)}", match, text, unit=match["what"])


def _together(match: re.Match[str], text: str) -> Finding | None:
    """由 5 人组成 → 5; 两人会签 → min 2."""
    amount = number(match["low"])
    if not amount:
        return None
    value = int(amount) if match["whole"] else f"min {plain(amount)}"
    return finding("count", value, match, text, unit="人")


def _or_more(match: re.Match[str], text: str) -> Finding | None:
    amount = number(match["low"])
    return finding("count", f"min {plain(amount)}", match, text, unit=match["what"]) if amount else None


_TIMES_EN = r"seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|fortnights?|months?|quarters?|years?|points?|per ?cent|percent|dollars?|pounds?|euros?|yuan|times (?:a|per|the)|business|working|calendar|consecutive|further|additional|full|clear"
_NO_COUNT = re.compile(rf"(?:{_TIMES_EN})\b", _I)
_ADJECTIVES = rf"(?:(?!(?:{_TIMES_EN})\b)[a-z-]+ ){{0,2}}"
COUNTS: tuple[Pattern, ...] = (
    (
        re.compile(
            rf"(?:可|允许|能|只能|仅能)[^\n。；;，,\d]{{0,4}}?(?:续[期约报]?|延[期长]|展期|顺延|改期)[^\n。；;，,\d一二两三]{{0,3}}(?P<low>{NUMBER})次(?!以上)"
        ),
        _renewals,
    ),
    (
        re.compile(
            rf"(?<![第\d])(?P<low>{NUMBER})\s*[人名位](?=[^\n。；;，,\d]{{0,6}}?(?P<whole>组成)|(?:以上|共同|联合|同时|分别)?(?:会签|联签|签字|签名|在场|到场|复核签字))"
        ),
        _together,
    ),
    (re.compile(r"以(?P<low>[一二两三123])次为限"), _renewals),
    (re.compile(r"\b(?:renewed|extended)(?: only| at most)? (?P<low>once|twice|(?:one|two|three|\d) times)\b", _I), _renewals),
    (re.compile(rf"{NOT_INSIDE}(?P<low>{NUMBER})\s*(?:(?:{WHAT})?{DASH}(?P<high>{NUMBER})\s*)?(?P<what>{WHAT})"), _count),
    (
        re.compile(
            rf"\b(?P<low>{EN_NUMBER}) or more (?:\w+ ){{0,2}}?(?P<what>incidents?|complaints?|disputes?|cases|breaches|claims|reports|customers|persons|people)\b",
            _I,
        ),
        _or_more,
    ),
    (re.compile(rf"\b(?P<low>{EN_NUMBER})\s+{_ADJECTIVES}?(?P<what>[a-z-]+s|people|staff|signer|visit|attempt|call|time|person)\b", _I), _english),
    (
        re.compile(
            rf"\b(?:needs?|requires?|signed by|approved by|consent of|agreement of)\s+(?P<low>two|three|four|five|\d) {_ADJECTIVES}?(?P<what>[a-z-]+s)\b",
            _I,
        ),
        _needed,
    ),
    (re.compile(r"(?P<limit>at least|at most|no more than) (?P<word>once|twice)\b", _I), lambda m, t: _once(m, t)),
)  # fmt: skip


def _once(match: re.Match[str], text: str) -> Finding | None:
    limit = "min" if "least" in match["limit"].lower() else "max"
    return finding(
        "count", f"{limit} {1 if match['word'].lower() == 'once' else 2}", match, text, unit="times"
    )
