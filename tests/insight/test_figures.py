"""Figures against counting by hand; who sees what of them; periods without gaps."""

from __future__ import annotations

import datetime as dt
import json
import statistics
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.insight import complaint_figures, tables
from dingfen.insight.charts import charts
from dingfen.insight.decided import by_article, decided
from dingfen.insight.figures import BY_ID, FIGURES
from dingfen.insight.scope import Scope
from dingfen.insight.sources import rulings
from dingfen.insight.values import compared, quantile, value
from dingfen.ownership.models import Appeal, Deal, Dispute, Registration, Ruling
from dingfen.problems import Problem
from tests.insight.conftest import ZONE, seen
from tests.ownership.conftest import House

pytestmark = pytest.mark.django_db


def counted(house: House, who: str = "fang", **more: Any) -> dict[str, tuple[float | None, int, int | None]]:
    scope = seen(house, who, **more)
    found = {one.id: value(one, scope) for one in FIGURES}
    return {name: (one.value, one.top, one.bottom) for name, one in found.items()}


def test_every_figure_against_counting_by_hand(busy: House) -> None:
    found = counted(busy)
    disputes = list(Dispute.objects.select_related("case"))
    ended = {"ruled", "final", "agreed", "withdrawn"}
    assert found["open"] == (1, 1, None) == (sum(one.state not in ended for one in disputes),) * 2 + (None,)
    deals = sum(one.won for one in Deal.objects.all())
    assert found["rate"] == (100 * len(disputes) / deals, 4, 5) and deals == 5
    first: dict[int, Ruling] = {}
    for ruling in Ruling.objects.order_by("pk").select_related("dispute__case"):
        first.setdefault(ruling.dispute_id, ruling)
    times = [(one.given_at - one.dispute.case.opened_at).total_seconds() for one in first.values()]
    assert found["time"] == (statistics.median(times), 3, 3)
    assert found["departed"] == (1 / 3, 1, 3)
    answered = [one for one in Appeal.objects.all() if one.outcome]
    assert found["overturned"] == (1.0, 1, 1) and len(answered) == 1
    in_pool = [one for one in Registration.objects.all() if one.state in ("pooled", "cooling")]
    assert found["to_pool"] == (1, 1, None) and len(in_pool) == 1
    assert found["from_pool"] == (0, 0, None)
    assert found["agreed"][1:] == (0, 1)


def test_a_limit_that_fell_due_counts_whether_ruled_or_not(busy: House) -> None:
    busy.later(days=20)
    found = counted(busy)
    assert found["in_time"][1] == 3
    assert found["in_time"][2] == 4, "the one still waiting is late and must be in the base"


def test_a_period_is_compared_with_the_one_before(busy: House) -> None:
    now, before = compared(BY_ID["rate"], seen(busy, "fang", period="7d"))
    assert (now.top, before.top if before else None) == (4, 0)
    busy.now += dt.timedelta(days=7)
    now, before = compared(BY_ID["rate"], seen(busy, "fang", period="7d"))
    assert now.top + (before.top if before else 0) == 4
    assert compared(BY_ID["open"], seen(busy, "fang"))[1] is None


def test_each_sees_figures_of_what_they_oversee(busy: House) -> None:
    whole, east = counted(busy), counted(busy, "jiang")
    assert east["rate"][1] == whole["rate"][1] == 4
    assert east["rate"][2] == 1, "deals of the east team alone"
    assert counted(busy, unit=str(busy.cast.west.uid))["rate"][2] == 4
    assert counted(busy, pack="media-sales")["rate"][1] == 0
    for who in ("lin", "chen", "shen", "admin", "stranger"):
        with pytest.raises(Problem) as refused:
            seen(busy, who)
        assert refused.value.status == 403
    with pytest.raises(Problem) as missing:
        seen(busy, "jiang", unit=str(busy.cast.west.uid))
    assert missing.value.status == 404


