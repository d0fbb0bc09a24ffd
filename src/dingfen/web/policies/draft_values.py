"""What a draft found, in words: P3M as 3 months, 2 per week as 2 times a week, over PT30M as more than 30 minutes."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import gettext, ngettext, pgettext_lazy

from dingfen import formats
from dingfen.engine.choice_texts import CHOICE_TEXTS
from dingfen.engine.durations import Duration, Unit, format_length
from dingfen.engine.key_texts import text_of
from dingfen.engine.load import model_at
from dingfen.ownership.sanction_rows import Sanction
from dingfen.policies.findings import rule_length
from dingfen.web.policies.draft_words import SANCTIONS

LENGTH = re.compile(r"P(\d+)([DWMY])|PT(\d+)([HMS])")
AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")
RATE = re.compile(r"(\d+(?:\.\.\d+)?) per (.+)")
RATES = {
    "hour": pgettext_lazy("rate", "hour"),
    "shift": pgettext_lazy("rate", "shift"),
    "day": pgettext_lazy("rate", "day"),
    "working day": pgettext_lazy("rate", "working day"),
    "week": pgettext_lazy("rate", "week"),
    "month": pgettext_lazy("rate", "month"),
    "quarter": pgettext_lazy("rate", "quarter"),
    "year": pgettext_lazy("rate", "year"),
}
MOMENTS = {
    "next working day": pgettext_lazy("draft", "next working day"),
    "next morning": pgettext_lazy("draft", "next morning"),
    "next day": pgettext_lazy("draft", "next day"),
    "same day": pgettext_lazy("draft", "same day"),
    "same shift": pgettext_lazy("draft", "same shift"),
    "daily": pgettext_lazy("draft", "daily"),
    "24 hours a day": pgettext_lazy("draft", "24 hours a day"),
}
BOUNDS = frozenset({"over", "under", "max", "min"})
UNITS: dict[str, Unit] = {"D": "days", "W": "weeks", "M": "months", "H": "hours", "TM": "minutes"}


def said(kind: str, value: object, unit: str = "") -> object:
    """The value of a finding as people say it; what has no such words stays as it is."""
    if isinstance(value, list):
        return formats.series(value)
    text = str(value)
    if kind == "frequency":
        return _frequency(text)
    if (bound := text.partition(" "))[0] in BOUNDS:
        return _bounded(kind, *bound[::2], unit)
    if kind == "points":
        return _points(text)
    if ".." in text:
        low, high = text.split("..", 1)
        if kind in ("duration", "deadline"):
            return gettext("%(low)s to %(high)s") % {"low": _length(low, unit), "high": _length(high, unit)}
        return text.replace("..", "–")
    if kind in ("deadline", "hours") and not text.startswith("P"):
        return _moment(text)
    if amount := AMOUNT.fullmatch(text):
        return formats.money(Decimal(amount[1]), amount[2])
    if kind == "sanction" and text in SANCTIONS:
        return str(SANCTIONS[text])
    if text in Sanction.Measure.values:
        return Sanction.Measure(text).label
    if kind == "sanction" and text in CHOICE_TEXTS:  # a measure against a customer
        return CHOICE_TEXTS[text][not formats.chinese()]
    return _length(text, unit)


def _bounded(kind: str, bound: str, rest: str, unit: str) -> str:
    """`max P10D` → at most 10 days, `under 80%` → less than 80%; points with a true minus."""
    amount = rest.replace("-", "−") if kind == "points" else said(kind, rest, unit)
    words = {
        "over": gettext("more than %(amount)s"), "under": gettext("less than %(amount)s"),
        "max": gettext("at most %(n)s"), "min": gettext("at least %(n)s"),
    }[bound]  # fmt: skip
    return words % {"amount": amount, "n": amount}


def _length(text: str, unit: str = "") -> str:
    found = LENGTH.fullmatch(text)
    if found is None:
        return text
    amount, sign = int(found[1] or found[3]), found[2] or (f"T{found[4]}" if found[4] == "M" else found[4])
    if sign == "Y":
        return ngettext("%(n)s year", "%(n)s years", amount) % {"n": amount}
    if sign == "S":
        return ngettext("%(n)s second", "%(n)s seconds", amount) % {"n": amount}
    name: Unit = "working_days" if sign == "D" and unit == "working_days" else UNITS[sign]
    return rule_length(format_length(amount, name))


def _frequency(text: str) -> str:
    """`2 per week`, `2..3 per month`, `P3D`, `2 per P5D`."""
    rate = RATE.fullmatch(text)
    if rate is None:
        return gettext("every %(length)s") % {"length": _length(text)}
    many = rate[1].replace("..", "–")
    if rate[2].startswith("P"):
        return gettext("%(n)s times every %(length)s") % {"n": many, "length": _length(rate[2])}
    if many == "1":
        return gettext("once a %(per)s") % {"per": RATES.get(rate[2], rate[2])}
    return gettext("%(n)s times a %(per)s") % {"n": many, "per": RATES.get(rate[2], rate[2])}


def _points(text: str) -> str:
    """−2 points; a range as it stands."""
    shown = text.replace("..", gettext(" to ")).replace("-", "−")
    if shown.isdigit():
        shown = f"+{shown}"
    return gettext("%(n)s points") % {"n": shown}


def _moment(text: str) -> str:
    """`same day 18:00`, `next morning`, `24 hours a day`; hours as they are."""
    word = next((day for day in MOMENTS if text.startswith(day)), "")
    return " ".join(filter(None, (str(MOMENTS[word]) if word else "", text[len(word) :].strip())))


def key_words(path: str, key: str = "") -> str:
    """What a key of a pack means, in a word or two; the key itself where nobody wrote one."""
    *above, last = [*path.split("."), *([key] if key else [])]
    model = Duration if last in Duration.model_fields else model_at(above)  # how a length is counted
    try:
        zh, en = text_of(model.__name__, last) if model else ("", "")
    except KeyError:
        return last if key else key_words(".".join(above))
    return re.split(r"[，,：:；;]", zh if formats.chinese() else en)[0] or last
