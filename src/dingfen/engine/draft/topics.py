"""Which topic of the policy language an article belongs to, by its words, its headings and what stands around it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from dingfen.engine.draft.numbering import Article

OWNERSHIP = "ownership"
WORDS: dict[str, re.Pattern[str]] = {
    topic: re.compile(words, re.IGNORECASE)
    for topic, words in {
        OWNERSHIP: (
            r"归属|撞单|抢单|飞单|报备|公海|成交|签单|业绩|提成|跟单|接待(?:顺序|轮)|轮流接待|销售(?:人员|顾问)|业务员|分单|登记(?:客户|有效)|"
            r"客户登记|保护期|\b(?:ownership|registration|registered|salesperson|commission|pool|lapse|holder|deal)s?\b"
        ),
        "complaints": r"投诉|申诉人|答复函|受理|办结|结案|\b(?:complain\w*|ombudsman|redress)\b",
        "incidents": (
            r"突发|现场(?:处|秩序|冲突|指挥|负责|员工|工作)|应急|预案|处置|演练|疏散|报警|到场|闹事|争吵|\b(?:incidents?|emergenc\w+|drills?|evacuat\w+|playbook)\b"
        ),
        "conduct": (
            r"不良(?:客户|行为|客诉)|恶意(?:客户|投诉)|职业(?:打假|索赔)|难缠|滥用|辱骂|骚扰|黑名单|行为档案|无理取闹|"
            r"\b(?:abusive|vexatious|difficult customers?|unacceptable|harass\w*|misconduct of customers)\b"
        ),
        "care": (
            r"关怀|回访|客户维护|客情|客户资料|客户信息|培训|社交媒体|官方账号|微博|公众号|评论|私信|生日|节日|满意度调查|走访|"
            r"\b(?:care|birthday|training|courses?|social media|comments?|newsletter|call-?backs?|customer records?|account management)\b"
        ),
        "indicators": r"考核指标|指标|满意率|及时率|办结率|达标|\b(?:KPIs?|indicators?|targets?|satisfaction rate)\b",
    }.items()
}  # fmt: skip
OWN, ABOVE, BEFORE, WHOLE = (
    2,
    3,
    1,
    3.5,
)  # how much words, headings, the article before and the whole text say


def topics(articles: Sequence[Article]) -> dict[str, str]:
    """Article id → topic. A text that says nothing of any is one on ownership; one file may hold several texts."""
    own = {one.id: _counted(one.text[:2000]) for one in articles}
    headings = {one.id: _counted(one.heading or one.text[:24]) for one in articles}
    together: dict[str, Counter[str]] = defaultdict(Counter)
    for one in articles:
        together[_document(one)].update(own[one.id])
    found: dict[str, str] = {}
    before, above = "", ""
    for one in articles:
        whole = _first(together[_document(one)], OWNERSHIP)
        score: Counter[str] = Counter({whole: WHOLE})
        for topic, count in own[one.id].items():
            score[topic] += OWN * min(count, 3) + (count == max(own[one.id].values()))
        for step in _ancestors(one.id):
            for topic in headings.get(step, ()):
                score[topic] += ABOVE
        root = one.id.partition(".")[0]
        if before and root == above:
            score[before] += BEFORE
        before, above = _first(score, whole), root
        found[one.id] = before
    return found


def _document(one: Article) -> str:
    """D2/1.3 → D2: the text of a file that holds several."""
    return one.id.rpartition("/")[0]


def _counted(text: str) -> Counter[str]:
    return Counter({topic: n for topic, words in WORDS.items() if (n := len(words.findall(text)))})


def _first(score: Counter[str], otherwise: str) -> str:
    """The topic with the most; of equals the first in `WORDS`."""
    most = max(score.values(), default=0)
    return next((topic for topic in WORDS if score[topic] == most), otherwise) if most else otherwise


def _ancestors(identity: str) -> list[str]:
    steps = identity.split(".")
    return [".".join(steps[:length]) for length in range(1, len(steps) + 1)]
