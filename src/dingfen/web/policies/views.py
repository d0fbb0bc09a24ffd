"""Pages of the rule books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.backtests.queries import runs
from dingfen.engine.counting import counts
from dingfen.engine.publication import bearings, needs_consultation
from dingfen.engine.render import render as render_book
from dingfen.engine.schema import Pack
from dingfen.policies import actions
from dingfen.policies.consultation_rows import Consultation
from dingfen.policies.models import Acknowledgement, PolicyVersion
from dingfen.policies.queries import pack_of, shipped, shipped_names, shipped_scenarios
from dingfen.policies.reading import unread
from dingfen.policies.reviewing import open_by_article
from dingfen.problems import Problem, invalid, missing
from dingfen.web.policies.reading import clauses
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors

State = PolicyVersion.State
PLACES = {
    "CN": pgettext_lazy("jurisdiction", "China"),
    "GB": pgettext_lazy("jurisdiction", "United Kingdom"),
    "US": pgettext_lazy("jurisdiction", "United States"),
    "AU": pgettext_lazy("jurisdiction", "Australia"),
}
RAIL = (State.AWAITING_APPROVAL, State.APPROVED, State.PUBLISHED)


def language() -> Literal["zh", "en"]:
    return "en" if (get_language() or "").startswith("en") else "zh"


def visible(actor: Actor) -> QuerySet[PolicyVersion]:
    """The versions of the actor's company."""
    access.require(actor, "policy.view")
    return PolicyVersion.objects.filter(company_id=actor.company_id).select_related(
        "unit", "approved_by", "made_by"
    )


def one(request: Request, uid: UUID) -> PolicyVersion:
    version = visible(request.actor).filter(uid=uid).first()
    if version is None:
        raise missing()
    return version


@require_safe
def index(request: Request) -> HttpResponse:
    """All versions, those in force first; what the reader still has to read is marked."""
    versions = (
        visible(request.actor)
        .defer("document")
        .annotate(
            readers=Count("acknowledgements"),
            mine=Count("acknowledgements", filter=Q(acknowledgements__staff_id=request.actor.staff_id)),
        )
    )
    rows = sorted(
        (
            {
                "version": each,
                "state": standing(each, request.at),
                "title": each.title[language()],
                "counts": counts(pack_of(each)),
            }
            for each in versions
        ),
        key=lambda row: (row["state"]["order"], row["title"], -row["version"].pk),
    )
    may = access.decide(request.actor, "policy.publish").allowed
    offered = [_offer(name) for name in shipped_names()] if may else []
    return render(
        request,
        "policies/index.html",
        {
            "rows": rows,
            "offered": offered,
            "may": may,
            "may_review": access.may(request.actor, "policy.review"),
        },
    )


def _offer(name: str) -> dict[str, Any]:
    """A shipped pack with what it holds."""
    pack = shipped(name)
    return {
        "name": name,
        "title": getattr(pack.title, language()),
        "version": pack.version,
        "place": PLACES.get(pack.jurisdiction, pack.jurisdiction),
        "counts": counts(pack),
        "scenarios": shipped_scenarios(name),
    }


@require_safe
def shipped_pack(request: Request, name: str) -> HttpResponse:
    """A shipped pack to read before one takes or adapts it."""
    access.require(request.actor, "policy.publish")
    if name not in shipped_names():
        raise missing()
    pack = shipped(name)
    articles = clauses(pack, language())
    taken = PolicyVersion.objects.filter(
        company_id=request.actor.company_id, pack=name, version=pack.version
    ).select_related("unit")
    units = Unit.objects.filter(company_id=request.actor.company_id, active=True).order_by("path")
    context = {
        "offer": _offer(name),
        "taken": taken.defer("document"),
        "clauses": [(clause, None) for clause in articles],
        "chapters": [clause for clause in articles if clause.starts],
        "units": units.exclude(pk__in=taken.values("unit_id")),
    }
    return render(request, "policies/shipped.html", context)


def standing(version: PolicyVersion, at: dt.datetime) -> dict[str, Any]:
    """How a version stands now: label, colour, and its place in the list."""
    if version.state != State.PUBLISHED:
        order, colour = (
            (2, "yellow") if version.state in {State.AWAITING_APPROVAL, State.APPROVED} else (4, "line")
        )
        return {"label": version.get_state_display(), "colour": colour, "order": order}
    if version.in_force_from and version.in_force_from > at:
        return {"label": gettext("Published, not yet in force"), "colour": "yellow", "order": 1}
    if version.in_force_until and version.in_force_until <= at:
        return {"label": gettext("Superseded"), "colour": "line", "order": 3}
    return {"label": pgettext("version", "In force"), "colour": "green", "order": 0}