def test_another_company_has_nothing_of_it(busy: House) -> None:
    from dingfen.accounts.models import Role, RoleGrant

    RoleGrant.objects.create(
        staff=busy.cast.stranger, role=Role.GENERAL_MANAGER, unit=busy.cast.other_company
    )
    assert not any(top for _, top, _ in counted(busy, "stranger").values())
    assert all(chart.empty for chart in charts(seen(busy, "stranger")))


def test_charts_add_up_to_their_figures(busy: House) -> None:
    scope = seen(busy, "fang", period="90d")
    by_id = {chart.id: chart for chart in charts(scope)}
    sums = {name: [sum(n or 0 for n in numbers) for _, numbers in one.series] for name, one in by_id.items()}
    assert sums["flow"] == [4, 3] and sums["ages"] == [1] and sums["pool"] == [1, 0]
    assert sum(sums["grades"]) == value(BY_ID["follow_up"], scope).bottom
    assert sums["articles"] == [3]
    for chart in by_id.values():
        assert all(len(numbers) == len(chart.labels) for _, numbers in chart.series)


def test_what_decided_is_read_once_and_as_the_proposal_says(busy: House) -> None:
    scope = seen(busy, "fang")
    found = decided(rulings(scope))
    said = [json.loads(bytes(one.proposed))["article"] for one in rulings(scope)]
    assert sorted(one.article for one in found) == sorted(said) and len(said) == 3
    assert by_article(found) == Counter(said).most_common()
    Ruling.objects.update(proposed=b"")
    assert decided(rulings(scope)) == found, "a proposal never changes, so it is not read again"


def test_people_tables(busy: House) -> None:
    scope = seen(busy, "fang")
    assert {one.staff.username: (one.signed, one.departed) for one in tables.deciders(scope)} == {
        "jiang": (3, 1),
        "gu": (3, 1),
    }
    assert sum(one.held for one in tables.holders(scope)) == value(BY_ID["lapsing"], scope).top + sum(
        one.held - one.lapsing for one in tables.holders(scope)
    )
    assert {one.unit.code: one.waiting for one in tables.queues(scope)} == {"DK1": 1, "DK2": 1}


def test_every_figure_says_what_it_counts(busy: House) -> None:
    every = (*FIGURES, *complaint_figures.FIGURES)
    for one in every:
        assert str(one.title) and str(one.counted) and str(one.whose)
        assert bool(one.out_of) == (one.shape in ("share", "per_hundred")), one.id
    assert len(BY_ID) == len(every)


@given(st.lists(st.floats(0, 1e7), min_size=2, max_size=60), st.integers(1, 99))
def test_quantiles(numbers: list[float], hundredths: int) -> None:
    ordered = sorted(numbers)
    slow = statistics.quantiles(ordered, n=100, method="inclusive")[hundredths - 1]
    assert quantile(ordered, hundredths / 100) == pytest.approx(slow)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 800))
def test_parts_of_a_period_leave_no_gap(start: dt.date, days: int) -> None:
    begin = dt.datetime.combine(start, dt.time(), ZONE)
    scope = Scope(None, begin, begin, begin + dt.timedelta(days=days), ZONE, "x")  # type: ignore[arg-type]
    parts = scope.buckets()
    assert parts[0][0] == scope.start and parts[-1][1] == scope.end
    assert all(one[1] == other[0] for one, other in pairwise(parts))
    assert all(low < high for low, high in parts) and len(parts) <= 28
    assert scope.before.end == scope.start and scope.before.start == scope.start - dt.timedelta(days=days)


@pytest.mark.parametrize("period", ["", "7d", "365d", "2026-11", "2026-02", "2025-12"])
def test_periods(dealer: House, period: str) -> None:
    scope = seen(dealer, "fang", period=period)
    assert scope.start < scope.end and scope.start.astimezone(ZONE).hour == 0
    if "-" in period:
        assert scope.start.day == scope.end.day == 1


@pytest.mark.parametrize("period", ["0d", "8d", "2026-13", "2026-00", "x", "99999-01"])
def test_no_period(dealer: House, period: str) -> None:
    with pytest.raises(Problem) as refused:
        seen(dealer, "fang", period=period)
    assert refused.value.status == 422
