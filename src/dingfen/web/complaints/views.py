"""Receiving a complaint while the customer talks, its page, and what is done on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dingfen import formats
from dingfen.accounts.access import may, require
from dingfen.accounts.models import Staff, Unit
from dingfen.complaints.actions import complainants
from dingfen.complaints.actions.calling import receive_call
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.actions.intake import Complainant, File, receive
from dingfen.complaints.actions.investigating import answer
from dingfen.complaints.listing import products_of
from dingfen.complaints.models import Channel, ComplainantKey, Complaint, Inquiry
from dingfen.engine.complaint_facts import BY_NAME
from dingfen.matching import normalise
from dingfen.parties import index
from dingfen.parties.details import identifiers_of
from dingfen.problems import Problem, invalid, missing
from dingfen.register.looks import record_look
from dingfen.web.acting import IN_PLACE
from dingfen.web.complaints import calls, doing, page, saved, who
from dingfen.web.complaints.desk import back_to
from dingfen.web.lists.bulk import is_uid
from dingfen.web.refill import refilled
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

AT_ONCE = ("injury", "danger", "threat", "media", "data_leak", "distressed")
BY_STAFF = (Channel.PHONE, Channel.COUNTER, Channel.LETTER, Channel.MAIL, Channel.WECHAT, Channel.SOCIAL,
            Channel.AUTHORITY)  # fmt: skip


def show(
    request: Request,
    complaint: Complaint,
    problem: Problem | None = None,
    place: str = "",
    typed: Any = None,
    missing: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page; with a problem it stands in the part it belongs to, with what was typed."""
    context = page.context(request, complaint) | saved.offered(request)
    context |= {"place": place, "typed": request.POST if typed is None else typed, "missing": missing}
    context |= more or {}
    if problem is not None:
        context["problem"], context["errors"] = problem_text(problem), field_errors(problem)
    if problem is None:
        return render(request, "complaints/detail.html", context)
    return _refused(request, "complaints/detail.html", context, problem)


def _refused(request: Request, template: str, context: Mapping[str, Any], problem: Problem) -> HttpResponse:
    """The page once more, with everything that was typed and ticked."""
    shown = render_to_string(template, dict(context), request)
    return HttpResponse(
        refilled(shown, request.path, request.POST, field_errors(problem)), status=problem.status
    )


@login_required
@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    require(request.actor, "complaint.view")
    complaint = seen(request.actor, uid)
    if request.actor.company_uid is not None and complaint.handler_id != request.actor.staff_id:
        record_look(
            at=request.at, actor_id=request.actor.uid, company=request.actor.company_uid,
            kind="complaint.opened", subject=complaint.case.uid,
        )  # fmt: skip
    return show(request, complaint)


@login_required
@require_POST
def act(request: Request, uid: UUID, verb: str) -> HttpResponse:
    """Do what the verb says; back to the page, or the page with what is wrong."""
    if verb not in doing.VERBS:
        raise Http404
    require(request.actor, "complaint.view")
    complaint = seen(request.actor, uid)
    what = doing.VERBS[verb]
    try:
        doing.run(request, complaint, verb)
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        return show(request, seen(request.actor, uid), problem, what.place)
    toast(request, str(what.said))
    if not Complaint.objects.visible_to(request.actor).filter(pk=complaint.pk).exists():
        return redirect("complaints")  # who stepped aside sees it no more
    if request.POST.get("back"):
        return redirect(back_to(request))
    return redirect(f"{reverse('complaint', args=[uid])}#{what.place}")


