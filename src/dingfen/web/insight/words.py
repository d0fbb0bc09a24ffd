"""Figures in words: values as people read them, differences, and what a chart has found."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from dingfen import formats
from dingfen.insight.charts import Chart
from dingfen.insight.figures import BY_ID, Figure
from dingfen.insight.values import Value


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure on the page. `tone`: green for better than before, red for worse, empty for neither."""

    figure: Figure
    value: str
    detail: str
    change: str
    tone: str
    before: str
    few: bool


def shown(figure: Figure, now: Value, before: Value | None) -> Shown:
    change, tone = difference(figure, now, before)
    return Shown(
        figure,
        text(figure, now),
        detail(figure, now),
        change,
        tone,
        text(figure, before) if before else "",
        now.few and now.value is not None,
    )


def text(figure: Figure, value: Value) -> str:
    """12, 38%, 12.4, 1 天 3 小时; a dash where there is nothing to divide by."""
    if value.value is None:
        return "—"
    if figure.shape == "share":
        return formats.percent(value.value)
    if figure.shape == "span":
        return formats.span(dt.timedelta(seconds=value.value))
    if figure.shape == "sum":
        return formats.money(value.value)
    return f"{value.value:,.1f}" if figure.shape == "per_hundred" else f"{value.value:,.0f}"


def detail(figure: Figure, value: Value) -> str:
    """What it was counted from: 3 / 8; for a median its 90th percentile and n."""
    if figure.shape == "span":
        if value.p90 is None:
            return ""
        told = {"span": formats.span(dt.timedelta(seconds=value.p90)), "n": value.top}
        return gettext("nine in ten within %(span)s, n = %(n)s") % told
    return "" if value.bottom is None else f"{value.top:,} / {value.bottom:,}"


def difference(figure: Figure, now: Value, before: Value | None) -> tuple[str, str]:
    """How it moved since the period before, and whether that is better."""
    if before is None or before.value is None or now.value is None:
        return "", ""
    moved = now.value - before.value
    sign = "+" if moved > 0 else formats.MINUS
    size = abs(moved)
    if figure.shape == "share":
        points = f"{size * 100:.1f}".removesuffix(".0")
        said = gettext("%(n)s percentage points") % {"n": f"{sign}{points}"} if points != "0" else ""
    elif figure.shape == "span":
        said = sign + formats.span(dt.timedelta(seconds=size)) if size >= 60 else ""
    else:
        number = f"{size:,.1f}".removesuffix(".0")
        said = f"{sign}{number}" if number != "0" else ""
    if not said:
        return gettext("as before"), ""
    better = {"more": moved > 0, "less": moved < 0}.get(figure.good)
    return said, "" if better is None else "green" if better else "red"


def finding(chart: Chart, values: dict[str, Value]) -> str:
    """The chart's title: what it shows, in a sentence. Its plain title where there is nothing to say."""
    if chart.empty:
        return str(chart.title)
    sums = [int(sum(number or 0 for number in numbers)) for _, numbers in chart.series]
    if chart.id == "flow":
        return gettext("%(a)s raised, %(b)s ruled") % {"a": sums[0], "b": sums[1]}
    if chart.id == "time" and values["time"].value is not None:
        told = {"span": text(BY_ID["time"], values["time"])}
        return gettext("Half of all rulings within %(span)s") % told
    if chart.id == "ages":
        old = int(chart.series[0][1][-1] or 0)
        if not old:
            return gettext("No dispute open for more than 10 days")
        said = ngettext(
            "%(n)s dispute open for more than 10 days", "%(n)s disputes open for more than 10 days", old
        )
        return said % {"n": old}
    if chart.id == "articles":
        told_n = {"article": chart.labels[0], "n": int(chart.series[0][1][0] or 0), "all": sums[0]}
        return gettext("%(article)s decides most: %(n)s of %(all)s") % told_n
    if chart.id == "pool":
        return gettext("%(a)s into the pool, %(b)s out") % {"a": sums[0], "b": sums[1]}
    if chart.id == "grades":
        share = formats.percent(sums[0] / sum(sums))
        return gettext("%(share)s of follow-ups on time") % {"share": share}
    return str(chart.title)
