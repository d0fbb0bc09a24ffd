"""What is done on the customer card: each view reads a form, calls one action and goes back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from dingfen.accounts import access
from dingfen.ownership import actions as ownership
from dingfen.parties import actions, queries
from dingfen.parties.actions.customers import SEALED
from dingfen.parties.models import Customer, Touch
from dingfen.problems import Problem, missing
from dingfen.web.customers.acting import attempt, back, on_card, reason_given
from dingfen.web.customers.forms import (
    ContactForm,
    CorrectForm,
    EditForm,
    EraseForm,
    IdentifierForm,
    MergeForm,
    NewForm,
    RevealForm,
    TouchForm,
)
from dingfen.web.customers.stale import stale_card
from dingfen.web.customers.views import asked_for_choices, show
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name
from dingfen.web.toasts import toast


@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """A customer nobody holds: whom an agent enters, or a head brings in."""
    access.require(request.actor, "customer.edit")
    form = NewForm(request.POST or None, actor=request.actor)
    made: list[Customer] = []

    def act() -> None:
        made.append(
            actions.add_customer(
                actor=request.actor,
                at=request.at,
                unit=form.cleaned_data["unit"],
                details=form.details(),
                confirm_possible=form.cleaned_data["confirm_possible"],
            )
        )

    if request.method == "POST":
        if attempt(form, act):
            toast(request, gettext("%(number)s added") % {"number": made[0].number})
            return back(made[0].uid)
        form.fields["confirm_possible"].widget = forms.CheckboxInput()
    return render(request, "customers/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Correct the card: the earlier values stay in the register."""
    access.require(request.actor, "customer.edit")
    customer = queries.get_customer(request.actor, uid)
    known = queries.known(customer)
    initial = {name: known.get(name, "") for name in SEALED} | {
        "grade": customer.grade,
        "source": customer.source,
        "version": customer.version,
    }
    form = EditForm(request.POST or None, initial=initial)

    def act() -> None:
        ownership.update_customer(
            actor=request.actor,
            at=request.at,
            uid=uid,
            changes=form.changes(),
            version=form.cleaned_data["version"],
        )

    stale = stale_card(customer, initial, request.POST) if request.method == "POST" else None
    if stale is not None:
        form = EditForm(stale.data, initial=initial)
    elif request.method == "POST" and attempt(form, act):
        toast(request, gettext("Correction entered"))
        return back(uid)
    name = known.get("name", customer.masked_name)
    context = {"form": form, "customer": customer, "name": name, "stale": stale}
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "customers/edit.html", context, status=status)


@require_POST
def touch(request: Request, uid: UUID) -> HttpResponse:
    """Record a touch; where it counts for the holder, the protection begins anew."""
    customer = queries.get_customer(request.actor, uid)
    offered = [(str(one.contact.uid), one.name) for one in queries.contacts(customer)]
    form = TouchForm(request.POST, contacts=offered, colleagues=asked_for_choices(request))

    def act() -> None:
        ownership.record_touch(actor=request.actor, at=request.at, uid=uid, **form.cleaned_data)

    if attempt(form, act):
        toast(request, gettext("Touch recorded"))
        return back(uid)
    return show(request, customer, status=422, touch_form=form)


@require_http_methods(["GET", "POST"])
def correct(request: Request, uid: UUID) -> HttpResponse:
    """Correct a touch one was at, or entered: a new entry that names the earlier one."""
    wrong = Touch.objects.select_related("customer", "staff").filter(
        uid=uid, company_id=request.actor.company_id
    )
    row = wrong.first()
    if row is None or not actions.may_correct(row, request.actor):
        raise missing()
    line = next((one for one in queries.touches(row.customer, limit=200) if one.touch.pk == row.pk), None)
    initial = {
        "kind": row.kind,
        "reached": row.reached,
        "met": row.met,
        "minutes": row.facts.get("minutes"),
        "received_by": str(row.staff.uid),
        "note": line.note if line else "",
    }
    there = (str(row.staff.uid), staff_name(row.staff))
    people = dict([there, *asked_for_choices(request), (str(request.actor.uid), request.actor.name)])
    form = CorrectForm(request.POST or None, initial=initial, people=people.items())

    def act() -> None:
        told = {name: value for name, value in form.cleaned_data.items() if name != "kind" or value}
        if told.get("received_by") in ("", there[0]):
            told["received_by"] = None
        ownership.correct_touch(actor=request.actor, at=request.at, touch_uid=uid, **told)

    if request.method == "POST" and attempt(form, act):
        toast(request, gettext("Correction entered"))
        return back(row.customer.uid)
    return render(
        request, "customers/correct.html", {"form": form, "touch": row}, status=422 if form.errors else 200
    )


