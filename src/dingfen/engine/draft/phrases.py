"""What a text asks of people: duties, bans, sanctions, conditions, definitions, roles and steps in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dingfen.engine.draft.finding import Finding, Kind
from dingfen.engine.draft.measures import clause, nth_before

SENTENCE = re.compile(r"[^。；;！!？?\n]+[。；;！!？?]?")
BAN = re.compile(
    r"不得|严禁|禁止|不准|不许|不允许|切勿|\b(?:must not|may not|shall not|is forbidden|are forbidden|never)\b",
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
SANCTIONS = (
    (
        re.compile(
            r"除名|开除|辞退|解除劳动合同|解聘|解除合同|\bdismiss(?:al|ed)?|\bterminat(?:ion|ed)\b(?! of the contract)",
            re.IGNORECASE,
        ),
        "dismissal",
    ),
    (
        re.compile(
            r"(?:暂停|停止|取消)[^。；;，,]{0,6}(?:接待|资格|上岗|轮值)|停职|停岗|待岗|停单|停薪|停牌|\bsuspen(?:d|sion)",
            re.IGNORECASE,
        ),
        "suspension",
    ),
    (re.compile(r"降级|降职|降薪|\bdemot", re.IGNORECASE), "demotion"),
    (re.compile(r"(?:书面|口头|严重)?警告(?!牌)|通报批评|\bwarning\b", re.IGNORECASE), "warning"),
    (
        re.compile(
            r"罚款|处罚(?!制度|办法)|严惩|(?:给予|予以|受到?)[^。；;，,]{0,6}处分|\bfine(?:d|s)?\b",
            re.IGNORECASE,
        ),
        "fine",
    ),
)
# what may be done about a customer: read only where the text is about difficult conduct
CUSTOMER_MEASURES = (
    (re.compile(r"约谈|面谈|沟通说明|\btalk to", re.IGNORECASE), "talk"),
    (re.compile(r"(?:书面|口头|发出|给予)?警告(?!牌)|告诫|\bwarn(?:ing)?\b", re.IGNORECASE), "warning"),
    (
        re.compile(
            r"指定[^，。；]{0,6}(?:联系人|专人|对接)|专人(?:对接|负责联系)|single contact", re.IGNORECASE
        ),
        "single_contact",
    ),
    (re.compile(r"(?:仅|只)[^，。；]{0,6}书面|in writing only|written only", re.IGNORECASE), "written_only"),
    (
        re.compile(
            r"(?:限制|暂停|减少)[^，。；]{0,8}服务|(?:limit|restrict|suspend)\w* (?:of )?(?:the )?service",
            re.IGNORECASE,
        ),
        "limited_service",
    ),
    (
        re.compile(
            r"(?:禁止|谢绝|拒绝)[^，。；]{0,8}(?:进入|到访|来访|入场)|(?:ban|bar)\w* from (?:the )?(?:site|premises)",
            re.IGNORECASE,
        ),
        "no_visits",
    ),
    (
        re.compile(r"法律(?:途径|手段|程序|责任)|提起诉讼|律师函|legal (?:steps|action)", re.IGNORECASE),
        "legal_steps",
    ),
)
ROLE_WORDS = (
    "销售经理|销售主管|销售顾问|销售人员|业务员|业务人员|营销员|项目经理|总经理|副行长|行长|部门经理|部门负责人|销售部负责人|网点负责人|"
    "公司总经理|客服部经理|客服经理|大堂经理|客户经理|客服人员|客户服务人员|现场工作人员|安保人员|运营人员|值班经理|接待员|前台|助理|"
    "行政部|人力行政部|市场部|领导小组|应急处理小组|应急领导小组|调查小组|组长|副组长|上级主管|主管"
)
ROLE = re.compile(
    rf"(?:{ROLE_WORDS})|\b(?:general manager|head of department|sales(?:person|people)|receptionist|compliance officer|branch manager|team leader)s?\b",
    re.IGNORECASE,
)
STEPS_ABOVE = re.compile(r"流程|步骤|程序|处置|处理措施|响应|procedure|steps|process", re.IGNORECASE)


def phrases(text: str, above: str = "", topic: str = "") -> Iterator[Finding]:
    """Findings with places in `text`, the text of one article; `above`: the headings that lead to it.

    `topic`: of that article. Where it is about difficult conduct, measures are those against customers.
    """
    if topic == "conduct":
        yield from _measures(text)
    elif len(text.strip()) > 8:  # 四、处罚: a heading
        yield from _sanctions(text)
    yield from _roles(text)
    condition = WHOEVER if topic in ("conduct", "ownership") else CONDITION
    for sentence in SENTENCE.finditer(text):
        yield from _in_sentence(sentence[0], sentence.start(), condition)


def _in_sentence(sentence: str, offset: int, condition: re.Pattern[str]) -> Iterator[Finding]:
    start, end = _trimmed(sentence, offset)
    body = sentence.strip()
    ban, duty = BAN.search(sentence), DUTY.search(sentence)
    if ban:
        yield Finding("ban", ban[0], body, start, end, confidence=0.85)
    if duty and not (ban and ban.start() <= duty.start() + 2):
        role = ROLE.search(sentence[: duty.start()])
        yield Finding("duty", _when(sentence), body, start, end, of=role[0] if role else "", confidence=0.75)
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


def _sanctions(text: str) -> Iterator[Finding]:
    for pattern, value in SANCTIONS:
        for match in pattern.finditer(text):
            if value == "fine" and re.match(
                r"[^。；;，,\d]{0,4}?(?:人民币|of )?\s*(?:[¥￥$€£]|[A-Z]{3} )?(?:\d|[一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾佰仟]+元)",
                text[match.end() : match.end() + 14],
            ):
                continue  # the amount says it
            if value == "fine" and re.search(r"(?:元|块钱)(?:以[上下]|以内)?的?$", text[: match.start()]):
                continue
            nth = nth_before(text, match.start())
            sure = 0.9 if nth else 0.7
            yield Finding("sanction", value, match[0], match.start(), match.end(), nth=nth, confidence=sure)


def _measures(text: str) -> Iterator[Finding]:
    """Each kind once, with its clause."""
    for pattern, value in CUSTOMER_MEASURES:
        match = pattern.search(text)
        if match:
            said = clause(text, *match.span())
            yield Finding("sanction", value, said, match.start(), match.end(), confidence=0.7)


def _roles(text: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for match in ROLE.finditer(text):
        if match[0] not in seen:
            seen.add(match[0])
            yield Finding("role", match[0], match[0], match.start(), match.end(), confidence=0.7)
