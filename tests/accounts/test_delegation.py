"""Who acts while someone is away."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dingfen.accounts import access, actions
from dingfen.accounts.actor import actor_for
from dingfen.accounts.models import Delegation, Staff
from dingfen.problems import Problem
from dingfen.register.queries import entries_of
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def lend(cast: Cast, by: str = "jiang", to: str = "lin", role: str = "", **more: dt.datetime) -> Delegation:
    dates = {"starts_at": NOW + DAY, "ends_at": NOW + 3 * DAY} | more
    return actions.delegate(
        actor=cast.actor(by),
        at=NOW,
        principal=getattr(cast, by),
        deputy=getattr(cast, to),
        role=role,
        reason="年假",
        **dates,
    )


def test_a_deputy_acts_between_the_dates_only(cast: Cast) -> None:
    row = lend(cast)
    for at, acts in ((NOW + DAY, True), (NOW + 3 * DAY - dt.timedelta(seconds=1), True), (NOW, False)):
        assert access.may(cast.actor("lin", at), "dispute.rule", cast.east.path) is acts, at
    assert not access.may(cast.actor("lin", NOW + 3 * DAY), "dispute.rule", cast.east.path)
    assert [entry.kind for entry in entries_of(row.principal.uid)] == ["delegation.given"]


def test_it_is_known_for_whom_one_acts(cast: Cast) -> None:
    lend(cast)
    actor = cast.actor("lin", NOW + DAY)
    assert actor.principals({"head"}, cast.east.path) == (cast.jiang.pk,)
    assert actor.principals({"salesperson"}, cast.east.path) == (), "an own role represents nobody"


def test_nobody_represents_a_colleague_in_that_colleagues_matter(cast: Cast) -> None:
    lend(cast)
    actor = cast.actor("lin", NOW + DAY)
    without = access.not_own_matter(actor, {cast.jiang.pk})
    assert not access.may(without, "dispute.rule")
    assert access.may(without, "dispute.claim")
    assert access.may(access.not_own_matter(actor, {cast.gu.pk}), "dispute.rule")
    with pytest.raises(Problem, match="own_matter"):
        access.not_own_matter(actor, {cast.lin.pk})


def test_a_lent_role_is_not_lent_on(cast: Cast) -> None:
    lend(cast)
    lend(cast, by="lin", to="xu")
    assert not access.may(cast.actor("xu", NOW + DAY), "dispute.rule")
    with pytest.raises(Problem, match="not_held"):
        lend(cast, by="lin", to="xu", role="head")


def test_one_role_alone_can_be_lent(cast: Cast) -> None:
    actions.grant_role(
        actor=cast.actor("admin"), at=NOW, staff=cast.jiang, role="compliance", unit=cast.company
    )
    lend(cast, role="compliance")
    actor = cast.actor("lin", NOW + DAY)
    assert access.may(actor, "customer.erase")
    assert not access.may(actor, "dispute.rule")


def test_a_delegation_ends_when_revoked_by_either_side(cast: Cast) -> None:
    first, second = lend(cast), lend(cast, to="xu")
    actions.revoke_delegation(actor=cast.actor("jiang"), at=NOW, delegation=first)
    actions.revoke_delegation(actor=cast.actor("xu"), at=NOW, delegation=second)
    assert not cast.actor("lin", NOW + DAY).acting_for
    assert not cast.actor("xu", NOW + DAY).acting_for
    with pytest.raises(Problem, match=r"delegation\.over"):
        actions.revoke_delegation(actor=cast.actor("jiang"), at=NOW, delegation=first)


def test_a_closed_account_lends_nothing(cast: Cast) -> None:
    lend(cast)
    actions.deactivate_staff(actor=cast.actor("admin"), at=NOW, staff=cast.jiang)
    assert not cast.actor("lin", NOW + DAY).acting_for


def test_administrators_arrange_for_the_absent_and_others_do_not(cast: Cast) -> None:
    values = {
        "at": NOW,
        "principal": cast.jiang,
        "deputy": cast.gu,
        "starts_at": NOW,
        "ends_at": NOW + DAY,
    }
    with pytest.raises(Problem) as raised:
        actions.delegate(actor=cast.actor("gu"), **values)
    assert raised.value.status == 403
    with pytest.raises(Problem) as raised:
        actions.delegate(actor=cast.actor("stranger"), **values)
    assert raised.value.status == 404
    assert actions.delegate(actor=cast.actor("admin"), **values).deputy == cast.gu


@pytest.mark.parametrize(
    ("more", "to", "field"),
    [
        ({"ends_at": NOW}, "lin", "ends_at"),
        ({"ends_at": NOW + 400 * DAY}, "lin", "ends_at"),
        ({}, "jiang", "deputy"),
    ],
)
def test_faults_of_a_delegation(cast: Cast, more: dict[str, dt.datetime], to: str, field: str) -> None:
    with pytest.raises(Problem) as raised:
        lend(cast, to=to, **more)
    assert list(raised.value.errors) == [field]


def test_a_deputy_is_a_working_colleague(cast: Cast) -> None:
    with pytest.raises(Problem) as raised:
        lend(cast, to="stranger")
    assert raised.value.status == 404
    actions.deactivate_staff(actor=cast.actor("admin"), at=NOW, staff=cast.gu)
    with pytest.raises(Problem, match="deputy_gone"):
        lend(cast, to="gu")


def test_the_actor_costs_one_query(cast: Cast) -> None:
    lend(cast)
    staff = Staff.objects.select_related("unit", "company").get(pk=cast.lin.pk)
    with CaptureQueriesContext(connection) as queries:
        actor_for(staff, NOW + DAY)
    assert len(queries) == 1
