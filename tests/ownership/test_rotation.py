"""Rotation through its actions: check-in to check-out, who may, corrections, and what reception enters (A4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dingfen.accounts.models import Role
from dingfen.ownership.rotation import actions
from dingfen.ownership.rotation.models import TurnEvent
from dingfen.ownership.rotation.queries import Board, board, board_needed
from dingfen.ownership.rotation.receiving import receive_known, receive_new
from dingfen.ownership.rotation.tally import mondays, sites, tally
from dingfen.parties.details import Details
from dingfen.parties.models import Touch
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import NOW, Cast, person
from tests.ownership.conftest import House

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def site(dealer: House) -> House:
    """Three salespeople: lin and he in the east team, xu in the west."""
    dealer.cast.he = person("he", "何子墨", dealer.cast.east, Role.SALESPERSON, dealer.cast.east)  # type: ignore[attr-defined]
    return dealer


def act(house: House, who: str, what: str, **given: Any) -> Any:
    house.now += MINUTE
    return getattr(actions, what)(actor=house.cast.actor(who, house.now), at=house.now, **given)


def now(house: House) -> Board:
    return board_needed(house.cast.site, house.now)


def order_of(house: House) -> list[str]:
    found = now(house)
    return [found.people[place.who].username for place in found.order.places]


def next_of(house: House) -> str:
    first = now(house).next
    return first.username if first else ""


def details(name: str = "陈立群", phone: str = "13812342046") -> Details:
    return Details(name=name, phones=(phone,), grade="A", profile={"need": "公务用车"})


def test_a_morning(site: House) -> None:
    cast: Any = site.cast
    for who in ("lin", "he"):
        act(site, who, "check_in")
    act(site, "shen", "check_in", staff_uid=cast.xu.uid)  # the receptionist for somebody
    assert order_of(site) == ["lin", "he", "xu"]
    act(site, "shen", "give", expected=cast.lin.uid)
    assert (next_of(site), order_of(site)) == ("he", ["he", "xu", "lin"])
    act(site, "he", "skip", reason="visit", until=site.now + dt.timedelta(hours=3))
    assert next_of(site) == "xu"
    act(site, "shen", "give", staff_uid=cast.xu.uid)
    act(site, "he", "come_back")
    found = now(site)
    assert (found.next, found.order.why) == (cast.he, "only_free")
    act(site, "lin", "finish")
    assert now(site).order.why == "return_turn"
    act(site, "he", "hand_on", to=cast.lin.uid)
    assert (next_of(site), now(site).order.why) == ("lin", "handed")
    act(site, "lin", "check_out")
    assert "lin" not in order_of(site)
    kinds = [one.kind for one in Entry.objects.filter(kind__startswith="rotation.").order_by("seq")]
    assert kinds == [
        "rotation.checked_in", "rotation.checked_in", "rotation.checked_in", "rotation.received",
        "rotation.skipped", "rotation.received", "rotation.returned", "rotation.finished",
        "rotation.handed", "rotation.checked_out",
    ]  # fmt: skip


def test_the_day_is_the_sites(site: House) -> None:
    act(site, "lin", "check_in")
    midnight = site.cast.site.midnight_after(site.cast.site.day(NOW))
    site.now = midnight - dt.timedelta(seconds=1)
    assert order_of(site) == ["lin"]
    site.now = midnight
    assert order_of(site) == []


@pytest.mark.parametrize(
    ("who", "code"), [("xu", "role.needed"), ("gu", "role.elsewhere"), ("zhou", "role.needed")]
)
def test_who_may_act_for_another(site: House, who: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        act(site, who, "check_in", staff_uid=site.cast.lin.uid)
    assert (refused.value.status, refused.value.code) in {(403, code), (409, "rotation.no_site")}


def test_what_is_refused(site: House) -> None:
    cast: Any = site.cast

    def refused(code: str, who: str, what: str, **given: Any) -> None:
        with pytest.raises(Problem) as problem:
            act(site, who, what, **given)
        codes = {problem.value.code, *(one[0] for each in problem.value.errors.values() for one in each)}
        assert code in codes

    refused("rotation.not_in", "lin", "finish")
    act(site, "lin", "check_in")
    refused("rotation.in_already", "lin", "check_in")
    refused("rotation.not_busy", "lin", "finish")
    refused("rotation.not_away", "lin", "come_back")
    refused("rotation.away_reason", "lin", "skip", reason="asked_for")
    refused("rotation.until_past", "lin", "skip", reason="visit", until=NOW)
    refused("rotation.not_of_site", "shen", "check_in", staff_uid=cast.jiang.uid)
    act(site, "xu", "check_in")
    refused("rotation.not_next", "xu", "hand_on", to=cast.lin.uid)
    refused("rotation.not_free", "lin", "hand_on", to=cast.he.uid)
    refused("rotation.reason", "shen", "give", staff_uid=cast.xu.uid)
    act(site, "shen", "give", staff_uid=cast.xu.uid, reason="asked_for")
    refused("rotation.busy", "xu", "check_out")
    refused("rotation.busy", "xu", "skip", reason="break")
    refused("rotation.moved", "shen", "give", expected=cast.xu.uid)
    act(site, "shen", "give")
    refused("rotation.nobody", "shen", "give")


def test_a_slip_is_taken_back_by_an_entry_that_names_it(site: House) -> None:
    cast: Any = site.cast
    for who in ("lin", "he", "xu"):
        act(site, who, "check_in")
    before = now(site).order
    slip = act(site, "shen", "give")
    with pytest.raises(Problem, match=r"rotation\.later_event"):
        first = TurnEvent.objects.get(staff=cast.lin, kind="checked_in")
        act(site, "shen", "take_back", event_uid=first.uid)
    act(site, "shen", "take_back", event_uid=slip.uid)
    assert now(site).order == before
    entry = Entry.objects.get(kind="rotation.taken_back")
    assert entry.corrects_id == slip.entry_seq
    with pytest.raises(Problem, match=r"rotation\.taken_back"):
        act(site, "shen", "take_back", event_uid=slip.uid)


def test_without_a_rotation_in_the_rules(media: House) -> None:
    assert board(media.cast.site, media.now) is None
    with pytest.raises(Problem, match=r"rotation\.none"):
        act(media, "lin", "check_in")


def test_a_walk_in_takes_the_next(site: House) -> None:
    cast: Any = site.cast
    for who in ("he", "lin"):
        act(site, who, "check_in")
    site.now += MINUTE
    done = receive_new(
        actor=cast.actor("shen", site.now), at=site.now, details=details(), expected=cast.he.uid
    )
    assert (done.registration.holder, done.touch.staff) == (cast.he, cast.he)
    assert done.turn and (done.turn.customer, done.turn.touch) == (done.registration.customer, done.touch)
    assert next_of(site) == "lin"


def test_when_the_turn_moved_nothing_is_written(site: House) -> None:
    cast: Any = site.cast
    for who in ("he", "lin"):
        act(site, who, "check_in")
    act(site, "shen", "give")
    entries = Entry.objects.count()
    with pytest.raises(Problem, match=r"rotation\.moved"):
        receive_new(actor=cast.actor("shen", site.now), at=site.now, details=details(), expected=cast.he.uid)
    assert (Entry.objects.count(), Touch.objects.count()) == (entries, 0)


def test_another_out_of_turn_wants_a_reason(site: House) -> None:
    cast: Any = site.cast
    for who in ("he", "lin"):
        act(site, who, "check_in")
    shen = cast.actor("shen", site.now)
    with pytest.raises(Problem) as problem:
        receive_new(actor=shen, at=site.now, details=details(), receiver_uid=cast.lin.uid)
    assert "turn_reason" in problem.value.errors
    done = receive_new(
        actor=shen, at=site.now, details=details(), receiver_uid=cast.lin.uid, turn_reason="asked_for"
    )
    assert done.turn and done.turn.reason == "asked_for"
    assert next_of(site) == "he"


def test_before_anybody_has_checked_in_the_receiver_is_chosen(site: House) -> None:
    cast: Any = site.cast
    shen = cast.actor("shen", site.now)
    with pytest.raises(Problem) as problem:
        receive_new(actor=shen, at=site.now, details=details())
    assert "receiver" in problem.value.errors
    done = receive_new(actor=shen, at=site.now, details=details(), receiver_uid=cast.xu.uid)
    assert (done.registration.holder, done.turn) == (cast.xu, None)


@pytest.mark.parametrize("here", [True, False])
def test_a_held_customer_goes_to_the_holder_or_as_duty_to_the_next(site: House, here: bool) -> None:
    cast: Any = site.cast
    held = site.register("lin")
    for who in ("he", "xu", "lin"):
        act(site, who, "check_in")
    if not here:
        act(site, "lin", "skip", reason="visit")
    site.now += MINUTE
    touch, turn = receive_known(
        actor=cast.actor("shen", site.now), at=site.now, customer=held.customer, holder=cast.lin
    )
    assert turn is not None
    assert (touch.staff.username, turn.kind) == (("lin", "returning") if here else ("he", "duty"))
    assert Entry.objects.filter(kind="holder.notified").exists() is not here
    act(site, touch.staff.username, "finish")
    assert next_of(site) == "he"  # neither uses the turn


def test_strangers_see_nothing(site: House, cast: Cast) -> None:
    act(site, "lin", "check_in")
    slip = TurnEvent.objects.get()
    with pytest.raises(Problem) as problem:
        actions.take_back(actor=cast.actor("stranger", site.now), at=site.now, event_uid=slip.uid)
    assert problem.value.status in (404, 409)


def test_turns_over_the_weeks(site: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two weeks of mornings: who was there, who received how many; a slip taken back does not count."""
    cast: Any = site.cast
    for who in ("lin", "he"):
        act(site, who, "check_in")
    act(site, "shen", "give")  # lin
    slip = act(site, "shen", "give")  # he
    act(site, "shen", "take_back", event_uid=slip.uid)
    site.now += dt.timedelta(days=7)
    act(site, "he", "check_in")
    act(site, "lin", "check_in")
    shen = cast.actor("shen", site.now)
    receive_new(
        actor=shen, at=site.now, details=details(), receiver_uid=cast.lin.uid, turn_reason="asked_for"
    )
    act(site, "shen", "give")  # he
    act(site, "lin", "finish")
    act(site, "lin", "skip", reason="meeting")

    starts = mondays(cast.site, site.now, 4)
    assert [day.isoweekday() for day in starts] == [1] * 4
    lin, he = tally(cast.site, starts)
    assert (lin.staff, lin.days, lin.new, lin.out_of_turn, lin.by_week) == (cast.lin, 2, 2, 1, [0, 0, 1, 1])
    assert (he.staff, he.days, he.new, he.out_of_turn, he.by_week) == (cast.he, 2, 1, 0, [0, 0, 0, 1])
    assert (lin.counts["skipped"], lin.a_day, he.a_day) == (1, 1.0, 0.5)
    assert tally(cast.site, starts[:2]) == []
    monkeypatch.setattr(timezone, "now", lambda: site.now)
    client.force_login(cast.fang)  # overseers choose the site
    page = client.get("/reception/turns/", {"weeks": "99"}).content.decode()
    assert "林可欣" in page and "近 4 周" in page
    assert sites(cast.actor("stranger", site.now)) != sites(shen) == [cast.site]
