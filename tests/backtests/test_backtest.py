"""A changed rule book tried on what happened: what would differ, and nothing is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from dingfen.backtests import actions, queries
from dingfen.backtests.holds import past_of
from dingfen.backtests.models import Backtest
from dingfen.backtests.running import compared, disputes_of, run_one
from dingfen.cli import policy_backtest
from dingfen.cli.main import main
from dingfen.engine.load import load_pack
from dingfen.engine.schema import Pack
from dingfen.ownership.models import Dispute, Registration
from dingfen.packs import pack_files
from dingfen.parties.actions.customers import update_customer
from dingfen.policies.actions import propose
from dingfen.policies.calendars import calendar_of
from dingfen.policies.queries import shipped
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.ownership.conftest import House
from tests.ownership.test_disputes import ruled


def changed() -> dict[str, str]:
    """The dealer's rules in other hands: the signer always wins, and a hold lapses a day after it was due."""
    files = dict(pack_files("auto-dealer"))
    rules = files["ownership.yaml"]
    signer = """  principles:
    - id: signer-wins
      title: {zh: 签单为准, en: The signer wins}
      then: {award: is_signer}
      article: OWN-3
"""
    assert rules.count("  principles:\n") == 1 and "after: {length: 5 days" in rules
    rules = rules.replace("  principles:\n", signer).replace(
        "after: {length: 5 days", "after: {length: 1 day"
    )
    files["ownership.yaml"] = rules
    files["pack.yaml"] = files["pack.yaml"].replace('version: "1.0"', 'version: "9.0"')
    return files


def proposed(house: House, pack: Pack) -> str:
    version = propose(
        actor=house.cast.actor("tang", house.now), at=house.now, unit=house.cast.company, pack=pack
    )
    return str(version.uid)


def finished(house: House, pack: Pack) -> Backtest:
    uid = proposed(house, pack)
    run = actions.start(actor=house.cast.actor("tang", house.now), at=house.now, policy_uid=uid)
    for _ in range(20):
        if not run_one(house.now):
            break
    run.refresh_from_db()
    assert run.state == Backtest.State.DONE
    return run


def test_the_same_rules_change_nothing(dealer: House) -> None:
    dispute = ruled(dealer)
    [(_, kind, before, after)] = compared([dispute], None, shipped("auto-dealer"), dealer.now)
    assert (kind, before) == ("same", after)
    assert before["holder"] == json.loads(bytes(dispute.proposed or b"{}"))["holder"]


def test_what_a_change_would_change(dealer: House) -> None:
    ruled(dealer)
    dealer.register("lin", name="卢静怡", phone="13700112233")
    dealer.later(days=9)
    entries = Entry.objects.count()
    run = finished(dealer, load_pack(changed()))
    assert Entry.objects.count() == entries + 1  # the proposal of the version alone
    assert run.counts["disputes"] == {"holder": 1}
    assert run.counts["holds"]["lapses"] >= 1
    ruling = queries.differences(run, "holder").get()
    names = queries.names([ruling])
    assert names[ruling.before["holder"]] == "林可欣" and names[ruling.after["holder"]] == "徐嘉言"
    assert ruling.after["article"] == "OWN-3"
    lost = {one.staff.name: (one.gains, one.losses) for one in queries.balances(run)}
    assert lost["徐嘉言"][0] == 1 and lost["林可欣"][1] >= 2
    assert Registration.objects.filter(state="held", customer__masked_name__startswith="卢").exists()

    client = Client()
    client.force_login(dealer.cast.tang)
    page = client.get(f"/policies/backtests/{run.uid}/").content.decode()
    assert "归属翻转 1" in page and Dispute.objects.get().case.number in page
    lapses = client.get(f"/policies/backtests/{run.uid}/?kind=lapses").content.decode()
    assert "卢" in lapses and "OWN-9" in lapses


def test_a_hold_is_followed_with_the_grades_and_disputes_of_its_time(dealer: House) -> None:
    began = dealer.now
    registration = dealer.register("lin", name="卢静怡", phone="13700112233")
    graded_at = dealer.later(hours=2)
    update_customer(
        actor=dealer.cast.actor("lin", graded_at), at=graded_at, uid=registration.customer.uid,
        changes={"grade": "H"},
    )  # fmt: skip
    disputed = ruled(dealer)
    rows = list(Registration.objects.select_related("customer", "holder", "unit").order_by("pk"))
    past = past_of(rows)
    hold = past.hold(rows[0], calendar_of("Asia/Shanghai", None), dealer.now)
    assert (hold.grade, hold.regraded) == ("A", [(graded_at, "H")])
    assert hold.grade_at(began) == "A" and hold.grade_at(dealer.now) == "H"
    stood = [pause for row in rows for pause in past.pauses.get(row.uid, [])]
    assert stood and all(start <= disputed.proposed_at for start, _ in stood if disputed.proposed_at)


def test_by_a_program_and_by_hand(dealer: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ruled(dealer)
    for name, text in changed().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert main(["policy", "backtest", str(tmp_path), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["disputes"] == {"holder": 1} and result["differences"][0]["of"].startswith("D-")
    assert main(["policy", "backtest", str(tmp_path), "--language", "zh"]) == 0
    assert "裁决按提出建议时已知的事实" in capsys.readouterr().out
    assert main(["policy", "backtest", str(tmp_path), "--against", "7.7"]) == 2
    assert main(["policy", "backtest", str(tmp_path), "--since", "yesterday"]) == 2
    assert main(["policy", "backtest", str(tmp_path), "--since", "2030-01-01", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["disputes"] == {}


def test_each_side_is_one_line_in_the_shell() -> None:
    complaint = {
        "level": "major",
        "urgency": None,
        "late": ["decided"],
        "approvers": ["head"],
        "articles": ["CMP-7"],
    }
    ruling = {
        "outcome": "award",
        "holder": "x",
        "split": [],
        "rule": "first",
        "article": "OWN-3",
        "margin": None,
    }
    sides = (complaint, ruling, {"lapsed_at": None, "article": None})
    assert [policy_backtest._short(each) for each in sides] == ["major decided head", "award x OWN-3", "–"]


def test_one_at_a_time_and_stopped(dealer: House) -> None:
    uid = proposed(dealer, load_pack(changed()))
    actor = dealer.cast.actor("tang", dealer.now)
    run = actions.start(actor=actor, at=dealer.now, policy_uid=uid)
    with pytest.raises(Problem) as refusal:
        actions.start(actor=actor, at=dealer.now, policy_uid=uid)
    assert refusal.value.code == "backtest.running"
    assert actions.stop(actor=actor, at=dealer.now, backtest_uid=run.uid).state == "stopped"
    assert not run_one(dealer.now)
    with pytest.raises(Problem):
        actions.start(actor=dealer.cast.actor("lin", dealer.now), at=dealer.now, policy_uid=uid)
    assert disputes_of(dealer.cast.company, None).count() == 0
