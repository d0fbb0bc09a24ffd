"""Who sees what is compiled once and kept: every change of units, roles, delegations and holds shows at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from dingfen.accounts.actions import delegation, roles, staff, units
from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.cases.awaiting import AWAITED, Waiting, _known
from dingfen.clocks.models import Clock
from dingfen.database import kept
from dingfen.matching import Record
from dingfen.ownership import watch
from dingfen.ownership.models import Registration
from dingfen.ownership.visibility import units_headed
from dingfen.parties import queries as parties
from dingfen.parties.models import Customer
from dingfen.web.holdings import urls as holdings
from tests.ownership.conftest import House

READERS = ("lin", "jiang", "gu", "fang", "shen", "chen", "tang", "stranger")
TODAY = dt.date(2026, 11, 18)
Sight = dict[str, tuple[frozenset[object], ...]]


def sight(house: House, *, through_what_is_kept: bool) -> Sight:
    """By reader: the clocks one may know of, the customers whose names one sees, the holds shown, the list."""
    found: Sight = {}
    customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    holds = list(Registration.objects.order_by("pk").values_list("uid", flat=True))
    for reader in READERS:
        actor = house.cast.actor(reader, house.now)
        if through_what_is_kept:
            clocks = Waiting(actor, (), []).clocks()
            named = {row.pk for row in kept.rows(parties._seen, actor, among=customers)}
            shown = set(holdings.holds_shown(actor, holds))
            listed = Customer.objects.visible_to(actor, listed=True)
        else:
            clocks = _known(actor, tuple(one.looks_up(actor) for one in AWAITED))
            named = set(Customer.objects.visible_to(actor).values_list("pk", flat=True))
            shown = set(Registration.objects.visible_to(actor).values_list("uid", flat=True))
            listed = Customer.objects.visible_to(actor)
        in_list = frozenset(listed.values_list("pk", flat=True))
        found[reader] = (
            frozenset(clocks.values_list("pk", flat=True)), frozenset(named), frozenset(shown), in_list,
        )  # fmt: skip
    return found


@pytest.fixture
def busy(dealer: House) -> House:
    """Holds of both sellers, a dispute between them, and a hold in the west that waits for its head."""
    dealer.register("lin")
    dealer.register("xu", "郭海宁", "13912340001")
    waiting = dealer.register("xu", "何曼青", "13912340002")
    dealer.later(hours=1)
    dealer.act("xu", "raise_dispute", record=Record(phones=("13812342046",)), statement="客户到店由我接待。")
    Registration.objects.filter(pk=waiting.pk).update(state="with_head")
    Clock.objects.filter(subject_uid=waiting.uid).update(kind=watch.ASSIGN, responsible=None)
    return dealer


def test_changes_of_units_roles_and_holds_show_at_once(busy: House) -> None:
    cast, now = busy.cast, busy.now
    admin = cast.actor("admin", now)

    def grant(name: str, role: str, unit: Unit) -> Callable[[], object]:
        who: Staff = getattr(cast, name)
        return lambda: roles.grant_role(actor=admin, at=now, staff=who, role=role, unit=unit)

    def end(name: str, role: str) -> Callable[[], object]:
        return lambda: roles.end_role(
            actor=admin, at=now, grant=RoleGrant.objects.get(staff__username=name, role=role, ends_on=None)
        )

    def lend() -> None:
        delegation.delegate(
            actor=admin, at=now, principal=cast.gu, deputy=cast.chen, starts_at=now,
            ends_at=now + dt.timedelta(days=9), role=Role.HEAD,
        )  # fmt: skip

    def take_back() -> None:
        delegation.revoke_delegation(actor=admin, at=now, delegation=cast.gu.delegations_given.get())

    def new_group() -> None:
        """A unit comes below the east, and a hold that waits for its head moves there."""
        group = units.create_unit(
            actor=admin, at=now, parent=cast.east, kind=Unit.Kind.TEAM, name="新设小组", code="NEW"
        )
        Registration.objects.filter(state="with_head").update(unit=group)

    def move(unit: Unit, parent: Unit) -> Callable[[], object]:
        return lambda: units.move_unit(
            actor=admin, at=now, unit=Unit.objects.get(pk=unit.pk), parent=Unit.objects.get(pk=parent.pk)
        )

    def transfer() -> None:
        held = Registration.objects.get(holder=cast.xu, state="held")
        busy.act(
            "gu", "transfer", registration_uid=held.uid, to=cast.lin.uid, reason="客户要求由林可欣跟进。"
        )

    def beside() -> None:
        held = Registration.objects.get(holder=cast.lin, state="held")
        named = {"registration_uid": held.uid, "staff": cast.gu.uid, "role": "other"}
        busy.act("lin", "name_co_worker", **named)

    def leave() -> None:
        staff.record_leaver(actor=admin, at=now, staff=cast.jiang, left_on=TODAY - dt.timedelta(days=1))

    changes: list[tuple[Callable[[], object], str]] = [
        (grant("tang", Role.HEAD, cast.west), "tang"),
        (end("tang", Role.HEAD), "tang"),
        (grant("shen", Role.COMPLIANCE, cast.company), "shen"),
        (end("shen", Role.COMPLIANCE), "shen"),
        (lend, "chen"),
        (take_back, "chen"),
        (move(cast.west, cast.east), "jiang"),
        (move(cast.west, cast.site), "jiang"),
        (new_group, "jiang"),
        (transfer, "lin"),
        (beside, "gu"),
        (leave, "jiang"),
    ]
    before = sight(busy, through_what_is_kept=True)
    assert before == sight(busy, through_what_is_kept=False)
    assert len({*before.values()}) >= 4
    for change, whose in changes:
        change()
        after = sight(busy, through_what_is_kept=True)
        assert after == sight(busy, through_what_is_kept=False)
        assert after[whose] != before[whose]
        before = after


def test_a_kept_question_looks_up_no_rows(busy: House, django_assert_num_queries: Any) -> None:
    """What it would look up would be kept with it, under a key that does not name it."""
    for reader in READERS:
        actor = busy.cast.actor(reader, busy.now)
        looked_up, headed = tuple(one.looks_up(actor) for one in AWAITED), units_headed(actor)
        with django_assert_num_queries(0):
            kept._condition.__wrapped__(_known, (actor, looked_up))
            kept._rows_statement.__wrapped__(parties._seen, (actor,), 2, False)
            kept._rows_statement.__wrapped__(holdings._shown, (actor, headed), 2, True)


def test_a_kept_condition_stands_in_no_other_statement_and_has_no_joins(busy: House) -> None:
    clocks = Waiting.on(busy.cast.actor("jiang", busy.now)).clocks()
    assert clocks.order_by("deadline").select_related("responsible__unit")[:1].get() in clocks
    with pytest.raises(ValueError, match="within another"):
        list(Clock.objects.filter(pk__in=clocks.values("pk")))
    with pytest.raises(ValueError, match="joins"):
        kept.meeting(lambda: Clock.objects.filter(responsible__unit__code="DK1"))
