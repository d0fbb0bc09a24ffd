"""A CRM export comes in: teams, accounts, deals; the disputes it shows, each with a proposed ruling."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict

import pytest
from django.utils import timezone

from dingfen.accounts.actions.units import create_company
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.imports import actions, running, shipped
from dingfen.imports.models import ImportJob
from dingfen.imports.values import folded
from dingfen.ownership.actions.deciding import canonical
from dingfen.ownership.facts import facts_of
from dingfen.ownership.models import Deal, Dispute, Registration
from dingfen.parties.models import Customer, Touch
from dingfen.policies.actions import publish_shipped
from dingfen.register.models import Entry
from tests import lookalike
from tests.imports.conftest import Run

HISTORY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def house(db: None) -> Actor:
    """A company with the pack for such a sales house in force, also for imported history."""
    at = timezone.now()
    company = create_company(actor=system_actor(None), at=at, name="远帆销售", code="YF")
    actor = system_actor(company)
    publish_shipped(actor=actor, at=at, unit=company, pack="b2b-sales", applies_to_history_from=HISTORY)
    return actor


def bring_in(run: Run, house: Actor, made: list[lookalike.Deal]) -> ImportJob:
    run(house, "staff", lookalike.teams_file(), shipped.text_of("crm-staff"))
    run(house, "customers", lookalike.accounts_file(), shipped.text_of("crm-customers"))
    return run(house, "deals", lookalike.deals_file(made), shipped.text_of("crm-deals"))


def expected(made: list[lookalike.Deal]) -> dict[int, set[str]]:
    """By brute force: for each won deal (its place) who else worked on account and product meanwhile."""
    found = {}
    for place, deal in enumerate(made):
        others = {
            other.agent
            for other in made
            if deal.stage == "Won"
            and other.agent != deal.agent
            and other.account == deal.account
            and folded(other.product) == folded(deal.product)
            and other.engaged <= deal.closed
            and other.closed >= deal.engaged
        }
        if others:
            found[place] = others | {deal.agent}
    return found


def test_staff_teams_and_heads_come_from_the_list_of_teams(house: Actor, import_file: Run) -> None:
    job = import_file(house, "staff", lookalike.teams_file(), shipped.text_of("crm-staff"))
    assert (job.state, job.done, job.failed) == ("done", 12, 0)
    for agent, manager, region in lookalike.teams():
        staff = Staff.objects.select_related("unit__parent").get(name=agent)
        assert staff.unit is not None and staff.unit.parent is not None
        assert (staff.unit.kind, staff.unit.parent.kind, staff.unit.parent.name) == ("team", "site", region)
        head = RoleGrant.objects.get(unit=staff.unit, role=Role.HEAD).staff
        assert (head.name, head.unit) == (manager, staff.unit)
        assert staff.grants.get().role == Role.SALESPERSON
    assert RoleGrant.objects.filter(role=Role.GENERAL_MANAGER, unit__pk=house.company_id).count() == 1
    again = import_file(house, "staff", lookalike.teams_file(), shipped.text_of("crm-staff"))
    assert (again.skipped, again.done, Staff.objects.count()) == (12, 0, 12 + 6 + 1)


def test_overlapping_claims_become_disputes_with_a_proposal(house: Actor, import_file: Run) -> None:
    made = lookalike.deals()
    job = bring_in(import_file, house, made)
    assert (job.state, job.done, job.failed) == ("done", len(made), 0)
    won = sum(deal.stage == "Won" for deal in made)
    assert (Registration.objects.count(), Touch.objects.count(), Deal.objects.count()) == (
        len(made), 2 * len(made), won,
    )  # fmt: skip
    assert Customer.objects.count() == len(lookalike.ACCOUNTS)
    assert set(Deal.objects.values_list("scope", flat=True)) <= {
        "HX 200",
        "HX200",
        "Mira Pro",
        "MiraPro",
        "Lumen",
    }
    assert len(set(map(folded, Deal.objects.values_list("scope", flat=True)))) == len(
        set(Deal.objects.values_list("scope", flat=True))
    )  # one spelling each
    wanted = expected(made)
    assert wanted
    disputes = {
        int(one.deal.import_row.rpartition(":")[2]) - 2: one
        for one in Dispute.objects.select_related("deal", "case__unit")
        if one.deal
    }
    assert {
        place: set(one.claims.values_list("claimant__name", flat=True)) for place, one in disputes.items()
    } == wanted
    counts = job.report["disputes"]
    assert (
        counts["opened"] == len(wanted) == sum(counts.get(name, 0) for name in ("award", "split", "declined"))
    )
    assert counts.get("award", 0) + counts.get("split", 0) > len(wanted) / 2  # the rules settle most


def test_same_team_goes_to_its_head_and_teams_to_both(house: Actor, import_file: Run) -> None:
    bring_in(import_file, house, lookalike.deals())
    teams = {agent: manager for agent, manager, _ in lookalike.teams()}
    seen = set()
    for dispute in Dispute.objects.prefetch_related("decider_units", "claims__claimant"):
        managers = {teams[claim.claimant.name] for claim in dispute.claims.all()}
        proposed = json.loads(bytes(dispute.proposed or b"{}"))
        deciding = {teams[name] for name in _names(proposed, dispute)}
        heads = {
            RoleGrant.objects.get(unit=unit, role=Role.HEAD).staff.name
            for unit in dispute.decider_units.all()
        }
        assert heads <= managers and deciding <= managers
        assert dispute.decider_mode == ("head" if len(heads) == 1 else "joint")
        assert heads == managers
        seen.add(dispute.decider_mode)
    assert seen == {"head", "joint"}


def _names(proposed: dict[str, object], dispute: Dispute) -> set[str]:
    return {
        claim.claimant.name for claim in dispute.claims.all() if str(claim.claimant.uid) == proposed["holder"]
    }


def test_facts_folded_in_bulk_are_those_folded_one_by_one(house: Actor, import_file: Run) -> None:
    bring_in(import_file, house, lookalike.deals())
    for dispute in Dispute.objects.select_related("case__unit", "case__customer", "deal", "policy")[:25]:
        assert dispute.proposed_at is not None
        assert canonical(facts_of(dispute, dispute.proposed_at)) == bytes(dispute.facts or b"")


def test_every_row_has_its_entries_and_none_counts_as_same_day(house: Actor, import_file: Run) -> None:
    made = lookalike.deals(40)
    bring_in(import_file, house, made)
    kinds: dict[str, int] = defaultdict(int)
    for entry in Entry.objects.filter(imported=True):
        kinds[entry.kind] += 1
        assert json.loads(bytes(entry.body)).get("facts", {}).get("same_day", False) is False
    won = sum(deal.stage == "Won" for deal in made)
    assert kinds["registration.made"] == len(made)
    assert kinds["touch.recorded"] == 2 * len(made)
    assert (kinds["deal.signed"], kinds["registration.lost"]) == (won, len(made) - won)
    assert kinds["dispute.raised"] == kinds["dispute.proposed"] == Dispute.objects.count()
    assert not Touch.objects.filter(entry_seq=None).exists()
    assert not Deal.objects.filter(entry_seq=None).exists()


def test_the_dry_run_finds_what_the_run_finds_and_keeps_nothing(house: Actor, import_file: Run) -> None:
    import_file(house, "staff", lookalike.teams_file(), shipped.text_of("crm-staff"))
    before = (Entry.objects.count(), Customer.objects.count())
    content = (
        lookalike.deals_file(lookalike.deals(20)) + "王五,Lumen,新客户,Won,1/2/2024,1/9/2024,5\n".encode()
    )
    dry = import_file(house, "deals", content, shipped.text_of("crm-deals"), dry=True)
    assert (dry.state, dry.done, dry.failed) == ("ready", 20, 1)
    assert (Entry.objects.count() - before[0], Customer.objects.count() - before[1]) == (1, 0)  # the upload
    run = running.run_to_end(actions.start(actor=house, at=timezone.now(), job_uid=dry.uid), timezone.now)
    assert (run.state, run.done, run.failed) == ("done_errors", 20, 1)
    assert [row.number for row in run.rows.filter(state="failed")] == [22]


def test_undone_the_company_is_as_before(house: Actor, import_file: Run) -> None:
    job = bring_in(import_file, house, lookalike.deals(60))
    disputes = Dispute.objects.count()
    assert disputes
    undone = running.run_to_end(actions.undo(actor=house, at=timezone.now(), job_uid=job.uid), timezone.now)
    assert (undone.state, undone.report["undo"]) == ("undone", {"undone": 60})
    assert Deal.objects.visible_to(house).count() == 0
    assert set(Registration.objects.values_list("state", flat=True)) == {"void"}
    assert set(Dispute.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert Entry.objects.filter(kind="registration.voided").count() == 60
    assert Customer.objects.visible_to(house).count() == len(lookalike.ACCOUNTS)
    assert Unit.objects.filter(active=False).count() == 0
