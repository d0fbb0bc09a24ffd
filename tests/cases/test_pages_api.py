"""Snooze and nudge as people and programs use them: a result per row, undo, the saved view."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from dingfen.cases.models import Snooze
from dingfen.clocks.models import Clock
from dingfen.register.models import Entry
from tests.api.conftest import Caller, call
from tests.cast import Cast
from tests.web.conftest import SignedIn, hold, signed_in

__all__ = ["call", "signed_in"]


@pytest.fixture
def clocks(cast: Cast) -> list[Clock]:
    return [hold(cast, number, cast.lin, dt.timedelta(hours=5 * number)) for number in (1, 2)]


def listed(html: str) -> list[str]:
    return re.findall(r'<span class="sub nw">K-0+(\d)</span>', html)


def test_chosen_rows_are_set_aside_and_come_back_by_undo(signed_in: SignedIn, clocks: list[Clock]) -> None:
    lin = signed_in("lin", language="en")
    data = {"bulk": "snooze", "until": "tomorrow", "uid": [str(clock.uid) for clock in clocks[:1]]}
    html = lin.post("/", data).content.decode()
    assert "1 row done" in html
    assert listed(html) == ["2"]
    undo = re.search(r'action="(/my-work/wake/\?uid=[^"]+)"', html)
    assert undo
    aside = lin.get("/?view=snoozed").content.decode()
    assert listed(aside) == ["1"]
    assert 'value="wake"' in aside and 'value="snooze"' not in aside
    assert lin.post(undo[1]).status_code == 302
    assert listed(lin.get("/").content.decode()) == ["1", "2"]
    assert not Snooze.objects.exists()


@pytest.mark.parametrize("until", ["", "day", "nonsense"])
def test_without_a_moment_each_row_says_so(signed_in: SignedIn, clocks: list[Clock], until: str) -> None:
    data = {"bulk": "snooze", "until": until, "uid": [str(clock.uid) for clock in clocks]}
    html = signed_in("lin", language="en").post("/", data).content.decode()
    assert html.count("Choose a moment from now to 90 days ahead.") == 2
    assert not Snooze.objects.exists()


def test_a_date_is_the_morning_of_that_day(signed_in: SignedIn, clocks: list[Clock]) -> None:
    day = timezone.localdate() + dt.timedelta(days=9)
    data = {"bulk": "snooze", "until": "day", "day": day.isoformat(), "uid": [str(clocks[0].uid)]}
    signed_in("lin").post("/", data)
    until = Snooze.objects.get().until
    assert until.astimezone(dt.timezone(dt.timedelta(hours=8))).isoformat() == f"{day}T08:00:00+08:00"


def test_bulk_nudges_say_row_by_row_why_not(cast: Cast, signed_in: SignedIn, clocks: list[Clock]) -> None:
    own = hold(cast, 3, cast.jiang, dt.timedelta(hours=1))
    data = {"bulk": "nudge", "uid": [str(clock.uid) for clock in (*clocks, own)]}
    jiang = signed_in("jiang", language="en")
    html = jiang.post("/?view=team", data).content.decode()
    assert "2 rows done" in html and "It is your own move" in html
    assert "Nudged already today" in jiang.post("/?view=team", data).content.decode()
    assert Entry.objects.filter(kind="clock.nudged").count() == 2
    notices = signed_in("lin", language="en").get("/notices/").content.decode()
    assert "姜若琳 reminds you" in notices


def test_the_same_over_the_api(cast: Cast, call: Callable[..., Caller], clocks: list[Clock]) -> None:
    def data(answer: Any) -> Any:
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    lin, jiang = call("lin"), call("jiang")
    first, second = (str(clock.uid) for clock in clocks)
    stranger = str(hold(cast, 4, cast.xu, dt.timedelta(hours=1)).uid)
    assert [row["uid"] for row in data(lin("GET", "/my-work"))["items"]] == [first, second]
    until = (timezone.now() + dt.timedelta(hours=2)).isoformat()
    results = data(lin("POST", "/my-work/snooze", {"items": [first, stranger], "until": until}))["results"]
    assert [(row["done"], row["code"]) for row in results] == [(True, ""), (False, "not_visible")]
    assert [row["uid"] for row in data(lin("GET", "/my-work"))["items"]] == [second]
    (aside,) = data(lin("GET", "/my-work?whose=snoozed"))["items"]
    assert aside["uid"] == first and aside["snoozed_until"]
    assert data(lin("POST", "/my-work/wake", {"items": [first]}))["results"][0]["done"]
    assert len(data(lin("GET", "/my-work"))["items"]) == 2
    results = data(jiang("POST", "/my-work/nudge", {"items": [first, first]}))["results"]
    assert [(row["done"], row["code"]) for row in results] == [(True, ""), (False, "nudge.today")]
    late = (timezone.now() + dt.timedelta(days=200)).isoformat()
    results = data(lin("POST", "/my-work/snooze", {"items": [first], "until": late}))["results"]
    assert results[0]["code"] == "snooze.until"


def test_the_time_line_of_a_dispute_shows_who_nudged(
    cast: Cast, signed_in: SignedIn, call: Callable[..., Caller]
) -> None:
    from tests.accounts.samples import SAMPLES

    uid = SAMPLES["dispute"](cast)["uid"]
    clock = Clock.objects.live().filter(subject_uid=uid).first()
    assert clock is not None
    answer = call("fang")("POST", "/my-work/nudge", {"items": [str(clock.uid)]})
    assert json.loads(answer.content)["results"][0]["done"], answer.content
    page = signed_in("fang", language="en").get(f"/disputes/{uid}/").content.decode()
    assert "nudged those whose move it is" in page
