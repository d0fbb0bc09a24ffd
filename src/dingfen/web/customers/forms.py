"""Forms about customers. They read and shape input; the actions judge it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.parties.details import NAME_LIMIT, PROFILE, TEXT_LIMIT, Details
from dingfen.parties.models import Contact, Customer, Touch
from dingfen.parties.relations import WORDS
from dingfen.parties.texts import ERASE_REASONS, IDENTIFIER_KINDS, REVEAL_REASONS, SOURCES
from dingfen.parties.texts import PROFILE as PROFILE_LABELS
from dingfen.web.templatetags.dingfen import unit_name

NOBODY = [("", "—")]
TYPED = ("phones", "emails", "wechats", "plates", "vins", "credit_codes")


def text(
    label: Any, limit: int = NAME_LIMIT, *, required: bool = False, help_text: Any = ""
) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, required=required, help_text=help_text)


def long_text(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=TEXT_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return unit_name(obj)


class ProfileForm(forms.Form):
    """What is known of a customer beside name and identifiers."""

    grade = forms.ChoiceField(label=_("Grade"), choices=[*NOBODY, *Customer.Grade.choices], required=False)
    source = forms.ChoiceField(label=_("Source"), choices=[*NOBODY, *SOURCES.items()], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PROFILE:
            self.fields[name] = long_text(PROFILE_LABELS[name])

    def profile(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in PROFILE}


class NewForm(ProfileForm):
    """A customer nobody holds yet."""

    kind = forms.ChoiceField(label=_("Person or firm"), choices=Customer.Kind.choices)
    name = text(pgettext_lazy("customer", "Name"), required=True)
    employer = text(_("Employer"))
    contact_name = text(_("Contact"), help_text=_("For a firm: whom to speak to."))
    phones = text(_("Phone"), 120, help_text=_("Several with commas; a landline with its area code."))
    emails = text(pgettext_lazy("identifier", "E-mail"), 120)
    wechats = text(_("WeChat"), 60)
    plates = text(_("Number plate"), 20)
    credit_codes = text(_("Credit code"), 30)
    confirm_possible = forms.BooleanField(
        label=_("It is another customer; save all the same"), required=False
    )
    field_order = (
        "kind",
        "name",
        "employer",
        "contact_name",
        "phones",
        "emails",
        "wechats",
        "plates",
        "unit",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Unit.objects.filter(company_id=actor.company_id, active=True).order_by("path")
        self.fields["unit"] = UnitField(label=_("Unit"), queryset=rows, initial=actor.unit_id)
        self.fields["confirm_possible"].widget = forms.HiddenInput()
        self.order_fields(self.field_order)

    def details(self) -> Details:
        given = self.cleaned_data
        typed: dict[str, Any] = {name: (given[name],) for name in TYPED if given.get(name)}
        return Details(
            kind=given["kind"],
            name=given["name"],
            employer=given["employer"],
            contact_name=given["contact_name"],
            grade=given["grade"],
            source=given["source"],
            profile=self.profile(),
            **typed,
        )


class EditForm(ProfileForm):
    """A correction of the card."""

    name = text(pgettext_lazy("customer", "Name"), required=True)
    employer = text(_("Employer"))
    latin = text(_("Name in Latin letters"))
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("name", "employer", "latin", "grade", "source")

    def changes(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class TouchForm(forms.Form):
    """A touch, two fields and Enter; the rest when there is something to say."""

    kind = forms.ChoiceField(label=pgettext_lazy("touch", "Kind"), choices=Touch.Kind.choices)
    occurred_at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        required=False,
    )
    reached = forms.BooleanField(label=_("Reached"), required=False, initial=True)
    met = forms.ChoiceField(label=_("Spoke to"), choices=Touch.Met.choices)
    contact_uid = forms.ChoiceField(label=_("Contact"), required=False)
    card = forms.BooleanField(label=_("Business card received"), required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1440, required=False)
    asked_for = forms.ChoiceField(label=_("Asked for by name"), required=False)
    note = long_text(pgettext_lazy("customer", "Note"))

    def __init__(
        self,
        *args: Any,
        contacts: list[tuple[str, str]],
        colleagues: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked_for"].choices = [*NOBODY, *colleagues]  # type: ignore[attr-defined]
        self.fields["contact_uid"].choices = [*NOBODY, *contacts]  # type: ignore[attr-defined]
        self.fields["occurred_at"].initial = timezone.localtime().strftime("%Y-%m-%dT%H:%M")


class CorrectForm(forms.Form):
    """What was different about a touch."""

    kind = forms.ChoiceField(label=pgettext_lazy("touch", "Kind"), choices=Touch.Kind.choices, required=False)
    reached = forms.BooleanField(label=_("Reached"), required=False)
    met = forms.ChoiceField(label=_("Spoke to"), choices=Touch.Met.choices)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1440, required=False)
    received_by = forms.ChoiceField(label=_("Received by"), required=False)
    note = long_text(pgettext_lazy("customer", "Note"))

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_by"].choices = list(people)  # type: ignore[attr-defined]


class IdentifierForm(forms.Form):
    KINDS = [
        ("phone", _("Phone")),
        *((k, v) for k, v in IDENTIFIER_KINDS.items() if k not in ("mobile", "landline")),
    ]
    kind = forms.ChoiceField(label=pgettext_lazy("identifier", "Kind"), choices=KINDS)
    value = text(pgettext_lazy("identifier", "Number or address"), 120, required=True)


class ContactForm(forms.Form):
    name = text(pgettext_lazy("contact", "Name"), required=True)
    title = text(pgettext_lazy("contact", "Title"), 60)
    rank = forms.TypedChoiceField(label=_("Rank"), choices=Contact.Rank.choices, coerce=int, initial=0)
    chain = forms.ChoiceField(
        label=_("Part in the decision"), choices=[*NOBODY, *Contact.Chain.choices], required=False
    )
    phone = text(_("Phone"), 60)


class ChainForm(forms.Form):
    chain = forms.ChoiceField(choices=[*NOBODY, *Contact.Chain.choices], required=False)


class MoveForm(forms.Form):
    """A contact works elsewhere now."""

    to = text(_("Number of the other customer"), 20, required=True)
    title = text(pgettext_lazy("contact", "Title"), 60)


# what the other customer is to this one; `:other` reads the relation from the other's side
RELATION_KINDS = [
    ("spouse", WORDS["spouse", True]),
    ("parent:other", WORDS["parent", True]),
    ("parent", WORDS["parent", False]),
    ("household", WORDS["household", True]),
    ("parent_company:other", WORDS["parent_company", True]),
    ("parent_company", WORDS["parent_company", False]),
    ("head_office:other", WORDS["head_office", True]),
    ("head_office", WORDS["head_office", False]),
    ("firm_group", WORDS["firm_group", True]),
    ("introducer:other", WORDS["introducer", True]),
    ("introducer", WORDS["introducer", False]),
]


class RelationForm(forms.Form):
    other = text(_("Number of the other customer"), 20, required=True, help_text=_("Such as K-000123."))
    kind = forms.ChoiceField(label=_("The other is"), choices=RELATION_KINDS)
    starts_on = forms.DateField(
        label=pgettext_lazy("relation", "Since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class EndForm(forms.Form):
    ends_on = forms.DateField(required=False)


class ReasonForm(forms.Form):
    reason = text(_("Reason"), 200, required=True)


class RevealForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=REVEAL_REASONS.items())


class MergeForm(forms.Form):
    gone = text(
        _("Number of the other customer"),
        20,
        required=True,
        help_text=_("Such as K-000123; it counts as this one from then on."),
    )
    reason = text(_("Reason"), 300, required=True)


class EraseForm(forms.Form):
    confirm_number = text(_("Customer number"), 20, required=True)
    reason = forms.ChoiceField(label=_("Reason"), choices=ERASE_REASONS.items())
