"""Handing over what a leaver holds: plan, exceptions, work, result per row, undo, closing the account."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dingfen.accounts.actions import delegate
from dingfen.accounts.models import Delegation, Role, Staff
from dingfen.clocks.models import Clock
from dingfen.outbox.models import Delivery
from dingfen.ownership.handover import actions, running
from dingfen.ownership.handover.models import Handover
from dingfen.ownership.models import Effect, Registration
from dingfen.ownership.owners import tenures
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import person
from tests.ownership.conftest import House

State = Registration.State
COUNT = 5


@pytest.fixture
def mei(dealer: House) -> Staff:
    cast = dealer.cast
    return person("mei", "梅雨桐", cast.east, Role.SALESPERSON, cast.east)


@pytest.fixture
def holds(dealer: House) -> list[Registration]:
    """lin's five customers, one of them followed up the day after."""
    made = [dealer.register("lin", f"陈立{n}", f"138123420{n:02d}") for n in range(COUNT)]
    dealer.later(days=1)
    dealer.act("lin", "record_touch", uid=made[0].customer.uid, kind="visit")
    return made


def act(house: House, who: str, name: str, **given: Any) -> Any:
    return getattr(actions, name)(actor=house.cast.actor(who, house.now), at=house.now, **given)


def plan(house: House, way: str = "robin", who: str = "jiang", **more: Any) -> Handover:
    given = {"why": "left", "reason": "合同到期离职", "way": way, **more}
    found: Handover = act(house, who, "plan", person_uid=house.cast.lin.uid, **given)
    return found


def run(house: House, found: Handover) -> Handover:
    act(house, "jiang", "start", handover_uid=found.uid)
    return running.run_to_end(found, house.now)


def held_by(staff: Staff) -> int:
    return Registration.objects.filter(holder=staff, state__in=("held", "lapsing", "won")).count()


def test_in_turn_with_the_dates_kept(dealer: House, holds: list[Registration], mei: Staff) -> None:
    cast = dealer.cast
    ends = {held.customer_id: held.protected_until for held in Registration.objects.filter(holder=cast.lin)}
    found = run(dealer, plan(dealer, to=[cast.xu.uid, mei.uid]))
    assert found.state == "done"
    assert sorted([held_by(cast.xu), held_by(mei)]) == [2, 3]
    assert held_by(cast.lin) == 0
    for held in Registration.objects.filter(holder__in=[cast.xu, mei]):
        assert held.protected_until == ends[held.customer_id]
        assert Clock.objects.live().get(subject_uid=held.uid).deadline == held.protected_until
    facts = [
        json.loads(bytes(e.body))["facts"] for e in Entry.objects.filter(kind="registration.transferred")
    ]
    assert {one["handover"] for one in facts} == {str(found.uid)}
    assert [one.how for one in tenures(holds[0].customer)] == ["registered", "handed_over"]
    assert Delivery.objects.filter(recipient=mei, event="handover.received").count() == 1
    assert Delivery.objects.filter(recipient=cast.jiang, event="handover.done").count() == 1


def test_anew_and_with_exceptions(dealer: House, holds: list[Registration], mei: Staff) -> None:
    cast = dealer.cast
    found = plan(dealer, "one", to=[cast.xu.uid], dates="restart")
    uids = [str(item.uid) for item in found.items.order_by("pk")]
    act(dealer, "jiang", "change_items", handover_uid=found.uid, changes={uids[0]: "pool", uids[1]: ""})
    found = run(dealer, found)
    assert (held_by(cast.xu), held_by(cast.lin)) == (3, 1)
    assert Registration.objects.filter(state=State.POOLED).count() == 1
    new = Registration.objects.filter(holder=cast.xu).first()
    assert new is not None
    assert new.protected_until is not None
    assert new.protected_until > (holds[1].protected_until or dealer.now)


def test_by_grade(dealer: House, holds: list[Registration], mei: Staff) -> None:
    plan(dealer, "grade", parts={"grade:A": str(mei.uid)})
    found = plan(dealer, "grade", parts={"grade:A": "pool"})  # a second plan replaces the first
    assert Handover.objects.filter(state="draft").count() == 1
    run(dealer, found)
    assert Registration.objects.filter(state=State.POOLED).count() == COUNT


def test_undone_within_a_day_each_customer_goes_back_as_it_was(
    dealer: House, holds: list[Registration], mei: Staff
) -> None:
    cast = dealer.cast
    before = {held.customer_id: (held.state, held.protected_until, held.last_effective_at)
              for held in Registration.objects.filter(holder=cast.lin)}  # fmt: skip
    found = plan(dealer, "one", to=[mei.uid], dates="restart")
    first = found.items.order_by("pk").first()
    assert first is not None
    act(dealer, "jiang", "change_items", handover_uid=found.uid, changes={str(first.uid): "pool"})
    found = run(dealer, found)
    passed_on = Registration.objects.filter(holder=mei).order_by("-pk").first()
    assert passed_on is not None
    dealer.act(
        "jiang", "transfer", registration_uid=passed_on.uid, to=cast.xu.uid, reason="已另行转给二组徐嘉言"
    )
    dealer.later(hours=3)
    act(dealer, "jiang", "undo", handover_uid=found.uid)
    found = running.run_to_end(found, dealer.now)
    assert found.state == "undone"
    back = {held.customer_id: (held.state, held.protected_until, held.last_effective_at)
            for held in Registration.objects.filter(holder=cast.lin, state__in=("held", "lapsing"))}  # fmt: skip
    assert back == {pk: was for pk, was in before.items() if pk != passed_on.customer_id}
    assert found.items.get(made=passed_on).state == "failed"
    for held in Registration.objects.filter(holder=cast.lin, state="held"):
        assert Clock.objects.live().get(subject_uid=held.uid).deadline == held.protected_until


