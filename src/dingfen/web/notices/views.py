"""Pages of notices: opening one, reading all, and what to be told on which channel."""

from __future__ import annotations

import uuid
from itertools import product

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dingfen.outbox import actions
from dingfen.outbox.events import EVENTS
from dingfen.outbox.models import Channel, Delivery, QuietHours
from dingfen.outbox.queries import wanted_by
from dingfen.outbox.words import message, zone_of
from dingfen.problems import Problem, missing
from dingfen.web.errors import into_form
from dingfen.web.notices.subjects import page_of
from dingfen.web.request import Request
from dingfen.web.toasts import toast

CLOCK = forms.TimeInput({"type": "time"}, format="%H:%M")


class QuietForm(forms.Form):
    """Both times or neither."""

    starts = forms.TimeField(label=pgettext_lazy("quiet hours", "From"), required=False, widget=CLOCK)
    ends = forms.TimeField(label=pgettext_lazy("quiet hours", "To"), required=False, widget=CLOCK)


@never_cache
@require_GET
def open_notice(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Lead to what a message is about, and note that it was read. The link in a letter leads here too."""
    delivery = (
        Delivery.objects.filter(uid=uid, recipient_id=request.actor.staff_id)
        .select_related("recipient__unit")
        .first()
    )
    if delivery is None:
        raise missing()
    for notice in Delivery.objects.same_occasion(delivery).unread():
        actions.mark_read(actor=request.actor, at=request.at, delivery=notice)
    if address := page_of(delivery):
        return redirect(address)
    person = delivery.recipient
    words = message(delivery, language=person.language, zone=zone_of(person), at=request.at)
    return render(request, "notices/notice.html", {"delivery": delivery, "words": words})


@require_POST
def read_all(request: Request) -> HttpResponse:
    actions.mark_all_read(actor=request.actor, at=request.at)
    toast(request, gettext("All notices marked as read"))
    return redirect("notices")


@never_cache
@require_http_methods(["GET", "POST"])
def preferences(request: Request) -> HttpResponse:
    """Which events reach me on which channel, and my quiet hours."""
    quiet = QuietHours.objects.filter(staff=request.user).first()
    given = {"starts": quiet.starts, "ends": quiet.ends} if quiet else {}
    form = QuietForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        toast(request, gettext("Saved"))
        return redirect("preferences")
    chosen = wanted_by(request.user)
    rows = [
        {
            "event": event,
            "channels": [
                (f"{code}:{channel}", label, (code, channel) in chosen) for channel, label in Channel.choices
            ],
        }
        for code, event in EVENTS.items()
    ]
    context = {"form": form, "rows": rows, "channels": Channel.labels}
    return render(request, "notices/preferences.html", context, status=422 if form.errors else 200)


def _saved(request: Request, form: QuietForm) -> bool:
    ticked = set(request.POST.getlist("wanted"))
    choice = {
        (event, channel): f"{event}:{channel}" in ticked for event, channel in product(EVENTS, Channel.values)
    }
    try:
        actions.set_quiet_hours(actor=request.actor, at=request.at, **form.cleaned_data)
        actions.set_preferences(actor=request.actor, at=request.at, wanted=choice)
    except Problem as problem:
        into_form(problem, form)
        return False
    return True