@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    """The text people read, the rules the machine runs beside it, and who has read it."""
    return show_version(request, one(request, uid))


def show_version(
    request: Request,
    version: PolicyVersion,
    *,
    errors: Mapping[str, list[str]] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a version; with what was typed and what is wrong with it."""
    pack = pack_of(version)
    read = Acknowledgement.objects.filter(version=version).select_related("staff").order_by("-at")
    reviews = access.may(request.actor, "policy.review")
    asked = open_by_article(version.company_id, version.pack) if reviews else {}
    articles = clauses(pack, language())
    context = {
        "version": version,
        "title": version.title[language()],
        "state": standing(version, request.at),
        "clauses": [(clause, asked.get(clause.id)) for clause in articles],
        "chapters": [clause for clause in articles if clause.starts],
        "stages": stages(version, request.at),
        "read": read[:50],
        "read_count": read.count(),
        "staff_count": Staff.objects.filter(
            unit__path__startswith=version.unit.path, is_active=True, company_id=version.company_id
        ).count(),
        "unread": list(unread(version)[:200]) if version.state == State.PUBLISHED and reviews else [],
        "may_see_readers": reviews and version.state == State.PUBLISHED,
        "mine": read.filter(staff__uid=request.actor.uid).first(),
        "can": verbs(request.actor, version, request.at),
        "today": request.at.astimezone(version.unit.zone).date(),
        "may_try": access.may(request.actor, "policy.backtest"),
        "may_backtest": pack.ownership is not None or pack.complaints is not None,
        "pack": pack,
        "base": overlay_base(pack),
        "against": PolicyVersion.objects.filter(company_id=version.company_id, pack=version.pack).exclude(
            pk=version.pk
        ),
        "runs": runs(request.actor).filter(policy=version)[:5],
        "approvers": actions.approvers(version.unit, request.at, but=version.made_by_id)
        if version.state == State.AWAITING_APPROVAL
        else [],
        "errors": errors or {},
        "typed": typed or {},
        **consultation(version, typed or {}, errors or {}),
    }
    return render(request, "policies/detail.html", context, status=status)


def consultation(
    version: PolicyVersion, typed: Mapping[str, str], errors: Mapping[str, list[str]]
) -> dict[str, Any]:
    """What is on record, whether it is asked for, and the rows of its form."""
    pack = pack_of(version)
    words = {
        "pay": gettext("pay and quotas"), "discipline": gettext("sanctions"), "duties": gettext("duties at work"),
        "training": gettext("training"), "safety": gettext("safety at work"), "assessment": gettext("assessment"),
    }  # fmt: skip
    rows = [_objection_row(place, typed, errors) for place in range(4)]
    return {
        "consultations": version.consultations.select_related("made_by"),
        "consultation_needed": needs_consultation(pack),
        "bears_on": formats.series([words[each] for each in bearings(pack)]),
        "forms": Consultation.Form.choices,
        "objection_rows": rows,
    }


def _objection_row(place: int, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    start = f"objection-{place}-"
    said = {name: typed.get(start + name, "") for name in ("by", "text", "answer", "taken")}
    wrong = [text for name, some in errors.items() if name.startswith(start) for text in some]
    return {"n": place, "errors": wrong, **said}


def overlay_base(pack: Pack) -> str:
    """The title of the pack that an overlay changes; otherwise nothing."""
    if pack.kind != "overlay" or pack.extends is None:
        return ""
    known = shipped(pack.extends).title if pack.extends in shipped_names() else None
    return getattr(known, language()) if known else pack.extends


def stages(version: PolicyVersion, at: dt.datetime) -> list[dict[str, Any]]:
    """The rail: proposed, approved, published, in force."""
    reached = RAIL.index(State(version.state)) if version.state in RAIL else -1
    in_force = standing(version, at)["order"] == 0
    labels = (
        (gettext("Proposed"), version.made_by.name if version.made_by else ""),
        (pgettext("version", "Approved"), version.approved_by.name if version.approved_by else ""),
        (
            pgettext("version", "Published"),
            formats.when(version.published_at) if version.published_at else "",
        ),
        (
            pgettext("version", "In force"),
            formats.when(version.in_force_from) if version.in_force_from else "",
        ),
    )
    now = 3 if in_force else reached
    return [
        {"label": label, "note": note, "state": "done" if n < now else "now" if n == now else ""}
        for n, (label, note) in enumerate(labels)
    ]


def verbs(actor: Actor, version: PolicyVersion, at: dt.datetime) -> dict[str, bool]:
    """What this actor may do with this version now."""
    may_publish = access.decide(actor, "policy.publish", path=version.unit.path).allowed
    may_approve = access.decide(actor, "policy.approve", path=version.unit.path).allowed
    begun = bool(version.in_force_from and version.in_force_from <= at)
    return {
        "approve": version.state == State.AWAITING_APPROVAL
        and may_approve
        and version.made_by_id != actor.staff_id,
        "write": may_publish,
        "publish": version.state == State.APPROVED and may_publish,
        "consult": may_publish and version.state in RAIL,
        "retract": may_publish and version.state in RAIL and not begun,
        "end": may_publish and pack_of(version).kind == "overlay" and standing(version, at)["order"] == 0,
        "acknowledge": version.state == State.PUBLISHED and actor.staff_id is not None,
    }


@require_safe
def rule_book(request: Request, uid: UUID) -> HttpResponse:
    """The rule book as a text file."""
    version = one(request, uid)
    pack = pack_of(version)
    response = HttpResponse(render_book(pack, language()), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{version.pack}-{version.version}.md"'
    return response


@require_POST
def propose(request: Request) -> HttpResponse:
    """Propose a shipped pack for a unit; a second person approves it."""
    access.require(request.actor, "policy.publish")
    units = {str(each.uid): each for each in Unit.objects.filter(company_id=request.actor.company_id)}
    unit = units.get(request.POST.get("unit", ""))
    if unit is None:
        raise invalid({"unit": [("required", {})]})
    try:
        pack = shipped(request.POST.get("pack", ""))
    except KeyError:
        raise invalid({"pack": [("required", {})]}) from None
    version = actions.propose(actor=request.actor, at=request.at, unit=unit, pack=pack)
    toast(request, gettext("Proposed; a second person approves it."))
    return redirect("policy", uid=version.uid)


@require_POST
def approve(request: Request, uid: UUID) -> HttpResponse:
    actions.approve(actor=request.actor, at=request.at, version_uid=uid)
    toast(request, gettext("Approved; the policy owner can publish it."))
    return redirect("policy", uid=uid)


@require_POST
def publish(request: Request, uid: UUID) -> HttpResponse:
    """Publish with a date of effect (a day of the company's own zone; today means now)."""
    version = one(request, uid)
    access.require(request.actor, "policy.publish", path=version.unit.path)
    try:
        actions.publish(
            actor=request.actor,
            at=request.at,
            version_uid=uid,
            in_force_from=_effect(request, version),
            without_consultation=request.POST.get("without_consultation", ""),
        )
    except Problem as problem:
        if problem.status != 422:
            raise
        return show_version(request, version, errors=field_errors(problem), typed=request.POST, status=422)
    toast(request, gettext("Published; staff are asked to confirm reading."))
    return redirect("policy", uid=uid)


def _effect(request: Request, version: PolicyVersion) -> dt.datetime:
    """The start of the chosen day; of today, now. Raises Problem (422) where no day can be read."""
    try:
        day = dt.date.fromisoformat(request.POST.get("in_force_from", ""))
    except ValueError:
        raise invalid({"in_force_from": [("date.unreadable", {})]}) from None
    zone = version.unit.zone
    today = request.at.astimezone(zone).date()
    return request.at if day == today else dt.datetime.combine(day, dt.time(), zone)


@require_POST
def retract(request: Request, uid: UUID) -> HttpResponse:
    actions.retract(actor=request.actor, at=request.at, version_uid=uid)
    toast(request, gettext("Retracted."))
    return redirect("policy", uid=uid)


@require_POST
def end(request: Request, uid: UUID) -> HttpResponse:
    """Switch an overlay off before its last day."""
    actions.end_overlay(actor=request.actor, at=request.at, version_uid=uid)
    toast(request, gettext("Ended; the rules beneath it hold again."))
    return redirect("policy", uid=uid)


@require_POST
def acknowledge(request: Request, uid: UUID) -> HttpResponse:
    actions.acknowledge(actor=request.actor, at=request.at, version_uid=uid)
    toast(request, gettext("Reading confirmed."))
    return redirect(reverse("policy", args=[uid]))
