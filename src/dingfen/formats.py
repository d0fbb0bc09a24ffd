"""Times, spans, money and numbers as people read them, in the language in force.

Forms are those of the house: 3 月 2 日 09:14 / 2 Mar 09:14, deadlines with the day of the week, spans in
two units. Times are shown in the current time zone (the reader's site).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext

NBSP = "\u00a0"
MINUS = "\u2212"
WEEKDAYS_ZH = "一二三四五六日"
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


_with_years: ContextVar[bool] = ContextVar("with_years", default=False)


@contextmanager
def with_years() -> Iterator[None]:
    """Within: every date bears its year, whenever it is read. For papers, which outlive the year."""
    token = _with_years.set(True)
    try:
        yield
    finally:
        _with_years.reset(token)


def chinese() -> bool:
    """Whether the language in force is Chinese (either script)."""
    return (get_language() or "zh-hans").startswith("zh")


def local(value: dt.datetime) -> dt.datetime:
    """The same moment in the reader's time zone."""
    return timezone.localtime(value)


def day(value: dt.date, today: dt.date | None = None) -> str:
    """3 月 2 日 / 2 Mar; with the year when it is not this one."""
    if isinstance(value, dt.datetime):
        value = local(value).date()
    short = value.year == (today or timezone.localdate()).year and not _with_years.get()
    if chinese():
        text = f"{value.month} 月 {value.day} 日"
        return text if short else f"{value.year} 年 {text}"
    text = f"{value.day}{NBSP}{MONTHS_EN[value.month - 1]}"
    return text if short else f"{text}{NBSP}{value.year}"


def clock_time(value: dt.datetime) -> str:
    """09:14, in the reader's zone."""
    return local(value).strftime("%H:%M")


def when(value: dt.datetime, now: dt.datetime | None = None) -> str:
    """3 月 2 日 09:14 / 2 Mar 09:14."""
    today = local(now or timezone.now()).date()
    return f"{day(value, today)}{' ' if chinese() else NBSP}{clock_time(value)}"


def deadline(value: dt.datetime, now: dt.datetime | None = None) -> str:
    """A date by which something is due, with its weekday: 3 月 12 日（周四）17:30 / Thu 12 Mar, 17:30.

    Midnight is the end of the day before: 3 月 14 日（周六）24:00 / the end of Sat 14 Mar.
    """
    here = local(value)
    at_midnight = here.time() == dt.time()
    last = here.date() - dt.timedelta(days=1) if at_midnight else here.date()
    date = day(last, local(now or timezone.now()).date())
    if chinese():
        return f"{date}（周{WEEKDAYS_ZH[last.weekday()]}）{'24:00' if at_midnight else f'{here:%H:%M}'}"
    date = f"{WEEKDAYS_EN[last.weekday()]}{NBSP}{date}"
    return f"the end of {date}" if at_midnight else f"{date}, {here:%H:%M}"


def stamp(value: dt.datetime) -> str:
    """2026-03-02 09:14, for tables."""
    return local(value).strftime("%Y-%m-%d %H:%M")


def paper_day(value: dt.date) -> str:
    """2026 年 3 月 2 日 / 2 March 2026, for papers."""
    if isinstance(value, dt.datetime):
        value = local(value).date()
    if chinese():
        return f"{value.year} 年 {value.month} 月 {value.day} 日"
    return f"{value.day} {LONG_MONTHS_EN[value.month - 1]} {value.year}"


def span(length: dt.timedelta, units: int = 2) -> str:
    """A length of time in its largest units: 1 小时 20 分 / 1 h 20 min; from two days on, days alone."""
    minutes = max(0, int(abs(length).total_seconds()) // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(ngettext("%(n)s day", "%(n)s days", days) % {"n": f"{days:,}"})
    if hours and days < 2:
        parts.append(pgettext("hours", "%(n)s h") % {"n": hours})
    if (minutes and not days) or not parts:
        parts.append(pgettext("minutes", "%(n)s min") % {"n": minutes})
    return NBSP.join(part.replace(" ", NBSP) for part in parts[:units])


def left(due: dt.datetime, now: dt.datetime | None = None) -> str:
    """剩 2 小时 10 分 / 2 h 10 min left; after the deadline 超时 3 天 / 3 days late."""
    rest = due - (now or timezone.now())
    text = gettext("%(span)s left") if rest >= dt.timedelta(0) else gettext("%(span)s late")
    return text % {"span": span(rest)}


def short_due(due: dt.datetime, now: dt.datetime | None = None) -> str:
    """When, as short as can be understood: 09:38, 明天 12:00 / tomorrow 12:00, 11-26 18:00.

    Midnight is 24:00 of the day before, as in `deadline`.
    """
    here, today = local(due), local(now or timezone.now()).date()
    day, time = here.date(), f"{here:%H:%M}"
    if here.time() == dt.time():
        day, time = day - dt.timedelta(days=1), "24:00"
    ahead = (day - today).days
    if ahead == 0:
        return time
    if ahead == 1:
        return gettext("tomorrow %(time)s") % {"time": time}
    return f"{day:%m-%d} {time}" if day.year == today.year else f"{day:%Y-%m-%d}"


def ago(value: dt.datetime, now: dt.datetime | None = None) -> str:
    """12 分钟前 / 12 min ago within a day; after that the time itself."""
    now = now or timezone.now()
    passed = now - value
    if not dt.timedelta(0) <= passed < dt.timedelta(days=1):
        return when(value, now)
    if passed < dt.timedelta(minutes=1):
        return gettext("just now")
    if passed < dt.timedelta(hours=1):
        return (gettext("%(n)s min ago") % {"n": passed.seconds // 60}).replace(" ", NBSP)
    return gettext("%(span)s ago") % {"span": span(passed, 1)}


def money(amount: Decimal | float, currency: str = "CNY", table: bool = False) -> str:
    """3,000 元 / CNY 3,000 in a sentence; ¥3,000.00 / CNY 3,000.00 in a table. Other currencies by code."""
    value = Decimal(str(amount))
    digits = f"{value:,.2f}" if table or value != value.to_integral_value() else f"{value:,.0f}"
    digits = digits.replace("-", MINUS)
    if chinese() and currency == "CNY":
        return f"¥{digits}" if table else f"{digits} 元"
    return f"{currency}{NBSP}{digits}"


def points(value: float) -> str:
    """+1, −2 (with a true minus), 0."""
    if value == 0:
        return "0"
    return f"{'+' if value > 0 else MINUS}{abs(value):g}"


def percent(share: float) -> str:
    """A share of 1 as 60%."""
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


def capped(count: int, cap: int = 1000) -> str:
    """A count that stops at its cap: 1,000+."""
    return f"{cap:,}+" if count > cap else f"{count:,}"


def series(items: Iterable[object]) -> str:
    """甲、乙、丙 / A, B, C."""
    return ("、" if chinese() else ", ").join(str(item) for item in items)
