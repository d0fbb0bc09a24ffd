"""My work: disputes that wait for a reader's ruling or answer, whoever the clock names."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from dingfen.cases.models import Case, Watch
from dingfen.clocks.models import Clock
from dingfen.ownership.models import Claim, Confirmation, Dispute
from tests.cast import Cast
from tests.web.conftest import SignedIn, customer


@pytest.fixture
def dispute(cast: Cast) -> Dispute:
    """Lin and Xu both claim a customer; both heads are to rule."""
    now = timezone.now()
    case = Case.objects.create(
        company=cast.company,
        unit=cast.east,
        kind="dispute",
        number="D-2026-0042",
        customer=customer(cast, 1),
        opened_at=now,
    )
    made = Dispute.objects.create(case=case, state="awaiting_ruling", origin="person", decider_mode="joint")
    made.decider_units.set([cast.east, cast.west])
    for staff, unit in ((cast.lin, cast.east), (cast.xu, cast.west)):
        Claim.objects.create(dispute=made, claimant=staff, unit=unit, made_at=now)
    clock(made, "dispute.ruling")
    return made


def clock(dispute: Dispute, kind: str) -> None:
    now = timezone.now()
    Clock.objects.create(
        company=dispute.case.company,
        kind=kind,
        subject_type="dispute",
        subject_uid=dispute.case.uid,
        started_at=now,
        deadline=now + dt.timedelta(days=1),
    )


def sees(signed_in: SignedIn, name: str, query: str = "?whose=mine") -> bool:
    answer = signed_in(name).get(f"/{query}")
    assert answer.status_code == 200
    return "D-2026-0042" in answer.content.decode()


def test_a_joint_ruling_waits_for_both_heads_until_each_has_spoken(
    cast: Cast, signed_in: SignedIn, dispute: Dispute
) -> None:
    assert sees(signed_in, "jiang", "?view=rule")
    assert sees(signed_in, "gu", "?view=rule")
    for name in ("lin", "fang", "zhou", "stranger"):
        assert not sees(signed_in, name, "?view=rule")
    Confirmation.objects.create(
        dispute=dispute, decider=cast.jiang, for_unit=cast.east, as_proposed=True, at=timezone.now()
    )
    assert not sees(signed_in, "jiang", "?view=rule")
    assert sees(signed_in, "gu", "?view=rule")


def test_nobody_is_asked_to_rule_on_their_own_matter(
    cast: Cast, signed_in: SignedIn, dispute: Dispute
) -> None:
    Claim.objects.create(dispute=dispute, claimant=cast.jiang, unit=cast.east, made_at=timezone.now())
    assert not sees(signed_in, "jiang", "?view=rule")


def test_what_the_heads_disagreed_on_waits_for_the_general_manager_alone(
    cast: Cast, signed_in: SignedIn, dispute: Dispute
) -> None:
    Dispute.objects.update(decider_mode="general_manager")
    assert sees(signed_in, "fang", "?view=rule")
    for name in ("jiang", "gu"):
        assert not sees(signed_in, name, "?view=rule")
        assert "D-2026-0042" not in signed_in(name).get("/disputes/?view=rule").content.decode()


def test_an_appeal_waits_for_the_general_manager(cast: Cast, signed_in: SignedIn, dispute: Dispute) -> None:
    Dispute.objects.update(state="appealed")
    clock(dispute, "dispute.final")
    assert sees(signed_in, "fang", "?view=rule")
    assert not sees(signed_in, "jiang", "?view=rule")


def test_evidence_waits_for_the_claimant_who_has_not_answered(
    cast: Cast, signed_in: SignedIn, dispute: Dispute
) -> None:
    Dispute.objects.update(state="evidence")
    clock(dispute, "dispute.evidence")
    assert sees(signed_in, "lin")
    Claim.objects.filter(claimant=cast.lin).update(answered_at=timezone.now())
    assert not sees(signed_in, "lin")
    assert sees(signed_in, "xu")


def test_what_one_watches_has_its_own_view(cast: Cast, signed_in: SignedIn, dispute: Dispute) -> None:
    assert not sees(signed_in, "jiang", "?view=watched")
    Watch.objects.create(case=dispute.case, staff=cast.jiang)
    assert sees(signed_in, "jiang", "?view=watched")
