"""How the small forms of the customer card are dealt with: one action, then back; else what is wrong, in the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect

from dingfen.parties import queries
from dingfen.problems import Problem
from dingfen.web.customers.forms import ReasonForm
from dingfen.web.customers.views import show
from dingfen.web.errors import into_form
from dingfen.web.request import Request
from dingfen.web.toasts import toast


def attempt(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether the form is good and the action was done; what was wrong stands in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        into_form(problem, form)
        return False
    return True


def back(customer_uid: UUID) -> HttpResponse:
    return redirect("customer", customer_uid)


def on_card(
    request: Request, uid: UUID, name: str, form: forms.Form, act: Callable[[Any], object], done: str
) -> HttpResponse:
    """A small form of the card: done, or the card again with what is wrong."""
    if attempt(form, lambda: act(form.cleaned_data)):
        toast(request, done)
        return back(uid)
    return show(request, queries.get_customer(request.actor, uid), status=422, **{name: form})


def reason_given(request: Request) -> str:
    """The reason sent along. Raises Problem `reason.needed` (422)."""
    return str(read(ReasonForm(request.POST), "reason.needed")["reason"])


def read(form: forms.Form, code: str = "request.bad") -> dict[str, Any]:
    """What a form without a place of its own says. Raises Problem (422) with this code where it can't be read."""
    if not form.is_valid():
        raise Problem(code, 422)
    return form.cleaned_data
