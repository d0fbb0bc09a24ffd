"""What a length of time means: read from the words around it."""

from __future__ import annotations

import re
from collections import deque

from dingfen.engine.draft.numerals import EN_NUMBER, NUMBER, number, plain

ISO = {
    "分钟": "PT{}M", "小时": "PT{}H", "钟头": "PT{}H", "天": "P{}D", "日": "P{}D", "周": "P{}W", "星期": "P{}W",
    "礼拜": "P{}W", "月": "P{}M", "季度": "P{}M", "年": "P{}Y", "秒": "PT{}S", "秒钟": "PT{}S", "second": "PT{}S", "sec": "PT{}S", "h": "PT{}H", "min": "PT{}M",
    "minute": "PT{}M", "hour": "PT{}H", "day": "P{}D", "week": "P{}W", "fortnight": "P{}W", "month": "P{}M",
    "quarter": "P{}M", "year": "P{}Y",
}  # fmt: skip
NAMES = {
    "PT{}S": "seconds",
    "PT{}M": "minutes",
    "PT{}H": "hours",
    "P{}D": "days",
    "P{}W": "weeks",
    "P{}M": "months",
    "P{}Y": "years",
}
WORKING = re.compile(r"工作(?:[日天]|小时)|交易日|working|business")
STOP = "。；;\n！!？?"
FAR = 300  # characters: no sentence of a rule is longer
CLAUSE_STOP = STOP + "，,、"
_ASIDE = r"(?:\s*[(（][^)）\n]{0,30}[)）])?"

