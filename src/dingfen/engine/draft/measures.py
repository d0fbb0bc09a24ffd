"""What a quantity means: read from the words around it."""

from __future__ import annotations

import re

from dingfen.engine.draft.numerals import NUMBER, number, plain

ISO = {
    "分钟": "PT{}M", "小时": "PT{}H", "钟头": "PT{}H", "天": "P{}D", "日": "P{}D", "自然日": "P{}D", "工作日": "P{}D",
    "交易日": "P{}D", "周": "P{}W", "星期": "P{}W", "月": "P{}M", "季度": "P{}M", "年": "P{}Y",
    "minute": "PT{}M", "hour": "PT{}H", "day": "P{}D", "working day": "P{}D", "business day": "P{}D",
    "week": "P{}W", "month": "P{}M", "year": "P{}Y",
}  # fmt: skip
WORKING = frozenset({"工作日", "交易日", "working day", "business day"})
STOP = "。；;\n！!？?"
CLAUSE_STOP = STOP + "，,、"

OVER_BEFORE = re.compile(
    r"(?:超过|超出|逾期?|多于|大于|more than|longer than|after more than)\s*$", re.IGNORECASE
)
INCLUSIVE = re.compile(
    r"^[^。；;\n，,]{0,6}?[(（](?:均?含|包括|包含|含有)[^)）]{0,40}[)）]|^[^。；;\n，,]{0,8}(?:inclusive|included)"
)
EXCLUSIVE = re.compile(
    r"^[^。；;\n，,]{0,6}?[(（](?:不含|不包括|不计)[^)）]{0,40}[)）]|^[^。；;\n，,]{0,8}(?:exclusive|not counting)"
)
# a length of time is a rule only where something bounds it; “一年一度”, “这一天” are not
AFTER = re.compile(
    r"^\s*(?:之?内|以内|之?前|以前|(?:之?后|以后)[^。；;\n]{0,12}(?:应|须|失效|无效|作废|转|释放|进入|自动|可|方)|以上|以下|有效|为限|期满|时间内|届满|[(（](?:均?含|包括|不含)|的?(?:保护期|有效期|时限|期限|宽限|缓冲)"
    r"|无|没有|未|不|仍|左右)"
)
BEFORE = re.compile(
    r"(?:有效期限?|保护期限?|期限|时限|时效|为期|期间|周期|近|最近|前|至少|最少|最多|不超过|不得超过|超过|不少于|满|达到?|提前|冷却|保留|保存"
    r"|暂停[^。，,；;]{0,6}|within|for|after|before|at least|at most|than|last|past|of)[^。；;\n，,\d]{0,4}$",
    re.IGNORECASE,
)
EN_BOUND = re.compile(
    r"\b(?:within|for|after|before|at least|at most|than|last|past|in|no later than)\s+(?:the (?:last|past) )?$",
    re.IGNORECASE,
)
SHARE = re.compile(
    r"提成|分成|比例|份额|奖|扣|罚|权重|达到|不低于|不少于|不得?超过|目标|满意[率度]|及时率|完成率|流失率|折|commission|share|split|target|at least|at most",
    re.IGNORECASE,
)
MUST = re.compile(
    r"应当?|必须|须|需要?|要求|不得|务必|承诺|保证|限|\b(?:must|shall|should|has to|have to|is to|are to|will)\b",
    re.IGNORECASE,
)
WITHIN = re.compile(r"^\s*(?:的?(?:时间|期限))?(?:之?内|以内)(?!成交|签单|到访)")
EN_WITHIN = re.compile(r"\b(?:within|no later than|in)\s+$", re.IGNORECASE)


def iso(amount: float, unit: str) -> str:
    """`(5, "天")` → `P5D`; a quarter is three months; unknown units give ``."""
    bare = unit.removeprefix("个").lower().rstrip("s")
    shape = ISO.get(bare)
    if shape is None:
        return ""
    return shape.format(plain(amount * 3 if bare == "季度" else amount))