def test_after_a_day_it_stays(dealer: House, holds: list[Registration], mei: Staff) -> None:
    found = run(dealer, plan(dealer, "one", to=[mei.uid]))
    dealer.later(days=1, seconds=1)
    with pytest.raises(Problem) as late:
        act(dealer, "jiang", "undo", handover_uid=found.uid)
    assert late.value.code == "handover.undo_late"


def test_what_changed_meanwhile_is_refused_alone(
    dealer: House, holds: list[Registration], mei: Staff
) -> None:
    found = plan(dealer, "one", to=[mei.uid])
    dealer.act("lin", "release", registration_uid=holds[0].uid, reason="客户转由外地办理")
    found = run(dealer, found)
    assert found.state == "partly"
    failed = found.items.get(state="failed")
    assert failed.problem["code"] == "registration.state"
    assert held_by(mei) == COUNT - 1


def test_duties_go_over_and_money_stays(dealer: House, holds: list[Registration], mei: Staff) -> None:
    cast = dealer.cast
    theirs = dealer.register("xu", "杜若飞", "13912340001")
    deal = dealer.act("lin", "record_deal", customer_uid=theirs.customer.uid)
    dispute = deal.disputes.get()
    for who in ("lin", "xu"):
        dealer.act(who, "answer", dispute_uid=dispute.case.uid, statement="由我登记并跟进。")
    found = plan(dealer, "one", to=[mei.uid])
    assert not found.items.filter(kind="duty").exists()
    with pytest.raises(Problem) as left:
        act(dealer, "admin", "close_account", person_uid=cast.lin.uid)
    assert left.value.params["claims"] == 1
    for who in ("jiang", "gu"):
        dealer.act(who, "confirm", dispute_uid=dispute.case.uid)
    dealer.later(days=6)
    money = list(Effect.objects.exclude(kind="duty").values_list("pk", "staff_id", "state"))
    found = run(dealer, plan(dealer, "one", to=[mei.uid]))
    assert not Effect.objects.filter(kind="duty", state="due", staff=cast.lin).exists()
    duty = Effect.objects.get(kind="duty", state="due", staff=mei)
    assert Clock.objects.live().get(subject_uid=duty.uid).responsible == mei
    assert list(Effect.objects.exclude(kind="duty").values_list("pk", "staff_id", "state")) == money


def test_the_account_closes_only_when_nothing_is_open(
    dealer: House, holds: list[Registration], mei: Staff
) -> None:
    cast = dealer.cast
    delegate(
        actor=cast.actor("lin", dealer.now),
        at=dealer.now,
        principal=cast.lin,
        deputy=cast.xu,
        starts_at=dealer.now,
        ends_at=dealer.now.replace(year=dealer.now.year + 1) - (dealer.now - dealer.now),
    )
    with pytest.raises(Problem) as left:
        act(dealer, "admin", "close_account", person_uid=cast.lin.uid)
    assert (left.value.code, left.value.params["holds"]) == ("handover.left", COUNT)
    run(dealer, plan(dealer, "one", to=[mei.uid]))
    with pytest.raises(Problem) as refused:
        act(dealer, "jiang", "close_account", person_uid=cast.lin.uid)
    assert refused.value.status == 403
    act(dealer, "admin", "close_account", person_uid=cast.lin.uid)
    cast.lin.refresh_from_db()
    assert not cast.lin.is_active
    assert not Delegation.objects.filter(principal=cast.lin, revoked_at=None).exists()


def test_who_may_and_what_is_refused(dealer: House, holds: list[Registration], mei: Staff) -> None:
    for who, status in (("xu", 403), ("gu", 403), ("stranger", 404)):
        with pytest.raises(Problem) as refused:
            plan(dealer, "one", who=who, to=[mei.uid])
        assert refused.value.status == status
    for given in (
        {"to": []},
        {"to": [dealer.cast.lin.uid]},
        {"to": [dealer.cast.shen.uid]},
        {"reason": "调"},
    ):
        with pytest.raises(Problem) as wrong:
            plan(dealer, "one", **{"to": [mei.uid], **given})
        assert wrong.value.status == 422
    found = plan(dealer, "scope")
    with pytest.raises(Problem) as nothing:
        act(dealer, "jiang", "start", handover_uid=found.uid)
    assert nothing.value.code == "handover.nothing"