NOT_OVER = re.compile(
    r"(?:不得?|不能|不可|不应|不会|未|没有?|\bno|\bnot|\bnor|\bnever)\s*(?:be\s+)?$", re.IGNORECASE
)
OVER_BEFORE = re.compile(
    r"(?:超过|超出|超期|超时|逾期?|多于|大于|高于|晚于|迟于|more than|longer than|later than|over|exceed(?:s|ing)?|after more than)\s*(?:达|了)?\s*$",
    re.IGNORECASE,
)
RATE = re.compile(r"^[^。；;\n，,]{0,3}[，,]?(?:罚|扣|按|计|加收)")  # after 逾期一天
INCLUSIVE = re.compile(
    r"^[^。；;\n，,]{0,6}?[(（](?:均?含|包括|包含|含有|含当)[^)）]{0,40}[)）]|^[^。；;\n，,]{0,8}(?:inclusive|included)"
    r"|^[^.;\n(]{0,40}\([^)]{0,12}includ(?:ing|ed)[^)]{0,40}\)|^[^.;\n(]{0,40}\((?:the )?[^)]{0,30}\bincluded\)",
    re.IGNORECASE,
)
EXCLUSIVE = re.compile(
    r"^[^。；;\n，,]{0,6}?[(（](?:不含|不包括|不计|不包含)[^)）]{0,40}[)）]|^[^。；;\n，,]{0,8}(?:exclusive|not counting)"
    r"|^[^.;\n(]{0,40}\([^)]{0,40}(?:not includ(?:ing|ed)|exclud(?:ing|ed)|not count(?:ing|ed))[^)]{0,40}\)",
    re.IGNORECASE,
)
ACTS = r"接通|接听|转交|签收|响应|到达|到场|到位|处置|答复|回复|办结|反馈|回访|解决"
# a length of time is a rule only where something bounds it; “一年一度”, “这一天” are not
AFTER = re.compile(
    r"^\s*(?:之?内|以内|之?前|以前|(?:之?后|以后)(?:[^。；;\n]{0,12}(?:失效|无效|作废|转入|转为|释放|进入|自动)|[^。；;\n，,]{0,12}(?:应|须|可|方|未|仍))"
    r"|以上|以下|及以上|有效|为限|期满|时间内|届满|[(（](?:均?含|包括|不含)|的?(?:保护期|有效期|时限|期限|宽限|缓冲|公示|冷静|试用)"
    rf"|无|没|未|不|仍|左右|累计|{ACTS})"
)
BEFORE = re.compile(
    r"(?:期限?|保护|时限|时效|时间|为期|期间|周期|(?<![附])近|最近|过去|前|至少|最少|最多|最[长短]|不得?少于|不得?低于|不得?超过|不能超过|超过|超期|逾期|满|达到?|提前"
    r"|连续|持续|试行|试用|公示|离岗|培训|学习|累计|冷却|保留|保存|留存|存档|延长|顺延|延期|展期|续期|续报|宽限|推迟|延保|每次|各|缓|免费"
    r"|(?:停|禁|冻结|取消|中止|限制)[^。，,；;]{0,8}|within|for|after|before|at least|at most|than|last|past|of|up to|by)[^。；;\n，,、\d]{0,4}$",
    re.IGNORECASE,
)
# 保护期：电话客户 3 天、到访客户 15 天: said once for all that follow
LISTED = re.compile(r"(?:保护期|有效期|时限|期限|保存期|质保期|冷却期)限?(?:分别)?(?:[:：]|为)[^。\n]{0,80}$")
EN_BOUND = re.compile(
    r"\b(?:within|for|after|before|at least|at most|than|last|past|in|no later than|up to|maximum of|minimum of|period of|exceed|exceeding|over|every|by|of|between|is|suspended|suspension|further|additional)\s+(?:the |a |another |any |up to |a further |an additional )?(?:last |past |next |first |period of )?$",
    re.IGNORECASE,
)
EN_AFTER = re.compile(
    r"^\s*(?:or (?:more|longer)|inclusive|(?:are|is) free\b|of (?:the )?(?:protection|receipt|receiving|the date|registration)|(?:from|after|before|prior to)\b|protection|['’]?\s*(?:notice|suspension|leave|ban)\b)",
    re.IGNORECASE,
)
MUST = re.compile(
    r"应当?|必须|须|需要?|要求|务必|承诺(?!时)|保证|限(?=[于在时])|\b(?:must|shall|should|has to|have to|is to|are to|will)\b",
    re.IGNORECASE,
)
WITHIN = re.compile(rf"\s*{_ASIDE}(?:的?(?:时间|期限))?(?:之?内|以内){_ASIDE}")
# what comes after “5 天内” where nobody is obliged: a right, a condition, a way to describe
NO_DUTY = re.compile(
    r"^的[，,]|^[^。；;\n，,]{0,16}(?:发生|出现|累计|达到?\s*[\d一二两三四五六七八九十])"
    r"|^[^。；;\n，,]{0,3}(?:未|没|无|不|仍|累计|有效|成交|签单|签约|到访|再次|多次|连续|重复|发生|出现|如|若|的客户)"
    r"|^[^。；;\n，,、]{0,10}(?:可以?(?!能)|有权|有.{0,4}权利)|^[^。；;\n，,]{0,12}(?:未|没有|无)[^。；;\n，,]{0,12}的"
)
RIGHT = re.compile(r"(?:可以?|有权|均可)(?!能)(?:自|在|于|从|凭|按|向)?[^。；;，,]*$")
ASKS = re.compile(r"^[^。；;\n，,]{0,10}(?:请求|申请|申诉|提起|投诉|提出(?:异议|申诉|复议|主张|复核))")
MADE_TO_LAST = re.compile(
    r"(?:保护|有效|保存|保留|留存|存档|试用|试行|合同|质保|冷却|停|禁|冻结|公示|展期|续期|续约|会员|延长|延期|顺延)[^。；;，,]{0,8}$"
)
LATEST = re.compile(r"(?:最迟|最晚|至迟|不得?晚于|不得?迟于)[^。；;\n，,]{0,8}$")
LIMIT = re.compile(
    r"\b(?:time limit|limit|deadline)\b(?: \w+){0,3} (?:is|of)\s*$|(?:[≤⩽≦]|<=)\s*$|(?:时限|处理期限|办理期限|答复期限|处理时间|响应时间|办理时间|等待时间|控制在)(?:均?为|是|:|：|不得?超过|在|原则上)?[^。；;\n，,\d]{0,6}$"
)
AT_MOST_BEFORE = re.compile(r"(?:不得?超过|不能超过|不应超过|最[长多]|以内)[^。；;\n，,\d]{0,4}$")
DOING = re.compile(r"处理|办理|答复|回复|响应|办结|反馈|到场|到达|完成|解决|等候|等待|接听|受理")
AHEAD = re.compile(r"(?:提前|届满前|期满前|到期前|截止前|开始前|届满之?日?前)\s*(?:至少|不少于)?$")
EN_WITHIN = re.compile(
    r"\b(?:within|(?:no|not) later than|in no more than|at the latest|inside)\s+(?:a maximum of |the (?:next|following) |a further |another )?$",
    re.IGNORECASE,
)
# three or more complaints within 30 days …: the time in which they are counted
EN_COUNTED = re.compile(
    r"\b(?:\w+ or more|more than \w+|at least \w+)\s+(?:\w+ ){0,3}(?:complaints?|incidents?|disputes?|breaches|times|visits|calls)\b[^.;,]*$",
    re.IGNORECASE,
)
EN_RIGHT = re.compile(r"\b(?:may|can|entitled|right to|possible)\b[^.;]*$", re.IGNORECASE)
EN_FAILS = re.compile(
    r"\b(?:if|where|when|unless)\b[^.;,]*\b(?:not|no|fails?|without|unless)\b[^.;,]*$", re.IGNORECASE
)