def unit_name(unit: str) -> str:
    """`working_days` where the text says so; otherwise the plain unit."""
    bare = unit.removeprefix("个").lower().rstrip("s")
    if bare in WORKING:
        return "working_days"
    shape = ISO.get(bare, "")
    names = {
        "PT{}M": "minutes",
        "PT{}H": "hours",
        "P{}D": "days",
        "P{}W": "weeks",
        "P{}M": "months",
        "P{}Y": "years",
    }
    return names.get(shape, "")


def clause(text: str, start: int, end: int) -> str:
    """The sentence around a place."""
    left = max((text.rfind(stop, 0, start) for stop in STOP), default=-1) + 1
    rights = [at for stop in STOP if (at := text.find(stop, end)) >= 0]
    return text[left : min(rights, default=len(text))].strip()


def _within_clause(text: str, start: int) -> str:
    left = max((text.rfind(stop, 0, start) for stop in CLAUSE_STOP), default=-1) + 1
    return text[left:start]


def is_date(text: str, start: int, end: int) -> bool:
    """`3 月 12 日`, `2026 年`: a day in the calendar, no length of time."""
    before, unit = text[max(0, start - 3) : start].rstrip(), text[end - 1 : end]
    return (unit == "日" and before.endswith("月")) or (
        unit == "年" and bool(re.search(r"\d{4}\s*年$", text[start:end]))
    )


def bounded(text: str, start: int, end: int) -> bool:
    """Whether the words around make a length of time a limit."""
    after, before = text[end : end + 10], text[max(0, start - 14) : start]
    if re.search(r"[a-z]$", text[start:end]):
        return bool(
            EN_BOUND.search(before) or re.match(r"\s*(?:or (?:more|longer)|inclusive|of protection)", after)
        )
    return bool(AFTER.match(after) or BEFORE.search(before))


def said_before(text: str, start: int, amount: str, unit: str) -> bool:
    """Whether the same length stands earlier in this article."""
    wanted = iso(number(amount) or 0, unit)
    for match in re.finditer(
        rf"(?<!第)({NUMBER})\s*(个?工作日|个?小时|分钟|天|日|个?星期|周|个月|年)", text[:start]
    ):
        if iso(number(match[1]) or 0, match[2]) == wanted:
            return True
    return False


def inclusive_after(text: str, end: int) -> bool | None:
    """`(含第 5 天)` → True, `(不含当日)` → False, nothing said → None."""
    rest = text[end : end + 24]
    if EXCLUSIVE.match(rest):
        return False
    return True if INCLUSIVE.match(rest) else None


def is_deadline(text: str, start: int, end: int, unit: str) -> bool:
    """Something must be done within this time. `三天内应答复` and `应在三天内答复`, hours and minutes anyway."""
    before, rest = _within_clause(text, start), text[end : end + 14]
    english = bool(EN_WITHIN.search(text[:start]))
    if not (WITHIN.match(rest) or english):
        return False
    if unit_name(unit) in {"hours", "minutes"}:
        return True
    inside = re.search(r"[(（][^)）]*$", before)
    if inside:  # an aside in brackets describes, it does not oblige
        return False
    tail = text[end : end + 8] if english else re.split(rf"[{CLAUSE_STOP}]", rest)[0]
    return bool(
        MUST.search(before) or re.search(r"答复|回复|办结|完成|提交|上报|报告|处理完|反馈|作出|移交", tail)
    )


def grade_before(text: str, start: int) -> str:
    """`H级客户…` in the same sentence before the place, the nearest one."""
    left = max((text.rfind(stop, 0, start) for stop in STOP), default=-1) + 1
    found = re.findall(r"([A-Z])\s*[级类]|\b[Gg]rade ([A-Z])\b", text[left:start])
    return (found[-1][0] or found[-1][1]) if found else ""


