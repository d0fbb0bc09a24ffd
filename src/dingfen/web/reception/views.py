"""Reception: is this customer held? Two fields, the answer while the customer is still speaking."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from dingfen.accounts import access
from dingfen.accounts.models import Role, Staff
from dingfen.matching import normalise
from dingfen.ownership.deciders import heads_of
from dingfen.ownership.lateness import enter_by
from dingfen.ownership.models import Registration
from dingfen.ownership.queries import Answer, check_conflict, search
from dingfen.ownership.rotation.models import LateCall
from dingfen.ownership.rotation.queries import Board
from dingfen.ownership.rotation.receiving import Received, receive_known, receive_new
from dingfen.ownership.rotation.texts import WHY
from dingfen.ownership.rules import Rules, rules_at
from dingfen.parties.details import PROFILE, Details
from dingfen.parties.models import Customer, Touch
from dingfen.parties.texts import PROFILE as LABELS
from dingfen.parties.texts import REASONS
from dingfen.problems import Problem, conflict
from dingfen.web.disputes.card import address_of
from dingfen.web.reception import introducer
from dingfen.web.reception.asked import Asked, asked_of
from dingfen.web.reception.desk import board_of, out_of_turn_reasons, strip
from dingfen.web.reception.today import today, waiting
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

ENTERED = (Touch.Kind.WALK_IN, Touch.Kind.CALL)
# what the kind of the touch doesn't say already
CHANNELS = [
    pair for pair in Registration.Channel.choices if pair[0] in ("referral", "event", "broker", "online")
]
SOURCE_OF = {"referral": "referral", "event": "event", "broker": "other", "online": "web"}


@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    """The check and today's page; with a query in the address the answer too (works without JavaScript)."""
    access.require(request.actor, "conflict.check")
    return page(request)


