"""A token's actor is the actor of its owner, whatever roles and delegations there are."""

from __future__ import annotations

from datetime import timedelta

from dingfen.accounts.actor import actor_for
from dingfen.accounts.models import Delegation, RoleGrant, Staff
from dingfen.api import tokens
from tests.api.conftest import token_for
from tests.cast import NOW, Cast


def both(staff: Staff) -> None:
    """The token's actor equals `actor_for`."""
    staff = Staff.objects.select_related("unit", "company").get(pk=staff.pk)
    text, row = token_for(staff, scopes=("dispute.view",))
    found = tokens.find(text, NOW)
    assert found is not None and found.id == row.pk
    assert found.actor == actor_for(staff, NOW).via("api", frozenset({"dispute.view"}))


def delegate(principal: Staff, deputy: Staff, **given: object) -> None:
    days = timedelta(days=1)
    values = {"starts_at": NOW - days, "ends_at": NOW + days} | given
    Delegation.objects.create(principal=principal, deputy=deputy, **values)


def test_own_roles_dated_roles_and_delegations(cast: Cast) -> None:
    today = NOW.date()
    for role, dates in {
        "agent": {"starts_on": today, "ends_on": today},
        "salesperson": {"ends_on": today - timedelta(days=1)},
        "compliance": {"starts_on": today + timedelta(days=1)},
    }.items():
        RoleGrant.objects.create(staff=cast.gu, role=role, unit=cast.site, **dates)
    delegate(cast.gu, cast.jiang)
    delegate(cast.fang, cast.jiang, role="general_manager")
    delegate(cast.zhou, cast.jiang, role="head")  # a role she does not hold
    delegate(cast.tang, cast.jiang, revoked_at=NOW)
    delegate(cast.admin, cast.jiang, ends_at=NOW)
    for staff in (cast.jiang, cast.gu, cast.stranger):
        both(staff)
    text, _ = token_for(cast.jiang)
    found = tokens.find(text, NOW)
    assert found is not None
    assert {role for role, _, _ in found.actor.acting_for} == {"head", "agent", "general_manager"}


def test_nothing_passes_from_who_has_left(cast: Cast) -> None:
    delegate(cast.gu, cast.jiang)
    cast.gu.left_on = NOW.date() - timedelta(days=1)
    cast.gu.save()
    both(cast.jiang)
    text, _ = token_for(cast.gu)
    assert tokens.find(text, NOW) is None
    cast.gu.left_on, cast.gu.is_active = None, False
    cast.gu.save()
    assert tokens.find(text, NOW) is None


def test_someone_without_unit_or_company(cast: Cast) -> None:
    both(Staff.objects.create_user(username="root", name="根"))