def nth_before(text: str, start: int) -> int | None:
    """`第二次处罚` → 2, `一次处罚` → 1: the repetition a measure is for."""
    found = re.search(rf"(?:第?({NUMBER})次|首次)[^。；;\n，,、\d]{{0,8}}$", text[max(0, start - 16) : start])
    if not found or re.search(r"每\s*$", text[max(0, start - 20) : start - len(found[0])] or ""):
        return None
    value = number(found[1]) if found[1] else 1
    return int(value) if value else None


# what is measured: words near the place → name; the first that fits
MEASURED: dict[str, tuple[tuple[str, str], ...]] = {
    "duration": (
        (r"^[^。；;\n]{0,8}(?:成交|签单)[)）]|^以上成交", "deal within"),
        (r"(?:有效期限?|保护期限?|保护时间|时效)[^。；;，,]{0,14}$|valid for.{0,3}$|protect\w* for.{0,3}$", "validity"),
        (r"近[^。；;，,]{0,4}$|look back.*$", "look-back before the deal"),
        (r"(?:无|没有|未)(?:回访|跟进|跟踪|追踪|联系)|no follow-up", "lapse"),
        (r"(?:视为无效|不予受理|逾期|无效客户)", "claim fails"),
        (r"(?:签单|交车|成交|交付)[^。]{0,4}后.{0,4}$|after (?:the )?(?:deal|delivery)", "claim window"),
        (r"有效|保护期|valid|protect", "validity"),
        (r"申诉|appeal", "appeal"),
        (r"冷却|再次领取|cool", "cool-down"),
        (r"借阅|borrow", "borrowing"),
        (r"暂停|suspen", "suspension"),
        (r"保存|保留|retention|kept for", "retention"),
    ),
    "deadline": (
        (r"投诉|complain", "answer complaints"),
        (r"更新|update", "update records"),
        (r"申诉|appeal", "appeal"),
        (r"告知|通知|tell|notify", "notice"),
        (r"移交|hand over", "hand over"),
        (r"上报|报告|report", "report"),
        (r"登记|建卡|录入|regist|enter", "registration"),
    ),
    "frequency": (
        (r"(?:重点|重要|大)客户[^。]*$|key customer", "key customers"),
        (r"(?:普通|一般)客户[^。]*$|ordinary customer", "ordinary customers"),
        (r"与客户|客户", "customers"),
        (r"培训|train", "training"),
        (r"演练|drill", "drills"),
    ),
    "amount": (
        (r"罚|处罚|扣|fine", "sanction"),
        (r"(?:礼|奖|奖励|bonus)", "bonus per unit"),
        (r"定金|deposit", "deposit"),
        (r"赔|补偿|compensat", "compensation"),
    ),
    "count": (
        (r"业务员|签署|签单|成单|sign", "signers"),
        (r"领取|take", "pool takes"),
        (r"持有|hold", "holding limit"),
        (r"协办|co-worker", "co-workers"),
    ),
}  # fmt: skip


def measured(kind: str, text: str, start: int, end: int) -> str:
    """What a quantity measures: `claim window`, `sanction`, …; empty where the words do not say."""
    left = max((text.rfind(stop, 0, start) for stop in STOP), default=-1) + 1
    rights = [at for stop in STOP if (at := text.find(stop, end)) >= 0]
    before, after = text[left:start], text[end : min(rights, default=len(text))]
    for pattern, name in MEASURED.get(kind, ()):
        place = re.compile(pattern, re.IGNORECASE)
        if pattern.startswith("^"):
            hit = place.search(after)
        elif pattern.endswith("$"):
            hit = place.search(before)
        elif "$|" in pattern:
            hit = place.search(before) or place.search(before + after)
        else:
            hit = place.search(before) or place.search(after)
        if hit:
            key_follows = name == "customers" and re.search(r"(?:重点|重要|大)客户", text[end:])
            return "ordinary customers" if key_follows else name
    return ""
