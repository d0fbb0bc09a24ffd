"""What happens to who breaks a rule: each measure its own kind, with the repetition it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.measures import clause, nth_before, sentence_before

_PAY = r"(?:提成|佣金|业绩|奖金|奖励|绩效|分成|工资|薪|保证金)"
# kind → its words; of two at one place the first holds
WORDS: dict[str, str] = {
    "dismissal": r"除名|开除|辞退|解除(?:劳动)?(?:合同|关系)|解聘|(?<!可)劝退|\bdismiss(?:al|ed)?\b|\bterminat(?:ion|ed)\b(?! of the contract)",
    "termination": r"(?:终止|解除|取消|中止)[^。；;，,]{0,6}(?:合作|协议|代理权?|租约|(?:租赁|代理|服务|渠道|经销)合同)|终止合同|清退|列入黑名单",
    "forfeiture": rf"没收[^。；;，,\d]{{0,10}}|(?:扣除|扣发|取消|不予?(?:发放|计发|享有|计算))[^。；;，,\d]{{0,8}}(?:全部|全额|所有|该单|该笔|当单)[^。；;，,\d]{{0,6}}{_PAY}|(?:取消|不得?享[有受]|不予?计发?|丧失)[^。；;，,\d]{{0,6}}(?:提成|佣金|业绩)"
    rf"|取消[^。；;，,\d]{{0,6}}(?:奖金|绩效|分红|补贴)|追[缴回][^。；;，,\d]{{0,8}}(?:所得|提成|佣金|奖金|款)|\bforfeit(?:s|ed|ure)?\b|\bloss of (?:the |his |her |their )?(?:bonus|commission)",
    "deduction": rf"(?:扣发|扣减|扣除|核减|扣罚|停发)[^。；;，,\d]{{0,8}}{_PAY}|\bdeducted from (?:\w+ )?(?:pay|salary|bonus|commission)",
    "disqualification": r"取消[^。；;，,]{0,10}(?:资格|评优|评先|评选|晋升|参评|竞聘|授牌)|不得?参(?:与|加)[^。；;，,]{0,6}(?:评优|评先|评选|竞聘)|\bdisqualif\w+|\b(?:barred|removed) from\b",
    "training": r"(?:离岗|脱产|待岗|停岗|重新|强制)(?:参加)?培训|\bretrain",
    "suspension": r"(?:暂停|停止|中止)[^。；;，,]{0,8}(?:接待|资格|上岗|轮值|派单|权限|营业|报备|收件|接单|领取)|停职|停盘|停岗|待岗|停单|停薪|停牌|停轮|停班|停业整顿|\bsuspen(?:d|sion)",
    "demotion": r"降[一两二]?个?级|降职|降薪|降档|免职|撤职|\bdemot",
    "transfer": r"调岗|调离|转岗|调整[^。；;，,]{0,4}岗位|\btransferred to another\b|\breassigned\b",
    "demerit": r"记大?过",
    "interview": r"约谈|诫勉(?:谈话)?",
    "warning": r"(?:书面|口头|严重)?警告(?!牌)|通报批评|批评教育|(?:首次|第一次|初次)(?:予以|给予|口头)?提醒|书面检讨|\bwarnings?\b",
    "compensation": r"承担[^。；;，,]{0,12}赔偿责任|赔偿[^。；;，,\d]{0,8}损失|照价赔偿",
    "fine": r"罚款|处罚(?!制度|办法|标准|措施)|严惩|(?:给予|予以|受到?)(?![^。；;，,]{0,6}(?:记大?过|警告|降|撤|开除|通报))[^。；;，,]{0,6}处分|\bfine(?:d|s)?\b",
}  # fmt: skip
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
SANCTION = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in WORDS.items()), re.IGNORECASE)
_MONEY = re.compile(
    r"[^。；;，,\d]{0,4}?(?:人民币|of )?\s*(?:[¥￥$€£]|[A-Z]{3} )?(?:\d|[一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾佰仟]+元)"
)
# the time limit is suspended, a regulator's penalty, a training that is no punishment
_NOT_OF_A_PERSON = re.compile(
    r"(?:time limit|clock|period|deadline|service|account|order|时限|期限|计时|业务|服务)[^.。；;，,]{0,24}$"
    r"|(?:监管|行政|政府|主管部门)[^。；;，,]{0,4}$|\bwithout\b[^.;]{0,16}$",
    re.IGNORECASE,
)


def sanctions(text: str) -> Iterator[Finding]:
    """The measures of one article, in the order of the text."""
    for match in SANCTION.finditer(text):
        kind = str(match.lastgroup)
        before = sentence_before(text, match.start())
        if kind in ("suspension", "fine", "dismissal") and _NOT_OF_A_PERSON.search(before[-40:]):
            continue
        if kind == "fine" and _told_by_amount(text, match):
            continue
        nth = nth_before(text, match.start())
        sure = 0.9 if nth else 0.7
        yield Finding("sanction", kind, match[0], match.start(), match.end(), nth=nth, confidence=sure)


def _told_by_amount(text: str, match: re.Match[str]) -> bool:
    return bool(
        _MONEY.match(text[match.end() : match.end() + 14])
        or re.search(r"(?:元|块钱)(?:以[上下]|以内)?的?$", text[: match.start()])
    )


# in a text about customers' conduct these can only be meant for staff
_OF_STAFF = {"dismissal", "deduction", "forfeiture", "demotion", "transfer", "demerit", "disqualification"}


def against_customers(text: str) -> Iterator[Finding]:
    """Measures in an article on difficult conduct: each kind once, with its clause; and what staff risk there."""
    for pattern, value in CUSTOMER_MEASURES:
        match = pattern.search(text)
        if match:
            said = clause(text, *match.span())
            yield Finding("sanction", value, said, match.start(), match.end(), confidence=0.7)
    yield from (one for one in sanctions(text) if one.value in _OF_STAFF)
