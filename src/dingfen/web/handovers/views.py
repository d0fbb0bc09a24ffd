"""A hand-over, step by step: whose, what they hold, the rule, the preview with exceptions, the work, the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dingfen.accounts import access
from dingfen.accounts.models import Role, Staff
from dingfen.ownership.handover import actions, queries
from dingfen.ownership.handover.models import Handover, HandoverItem
from dingfen.ownership.models import Dispute
from dingfen.parties.models import Customer
from dingfen.problems import Problem
from dingfen.web.acting import IN_PLACE, perform, visible_one
from dingfen.web.disputes.following import titles_of
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

GRADES = ("H", "A", "B", "C", "")
SHOWN = 300


def people(request: Request) -> list[Staff]:
    """Salespeople whose customers this reader may hand over, with those who left too."""
    paths = access.PERMISSIONS[actions.PERMISSION]
    over = request.actor.paths(*paths)
    found = Staff.objects.filter(company_id=request.actor.company_id, registrations__isnull=False)
    rows = found.select_related("unit").distinct().order_by("unit__path", "name")
    return [one for one in rows if one.unit and one.unit.path.startswith(over)] if over else []


def receivers(request: Request, person: Staff) -> list[Staff]:
    found = Staff.objects.filter(
        company_id=request.actor.company_id, is_active=True, left_on=None, grants__role=Role.SALESPERSON
    ).exclude(pk=person.pk)
    return list(found.select_related("unit").distinct().order_by("unit__path", "name"))


def one(request: Request, uid: UUID) -> Handover:
    rows = Handover.objects.visible_to(request.actor).select_related("person__unit", "unit", "made_by")
    return visible_one(rows, uid=uid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Choose the person; see what they hold; say by which rule it goes on."""
    access.require(request.actor, actions.PERMISSION)
    wanted = request.POST.get("person") or request.GET.get("person", "")
    offered = people(request)
    person = next((staff for staff in offered if str(staff.uid) == wanted), None)
    context: dict[str, Any] = {"people": offered, "person": person, "typed": request.POST}
    if person is None:
        return render(request, "handovers/new.html", context, status=404 if wanted else 200)
    holds = queries.movable(person)
    context |= {
        "inventory": queries.inventory(person, request.at),
        "claims": queries.claims_of(person).select_related("dispute__case"),
        "receivers": receivers(request, person),
        "grades": [grade for grade in GRADES if holds.filter(customer__grade=grade).exists()],
        "scopes": sorted(set(holds.exclude(scope="").values_list("scope", flat=True))),
        "ways": Handover.Way.choices,
        "whys": Handover.Why.choices,
        "dates": Handover.Dates.choices,
    }
    if request.method != "POST":
        return render(request, "handovers/new.html", context)
    data = request.POST
    try:
        found = actions.plan(
            actor=request.actor,
            at=request.at,
            person_uid=person.uid,
            why=data.get("why", ""),
            reason=data.get("reason", ""),
            way=data.get("way", ""),
            to=data.getlist("to"),
            parts={key.removeprefix("part-"): data[key] for key in data if key.startswith("part-")},
            dates=data.get("dates", ""),
        )
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
        return render(request, "handovers/new.html", context, status=problem.status)
    return redirect("handover", found.uid)


@login_required
@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    access.require(request.actor, actions.PERMISSION)
    return show(request, one(request, uid))


def disputes(request: Request, person: Staff) -> list[Dispute]:
    """The disputes that keep the person's account open; a link only for who may open them."""
    claims = queries.claims_of(person)
    rows = list(
        Dispute.objects.filter(pk__in=claims.values("dispute")).select_related("case").order_by("pk")[:SHOWN]
    )
    seen = set(
        Dispute.objects.visible_to(request.actor)
        .filter(pk__in=[row.pk for row in rows])
        .values_list("pk", flat=True)
    )
    for row in rows:
        row.seen = row.pk in seen and access.may(request.actor, "dispute.view")  # type: ignore[attr-defined]
    return rows