def page(request: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page; `more` is what stands in the way of what was sent."""
    asked = more.get("asked") or asked_of(request.GET)
    rules = _rules(request)
    found = board_of(request)
    context: dict[str, Any] = {
        "asked": asked,
        **today(request),
        **rules,
        **waiting(request, rules["rules"]),
        **strip(request, found),
    }
    context |= late_call(context["calls"], asked)
    if not more and (asked.phone or asked.name):
        context |= _answered(request, asked, found)
    return render(request, "reception/index.html", context | more, status=status)


def late_call(calls: list[LateCall], asked: Asked) -> dict[str, Any]:
    """The noted call that is being entered, where the page was opened for one."""
    return {"late": next((call for call in calls if str(call.uid) == asked.late), None)}


@login_required
@require_safe
def check(request: Request) -> HttpResponse:
    """The answer alone, for htmx. An unfinished number is not yet a query and is not logged."""
    access.require(request.actor, "conflict.check")
    asked = asked_of(request.GET)
    context = {"asked": asked, **_rules(request)}
    if asked.settled:
        context |= _answered(request, asked, board_of(request))
        if asked.late:
            context |= late_call(waiting(request, None)["calls"], asked)
    return render(request, "reception/answer.html", context)


def _answered(request: Request, asked: Asked, found: Board | None) -> dict[str, Any]:
    try:
        answer = check_conflict(
            actor=request.actor,
            at=request.at,
            phone=asked.phone,
            name="" if asked.firm else asked.name,
            company_name=asked.name if asked.firm else "",
            plate=asked.plate,
            scope=asked.scope,
        )
    except Problem as problem:
        return {"problem": problem_text(problem), "errors": field_errors(problem)}
    return {
        "answer": answer,
        "reasons": [REASONS.get(code, code) for code in answer.reasons],
        **_ways(request, answer, found),
    }


def _ways(request: Request, answer: Answer, found: Board | None) -> dict[str, Any]:
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
        "holders": _holders(request) if may_hold else [],
        "colleagues": _colleagues(request),
        "channels": CHANNELS,
        "own": request.actor.has(Role.SALESPERSON),
        "out_of_turn": out_of_turn_reasons(),
        **_desk(request, answer, found),
    }


def _desk(request: Request, answer: Answer, found: Board | None) -> dict[str, Any]:
    """Who receives: the next in order; for a held customer whether the holder is there, and whom to ask."""
    started = found is not None and found.started
    place = found.place_of(answer.holder_id) if found else None
    return {
        "started": started,
        "first": found.next if found else None,
        "first_place": found.order.next if found else None,
        "why": WHY.get(found.order.why or "", "") if found else "",
        "my_turn": bool(found and found.next and found.next.pk == request.actor.staff_id),
        "holder_here": place.status if place else "",
        "ask": heads_of(answer.unit) if answer.answer == "held" and answer.unit else [],
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


def _colleagues(request: Request) -> list[Staff]:
    """Salespeople somebody may have asked for by name; never oneself."""
    found = Staff.objects.filter(
        company_id=request.actor.company_id, is_active=True, grants__role=Role.SALESPERSON
    ).exclude(uid=request.actor.uid)
    return list(found.select_related("unit").distinct().order_by("unit__path", "name"))


def _rules(request: Request) -> dict[str, Any]:
    """What the rules in force want of a registration."""
    rules = _own_rules(request)
    if rules is None:
        return {"rules": None, "fields": [], "by_scope": False}
    own = rules.ownership
    return {
        "rules": rules,
        "fields": _fields(rules, {}, {}),
        "later": own.registration.same_day,
        "morning": _morning(rules, request.at),
        "grades": Customer.Grade.values,
        "wants_grade": "grade" in own.registration.required,
        "wants_employer": "company" in own.registration.required,
        "by_scope": own.scope != "customer",
        "prior": own.prior_communication,
        "policy_url": address_of("policy", rules.version.uid),
    }


def _morning(rules: Rules, at: datetime) -> datetime | None:
    """Until when a call of last evening can still be entered as of its day; None when that is over."""
    calendar, rule = rules.calendar, rules.ownership.registration
    day = calendar.date_of(at)
    if not rule.late_evening or not calendar.is_working_day(day):
        return None
    until = enter_by(rules, calendar.closing(calendar.nth_working_day(day, -1)))
    return until if at < until else None


def _fields(rules: Rules, typed: Any, errors: dict[str, list[str]]) -> list[dict[str, Any]]:
    """What the rules want to know beside number and name."""
    return [
        {"name": name, "label": LABELS[name], "value": typed.get(name, ""), "errors": errors.get(name)}
        for name in rules.ownership.registration.required
        if name in PROFILE
    ]


def _own_rules(request: Request) -> Rules | None:
    unit = request.user.unit
    return rules_at(unit, request.at) if unit is not None else None


@login_required
@require_POST
def register(request: Request) -> HttpResponse:
    """Enter a new customer: hold, the walk-in or call that brought them, and the turn, in one step."""
    data, asked = request.POST, asked_of(request.POST)
    channel = data.get("channel", "")
    details = Details(
        name=asked.name or data.get("who", "").strip(),
        kind="company" if asked.firm else "person",
        employer=data.get("employer", "").strip(),
        phones=(asked.phone,) if asked.phone else (),
        plates=(asked.plate,) if asked.plate else (),
        grade=data.get("grade", ""),
        source=SOURCE_OF.get(channel) or ("call" if data.get("kind") == "call" else "walk_in"),
        profile={name: data.get(name, "").strip() for name in PROFILE if data.get(name, "").strip()},
    )
    try:
        done = receive_new(
            actor=request.actor,
            at=request.at,
            details=details,
            kind=data.get("kind", "") if data.get("kind") in ENTERED else Touch.Kind.WALK_IN,
            scope=asked.scope,
            receiver_uid=data.get("receiver") or None,
            expected=data.get("expected") or None,
            turn_reason=data.get("turn_reason", ""),
            confirm_possible=data.get("confirm_possible") == "1",
            reason=data.get("reason", ""),
            note=data.get("note", ""),
            occurred_at=_moment(request, "taken_at"),
            late_call=asked.late or None,
            channel=channel,
            introduced_by=introducer.chosen(request),
            asked_for=data.get("asked_for") or None,
        )
    except Problem as problem:
        return _again(request, asked, problem)
    toast(request, _said(done))
    return redirect("reception")


def _said(done: Received) -> str:
    told = {"name": staff_name(done.registration.holder), "number": done.registration.customer.number}
    if done.registration.card_owed:
        return gettext("%(number)s registered for %(name)s; complete the card today") % told
    return gettext("%(number)s registered for %(name)s") % told


def _moment(request: Request, field: str) -> datetime | None:
    """A date and time as typed, by the clock of the site; None when empty or unreadable."""
    unit = request.user.unit
    try:
        typed = datetime.fromisoformat(request.POST.get(field, ""))
    except ValueError:
        return None
    return typed.replace(tzinfo=unit.zone) if unit is not None and typed.tzinfo is None else None


def _again(request: Request, asked: Asked, problem: Problem) -> HttpResponse:
    """The page with what was typed and what is wrong: beneath the field, or above the form."""
    if problem.status not in (400, 409, 422, 429):
        raise problem
    more: dict[str, Any] = {
        "asked": asked,
        "typed": request.POST,
        "problem": problem_text(problem),
        "errors": field_errors(problem),
    }
    if problem.status == 422 or problem.code.startswith("rotation."):
        found = board_of(request)
        possible = request.POST.get("confirm_possible") == "1"
        answer = Answer("possible" if possible else "free")
        more |= {"answer": answer, "reasons": [], **_ways(request, answer, found)}
        if rules := _own_rules(request):
            more["fields"] = _fields(rules, request.POST, field_errors(problem))
    return page(request, status=problem.status, **more)


@login_required
@require_POST
def receive(request: Request) -> HttpResponse:
    """Enter the reception of a customer somebody holds; the holder is told at once (A6)."""
    access.require(request.actor, "touch.record")
    asked = asked_of(request.POST)
    finding = search(
        request.actor.company_id or 0, normalise(asked.record()).features, asked.scope, request.actor.staff_id
    )
    hit = finding.blocking or finding.mine
    if hit is None or hit.registration is None:
        return _again(request, asked, conflict("registration.none"))
    try:
        touch, _ = receive_known(
            actor=request.actor,
            at=request.at,
            customer=Customer.objects.get(pk=hit.customer_id),
            holder=hit.registration.holder,
            kind=request.POST.get("kind") or Touch.Kind.WALK_IN,
            scope=asked.scope,
            receiver_uid=request.POST.get("receiver") or None,
            note=request.POST.get("note", ""),
            late_call=asked.late or None,
            asked_for=request.POST.get("asked_for") or None,
        )
    except Problem as problem:
        return _again(request, asked, problem)
    if touch.staff_id == hit.registration.holder_id:
        toast(request, pgettext("reception", "Entered"))
    else:
        toast(request, gettext("Entered; the holder has been told"))
    return redirect("reception")
