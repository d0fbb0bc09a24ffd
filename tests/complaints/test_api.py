"""A complaint from intake to agreed settlement by HTTP alone, and what the API refuses."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dingfen.accounts.actor import system_actor
from dingfen.policies.actions import publish_shipped
from tests.api.conftest import Caller, call  # noqa: F401
from tests.cast import Cast

pytestmark = pytest.mark.django_db
CALL = {
    "channel": "phone",
    "text": "10 月 8 日提的车，合同写的是 10 月 2 日，晚了 6 天，没有人打电话告诉我，租车花了 960 元。",
    "complainant": {"name": "高雅琴", "phone": "139 1234 0077"},
    "remedy": "赔偿租车费用并书面说明原因",
    "amount": "6000.00",
    "place": "城东展厅交车区",
    "external": [{"body": "12345 热线", "number": "20261118-0931"}],
}


@pytest.fixture
def rules(cast: Cast) -> None:
    publish_shipped(
        actor=system_actor(cast.company), at=timezone.now() - dt.timedelta(days=1), unit=cast.company,
        pack="company-complaints",
    )  # fmt: skip


def data(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content)


def in_days(n: float) -> str:
    return (timezone.now() + dt.timedelta(days=n)).isoformat()


def test_a_moment_at_the_end_of_the_calendar_is_refused(call: Callable[..., Caller], rules: None) -> None:  # noqa: F811
    chen = call("chen")
    at = f"/complaints/{data(chen('POST', '/complaints', CALL), 201)['uid']}"
    first = {"occurred_at": "0001-01-01T00:00:00+08:00", "reason": "客户更正了发生的时间"}
    assert data(chen("POST", f"{at}/facts", first), 422)["errors"][0]["field"] == "occurred_at"
    last = "start=9999-12-01T00:00:00Z&end=9999-12-31T00:00:00Z"
    assert data(chen("GET", f"/complaint-calendar?{last}"), 422)["errors"][0]["field"] in ("start", "end")


def test_from_intake_to_agreed_settlement(call: Callable[..., Caller], rules: None, cast: Cast) -> None:  # noqa: F811
    chen, lin, fang, jiang = (call(who) for who in ("chen", "lin", "fang", "jiang"))
    first = data(chen("POST", "/complaints", CALL, Idempotency_Key="call-20261118-0001"), 201)
    again = data(chen("POST", "/complaints", CALL, Idempotency_Key="call-20261118-0001"), 201)
    assert again == first  # the same answer, not a second complaint
    assert (first["state"], first["created"], first["likely"]) == ("received", True, [])
    assert first["customer"]
    assert first["handler"] == str(cast.chen.uid)
    assert first["due"]["kind"] == "complaint.first_answered"
    uid = first["uid"]
    at = f"/complaints/{uid}"
    queue = data(chen("GET", "/complaints?open=true&mine=handle&channel=phone&words=租车"))["items"]
    assert [one["number"] for one in queue] == [first["number"]]
    assert data(jiang("GET", "/complaints"))["items"] == []  # a head of a team below sees nothing of it
    assert jiang("GET", at).status_code == 404

    told = data(
        chen("POST", f"{at}/answers", {"channel": "phone", "text": "已登记，今天答复处理进度。"}), 201
    )
    assert told["direction"] == "out"
    data(chen("POST", f"{at}/messages/{first['message']}/correction", {"text": "租车费应为 980 元。"}), 201)
    graded = chen("POST", f"{at}/assess", {"klass": "delay", "stated": {"injury": False}})
    assert data(graded)["level"] == "complex"
    stale = chen("POST", f"{at}/assess", {"klass": "delay"}, If_Match='"1"')
    assert data(stale, 409)["code"] == "version.stale"
    issue = data(chen("POST", f"{at}/issues", {"title": "晚交车 6 天", "klass": "delay"}), 201)
    other = data(chen("POST", f"{at}/issues", {"title": "没有人通知延误"}), 201)
    data(chen("POST", f"/issues/{issue['uid']}/investigate"))

    question = {"staff": str(cast.lin.uid), "question": "车辆为何 10 月 8 日才到店？", "due_at": in_days(1)}
    asked = data(chen("POST", f"{at}/inquiries", {**question, "issue_uid": issue["uid"]}), 201)
    seen = data(lin("GET", f"/inquiries/{asked['uid']}"))
    assert (seen["question"], seen["complaint"]) == (question["question"], None)
    answered = data(lin("POST", f"/inquiries/{asked['uid']}/answer", {"text": "物流受阻，没有电话告知。"}))
    assert answered["state"] == "answered"
    thing = data(
        chen("POST", f"{at}/evidence", {"kind": "document", "what": "交接单原件", "place": "售后档案柜 3"}),
        201,
    )
    line = {"act": "handed", "to": str(cast.fang.uid), "purpose": "核对日期"}
    data(chen("POST", f"/complaint-evidence/{thing['uid']}/custody", line), 201)
    photo = {"file": SimpleUploadedFile("hetong.txt", "合同约定 10 月 2 日交付".encode()), "kind": "document",
             "what": "合同第 3 页"}  # fmt: skip
    sent = chen.client.post(f"/api/v1{at}/evidence/files", photo, headers=chen.headers)
    assert data(sent, 201)["file"]["name"] == "hetong.txt"

    found = {
        "finding": "upheld",
        "facts": "合同约定 10 月 2 日，交接单 10 月 8 日。",
        "unit": str(cast.east.uid),
    }
    for one in (issue, other):
        data(chen("POST", f"/issues/{one['uid']}/find", found))
    both = {"issues": [issue["uid"], other["uid"]], "deliver_by": in_days(5)}
    money = data(
        chen("POST", f"{at}/proposals", {**both, "remedy": "compensate", "what": "补偿租车费 980 元",
             "amount": "980.00", "pros": ["三个工作日到账"], "cons": ["不含代步"]}), 201,
    )  # fmt: skip
    care = data(chen("POST", f"{at}/proposals", {**both, "remedy": "make-good", "what": "免费保养两次"}), 201)
    assert (money["state"], care["state"]) == ("awaiting_approval", "approved")
    assert data(chen("POST", f"/proposals/{money['uid']}/approve"), 403)["code"] == "proposal.own"
    assert data(fang("POST", f"/proposals/{money['uid']}/approve"))["approved_by"] == str(cast.fang.uid)
    offered = data(chen("POST", f"{at}/offer", {"answer_by": in_days(3)}))
    assert [one["state"] for one in offered] == ["offered", "offered"]
    data(chen("POST", f"{at}/decide"))
    chosen = {"answer": "accept", "via": "phone", "text": "要钱，不要保养"}
    assert data(chen("POST", f"/proposals/{money['uid']}/answer", chosen))["state"] == "delivering"
    early = chen("POST", f"{at}/close", {"told": "电话告知结果并致谢客户"})
    assert data(early, 409)["code"] == "close.promises"
    data(chen("POST", f"/proposals/{money['uid']}/deliver", {"proof": "转账流水 88123"}))
    closed = data(chen("POST", f"{at}/close", {"told": "电话告知结果并致谢客户"}))
    assert closed["state"] == "closed_accepted"
    data(chen("POST", f"{at}/call-backs", {"via": "phone", "fixed": "yes", "handling": 5, "outcome": 4}), 201)
    action = data(
        chen("POST", f"{at}/corrective-actions", {"cause": "process", "why": "延误没有人通知", "what": "当天电话告知",
             "owner": str(cast.lin.uid), "due_at": in_days(10), "check_at": in_days(40)}), 201,
    )  # fmt: skip
    mine = data(lin("GET", "/corrective-actions?mine=true&state=open"))["items"]
    assert [(one["number"], one["complaint"]) for one in mine] == [(action["number"], None)]
    data(lin("POST", f"/corrective-actions/{action['uid']}/done", {"report": "已写入交车流程"}))
    data(
        chen("POST", f"/corrective-actions/{action['uid']}/check", {"effective": True, "found": "没有再发生"})
    )

    whole = data(chen("GET", at))
    assert whole["complainant"]["phone"] == "139 1234 0077"
    right = {
        "complainant": {"phone": "139 1234 0079", "identity": "330106199001011234"},
        "reason": "客户来电更正了电话号码",
    }
    assert data(chen("POST", f"{at}/complainant", right), 200)["complainant"]["phone"] == "139 1234 0079"
    assert chen("POST", f"{at}/complainant", {**right, "complainant": {"phone": "1391"}}).status_code == 422
    assert "330106199001011234" not in chen("GET", at).content.decode()  # revealed with a reason
    shown = data(chen("POST", f"{at}/reveal", {"reason": "authority"}), 200)["complainant"]
    assert shown["identity"] == "330106199001011234"
    held = {"held_at": "2026-01-02T10:00:00Z", "present": 6, "minutes": "推选代表并商定诉求内容"}
    assert data(chen("POST", f"{at}/meetings", held), 201)["people"] == 6
    assert [one["state"] for one in whole["issues"]] == ["settled", "settled"]
    assert [one["state"] for one in whole["proposals"]] == ["delivered", "declined"]
    assert [one["state"] for one in whole["promises"]] == ["kept"]
    assert [one["direction"] for one in whole["messages"]] == ["in", "out", "correction"]
    assert [one["act"] for one in whole["evidence"][0]["custody"]] == ["taken", "handed"]
    assert whole["references"] == [{"body": "12345 热线", "number": "20261118-0931"}]
    assert {one["state"] for one in whole["clocks"]} >= {"met"}
    past = data(chen("GET", f"{at}/history?limit=5"))
    assert len(past["items"]) == 5
    assert "action.checked" in [one["kind"] for one in past["items"]]
    assert past["next"]


def test_what_comes_twice_is_seen_and_can_be_counted_as_one(
    call: Callable[..., Caller],  # noqa: F811
    rules: None,
    cast: Cast,
) -> None:
    chen, zhou = call("chen"), call("zhou")
    first = data(chen("POST", "/complaints", CALL), 201)
    same = data(
        chen("POST", "/complaints", {**CALL, "channel": "web", "text": f"{CALL['text']}请尽快回电。"}), 201
    )
    assert same["customer"] == first["customer"]
    assert [(one["number"], one["kind"]) for one in same["likely"]] == [(first["number"], "duplicate")]
    new = data(chen("POST", "/complaints", {**CALL, "text": "空调不制冷，来店修过一次还是不行。"}), 201)
    assert {one["kind"] for one in new["likely"]} == {"earlier"}
    merged = data(
        chen("POST", f"/complaints/{same['uid']}/merge", {"into": first["uid"], "reason": "同一件事"})
    )
    assert (merged["state"], merged["merged_into"]) == ("merged", first["uid"])
    assert data(chen("POST", f"/complaints/{same['uid']}/undo-merge"))["state"] == "received"
    linked = chen("POST", f"/complaints/{new['uid']}/repeat-of", {"other": first["uid"]})
    assert data(linked)["uid"] == new["uid"]
    pages = []
    where = "/complaints?sort=registered&limit=1"
    while where:
        part = data(chen("GET", where.removeprefix("/api/v1")))
        pages += [one["number"] for one in part["items"]]
        where = part["next"]
    assert pages == [first["number"], same["number"], new["number"]]

    clock = next(
        one for one in data(chen("GET", f"/complaints/{new['uid']}"))["clocks"] if one["may_pause_for"]
    )
    paused = {"reason": clock["may_pause_for"][0], "proof": "11 月 18 日短信请客户补交发票"}
    made = chen("POST", f"/complaint-clocks/{clock['uid']}/pause", paused)
    assert data(made, 201)["clock"] == clock["uid"]
    data(chen("POST", f"/complaint-clocks/{clock['uid']}/resume"))
    data(zhou("POST", f"/complaints/{new['uid']}/hold", {"on": True, "reason": "可能进入诉讼程序，先保全"}))
    assert zhou("POST", f"/complaints/{new['uid']}/withdraw", {"said": "不投诉了"}).status_code == 403
    gone = data(chen("POST", f"/complaints/{new['uid']}/withdraw", {"said": "不投诉了"}))
    assert (gone["state"], bool(gone["held_at"])) == ("withdrawn", True)