@require_POST
def identifier(request: Request, uid: UUID) -> HttpResponse:
    def act(given: Any) -> None:
        ownership.add_identifier(actor=request.actor, at=request.at, uid=uid, **given)

    form = IdentifierForm(request.POST, prefix="identifier")
    return on_card(request, uid, "identifier_form", form, act, gettext("Identifier added"))


@require_POST
def void_identifier(request: Request, uid: UUID, item: UUID) -> HttpResponse:
    reason = reason_given(request)
    actions.void_identifier(actor=request.actor, at=request.at, uid=uid, identifier_uid=item, reason=reason)
    toast(request, gettext("Identifier voided"))
    return back(uid)


@require_POST
def reveal(request: Request, uid: UUID, item: UUID) -> HttpResponse:
    """The whole value in the place of the masked one; without JavaScript, on the card."""
    form = RevealForm(request.POST)
    if not form.is_valid():
        raise Problem("reason.needed", 422)
    value = actions.reveal(
        actor=request.actor, at=request.at, uid=uid, item_uid=item, reason=form.cleaned_data["reason"]
    ).removeprefix("+86")
    if request.htmx:
        return render(request, "customers/revealed.html", {"value": value})
    customer = queries.get_customer(request.actor, uid)
    return show(request, customer, revealed={"item": item, "value": value})


@require_POST
def contact(request: Request, uid: UUID) -> HttpResponse:
    def act(given: Any) -> None:
        ownership.add_contact(actor=request.actor, at=request.at, uid=uid, **given)

    form = ContactForm(request.POST, prefix="contact")
    return on_card(request, uid, "contact_form", form, act, gettext("Contact added"))


@require_POST
def void_contact(request: Request, uid: UUID, item: UUID) -> HttpResponse:
    reason = reason_given(request)
    actions.void_contact(actor=request.actor, at=request.at, uid=uid, contact_uid=item, reason=reason)
    toast(request, gettext("Contact voided"))
    return back(uid)


@require_POST
def merge(request: Request, uid: UUID) -> HttpResponse:
    """Count another customer, named by its number, as this one."""
    access.require(request.actor, "customer.merge")
    done: list[str] = []

    def act(given: Any) -> None:
        other = (
            Customer.objects.visible_to(request.actor).filter(number=given["gone"].strip().upper()).first()
        )
        if other is None:
            raise Problem("input.invalid", 422, {}, {"gone": [("merge.unknown", {})]})
        row = ownership.merge_customers(
            actor=request.actor, at=request.at, kept_uid=uid, gone_uid=other.uid, reason=given["reason"]
        )
        done.append(reverse("customer_merge_undo", args=[row.uid]))

    form = MergeForm(request.POST, prefix="merge")
    if attempt(form, lambda: act(form.cleaned_data)):
        toast(request, gettext("2 customers merged"), undo=done[0])
        return back(uid)
    return show(request, queries.get_customer(request.actor, uid), status=422, merge_form=form)


@require_POST
def undo_merge(request: Request, uid: UUID) -> HttpResponse:
    row = ownership.undo_merge(actor=request.actor, at=request.at, merge_uid=uid)
    toast(request, gettext("Merge undone"))
    return back(row.kept.uid)


@require_POST
def erase(request: Request, uid: UUID) -> HttpResponse:
    """Shred the personal data for good."""
    access.require(request.actor, "customer.erase")

    def act(given: Any) -> None:
        actions.erase(actor=request.actor, at=request.at, uid=uid, **given)

    form = EraseForm(request.POST, prefix="erase")
    if attempt(form, lambda: act(form.cleaned_data)):
        toast(request, gettext("Personal data shredded"))
        return redirect("customers")
    return show(request, queries.get_customer(request.actor, uid), status=422, erase_form=form)
