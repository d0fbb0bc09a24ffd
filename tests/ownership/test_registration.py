"""Registering, the conflict check and what it may tell."""

from __future__ import annotations

import pytest

from dingfen.ownership.models import MatchReview, Registration
from dingfen.ownership.queries import check_conflict
from dingfen.parties.models import Customer
from dingfen.problems import Problem
from dingfen.register.models import Entry, Look
from tests.ownership.conftest import House


def check(house: House, who: str, **asked: str):  # type: ignore[no-untyped-def]
    return check_conflict(actor=house.cast.actor(who, house.now), at=house.now, **asked)


def test_who_registers_first_holds_and_the_other_learns_only_whom_to_ask(dealer: House) -> None:
    held = dealer.register("lin")
    with pytest.raises(Problem) as refused:
        dealer.register("xu", name="陈立群先生", phone="+86 138 1234 2046")
    problem = refused.value
    assert (problem.code, problem.status) == ("registration.held", 409)
    assert problem.params["until"] == held.protected_until
    assert problem.params["unit"] == "大客户一组"
    assert "陈立群" not in str(problem.params)
    assert Customer.objects.count() == 1
    assert Registration.objects.count() == 1


def test_a_registration_has_its_clock_and_its_entry(dealer: House) -> None:
    held = dealer.register("lin")
    entry = Entry.objects.get(kind="registration.made")
    assert entry.subject_uid == held.customer.uid
    assert "陈立群" not in bytes(entry.body).decode()
    assert "13812342046" not in bytes(entry.body).decode()
    from dingfen.clocks.models import Clock

    clock = Clock.objects.get(subject_uid=held.uid)
    assert clock.deadline == held.protected_until


def test_the_check_answers_free_mine_held_and_possible(dealer: House) -> None:
    assert check(dealer, "xu", phone="13812342046").answer == "free"
    dealer.register("lin")
    assert check(dealer, "lin", phone="13812342046").answer == "mine"
    held = check(dealer, "xu", phone="138-1234-2046")
    assert held.answer == "held"
    assert held.customer is None
    assert held.unit == dealer.cast.east
    possible = check(dealer, "xu", name="陈立群")
    assert possible.answer in ("possible", "free")
    assert all(candidate.customer is None for candidate in possible.candidates)


def test_each_check_is_logged_and_the_sixty_first_refused(dealer: House) -> None:
    for _ in range(60):
        check(dealer, "xu", phone="13900001111")
    with pytest.raises(Problem) as refused:
        check(dealer, "xu", phone="13900001111")
    assert refused.value.code == "check.limit"
    assert refused.value.status == 429
    looks = Look.objects.filter(kind="conflict.check")
    assert looks.count() == 60
    assert all("13900001111" not in str(look.detail) for look in looks)


def test_another_company_finds_nothing(dealer: House) -> None:
    dealer.register("lin")
    assert check(dealer, "stranger", phone="13812342046").answer == "free"


def test_what_the_pack_requires_is_named_with_its_article(dealer: House) -> None:
    from dingfen.parties.details import Details

    with pytest.raises(Problem) as refused:
        dealer.act("lin", "register_customer", details=Details(name="陈立群"))
    assert refused.value.status == 422
    code, params = refused.value.errors["phone"][0]
    assert code == "required.by_article"
    assert params["article"]


def test_a_possible_match_goes_through_and_opens_a_review(dealer: House) -> None:
    dealer.register("lin", name="陈立群", phone="13812342046")
    dealer.register("xu", name="陈立群", phone="13812342047")
    assert Registration.objects.count() == 2
    assert MatchReview.objects.filter(state="open").count() == 1


def test_a_receptionist_registers_for_a_salesperson_only(dealer: House) -> None:
    held = dealer.register("shen", holder=dealer.cast.lin.uid)
    assert held.holder == dealer.cast.lin
    with pytest.raises(Problem) as refused:
        dealer.register("shen", phone="13912345678", holder=dealer.cast.chen.uid)
    assert "holder" in refused.value.errors


def test_a_product_is_needed_where_the_pack_holds_by_product(b2b: House) -> None:
    from dingfen.parties.details import Details

    details = Details(name="衡川建筑工程有限公司", kind="company", phones=("13812342046",))
    with pytest.raises(Problem) as refused:
        b2b.act("lin", "register_customer", details=details)
    assert "scope" in refused.value.errors
    first = b2b.act("lin", "register_customer", details=details, scope="Nova Pro")
    second = b2b.act("xu", "register_customer", details=details, scope="Nova Mini")
    assert first.customer == second.customer
    with pytest.raises(Problem):
        b2b.act("xu", "register_customer", details=details, scope="Nova Pro")


def test_a_name_alone_that_many_bear_is_not_answered_free(dealer: House) -> None:
    dealer.register("lin", name="何卿", phone="13700112233")
    answer = check_conflict(actor=dealer.cast.actor("xu", dealer.now), at=dealer.now, name="何卿")
    assert answer.answer == "possible"
