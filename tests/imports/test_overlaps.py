"""Two holds in force that meet without a deal open a quiet dispute; a person may start what an import found."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone

from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import Role, Staff
from dingfen.clocks.models import Clock
from dingfen.imports import actions as imports
from dingfen.imports import running, shipped
from dingfen.imports.models import ImportJob
from dingfen.outbox.models import Delivery
from dingfen.ownership import actions
from dingfen.ownership.models import Dispute, Registration
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests import lookalike
from tests.api.conftest import Caller, token_for
from tests.imports.conftest import Run
from tests.imports.test_crm_story import bring_in, house

__all__ = ["house"]
HEAD = "sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"


@pytest.fixture
def people(house: Actor, import_file: Run) -> dict[str, Actor]:
    import_file(house, "staff", lookalike.teams_file(), shipped.text_of("crm-staff"))
    import_file(house, "customers", lookalike.accounts_file(), shipped.text_of("crm-customers"))
    return {staff.name: actor_for(staff, timezone.now()) for staff in Staff.objects.all()}


def rows(*agents: str, days: int = 3, stage: str = "Engaging") -> bytes:
    """Opportunities on one account and product, begun some days ago and still open."""
    begun = timezone.localdate() - dt.timedelta(days=days)
    lines = [f"{agent},Lumen,{lookalike.ACCOUNTS[0]},{stage},{begun:%m/%d/%Y},,\n" for agent in agents]
    return (HEAD + "".join(lines)).encode()


def deals(run: Run, house: Actor, content: bytes) -> ImportJob:
    return run(house, "deals", content, shipped.text_of("crm-deals"))


def test_holds_that_meet_open_one_dispute_with_a_proposal(
    house: Actor, people: dict[str, Actor], import_file: Run
) -> None:
    first, second, third = lookalike.AGENTS[:3]
    job = deals(import_file, house, rows(first, second, third))
    assert (job.state, job.done) == ("done", 3)
    dispute = Dispute.objects.get()
    assert (dispute.origin, dispute.state, dispute.deal) == ("import", "awaiting_ruling", None)
    assert set(dispute.claims.values_list("claimant__name", flat=True)) == {first, second, third}
    assert json.loads(bytes(dispute.proposed or b""))["outcome"] in ("award", "split", "declined")
    assert (job.report["disputes"]["opened"], job.report["disputes"]["overlaps"]) == (1, 1)
    assert not Clock.objects.filter(subject_uid=dispute.case.uid).exists()
    assert not Delivery.objects.filter(event__startswith="dispute.").exists()


def test_the_same_person_twice_is_no_dispute(
    house: Actor, people: dict[str, Actor], import_file: Run
) -> None:
    deals(import_file, house, rows(lookalike.AGENTS[0], lookalike.AGENTS[0]))
    assert not Dispute.objects.exists()


def test_a_hold_that_was_there_meets_one_that_is_imported(
    house: Actor, people: dict[str, Actor], import_file: Run
) -> None:
    first, second = lookalike.AGENTS[:2]
    deals(import_file, house, rows(first))
    assert not Dispute.objects.exists()
    job = deals(import_file, house, rows(second, days=2))
    dispute = Dispute.objects.get()
    standing = Registration.objects.get(holder__name=first)
    assert (dispute.registration_id, standing.state) == (standing.pk, "disputed")
    undone = running.run_to_end(imports.undo(actor=house, at=timezone.now(), job_uid=job.uid), timezone.now)
    assert undone.state == "undone", undone.report
    standing.refresh_from_db()
    assert standing.state == "held"
    assert Clock.objects.get(subject_uid=standing.uid, kind="registration.protection").state == "running"
    dispute.refresh_from_db()
    assert dispute.state == "withdrawn"


def test_undone_in_one_nothing_is_left(house: Actor, people: dict[str, Actor], import_file: Run) -> None:
    job = deals(import_file, house, rows(*lookalike.AGENTS[:3]))
    undone = running.run_to_end(imports.undo(actor=house, at=timezone.now(), job_uid=job.uid), timezone.now)
    assert undone.report["undo"] == {"undone": 3}
    assert set(Registration.objects.values_list("state", flat=True)) == {"void"}
    assert Dispute.objects.get().state == "withdrawn"


def head_of(dispute: Dispute, people: dict[str, Actor]) -> Actor:
    path = dispute.case.unit.path
    return next(people[name] for name in lookalike.MANAGERS if people[name].has(Role.HEAD, path))


def test_started_the_claimants_are_asked_and_the_clock_runs(
    house: Actor, people: dict[str, Actor], import_file: Run
) -> None:
    deals(import_file, house, rows(*lookalike.AGENTS[:2]))
    dispute = Dispute.objects.select_related("case__unit").get()
    head = head_of(dispute, people)
    at = timezone.now()
    with pytest.raises(Problem):
        actions.start(actor=people[lookalike.AGENTS[0]], at=at, dispute_uid=dispute.case.uid)
    actions.start(actor=head, at=at, dispute_uid=dispute.case.uid)
    dispute.refresh_from_db()
    assert dispute.state == "evidence"
    clock = Clock.objects.get(subject_uid=dispute.case.uid)
    assert (clock.kind, clock.state) == ("dispute.evidence", "running") and clock.deadline > at
    told = Delivery.objects.filter(event="dispute.claim", channel="in_app")
    assert set(told.values_list("recipient__name", flat=True)) == set(lookalike.AGENTS[:2])
    assert Entry.objects.filter(kind="dispute.started").count() == 1
    with pytest.raises(Problem, match=r"dispute\.started"):
        actions.start(actor=head, at=at, dispute_uid=dispute.case.uid)
    for name in lookalike.AGENTS[:2]:
        actions.answer(actor=people[name], at=at, dispute_uid=dispute.case.uid, statement="由我联系并跟进。")
    dispute.refresh_from_db()
    assert dispute.state == "awaiting_ruling"
    assert Clock.objects.live().filter(subject_uid=dispute.case.uid, kind="dispute.ruling").exists()
    assert Delivery.objects.filter(event="dispute.to_rule").exists()


def test_many_are_started_at_once_with_a_result_each(
    house: Actor, people: dict[str, Actor], import_file: Run
) -> None:
    bring_in(import_file, house, lookalike.deals(60))
    manager = Staff.objects.get(grants__role="general_manager")
    uids = [str(uid) for uid in Dispute.objects.values_list("case__uid", flat=True)]
    assert len(uids) > 3
    call = Caller(token_for(manager)[0])
    answer = json.loads(call("POST", "/disputes/start", {"items": uids[:2]}).content)["results"]
    assert [row["done"] for row in answer] == [True, True]
    again = json.loads(call("POST", "/disputes/start", {"items": uids[:3]}).content)["results"]
    assert [row["code"] for row in again] == ["dispute.started", "dispute.started", ""]
    page = Client()
    page.force_login(manager)
    Staff.objects.filter(pk=manager.pk).update(language="en")
    html = page.post("/disputes/?view=imported", {"bulk": "start", "uid": uids[2:5]}).content.decode()
    assert "2 rows done" in html and "runs already" in html
    assert Clock.objects.filter(kind="dispute.evidence").count() == 5
