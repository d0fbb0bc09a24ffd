"""Settings of channels, for the administrator: set up, test, see what fails, switch off."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dingfen.accounts import access
from dingfen.accounts.models import Unit
from dingfen.channels import accounts, actions
from dingfen.channels.kinds import KINDS, Field
from dingfen.channels.models import Account, Channel, Received, Sent
from dingfen.problems import Problem, missing
from dingfen.web.errors import into_form
from dingfen.web.request import Request
from dingfen.web.toasts import toast

CHOICES: dict[str, Any] = {
    "tls": (("tls", "TLS"), ("starttls", "STARTTLS"), ("none", pgettext_lazy("encryption", "None"))),
    "language": (("zh-hans", "中文"), ("en", "English")),
}


def field_of(field: Field, kept: bool) -> forms.Field:
    """The form's field for one thing to tell. What a secret is never goes back to the page."""
    required = field.needed and not (field.secret and kept)
    label: Any = field.label
    if field.kind == "flag":
        return forms.BooleanField(label=label, required=False)
    if field.kind in CHOICES:
        return forms.ChoiceField(label=label, choices=CHOICES[field.kind], required=False)
    if field.secret:
        widget = forms.PasswordInput({"autocomplete": "new-password"})
        said = _("Kept. Leave empty to keep it.") if kept else ""
        return forms.CharField(label=label, required=required, widget=widget, help_text=said, max_length=500)
    said = (
        _("Beginnings of kinds of entries, apart by spaces, such as complaint.")
        if field.kind == "list"
        else ""
    )
    return forms.CharField(label=label, required=required, help_text=said, max_length=500)


class AccountForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("channel", "Name"), max_length=80)
    unit = forms.ChoiceField(label=_("Messages go to"))

    def __init__(self, request: Request, channel: str, account: Account | None) -> None:
        super().__init__(request.POST or None, initial=_known(account))
        units = Unit.objects.visible_to(request.actor).filter(active=True).order_by("path")
        self.fields["unit"].choices = [(str(unit.uid), unit.name) for unit in units]  # type: ignore[attr-defined]
        secret = accounts.secret_of(account) if account else {}
        for field in KINDS[channel].fields:
            self.fields[field.name] = field_of(field, bool(secret.get(field.name)))
            if not account and field.default:
                self.fields[field.name].initial = field.default

    def told(self) -> dict[str, str]:
        """What was typed, as the action takes it."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("name", "unit")}
        return {
            name: ("on" if value else "") if isinstance(value, bool) else str(value)
            for name, value in data.items()
        }


def _known(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    told = {
        name: " ".join(value) if isinstance(value, list) else value
        for name, value in account.settings.items()
    }
    return {**told, "name": account.name, "unit": str(account.unit.uid), "slug": account.slug}


@require_GET
def listed(request: Request) -> HttpResponse:
    access.require(request.actor, actions.PERMISSION)
    failed = Q(received__state=Received.State.FAILED)
    rows = Account.objects.visible_to(request.actor).select_related("unit").order_by("channel", "name")
    rows = rows.annotate(
        came=Count("received", distinct=True), stuck=Count("received", filter=failed, distinct=True)
    )
    kinds = [(code, Channel(code).label) for code in KINDS]
    return render(request, "channels/list.html", {"rows": rows, "kinds": kinds})


@require_http_methods(["GET", "POST"])
def add(request: Request, channel: str) -> HttpResponse:
    access.require(request.actor, actions.PERMISSION)
    if channel not in KINDS:
        raise missing()
    return _form(request, channel, None)


@require_http_methods(["GET", "POST"])
def change(request: Request, uid: uuid.UUID) -> HttpResponse:
    access.require(request.actor, actions.PERMISSION)
    account = actions.get(request.actor, uid)
    return _form(request, account.channel, account)


def _form(request: Request, channel: str, account: Account | None) -> HttpResponse:
    form = AccountForm(request, channel, account)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save(
                actor=request.actor, at=request.at, channel=channel, name=form.cleaned_data["name"],
                unit_uid=form.cleaned_data["unit"], told=form.told(),
                account_uid=account.uid if account else None,
            )  # fmt: skip
        except Problem as problem:
            into_form(problem, form)
        else:
            toast(request, gettext("Saved"))
            return redirect("channel", uid=saved.uid)
    context: dict[str, Any] = {
        "form": form,
        "account": account,
        "label": Channel(channel).label,
        "channel": channel,
    }
    if account is not None:
        sent = Sent.objects.filter(account=account)
        context |= {
            "door": f"{settings.BASE_URL}{reverse('hook', args=[account.uid])}"
            if KINDS[channel].door
            else "",
            "page": f"{settings.BASE_URL}{reverse('complain', args=[account.slug])}" if account.slug else "",
            "tested": KINDS[channel].test is not None,
            "failed": sent.filter(state=Sent.State.FAILED).exclude(sealed=b"").count()
            + Received.objects.filter(account=account, state=Received.State.FAILED).count(),
            "left": Received.objects.filter(account=account).exclude(reason="").order_by("-pk")[:5],
        }
    return render(request, "channels/form.html", context, status=422 if form.errors else 200)


@require_POST
def test(request: Request, uid: uuid.UUID) -> HttpResponse:
    said = actions.test(actor=request.actor, at=request.at, account_uid=uid)
    if not said:
        toast(request, gettext("It works"))
    return redirect("channel", uid=uid)


@require_POST
def switch(request: Request, uid: uuid.UUID) -> HttpResponse:
    on = request.POST.get("on") == "1"
    actions.switch(actor=request.actor, at=request.at, account_uid=uid, on=on)
    toast(request, gettext("Switched on") if on else gettext("Switched off"))
    return redirect("channel", uid=uid)


@require_POST
def again(request: Request, uid: uuid.UUID) -> HttpResponse:
    actions.again(actor=request.actor, at=request.at, account_uid=uid)
    toast(request, gettext("They are tried again"))
    return redirect("channel", uid=uid)
