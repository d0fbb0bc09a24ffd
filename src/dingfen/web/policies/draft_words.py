"""Words for what a draft finds."""

import datetime as dt
import re
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen import formats
from dingfen.ownership.sanction_rows import Sanction

KINDS = {
    "duration": pgettext_lazy("draft", "Duration"),
    "deadline": pgettext_lazy("draft", "Deadline"),
    "frequency": pgettext_lazy("draft", "Frequency"),
    "hours": pgettext_lazy("draft", "Hours"),
    "amount": pgettext_lazy("draft", "Amount"),
    "percentage": pgettext_lazy("draft", "Percentage"),
    "points": pgettext_lazy("draft", "Points"),
    "count": pgettext_lazy("draft", "Count"),
    "levels": pgettext_lazy("draft", "Levels"),
    "role": pgettext_lazy("draft", "Role"),
    "duty": pgettext_lazy("draft", "Duty"),
    "ban": pgettext_lazy("draft", "Ban"),
    "sanction": pgettext_lazy("draft", "Sanction"),
    "step": pgettext_lazy("draft", "Step"),
    "condition": pgettext_lazy("draft", "Condition"),
    "definition": pgettext_lazy("draft", "Definition"),
}
KINDS_AT_LEFT = frozenset(
    {"duration", "deadline", "frequency", "hours", "amount", "percentage", "points", "count"}
)
MEASURES = {
    "deal within": _("deal expected within"),
    "validity": _("validity"),
    "lapse": _("lapse"),
    "claim window": _("claim window"),
    "claim fails": _("claim fails"),
    "look-back before the deal": _("look-back before the deal"),
    "appeal": pgettext_lazy("draft", "appeal"),
    "cool-down": _("cool-down"),
    "borrowing": _("borrowing"),
    "suspension": pgettext_lazy("draft", "suspension"),
    "retention": _("retention"),
    "answer complaints": _("answer complaints"),
    "update records": _("update records"),
    "notice": pgettext_lazy("draft", "notice"),
    "hand over": pgettext_lazy("draft", "hand over"),
    "report": pgettext_lazy("draft", "report"),
    "registration": pgettext_lazy("draft", "registration"),
    "key customers": _("key customers"),
    "ordinary customers": _("ordinary customers"),
    "customers": pgettext_lazy("draft", "customers"),
    "training": pgettext_lazy("draft", "training"),
    "drills": pgettext_lazy("draft", "drills"),
    "sanction": pgettext_lazy("draft", "sanction"),
    "bonus per unit": _("bonus per unit"),
    "deposit": pgettext_lazy("draft", "deposit"),
    "compensation": pgettext_lazy("draft", "compensation"),
    "signers": pgettext_lazy("draft", "signers"),
    "pool takes": _("taken from the pool"),
    "holding limit": _("holding limit"),
    "co-workers": pgettext_lazy("draft", "co-workers"),
}
DOUBTS = {"hyphen_lost": _("A hyphen may have been lost in the copy; check the original.")}

LENGTH = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")


def said(value: object) -> object:
    """What was found, in words: PT30M as 30 minutes, 100 CNY as an amount, fine as the measure's name."""
    if isinstance(value, list):
        return formats.series(value)
    text = str(value)
    if (length := LENGTH.fullmatch(text)) and any(length.groups()):
        weeks, days, hours, minutes = (int(part or 0) for part in length.groups())
        return formats.span(dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes))
    if amount := AMOUNT.fullmatch(text):
        return formats.money(Decimal(amount[1]), amount[2])
    return Sanction.Measure(text).label if text in Sanction.Measure.values else value