def show(request: Request, found: Handover, problem: Problem | None = None) -> HttpResponse:
    every = found.items.select_related(
        "to__unit",
        "registration__customer",
        "claim__dispute__case",
        "effect__ruling__dispute__policy",
        "made",
    ).order_by("pk")
    items = list(every[:SHOWN])
    seen = set(
        Customer.objects.visible_to(request.actor)
        .filter(pk__in=[item.registration.customer_id for item in items if item.registration])
        .values_list("pk", flat=True)
    )
    too_many = queries.refused(every, request.at) if found.state == "draft" else {}
    for item in items:
        item.seen = item.registration is not None and item.registration.customer_id in seen  # type: ignore[attr-defined]
        item.words = str(problem_text(too_many[item.pk])) if item.pk in too_many else _why(item)  # type: ignore[attr-defined]
        if item.claim:
            item.about = item.claim.dispute.case.number  # type: ignore[attr-defined]
        if item.effect:  # a duty as its article names it
            titles = titles_of(item.effect.ruling.dispute)
            item.about = titles.get(item.effect.code, item.effect.article)  # type: ignore[attr-defined]
    done = every.exclude(state__in=("planned",)).count()
    going = every.exclude(to=None, to_pool=False).count()
    context: dict[str, Any] = {
        "handover": found,
        "items": items,
        "more": max(every.count() - SHOWN, 0),
        "portions": queries.portions(every),
        "receivers": receivers(request, found.person),
        "inventory": queries.inventory(found.person, request.at),
        "too_many": len(too_many),
        "disputes": disputes(request, found.person),
        "going": going,
        "done": done,
        "at_work": found.state in ("running", "undoing"),
        "may_act": access.may(request.actor, actions.PERMISSION, found.unit.path),
        "may_undo": found.state in ("done", "partly")
        and found.finished_at is not None
        and request.at <= found.finished_at + actions.UNDO_WITHIN,
        "undo_until": found.finished_at + actions.UNDO_WITHIN if found.finished_at else None,
        "may_close": found.person.is_active and access.may(request.actor, "staff.manage", found.unit.path),
    }
    if problem is not None:
        context["problem"] = problem_text(problem)
    return render(request, "handovers/detail.html", context, status=problem.status if problem else 200)


def _why(item: HandoverItem) -> str:
    if not item.problem:
        return ""
    return str(problem_text(Problem(item.problem["code"], 409, item.problem.get("params", {}))))


@login_required
@require_safe
def progress(request: Request, uid: UUID) -> HttpResponse:
    """How far the work is; when it is over, the page loads again."""
    access.require(request.actor, actions.PERMISSION)
    found = one(request, uid)
    if found.state not in ("running", "undoing"):
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    going = found.items.exclude(to=None, to_pool=False).count()
    wanted = "done" if found.state == "undoing" else "planned"
    left = found.items.filter(state=wanted).exclude(to=None, to_pool=False).count()
    return render(
        request, "handovers/progress.html", {"handover": found, "going": going, "done": going - left}
    )


def act(request: Request, uid: UUID, run: Callable[[], object], said: str) -> HttpResponse:
    return perform(
        request,
        run,
        said,
        again=lambda problem: show(request, one(request, uid), problem),
        done=lambda _: redirect("handover", uid),
    )


@login_required
@require_POST
def change(request: Request, uid: UUID) -> HttpResponse:
    """Exceptions of single rows."""
    changes = {key.removeprefix("to-"): value for key, value in request.POST.items() if key.startswith("to-")}

    def run() -> None:
        actions.change_items(
            actor=request.actor,
            at=request.at,
            handover_uid=uid,
            changes={k: str(v) for k, v in changes.items()},
        )

    return act(request, uid, run, gettext("Exceptions saved"))


@login_required
@require_POST
def start(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        lambda: actions.start(actor=request.actor, at=request.at, handover_uid=uid),
        gettext("Hand-over started"),
    )


@login_required
@require_POST
def undo(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        lambda: actions.undo(actor=request.actor, at=request.at, handover_uid=uid),
        gettext("The hand-over is being undone"),
    )


@login_required
@require_POST
def drop(request: Request, uid: UUID) -> HttpResponse:
    actions.drop(actor=request.actor, at=request.at, handover_uid=uid)
    toast(request, gettext("Plan discarded"))
    return redirect("handovers")


@login_required
@require_POST
def close(request: Request, uid: UUID) -> HttpResponse:
    """Close the account of the person, once nothing of theirs is open."""
    found = one(request, uid)
    return act(
        request,
        uid,
        lambda: actions.close_account(actor=request.actor, at=request.at, person_uid=found.person.uid),
        gettext("Account closed"),
    )
