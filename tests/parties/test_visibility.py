"""Who sees which customer."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from dingfen.ownership.models import Registration
from dingfen.parties import queries
from dingfen.parties.models import Customer
from dingfen.problems import Problem
from tests.cast import NOW, Cast
from tests.parties.conftest import Make


def hold(cast: Cast, customer: Customer, who: str, state: str = "held") -> Registration:
    staff = getattr(cast, who)
    return Registration.objects.create(
        company=cast.company, customer=customer, holder=staff, unit=staff.unit, state=state,
        registered_at=NOW, recorded_at=NOW,
    )  # fmt: skip


def sees(cast: Cast, who: str, customer: Customer) -> bool:
    return Customer.objects.visible_to(cast.actor(who)).filter(pk=customer.pk).exists()


def test_a_salesperson_sees_what_they_hold_or_entered_until_another_holds_it(cast: Cast, make: Make) -> None:
    customer = make()
    assert sees(cast, "lin", customer)
    assert not sees(cast, "xu", customer)
    row = hold(cast, customer, "xu")
    assert not sees(cast, "lin", customer)
    assert sees(cast, "xu", customer)
    Registration.objects.filter(pk=row.pk).update(state="lapsed")
    assert sees(cast, "lin", customer)
    assert not sees(cast, "xu", customer)


def test_two_holders_by_product_both_see_it(cast: Cast, make: Make) -> None:
    customer = make()
    hold(cast, customer, "lin")
    other = hold(cast, customer, "xu", state="lapsed")
    Registration.objects.filter(pk=other.pk).update(state="held", scope="truck")
    assert sees(cast, "lin", customer)
    assert sees(cast, "xu", customer)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("jiang", True), ("shen", True), ("chen", True), ("fang", True), ("zhou", True),
        ("gu", False), ("tang", False), ("admin", False), ("stranger", False),
    ],
)  # fmt: skip
def test_the_others_by_role_and_unit(cast: Cast, make: Make, who: str, expected: bool) -> None:
    assert sees(cast, who, make()) is expected


def test_what_is_not_visible_is_not_there(cast: Cast, make: Make) -> None:
    customer = make()
    assert queries.get_customer(cast.actor("lin"), customer.uid) == customer
    for who in ("xu", "stranger"):
        with pytest.raises(Problem) as caught:
            queries.get_customer(cast.actor(who), customer.uid)
        assert caught.value.status == 404


def test_names_of_a_page_take_one_query(
    cast: Cast, make: Make, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [make(f"温思远{n}") for n in range(20)]
    with django_assert_num_queries(1):
        assert queries.names(rows)[rows[3].pk] == "温思远3"
