"""Help for the handler (B12): learned from closed complaints, advice by mood, wordings marked, nothing decided."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from dingfen.complaints import helping, learning
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.models import Complaint, Learned, Training
from dingfen.engine.load import load_pack
from dingfen.engine.schema import complaints_of
from dingfen.engine.speaking import marked
from dingfen.packs import pack_files
from dingfen.problems import Problem
from tests.complaints.conftest import Desk

pytestmark = pytest.mark.django_db
KINDS = {
    "payment": ("退款一直没有到账", "重复扣费没有退还", "押金说好退却不退"),
    "delivery": ("约定的送货日期过了", "包裹丢了没人管", "安装师傅没有按时来"),
}


def closed_before(desk: Desk, number: int = 36) -> list[Complaint]:
    """Complaints that were sorted and closed."""
    rules = complaints_of(load_pack(pack_files("company-complaints")))
    klasses = {"payment": rules.classes[2].id, "delivery": rules.classes[3].id}
    rows = []
    for place in range(number):
        kind = sorted(KINDS)[place % 2]
        text = f"{KINDS[kind][place % 3]}，{KINDS[kind][(place + 1) % 3]}，请尽快处理。"
        row = desk.call(text=text, complainant=Complainant()).complaint
        Complaint.objects.filter(pk=row.pk).update(
            state="closed_accepted", klass=klasses[kind], outcome="refund"
        )
        rows.append(row)
    return rows


def test_it_learns_from_closed_complaints_and_suggests_with_reasons(ruled: Desk) -> None:
    closed_before(ruled)
    new = ruled.call(text="退款一直没有到账，押金也说好退却不退！").complaint
    assert "klass" not in helping.help_for(new, ruled.actor("chen"), ruled.now).suggestions, (
        "nothing learned yet"
    )
    with pytest.raises(Problem):
        ruled.act("chen", learning.ask)
    ruled.act("zhou", learning.ask)
    with pytest.raises(Problem, match=r"learning\.running"):
        ruled.act("fang", learning.ask)
    while learning.run_one(ruled.now):
        pass
    last = Training.objects.get()
    assert (last.state, last.report["klass"], last.report["level"]) == ("done", 36, 0)
    found = helping.help_for(new, ruled.actor("chen"), ruled.now)
    said = found.suggestions["klass"]
    settled = Complaint.objects.filter(klass=said.label)
    assert settled.count() == 18 and said.because
    assert found.alike and found.alike[0].remedies == ("refund",)
    assert {one.complaint.klass for one in found.alike} == {said.label}
    assert ruled.complaint(new).klass == "", "a suggestion decides nothing"


def test_advice_follows_mood_and_situation(ruled: Desk) -> None:
    row = ruled.call(text="想问一下什么时候能修好，谢谢。", vulnerable=True).complaint
    actor = ruled.actor("chen")

    def told(mood: str) -> list[str]:
        return [one.id for one in helping.help_for(row, actor, ruled.now, mood).guidance]

    assert told("prepared") == ["listen", "prepared", "care"]
    assert told("upset") == ["listen", "upset", "care"]
    assert "again" not in told("calm")


def test_wordings_to_avoid_are_marked_where_they_stand() -> None:
    rules = complaints_of(load_pack(pack_files("company-complaints")))
    text = "您先冷静，这不归我管。We guarantee it."
    assert [(one.rule, text[one.start : one.end]) for one in marked(rules, text)] == [
        ("calm-down", "您先冷静"), ("not-mine", "不归我管"), ("over-promise", "We guarantee"),
    ]  # fmt: skip
    assert marked(rules, "我们将在 3 月 12 日前书面答复您。Whatsoever") == ()


def test_the_page_and_the_api_show_the_same(ruled: Desk, client: Client) -> None:
    row = ruled.call(text="依据合同第三条，请五个工作日内书面答复，附件为证。").complaint
    client.force_login(ruled.cast.chen)
    page = client.get(f"/complaints/{row.case.uid}/help/?mood=prepared").content.decode()
    assert "客户有备而来时" in page and "CMP-38" in page
    part = client.get(f"/complaints/{row.case.uid}/help/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and 'id="help"' in part
    marks = client.post(f"/complaints/{row.case.uid}/wording/", {"text": "您先冷静，别急"}).content.decode()
    assert "<mark>您先冷静</mark>" in marks and "我在听" in marks
    assert "complaint_wording" not in page
    given: dict[str, Any] = json.loads(
        client.get(f"/api/v1/complaints/{row.case.uid}/help?mood=prepared").content
    )
    assert [one["id"] for one in given["advice"]] == ["listen", "prepared"]
    client.force_login(ruled.cast.zhou)
    assert client.post("/complaints/learning/").status_code == 302
    assert "学习中" in client.get("/complaints/learning/").content.decode()
    while learning.run_one(ruled.now):
        pass
    assert "已办结投诉过少" in client.get("/complaints/learning/progress/").content.decode()
    assert not Learned.objects.exists()
