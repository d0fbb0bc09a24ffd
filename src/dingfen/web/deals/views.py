"""A deal by itself: what was signed, delivered, disputed; and a new one, whoever holds the customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dingfen.accounts import access
from dingfen.accounts.models import Role, Staff
from dingfen.matching import normalise
from dingfen.ownership import actions
from dingfen.ownership.models import Deal, Registration
from dingfen.ownership.queries import search
from dingfen.parties.models import Customer
from dingfen.parties.queries import names_by_id
from dingfen.problems import Problem, invalid
from dingfen.register.queries import with_pages
from dingfen.web import typed
from dingfen.web.acting import IN_PLACE, perform, shown_again, visible_one
from dingfen.web.disputes.card import address_of, proof
from dingfen.web.reception.asked import Asked, asked_of
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text


def show(request: Request, uid: UUID, problem: Problem | None = None, form: str = "") -> HttpResponse:
    rows = Deal.objects.visible_to(request.actor).select_related("customer", "signer__unit", "unit")
    deal = visible_one(rows, uid=uid)
    held = Registration.objects.visible_to(request.actor).filter(customer=deal.customer, scope=deal.scope)
    entry = with_pages().filter(seq=deal.entry_seq).first() if deal.entry_seq is not None else None
    context: dict[str, Any] = {
        "deal": deal,
        "customer": deal.customer,
        "customer_name": names_by_id(request.actor, [deal.customer_id])[deal.customer_id],
        "customer_url": address_of("customer", deal.customer.uid),
        "signers": [deal.signer, *deal.co_signers.select_related("unit")],
        "disputes": deal.disputes.visible_to(request.actor).select_related("case"),
        "held": held.order_by("-pk").first(),
        "entry": proof(entry) if entry else None,
        "may_deliver": deal.won and deal.delivered_at is None and access.may(request.actor, "deal.record"),
        "may_void": deal.won and access.may(request.actor, "deal.void", deal.unit.path),
        "form": form,
        **shown_again(request, problem),
    }
    return render(request, "deals/detail.html", context, status=problem.status if problem else 200)


@login_required
@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    access.require(request.actor, "customer.view")
    return show(request, uid)


@login_required
@require_POST
def delivered(request: Request, uid: UUID) -> HttpResponse:
    def run() -> Deal:
        when = typed.moment(request.POST.get("delivered_at", ""), _zone(request), "delivered_at")
        return actions.record_delivery(actor=request.actor, at=request.at, deal_uid=uid, delivered_at=when)

    return perform(
        request,
        run,
        gettext("Delivery recorded"),
        again=lambda problem: show(request, uid, problem, "delivered"),
        done=lambda row: redirect("deal", row.uid),
    )


@login_required
@require_POST
def void(request: Request, uid: UUID) -> HttpResponse:
    return perform(
        request,
        lambda: actions.void_deal(
            actor=request.actor, at=request.at, deal_uid=uid, reason=request.POST.get("reason", "")
        ),
        gettext("Deal voided"),
        again=lambda problem: show(request, uid, problem, "void"),
        done=lambda row: redirect("deals"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Record a deal one has signed, whoever holds the customer: named by phone or name as at reception."""
    access.require(request.actor, "deal.record")
    data = request.POST
    context: dict[str, Any] = {
        "typed": data,
        "colleagues": _salespeople(request),
        "with": data.getlist("co_signers"),
    }
    if request.method != "POST":
        return render(request, "deals/new.html", context)
    try:
        made = actions.record_deal(
            actor=request.actor,
            at=request.at,
            customer_uid=_customer(request, asked_of(data)).uid,
            scope=data.get("scope", "").strip(),
            signer=data.get("signer") or None,
            co_signers=[uid for uid in data.getlist("co_signers") if uid],
            signed_at=typed.moment(data.get("signed_at", ""), _zone(request), "signed_at"),
            quantity=typed.units(data.get("quantity", "1")),
            amount=typed.amount(data.get("amount", "")),
            reference=data.get("reference", "").strip()[:40],
        )
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
        return render(request, "deals/new.html", context, status=problem.status)
    dispute = made.disputes.select_related("case").first()
    if dispute is not None:
        toast(request, gettext("Deal recorded; a colleague held the customer, so a dispute was opened"))
        return redirect("dispute", dispute.case.uid)
    toast(request, gettext("Deal recorded"))
    return redirect("deal", made.uid)


def _zone(request: Request) -> Any:
    return request.user.unit.zone if request.user.unit else timezone.get_current_timezone()


def _customer(request: Request, asked: Asked) -> Customer:
    """The customer that was typed, by the same search as the conflict check."""
    read = normalise(asked.record())
    finding = search(request.actor.company_id or 0, read.features, asked.scope, request.actor.staff_id)
    hit = finding.blocking or finding.mine or finding.known
    if hit is None:
        raise invalid({"phone": [("customer.not_found", {})]})
    return Customer.objects.get(pk=hit.customer_id)


def _salespeople(request: Request) -> list[Staff]:
    people = Staff.objects.filter(
        company_id=request.actor.company_id, is_active=True, grants__role=Role.SALESPERSON
    )
    return list(
        people.exclude(uid=request.actor.uid).select_related("unit").distinct().order_by("unit__path", "name")
    )
