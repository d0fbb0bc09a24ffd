"""What a quantity measures: `claim window`, `sanction`, …, named by the words near it."""

from __future__ import annotations

import re

from dingfen.engine.draft.measures import CLAUSE_STOP, FAR, sentence_after, sentence_before

# per kind, the first that fits: where to look (before, the sentence so far; after, the rest of the clause;
# rest, the rest of the sentence), what words, the name
_Rule = tuple[str, str, str]
MEASURED: dict[str, tuple[_Rule, ...]] = {
    "duration": (
        ("after", r"^[^。；;\n]{0,8}(?:成交|签单)(?:[)）]|的?客户)|^以上成交", "deal within"),
        ("before", r"(?:有效|保护)期限?[^。；;，,]{0,6}延长?[至到为][^。；;，,]{0,2}$", "validity"),
        ("before", r"(?:延长|延期|顺延|展期|续期|宽限|extend\w*)[^。；;，,]{0,12}$|\bextend\w*\b[^.;]{0,30}\b(?:by|for|up to)\b[^.;,]{0,12}$", "extension"),
        ("before", r"(?:延长|延期|顺延|展期|续[期约报]?)[^。；;]{0,20}每次[^。；;，,]{0,8}$|\brenewed\b[^.;]{0,24}\bfor\b[^.;,]{0,12}$", "extension"),
        ("before", r"(?:届满|期满|到期|失效|截止|expiry|expires)(?:日)?[之以]?前[^。；;，,]{0,4}$", "before expiry"),
        ("before", r"(?:停(?![车留放机]|业(?!整))|禁止?|冻结)[^。；;，,]{0,10}$|suspen[^.;,]{0,24}$", "suspension"),
        ("before", r"(?:保存|保留|留存|存档|retention|kept for|retain)[^。；;，,]{0,14}$", "retention"),
        ("before", r"(?:有效期限?|保护期限?|保护时间|(?<!承诺)时效|保护(?=\s*$))[^。；;，,]{0,14}$|\b(?:valid for|protect\w* for|owned for|(?:ownership|protection|registration) lasts?)\b.{0,3}$", "validity"),
        ("before", r"近[^。；;，,]{0,4}$|look back.*$", "look-back before the deal"),
        ("both", r"(?:无|没有?|未)[^。；;，,]{0,6}(?:回访|跟进|跟踪|追踪|联系|拜访|维护|接触)|no follow-up|no contact|no (?:logged |recorded )?activity", "lapse"),
        ("before", r"\b(?:not|nor)\b[^.;]{0,40}\b(?:claim|take|register)[^.;]{0,20}again[^.;]{0,8}$", "cool-down"),
        ("claim", r"^[^。；;]{0,30}(?:提出|主张|异议|申报|raise|claim|lodge)", "claim window"),
        ("rest", r"视为无效|不予受理|无效客户", "claim fails"),
        ("before", r"(?<!每)逾期", "claim fails"),
        ("before", r"(?:签单|签约|交车|成交|交付)[^。]{0,4}后.{0,4}$|after (?:the )?(?:deal|delivery|signature)", "claim window"),
        ("both", r"冷却|再次领取|cool", "cool-down"),
        ("both", r"申诉|复议|复核|复查|核查|异议|终审|appeal", "appeal"),
        ("both", r"有效(?!投诉|跟|联|回|报|接)|保护期|valid|protect", "validity"),
        ("both", r"借阅|borrow", "borrowing"),
        ("both", r"留存|保存|保留|retention|kept for", "retention"),
    ),
    "deadline": (
        ("claim", r"^[^。；;]{0,30}(?:提出|主张|异议|申报|书面说明|raise|claim|lodge)", "claim window"),
        ("after", r"申诉|复议|复核|复查|(?<!到场)(?<!现场)核查|appeal", "appeal"),
        ("after", r"更新|update", "update records"),
        ("after", r"上报|报告|报送|^.{0,3}报|report", "report"),
        ("after", r"移交|转交|转办|hand over", "hand over"),
        ("after", r"告知|通知|tell|notify|inform", "notice"),
        ("after", r"裁决|裁定|仲裁|判定|给出结论", "ruling"),
        ("after", r"回访", "call back"),
        ("after", r"到场|到达|赶到|到位|^[之以]?内?到.{1,4}(?:处理|处置)", "arrival"),
        ("both", r"投诉|complain", "answer complaints"),
        ("both", r"更新|update", "update records"),
        ("both", r"申诉|appeal", "appeal"),
        ("both", r"告知|通知|tell|notify|inform", "notice"),
        ("both", r"移交|hand over", "hand over"),
        ("both", r"上报|报告|report", "report"),
        ("both", r"登记|建卡|建档|录入|regist|enter|record", "registration"),
    ),
}  # fmt: skip
# per kind: words and name; of several the last one before the place holds, otherwise the first after it
NEAREST: dict[str, tuple[tuple[str, str], ...]] = {
    "amount": (
        (r"罚|(?<!折)扣[^，,。；;]{0,6}|fine|penalt", "sanction"),
        (r"礼(?!品|金|物)|奖|bonus|reward", "bonus per unit"),
        (r"礼品|礼金|礼物|gift", "gift"),
        (r"定金|订金|保证金|deposit", "deposit"),
        (r"赔|补偿|compensat|refund", "compensation"),
    ),
    "frequency": (
        (r"(?:重点|重要|大|VIP)客户|key (?:customer|account|client)", "key customers"),
        (r"(?:普通|一般)客户|(?:ordinary|other) (?:account|customer|client)", "ordinary customers"),
        (r"(?<!重点)(?<!重要)(?<!普通)(?<!一般)(?<!VIP)(?<!大)客户(?!经理|成功|服务|代表)|业主|顾客|(?<!key )(?<!other )(?<!ordinary )(?:customer|account|client)s?\b(?! manager)", "customers"),
        (r"培训|train", "training"),
        (r"演练|drill", "drills"),
    ),
    "count": (
        (r"续期|延期|延长|展期|renew|extend", "extensions"),
        (r"领取|\btakes?\b[^.;,]{0,30}\bpool", "pool takes"),
        (r"持有|名下|hold", "holding limit"),
        (r"协办|co-worker", "co-workers"),
        (r"业务员|签署|签单|成单|sign", "signers"),
        (r"培训|train", "training"),
        (r"演练|drill", "drills"),
    ),
}  # fmt: skip
_DEAL = re.compile(
    r"(?:成交|签单|签约|交车|交付|过户)[^。；;，,]{0,6}(?:后|起|内)?[^。；;，,]{0,4}$|\b(?:signature|signing|closing|delivery|the deal)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"(\s*(?:之?内|以内)?)\s*[(（][^)）\n]{0,40}[)）]")
