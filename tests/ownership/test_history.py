"""Whatever people do in whatever order: one holder at any instant, and the register tells the same story."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dingfen.clocks.models import Clock
from dingfen.ownership.models import ACTIVE, Dispute, Registration
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.ownership.conftest import House, dealer  # noqa: F401

SALES, HEADS = ("lin", "xu"), ("jiang", "gu")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("register", "touch", "release", "take", "transfer", "void", "deal", "answer", "rule", "wait")
        ),
        st.integers(0, 1),
        st.integers(1, 9),
    ),
    min_size=3,
    max_size=14,
)


def step(house: House, what: str, who: int, size: int) -> None:
    """One thing somebody tries; what the rules refuse is refused as a Problem and changes nothing."""
    seller, head = SALES[who], HEADS[who]
    held = Registration.objects.select_related("customer").order_by("-pk").first()
    if what == "wait":
        house.later(days=size)
    elif what == "register":
        house.register(seller)
    elif held is None:
        return
    elif what == "touch":
        house.act(seller, "record_touch", uid=held.customer.uid, kind="visit", notify_holder=bool(size % 2))
    elif what == "release":
        house.act(seller, what, registration_uid=held.uid, reason="客户转由外地办理")
    elif what == "take":
        house.act(seller, what, registration_uid=held.uid)
    elif what == "transfer":
        to = getattr(house.cast, SALES[1 - who]).uid
        house.act(head, "transfer", registration_uid=held.uid, to=to, reason="调组后由另一位同事接手")
    elif what == "void":
        house.act(head, "void", registration_uid=held.uid, reason="电话为空号，登记不属实")
    elif what == "deal":
        house.act(seller, "record_deal", customer_uid=held.customer.uid, quantity=size)
    else:
        _dispute(house, what, seller, head)


def _dispute(house: House, what: str, seller: str, head: str) -> None:
    dispute = Dispute.objects.select_related("case").order_by("-pk").first()
    if dispute is None:
        return
    if what == "answer":
        house.act(seller, "answer", dispute_uid=dispute.case.uid, statement="登记在先。")
    else:
        house.act(head, "confirm", dispute_uid=dispute.case.uid)


def check(house: House) -> None:
    active = Registration.objects.filter(state__in=ACTIVE, rival_of=None)
    seen = list(active.values_list("customer_id", "scope"))
    assert len(seen) == len(set(seen)), "two hold one customer"
    for held in active:
        clocks = Clock.objects.live().filter(subject_uid=held.uid, kind="registration.protection")
        assert clocks.count() == 1, (held.state, "a hold without its clock")
        paused = held.state == Registration.State.DISPUTED
        assert (clocks[0].state == Clock.State.PAUSED) == paused
    assert holder_by_register() == {str(held.uid): str(held.holder.uid) for held in active}


def holder_by_register() -> dict[str, str]:
    """Who holds what, told from the entries alone: slow and obvious."""
    holds: dict[str, str] = {}
    for entry in Entry.objects.filter(kind__startswith="registration.").order_by("seq"):
        facts: dict[str, Any] = json.loads(bytes(entry.body))["facts"]
        if entry.kind in ("registration.made", "registration.taken"):
            holds[facts["registration"]] = facts["staff"]
        elif entry.kind == "registration.transferred":
            holds.pop(facts["registration"], None)
            holds[facts["new"]] = facts["to"]
        else:
            holds.pop(facts["registration"], None)
    return holds


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_one_holder_at_any_instant(dealer: House, steps: list[tuple[str, int, int]]) -> None:  # noqa: F811
    start = dealer.now
    with transaction.atomic():
        for what, who, size in steps:
            with suppress(Problem):
                step(dealer, what, who, size)
            check(dealer)
        transaction.set_rollback(True)
    dealer.now = start
