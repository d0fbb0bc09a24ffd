"""Forms of the settings area. They read and shape input; the actions judge it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dingfen.accounts.access import PERMISSIONS
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.accounts.units import name_of

if TYPE_CHECKING:
    UnitChoice = forms.ModelChoiceField[Unit]
    StaffChoice = forms.ModelChoiceField[Staff]
else:
    UnitChoice = StaffChoice = forms.ModelChoiceField

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MINUTE = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


CHOOSE = _("Choose")


class UnitField(UnitChoice):
    """A unit of the company, indented as in the tree."""

    def label_from_instance(self, obj: Unit) -> str:
        depth = obj.path.strip("/").count("/")
        return "\u2003" * depth + name_of(obj, get_language() or "")


class StaffField(StaffChoice):
    """A colleague: name and unit."""

    def label_from_instance(self, obj: Staff) -> str:
        unit = name_of(obj.unit, get_language() or "") if obj.unit else ""
        return f"{obj.name} · {unit}" if unit else obj.name


def units(actor: Actor) -> Any:
    return Unit.objects.visible_to(actor).filter(active=True).order_by("path")


def colleagues(actor: Actor, day: dt.date) -> Any:
    return Staff.objects.visible_to(actor).working(day).select_related("unit").order_by("unit__path", "name")


class PersonForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    latin_name = forms.CharField(label=_("Name in Latin letters"), max_length=80, required=False)
    email = forms.CharField(
        label=pgettext_lazy("address", "E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(),
        help_text=_("To sign in with and to reach the person."),
    )
    employee_number = forms.CharField(label=_("Employee number"), max_length=30, required=False)
    unit = UnitField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=CHOOSE)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units(actor)  # type: ignore[attr-defined]


class NewPersonForm(PersonForm):
    username = forms.CharField(
        label=_("User name"),
        max_length=30,
        help_text=_("Letters a–z, digits, dot, hyphen, underscore. It can't be changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ("name", "username")


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=pgettext_lazy("of staff", "Role"), choices=Role.choices)
    unit = UnitField(
        label=pgettext_lazy("role", "Over"),
        queryset=Unit.objects.none(),
        empty_label=CHOOSE,
        help_text=_("With everything below it."),
    )
    starts_on = forms.DateField(label=pgettext_lazy("time", "From"), required=False, widget=DAY)
    ends_on = forms.DateField(label=_("Until and including"), required=False, widget=DAY)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units(actor)  # type: ignore[attr-defined]


class DelegationForm(forms.Form):
    deputy = StaffField(
        label=pgettext_lazy("delegation", "Deputy"),
        queryset=Staff.objects.get_queryset().none(),
        empty_label=CHOOSE,
    )
    role = forms.ChoiceField(label=_("In which role"), required=False)
    starts_at = forms.DateTimeField(label=pgettext_lazy("time", "From"), widget=MINUTE)
    ends_at = forms.DateTimeField(label=pgettext_lazy("time", "Until"), widget=MINUTE)
    reason = forms.CharField(label=pgettext_lazy("delegation", "Reason"), max_length=200, required=False)

    def __init__(self, actor: Actor, principal: Staff, at: dt.datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = principal.unit.day(at) if principal.unit else at.date()
        found = colleagues(actor, day).exclude(pk=principal.pk)
        self.fields["deputy"].queryset = found  # type: ignore[attr-defined]
        held = {grant.role for grant in principal.grants.all() if not grant.ends_on or grant.ends_on >= day}
        own = [(value, label) for value, label in Role.choices if value in held]
        self.fields["role"].choices = [("", _("All roles")), *own]  # type: ignore[attr-defined]


class LeaverForm(forms.Form):
    left_on = forms.DateField(label=_("Last day of work"), widget=DAY)


class UnitForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    extension = forms.CharField(label=_("Extension"), max_length=20, required=False)
    latitude = forms.DecimalField(
        label=_("Latitude"), min_value=-90, max_value=90, decimal_places=5, required=False
    )
    longitude = forms.DecimalField(
        label=_("Longitude"),
        min_value=-180,
        max_value=180,
        decimal_places=5,
        required=False,
        help_text=_("Where the site lies; then walk-ins too far apart for the time between are noticed."),
    )


class NewUnitForm(UnitForm):
    latitude = None  # type: ignore[assignment]
    longitude = None  # type: ignore[assignment]
    kind = forms.ChoiceField(
        label=pgettext_lazy("of a unit", "Kind"),
        choices=[pair for pair in Unit.Kind.choices if pair[0] != Unit.Kind.COMPANY],
        help_text=_("A site has a book of its own."),
    )
    code = forms.CharField(
        label=pgettext_lazy("of a unit", "Code"),
        max_length=12,
        help_text=_("A–Z and 0–9; entries are numbered by it. It stays."),
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=40,
        required=False,
        help_text=_("Such as Asia/Shanghai; empty: as above."),
    )
    field_order = ("kind", "name", "name_en", "code", "extension", "time_zone")


class MoveForm(forms.Form):
    parent = UnitField(label=pgettext_lazy("unit", "Below"), queryset=Unit.objects.none(), empty_label=CHOOSE)

    def __init__(self, actor: Actor, unit: Unit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = units(actor).exclude(path__startswith=unit.path)
        self.fields["parent"].queryset = possible  # type: ignore[attr-defined]


class ProfileForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(
        label=_("Appearance"),
        choices=[("auto", _("Like the device")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    single_keys = forms.BooleanField(
        label=_("Single-key commands"), required=False, help_text=_("J, K, X and others act without Ctrl.")
    )


LIFETIMES = [("30", _("30 days")), ("90", _("90 days")), ("180", _("180 days")), ("365", _("1 year"))]


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=80)
    days = forms.TypedChoiceField(label=_("Valid for"), choices=LIFETIMES, coerce=int, initial="90")
    scopes = forms.MultipleChoiceField(
        label=_("What it allows"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may do yourself."),
    )

    def __init__(self, allowed: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [scope for scope in PERMISSIONS if scope in allowed]
        self.fields["scopes"].choices = [(scope, scope) for scope in known]  # type: ignore[attr-defined]
