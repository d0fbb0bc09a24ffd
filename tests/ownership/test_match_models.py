"""Weights of the conflict check: proposed, compared, put in force, rolled back; on the page and by the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from dingfen.accounts.actor import system_actor
from dingfen.matching import MODEL
from dingfen.ownership.matches import jobs, running
from dingfen.parties import weights
from dingfen.parties.actions import training
from dingfen.parties.models import MatchModel
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.matching.people import base
from tests.ownership.conftest import House


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    weights.forget()
    yield
    weights.forget()


def learn(house: House, monkeypatch: pytest.MonkeyPatch) -> MatchModel:
    monkeypatch.setattr("dingfen.matching.training.LEAST_ROWS", 10)
    for row in base(12, 4):
        house.register("lin", name=row[1], phone=row[3])
    job = jobs.start(actor=house.cast.actor("admin", house.now), at=house.now, kind="train", precision=0.95)
    job = running.run_to_end(job, house.now)
    assert job.state == "done"
    return MatchModel.objects.get(uid=job.report["model"])


def test_what_was_learned_is_a_proposal_until_somebody_switches(
    dealer: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = learn(dealer, monkeypatch)
    company = dealer.cast.company
    assert weights.in_force(company.pk) == MODEL
    client.force_login(dealer.cast.admin)
    page = client.get(f"/matches/model/?with={row.uid}").content.decode()
    assert f"{dealer.now:%Y%m%d}-12" in page
    dealer.now = dealer.later(hours=1)
    assert client.post("/matches/model/switch/", {"model": str(row.uid)}).status_code == 302
    assert weights.in_force(company.pk).version == f"{dealer.now:%Y%m%d}-12"
    assert Entry.objects.filter(kind="matching.switched").count() == 1
    again = client.post("/matches/model/switch/", {"model": str(row.uid)})
    assert again.status_code == 409
    client.post("/matches/model/thresholds/", {"same_from": "97", "possible_from": "40"})
    model = weights.in_force(company.pk)
    assert (model.same_from, model.possible_from) == (97, 40)
    wrong = client.post("/matches/model/thresholds/", {"same_from": "70", "possible_from": "40"})
    assert wrong.status_code == 422
    client.post("/matches/model/switch/", {"model": str(row.uid)})  # roll back
    assert weights.in_force(company.pk).version == f"{dealer.now:%Y%m%d}-12"
    client.post("/matches/model/switch/", {"model": "shipped"})
    assert weights.in_force(company.pk) == MODEL


def test_who_may_merge_in_one_department_alone_changes_nothing_for_all(dealer: House, client: Client) -> None:
    gu = dealer.cast.actor("gu", dealer.now)
    for refused in (
        lambda: jobs.start(actor=gu, at=dealer.now, kind="sweep"),
        lambda: training.set_thresholds(
            actor=gu, at=dealer.now, unit=dealer.cast.company, same_from=97, possible_from=40
        ),
        lambda: training.switch_model(actor=gu, at=dealer.now, unit=dealer.cast.company, model_uid="shipped"),
    ):
        with pytest.raises(Problem) as problem:
            refused()
        assert problem.value.status == 403
    client.force_login(dealer.cast.gu)
    assert client.get("/matches/model/").status_code == 200
    assert client.post("/matches/jobs/", {"kind": "sweep"}).status_code == 403


def test_few_customers_fail_in_words(dealer: House, client: Client) -> None:
    job = jobs.start(actor=system_actor(dealer.cast.company), at=dealer.now, kind="train")
    job = running.run_to_end(job, dealer.now)
    assert (job.state, job.report["code"]) == ("failed", "training.few")
    client.force_login(dealer.cast.admin)
    assert "0 位客户" in client.get(f"/matches/jobs/{job.uid}/").content.decode()
