"""A recorded complaint on trial: without names, as a scenario that runs green, and under other rules."""

from __future__ import annotations

import json

from django.test import Client

from dingfen.backtests import actions
from dingfen.backtests.models import Backtest, Difference
from dingfen.backtests.running import run_one
from dingfen.complaints import retelling
from dingfen.complaints.actions import handling, issues
from dingfen.complaints.models import Complaint
from dingfen.engine.load import load_pack
from dingfen.engine.schema import Pack
from dingfen.packs import pack_files
from dingfen.policies import editing, trials
from dingfen.policies.actions import propose
from dingfen.policies.models import PolicySource
from dingfen.register.models import Entry
from tests.complaints.conftest import Desk, ruled

__all__ = ["ruled"]


def assessed(desk: Desk) -> Complaint:
    found: Complaint = desk.call().complaint
    desk.act("chen", handling.take, case_uid=found.case.uid)
    desk.later(hours=100)
    desk.act(
        "chen", handling.assess, case_uid=found.case.uid, klass="delay", amount=12000, stated={"media": True},
        reason="金额较大",
    )  # fmt: skip
    desk.act(
        "chen", issues.list_issue, case_uid=found.case.uid, title="晚交付", told="晚了六天", klass="delay"
    )
    return desk.complaint(found)


def test_a_recorded_complaint_becomes_a_scenario_without_names(ruled: Desk) -> None:
    found = assessed(ruled)
    owner = ruled.actor("tang")
    story = retelling.told(retelling.recorded(owner, found.case.number.lower()), ruled.now)
    text = json.dumps(story, ensure_ascii=False)
    assert "高雅琴" not in text and "2077" not in text and str(found.case.uid) not in text
    given = story["complaint"]
    assert given["received_at"].startswith("2026-01-") and given["class"] == "delay"
    assert given["facts"]["media"] is True and given["facts"]["claimed_amount"] == 12000
    assert [each["what"] for each in given["events"]][:2] == ["accepted", "assessed"]

    source = editing.begin(actor=owner, at=ruled.now, shipped="company-complaints")
    client = Client()
    client.force_login(ruled.cast.tang)
    made = client.post("/policies/scenarios/", {"case": found.case.number, "source": str(source.uid)})
    assert made["Location"].endswith("?file=scenarios/recorded-complaints.yaml")
    source.refresh_from_db()
    checked = editing.check(source.files)
    assert not checked.errors and not checked.failed
    assert "往案重演" in source.files["scenarios/recorded-complaints.yaml"]
    assert Entry.objects.filter(kind="policy.case_used", subject_uid=found.case.uid).exists()
    again = client.post(
        f"/api/v1/policy-sources/{source.uid}/scenarios",
        {"case": str(found.case.uid)},
        content_type="application/json",
    )
    assert again.status_code == 200, again.content
    tried = trials.attempt(editing.rules_of(PolicySource.objects.get()), story)
    assert tried.found["complaint"]["level"] == found.level

    page = client.get(f"/policies/sources/{source.uid}/try/?case={found.case.number}").content.decode()
    assert "定级" in page and "评估定级" in page and "逾期" in page
    assert client.get(f"/policies/sources/{source.uid}/try/").status_code == 200
    stranger = Client()
    stranger.force_login(ruled.cast.chen)
    assert stranger.post("/policies/scenarios/", {"case": found.case.number, "source": ""}).status_code == 403


def changed() -> Pack:
    """More time to assess, and a higher amount before a complaint counts as complex."""
    files = dict(pack_files("company-complaints"))
    rules = files["complaints.yaml"]
    assert "within: {length: 1 working day, counting" in rules
    rules = rules.replace(
        "within: {length: 1 working day, counting", "within: {length: 5 working days, counting", 1
    )
    files["complaints.yaml"] = rules
    files["pack.yaml"] = files["pack.yaml"].replace('version: "1.0"', 'version: "9.0"')
    return load_pack(files)


def finished(desk: Desk, pack: Pack) -> Backtest:
    version = propose(actor=desk.actor("tang"), at=desk.now, unit=desk.cast.company, pack=pack)
    run = actions.start(actor=desk.actor("tang"), at=desk.now, policy_uid=version.uid)
    while run_one(desk.now):
        pass
    run.refresh_from_db()
    assert run.state == Backtest.State.DONE and run.done == run.total
    return run


def test_a_change_is_tried_on_the_complaints_there_were(ruled: Desk) -> None:
    found = assessed(ruled)
    run = finished(ruled, changed())
    assert run.counts == {"complaints": {"in_time": 1}}
    row = Difference.objects.get()
    assert "assessed" in row.before["late"] and "assessed" not in row.after["late"]
    assert row.before["level"] == row.after["level"] == found.level
    client = Client()
    client.force_login(ruled.cast.tang)
    page = client.get(f"/policies/backtests/{run.uid}/").content.decode()
    assert found.case.number in page and "不再逾期" in page and "逾期：" in page
    api = client.get(f"/api/v1/backtests/{run.uid}/differences?kind=in_time").json()
    assert [one["case"] for one in api["items"]] == [found.case.number]