def iso(amount: float, unit: str) -> str:
    """`(5, "天")` → `P5D`; a quarter is three months; 1.5 hours are 90 minutes; unknown units give ``."""
    bare = unit.removeprefix("个").lower()
    bare = re.sub(
        r"^(?:工作|自然|交易|日历|法定|营业)(?=[日天])|^工作(?=小时)|^(?:working|business|calendar) ",
        "",
        bare,
    )
    bare = {"hrs": "hour", "hr": "hour", "mins": "minute"}.get(
        bare, bare.rstrip("s") if bare.isascii() else bare
    )
    shape = ISO.get(bare)
    if shape is None:
        return ""
    if shape == "PT{}H" and amount != int(amount):
        shape, amount = "PT{}M", amount * 60
    factor = {"季度": 3, "quarter": 3, "fortnight": 2}.get(bare, 1)
    return shape.format(plain(amount * factor))


def unit_name(unit: str, value: str = "") -> str:
    """`working_days` where the text says so; otherwise the unit of the value."""
    if WORKING.search(unit.lower()):
        return "working_hours" if re.search(r"小时|hour", unit.lower()) else "working_days"
    shape = re.sub(r"[\d.]+", "{}", re.sub(r"^[a-z]+ ", "", value).partition("..")[0])
    return NAMES.get(shape, "")


def sentence_before(text: str, start: int, stops: str = STOP) -> str:
    """From the last stop to a place, not further than `FAR`; a full stop of an English sentence counts too."""
    first = max(0, start - FAR)
    left = max(max((text.rfind(stop, first, start) for stop in stops), default=-1) + 1, first)
    dot = text.rfind(". ", left, start)
    return text[dot + 2 if dot >= 0 else left : start]


def sentence_after(text: str, end: int, stops: str = STOP) -> str:
    """From a place to the next stop."""
    last = min(len(text), end + FAR)
    rights = [at for stop in (*stops, ". ", ".\n") if (at := text.find(stop, end, last)) >= 0]
    return text[end : min(rights, default=last)]


def clause(text: str, start: int, end: int) -> str:
    """The sentence around a place."""
    return (sentence_before(text, start) + text[start:end] + sentence_after(text, end)).strip()


def is_date(text: str, start: int, end: int) -> bool:
    """`3 月 12 日`, `2026 年`: a day in the calendar, no length of time."""
    before, unit = text[max(0, start - 3) : start].rstrip(), text[end - 1 : end]
    return (unit == "日" and before.endswith("月")) or (
        unit == "年" and bool(re.search(r"\d{4}\s*年$", text[start:end]))
    )


def bounded(text: str, start: int, end: int) -> bool:
    """Whether the words around make a length of time a limit."""
    after, before = text[end : end + 20], text[max(0, start - 16) : start]
    if re.search(r"[a-z]$", text[start:end], re.IGNORECASE) and not re.search(r"[㐀-鿿]", before + after[:4]):
        return bool(EN_BOUND.search(text[max(0, start - 40) : start]) or EN_AFTER.match(after))
    if AFTER.match(after) or BEFORE.search(before):
        return True
    return bool(LISTED.search(sentence_before(text, start)) and re.match(r"\s*(?:[、，,；;。]|$|\n)", after))


def exceeded(text: str, start: int) -> bool:
    """`超过 5 天`, `more than 5 days`; not `不超过 5 天`."""
    near = text[max(0, start - 24) : start]
    over = OVER_BEFORE.search(near)
    return bool(over and not NOT_OVER.search(near[: over.start()]))


def said_before(text: str, start: int, value: str) -> bool:
    """Whether the same length stands earlier in this article."""
    units = r"(个?工作日|个?小时|分钟|天|日|个?星期|周|个月|年)"
    earlier = re.finditer(rf"(?<!第)({NUMBER})\s*{units}(?!(?:及|或)?以下)", text[:start])
    english = re.finditer(
        rf"\b({EN_NUMBER})[- ]((?:working |business )?days?|hours?|weeks?|months?)", text[:start]
    )
    return any(iso(number(match[1]) or 0, match[2]) == value for match in (*earlier, *english))


