"""Sentences that say who gets the customer, and how credit is divided: principles of a ruling."""

from __future__ import annotations

import re
from typing import Any

from dingfen.engine.draft.proposing import common
from dingfen.engine.draft.proposing.common import Proposal, clause

_I = re.IGNORECASE
TO_OLD = r"(?:归|属于?|还给|仍[由归])[^，。；]{0,4}(?:原|前|首|先|最初)|(?:belongs?|goes|credited) to the (?:original|former|first|earlier)"
EQUAL = re.compile(
    r"平均分|平分|均分|各(?:占|得|享)?一?半|各(?:占|得|享)?\s*50|对半|双方分[单成]|五五|equal(?:ly)?|half each|split",
    _I,
)
PAIR = re.compile(
    r"(?<![\d:：.])(\d{1,2})\s*[:：∶/比开]\s*(\d{1,2})(?![\d:：])|(\d{1,2})\s*[%％][^%％。；;]{1,20}?(\d{1,2})\s*[%％]"
)
# in which case a share or a preference holds: words, id, title, condition of the case
CASES: tuple[tuple[str, str, tuple[str, str], str], ...] = (
    (r"(?:隐瞒|不(?:告知|通知)|未(?:告知|通知))[^。]{0,24}|conceal|without telling", "concealed", ("隐瞒不告知", "Concealed"), "any(concealed_owner)"),
    (r"义务接待|(?:代|替)[^，。]{0,4}接待|不在(?:场|岗|现场)?[^。]{0,30}(?:当[场天日]|成交)|duty reception|while absent", "served", ("代为接待当日成交", "Served for an absent colleague"), "any(served_for and same_day_deal)"),
    (r"夫妻|配偶|一家人?|家庭成员|spouse|couple|family", "household", ("夫妻分别到访", "Spouses who came apart"), 'any(received == "spouse") and any(received == "customer")'),
    (r"(?:介绍|推荐|转介|带来?)[^，。]{0,6}(?:新客户|客户|朋友)|referr", "referred", ("老客户介绍", "Referred"), "referred and any(asked_for and sold_to_referrer)"),
    (r"(?:点名|指名|(?:来|要求?)找)[^，。]{0,8}(?:原|销售|接待|业务|顾问|营销)?|asks? for .{0,20}by name", "asked-for", ("客户点名", "Asked for by name"), "count(asked_for) == 1"),
    (r"(?:同时|同一时间|同日)[^，。]{0,6}(?:登记|报备|接待|录入)|registered at the same time", "same-time", ("同时登记", "Registered at the same time"), "registered_same_time"),
    (r"共同(?:跟进|接待|开发|服务)|联合(?:跟进|接待)|协办|合作(?:跟进|成交)|work(?:ed)? on together|jointly", "together", ("共同跟进", "Worked on together"), "any(co_worker)"),
)  # fmt: skip
AWARDS = {
    "concealed": {"award": "is_owner"}, "asked-for": {"award": "asked_for"},
    "referred": {"award": "asked_for and sold_to_referrer"},
}  # fmt: skip
FIRST = re.compile(
    r"(?:先|首先|最先|首次|第一)(?:登记|报备|接待|录入)者?[^。；]{0,10}(?:为准|优先|所有|得|归)|以(?:先|首次|最早)[^，。；]{0,8}(?:登记|报备|接待)[^，。；]{0,6}为准|first (?:to register|registered)",
    _I,
)
OTHERS = {"served": ("asked_for", "served_for and same_day_deal")}


def principle(text: str, value: object = None) -> Proposal | None:
    """What a sentence decides; None where it names no case the language knows. `value`: the share found in it."""
    case = next((each for each in CASES if re.search(each[0], text, _I)), None)
    then = _shares(text, value, case[1] if case else "")
    if then is None and value is None:
        if (
            case
            and case[1] in AWARDS
            and (re.search(TO_OLD, text, _I) or re.search(r"归|属于|由原|belongs|goes to", text, _I))
        ):
            then = AWARDS[case[1]]
        elif FIRST.search(text):
            value_of = {"id": "first", "title": clause(text), "then": {"prefer": "min(registered_at)"}}
            return common.proposal("ownership", "principles", value_of)
    if then is None or case is None:
        return None
    made: dict[str, Any] = {
        "id": case[1],
        "title": {"zh": case[2][0], "en": case[2][1]},
        "when": case[3],
        "then": then,
    }
    return common.proposal("ownership", "principles", made, "when")


def _shares(text: str, value: object, case: str) -> dict[str, Any] | None:
    """Equal parts, or two shares: the first named is the earlier holder's."""
    if value is not None and not re.fullmatch(r"\d{1,2}:\d{1,2}|50%|1/2", str(value)):
        return None
    pair = PAIR.search(text)
    numbers = [int(each) for each in pair.groups() if each] if pair else []
    if sum(numbers) == 10:
        numbers = [10 * each for each in numbers]
    if len(numbers) == 2 and sum(numbers) == 100 and min(numbers) > 0 and numbers[0] != 50:
        one, other = OTHERS.get(case, ("is_owner", "not is_owner"))
        shares = [{"to": one, "percent": numbers[0]}, {"to": other, "percent": numbers[1]}]
        return {"split": {"shares": shares, "holder": "min(registered_at)"}}
    if not EQUAL.search(text) and len(numbers) != 2:
        return None
    if case in OTHERS:
        shares = [{"to": each, "percent": 50} for each in OTHERS[case]]
        return {"split": {"shares": shares, "holder": "min(registered_at)"}}
    among = {"household": 'received in ["customer", "spouse"]'}.get(case, "true")
    return {"split": {"among": among, "holder": "min(registered_at)"}}
