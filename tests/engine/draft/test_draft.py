"""A written rule becomes articles and findings; every place holds; any text survives."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dingfen.engine.draft import Finding, draft
from dingfen.engine.draft.numerals import number

RULES = """展厅客户管理办法
第一章 总则
第一条 为明确客户的去留，制定本办法。
第二章 跟进
第二条 H级客户（三日之内成交）每隔两天联系一次，A级客户（两个月以上成交）每隔半个月联系一次。
第三条 客户登记后十天内（含第10天）无跟进记录的，登记作废，由后来的顾问接手。
第四条 签约或交付后3日内（不含当日），其他顾问可以提出主张；主张人最多四人。
第三章 处分
第五条 虚报拜访的，第一次罚款200元，第二次罚款 500 元，第三次予以辞退。
第六条 评分如下：
（1）先见到客户的，加2分；
（2）只通过电话的，扣1分；
（3）负责人同访的，酌情加减1～4分。
第七条 接到投诉后，应在2小时内答复客户；客服热线24小时服务。
第八条 任何人不得向客户透露同事的报价。
"""


def quantities(text: str) -> list[tuple[str, object]]:
    """Kind and value of what was found, without words about people."""
    words = {"role", "duty", "ban", "condition", "definition", "step"}
    return [(one.kind, one.value) for one in draft(text).findings if one.kind not in words]


def one(text: str, kind: str) -> Finding:
    found = [finding for finding in draft(text).findings if finding.kind == kind]
    assert len(found) == 1, found
    return found[0]


def test_a_rule_book_is_split_and_read() -> None:
    found = draft(RULES)
    ids = [article.id for article in found.articles]
    assert ids[1:4] == ["1", "1.1", "2"]
    assert "3.6.3" in ids and ids[-1] == "3.8"
    assert quantities(RULES) == [
        ("duration", "P3D"), ("frequency", "P2D"), ("duration", "over P2M"), ("frequency", "P15D"),
        ("duration", "P10D"), ("duration", "P3D"), ("count", "max 4"),
        ("amount", "200 CNY"), ("amount", "500 CNY"), ("sanction", "dismissal"),
        ("points", 2), ("points", -1), ("points", "-4..4"),
        ("deadline", "PT2H"), ("hours", "24 hours a day"),
    ]  # fmt: skip
    by_value = {str(each.value): each for each in found.findings}
    assert by_value["P2D"].grade == "H" and by_value["P15D"].grade == "A"
    assert by_value["P10D"].inclusive is True and by_value["P10D"].of == "lapse"
    assert [each.nth for each in found.findings if each.kind in {"amount", "sanction"}] == [1, 2, 3]
    assert by_value["P2D"].proposal == {
        "topic": "ownership",
        "key": "protection.follow_up",
        "value": {
            "when": 'grade == "H"',
            "every": {
                "length": "2 days", "counting": "inclusive", "start_day": "out", "days": "calendar", "roll": "none",
            },
        },
        "to_confirm": ["counting"],
    }  # fmt: skip
    assert all(each.review for each in found.findings)
    assert one("任何人不得向客户透露同事的报价。", "ban").proposal is not None


def test_a_day_that_is_not_counted_is_said() -> None:
    claim = next(each for each in draft(RULES).findings if each.of == "claim window")
    assert claim.inclusive is False
    assert claim.proposal and claim.proposal["value"]["within"]["counting"] == "exclusive"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("一、总则（一）为规范接待。（二）全体员工。二、流程1.登记。2.报告。", ["1", "1.1", "1.2", "2", "2.1", "2.2"]),
        ("1. 接待\n1.1 登记\n1.2 报告\n2. 裁决\n2.1 由负责人裁决", ["1", "1.1", "1.2", "2", "2.1"]),
        ("处理：①登记；②核实；③答复。", ["0", "1", "2", "3"]),
        ("参考4-8条办理，比例为2.5，共3、4两组。", ["0"]),
        ("Article 1 Scope\nArticle 2 Duties\n(1) Register at once.\n(2) Tell the head.", ["1", "2", "2.1", "2.2"]),
        ("接待办法\n一、登记\n二、报告\n投诉办法\n一、受理\n二、答复", ["0", "1", "2", "D2/1", "D2/2"]),
    ],
)  # fmt: skip
def test_numbering_of_many_kinds(text: str, ids: list[str]) -> None:
    assert [article.id for article in draft(text).articles] == ids


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("每周至少拜访客户两次。", [("frequency", "2 per week")]),
        ("重点客户每月进行34次回访。", [("frequency", "3..4 per month")]),
        ("有效期限为20—30日。", [("duration", "P20D..P30D")]),
        ("应当在三个工作日内书面答复。", [("deadline", "P3D")]),
        ("夜间来电，次日早上首先登记。", [("deadline", "next morning")]),
        ("营业时间9:00-18:30。", [("hours", "09:00-18:30")]),
        ("协办人的提成不超过 20%。", [("percentage", "max 20%")]),
        ("本办法自2026年3月1日起施行，第3天另行通知。", []),
        ("去年有46%的客户在网上购买，两个月后市场变了。", []),
        ("A fine of USD 50; on repetition, dismissal.", [("amount", "50 USD"), ("sanction", "dismissal")]),
        ("Staff must answer within 2 working days and call every 3 days.", [("deadline", "P2D"), ("frequency", "P3D")]),
        ("The head visits at least twice a month.", [("frequency", "2 per month")]),
        ("定金缴纳后，保护期为六个月，保护期超过六个月的失效。", [("duration", "P6M")]),
    ],
)  # fmt: skip
def test_quantities(text: str, found: list[tuple[str, object]]) -> None:
    assert [
        each for each in quantities(text) if each[0] != "sanction" or "fine" not in text or each[1] != "fine"
    ] == found


def test_a_lost_hyphen_is_marked_doubtful() -> None:
    finding = one("每周进行45次联系。", "frequency")
    assert (finding.value, finding.doubtful) == ("4..5 per week", "hyphen_lost")
    assert finding.confidence < 0.7


def test_levels_beside_each_other() -> None:
    text = "事件分级\n(1)普通事件:影响小。\n(2)严重事件:影响大。\n(3)特大事件:停止营业。"
    finding = one("1.事件分级\n" + text.partition("\n")[2], "levels")
    assert finding.value == ("普通", "严重", "特大")


def test_copies_from_the_web_are_cleaned_and_places_kept() -> None:
    text = "付費下載\n第一條 業(yè)務(wù)員應(yīng)在24小時內(nèi)完成登記。\n本站不保證下載資源的準確性"
    simple = {"費": "费", "載": "载", "條": "条", "業": "业", "務": "务", "員": "员", "應": "应", "時": "时",
              "內": "内", "記": "记", "證": "证", "資": "资", "準": "准", "確": "确"}  # fmt: skip
    found = draft(text, lambda given: "".join(simple.get(char, char) for char in given))
    assert [article.id for article in found.articles] == ["1"]
    deadline = next(each for each in found.findings if each.kind == "deadline")
    assert deadline.value == "PT24H"
    assert text[deadline.start : deadline.end].startswith("24")


@given(
    st.text(
        alphabet="一二三四五六七八九十百第章条款、（）()1234567890.①②天日内每隔元罚分加减H级客户\n 应不得",
        max_size=200,
    )
)
@example("客户\n第0条 应")  # what stands before the first mark has an id of its own
def test_any_text_is_read_and_places_hold(text: str) -> None:
    found = draft(text)
    ids = [article.id for article in found.articles]
    assert len(ids) == len(set(ids))
    for finding in found.findings:
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.article in ids
    assert found.as_json()["articles"] is not None


@given(st.text(alphabet="一二三第章条、（）()12.①天内客户\n ，。", max_size=200))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    articles = draft(text).articles
    kept = "".join(text[article.start : article.end] for article in articles)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(first.end <= second.start for first, second in pairwise(articles))


@pytest.mark.parametrize(
    ("text", "value"),
    [("五", 5), ("十五", 15), ("二十", 20), ("一百零五", 105), ("两", 2), ("１２", 12), ("三万", 30000)],
)
def test_numbers(text: str, value: int) -> None:
    assert number(text) == value
    assert number("百货") is None


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("客户登记有效期为20天。", "registered"),
        ("客户登记有效期为20天，自最后一次有效跟进起算。", "last_effective_follow_up"),
        ("A registration is valid for 20 days from the last effective contact.", "last_effective_follow_up"),
    ],
)
def test_a_validity_begins_where_the_text_says(text: str, start: str) -> None:
    validity = next(found for found in draft(text).findings if found.of == "validity")
    assert validity.proposal and validity.proposal["value"]["from"] == start
