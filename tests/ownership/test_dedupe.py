"""Looking through all stored customers at once, and learning from them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from dingfen.accounts.actor import system_actor
from dingfen.cli.main import main
from dingfen.matching import MODEL, from_json, to_json
from dingfen.ownership.matches.rows import MatchReview
from dingfen.ownership.matches.sweep import sweep
from dingfen.ownership.queries import check_conflict
from dingfen.parties import index, weights
from dingfen.parties.actions import training
from dingfen.parties.models import Customer, MatchModel
from dingfen.parties.reindexing import rebuild
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.matching.people import base
from tests.ownership.conftest import House


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    weights.forget()
    yield
    weights.forget()


def test_pairs_that_slipped_through_come_before_people_once(dealer: House) -> None:
    dealer.register("lin", name="陈立群", phone="13812342046")
    dealer.register("xu", name="陈立群", phone="13812342047", confirm_possible=True)
    dealer.register("xu", name="苏未央", phone="13500001111")
    asked = {"actor": system_actor(dealer.cast.company), "at": dealer.now, "unit": dealer.cast.company}
    assert sweep(**asked) == (1, 1, 0, 1)
    review = MatchReview.objects.get()
    assert review.reasons[0] == "name.same"
    assert {review.registration.customer_id, review.other_id} == {review.other_id, review.other_id + 1}
    assert sweep(**asked) == (1, 1, 0, 0)
    MatchReview.objects.all().delete()
    Customer.objects.update(tailed=None)  # stored before their keys stood beside them
    assert sweep(**asked) == (1, 1, 0, 1)


def test_learned_weights_are_in_force_at_once_and_entered(
    dealer: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dingfen.matching.training.LEAST_ROWS", 20)
    for row in base(25, 4):
        dealer.register("lin", name=row[1], phone=row[3])
    assert weights.in_force(dealer.cast.company.pk) == MODEL
    row = training.train_model(
        actor=system_actor(dealer.cast.company), at=dealer.now, unit=dealer.cast.company
    )
    model = weights.in_force(dealer.cast.company.pk)
    assert (row.customers, model.version) == (25, f"{dealer.now:%Y%m%d}-25")
    assert Entry.objects.get(kind="matching.trained").subject_uid == dealer.cast.company.uid


def test_too_few_customers_are_refused_and_a_seller_may_not_train(dealer: House) -> None:
    with pytest.raises(Problem) as few:
        training.train_model(actor=system_actor(dealer.cast.company), at=dealer.now, unit=dealer.cast.company)
    assert few.value.code == "training.few"
    with pytest.raises(Problem):
        training.train_model(
            actor=dealer.cast.actor("lin", dealer.now), at=dealer.now, unit=dealer.cast.company
        )
    assert not MatchModel.objects.exists()


def test_customers_read_by_older_rules_are_found_after_a_rebuild(dealer: House) -> None:
    held = dealer.register("lin", name="陈立群", phone="13812342046")
    customer = held.customer
    read = customer.features
    older = to_json(from_json(read)._replace(version=1))
    Customer.objects.filter(pk=customer.pk).update(features=older)
    index.remove(customer.pk)
    steps: list[tuple[int, int]] = []
    assert rebuild(customer.company_id, lambda done, total: steps.append((done, total))) == 1
    customer.refresh_from_db()
    assert customer.features == read
    asker = dealer.cast.actor("xu", dealer.now)
    assert check_conflict(actor=asker, at=dealer.now, phone="2046").answer == "possible"
    assert steps == [(1, 1)]
    assert rebuild(customer.company_id) == 0


def test_the_commands_speak_json(dealer: House, capsys: pytest.CaptureFixture[str]) -> None:
    company = ["--company", dealer.cast.company.code]
    assert main(["match", "dedupe", "--json", *company]) == 0
    assert json.loads(capsys.readouterr().out) == {"pairs": 0, "groups": 0, "relations": 0, "reviews": 0}
    assert main(["match", "model", *company]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == MODEL.version
    assert main(["match", "model", "--splink", *company]) == 0
    assert json.loads(capsys.readouterr().out)["comparisons"]
    assert main(["match", "train", *company]) == 1
    assert main(["match", "train", "--company", "nobody"]) == 2
