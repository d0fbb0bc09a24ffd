"""Times, spans and money as the wording asks for them, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from dingfen import formats

NOW = dt.datetime(2026, 3, 2, 1, 14, tzinfo=dt.UTC)  # 09:14 in Shanghai, a Monday


@pytest.fixture(autouse=True)
def in_shanghai() -> Iterator[None]:
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        yield


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("make", "zh", "en"),
    [
        (lambda: formats.when(NOW, NOW), "3 月 2 日 09:14", "2 Mar 09:14"),
        (
            lambda: formats.when(NOW, NOW + dt.timedelta(days=400)),
            "2026 年 3 月 2 日 09:14",
            "2 Mar 2026 09:14",
        ),
        (
            lambda: formats.deadline(NOW + dt.timedelta(days=10, hours=8, minutes=16), NOW),
            "3 月 12 日（周四）17:30",
            "Thu 12 Mar, 17:30",
        ),
        (lambda: formats.stamp(NOW), "2026-03-02 09:14", "2026-03-02 09:14"),
        (lambda: formats.paper_day(NOW), "2026 年 3 月 2 日", "2 March 2026"),
        (lambda: formats.span(dt.timedelta(hours=1, minutes=20)), "1 小时 20 分", "1 h 20 min"),
        (lambda: formats.span(dt.timedelta(days=3, hours=5)), "3 天", "3 days"),
        (lambda: formats.span(dt.timedelta(days=1, hours=7)), "1 天 7 小时", "1 day 7 h"),
        (lambda: formats.span(dt.timedelta(seconds=20)), "0 分", "0 min"),
        (
            lambda: formats.left(NOW + dt.timedelta(hours=2, minutes=10), NOW),
            "剩 2 小时 10 分",
            "2 h 10 min left",
        ),
        (lambda: formats.left(NOW - dt.timedelta(days=3), NOW), "超时 3 天", "3 days late"),
        (lambda: formats.short_due(NOW + dt.timedelta(minutes=24), NOW), "09:38", "09:38"),
        (lambda: formats.short_due(NOW + dt.timedelta(hours=24), NOW), "明天 09:14", "tomorrow 09:14"),
        (lambda: formats.short_due(NOW + dt.timedelta(days=3), NOW), "03-05 09:14", "03-05 09:14"),
        (
            lambda: formats.short_due(dt.datetime(2026, 3, 4, 16, 0, tzinfo=dt.UTC), NOW),
            "03-04 24:00",
            "03-04 24:00",
        ),
        (lambda: formats.short_due(dt.datetime(2026, 3, 2, 16, 0, tzinfo=dt.UTC), NOW), "24:00", "24:00"),
        (lambda: formats.ago(NOW - dt.timedelta(minutes=12), NOW), "12 分钟前", "12 min ago"),
        (lambda: formats.ago(NOW - dt.timedelta(days=2), NOW), "2 月 28 日 09:14", "28 Feb 09:14"),
        (lambda: formats.money(Decimal(3000)), "3,000 元", "CNY 3,000"),
        (lambda: formats.money(Decimal("3000.5")), "3,000.50 元", "CNY 3,000.50"),
        (lambda: formats.money(3000, table=True), "¥3,000.00", "CNY 3,000.00"),
        (lambda: formats.money(3000, "EUR"), "EUR 3,000", "EUR 3,000"),
        (lambda: formats.points(-2), "−2", "−2"),
        (lambda: formats.points(1), "+1", "+1"),
        (lambda: formats.percent(0.6), "60%", "60%"),
        (lambda: formats.percent(0.333), "33.3%", "33.3%"),
        (lambda: formats.capped(1001), "1,000+", "1,000+"),
        (lambda: formats.series(["甲", "乙"]), "甲、乙", "甲, 乙"),
    ],
)
def test_forms(make, zh: str, en: str) -> None:  # type: ignore[no-untyped-def]
    for language, expected in (("zh-hans", zh), ("en", en)):
        with translation.override(language):
            assert spaced(make()) == expected


def test_numbers_and_their_units_stay_on_one_line() -> None:
    with translation.override("en"):
        assert formats.span(dt.timedelta(minutes=80)) == "1\u00a0h\u00a020\u00a0min"
