"""What is typed at a follow-up, and at a next step alone."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.ownership.actions.planning import WORDS
from dingfen.parties.models import Touch

REACHED = (("yes", _("Reached")), ("no", _("Not reached")))


class StepForm(forms.Form):
    """The next contact: when, and what for. Empty takes the plan back."""

    next_step_at = forms.DateTimeField(
        label=_("Next step"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        required=False,
    )
    next_step = forms.CharField(label=_("What for"), max_length=WORDS, required=False)


class LogForm(StepForm):
    kind = forms.ChoiceField(
        label=pgettext_lazy("touch", "Kind"), choices=Touch.Kind.choices, initial=Touch.Kind.OUTGOING
    )
    reached = forms.TypedChoiceField(
        label=_("Outcome"), choices=REACHED, coerce=lambda value: value == "yes", initial="yes"
    )
    met = forms.ChoiceField(label=_("Spoke to"), choices=Touch.Met.choices)
    note = forms.CharField(label=pgettext_lazy("customer", "Note"), max_length=2000, required=False)
    field_order = ("kind", "reached", "met", "note", "next_step_at", "next_step")
