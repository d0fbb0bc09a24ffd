"""Who accepts everything a draft proposes has a rule book that reads: one invented text per topic, and texts of
`tests/engine/draft/texts`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opencc
import pytest

from dingfen.engine.check import lint
from dingfen.engine.draft import draft
from dingfen.engine.load import load_pack
from dingfen.engine.schema import Pack
from dingfen.policies.draft_files import accepted, files

TEXTS = Path(__file__).parents[1] / "engine" / "draft" / "texts"
OWNERSHIP = """门店客户登记与归属办法
第一条 销售顾问接待客户后应当日登记，登记须填写姓名、电话、公司、需求。
第二条 来电客户的登记有效期为15天，已交定金的客户有效期为60天。
第三条 H级客户每隔三天跟进一次，A级客户每周跟进一次。
第四条 客户登记失效后原归属人30日内不得重新领取，每人每天最多领取5个公海客户。
第五条 对归属有异议的，应在成交后7天内提出；不服裁决的，可在3日内申诉。
第六条 先登记者优先取得归属。
第七条 义务接待且当天成交的，业绩由双方平分。
第八条 隐瞒不通知原销售顾问的，业绩归原销售顾问。
第九条 共同跟进的客户，业绩按7:3分配，原销售顾问占七成。
第十条 虚假登记的，第一次警告，第二次罚款200元，第三次辞退。
第十一条 严禁私自翻阅他人登记。
"""
COMPLAINTS = """客户投诉处理办法
第一条 投诉分为一般、重大两级。
第二条 接到投诉后2小时内决定是否受理，24小时内首次回应客户。
第三条 一般投诉应在7个工作日内办结，重大投诉应在3个工作日内办结。
第四条 情况复杂的，经部门负责人批准可延长10日，处理期间每3天向投诉人告知进展。
第五条 补偿金额在500元以下的由客服主管批准，2000元以内的由部门经理批准。
第六条 被投诉人员不得参与该投诉的处理。
第七条 办结后3日内回访客户，投诉档案保存三年。
第八条 投诉处理满意率不低于95%。
"""
INCIDENTS = """营业现场突发事件应急预案
第一章 事件分级
一、轻微事件：言语争执，未影响现场秩序。
二、一般事件：发生推搡或者有人受轻伤。
三、重大事件：持械、有人重伤，或者10人以上参与。
第二章 应急处置流程
一、大堂经理3分钟内到场了解情况。
二、安保人员在5分钟内隔离双方。
三、值班经理请双方到安静处听取诉求。
第三章 报告与演练
第一条 重大事件应在30分钟内上报总经理。
第二条 事件结束后5日内提交书面总结报告。
第三条 现场监控录像保存90天。
第四条 每半年组织一次应急演练。
第五条 未经授权任何人不得接受媒体采访。
"""
CONDUCT = """不良客户行为处理办法
第一条 辱骂员工2次以上的，记入行为档案。
第二条 禁止威胁、殴打员工。
第三条 反复投诉5次以上且查无依据的，列为不良行为。
第四条 对不良客户可以约谈、发出书面警告、限制服务，限制期限不超过90天。
第五条 客户不服的，可在10日内申诉。
第六条 行为档案每季度复核一次，档案保存2年。
"""
CARE = """客户关怀管理办法
第一条 重点客户每月回访两次，普通客户每季度回访一次。
第二条 客户资料变更后24小时内更新系统。
第三条 客户生日当天应发送祝福短信。
第四条 客户关怀专员每半年培训一次。
第五条 官方账号的评论应在4小时内回复，私信应在2小时内回复。
第六条 每年开展一次客户满意度调查。
第七条 客户回访率不低于98%，年度客户流失率不超过5%。
"""


def written(text: str, name: str = "draft") -> tuple[dict[str, str], Pack]:
    """The files of a draft in which everything is accepted, and the rules they make."""
    found = draft(text, opencc.OpenCC("t2s").convert).as_json()
    agreed = accepted({**each, "decision": "accepted"} for each in found["findings"])
    made = files(name, f"{name}.txt", found["articles"], agreed)
    return made, load_pack({key: value for key, value in made.items() if key != "proposals.yaml"})


def ids(parts: Any) -> list[str]:
    return [each.id for each in parts]


def errors(pack: Pack) -> list[str]:
    return [each.code for each in lint(pack) if each.severity == "error"]


def test_ownership() -> None:
    made, pack = written(OWNERSHIP)
    rules = pack.ownership
    assert rules is not None and errors(pack) == []
    assert rules.registration.required == ("name", "phone", "company", "need", "grade")
    lapses = {str(each.when and each.when.text): each.after.length for each in rules.protection.lapse}
    assert lapses['channel == "incoming_call"'] == "15 days"
    assert lapses['stage in ["deposit", "approved"]'] == "60 days" and lapses["None"] == "30 days"
    assert [each.every.length for each in rules.protection.follow_up] == ["3 days", "1 week"]
    assert (
        rules.pool is not None and rules.pool.cool_down.length == "30 days" and rules.pool.take_per_day == 5
    )
    assert rules.claim_window.within.length == "7 days" and rules.decides.appeal.within.length == "3 days"
    assert ids(rules.principles) == ["lapsed", "concealed", "served", "together", "first"]
    shared = {each.id: each.then.split for each in rules.principles}
    assert [each.percent for each in shared["together"].shares] == [70, 30]  # type: ignore[union-attr]
    assert [each.percent for each in shared["served"].shares] == [50, 50]  # type: ignore[union-attr]
    assert [step.kind for step in rules.sanctions[0].steps] == ["warning", "fine", "dismissal"]
    assert len(rules.bans) >= 1 and "机器不执行" in made["proposals.yaml"]


def test_complaints_and_their_indicators() -> None:
    _, pack = written(COMPLAINTS)
    rules = pack.complaints
    assert rules is not None and pack.ownership is None and errors(pack) == []
    assert ids(rules.levels) == ["general", "major"]
    found = {(each.starts, each.ends, each.levels): each.within.length for each in rules.clocks}
    assert (
        found["received", "accepted", ()] == "2 hours"
        and found["received", "first_answered", ()] == "24 hours"
    )
    assert found["received", "decided", ("general",)] == "7 working days"
    assert found["received", "decided", ("major",)] == "3 working days"
    assert found["received", "interim_told", ()] == "3 days" and found["closed", "visited", ()] == "3 days"
    decided = next(each for each in rules.clocks if each.ends == "decided")
    assert decided.extension is not None and decided.extension.by.length == "10 days"
    assert [str(each.up_to) for each in rules.remedies[0].approvers] == ["500 CNY", "2000 CNY", "None"]
    assert rules.conflict is not None and rules.retention is not None and rules.retention.keep.amount == 36
    assert pack.indicators is not None and pack.indicators.figures[0].at_least == 95


def test_incidents() -> None:
    _, pack = written(INCIDENTS)
    rules = pack.incidents
    assert rules is not None and errors(pack) == []
    assert [str(each.when and each.when.text) for each in rules.levels] == [
        "None", "people_hurt > 0 or pushing", "badly_hurt or weapon or people_involved >= 10",
    ]  # fmt: skip
    steps = rules.playbooks[-1].steps
    assert [each.role for each in steps] == ["lobby-manager", "security", "duty-manager"]
    assert [each.within.length for each in steps] == ["3 minutes", "5 minutes", "10 minutes"]
    assert steps[1].after == (steps[0].id,)
    assert pack.roles is not None and {"lobby-manager", "security"} <= set(ids(pack.roles.expected))
    assert rules.reports[0].levels == ("major",) and rules.reports[0].within.length == "30 minutes"
    assert rules.custody is not None and rules.custody.keep.length == "90 days"
    assert rules.drills[0].every.length == "6 months" and rules.spokesperson is not None
    assert rules.reviews[0].within.length == "5 days"


def test_conduct() -> None:
    _, pack = written(CONDUCT)
    rules = pack.conduct
    assert rules is not None and errors(pack) == []
    asked = {each.when.text for each in rules.criteria}
    assert {"insults_noted >= 2", "complaints_counted >= 5"} <= asked
    kinds = {each.kind: each for each in rules.measures}
    assert {"talk", "warning", "limited_service"} <= set(kinds)
    limited = kinds["limited_service"]
    assert (
        limited.at_most is not None
        and limited.at_most.length == "90 days"
        and limited.heard
        and limited.appeal
    )
    assert rules.appeals.within.length == "10 days" and rules.keeping.keep.length == "24 months"
    assert rules.watching.every.length == "3 months"


def test_care_and_its_indicators() -> None:
    _, pack = written(CARE)
    rules = pack.care
    assert rules is not None and errors(pack) == []
    found = [(str(each.when and each.when.text), each.times, each.per.length) for each in rules.cadences]
    assert found == [
        ('customer_class == "key"', 2, "1 month"),
        ('customer_class == "ordinary"', 1, "3 months"),
    ]
    assert rules.records is not None and rules.records.update_within.length == "24 hours"
    assert rules.greetings[0].on == "birthday" and rules.courses[0].refresh is not None
    assert {each.what: each.within.length for each in rules.answers} == {
        "comment": "4 hours",
        "message": "2 hours",
    }
    assert rules.surveys[0].every is not None and rules.surveys[0].every.length == "12 months"
    figures = {
        each.id: (each.at_least, each.at_most)
        for each in (pack.indicators.figures if pack.indicators else ())
    }
    assert figures == {"contacted": (98, None), "lost": (None, 5)}


# one or two of each topic, of points, of tables and of both languages
@pytest.mark.parametrize(
    "name",
    [
        "accounts_en",
        "bank",
        "branch_plan",
        "columns",
        "incident",
        "mall_promises",
        "property",
        "roman_en",
        "scores",
        "shop",
    ],
)
def test_whatever_is_accepted_reads(name: str) -> None:
    made, pack = written((TEXTS / f"{name}.txt").read_text("utf-8"), name)
    assert pack.topics and made["proposals.yaml"].startswith("#")
