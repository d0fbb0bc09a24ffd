"""The upload and the column mapping as forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.imports import shipped
from dingfen.imports.fields import KINDS, KINDS_OF_CUSTOMER
from dingfen.imports.mapping import Mapping, dump
from dingfen.imports.models import ImportJob
from dingfen.imports.reading import Table

ORDERS = (
    ("year-first", _("Year first: 2026-04-01")),
    ("month-first", _("Month first: 4/1/2026")),
    ("day-first", _("Day first: 1/4/2026")),
)
DUPLICATES = (
    ("skip", _("Skip the row")),
    ("update", _("Bring what is known up to date")),
    ("create", _("Keep both")),
)
UNKNOWN = (("refuse", _("Leave the row out")), ("create", _("Create the customer")))
PERSON_OR_FIRM = (
    ("person", pgettext_lazy("customer", "Person")),
    ("company", pgettext_lazy("customer", "Company")),
)


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in the file"), choices=ImportJob.Kind.choices)
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, TSV or Excel (.xlsx). Chinese in UTF-8 or GB18030 is read by itself."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.gz"}),
    )
    mapping = forms.ChoiceField(label=_("Column mapping"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, str | Promise]] = [("", _("Guess from the columns"))]
        self.fields["mapping"].choices = choices + [(name, name) for name in shipped.names()]  # type: ignore[attr-defined]


class MapForm(forms.Form):
    """One select for each field, and how dates, doubles and unknown customers are taken."""

    order = forms.ChoiceField(label=_("Dates"), choices=ORDERS)
    kind_of_customer = forms.ChoiceField(label=_("Customers are"), choices=PERSON_OR_FIRM)
    duplicates = forms.ChoiceField(label=_("A customer that is there already"), choices=DUPLICATES)
    unknown_customers = forms.ChoiceField(label=_("A customer that isn't there"), choices=UNKNOWN)
    general_manager = forms.CharField(
        label=_("General manager, if the company has none"), required=False, max_length=60
    )
    ONLY = {
        "kind_of_customer": ("customers",),
        "duplicates": ("customers", "staff"),
        "unknown_customers": ("touches", "deals"),
        "general_manager": ("staff",),
    }

    def __init__(self, job: ImportJob, table: Table, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.job = job
        for name, kinds in self.ONLY.items():
            if job.kind not in kinds:
                del self.fields[name]
        columns = [("", "—"), *((column, column) for column in table.columns)]
        for one in KINDS[job.kind]:
            self.fields[f"column_{one.name}"] = forms.ChoiceField(
                label=str(one.label), choices=columns, required=False
            )

    @staticmethod
    def initial_of(mapping: Mapping) -> dict[str, Any]:
        """The form's values for a mapping."""
        return {f"column_{name}": column for name, column in mapping.columns.items()} | {
            "order": mapping.dates.order,
            "kind_of_customer": mapping.defaults.get("kind", "person"),
            "duplicates": mapping.duplicates,
            "unknown_customers": mapping.unknown_customers,
            "general_manager": mapping.general_manager,
        }

    def columns(self) -> list[tuple[forms.BoundField, bool]]:
        """The selects, each with whether its field is required."""
        return [(self[f"column_{one.name}"], one.required) for one in KINDS[self.job.kind]]

    def settings(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith("column_")]

    def mapping(self, before: Mapping) -> dict[str, Any]:
        """The mapping as plain data: what the form says, and words and defaults as they were."""
        given = self.cleaned_data
        made = dump(before)
        made["columns"] = {
            name.removeprefix("column_"): value
            for name, value in given.items()
            if name.startswith("column_") and value
        }
        made["dates"]["order"] = given["order"]
        if given.get("kind_of_customer") in KINDS_OF_CUSTOMER and "kind" not in made["columns"]:
            made["defaults"]["kind"] = given["kind_of_customer"]
        for name in ("duplicates", "unknown_customers", "general_manager"):
            if name in given:
                made[name] = given[name]
        return made
