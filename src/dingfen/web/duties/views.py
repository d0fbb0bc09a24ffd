"""One duty of prior communication: what is owed, the three ways to meet it, what the holder says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dingfen.accounts import access
from dingfen.clocks.models import Clock
from dingfen.ownership import actions
from dingfen.ownership.holding_rows import TellDuty
from dingfen.ownership.rules import rules_at
from dingfen.ownership.sanction_rows import Sanction
from dingfen.parties import sealing
from dingfen.parties.models import Customer
from dingfen.problems import Problem
from dingfen.register.kinds import words
from dingfen.register.models import Entry
from dingfen.web.acting import perform, visible_one
from dingfen.web.duties.shown import measures_in_words
from dingfen.web.request import Request
from dingfen.web.subjects import page_of
from dingfen.wording import field_errors, problem_text

ENTRIES = (
    "prior.due", "prior.noted", "prior.answered", "prior.breached", "prior.ended", "holder.notified",
    "dispute.raised", "registration.lapsed", "registration.released", "registration.transferred",
    "registration.voided", "deal.lost",
)  # fmt: skip
RELATED = ("registration__customer", "registration__unit", "receiver__unit", "holder__unit", "unit", "touch",
           "sanction")  # fmt: skip


def one(request: Request, uid: UUID) -> TellDuty:
    """The duty, for who may know of it (404 otherwise)."""
    return visible_one(TellDuty.objects.visible_to(request.actor).select_related(*RELATED), uid=uid)


def show(request: Request, duty: TellDuty, problem: Problem | None = None) -> HttpResponse:
    customer = duty.registration.customer
    mine, theirs = duty.receiver_id == request.actor.staff_id, duty.holder_id == request.actor.staff_id
    sealer = sealing.sealer(customer.uid) if duty.sealed else None
    rules = rules_at(duty.registration.unit, duty.arose_at)
    seen = Customer.objects.visible_to(request.actor).filter(pk=customer.pk).exists()
    context: dict[str, Any] = {
        "duty": duty,
        "customer": customer,
        "customer_url": page_of("customer", customer.uid) if seen else "",
        "clock": Clock.objects.live().filter(subject_uid=duty.uid).order_by("deadline").first(),
        "note": sealer.open(duty.sealed).get("note", "") if sealer else "",
        "measures": measures_in_words(duty),
        "version": rules.version if rules else None,
        "entries": entries(duty),
        "may_tell": mine and duty.state in ("open", "breached") and duty.ended_at is None,
        "sanction": Sanction.objects.visible_to(request.actor)
        .filter(duty=duty)
        .select_related("case")
        .first(),
        "may_propose": bool(duty.measures)
        and not hasattr(duty, "sanction")
        and duty.receiver_id != request.actor.staff_id
        and access.may(request.actor, "sanction.propose", duty.unit.path),
        "may_note": mine and duty.note_due_at is not None and duty.noted_at is None,
        "may_answer": theirs and not duty.answer and duty.state != "open",
        "ways": TellDuty.How.choices,
    }
    if problem is not None:
        context |= {"problem": problem_text(problem), "errors": field_errors(problem), "typed": request.POST}
    return render(request, "duties/detail.html", context, status=problem.status if problem else 200)


def entries(duty: TellDuty) -> list[tuple[Entry, str, str]]:
    """The entries of the register about this duty, oldest first: entry, what it is called, its address."""
    disputes = duty.registration.disputes.values_list("case__uid", flat=True)
    about = Entry.objects.filter(
        subject_uid__in=[duty.registration.customer.uid, *disputes],
        kind__in=ENTRIES,
        recorded_at__gte=duty.arose_at,
    )
    name = str(duty.uid).encode()
    found = about.select_related("page__book").order_by("seq")
    return [
        (entry, words(entry.kind), page_of("register_entry", entry.name))
        for entry in found
        if name in bytes(entry.body)
    ]


def act(request: Request, uid: UUID, said: str, run: Callable[[], object]) -> HttpResponse:
    back, hosts = request.POST.get("next", ""), {request.get_host()}
    safe = back and url_has_allowed_host_and_scheme(back, hosts, require_https=request.is_secure())
    return perform(
        request,
        run,
        said,
        again=lambda problem: show(request, one(request, uid), problem),
        done=lambda _: redirect(back) if safe else redirect("duty", uid),
    )


@login_required
@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    access.require(request.actor, "customer.view")
    return show(request, one(request, uid))


@login_required
@require_POST
def tell(request: Request, uid: UUID) -> HttpResponse:
    """The holder is told: by message here, by phone with a note, or head and holder where the holder is away."""
    return act(
        request,
        uid,
        gettext("Holder told"),
        lambda: actions.tell_holder(
            actor=request.actor,
            at=request.at,
            duty_uid=uid,
            how=request.POST.get("how", "system"),
            note=request.POST.get("note", ""),
        ),
    )


@login_required
@require_POST
def note(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        gettext("Talk noted"),
        lambda: actions.note_talk(
            actor=request.actor, at=request.at, duty_uid=uid, note=request.POST.get("note", "")
        ),
    )


@login_required
@require_POST
def answer(request: Request, uid: UUID) -> HttpResponse:
    """The holder says whether they were told."""
    return act(
        request,
        uid,
        gettext("Answer entered"),
        lambda: actions.answer_told(
            actor=request.actor,
            at=request.at,
            duty_uid=uid,
            told=request.POST.get("told") == "1",
            note=request.POST.get("note", ""),
        ),
    )
