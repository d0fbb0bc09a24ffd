"""A hold: who, since when, until when, by which article; release, transfer, void, a deal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from dingfen.accounts import access
from dingfen.accounts.models import Role, Staff
from dingfen.clocks.models import Clock
from dingfen.ownership import actions, cadence
from dingfen.ownership.co_working import only_helps
from dingfen.ownership.models import IN_POOL, UNHELD, Deal, Registration
from dingfen.ownership.owners import Tenure, tenures
from dingfen.ownership.rules import rules_at
from dingfen.ownership.watch import NEXT_STEP
from dingfen.parties.queries import names_by_id
from dingfen.policies.models import PolicyVersion
from dingfen.problems import Problem
from dingfen.web import typed
from dingfen.web.acting import perform, visible_one
from dingfen.web.cadence.forms import StepForm
from dingfen.web.disputes.card import address_of
from dingfen.web.duties.shown import open_for
from dingfen.web.holdings import co_workers, standing
from dingfen.web.request import Request
from dingfen.web.subjects import page_of
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

State = Registration.State
HOW = {
    "registered": pgettext_lazy("tenure", "Registered"),
    "taken": pgettext_lazy("tenure", "Taken from the pool"),
    "assigned": pgettext_lazy("tenure", "Assigned from the pool"),
    "transferred": pgettext_lazy("tenure", "Transferred"),
    "handed_over": pgettext_lazy("tenure", "Handed over"),
    "ruled": pgettext_lazy("tenure", "By ruling or agreement"),
    "released": pgettext_lazy("tenure", "Released"),
    "lapsed": pgettext_lazy("tenure", "Lapsed"),
    "lost": pgettext_lazy("tenure", "Lost deal"),
    "voided": pgettext_lazy("tenure", "Registration void"),
}


def one(request: Request, uid: UUID) -> Registration:
    """The hold, for who may see it (404 otherwise)."""
    rows = Registration.objects.visible_to(request.actor)
    return visible_one(rows.select_related("customer", "holder__unit", "unit__company", "policy"), uid=uid)


def show(
    request: Request, held: Registration, problem: Problem | None = None, form: str = ""
) -> HttpResponse:
    actor, path = request.actor, held.unit.path
    rules = rules_at(held.unit, request.at)
    helps = only_helps(held, actor)
    disputes, deals = held.disputes.all(), Deal.objects.filter(voided_at=None)
    if helps:
        disputes, deals = disputes.visible_to(actor), deals.visible_to(actor)
    movable = held.state in (State.HELD, State.LAPSING) and not helps
    context: dict[str, Any] = {
        "held": held,
        "customer": held.customer,
        "customer_name": names_by_id(actor, [held.customer_id])[held.customer_id],
        "customer_url": address_of("customer", held.customer.uid),
        "clock": Clock.objects.live()
        .filter(subject_uid=held.uid)
        .exclude(kind=NEXT_STEP)
        .order_by("deadline")
        .first(),
        **planned(request, held),
        "article": rules.ownership.protection.article if rules else "",
        "policy_url": address_of("policy", held.policy.uid) if held.policy else "",
        "disputes": disputes.select_related("case").order_by("-pk"),
        "deals": deals.filter(customer=held.customer, scope=held.scope)
        .select_related("signer")
        .order_by("-signed_at"),
        "may_release": movable and access.may(actor, "registration.release", path),
        "may_transfer": (movable or (held.state == State.WON and not helps))
        and access.may(actor, "registration.transfer", path),
        "may_void": movable and access.may(actor, "registration.void", path),
        "may_deal": held.is_active and not helps and access.may(actor, "deal.record", path),
        "owners": owners(held),
        "duties": open_for(actor, [held.customer_id]),
        "next": request.path,
        "may_assign": held.state in UNHELD and access.may(actor, "registration.transfer"),
        "may_take": held.state in IN_POOL and access.may(actor, "pool.take"),
        "colleagues": _colleagues(request, held),
        "form": form,
        **co_workers.shown(request, held, rules),
        **standing.shown(actor, held, rules),
    }
    if problem is not None:
        context |= {"problem": problem_text(problem), "errors": field_errors(problem), "typed": request.POST}
    return render(request, "holdings/detail.html", context, status=problem.status if problem else 200)


def planned(request: Request, held: Registration) -> dict[str, Any]:
    """The next step of the hold, and when another grade set its cadence anew."""
    return {
        "step_words": cadence.next_steps([held]).get(held.pk, ""),
        "step_form": StepForm(auto_id="step-%s"),
        "may_plan": held.is_active
        and not only_helps(held, request.actor)
        and access.may(request.actor, "touch.record", held.unit.path),
        "regraded": cadence.regraded(held),
    }


def owners(held: Registration) -> list[dict[str, Any]]:
    """Everyone who held the customer in this scope, newest first, each with the entries that prove it."""
    every = tenures(held.customer, held.scope)
    people = {
        staff.uid: staff
        for staff in Staff.objects.filter(
            uid__in={uid for one in every for uid in (one.staff, one.by, one.ended_by)}
        )
    }
    return [
        {
            "staff": people.get(one.staff),
            "one": one,
            "how": HOW[one.how],
            "by": people.get(one.by) if one.by != one.staff else None,
            "ended": HOW.get(one.ended_how, ""),
            "version": _version_then(held, one),
            "url": page_of("register_entry", one.entry.name),
            "end_url": page_of("register_entry", one.end_entry.name) if one.end_entry else "",
        }
        for one in reversed(every)
    ]


def _version_then(held: Registration, one: Tenure) -> PolicyVersion | None:
    """The version whose article ended it: the one in force then."""
    rules = rules_at(held.unit, one.ended_at) if one.article and one.ended_at else None
    return rules.version if rules else None


def _colleagues(request: Request, held: Registration) -> list[Staff]:
    people = Staff.objects.filter(
        company_id=request.actor.company_id, is_active=True, grants__role=Role.SALESPERSON
    ).exclude(pk=held.holder_id)
    return list(people.select_related("unit").distinct().order_by("unit__path", "name"))


def act(request: Request, uid: UUID, form: str, said: str, run: Callable[[], Any]) -> HttpResponse:
    seen = Registration.objects.visible_to(request.actor)

    def again(problem: Problem) -> HttpResponse:
        if seen.filter(uid=uid).exists():
            return show(request, one(request, uid), problem, form)
        words = problem_text(problem)  # it left one's sight meanwhile, so the list says what became of it
        toast(request, f"{words.title} {words.detail}")
        return redirect("pool" if form == "take" else "holdings")

    def done(result: Any) -> HttpResponse:
        if isinstance(result, Registration) and seen.filter(pk=result.pk).exists():
            return redirect("holding", result.uid)
        return redirect("holdings")

    return perform(request, run, said, again=again, done=done)


@login_required
@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    access.require(request.actor, "customer.view")
    held = one(request, uid)
    actions.look_in_pool(actor=request.actor, at=request.at, registration=held)
    return show(request, held)


@login_required
@require_POST
def release(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "release",
        gettext("Released"),
        lambda: actions.release(
            actor=request.actor, at=request.at, registration_uid=uid, reason=request.POST.get("reason", "")
        ),
    )


@login_required
@require_POST
def transfer(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "transfer",
        gettext("Transferred"),
        lambda: actions.transfer(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            to=request.POST.get("to", ""),
            reason=request.POST.get("reason", ""),
        ),
    )


@login_required
@require_POST
def void(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "void",
        gettext("Registration void"),
        lambda: actions.void(
            actor=request.actor, at=request.at, registration_uid=uid, reason=request.POST.get("reason", "")
        ),
    )


@login_required
@require_POST
def take(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "take",
        gettext("Taken; the customer is yours"),
        lambda: actions.take(actor=request.actor, at=request.at, registration_uid=uid),
    )


@login_required
@require_POST
def assign(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "assign",
        gettext("Assigned"),
        lambda: actions.assign(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            to=request.POST.get("to", ""),
            reason=request.POST.get("reason", ""),
        ),
    )


@login_required
@require_POST
def deal(request: Request, uid: UUID) -> HttpResponse:
    held = one(request, uid)

    def run() -> Registration:
        actions.record_deal(
            actor=request.actor,
            at=request.at,
            customer_uid=held.customer.uid,
            scope=held.scope,
            signer=request.POST.get("signer") or held.holder.uid,
            won=request.POST.get("won", "1") == "1",
            signed_at=typed.moment(request.POST.get("signed_at", ""), held.unit.zone, "signed_at"),
            quantity=typed.units(request.POST.get("quantity", "1")),
            amount=typed.amount(request.POST.get("amount", "")),
            reference=request.POST.get("reference", "").strip()[:40],
        )
        return held

    return act(request, uid, "deal", gettext("Deal recorded"), run)
