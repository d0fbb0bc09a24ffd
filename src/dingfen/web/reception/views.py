"""Reception: is this customer held? Two fields, the answer while the customer is still speaking."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.accounts.units import site_of
from dingfen.matching import normalise
from dingfen.ownership import actions
from dingfen.ownership.queries import Answer, check_conflict, search
from dingfen.ownership.rules import Rules, rules_at
from dingfen.parties.details import PROFILE, Details
from dingfen.parties.models import Customer, Touch
from dingfen.parties.queries import names_by_id
from dingfen.parties.texts import REASONS
from dingfen.problems import Problem, conflict
from dingfen.register.models import Book, Entry, Page
from dingfen.web.disputes.card import address_of
from dingfen.web.reception.asked import Asked, asked_of
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

SHOWN = 60
RECEPTION_KINDS = ("touch.recorded", "touch.corrected", "registration.made")
ENTERED = (Touch.Kind.WALK_IN, Touch.Kind.CALL)


@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    """The check and today's page; with a query in the address the answer too (works without JavaScript)."""
    access.require(request.actor, "conflict.check")
    asked = asked_of(request.GET)
    context: dict[str, Any] = {"asked": asked, **today(request), **_rules(request)}
    if asked.phone or asked.name:
        context |= _answered(request, asked)
    return render(request, "reception/index.html", context)


@login_required
@require_safe
def check(request: Request) -> HttpResponse:
    """The answer alone, for htmx. An unfinished number is not yet a query and is not logged."""
    access.require(request.actor, "conflict.check")
    asked = asked_of(request.GET)
    context = {"asked": asked, **_rules(request)}
    if asked.settled:
        context |= _answered(request, asked)
    return render(request, "reception/answer.html", context)


def _answered(request: Request, asked: Asked) -> dict[str, Any]:
    try:
        answer = check_conflict(
            actor=request.actor,
            at=request.at,
            phone=asked.phone,
            name="" if asked.firm else asked.name,
            company_name=asked.name if asked.firm else "",
            scope=asked.scope,
        )
    except Problem as problem:
        return {"problem": problem_text(problem), "errors": field_errors(problem)}
    return {
        "answer": answer,
        "reasons": [REASONS.get(code, code) for code in answer.reasons],
        **_ways(request, answer),
    }


def _ways(request: Request, answer: Answer) -> dict[str, Any]:
    may_hold = access.may(request.actor, "customer.register")
    hits = [
        {
            "candidate": one,
            "reasons": [REASONS.get(code, code) for code in one.reasons],
            "url": address_of("customer", one.customer.uid) if one.customer else "",
        }
        for one in answer.candidates
    ]
    return {
        "hits": hits,
        "may_register": may_hold,
        "may_receive": access.may(request.actor, "touch.record"),
        "may_dispute": access.may(request.actor, "dispute.raise"),
        "customer_url": address_of("customer", answer.customer.uid) if answer.customer else "",
        "holders": _holders(request) if may_hold and answer.answer in ("free", "possible") else [],
    }


def _holders(request: Request) -> list[Staff]:
    """Salespeople of the actor's site for whom a receptionist or head registers; a salesperson oneself."""
    if request.actor.has(Role.SALESPERSON):
        return []
    paths = request.actor.paths(Role.RECEPTIONIST, Role.HEAD)
    found = Staff.objects.filter(
        company_id=request.actor.company_id, is_active=True, grants__role=Role.SALESPERSON
    ).select_related("unit")
    people = found.distinct().order_by("unit__path", "name")
    return [staff for staff in people if staff.unit and staff.unit.path.startswith(paths)]


def _rules(request: Request) -> dict[str, Any]:
    """What the rules in force want of a registration."""
    rules = _own_rules(request)
    if rules is None:
        return {"rules": None, "wanted": [], "by_scope": False}
    own = rules.ownership
    return {
        "rules": rules,
        "wanted": [name for name in own.registration.required if name in PROFILE],
        "wants_grade": "grade" in own.registration.required,
        "wants_employer": "company" in own.registration.required,
        "by_scope": own.scope != "customer",
        "prior": own.prior_communication,
        "policy_url": address_of("policy", rules.version.uid),
    }


def _own_rules(request: Request) -> Rules | None:
    unit = request.user.unit
    return rules_at(unit, request.at) if unit is not None else None


