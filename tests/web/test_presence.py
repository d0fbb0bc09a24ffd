"""Two people with one record open: a notice that comes and goes, and what a save says that came too late."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from dingfen.accounts.models import Staff
from dingfen.cases.models import Presence
from dingfen.cases.presence import say_here
from dingfen.ownership import actions
from dingfen.ownership.models import Dispute, Registration
from dingfen.parties.details import Details
from dingfen.policies.actions import publish_shipped
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 18, 2, 42, tzinfo=dt.UTC)


@pytest.fixture
def held(cast: Cast) -> Registration:
    from dingfen.accounts.actor import system_actor

    publish_shipped(actor=system_actor(cast.company), at=NOW, unit=cast.company, pack="auto-dealer")
    details = Details(name="陈立群", phones=("13812342046",), grade="A", profile={"need": "公务用车"})
    return actions.register_customer(actor=cast.actor("lin", NOW), at=NOW, details=details)


def names(cast: Cast, who: str, held: Registration, at: dt.datetime) -> list[str]:
    found = say_here(cast.actor(who, at), "customer", held.customer.uid, at)
    return [one.staff.username for one in found]


def test_it_comes_with_the_page_and_goes_a_minute_after_the_last_word(cast: Cast, held: Registration) -> None:
    assert names(cast, "lin", held, NOW) == []
    assert names(cast, "jiang", held, NOW + dt.timedelta(seconds=20)) == ["lin"]
    assert names(cast, "lin", held, NOW + dt.timedelta(seconds=40)) == ["jiang"]
    assert Presence.objects.get(staff=cast.lin).since == NOW
    assert (
        names(cast, "lin", held, NOW + dt.timedelta(seconds=81)) == []
    )  # jiang has been silent for a minute
    later = NOW + dt.timedelta(minutes=10)
    assert names(cast, "jiang", held, later) == []
    assert Presence.objects.get(staff=cast.jiang).since == later  # back again: counted anew
    assert Presence.objects.count() == 2  # one row each, however often a page speaks
    assert say_here(cast.actor("lin", NOW), "registration", held.uid, NOW) == []
    seen = say_here(cast.actor("jiang", NOW), "registration", held.uid, NOW)
    assert [one.staff.username for one in seen] == ["lin"]


def test_who_may_not_see_the_record_is_told_nothing(cast: Cast, held: Registration) -> None:
    from dingfen.problems import Problem

    names(cast, "lin", held, NOW)
    for who in ("xu", "stranger"):
        with pytest.raises(Problem) as unseen:
            names(cast, who, held, NOW)
        assert unseen.value.status == 404
    assert not Presence.objects.filter(staff=cast.xu).exists()


def test_compliance_looks_unseen(cast: Cast, held: Registration) -> None:
    names(cast, "lin", held, NOW)
    assert names(cast, "zhou", held, NOW) == []
    assert names(cast, "jiang", held, NOW) == ["lin"]


def test_in_a_dispute_those_who_decide_see_each_other_and_claimants_nobody(
    cast: Cast, held: Registration
) -> None:
    at = NOW + dt.timedelta(hours=1)
    actions.record_deal(actor=cast.actor("xu", at), at=at, customer_uid=held.customer.uid)
    uid = Dispute.objects.get().case.uid
    seen = {
        who: [one.staff.username for one in say_here(cast.actor(who, at), "dispute", uid, at)]
        for who in ("lin", "jiang", "gu", "xu")
    }
    assert seen == {"lin": [], "jiang": [], "gu": ["jiang"], "xu": []}


def sign_in(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_on_the_page(cast: Cast, held: Registration) -> None:
    card = f"/customers/{held.customer.uid}/"
    lin, jiang = sign_in(cast.lin), sign_in(cast.jiang)
    page = lin.get(card).content.decode()
    (address,) = re.findall(r'hx-post="(/present/[^"]+)" hx-trigger="load, every 20s"', page)
    assert lin.post(address).content.strip() == b""
    told = jiang.post(address).content.decode()
    assert "林可欣" in told and re.search(r"\d\d:\d\d", told)
    assert lin.post(address.replace("customer", "page")).status_code == 404


def test_a_save_that_comes_second_shows_what_stands_and_keeps_what_was_typed(
    cast: Cast, held: Registration
) -> None:
    edit = f"/customers/{held.customer.uid}/edit/"
    lin, jiang = sign_in(cast.lin), sign_in(cast.jiang)
    version = str(held.customer.version)
    mine = {"name": "陈立群", "grade": "A", "need": "公务用车", "budget": "30 万", "version": version}
    assert jiang.post(edit, {**mine, "budget": "45 万"}).status_code == 302
    late = lin.post(edit, {**mine, "budget": "38 万"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "姜若琳" in page, page[page.index("df-note yellow") :][:900]
    assert "45 万" in page and "38 万" in page
    (now,) = re.findall(r'name="version" value="(\d+)"', page)
    assert now != version
    held.customer.refresh_from_db()
    assert lin.post(edit, {**mine, "budget": "38 万", "version": now}).status_code == 302
    assert timezone.now()  # saved on purpose the second time
    from dingfen.parties import queries

    held.customer.refresh_from_db()
    assert queries.known(held.customer)["budget"] == "38 万"
