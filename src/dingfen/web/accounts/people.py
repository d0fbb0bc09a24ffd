"""Staff: the list, a person, and what an administrator does with them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dingfen.accounts import access, actions
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Delegation, Role, RoleGrant, Staff, Unit
from dingfen.problems import Problem, missing
from dingfen.web.accounts.forms import DelegationForm, LeaverForm, NewPersonForm, PersonForm, RoleForm
from dingfen.web.errors import into_form
from dingfen.web.lists import Empty, ListPage
from dingfen.web.lists.filters import Custom, Options, TextFilter
from dingfen.web.lists.paging import Column
from dingfen.web.request import Request
from dingfen.web.toasts import toast


def tried(form: Form, action: Callable[..., Any], **values: Any) -> Any:
    """What the action returns; None when input or state did not allow it, with the reasons in the form."""
    try:
        return action(**values)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        into_form(problem, form)
        return None


def person_of(request: Request, uid: uuid.UUID) -> Staff:
    """A colleague of the same company, or 404."""
    found = Staff.objects.visible_to(request.actor).select_related("unit", "company").filter(uid=uid).first()
    if found is None:
        raise missing()
    return found


def managed(request: Request, uid: uuid.UUID) -> Staff:
    """A colleague whom the reader manages: 404 for a stranger, 403 without the right."""
    staff = person_of(request, uid)
    access.require(request.actor, "staff.manage", path=_path(staff))
    return staff


# ---------- the list ----------


def _by_text(rows: QuerySet[Any], text: str, actor: Actor) -> QuerySet[Any]:
    return rows.filter(
        Q(name__icontains=text)
        | Q(latin_name__icontains=text)
        | Q(username__icontains=text)
        | Q(employee_number__istartswith=text)
    )


def _by_state(rows: QuerySet[Any], value: str, actor: Actor, at: Any) -> QuerySet[Any]:
    gone = Q(is_active=False) | Q(left_on__lt=at.date())
    return rows.filter(gone) if value == "closed" else rows.exclude(gone)


class UnitBelow(Options):
    """The unit and everything below it."""

    def narrow(self, rows: Any, value: str, actor: Actor, at: Any) -> Any:
        (one,) = self.check(value, actor)
        return rows.filter(unit__path__startswith=Unit.objects.visible_to(actor).get(code=one).path)


def _units(actor: Actor) -> list[tuple[str, str]]:
    return list(Unit.objects.visible_to(actor).order_by("path").values_list("code", "name"))


STATES = [("open", _("Working here")), ("closed", pgettext_lazy("account", "Closed"))]


class StaffList(ListPage[Staff]):
    key = "staff"
    title = _("Staff")
    permission = "staff.view"
    export_permission = "staff.manage"
    template = "accounts/staff.html"
    row_template = "accounts/staff_row.html"
    default_sort = "name"
    columns = (
        Column("name", pgettext_lazy("person", "Name"), sort="name"),
        Column("unit", _("Unit"), "unit__name", sort="unit__path", nullable=True),
        Column("roles", _("Roles"), lambda row: ", ".join(sorted(str(Role(one).label) for one in row.roles))),
        Column("number", _("Employee number"), "employee_number", sort="employee_number", hidden=True),
        Column("username", _("User name"), sort="username"),
        Column("seen", _("Last sign-in"), "last_login", sort="last_login", nullable=True, down=True),
    )
    filters = (
        TextFilter("q", _("Name or number"), _by_text),
        UnitBelow("unit", _("Unit"), "unit__code", _units),
        Custom(
            "role",
            pgettext_lazy("of staff", "Role"),
            Role.choices,
            lambda rows, value, actor, at: rows.filter(grants__in=in_force(at).filter(role=value)).distinct(),
        ),
        Custom(
            "state",
            _("State"),
            [("open", _("Working here")), ("closed", pgettext_lazy("account", "Closed"))],
            _by_state,
        ),
    )
    empty = Empty(_("No staff yet"), icon="users")

    def queryset(self) -> QuerySet[Staff]:
        return Staff.objects.visible_to(self.actor).select_related("unit", "company")

    def prepare(self, rows: list[Staff]) -> None:
        held: dict[int, set[str]] = {}
        for staff_id, role in in_force(self.at).filter(staff__in=rows).values_list("staff_id", "role"):
            held.setdefault(staff_id, set()).add(role)
        for row in rows:
            row.roles = held.get(row.pk, set())  # type: ignore[attr-defined]
            row.role_names = [str(Role(role).label) for role in sorted(row.roles)]  # type: ignore[attr-defined]

    def context(self) -> dict[str, Any]:
        return {"may_manage": access.may(self.actor, "staff.manage")}


def in_force(at: Any) -> QuerySet[RoleGrant]:
    """Grants of the day."""
    day = at.date()
    return RoleGrant.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day)
    )


# ---------- one person ----------


@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    access.require(request.actor, "staff.manage")
    form = NewPersonForm(request.actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        staff = tried(form, actions.add_staff, actor=request.actor, at=request.at, **form.cleaned_data)
        if staff:
            toast(request, gettext("%(name)s added; give a role and a password.") % {"name": staff.name})
            return redirect("person", staff.uid)
    status = 422 if form.errors else 200
    return render(request, "accounts/person_form.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def change(request: Request, uid: uuid.UUID) -> HttpResponse:
    staff = managed(request, uid)
    given = {key: getattr(staff, key) for key in ("name", "latin_name", "email", "employee_number", "unit")}
    form = PersonForm(request.actor, request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if tried(form, actions.change_staff, actor=request.actor, at=request.at, staff=staff, **values):
            toast(request, gettext("Saved"))
            return redirect("person", staff.uid)
    status = 422 if form.errors else 200
    return render(request, "accounts/person_form.html", {"form": form, "person": staff}, status=status)


def person(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Everybody sees who a colleague is and who stands in; sessions and tokens only who manages staff."""
    access.require(request.actor, "staff.view")
    return _show(request, person_of(request, uid))


