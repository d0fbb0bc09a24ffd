"""Who a text speaks of: found by how names of posts and units are built, not by a list of them.

A name ends in what says it is a post (经理, 主管, 专员, officer) or a unit (部, 科, 委员会, team); what
stands before it, up to a word of grammar or a verb, belongs to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dingfen.engine.draft.finding import Finding

# says by itself that a person or a unit is meant
HEADS = (
    "总经理室|总经理|副总经理|经理|主管|总监|主任|店长|店员|顾问|专员|负责人|副理|行长|院长|园长|校长|厂长|站长|队长|班长|护士长|科长|处长|部长|组长|区长|局长|课长|所长|厅长|"
    "董事长|秘书长|会长|导购|柜员|柜面人员|业务员|话务员|派单员|坐席|客服|助理|文员|收银员|出纳|会计|督导|管家|技师|医师|医生|护士|教师|班主任|司机|骑手|快递员|保安|迎宾员|前台|"
    "工作人员|业务人员|销售人员|服务人员|管理人员|值班人员|现场人员|客户代表|销售代表|委员会|领导小组|工作组|办公室|管理层|业主|店主|商户|买家|卖家|经纪人|承办人|承办单位|调解员|审核员|质检员|督察员|巡查员|录入员|管理员|接待员|营销员|讲解员|安全员|督办员"
)
# need a sign beside them: 由医务科, 安保部负责
UNITS = r"中心|部(?![门分件署位])|科(?![学技目])|组(?![织成建合])|室(?![内外])|队(?![列员])|办(?=[\d应须负])|委员会|小组|人员|员(?![工外])|长(?![期短达度久时效于])"
_HAN = r"\u4e00-\u9fff"
# words of grammar and verbs that end a name when one reads to the left
_GRAMMAR = (
    "由 经 向 报 至 请 找 交 和 与 及 或 对 的 应 须 在 于 并 后 时 是 为 到 从 自 给 被 让 使 将 把 按 以 可 需 当 凡 若 如 即 则 而 且 但 也 "
    "再 又 都 各 每 该 本 其 原 新 老 此 某 另 同 所 有 无 不 未 已 均 仅 只 前 内 外 中 上 下 者 之 间 先 设 指 归 凭 任 位 名 户 转 少"
)
_VERBS = (
    "给予 予以 授予 报告 报送 上报 通知 告知 转交 提交 移交 提请 申请 批准 同意 审批 要求 允许 协助 配合 陪同 联系 属于 成为 担任 任命 指定 安排 组织 成立 "
    "引导 升级 汇报 反馈 交由 呈报 抄送 授权 委托 会同 扣发 联合 通过 取得 得到 经过 当班 当值 相关 有关 任何 一名 两名 全体 其他 其它 上级 名下 "
    "负责 超过 以下 以上 以内 进行 收到 接到 作出 抄报 选派 更换 约谈 依次 立即 及时 必须 统一 首先 最后 直接 分管 涉及 超出 处以 损害 答复 奖励 造成 规范 提高"
)
_STOPS = sorted({*_GRAMMAR.split(), *_VERBS.split()}, key=lambda word: (-len(word), word))
# not where the character is part of the name: 售后, 前台, 前厅, 经理, 中介, 上级, 对接
_PART_OF_NAME = {
    "后": "(?<!售)后(?!勤|台)", "前": "(?<!售)前(?![台厅])", "经": "经(?![理纪办营])", "中": "中(?![心介层])", "内": "内(?![勤训])",
    "外": "外(?![勤联拓])", "上": "上(?!级)", "下": "下(?!级)", "对": "对(?!接)", "新": "新(?!媒)", "同": "同(?!业)", "本": "本(?!部)",
    "和": "和(?!解)", "自": "自(?!营)", "按": "按(?!揭)", "应": "应(?![急收])", "设": "设(?![备计])", "户": "(?<![客商用住租])户", "名": "名(?!义)", "转": "转(?!介)", "位": "(?<!单)位", "所": "所(?!长)", "时": "时(?!装)",
}  # fmt: skip
_LEFT = re.compile("|".join(_PART_OF_NAME.get(stop, re.escape(stop)) for stop in _STOPS))
_NAME = re.compile(
    rf"[{_HAN}]{{0,9}}?(?P<head>(?:(?:{HEADS})[部科组室]?)+)(?![{_HAN}]?[级化学费表单法])|[{_HAN}]{{1,6}}?(?P<unit>{UNITS})"
)
_PARTY = re.compile("业主|商户|买家|卖家|店主")  # no post: what stands before is no part of the name
_ASKED = re.compile(r"(?:由|经|向|报|至|请|交|找|和|与|及|、|通知|会同|提请|各|成立|设立|设)$")
_ACTS = re.compile(
    r"(?:负责|应|须|必须|可以?(?!能)|不得|审批|审核|批准|决定|裁[决定]|处理|受理|核实|牵头|接到|收到|每[日周月季年]|主持|组织|统筹|督办|监督|复核|登记|协助|在?[\d一二两三四五半]+个?(?:分钟|小时|天|日|工作日)|[：:、])"
)
_NOT = re.compile(
    r"(?:全部|内部|外部|局部|大部|总部|分部|干部|俱乐部|门诊部|事业部|学科|百科|本科|好处|到处|之处|害处|用处|何处|各处|一处|处处|办理处|小组|分组|各组|每组|一组|两组|编组|成员|会员|动员|人员|全员|客户组|增长|延长|成长|特长|最长|较长|家长|时长|校长室|服务中心|购物中心|文件夹|教室|包间|会议室|洽谈室|接待室|休息室|办法|承办|经办|督办|协办|主办|举办|停办|难办|排队|插队|现场部|调解室|投诉办|的人员|病室|诊室|值班室|监控室|警卫室)$"
)
_EN_HEADS = (
    r"managers?|directors?|officers?|advis[eo]rs?|executives?|representatives?|handlers?|agents?|supervisors?|leaders?|coordinators?|specialists?|assistants?|clerks?|tellers?|receptionists?"
    r"|sales(?:person|people)|consultants?|committee|ombudsman|administrators?|auditors?|president|principal|trainers?|associates?|inspectors?|controllers?|board"
)
_EN_STOPS = (
    r"the|a|an|any|each|every|all|our|their|his|her|its|your|one|two|three|both|of|to|by|with|and|or|from|for|in|on|at|as|is|are|be|must|shall|may|will|can|should|who|that|which|this|these|former|same"
    r"|other|another|no|not|than|most|only|responsible|designated|reporting|reports?|informs?|within|hours?|days?|line manager's|inform|tell|notify|ask|asks|goes|go|via|into|if|when|where|then|appointed|original|registered|previous|new|joint|involved"
)
_EN = re.compile(
    rf"\b(?:(?:Managing|Finance|Operations|Sales|Executive|Chief) (?:\w+ )?(?:Director|Officer|Executive)|[Hh]ead of (?:the )?[a-zA-Z]+(?: (?:and )?(?:service|sales|operations|care|claims))?|(?:[Vv]ice )?[Pp]resident|[Gg]eneral manager"
    rf"|(?:(?!(?:{_EN_STOPS})\b)[A-Za-z-]+ ){{0,3}}(?:{_EN_HEADS}))\b",
    re.IGNORECASE,
)


# these need a word before them to be a post
_BARE = re.compile(
    r"(?:executive|representative|officer|agent|leader|specialist|assistant|controller|principal)s?",
    re.IGNORECASE,
)


def roles(text: str) -> Iterator[Finding]:
    """Each name once in an article, at its first place."""
    seen: set[str] = set()
    for start, end in (*_chinese(text), *_english(text)):
        name = text[start:end]
        known = name.lower().removesuffix("s")
        if known not in seen:
            seen.add(known)
            yield Finding("role", name, name, start, end, confidence=0.7)


def last_role(text: str) -> str:
    """The last name in a stretch of text; empty where there is none."""
    places = [*_chinese(text), *_english(text)]
    return text[places[-1][0] : places[-1][1]] if places else ""


def _chinese(text: str) -> Iterator[tuple[int, int]]:
    for match in _NAME.finditer(text):
        head = "head" if match["head"] else "unit"
        start, end = _begin(text, match.start(), match.start(head)), match.end()
        name = text[start:end]
        if head == "unit" and not _stands_as_one(text, start, end, name):
            continue
        yield start, end


def _begin(text: str, first: int, head: int) -> int:
    """Where the name begins: after the last word of grammar before its head."""
    if _PARTY.match(text, head):
        return head
    before, found = text[first:head], 0
    for stop in _LEFT.finditer(before):
        found = stop.end()
    return first + found if len(before) - found <= 6 else head


def _stands_as_one(text: str, start: int, end: int, name: str) -> bool:
    if len(name) < 2 or _NOT.search(name):
        return False
    return bool(_ASKED.search(text[max(0, start - 3) : start]) or _ACTS.match(text, end))


def _english(text: str) -> Iterator[tuple[int, int]]:
    for match in _EN.finditer(text):
        if not _BARE.fullmatch(match[0]):
            yield match.span()
