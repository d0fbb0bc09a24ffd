"""Pages of disputes: the list, the decision card, the ruling as a paper, and what people do there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dingfen.accounts import access
from dingfen.cases import actions as cases
from dingfen.cases.models import Watch
from dingfen.matching import Record
from dingfen.ownership import actions
from dingfen.ownership.models import Dispute, Effect
from dingfen.problems import Problem, missing, whole_number
from dingfen.web.acting import IN_PLACE, perform, visible_one
from dingfen.web.disputes import page
from dingfen.web.disputes.card import sides_of
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

RELATED = (
    "case__customer",
    "case__unit__company",
    "case__company",
    "registration__holder",
    "deal__signer",
    "policy",
)


def one(request: Request, uid: UUID) -> Dispute:
    """The dispute, for who may see it (404 otherwise)."""
    access.require(request.actor, "dispute.view")
    return visible_one(Dispute.objects.visible_to(request.actor).select_related(*RELATED), case__uid=uid)


@login_required
@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    return show(request, one(request, uid))


def show(
    request: Request,
    dispute: Dispute,
    problem: Problem | None = None,
    form: str = "",
    results: Sequence[dict[str, Any]] = (),
    status: int = 200,
) -> HttpResponse:
    """The page; with a problem it stands in the form it belongs to, with what was typed.

    `results` says of each uploaded file what became of it.
    """
    context = page.context(request, dispute)
    context["head_clock"] = page.running(dispute)
    context["watched"] = Watch.objects.filter(case=dispute.case, staff=request.user).exists()
    context["form"], context["results"], context["typed"] = form, results, request.POST
    if problem is not None:
        context["problem"] = problem_text(problem)
        context["errors"] = field_errors(problem)
    return render(request, "disputes/detail.html", context, status=problem.status if problem else status)


def act(request: Request, uid: UUID, form: str, said: str, run: Callable[[], object]) -> HttpResponse:
    """Run an action; back to the page with a toast, or the page with what is wrong."""
    return perform(
        request,
        run,
        said,
        again=lambda problem: show(request, one(request, uid), problem, form),
        done=lambda _: redirect("dispute", uid),
    )


def shares(request: Request, dispute: Dispute) -> list[dict[str, str]]:
    """The split as typed: one field a claimant, blank for none."""
    found = [(side.uid, request.POST.get(f"share_{side.uid}", "").strip()) for side in sides_of(dispute)]
    return [{"staff": uid, "share": share} for uid, share in found if share]


def version(request: Request) -> int | None:
    return whole_number(request.POST.get("version", ""))


@login_required
@require_POST
def claim(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "claim",
        gettext("Claim made"),
        lambda: actions.add_claim(
            actor=request.actor, at=request.at, dispute_uid=uid, statement=request.POST.get("statement", "")
        ),
    )


@login_required
@require_POST
def hand_over(request: Request, uid: UUID) -> HttpResponse:
    """Give a claim to a colleague of who made it."""
    data = request.POST
    return act(
        request,
        uid,
        "hand_over",
        gettext("Claim handed over"),
        lambda: actions.take_over_claim(
            actor=request.actor,
            at=request.at,
            claim_uid=data.get("claim", ""),
            to=data.get("to", ""),
            reason=data.get("reason", ""),
        ),
    )


@login_required
@require_POST
def withdraw(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "settle",
        gettext("Claim withdrawn"),
        lambda: actions.withdraw(actor=request.actor, at=request.at, dispute_uid=uid),
    )


@login_required
@require_POST
def agree(request: Request, uid: UUID) -> HttpResponse:
    dispute = one(request, uid)
    return act(
        request,
        uid,
        "settle",
        gettext("Noted; it holds when everyone says the same"),
        lambda: actions.agree(
            actor=request.actor,
            at=request.at,
            dispute_uid=uid,
            holder=request.POST.get("holder", ""),
            split=shares(request, dispute),
        ),
    )


@login_required
@require_POST
def rule(request: Request, uid: UUID) -> HttpResponse:
    """Both options of the ruling panel: as proposed, or otherwise."""
    dispute = one(request, uid)
    text = request.POST.get("reason", "")
    common = {"actor": request.actor, "at": request.at, "dispute_uid": uid, "version": version(request)}

    def run() -> object:
        if request.POST.get("decision") == "otherwise":
            split, holder = shares(request, dispute), request.POST.get("holder", "")
            return actions.rule_otherwise(**common, holder=holder, split=split, reason=text)  # type: ignore[arg-type]
        return actions.confirm(**common, note=text)  # type: ignore[arg-type]

    return act(request, uid, "rule", gettext("Signed"), run)


@login_required
@require_POST
def find(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "find",
        gettext("Finding entered; proposed anew"),
        lambda: actions.find(
            actor=request.actor,
            at=request.at,
            dispute_uid=uid,
            fact=request.POST.get("fact", ""),
            value=request.POST.get("value", ""),
            reason=request.POST.get("reason", ""),
            claim_uid=request.POST.get("claim") or None,
        ),
    )


@login_required
@require_POST
def appeal(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "appeal",
        gettext("Appeal raised; effects wait"),
        lambda: actions.appeal(
            actor=request.actor, at=request.at, dispute_uid=uid, grounds=request.POST.get("grounds", "")
        ),
    )


@login_required
@require_POST
def final(request: Request, uid: UUID) -> HttpResponse:
    dispute = one(request, uid)
    return act(
        request,
        uid,
        "final",
        gettext("Final ruling given"),
        lambda: actions.rule_final(
            actor=request.actor,
            at=request.at,
            dispute_uid=uid,
            outcome=request.POST.get("outcome", ""),
            reason=request.POST.get("reason", ""),
            holder=request.POST.get("holder", ""),
            split=shares(request, dispute),
            version=version(request),
        ),
    )


@login_required
@require_POST
def done(request: Request, uid: UUID) -> HttpResponse:
    effect = Effect.objects.select_related("ruling__dispute__case").filter(uid=uid).first()
    if effect is None:
        raise missing()
    dispute = one(request, effect.ruling.dispute.case.uid)
    return act(
        request,
        dispute.case.uid,
        "effects",
        gettext("Noted as done"),
        lambda: actions.done(actor=request.actor, at=request.at, effect_uid=uid),
    )


@login_required
@require_POST
def note(request: Request, uid: UUID) -> HttpResponse:
    text = request.POST.get("text", "")
    return act(
        request,
        uid,
        "note",
        gettext("Noted"),
        lambda: actions.note(actor=request.actor, at=request.at, dispute_uid=uid, text=text),
    )


@login_required
@require_POST
def lesson(request: Request, uid: UUID) -> HttpResponse:
    text, article = request.POST.get("text", ""), request.POST.get("article", "")
    return act(
        request,
        uid,
        "lesson",
        gettext("Sent to the policy owner"),
        lambda: actions.lesson(
            actor=request.actor, at=request.at, dispute_uid=uid, text=text, article=article
        ),
    )


@login_required
@require_POST
def watch(request: Request, uid: UUID) -> HttpResponse:
    dispute = one(request, uid)
    cases.watch(actor=request.actor, case=dispute.case, on=request.POST.get("on") == "1")
    return redirect("dispute", uid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def raise_dispute(request: Request) -> HttpResponse:
    """Claim what the conflict check showed as held, or a deal."""
    access.require(request.actor, "dispute.raise")
    typed: Any = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {"typed": typed, "errors": {}}
    if request.method != "POST":
        return render(request, "disputes/raise.html", context)
    phone, name = typed.get("phone", "").strip(), typed.get("name", "").strip()
    try:
        dispute = actions.raise_dispute(
            actor=request.actor,
            at=request.at,
            statement=typed.get("statement", ""),
            deal_uid=typed.get("deal") or None,
            customer_uid=typed.get("customer") or None,
            record=Record(name=name, phones=(phone,) if phone else ()) if phone or name else None,
            scope=typed.get("scope", ""),
        )
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
        return render(request, "disputes/raise.html", context, status=problem.status)
    toast(request, gettext("Dispute raised"))
    return redirect(reverse("dispute", args=[dispute.case.uid]))