def today(request: Request) -> dict[str, Any]:
    """Today's page of the site's book: number, time, kind, masked customer, who received.

    The reception and heads see all of it, others their own entries.
    """
    unit = request.user.unit
    site = site_of(unit) if unit is not None else None
    book = Book.objects.filter(site_uid=site.uid).first() if site else None
    page = Page.objects.filter(book=book, day=site.day(request.at)).first() if site and book else None
    if page is None:
        return {"page": None, "book": book, "rows": []}
    entries = list(
        Entry.objects.filter(page=page, kind__in=RECEPTION_KINDS)
        .select_related("corrects", "page__book")
        .prefetch_related("corrections")
        .order_by("-number")[:SHOWN]
    )
    customers = {one.uid: one for one in Customer.objects.filter(uid__in=[e.subject_uid for e in entries])}
    names = names_by_id(request.actor, [one.pk for one in customers.values()])
    people = {one.uid: one for one in Staff.objects.filter(uid__in=[e.actor_uid for e in entries])}
    touches = {
        touch.entry_seq: touch
        for touch in Touch.objects.filter(entry_seq__in=[e.seq for e in entries]).select_related("staff")
    }
    rows = []
    whole = request.actor.has(Role.RECEPTIONIST) or request.actor.has(Role.HEAD)
    for entry in entries:
        if not whole and not _own(entry, touches.get(entry.seq), request.actor):
            continue  # a colleague's entries must be borrowed (A2)
        touch, customer = touches.get(entry.seq), customers.get(entry.subject_uid)
        staff = touch.staff if touch else people.get(entry.actor_uid)
        rows.append(
            {
                "entry": entry,
                "url": address_of("register_entry", entry.name),
                "kind": touch.get_kind_display() if touch else gettext("Registration"),
                "customer": customer,
                "name": names.get(customer.pk, "") if customer else "",
                "staff": staff_name(staff),
                "corrected_by": next((one.number for one in entry.corrections.all()), None),
            }
        )
    return {"page": page, "book": book, "rows": rows, "page_url": _page_url(book, page)}


def _own(entry: Entry, touch: Touch | None, actor: Actor) -> bool:
    return entry.actor_uid == actor.uid or (touch is not None and touch.staff_id == actor.staff_id)


def _page_url(book: Book | None, page: Page) -> str:
    from django.urls import NoReverseMatch, reverse

    try:
        return reverse("register_page", args=[book.code if book else "", page.day])
    except NoReverseMatch:
        return ""


@login_required
@require_POST
def register(request: Request) -> HttpResponse:
    """Enter a new customer: the registration, and the walk-in or call that brought them, in one step."""
    data, asked = request.POST, asked_of(request.POST)
    details = Details(
        name=asked.name,
        kind="company" if asked.firm else "person",
        employer=data.get("employer", "").strip(),
        phones=(asked.phone,) if asked.phone else (),
        grade=data.get("grade", ""),
        source="call" if data.get("kind") == "call" else "walk_in",
        profile={name: data.get(name, "").strip() for name in PROFILE if data.get(name, "").strip()},
    )
    try:
        held = actions.register_customer(
            actor=request.actor,
            at=request.at,
            details=details,
            scope=asked.scope,
            holder=data.get("holder") or None,
            confirm_possible=data.get("confirm_possible") == "1",
            reason=data.get("reason", ""),
        )
        _touch(request, held.customer, data.get("kind", ""), held.holder)
    except Problem as problem:
        if problem.status not in (400, 409, 422):
            raise
        return _again(request, asked, problem)
    toast(request, gettext("Registered for %(name)s") % {"name": staff_name(held.holder)})
    return redirect("reception")


def _touch(request: Request, customer: Customer, kind: str, staff: Staff | None = None, **more: Any) -> None:
    if kind in ENTERED:
        actions.record_touch(
            actor=request.actor, at=request.at, uid=customer.uid, kind=kind, staff=staff, unit=None, **more
        )


def _again(request: Request, asked: Asked, problem: Problem) -> HttpResponse:
    context: dict[str, Any] = {
        "asked": asked,
        "typed": request.POST,
        "problem": problem_text(problem),
        "errors": field_errors(problem),
        **today(request),
        **_rules(request),
    }
    if problem.status == 422:
        context |= {"answer": Answer("free"), "reasons": [], **_ways(request, Answer("free"))}
    return render(request, "reception/index.html", context, status=problem.status)


@login_required
@require_POST
def receive(request: Request) -> HttpResponse:
    """Enter the reception of a customer somebody holds; the holder is told at once (A6)."""
    access.require(request.actor, "touch.record")
    asked, assert_company = asked_of(request.POST), request.actor.company_id
    finding = search(
        assert_company or 0, normalise(asked.record()).features, asked.scope, request.actor.staff_id
    )
    hit = finding.blocking or finding.mine
    if hit is None:
        return _again(request, asked, conflict("registration.none"))
    try:
        _touch(
            request,
            Customer.objects.get(pk=hit.customer_id),
            request.POST.get("kind", Touch.Kind.WALK_IN),
            notify_holder=True,
            note=request.POST.get("note", ""),
            scope=asked.scope,
        )
    except Problem as problem:
        if problem.status not in (400, 409, 422):
            raise
        return _again(request, asked, problem)
    told = gettext("Entered; the holder has been told")
    toast(request, told if finding.blocking else pgettext("reception", "Entered"))
    return redirect("reception")
