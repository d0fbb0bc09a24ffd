"""Settings of channels, for the administrator: set up, test, see what fails, switch off."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dingfen.accounts import access
from dingfen.accounts.models import Unit
from dingfen.channels import accounts, actions
from dingfen.channels.guides import GUIDES, REASONS, hint
from dingfen.channels.kinds import KINDS, Field
from dingfen.channels.models import Account, Channel, Received, Sent
from dingfen.problems import Problem, missing
from dingfen.web.errors import into_form
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import unit_name
from dingfen.web.toasts import toast
from dingfen.wording import field_errors

CHOICES: dict[str, Any] = {
    "tls": (("tls", "TLS"), ("starttls", "STARTTLS"), ("none", pgettext_lazy("encryption", "None"))),
    "language": (("zh-hans", "中文"), ("en", "English")),
}

REFUSED: dict[str, Any] = {
    "hook.signature": _("key or signature do not fit"),
    "hook.form": _("not of the form this channel reads"),
}
"""Why a call to us was refused -> in words."""


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
        said: Any = _("Kept. Leave empty to keep it.") if kept else field.help
        return forms.CharField(label=label, required=required, widget=widget, help_text=said, max_length=500)
    said = (
        _("Beginnings of kinds of entries, apart by spaces, such as complaint.")
        if field.kind == "list"
        else field.help
    )
    return forms.CharField(label=label, required=required, help_text=said, max_length=500)


class AccountForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("channel", "Name"), max_length=80)
    unit = forms.ChoiceField(label=_("Messages go to"))

    def __init__(
        self, request: Request, channel: str, account: Account | None, *, fresh: bool = False
    ) -> None:
        super().__init__(None if fresh else request.POST or None, initial=_known(account))
        units = Unit.objects.visible_to(request.actor).filter(active=True).order_by("path")
        self.fields["unit"].choices = [(str(unit.uid), unit_name(unit)) for unit in units]  # type: ignore[attr-defined]
        secret = accounts.secret_of(account) if account else {}
        for field in KINDS[channel].fields:
            self.fields[field.name] = field_of(field, bool(secret.get(field.name)))
            self.fields[field.name].heading = field.heading  # type: ignore[attr-defined]
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
    return _page(request, channel, account, form)


def _page(
    request: Request, channel: str, account: Account | None, form: AccountForm, **more: Any
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "account": account,
        "label": Channel(channel).label,
        "channel": channel,
        "guide": GUIDES[channel],
        "has_door": KINDS[channel].door or channel == Channel.WEB,
        **(_state(account) if account else {}),
        **more,
    }
    wrong = form.errors or more.get("to_errors")
    return render(request, "channels/form.html", context, status=422 if wrong else 200)


def _state(account: Account) -> dict[str, Any]:
    """How to connect it, and whether it works."""
    kind, guide = KINDS[account.channel], GUIDES[account.channel]
    door, page = accounts.door(account) if kind.door else "", accounts.page(account)
    left = Received.objects.filter(account=account, state=Received.State.IGNORED).order_by("-pk")[:5]
    return {
        "door": f"{door}{guide.key}" if door else "",
        "example": guide.example.replace("{door}", door),
        "page": page,
        "picture": picture_code(page) if page else "",
        "tested": kind.test is not None
        and (account.channel != Channel.WEBHOOK or account.settings.get("url")),
        "tried_out": kind.try_out is not None,
        "hint": hint(account.error),
        "refused": REFUSED.get(account.refused, REFUSED["hook.form"]) if account.refused_at else "",
        "faults": _faults(account),
        "failed": _failed(account),
        "left": [(REASONS.get(one.reason, one.reason), one.received_at) for one in left],
    }


def _faults(account: Account) -> list[dict[str, Any]]:
    """The latest messages that could not be taken or sent, each with what can be done."""
    came = Received.objects.filter(account=account).exclude(error="").order_by("-pk")[:3]
    sent = Sent.objects.filter(account=account).exclude(error="").order_by("-pk")[:3]
    rows = [{"way": _("Came in"), "at": one.received_at, "error": one.error} for one in came]
    rows += [{"way": _("Went out"), "at": one.queued_at, "error": one.error} for one in sent]
    return [{**one, "hint": hint(str(one["error"]))} for one in rows]


def _failed(account: Account) -> int:
    """How many messages wait for somebody to try them again."""
    sent = Sent.objects.filter(account=account, state=Sent.State.FAILED).exclude(sealed=b"")
    return sent.count() + Received.objects.filter(account=account, state=Received.State.FAILED).count()


def picture_code(address: str) -> str:
    """A code to be photographed at the counter, as an address of its own (SVG)."""
    # it loads what draws: for who looks at this page, not for every start
    from qrcode.image.svg import SvgPathFillImage
    from qrcode.main import make

    drawn = make(address, image_factory=SvgPathFillImage, border=2).to_string()  # type: ignore[no-untyped-call]
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"


@require_POST
def test(request: Request, uid: uuid.UUID) -> HttpResponse:
    to = request.POST.get("to", "")
    try:
        said = actions.test(actor=request.actor, at=request.at, account_uid=uid, to=to)
    except Problem as problem:
        if "to" not in problem.errors:
            raise
        account = actions.get(request.actor, uid)
        return _page(request, account.channel, account, AccountForm(request, account.channel, account, fresh=True),
                     to=to, to_errors=field_errors(problem)["to"])  # fmt: skip
    if not said:
        toast(request, pgettext("channel", "Sent") if to else gettext("It works"))
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
