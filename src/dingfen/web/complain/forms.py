"""What somebody without an account fills in. Only what happened must be told, and one way to be reached."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dingfen.cases.thread import TEXT_LIMIT
from dingfen.matching import parse_phones

MOST_FILES = 8
SCORES = tuple((str(n), str(n)) for n in range(1, 6))
WORDS = 4000
REMEDIES = (
    ("", pgettext_lazy("remedy", "Not decided yet")),
    ("explanation", pgettext_lazy("remedy", "An explanation")),
    ("apology", pgettext_lazy("remedy", "An apology")),
    ("repair", pgettext_lazy("remedy", "Repair")),
    ("exchange", pgettext_lazy("remedy", "Exchange")),
    ("refund", pgettext_lazy("remedy", "Refund")),
    ("compensation", pgettext_lazy("remedy", "Compensation")),
)


class ComplainForm(forms.Form):
    """The complaint itself."""

    text = forms.CharField(
        label=gettext_lazy("What happened?"), max_length=TEXT_LIMIT, strip=False,
        help_text=gettext_lazy("In your own words; we keep them as they are."),
        widget=forms.Textarea({"rows": 6, "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Tell us in a few words what happened.")},
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=30, required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput({"autocomplete": "email"})
    )
    product = forms.CharField(
        label=gettext_lazy("About which product or service?"), max_length=60, required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    order_number = forms.CharField(
        label=gettext_lazy("Order or contract number"), max_length=120, required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    day = forms.DateField(
        label=gettext_lazy("When was it?"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    place = forms.CharField(
        label=gettext_lazy("Where was it?"), max_length=120, required=False,
        widget=forms.TextInput({"placeholder": gettext_lazy("Branch, street, online …")}),
    )  # fmt: skip
    remedy = forms.ChoiceField(
        label=gettext_lazy("What would put it right?"), choices=REMEDIES, required=False
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(_("Tell us in a few words what happened."))
        return text

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if phone and not parse_phones(phone)[0]:
            raise forms.ValidationError(_("This is no phone number we could call; check the digits."))
        return phone

    def clean_day(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["day"]
        if day and day > dt.date.today() + dt.timedelta(days=1):  # noqa: DTZ011 - any zone's tomorrow
            raise forms.ValidationError(_("Choose a day that has been."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("phone") or data.get("email") or {"phone", "email"} & self.errors.keys()):
            self.add_error("phone", _("Leave a phone number or an e-mail, so that we can answer."))
        return data

    @property
    def wish(self) -> str:
        """The remedy in words, as it is kept with the complaint."""
        return str(dict(REMEDIES)[self.cleaned_data["remedy"]]) if self.cleaned_data.get("remedy") else ""


class AddForm(forms.Form):
    """A further message in a matter that is followed."""

    text = forms.CharField(
        label=gettext_lazy("Add something or answer our question"),
        max_length=TEXT_LIMIT,
        strip=False,
        widget=forms.Textarea({"rows": 4}),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """The answer to a proposal; a counter-proposal must say what it is."""

    text = forms.CharField(
        label=gettext_lazy("In your words"), max_length=WORDS, required=False, widget=forms.Textarea({"rows": 3})
    )  # fmt: skip


class SurveyForm(forms.Form):
    """How it went: whether it is settled, how it was handled, what came of it."""

    fixed = forms.ChoiceField(
        label=gettext_lazy("Is it settled for you?"), widget=forms.RadioSelect,
        choices=(("yes", pgettext_lazy("survey", "Yes")), ("partly", pgettext_lazy("survey", "In part")),
                 ("no", pgettext_lazy("survey", "No"))),
    )  # fmt: skip
    handling = forms.ChoiceField(
        label=gettext_lazy("How did we handle it?"), choices=SCORES, widget=forms.RadioSelect, required=False
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("How content are you with what came of it?"), choices=SCORES,
        widget=forms.RadioSelect, required=False,
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("What should we know?"), max_length=WORDS, required=False,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    again = forms.BooleanField(label=gettext_lazy("Take it up again"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.auto_id = "survey_%s"


class WithdrawForm(forms.Form):
    said = forms.CharField(
        label=gettext_lazy("Would you tell us why?"), max_length=WORDS, required=False,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
