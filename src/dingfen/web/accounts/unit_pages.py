"""The tree of units."""

from __future__ import annotations

import uuid

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from dingfen.accounts import access, actions
from dingfen.accounts.models import Unit
from dingfen.problems import missing
from dingfen.web.accounts.forms import MoveForm, NewUnitForm, UnitForm
from dingfen.web.accounts.people import tried
from dingfen.web.request import Request
from dingfen.web.toasts import toast


def unit_of(request: Request, uid: uuid.UUID) -> Unit:
    """A unit of the own company, or 404."""
    found = Unit.objects.visible_to(request.actor).select_related("parent", "company").filter(uid=uid).first()
    if found is None:
        raise missing()
    return found


def tree(request: Request) -> HttpResponse:
    access.require(request.actor, "staff.view")
    working = Q(staff__is_active=True) & (Q(staff__left_on=None) | Q(staff__left_on__gte=request.at.date()))
    rows = list(
        Unit.objects.visible_to(request.actor)
        .annotate(people=Count("staff", filter=working))
        .order_by("path")
    )
    ordered = _in_order(rows)
    manages = access.may(request.actor, "staff.manage")
    return render(request, "accounts/units.html", {"units": ordered, "manages": manages})


def _in_order(rows: list[Unit]) -> list[Unit]:
    """Parents before children, siblings by name; `depth` from 0, at most 6."""
    below: dict[int | None, list[Unit]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    ordered: list[Unit] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in sorted(below.get(parent, []), key=lambda one: one.name):
            row.depth = min(depth, 6)  # type: ignore[attr-defined]
            ordered.append(row)
            walk(row.pk, depth + 1)

    walk(None, 0)
    return ordered


@require_http_methods(["GET", "POST"])
def add(request: Request, uid: uuid.UUID) -> HttpResponse:
    parent = unit_of(request, uid)
    access.require(request.actor, "staff.manage", path=parent.path)
    form = NewUnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {"actor": request.actor, "at": request.at, "parent": parent}
        if unit := tried(form, actions.create_unit, **values, **form.cleaned_data):
            toast(request, gettext("%(name)s added") % {"name": unit.name})
            return redirect("units")
    status = 422 if form.errors else 200
    return render(request, "accounts/unit_form.html", {"form": form, "parent": parent}, status=status)


@require_http_methods(["GET", "POST"])
def change(request: Request, uid: uuid.UUID) -> HttpResponse:
    unit = unit_of(request, uid)
    access.require(request.actor, "staff.manage", path=unit.path)
    given = {key: getattr(unit, key) for key in ("name", "name_en", "extension", "latitude", "longitude")}
    form = UnitForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        values = {"actor": request.actor, "at": request.at, "unit": unit}
        if tried(form, actions.rename_unit, **values, **form.cleaned_data):
            toast(request, gettext("Saved"))
            return redirect("units")
    return _show(request, unit, form, MoveForm(request.actor, unit))


def _show(request: Request, unit: Unit, form: UnitForm, move_form: MoveForm) -> HttpResponse:
    context = {
        "unit": unit,
        "form": form,
        "move_form": move_form,
        "fixed": unit.kind in (Unit.Kind.COMPANY, Unit.Kind.SITE),
        "company": unit.kind == Unit.Kind.COMPANY,
    }
    status = 422 if form.errors or move_form.errors else 200
    return render(request, "accounts/unit_form.html", context, status=status)


@require_POST
def move(request: Request, uid: uuid.UUID) -> HttpResponse:
    unit = unit_of(request, uid)
    access.require(request.actor, "staff.manage", path=unit.path)
    form = MoveForm(request.actor, unit, request.POST)
    values = {"actor": request.actor, "at": request.at, "unit": unit}
    if form.is_valid() and tried(form, actions.move_unit, **values, **form.cleaned_data):
        toast(request, gettext("%(name)s moved") % {"name": unit.name})
        return redirect("units")
    given = {key: getattr(unit, key) for key in ("name", "name_en", "extension", "latitude", "longitude")}
    return _show(request, unit, UnitForm(initial=given), form)


@require_POST
def close(request: Request, uid: uuid.UUID) -> HttpResponse:
    unit = actions.close_unit(actor=request.actor, at=request.at, unit=unit_of(request, uid))
    toast(request, gettext("%(name)s closed") % {"name": unit.name})
    return redirect("units")
