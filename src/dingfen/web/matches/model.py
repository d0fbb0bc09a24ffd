"""The weights of the conflict check: what they are, how good they are, compared, switched, rolled back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dingfen.accounts import access
from dingfen.accounts.models import Unit
from dingfen.matching import MODEL, Model
from dingfen.matching.assessing import Judged, figures, threshold_for, weights_by_field
from dingfen.matching.model import model_from_json
from dingfen.ownership.matches import queries, settling
from dingfen.ownership.matches.rows import MatchJob
from dingfen.parties import weights
from dingfen.parties.actions import training
from dingfen.parties.models import MatchModel
from dingfen.parties.texts import REASONS
from dingfen.problems import Problem
from dingfen.web.acting import perform
from dingfen.web.matches import words
from dingfen.web.request import Request
from dingfen.wording import field_errors, problem_text

PERMISSION = settling.PERMISSION
THRESHOLDS = (80, 85, 90, 93, 95, 97, 98, 99)
WANTED = (0.95, 0.98, 0.99)
MODELS, JOBS = 8, 5


def company(request: Request) -> Unit:
    return Unit.objects.get(pk=request.actor.company_id or 0)


@login_required
@require_safe
def page(request: Request) -> HttpResponse:
    access.require(request.actor, PERMISSION)
    return show(request)


def show(request: Request, problem: Problem | None = None) -> HttpResponse:
    unit = company(request)
    row = weights.current(unit.pk)
    model = model_from_json(row.document) if row else MODEL
    judged = queries.people_judged(unit.pk)
    rows = MatchModel.objects.filter(company=unit).select_related("trained_by", "switched_by").order_by("-pk")
    context: dict[str, Any] = {
        "row": row,
        "model": model,
        "fields": _fields(model),
        "judged": len(judged),
        "figures": figures(judged, model, sorted({*THRESHOLDS, model.same_from})),
        "wanted": [(wanted, threshold_for(judged, model, wanted)) for wanted in WANTED] if judged else [],
        "models": [(one, model_from_json(one.document)) for one in rows[:MODELS]],
        "shipped": row is not None and model.version != MODEL.version,
        "jobs": MatchJob.objects.visible_to(request.actor).select_related("asked_by").order_by("-pk")[:JOBS],
        "busy": MatchJob.objects.visible_to(request.actor).filter(state=MatchJob.State.RUNNING).exists(),
        "may": access.may(request.actor, PERMISSION, unit.path),
        "waiting": queries.waiting(request.actor),
        "other": _compared(request, unit, model, judged),
    }
    if problem is not None:
        context |= {"problem": problem_text(problem), "errors": field_errors(problem), "typed": request.POST}
    return render(request, "matches/model.html", context, status=problem.status if problem else 200)


def _fields(model: Model) -> list[dict[str, Any]]:
    """Each comparison with its levels as bars from zero."""
    return [
        {
            "title": words.FIELDS.get(name, name),
            "levels": [
                {"text": REASONS.get(code, code), "bits": bits, **words.bar(0.0, bits)} for code, bits in rows
            ],
        }
        for name, rows in weights_by_field(model).items()
    ]


def _compared(request: Request, unit: Unit, model: Model, judged: list[Judged]) -> dict[str, Any] | None:
    """Another model beside the one in force: each at its own threshold, and what would be answered otherwise."""
    wanted = request.GET.get("with", "")
    if not wanted:
        return None
    if wanted == "shipped":
        other, row = MODEL, None
    else:
        row = training.found(unit, wanted)
        other = model_from_json(row.document)
    changed, first = queries.differences(request.actor, model, other)
    largest = sorted(
        {*model.weights} & {*other.weights}, key=lambda code: -abs(other.weights[code] - model.weights[code])
    )[:8]
    return {
        "row": row,
        "model": other,
        "uid": row.uid if row else "shipped",
        "sides": [(one, figures(judged, one, [one.same_from])[0]) for one in (model, other)],
        "changed": changed,
        "first": first,
        "weights": [
            (REASONS.get(code, code), words.FIELDS.get(code.partition(".")[0], ""), before, other.weights[code])
            for code in largest
            if (before := model.weights[code]) != other.weights[code]
        ],
    }  # fmt: skip


@login_required
@require_POST
def switch(request: Request) -> HttpResponse:
    """Put a model in force, or go back to an earlier one."""
    access.require(request.actor, PERMISSION)
    unit, wanted = company(request), request.POST.get("model", "")
    return perform(
        request,
        lambda: training.switch_model(actor=request.actor, at=request.at, unit=unit, model_uid=wanted),
        gettext("Weights switched"),
        again=lambda problem: show(request, problem),
        done=lambda _: redirect("match_model"),
    )


@login_required
@require_POST
def thresholds(request: Request) -> HttpResponse:
    access.require(request.actor, PERMISSION)
    unit = company(request)
    same_from, possible_from = (_whole(request.POST.get(name)) for name in ("same_from", "possible_from"))
    return perform(
        request,
        lambda: training.set_thresholds(
            actor=request.actor, at=request.at, unit=unit, same_from=same_from, possible_from=possible_from
        ),
        gettext("Thresholds changed"),
        again=lambda problem: show(request, problem),
        done=lambda _: redirect("match_model"),
    )


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 4 else 0
