"""Help beside a complaint: suggestions, advice, what worked before, wordings to avoid; and what was learned."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dingfen import formats
from dingfen.accounts.access import may, require
from dingfen.complaints import helping, learning
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.models import CallBack, Complaint, Learned, Training
from dingfen.complaints.rules import rules_of
from dingfen.learning.model import Suggestion
from dingfen.learning.start import shipped
from dingfen.problems import Problem
from dingfen.web.acting import IN_PLACE
from dingfen.web.complaints import words
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import problem_text

MOODS = {
    "calm": pgettext_lazy("mood", "calm"),
    "upset": pgettext_lazy("mood", "moved by anger or worry"),
    "insistent": pgettext_lazy("mood", "holds fast to one demand"),
    "prepared": pgettext_lazy("mood", "with papers and articles"),
    "abusive": pgettext_lazy("mood", "insults or threatens"),
}
AXES = {
    "klass": gettext_lazy("Class"),
    "level": gettext_lazy("Level"),
    "urgency": gettext_lazy("Urgency"),
    "mood": pgettext_lazy("help", "How they speak"),
    "abuse": pgettext_lazy("help", "Insults"),
    "complaint": pgettext_lazy("help", "Complaint or not"),
}


@login_required
@require_safe
def panel(request: Request, uid: UUID) -> HttpResponse:
    """The help beside a complaint; by itself a page."""
    require(request.actor, "complaint.view")
    complaint = seen(request.actor, uid)
    mood = request.GET.get("mood", "")
    found = helping.help_for(complaint, request.actor, request.at, mood)
    context = {
        "complaint": complaint,
        "case": complaint.case,
        "help": found,
        "mood": mood,
        "moods": list(MOODS.items()),
        "heard": [MOODS[one] for one in found.moods],
        "suggestions": [_shown(complaint, axis, one) for axis, one in found.suggestions.items()],
        "alike": [_alike(one) for one in found.alike],
        "guidance": [
            {"title": words.said(one.title), "article": one.article, "do": [words.said(t) for t in one.do],
             "say": [words.said(t) for t in one.say], "sum_up": [words.said(t) for t in one.sum_up]}
            for one in found.guidance
        ],
        "may_learn": may(request.actor, learning.PERMISSION),
    }  # fmt: skip
    part = request.headers.get("HX-Request") == "true"
    return render(request, f"complaints/{'help' if part else 'help_page'}.html", context)


def _shown(complaint: Complaint, axis: str, one: Suggestion) -> dict[str, Any]:
    rules = rules_of(complaint)
    label = str(MOODS[one.label]) if one.label in MOODS else one.label
    if rules is not None and axis in learning.AXES:
        own = rules.complaints
        parts: Any = {"klass": own.classes, "level": own.levels, "urgency": own.urgencies}[axis]
        label = words.title(parts, one.label)
    return {"axis": AXES[axis], "label": label, "sure": round(one.sure * 100), "because": one.because}


def _alike(one: helping.Alike) -> dict[str, Any]:
    rules = rules_of(one.complaint)
    remedies = [words.title(rules.complaints.remedies, name) if rules else name for name in one.remedies]
    return {
        "complaint": one.complaint,
        "share": round(one.share * 100),
        "remedies": remedies,
        "fixed": dict(CallBack.Fixed.choices).get(one.fixed, "") if one.fixed else "",
    }


@login_required
@require_POST
def wording(request: Request, uid: UUID) -> HttpResponse:
    """Wordings to avoid in a reply that is being typed."""
    require(request.actor, "complaint.view")
    found = helping.wording(seen(request.actor, uid), request.POST.get("text", "")[:20_000])
    chinese = formats.chinese()
    marks = [
        {"said": one.said, "why": one.why.zh if chinese else one.why.en,
         "say": one.say.zh if chinese else one.say.en, "article": one.article}
        for one in found
    ]  # fmt: skip
    return render(request, "complaints/wording.html", {"marks": marks})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def learned(request: Request) -> HttpResponse:
    """What was learned from the own closed complaints, its figures, and learning anew."""
    require(request.actor, learning.PERMISSION)
    problem = None
    if request.method == "POST":
        try:
            learning.ask(actor=request.actor, at=request.at)
            toast(request, _("It learns now; the page shows how far it is."))
            return redirect("complaint_learning")
        except Problem as refusal:
            if refusal.status not in IN_PLACE:
                raise
            problem = refusal
    return render(
        request, "complaints/learning.html", _learning(request) | {"problem": problem and problem_text(problem)},
        status=problem.status if problem else 200,
    )  # fmt: skip


@login_required
@require_safe
def progress(request: Request) -> HttpResponse:
    """How far the learning is."""
    require(request.actor, learning.PERMISSION)
    return render(request, "complaints/learning_parts.html", _learning(request))


def _learning(request: Request) -> dict[str, Any]:
    company_id = request.actor.company_id
    own = {one.axis: one for one in Learned.objects.filter(company_id=company_id).defer("document")}
    last = Training.objects.filter(company_id=company_id).select_related("asked_by").order_by("-pk").first()
    rows = []
    for axis in learning.EVERY:
        found = own.get(axis)
        shown = {"made_at": found.made_at, **_percent(found.figures)} if found else {}
        rows.append({"axis": AXES[axis], **shown})
    for axis in ("mood", "abuse", "complaint"):
        if axis in own:
            continue
        figures = shipped(axis).figures
        plain = {name: getattr(figures, name) for name in figures.__dataclass_fields__}
        rows.append({"axis": AXES[axis], "shipped": True, **_percent(plain)})
    share = 0
    if last is not None and last.state == Training.State.RUNNING:
        share = round(100 * (last.done + last.share) / len(learning.EVERY))
    return {"rows": rows, "last": last, "share": share}


def _percent(figures: dict[str, Any]) -> dict[str, Any]:
    shares = ("answered", "right", "accuracy", "f1", "majority")
    return {"texts": figures["texts"]} | {name: round(100 * figures[name]) for name in shares}