_NEAR = 60  # characters: what is said before a length that says what it is for
_COMPILED = {
    kind: tuple((where, re.compile(pattern, re.IGNORECASE), name) for where, pattern, name in rules)
    for kind, rules in MEASURED.items()
}
# 战略客户：销售总监每季度……: whose contacts a line is about
_WHOSE = re.compile(
    r"[ \t　○●·•-]*(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.、．]\s*)?([㐀-鿿]{1,5}客户)\s*[:：]"
)
_KNOWN = {"重点客户": "key customers", "重要客户": "key customers", "大客户": "key customers",
          "普通客户": "ordinary customers", "一般客户": "ordinary customers"}  # fmt: skip


def measured(kind: str, text: str, start: int, end: int) -> str:
    """What a quantity measures; empty where the words do not say."""
    before, rest = sentence_before(text, start), sentence_after(text, end)
    if kind in NEAREST:
        return _whose(kind, text, start) or _by_nearest(kind, text, start, end, before, rest)
    # 五天内（含第五天）无回访: the aside says nothing about what it is for
    spoken = (
        _ASIDE.sub(r"\1", text[end : end + FAR], count=1)
        if _ASIDE.match(text, end)
        else text[end : end + FAR]
    )
    after = sentence_after(spoken, 0, CLAUSE_STOP)
    near = before[-_NEAR:]
    of_deal = _DEAL.search(before[-16:])
    places = {
        "claim": (rest, near) if of_deal else (), "before": (near,), "after": (after,), "rest": (rest,),
        "both": (before, after),
    }  # fmt: skip
    for where, pattern, name in _COMPILED.get(kind, ()):
        if any(pattern.search(place) for place in places[where]):
            return name
    return ""


def _whose(kind: str, text: str, start: int) -> str:
    if kind != "frequency":
        return ""
    label = _WHOSE.match(text, text.rfind("\n", max(0, start - FAR), start) + 1, start)
    return _KNOWN.get(label[1], label[1]) if label else ""


def _by_nearest(kind: str, text: str, start: int, end: int, before: str, rest: str) -> str:
    after = sentence_after(text, end, CLAUSE_STOP) if kind == "count" else rest
    name = _nearest(NEAREST[kind], before + text[start:end], after)
    key_follows = name == "customers" and re.search(r"(?:重点|重要|大)客户", text[end : end + FAR])
    return "ordinary customers" if key_follows else name


def _nearest(named: tuple[tuple[str, str], ...], before: str, rest: str) -> str:
    ahead = [
        (match.end(), name) for words, name in named for match in re.finditer(words, before, re.IGNORECASE)
    ]
    if ahead:
        return max(ahead)[1]
    behind = [
        (found.start(), name) for words, name in named if (found := re.search(words, rest, re.IGNORECASE))
    ]
    return min(behind)[1] if behind else ""
