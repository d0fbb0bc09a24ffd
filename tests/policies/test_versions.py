"""The life of a policy version: proposed, approved by a second person, published, read, superseded."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from tests.cast import NOW, Cast

from dingfen.accounts.models import Role, RoleGrant
from dingfen.policies import actions
from dingfen.policies.models import Acknowledgement, PolicyVersion
from dingfen.policies.queries import shipped, version_at
from dingfen.problems import Problem
from dingfen.register.models import Entry

State = PolicyVersion.State
DAY = dt.timedelta(days=1)


def proposed(cast: Cast, pack: str = "auto-dealer") -> PolicyVersion:
    return actions.propose(actor=cast.actor("tang"), at=NOW, unit=cast.company, pack=shipped(pack))


def test_who_proposed_cannot_approve_even_with_the_role(cast: Cast) -> None:
    version = proposed(cast)
    RoleGrant.objects.create(staff=cast.tang, role=Role.COMPLIANCE, unit=cast.company)
    with pytest.raises(Problem) as refused:
        actions.approve(actor=cast.actor("tang"), at=NOW, version_uid=version.uid)
    assert refused.value.code == "policy.own_proposal"
    assert actions.approve(actor=cast.actor("zhou"), at=NOW, version_uid=version.uid).state == State.APPROVED


def test_the_version_of_the_time_judges(cast: Cast) -> None:
    version = proposed(cast)
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=version.uid)
    with pytest.raises(Problem) as past:
        actions.publish(actor=cast.actor("tang"), at=NOW, version_uid=version.uid, in_force_from=NOW - DAY)
    assert past.value.code == "policy.past_date"
    actions.publish(actor=cast.actor("tang"), at=NOW, version_uid=version.uid, in_force_from=NOW + DAY)
    team = (cast.company.pk, cast.east.path)
    assert version_at(*team, NOW) is None
    found = version_at(*team, NOW + DAY)
    assert found is not None
    assert found[0] == version
    assert found[1].id == "auto-dealer"
    assert version_at(cast.other_company.pk, cast.other_company.path, NOW + DAY) is None


def test_imported_facts_may_be_judged_from_an_earlier_day(cast: Cast) -> None:
    version = proposed(cast, "b2b-sales")
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=version.uid)
    long_ago = NOW - 300 * DAY
    actions.publish(
        actor=cast.actor("tang"),
        at=NOW,
        version_uid=version.uid,
        in_force_from=NOW,
        applies_to_history_from=long_ago,
    )
    team = (cast.company.pk, cast.east.path)
    assert version_at(*team, NOW - DAY) is None
    assert version_at(*team, NOW - DAY, imported=True) is not None
    assert version_at(*team, long_ago - DAY, imported=True) is None


def test_retracted_before_its_day_the_earlier_one_goes_on(cast: Cast) -> None:
    first = proposed(cast)
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=first.uid)
    actions.publish(actor=cast.actor("tang"), at=NOW, version_uid=first.uid, in_force_from=NOW)
    with pytest.raises(Problem) as begun:
        actions.retract(actor=cast.actor("tang"), at=NOW, version_uid=first.uid)
    assert begun.value.code == "policy.in_force"


def test_through_the_pages_from_proposal_to_reading(cast: Cast) -> None:
    browsers = {name: Client() for name in ("tang", "zhou", "lin")}
    for name, browser in browsers.items():
        browser.force_login(getattr(cast, name))
    sent = browsers["tang"].post("/policies/propose/", {"pack": "media-sales", "unit": str(cast.company.uid)})
    version = PolicyVersion.objects.get()
    assert sent["Location"] == f"/policies/{version.uid}/"
    assert browsers["lin"].post(f"/policies/{version.uid}/approve/").status_code == 403
    assert browsers["zhou"].post(f"/policies/{version.uid}/approve/").status_code == 302
    today = dt.datetime.now(version.unit.zone).date()
    published = browsers["tang"].post(
        f"/policies/{version.uid}/publish/", {"in_force_from": today.isoformat()}
    )
    assert published.status_code == 302
    for _ in range(2):  # a second confirmation changes nothing
        assert browsers["lin"].post(f"/policies/{version.uid}/acknowledge/").status_code == 302
    assert Acknowledgement.objects.filter(version=version, staff=cast.lin).count() == 1
    kinds = list(
        Entry.objects.filter(kind__startswith="policy.").order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == ["policy.proposed", "policy.approved", "policy.published", "policy.read"]
    page = browsers["lin"].get(f"/policies/{version.uid}/").content.decode()
    assert "生效中" in page
    assert "林可欣" in page
    book = browsers["lin"].get(f"/policies/{version.uid}/rule-book.md")
    assert "媒体" in book.content.decode()
