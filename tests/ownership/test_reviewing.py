"""Possible matches: looked at by who may merge, said to be two, or made one."""

from __future__ import annotations

import pytest
from django.test import Client

from dingfen.ownership.models import MatchReview, Registration
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import Cast
from tests.ownership.conftest import House

State = MatchReview.State


def twins(house: House) -> MatchReview:
    """Lin holds somebody; Xu registers somebody of the same name and a mobile that differs in one digit."""
    house.register("lin", name="欧阳静怡", phone="13812342046")
    house.later(hours=1)
    house.register("xu", name="欧阳静怡", phone="13812342047")
    return MatchReview.objects.select_related("registration__customer", "other").get()


def test_two_that_are_not_the_same_are_not_asked_about_again(dealer: House) -> None:
    review = twins(dealer)
    with pytest.raises(Problem) as refused:
        dealer.act("jiang", "not_same", review_uid=review.uid)
    assert refused.value.code == "not_visible"
    dealer.act("gu", "not_same", review_uid=review.uid)
    review.refresh_from_db()
    assert (review.state, review.settled_by) == (State.OTHER, dealer.cast.gu)
    assert Entry.objects.filter(kind="match.not_same").count() == 1
    with pytest.raises(Problem) as again:
        dealer.act("gu", "not_same", review_uid=review.uid)
    assert again.value.code == "match.settled"
    dealer.act("xu", "release", registration_uid=review.registration.uid, reason="客户转由外地办理")
    dealer.later(days=1)
    dealer.register("lin", name="欧阳静怡", phone="13812342047")
    assert MatchReview.objects.count() == 1


def test_two_that_are_one_are_merged_and_the_merge_can_be_undone(dealer: House) -> None:
    review = twins(dealer)
    merge = dealer.act("admin", "same", review_uid=review.uid, reason="同一个人，换了尾号")
    review.refresh_from_db()
    assert (review.state, merge.kept, merge.gone) == (State.SAME, review.other, review.registration.customer)
    assert Registration.objects.filter(state="disputed").count() == 2
    dealer.act("admin", "undo_merge", merge_uid=merge.uid)
    review.refresh_from_db()
    assert review.state == State.OPEN


def test_the_page_shows_why_and_settles(dealer: House, client: Client) -> None:
    review = twins(dealer)
    client.force_login(dealer.cast.gu)
    page = client.get("/matches/").content.decode()
    assert review.registration.customer.number in page
    assert review.other.number in page
    assert "欧阳静怡" not in page
    assert "13812342047" not in page
    done = client.post("/matches/", {"bulk": "not_same", "uid": str(review.uid)})
    assert done.status_code == 200
    review.refresh_from_db()
    assert review.state == State.OTHER


def test_who_may_not_merge_does_not_see_the_list(cast: Cast, client: Client) -> None:
    client.force_login(cast.lin)
    assert client.get("/matches/").status_code == 403