def _path(staff: Staff) -> str | None:
    unit = staff.unit or staff.company
    return unit.path if unit else None


def _show(request: Request, staff: Staff, status: int = 200, **more: Any) -> HttpResponse:
    manages = access.may(request.actor, "staff.manage", _path(staff))
    own = staff.pk == request.actor.staff_id
    day = staff.unit.day(request.at) if staff.unit else request.at.date()
    context: dict[str, Any] = {
        "person": staff,
        "manages": manages,
        "own": own,
        "today": day,
        "gone": not staff.is_active or (staff.left_on is not None and staff.left_on < day),
        "grants": staff.grants.select_related("unit").order_by("role", "unit__path"),
        "given": _delegations(request).filter(principal=staff),
        "received": _delegations(request).filter(deputy=staff),
    }
    if manages or own:
        context |= {
            "sessions": UserSession.objects.filter(user=staff).order_by("-last_seen_at"),
            "tokens": staff.tokens.order_by("-id"),
            "second_factor": is_mfa_enabled(staff),
            "delegation_form": DelegationForm(request.actor, staff, request.at),
        }
    if manages:
        context |= {"role_form": RoleForm(request.actor), "leaver_form": LeaverForm(initial={"left_on": day})}
    return render(request, "accounts/person.html", context | more, status=status)


def _delegations(request: Request) -> QuerySet[Delegation]:
    """Those that act now or will."""
    open_ones = Delegation.objects.filter(revoked_at=None, ends_at__gt=request.at)
    return open_ones.select_related("principal__unit", "deputy__unit").order_by("starts_at")


# ---------- what is done with a person; each a POST that comes back to the page ----------


@require_POST
@never_cache
def password(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The temporary password is on this one answer and nowhere else."""
    staff = person_of(request, uid)
    secret = actions.set_temporary_password(actor=request.actor, at=request.at, staff=staff)
    return _show(request, person_of(request, uid), secret=secret)


def _after(name: str, action: Callable[..., Any], done: Any) -> Callable[..., HttpResponse]:
    """A view that does one thing to a person and says so."""

    def view(request: Request, uid: uuid.UUID) -> HttpResponse:
        staff = person_of(request, uid)
        action(actor=request.actor, at=request.at, staff=staff)
        toast(request, str(done) % {"name": staff.name})
        return redirect("person", staff.uid)

    view.__name__ = name
    return require_POST(view)


deactivate = _after("deactivate", actions.deactivate_staff, _("Account of %(name)s closed"))
reactivate = _after("reactivate", actions.reactivate_staff, _("Account of %(name)s opened"))
sign_out = _after("sign_out", actions.end_sessions, _("%(name)s is signed out everywhere"))


@require_POST
def leave(request: Request, uid: uuid.UUID) -> HttpResponse:
    staff = managed(request, uid)
    form = LeaverForm(request.POST)
    values = {"actor": request.actor, "at": request.at, "staff": staff}
    if form.is_valid() and tried(form, actions.record_leaver, **values, **form.cleaned_data):
        toast(request, gettext("Last day of %(name)s recorded") % {"name": staff.name})
        return redirect("person", staff.uid)
    return _show(request, staff, 422, leaver_form=form)


@require_POST
def grant(request: Request, uid: uuid.UUID) -> HttpResponse:
    staff = managed(request, uid)
    form = RoleForm(request.actor, request.POST)
    values = {"actor": request.actor, "at": request.at, "staff": staff}
    if form.is_valid() and tried(form, actions.grant_role, **values, **form.cleaned_data):
        role = Role(form.cleaned_data["role"]).label
        toast(request, gettext("%(name)s is now %(role)s") % {"name": staff.name, "role": role})
        return redirect("person", staff.uid)
    return _show(request, staff, 422, role_form=form)


@require_POST
def end_role(request: Request, uid: uuid.UUID) -> HttpResponse:
    company = request.actor.company_id
    row = RoleGrant.objects.select_related("staff", "unit").filter(uid=uid, staff__company_id=company).first()
    if row is None:
        raise missing()
    actions.end_role(actor=request.actor, at=request.at, grant=row)
    toast(request, pgettext("toast", "Role ended"))
    return redirect("person", row.staff.uid)


@require_POST
def delegate(request: Request, uid: uuid.UUID) -> HttpResponse:
    own = request.actor.uid == uid
    staff = person_of(request, uid) if own else managed(request, uid)
    form = DelegationForm(request.actor, staff, request.at, request.POST)
    values = {"actor": request.actor, "at": request.at, "principal": staff}
    if form.is_valid() and (row := tried(form, actions.delegate, **values, **form.cleaned_data)):
        names = {"deputy": row.deputy.name, "name": staff.name}
        toast(request, gettext("%(deputy)s acts for %(name)s") % names)
        return redirect("person", staff.uid)
    return _show(request, staff, 422, delegation_form=form)


@require_POST
def revoke(request: Request, uid: uuid.UUID) -> HttpResponse:
    company = request.actor.company_id
    rows = Delegation.objects.select_related("principal__unit", "principal__company")
    row = rows.filter(uid=uid, principal__company_id=company).first()
    if row is None:
        raise missing()
    actions.revoke_delegation(actor=request.actor, at=request.at, delegation=row)
    toast(request, pgettext("toast", "Delegation revoked"))
    return redirect("person", row.principal.uid)
