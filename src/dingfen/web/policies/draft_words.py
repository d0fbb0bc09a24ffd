"""Words for what a draft finds."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    "gift": pgettext_lazy("draft", "gift"),
    "extension": pgettext_lazy("draft", "extension"),
    "extensions": pgettext_lazy("draft", "extensions"),
    "before expiry": pgettext_lazy("draft", "before expiry"),
    "ruling": pgettext_lazy("draft", "ruling"),
    "arrival": pgettext_lazy("draft", "arrival"),
    "call back": pgettext_lazy("draft", "call back"),
    "deposit": pgettext_lazy("draft", "deposit"),
    "compensation": pgettext_lazy("draft", "compensation"),
    "signers": pgettext_lazy("draft", "signers"),
    "pool takes": _("taken from the pool"),
    "holding limit": _("holding limit"),
    "co-workers": pgettext_lazy("draft", "co-workers"),
}
# measures that a text may name and the product does not carry out itself
SANCTIONS = {
    "forfeiture": pgettext_lazy("draft", "forfeiture of commission"),
    "deduction": pgettext_lazy("draft", "deduction from pay"),
    "disqualification": pgettext_lazy("draft", "loss of a qualification"),
    "transfer": pgettext_lazy("draft", "transfer to another post"),
    "demotion": pgettext_lazy("draft", "demotion"),
    "training": pgettext_lazy("draft", "training"),
    "demerit": pgettext_lazy("draft", "demerit"),
    "interview": pgettext_lazy("draft", "serious talk"),
    "compensation": pgettext_lazy("draft", "compensation"),
    "termination": pgettext_lazy("draft", "end of the contract"),
}
DOUBTS = {"hyphen_lost": _("A hyphen may have been lost in the copy; check the original.")}
