"""Saved replies and macros: their page, putting a reply into an answer, looking at a macro and doing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as context_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dingfen.accounts.access import may, require
from dingfen.accounts.models import Staff
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.desk import deeds, shared, steps, variables
from dingfen.complaints.models import Channel, Macro, SavedReply
from dingfen.complaints.rules import rules_at
from dingfen.problems import Problem, missing, whole_number
from dingfen.web.acting import IN_PLACE, shown_again
from dingfen.web.complaints import words
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

DOES = {
    "label": context_lazy("step", "Labels"),
    "level": context_lazy("step", "Level"),
    "assign": context_lazy("step", "Handler"),
    "pause": context_lazy("step", "Pause"),
    "note": context_lazy("step", "Note"),
    "reply": context_lazy("step", "Answer to the customer"),
    "snooze": context_lazy("step", "Snooze"),
}
UNTIL = (
    ("hour", gettext_lazy("in an hour")),
    ("tomorrow", gettext_lazy("tomorrow morning")),
    ("next_week", gettext_lazy("Monday morning")),
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request) -> HttpResponse:
    """All one sees, with forms for a new one or the one being changed."""
    require(request.actor, "complaint.handle")
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        try:
            _save(request)
            return redirect("complaint_saved")
        except Problem as problem:
            if problem.status not in IN_PLACE:
                raise
            context, status = shown_again(request, problem), problem.status
    return render(request, "complaints/saved.html", context | _context(request), status=status)


def _context(request: Request) -> dict[str, Any]:
    actor = request.actor
    editing = shared.either(actor, request.GET["edit"]) if request.GET.get("edit") else None
    rules = rules_at(request.user.unit, request.at) if request.user.unit else None
    own = rules.complaints if rules else None
    related = ("unit", "owner", "approved_by")
    replies = list(SavedReply.objects.visible_to(actor).select_related(*related))
    macros = list(Macro.objects.visible_to(actor).select_related(*related))
    for row in (*replies, *macros):
        row.mine = row.owner_id == actor.staff_id  # type: ignore[attr-defined]
        row.may_approve = shared.may_approve(actor, row)  # type: ignore[attr-defined]
    for macro in macros:
        macro.told = told(macro.steps)  # type: ignore[attr-defined]
    kept_steps = editing.steps if isinstance(editing, Macro) else []
    chosen = typed_steps(request) if request.POST.get("do") == "macro" else kept_steps
    return {
        "replies": replies,
        "macros": macros,
        "reply": editing if isinstance(editing, SavedReply) else None,
        "macro": editing if isinstance(editing, Macro) else None,
        "step": {step["do"]: step for step in chosen},
        "variables": [(f"{{{name}}}", one.words) for name, one in variables.VARIABLES.items()],
        "units": shared.units(actor),
        "staff": list(
            Staff.objects.filter(company_id=actor.company_id, is_active=True).order_by("name")[:300]
        ),
        "levels": words.choices(own.levels) if own else [],
        "pauses": words.choices(own.pauses) if own else [],
        "channels": Channel.choices,
        "until": UNTIL,
    }


def told(found: list[dict[str, Any]]) -> list[tuple[Any, str]]:
    """What each step does, in words."""
    return [(DOES[step["do"]], _detail(step)) for step in found]


def _detail(step: dict[str, Any]) -> str:
    do = step["do"]
    if do == "label":
        return " ".join([*(f"+{name}" for name in step["add"]), *(f"−{name}" for name in step["remove"])])
    if do == "assign":
        if step["to"] in (steps.ME, steps.QUEUE):
            return _("whoever does it") if step["to"] == steps.ME else _("back in the queue")
        return staff_name(Staff.objects.filter(uid=step["to"]).first())
    if do == "snooze":
        return str(dict(UNTIL)[step["until"]])
    if do == "reply":
        return str(step["zh"] or step["en"])
    return str(step.get("text") or step.get("level") or step.get("proof") or "")


def _save(request: Request) -> None:
    post = request.POST
    who: dict[str, Any] = {"actor": request.actor, "at": request.at}
    row: SavedReply | Macro
    verb = post.get("do", "")
    if verb == "approve":
        row = shared.approve(**who, uid=post.get("uid", ""), version=whole_number(post.get("version")))
        toast(request, _("Approved: %(name)s") % {"name": row.name})
    elif verb == "retire":
        row = shared.retire(**who, uid=post.get("uid", ""))
        toast(request, _("Taken out of use: %(name)s") % {"name": row.name})
    else:
        common: dict[str, Any] = {
            "name": post.get("name", ""),
            "unit_uid": post.get("unit") or None,
            "uid": post.get("uid") or None,
            "version": whole_number(post.get("version")),
        }
        if verb == "macro":
            row = shared.save_macro(**who, **common, steps=typed_steps(request))
        else:
            row = shared.save_reply(**who, **common, zh=post.get("zh", ""), en=post.get("en", ""))
        waits = row.unit_id is not None
        toast(request, _("Saved; somebody else approves it before it is used.") if waits else _("Saved"))


def typed_steps(request: Request) -> list[dict[str, Any]]:
    """The steps of the form, one of each kind, in the order they are done."""
    post = request.POST
    found: list[dict[str, Any]] = []
    if post.get("add") or post.get("remove"):
        found.append({"do": "label", "add": [post.get("add", "")], "remove": [post.get("remove", "")]})
    if post.get("level"):
        found.append({"do": "level", "level": post["level"], "reason": post.get("level_reason", "")})
    if post.get("to"):
        found.append({"do": "assign", "to": post["to"]})
    if post.get("pause"):
        found.append({"do": "pause", "reason": post["pause"], "proof": post.get("proof", "")})
    if post.get("note"):
        found.append({"do": "note", "text": post["note"]})
    if post.get("zh") or post.get("en"):
        found.append({"do": "reply", "zh": post.get("zh", ""), "en": post.get("en", ""),
                      "channel": post.get("channel", ""), "progress": post.get("progress") == "1"})  # fmt: skip
    if post.get("until"):
        found.append({"do": "snooze", "until": post["until"]})
    return found


@login_required
@require_POST
def insert(request: Request, uid: UUID, saved: UUID) -> HttpResponse:
    """Put a saved reply behind what is typed: the field alone for a script, the whole record otherwise."""
    from dingfen.web.complaints.views import show

    require(request.actor, "complaint.handle")
    complaint = seen(request.actor, uid)
    reply = next((one for one in shared.usable_replies(request.actor) if one.uid == saved), None)
    if reply is None:
        raise missing()
    filled = variables.fill(reply.zh, reply.en, complaint, request.actor, request.at)
    before = request.POST.get("text", "").rstrip()
    text = f"{before}\n{filled.text}" if before else filled.text
    if request.htmx:
        context = {"case": complaint.case, "text": text, "missing": filled.missing}
        return render(request, "complaints/reply_field.html", context)
    return show(request, complaint, place="thread", typed={"text": text}, missing=filled.missing)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def macro(request: Request, uid: UUID, macro: UUID) -> HttpResponse:
    """What a macro will do to this complaint, word for word; sent, it is done."""
    actor = request.actor
    require(actor, "complaint.handle")
    complaint = seen(actor, uid)
    found = shared.either(actor, macro)
    if not isinstance(found, Macro):
        raise missing()
    status, problem = 200, None
    if request.method == "POST":
        try:
            deed = steps.run(actor=actor, at=request.at, case_uid=uid, macro_uid=macro)
            toast(request, found.name, undo=reverse("complaint_undo", args=[deed.uid]))
            return redirect("complaint", uid)
        except Problem as refusal:
            if refusal.status not in IN_PLACE:
                raise
            status, problem = refusal.status, refusal
    doing = steps.Doing(complaint, actor, request.at)
    shown = [
        {"does": does, "detail": steps.text_of(step, doing).text if step["do"] in ("reply", "note") else detail,
         "missing": steps.text_of(step, doing).missing if step["do"] in ("reply", "note") else ()}
        for (does, detail), step in zip(told(found.steps), found.steps, strict=True)
    ]  # fmt: skip
    context = {
        "complaint": complaint, "case": complaint.case, "macro": found, "steps": shown,
        "problem": problem_text(problem) if problem else None,
        "stays": any(step["do"] not in deeds.BACK for step in found.steps),
        "faults": [text for texts in field_errors(problem).values() for text in texts] if problem else [],
    }  # fmt: skip
    return render(request, "complaints/macro.html", context, status=status)


def offered(request: Request) -> dict[str, Any]:
    """What a record offers of both."""
    if not may(request.actor, "complaint.handle"):
        return {}
    return {
        "saved_replies": shared.usable_replies(request.actor),
        "macros": shared.usable_macros(request.actor),
    }