@login_required
@require_POST
def reveal(request: Request, uid: UUID) -> HttpResponse:
    """The page with who complains shown whole, this once; a reload asks again."""
    require(request.actor, "complaint.view")
    try:
        whole = complainants.reveal(
            actor=request.actor, at=request.at, case_uid=uid, reason=request.POST.get("reason", "")
        )
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        return show(request, seen(request.actor, uid), problem, "complainant")
    return show(request, seen(request.actor, uid), place="complainant", more={"revealed": who.whole(whole)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The call form: what was said, who, how to reach them. Everything else can wait."""
    require(request.actor, "complaint.receive")
    if request.method != "POST":
        return render(request, "complaints/new.html", _form(request))
    try:
        got = _received(request)
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        context = _form(request) | {"problem": problem_text(problem), "errors": field_errors(problem)}
        return _refused(request, "complaints/new.html", context, problem)
    toast(request, got.case.number)
    return redirect("complaint", got.case.uid)


def _received(request: Request) -> Complaint:
    post = request.POST
    named = post.get("unit") or str(request.user.unit.uid)  # type: ignore[union-attr]
    units = Unit.objects.select_related("company").filter(company_id=request.actor.company_id)
    unit = units.filter(uid=named).first() if is_uid(named) else None
    if unit is None:
        raise invalid({"unit": [("unit.unknown", {})]})
    take_in = partial(receive_call, call_uid=post["call"]) if post.get("call") else receive
    return take_in(
        actor=request.actor,
        at=request.at,
        channel=post.get("channel", "phone"),
        text=post.get("text", ""),
        unit=unit,
        key=post.get("key", ""),
        complainant=Complainant(
            name=post.get("name", ""), phone=post.get("phone", ""), email=post.get("email", ""),
            kind="company" if post.get("kind") == "company" else "person",
            credit_code=post.get("credit_code", ""),
            legal_representative=post.get("legal_representative", ""),
            identity=post.get("identity", ""),
        ),
        product=post.get("product", ""),
        order_number=post.get("order_number", ""),
        done_at_once=post.get("done_at_once", ""),
        remedy=post.get("remedy", ""),
        amount=post.get("amount", ""),
        place=post.get("place", ""),
        recording=post.get("recording", ""),
        external=[(post.get("body", ""), post.get("reference", ""))],
        complained_of=[one for one in post.getlist("complained_of") if one],
        vulnerable=post.get("vulnerable") == "1",
        stated={name: True for name in AT_ONCE if post.get(name) == "1"},
        files=[File(one.name or "file", one.read()) for one in request.FILES.getlist("files")],
    ).complaint  # fmt: skip


def _form(request: Request) -> dict[str, Any]:
    actor = request.actor
    typed: Any = request.POST or request.GET
    call = calls.shown(request, typed["call"]) if typed.get("call") else None
    if call and request.method != "POST":
        typed = {**typed.dict(), "channel": "phone", "phone": call["number"], "recording": call["recording"]}
    return {
        "call": call,
        "typed": typed,
        "channels": [(one.value, one.label) for one in BY_STAFF],
        "units": Unit.objects.filter(company_id=actor.company_id, active=True).order_by("path")[:100],
        "own_unit": request.user.unit,
        "products": products_of(actor),
        "at_once": [(name, BY_NAME[name].zh if formats.chinese() else BY_NAME[name].en) for name in AT_ONCE],
        "earlier": known(request, typed.get("phone", "")),
        "staff": Staff.objects.filter(company_id=actor.company_id, is_active=True).order_by("name")[:300],
    }


def known(request: Request, phone: str) -> list[Complaint]:
    """Earlier complaints of whoever is reached under this number, that the reader may see."""
    company_id = request.actor.company_id
    if company_id is None or not phone.strip():
        return []
    features = normalise(Complainant(phone=phone).details().record()).features
    lookups = [index.lookup(company_id, kind, value) for kind, value in identifiers_of(features)]
    keys = ComplainantKey.objects.filter(lookup__in=lookups).values("complaint_id")
    rows = Complaint.objects.visible_to(request.actor).filter(pk__in=keys)
    return list(rows.select_related("case").order_by("-pk")[:5])


@login_required
@require_safe
def hints(request: Request) -> HttpResponse:
    """While typing: earlier matters of the same customer."""
    require(request.actor, "complaint.receive")
    found = known(request, request.GET.get("phone", ""))
    return render(request, "complaints/hints.html", {"earlier": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def inquiry(request: Request, uid: UUID) -> HttpResponse:
    """What a colleague is asked in an investigation, by itself: they need not see the complaint."""
    rows = Inquiry.objects.visible_to(request.actor).select_related("complaint__case", "asked", "asked_by")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise missing()
    context: dict[str, Any] = {"typed": request.POST}
    status = 200
    if request.method == "POST":
        try:
            answer(actor=request.actor, at=request.at, inquiry_uid=uid, text=request.POST.get("text", ""))
            return redirect("inquiry", uid)
        except Problem as problem:
            if problem.status not in IN_PLACE:
                raise
            context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
            status = problem.status
    one = page.opened(found.complaint, [found])[0]
    sees = may(request.actor, "complaint.view") and (
        Complaint.objects.visible_to(request.actor).filter(pk=found.complaint_id).exists()
    )
    context |= {"inquiry": one, "sees": sees, "mine": found.asked_id == request.actor.staff_id}
    return render(request, "complaints/inquiry.html", context, status=status)