def inclusive_after(text: str, end: int) -> bool | None:
    """`(含第 5 天)` → True, `(不含当日)` → False, nothing said → None."""
    rest = text[end : end + 90]
    if EXCLUSIVE.match(rest):
        return False
    return True if INCLUSIVE.match(rest) else None


def is_deadline(text: str, start: int, end: int, unit: str) -> bool:
    """Something must be done within this time: `三天内应答复`, `应在三天内答复`, `最迟不超过三天`.

    A right (`三天内可以申诉`), a condition (`三天内未跟进的`) and a life (`保护期三天`) are durations.
    """
    before, rest = sentence_before(text, start, CLAUSE_STOP), text[end : end + 60]
    if re.search(
        r"(?:未|没有|不能)(?:在|于|能在)?[^。；;，,]{0,12}$", before
    ):  # 未在七日内提出的: what happens otherwise
        return False
    if re.search(r"[(（][^)）]*$", before):  # an aside in brackets describes, it does not oblige
        return False
    if re.match(rf"\s*(?:{ACTS})", rest) and not BEFORE.search(before):
        return True
    within = WITHIN.match(rest)
    if within is None:
        return _deadline_otherwise(text, start, rest, before)
    if MUST.search(before):
        return True
    if RIGHT.search(before) or ASKS.match(rest[within.end() :]):
        return False
    tail = rest[within.end() :]
    own = re.match(rf"[^{CLAUSE_STOP}]*", tail)
    if own is None or not own[0].strip():  # 三日内（不含当日），其他顾问可以……: what follows says it
        if LIMIT.search(before):
            return True
        if not re.search(r"[自从在于后起]|时$|之日|收到|接到", before):
            return False
        tail = tail[1:]
    return not NO_DUTY.match(tail) and bool(tail.strip())


def _deadline_otherwise(text: str, start: int, rest: str, before: str) -> bool:
    if LATEST.search(before) or LIMIT.search(before):
        return not MADE_TO_LAST.search(before)
    if AHEAD.search(before) or re.match(r"\s*(?:之前|以前|前)", rest):
        return bool(
            MUST.search(sentence_before(text, start))
            or re.search(r"告知|通知|提出|申请|报|启动|书面", rest[:20])
        )
    if AT_MOST_BEFORE.search(before):
        return bool(DOING.search(sentence_before(text, start))) and not MADE_TO_LAST.search(before)
    whole = sentence_before(text, start)
    if EN_WITHIN.search(whole):
        return not (
            EN_FAILS.search(whole)
            or EN_COUNTED.search(whole)
            or (EN_RIGHT.search(whole) and not MUST.search(whole))
        )
    return bool(re.search(r"\bin\s+$", whole) and MUST.search(whole))


def grade_before(text: str, start: int) -> str:
    """`H级客户…` in the same sentence before the place, the nearest one."""
    before = sentence_before(text, start)
    found = re.findall(
        r"([A-Z])\s*[级类]|\b(?:[Gg]rade|[Cc]lass|[Tt]ier) ([A-Z])\b|\b([A-Z])-grade\b", before
    )
    return "".join(found[-1]) if found else ""


_TURNS = {
    "首次": 1,
    "初次": 1,
    "初犯": 1,
    "首犯": 1,
    "再次": 2,
    "再犯": 2,
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
}
_NTH = re.compile(
    rf"第({NUMBER})[次起]|累计(?:达到?|满)?\s*({NUMBER})\s*次|({NUMBER})次(?:及以上|以上)?的(?=[，,])|((?:首|初|再)[次犯](?!跟进|接待|登记|接触|拜访|回访|响应|联系|到访|带看|看房|答复|回复|报备|评估|沟通)|\b(?:first|second|third|fourth)\b)",
    re.IGNORECASE,
)


def nth_before(text: str, start: int) -> int | None:
    """`第二次处罚` → 2, `累计三次的，罚款` → 3, `a second breach` → 2: the repetition a measure is for."""
    before = sentence_before(text, start)[-90:]
    reach = 26 if re.search(r"[㐀-鿿]", before) else 64
    last = next(iter(deque(_NTH.finditer(before), maxlen=1)), None)
    if last is not None and len(before) - last.end() <= reach:
        value = _TURNS.get(last[4].lower()) if last[4] else number(last[1] or last[2] or last[3])
        return int(value) if value else None
    bare = re.search(rf"(?<![每第])({NUMBER})次[^。；;\n，,、\d]{{0,8}}$", before)
    each = bare and re.search(
        r"每[^。；;，,]{0,6}$", before[: bare.start()]
    )  # 每被投诉一次: not a repetition
    value = number(bare[1]) if bare and not each else None
    return int(value) if value else None
