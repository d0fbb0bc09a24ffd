"""Limits of the pool's article: how many records one may open a day, how many one may hold, by whatever way."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from dingfen.ownership.handover import actions as handovers
from dingfen.ownership.handover import queries
from dingfen.ownership.handover.running import run_to_end
from dingfen.ownership.models import Registration
from dingfen.problems import Problem
from dingfen.register.models import Look
from tests.cast import Cast
from tests.ownership.conftest import House, house_with

DEALER = Path(__file__).parents[2] / "src" / "dingfen" / "packs" / "auto-dealer"
REASON = "因调组转给同事接手跟进"


@pytest.fixture
def tight(cast: Cast) -> House:
    """Two records a day, two customers held."""
    return house_with(
        cast, DEALER, {"look_per_day: 30": "look_per_day: 2", "holding_limit: 100": "holding_limit: 2"}
    )


def several(house: House, who: str, count: int) -> list[Registration]:
    return [house.register(who, f"陈立{n}", f"1381234204{n}") for n in range(count)]


def test_so_many_records_of_the_pool_a_day_then_the_day_it_is_free_again(
    tight: House, client: Client
) -> None:
    held = several(tight, "lin", 3)
    for one in held:
        tight.act("lin", "release", registration_uid=one.uid, reason="客户改由外地办理")
        one.refresh_from_db()
    for one in (held[0], held[0], held[1]):  # opened again it counts once
        tight.act("xu", "look_in_pool", registration=one)
    with pytest.raises(Problem) as enough:
        tight.act("xu", "look_in_pool", registration=held[2])
    problem = enough.value
    assert (problem.code, problem.params["limit"], problem.params["article"]) == ("pool.looks", 2, "OWN-21")
    assert problem.params["again"].isoformat() == "2026-11-18T16:00:00+00:00"  # midnight in Shanghai
    for free in ("lin", "gu", "jiang", "fang"):  # the former holder, heads, the general manager
        tight.act(free, "look_in_pool", registration=held[2])
    assert Look.objects.filter(kind="pool.viewed").count() == 2
    tight.later(days=1)
    tight.act("xu", "look_in_pool", registration=held[2])


def test_the_page_and_the_api_count_and_refuse_alike(
    tight: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = several(tight, "lin", 3)
    for one in held:
        tight.act("lin", "release", registration_uid=one.uid, reason="客户改由外地办理")
    monkeypatch.setattr("django.utils.timezone.now", lambda: tight.now)
    client.force_login(tight.cast.xu)
    assert [client.get(f"/holdings/{one.uid}/").status_code for one in held] == [200, 200, 409]
    assert "OWN-21" in client.get(f"/holdings/{held[2].uid}/").content.decode()


def test_what_one_may_hold_binds_a_transfer_too(tight: House) -> None:
    several(tight, "xu", 2)
    mine = tight.register("lin", "何畅", "13955550002")
    with pytest.raises(Problem) as full:
        tight.act("fang", "transfer", registration_uid=mine.uid, to=tight.cast.xu.uid, reason=REASON)
    assert (full.value.code, full.value.params["limit"]) == ("pool.limit", 2)
    mine.refresh_from_db()
    assert mine.holder == tight.cast.lin


def test_a_hand_over_shows_the_refusal_in_the_plan_and_refuses_that_row_alone(
    tight: House, client: Client
) -> None:
    several(tight, "xu", 1)
    for n in range(2):
        tight.register("lin", f"苏婉{n}", f"1395555000{n}")
    fang = tight.cast.actor("fang", tight.now)
    plan = handovers.plan(
        actor=fang, at=tight.now, person_uid=tight.cast.lin.uid, why="left", reason="合同到期离职", way="one",
        to=[tight.cast.xu.uid],
    )  # fmt: skip
    items = list(plan.items.select_related("to__unit__company").order_by("pk"))
    assert list(queries.refused(items, tight.now)) == [items[1].pk]
    client.force_login(tight.cast.fang)
    page = client.get(f"/handovers/{plan.uid}/").content.decode()
    assert page.count("OWN-21") == 1
    handovers.start(actor=fang, at=tight.now, handover_uid=plan.uid)
    run_to_end(plan, tight.now)
    states = dict(plan.items.values_list("pk", "state"))
    assert [states[one.pk] for one in items] == ["done", "failed"]
    assert plan.items.get(pk=items[1].pk).problem["code"] == "pool.limit"


def test_a_leavers_open_disputes_are_named_where_the_account_waits_for_them(
    dealer: House, client: Client
) -> None:
    held = dealer.register("lin")
    dealer.act("xu", "record_deal", customer_uid=held.customer.uid)
    number = held.disputes.get().case.number
    dealer.register("lin", "何畅", "13955550002")
    plan = handovers.plan(
        actor=dealer.cast.actor("fang", dealer.now), at=dealer.now, person_uid=dealer.cast.lin.uid, why="left",
        reason="合同到期离职", way="pool",
    )  # fmt: skip
    client.force_login(dealer.cast.fang)
    assert number in client.get(f"/handovers/{plan.uid}/").content.decode()
