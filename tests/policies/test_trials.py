"""The author's console: a story tried at once, a recorded case without names, kept as a scenario that runs green."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.cast import NOW, Cast
from tests.ownership.conftest import House, dealer
from tests.ownership.test_disputes import answered, dealt

from dingfen.engine.load import load_pack
from dingfen.ownership import retelling
from dingfen.ownership.models import Dispute
from dingfen.packs import pack_files
from dingfen.policies import editing, trial_form, trials
from dingfen.policies.models import PolicySource, PolicyVersion
from dingfen.problems import Problem
from dingfen.register.models import Entry

__all__ = ["dealer"]
FIELDS = {
    "claimants": "2",
    "1.registered_at": "2026-01-05 09:14",
    "1.protected_at_deal": "true",
    "1.is_owner": "true",
    "2.is_signer": "true",
    "case.deal_at": "2026-01-06 16:00",
}


def begun(cast: Cast, shipped: str = "auto-dealer") -> PolicySource:
    return editing.begin(actor=cast.actor("tang"), at=NOW, shipped=shipped)


def green(source: PolicySource) -> None:
    source.refresh_from_db()
    checked = editing.check(source.files)
    assert not checked.errors and not checked.failed


def test_a_form_tells_a_story_and_back() -> None:
    story = trial_form.story_of(FIELDS | {"1.visits": "?", "2.idle": "3 days", "2.grade": "x"}, 2)
    assert story["facts"]["unknown"] == {"seller-1": ["visits"]}
    assert story["facts"]["claims"]["seller-2"] == {"is_signer": True, "idle": 259_200}
    values, claimants = trial_form.values_of(story)
    assert claimants == 2 and trial_form.story_of(values, 2) == story
    for name, bad in (("1.visits", "many"), ("1.registered_at", "gestern"), ("2.idle", "3 moons")):
        with pytest.raises(Problem) as refusal:
            trial_form.story_of({name: bad}, 2)
        assert list(refusal.value.errors) == [name]


def test_every_form_of_a_scenario_can_be_tried() -> None:
    pack = load_pack(pack_files("auto-dealer"))
    clock: dict[str, Any] = {"clock": {"of": "prior_communication.tell", "from": "2026-01-05 09:00"}}
    tried = trials.attempt(pack, clock)
    assert tried.ruling is None and tried.found["due"]
    story = trials.attempt(pack, trial_form.story_of(FIELDS, 2))
    assert story.ruling is not None and story.ruling["holder"] == "seller-1"


def test_on_the_page_of_a_version(dealer: House) -> None:
    version = PolicyVersion.objects.get()
    client = Client()
    client.force_login(dealer.cast.tang)
    path = f"/policies/{version.uid}/try/"
    assert client.get(path).status_code == 200
    result = client.post(path, FIELDS).content.decode()
    assert "甲" in result and f"/policies/{version.uid}/#" in result
    part = client.post(path, FIELDS, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "df-verdict" in part
    wrong = client.post(path, FIELDS | {"1.visits": "many"})
    assert wrong.status_code == 422 and "is-invalid" in wrong.content.decode()
    text = {"as": "text", "text": "staff: {a: x, b: x}\nfacts: {claims: {a: {visits: many}}}"}
    assert "df-faults" in client.post(path, text).content.decode()
    text["text"] = "clock: {of: prior_communication.tell, from: 2026-01-05 09:00}"
    assert "due" in client.post(path, text).content.decode()
    assert "2026-01-" in client.get(f"{path}?example=first-registered").content.decode()
    assert "案情事实" not in client.get(path).content.decode()
    assert client.get(f"{path}?case=D-2026-0001").status_code == 200  # not there: said in its place


def test_a_trial_is_kept_and_runs_green(cast: Cast) -> None:
    source = begun(cast)
    client = Client()
    client.force_login(cast.tang)
    path = f"/policies/sources/{source.uid}/try/"
    kept = client.post(path, FIELDS | {"do": "keep", "title": "登记在先"})
    assert kept["Location"].endswith("?file=scenarios/trials.yaml")
    green(source)
    source.files["scenarios/trials.yaml"] += "# by hand\n"
    source.save()
    client.post(path, FIELDS | {"do": "keep", "1.registered_at": ""})
    green(source)
    text = source.files["scenarios/trials.yaml"]
    assert text.count("- id: trials-") == 2 and "# by hand" in text and "登记在先" in text


def test_a_recorded_case_becomes_a_scenario_without_names(dealer: House) -> None:
    dispute = answered(dealer, dealt(dealer)[2])
    source = begun(dealer.cast)
    client = Client()
    client.force_login(dealer.cast.tang)
    given = {"case": dispute.case.number, "source": str(source.uid)}
    made = client.post("/policies/scenarios/", given)
    assert made["Location"].endswith("?file=scenarios/recorded.yaml")
    green(source)
    text = source.files["scenarios/recorded.yaml"]
    for word in (
        "林可欣",
        str(dealer.cast.lin.uid),
        str(dealer.cast.east.uid),
        "陈立群",
        dispute.case.number,
    ):
        assert word not in text
    assert "2026-11" not in text and "seller-2" in text
    proposed = json.loads(bytes(dispute.proposed or b""))
    assert f"decisive: {proposed['decisive_rule']}" in text
    assert Entry.objects.filter(kind="policy.case_used", subject_uid=dispute.case.uid).count() == 1
    shown = client.get(f"/policies/sources/{source.uid}/try/?case={dispute.case.number}").content.decode()
    assert "df-verdict" in shown and "林可欣" not in shown.split("df-main")[-1]


def test_who_may_take_a_case(dealer: House) -> None:
    dispute = dealt(dealer)[2]
    with pytest.raises(Problem) as refusal:
        retelling.recorded(dealer.cast.actor("tang"), dispute.case.number)
    assert refusal.value.code == "dispute.no_facts"
    answered(dealer, dispute)
    for who, status in (("lin", 403), ("jiang", 403), ("stranger", 403)):
        with pytest.raises(Problem) as refusal:
            retelling.recorded(dealer.cast.actor(who), dispute.case.uid)
        assert refusal.value.status == status
    assert retelling.recorded(dealer.cast.actor("fang"), dispute.case.uid) == Dispute.objects.get()
