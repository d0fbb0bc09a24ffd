"""Bounds, roles, bans, levels, steps and headings: read from the structure of a text, whatever its words."""

from __future__ import annotations

import pytest

from dingfen.engine.draft import draft


def values(text: str, kind: str) -> list[object]:
    return [one.value for one in draft(text).findings if one.kind == kind]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("押金不低于800元。", "amount", ["min 800 CNY"]),
        ("礼品单价不超过260元。", "amount", ["max 260 CNY"]),
        ("争议金额3万元以下的由店长决定；超过3万元的报总部。", "amount", ["max 30000 CNY", "over 30000 CNY"]),
        ("年采购额80万(含)至300万元的为重点客户。", "amount", ["800000..3000000 CNY"]),
        ("损失2万元以上6万元以下的。", "amount", ["20000..60000 CNY"]),
        ("登记人得55%,成交人得45%。", "percentage", ["55%", "45%"]),
        ("满意率≥93%,投诉率控制在2%以内。", "percentage", ["min 93%", "max 2%"]),
        ("完成率=实际次数÷应有次数×100%,低于70%的扣8分。", "percentage", ["under 70%"]),
        ("每单扣1分;月累计扣满9分的,停轮。", "points", [-1, "min 9"]),
        ("NPS不低于38分。", "points", ["min 38"]),
        ("围观8人以下；聚集8人以上25人以下。", "count", ["max 8", "8..25"]),
        ("记录保存不得少于120日,每次延长不超过6天。", "duration", ["min P120D", "max P6D"]),
        ("H级客户（5天以内成交）。", "duration", ["P5D"]),
        ("最迟不得超过当日20:45。", "deadline", ["same day 20:45"]),
        ("Fewer than 4 per cent may be reopened.", "percentage", ["under 4%"]),
        ("It is logged no later than 3 working hours after receipt.", "deadline", ["PT3H"]),
        ("Payments above £900 need two signatures.", "amount", ["over 900 GBP"]),
        ("Payments above £900 need two signatures.", "count", ["min 2"]),
        ("The panel sees a 4% sample of files each month.", "percentage", ["4%"]),
    ],
)  # fmt: skip
def test_a_quantity_carries_its_bound(text: str, kind: str, found: list[object]) -> None:
    assert values(text, kind) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("由片区督导审批，报片区总监备案。", ["片区督导", "片区总监"]),
        ("护士长和科主任到场，质控科负责记录。", ["护士长", "科主任", "质控科"]),
        ("书面报送卫生行政部门。", []),
        ("来源:市场部  浏览:310次", []),
        ("The Managing Director and the head of service decide.", ["Managing Director", "head of service"]),
        ("A quality manager reads every file.", ["quality manager"]),
    ],
)
def test_roles_are_found_by_how_they_are_built(text: str, found: list[str]) -> None:
    assert values(text, "role") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("隐瞒的,没收该单提成。", ["forfeiture"]),
        ("扣发当月奖金15%,取消年度评优资格。", ["deduction", "disqualification"]),
        ("首次警告,第二次记过,第三次调离岗位。", ["warning", "demerit", "transfer"]),
        ("暂停接待三天,降级使用。", ["suspension", "demotion"]),
        ("The time limit is suspended while papers are missing.", []),
    ],
)
def test_each_sanction_is_its_own_kind(text: str, found: list[str]) -> None:
    assert values(text, "sanction") == found


def test_a_limit_is_no_ban() -> None:
    assert values("客户不得超过6个，停留不得少于5分钟。", "ban") == []
    assert values("No agent may hold more than 20 leads.", "ban") == []
    assert values("不得转借账号。", "ban") == ["不得"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一般(Ⅲ级):口角；较大(Ⅱ级):推搡；重大(Ⅰ级):有人受伤。", ("一般", "较大", "重大")),
        ("Injury is classed as Level 1, loss as Level 2, all others as Level 3.", ("Level 1", "Level 2", "Level 3")),
        ("年采购额200万元以上的为战略客户；低于200万元的为普通客户。", ("战略", "普通")),
    ],
)  # fmt: skip
def test_levels_beside_their_rules(text: str, found: tuple[str, ...]) -> None:
    assert values(text, "levels") == [found]


def test_a_list_of_steps_is_steps_and_what_announces_it_is_none() -> None:
    text = "第一章 流程\n第一条 步骤如下:\n1.引导至休息室;\n2.倾听并记录;\n第二条 如有人受伤,应报警。"
    assert values(text, "step") == [1, 2]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("【目的】为了客户。\n【分级】\n○ 一般\n○ 重大\n【附则】自发布起。", ["1", "2", "2.1", "2.2", "3"]),
        ("# 规则\n## 1 受理\n1) 登记\n2) 报告\n## 2 答复\n1) 告知", ["0", "1", "1.1", "1.2", "2", "2.1"]),
        ("Step 1 - Receive\n§ 1 Log it.\n§ 2 Tell us.\nStep 2 - Decide\n§ 3 Decide.", ["1", "1.1", "1.2", "2", "2.3"]),
        ("第一节 受理\n1. 登记\n2. 报告\n第二节 答复\n3. 告知", ["1", "1.1", "1.2", "2", "2.3"]),
        ("第一章 受理\n第一条 登记。\n第二章 处理\n第二条 答复。", ["1", "1.1", "2", "2.2"]),
    ],
)  # fmt: skip
def test_headings_of_other_kinds(text: str, ids: list[str]) -> None:
    assert [article.id for article in draft(text).articles] == ids


def test_whose_contacts_a_line_is_about() -> None:
    text = "战略客户:客户经理每周电话一次;\n重点客户:每月拜访1次;\n普通客户:每季度回访一次。"
    assert [one.of for one in draft(text).findings if one.kind == "frequency"] == [
        "战略客户", "key customers", "ordinary customers",
    ]  # fmt: skip
