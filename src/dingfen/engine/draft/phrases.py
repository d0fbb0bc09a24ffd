"""What a text asks of people: duties, bans, sanctions, conditions, definitions, roles and steps in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dingfen.engine.draft.finding import Finding, Kind
from dingfen.engine.draft.roles import last_role, roles
from dingfen.engine.draft.sanctions import against_customers, sanctions

SENTENCE = re.compile(r"[^。；;！!？?\n]+[。；;！!？?]?")
# 不得超过, 不能少于, may not hold more than: a limit of a quantity, no ban
_LIMIT = r"(?!.{0,2}(?:超过|超出|少于|低于|高于|早于|晚于|迟于|多于|大于|小于|短于|长于|逾))"
BAN = re.compile(
    rf"(?:不得|不准|不许|不允许|切勿|严禁|禁止|谢绝){_LIMIT}|(?:任何|所有|全体|员工|人员|顾问)[^，。；,;]{{0,8}}不(?:能|可){_LIMIT}"
    r"|\b(?:(?:must|may|shall|can) not|cannot|(?:is|are) (?:forbidden|prohibited)|never|(?:nobody|no one|no \w+) (?:may|shall|must|can))\b(?![^.;]{0,40}(?:more than|exceed|longer than|fewer than|less than))",
    re.IGNORECASE,
)
DUTY = re.compile(
    r"应当|必须|务必|(?<![相对适反响供回])应(?=[^用对急付酬有变])|(?<![无仅])须(?!知)|需要?(?=[^求])|负责(?!人)|有义务|\b(?:must|shall|has to|have to|is required to)\b",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"(?:^|[，,：:)）])\s*(?:如果?|若|倘若|一旦|凡(?:是)?|当(?=[^天日月年事场地前面值]).{2,20}时|在.{2,16}情况下)|\b(?:if|where|when|once)\b[^,]{3,60},",
    re.IGNORECASE,
)
# 隐瞒不告知的，……: whoever does so; a condition in what decides who gets a customer, or how somebody behaved
WHOEVER = re.compile(
    rf"{CONDITION.pattern}|[^，,。；;]{{2,40}}的(?=[，,])|先(?:登记|报备|接待)[^，。；]{{0,8}}(?:优先|为准|得)",
    re.IGNORECASE,
)
EXAMPLES = re.compile(r"[，,：:)）]?\s*如[^，,。；;]{2,40}等")  # 如……等: for example, no condition
DEFINITION = re.compile(
    r"(?:[:：]\s*指|是指|系指|所称|视为|即为|均算|包括但不限于)|\b(?:means|is defined as|counts as|is deemed)\b",
    re.IGNORECASE,
)


def phrases(text: str, above: str = "", topic: str = "") -> Iterator[Finding]:
    """Findings with places in `text`, the text of one article; `above`: the headings that lead to it.

    `topic`: of that article. Where it is about difficult conduct, measures are those against customers.
    """
    if topic == "conduct":
        yield from against_customers(text)
    elif len(text.strip()) > 8:  # 四、处罚: a heading
        yield from sanctions(text)
    yield from roles(text)
    condition = WHOEVER if topic in ("conduct", "ownership") else CONDITION
    for sentence in SENTENCE.finditer(text):
        yield from _in_sentence(sentence[0], sentence.start(), condition)


def _in_sentence(sentence: str, offset: int, condition: re.Pattern[str]) -> Iterator[Finding]:
    start, end = _trimmed(sentence, offset)
    body = sentence.strip()
    if re.fullmatch(
        r"【[^】]*】|[^，,。；;]{0,8}(?:事项|行为|规定|要求|条款|情形)|(?:[^，,。；;]{0,5}[、.．)）]\s*)?(?:禁止|严禁)",
        body,
    ):  # 【禁止事项】, 四、禁止行为: a heading
        return
    ban, duty = BAN.search(sentence), DUTY.search(sentence)
    if ban:
        yield Finding("ban", ban[0], body, start, end, confidence=0.85)
    if duty and not (ban and ban.start() <= duty.start() + 2):
        who = last_role(sentence[: duty.start()])
        yield Finding("duty", _when(sentence), body, start, end, of=who, confidence=0.75)
    for kind, pattern in (("condition", condition), ("definition", DEFINITION)):
        match = pattern.search(sentence)
        if match and not (kind == "condition" and EXAMPLES.match(sentence, match.start())):
            yield Finding(_kind(kind), match[0].strip(" ，,：:)）"), body, start, end, confidence=0.6)


def _kind(name: str) -> Kind:
    return "condition" if name == "condition" else "definition"


def _when(sentence: str) -> str:
    """When a duty is due, where the sentence says so without a number."""
    for pattern, value in (
        (r"当天|当日|当晚|每晚|same day", "same day"),
        (r"立即|马上|第一时间|即刻|at once|immediately", "at once"),
        (r"及时|尽快|as soon as|promptly", "without delay"),
        (r"定期|regularly", "regularly"),
    ):
        if re.search(pattern, sentence, re.IGNORECASE):
            return value
    return "always"


def _trimmed(sentence: str, offset: int) -> tuple[int, int]:
    start = offset + len(sentence) - len(sentence.lstrip())
    return start, offset + len(sentence.rstrip())
