"""At least, at most, more than, less than: the bound that the words beside a number give it.

One place for every kind of quantity: `min 3`, `max 500 CNY`, `over 10000 CNY`, `under 80%`, `60..75`.
"""

from __future__ import annotations

import re

from dingfen.engine.draft.measures import sentence_before

_I = re.IGNORECASE
_NO = r"不(?:得|能|可|应|会|准|许|宜|要|允许)?"
WORDS: dict[str, str] = {
    "max": rf"{_NO}(?:超过|超出|超|高于|大于|多于|长于|逾)|最[多高长大]|至多|上限|限额|封顶|仅限|只限|以内|控制在|(?<!不)(?<![期时权有无局受下上年界极为])限(?=[\d一二两三四五六七八九十]|定|报|领|带)"
    r"|[≤⩽≦]|<=|\b(?:up to|at most|(?:no|not|nor) (?:be )?(?:more|greater|longer|higher|over|above) than|(?:not|never) (?:to )?exceed(?:ing)?|maximum(?: of)?|capped at|limited to|no(?:t)? above|limit of)\b",
    "min": rf"{_NO}(?:少于|低于|小于|短于|早于)|至少|最[少低短小]|起码|下限|不下|达到?|(?<![不未充])满(?![意足分])|[≥⩾≧]|>="
    r"|\b(?:at least|(?:no|not) (?:be )?(?:fewer|less|shorter|lower) than|not (?:be )?(?:under|below)|(?:a )?minimum(?: of)?|at or above|(?:reach(?:es|ed)?|total(?:s|ling)?))\b",
    "over": r"超过|超出|高于|大于|多于|长于|逾(?!期)|[>＞]|\b(?:(?:more|greater|longer|higher|older|later) than|over|above|exceed(?:s|ing)?|in excess of|beyond)\b",
    "under": r"低于|少于|小于|短于|不足|不满|未满|不到|未达到?|不达|[<＜]|\b(?:(?:fewer|less|lower|shorter) than|below|under)\b",
}  # fmt: skip
# the longer word first: 不超过 before 超过, `no more than` before `more than`
_SAID = re.compile("|".join(f"(?P<{name}>{words})" for name, words in WORDS.items()), _I)
# between bound and number: 不超过*房费的*30%; not what is done then (超过的*罚*500元)
_BETWEEN = re.compile(
    r"(?:(?!收取|支付|加收|付给)[^。；;\n，,、：:（()）\d<>≤≥=零一二两三四五六七八九十罚奖赔处按]|[(（]不?含[)）]){0,9}"
    r"|[:：]?[\sa-zA-Z$£€¥￥]{0,14}",
    _I,
)
_ENDS = re.compile(
    r"\s*(?:[(（](?P<counted>含|包括|不含)[^)）\n]{0,8}[)）])?\s*(?:(?P<max>(?:及其?|或者?)?以[下内]|之内|为限|封顶|为止|\s*or (?:less|fewer|below|under|lower)\b|\s*and under\b)"
    r"|(?P<min>(?:及其?|或者?)?以上|\s*(?:or|and) (?:more|above|over|higher|longer)\b|\s*\+))",
    _I,
)
_WEAK = re.compile(r"达到?|满|reach|total|以内|控制在", _I)
_LONG = frozenset("天日周月年时钟")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?: [A-Z]{3}|%|/\d+)?|P[T\d.]+[A-Z]")


def bound(text: str, start: int, end: int) -> str:
    """`min`, `max`, `over`, `under`, or empty where the words around `text[start:end]` set no bound."""
    before = sentence_before(text, start)[-28:]
    ends = _ENDS.match(text, end)
    after = str(ends.lastgroup if ends and ends.lastgroup != "counted" else "")
    said = None
    for said in _SAID.finditer(before):  # noqa: B007 - the last one is the nearest
        pass
    if said is None or not _BETWEEN.fullmatch(before, said.end()):
        return after
    if _WEAK.fullmatch(said[0]) and (after or text[end - 1] in _LONG):
        return after  # 满 15 天 is when it happens, no bound of the length
    return str(said.lastgroup)


def bounded(value: str | int, text: str, start: int, end: int) -> str | int:
    """The value with its bound; ranges, splits and what has a bound already stay as they are."""
    if not _PLAIN.fullmatch(str(value)):
        return value
    said = bound(text, start, end)
    return f"{said} {value}" if said else value


# 3 万元以上 10 万元以下, 60 分以上不满 75 分: one stretch with two ends
_AND = re.compile(
    r"\s*(?:[(（]不?含[^)）\n]{0,6}[)）])?(?:(?:及|或)?以上|起)?(?:[(（]不?含[^)）\n]{0,6}[)）])?[，,、]?(?:且|但|并|至|到)?(?:不足|不满|不到|未满|低于|少于|小于|不超过|不高于)?"
    r"|\s*(?:or more|and over)?,? (?:but|and) (?:not (?:more than|exceeding|over)|less than|under|below|up to|no more than)\s*",
    _I,
)


def joined(first: str | int, between: str, second: str | int) -> str | None:
    """`min 30000 CNY` and `max 100000 CNY` with nothing but the bounds between them → `30000..100000 CNY`."""
    low, high = (re.fullmatch(r"(\w+) (PT?[\d.]+[A-Z]|-?[\d.]+)(.*)", str(each)) for each in (first, second))
    if not low or not high or low[1] not in ("min", "over") or high[1] not in ("max", "under"):
        return None
    if not _AND.fullmatch(between) or low[3] != high[3]:
        return None
    if low[2].startswith("P"):
        return f"{low[2]}..{high[2]}"
    return f"{low[2]}..{high[2]}{high[3]}" if float(low[2]) < float(high[2]) else None
