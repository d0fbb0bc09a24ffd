"""One sanction: what is proposed and on what grounds, the person's answer, the decision, the appeal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.models import Staff
from dingfen.clocks.models import Clock
from dingfen.filetypes import PREVIEWED
from dingfen.ownership import actions
from dingfen.ownership.breach_grounds import breached_duty, code_of, grounds_of
from dingfen.ownership.models import Dispute
from dingfen.ownership.rules import rules_at
from dingfen.ownership.sanction_rows import Sanction
from dingfen.ownership.sanctions import may_decide, rule_of, seat
from dingfen.problems import Problem, invalid, missing
from dingfen.register import kinds
from dingfen.register.queries import entries_of
from dingfen.web.acting import IN_PLACE, perform, visible_one
from dingfen.web.disputes.card import proof
from dingfen.web.disputes.evidence import read_file
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

State = Sanction.State
RELATED = (
    "case__unit__company",
    "case__company",
    "staff__unit",
    "accuser",
    "decided_by",
    "final_by",
    "policy",
    "dispute__case",
    "dispute__deal",
    "effect__ruling",
)


def one(request: Request, uid: UUID) -> Sanction:
    """The sanction, for whom it concerns (404 otherwise)."""
    access.require(request.actor, "sanction.view")
    return visible_one(Sanction.objects.visible_to(request.actor).select_related(*RELATED), case__uid=uid)


@login_required
@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    return show(request, one(request, uid))


def show(request: Request, row: Sanction, problem: Problem | None = None, form: str = "") -> HttpResponse:
    at = request.at
    rule, found = rule_of(row), seat(row, at)
    language = "zh" if formats.chinese() else "en"
    files = list(row.case.attachments.select_related("added_by").order_by("pk"))
    for file in files:
        file.preview = file.content_type in PREVIEWED and file.erased_at is None  # type: ignore[attr-defined]
    clocks = Clock.objects.live().filter(subject_uid=row.case.uid)
    context: dict[str, Any] = {
        "sanction": row,
        "case": row.case,
        "title": getattr(rule.title, language) if rule else row.code,
        "article_text": _article(row, language),
        "stages": stages(row),
        "clock": clocks.order_by("deadline").first(),
        "files": files,
        "who": formats.series(staff_name(staff) for staff in found.people) if found else "",
        "mode": _mode(row, request, at),
        "measures": [pair for pair in Sanction.Measure.choices if pair[0] != "head_decides"],
        "events": _events(request, row),
        "form": form,
        "typed": request.POST,
        "attachment_mb": _megabytes(),
    }
    if problem is not None:
        context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
    return render(request, "sanctions/detail.html", context, status=problem.status if problem else 200)


def _megabytes() -> int:
    from django.conf import settings

    return int(settings.ATTACHMENT_LIMIT) >> 20


def _article(row: Sanction, language: str) -> str:
    from dingfen.policies.queries import pack_of

    found = pack_of(row.policy).article_index.get(row.article) if row.policy else None
    return getattr(found.text, language) if found else ""


def _mode(row: Sanction, request: Request, at: dt.datetime) -> str:
    """What this reader may do now."""
    staff_id = request.actor.staff_id
    if row.staff_id == staff_id:
        if row.state in (State.HEARING, State.DECIDING):
            return "answer"
        return "appeal" if row.state == State.DECIDED else ""
    if row.state == State.HEARING:
        return "wait"
    if row.state in (State.DECIDING, State.APPEALED) and may_decide(row, staff_id, at):
        return "decide" if row.state == State.DECIDING else "final"
    return "wait" if row.state in (State.DECIDING, State.APPEALED) else ""


def stages(row: Sanction) -> list[dict[str, Any]]:
    order = [
        (pgettext("stage", "Proposed"), formats.when(row.case.opened_at)),
        (pgettext("stage", "Heard"), formats.when(row.answered_at) if row.answered_at else ""),
        (pgettext("stage", "Decision"), formats.when(row.decided_at) if row.decided_at else ""),
        (pgettext("stage", "Appeal"), formats.when(row.appealed_at) if row.appealed_at else ""),
        (pgettext("stage", "Final"), formats.when(row.final_at) if row.final_at else ""),
    ]
    now = {State.HEARING: 1, State.DECIDING: 2, State.DECIDED: 3, State.APPEALED: 3}.get(State(row.state), 5)
    return [
        {"label": label, "note": note, "state": "done" if i < now else "now" if i == now else "ahead"}
        for i, (label, note) in enumerate(order)
    ]


def _events(request: Request, row: Sanction) -> list[dict[str, Any]]:
    entries = list(entries_of(row.case.uid))
    people = {one.uid: one for one in Staff.objects.filter(uid__in={entry.actor_uid for entry in entries})}
    shown = []
    for entry in reversed(entries):
        seen, who = proof(entry), people.get(entry.actor_uid)
        shown.append(
            {
                "at": entry.recorded_at,
                "who": staff_name(who) if who else gettext("System"),
                "text": kinds.words(entry.kind),
                "key": who is not None,
                "entry": seen.name,
                "entry_url": seen.url,
                "sealed": seen.sealed,
            }
        )
    return shown


def act(request: Request, uid: UUID, form: str, said: str, run: Callable[[], object]) -> HttpResponse:
    return perform(
        request,
        run,
        said,
        again=lambda problem: show(request, one(request, uid), problem, form),
        done=lambda _: redirect("sanction", uid),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A head proposes a sanction, often from the page of a dispute."""
    access.require(request.actor, "sanction.propose")
    typed: Any = request.POST if request.method == "POST" else request.GET
    context = {"typed": typed, "errors": {}, **_choices(request, typed.get("dispute", ""))}
    if uid := typed.get("duty"):
        context["duty"] = duty = breached_duty(request.actor, _uid(uid))
        if request.method != "POST":
            context["typed"] = {
                "staff": str(duty.receiver.uid), "code": code_of(duty), "grounds": grounds_of(duty),
            }  # fmt: skip
            context["people"] = [duty.receiver]
    if request.method != "POST":
        return render(request, "sanctions/new.html", context)
    try:
        made = actions.propose_sanction(
            actor=request.actor,
            at=request.at,
            staff=typed.get("staff", ""),
            code=typed.get("code", ""),
            grounds=typed.get("grounds", ""),
            dispute_uid=typed.get("dispute") or None,
            duty_uid=typed.get("duty") or None,
        )
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
        return render(request, "sanctions/new.html", context, status=problem.status)
    toast(request, gettext("Proposed; the person is heard first"))
    return redirect("sanction", made.case.uid)


def _choices(request: Request, dispute: str) -> dict[str, Any]:
    """Whom a head may name, and for what."""
    actor, language = request.actor, "zh" if formats.chinese() else "en"
    paths = tuple(actor.paths("head", "general_manager"))
    rows = Staff.objects.filter(company_id=actor.company_id, is_active=True).exclude(pk=actor.staff_id or 0)
    people = [
        one
        for one in rows.select_related("unit").order_by("pk")
        if one.unit and one.unit.path.startswith(paths)
    ]
    found = None
    if dispute:
        found = (
            Dispute.objects.visible_to(actor).filter(case__uid=_uid(dispute)).select_related("case").first()
        )
        if found is not None:
            claimants = [claim.claimant for claim in found.claims.select_related("claimant__unit")]
            people = claimants + [one for one in people if one.pk not in {staff.pk for staff in claimants}]
    unit = request.user.unit
    rules = rules_at(unit, request.at) if unit else None
    sanctions = rules.ownership.sanctions if rules else ()
    codes = [(rule.id, getattr(rule.title, language), rule.article) for rule in sanctions]
    return {"people": people, "codes": codes, "dispute": found}


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise missing() from None


@login_required
@require_POST
def answer(request: Request, uid: UUID) -> HttpResponse:
    """The person's answer, with files first."""
    row = one(request, uid)

    def run() -> None:
        for file in request.FILES.getlist("files"):
            actions.attach_to_sanction(
                actor=request.actor, at=request.at, sanction_uid=row.case.uid, file=read_file(file)
            )
        actions.answer_sanction(
            actor=request.actor, at=request.at, sanction_uid=uid, answer=request.POST.get("answer", "")
        )

    return act(request, uid, "answer", gettext("Answered"), run)


def _terms(request: Request) -> dict[str, Any]:
    """What was chosen in the form of a decision. Raises faults at `amount`, `days`, `from_on`."""
    given = request.POST
    return {
        "actor": request.actor,
        "at": request.at,
        "outcome": given.get("outcome", ""),
        "reason": given.get("reason", ""),
        "measure": given.get("measure", ""),
        "amount": _read("amount", given.get("amount", ""), Decimal),
        "days": _read("days", given.get("days", ""), int),
        "from_on": _read("from_on", given.get("from_on", ""), dt.date.fromisoformat),
        "version": _read("version", given.get("version", ""), int),
    }


def _read(field: str, text: str, kind: Callable[[str], Any]) -> Any:
    if not text.strip():
        return None
    try:
        return kind(text.strip())
    except (ValueError, InvalidOperation):
        raise invalid({field: [("invalid", {})]}) from None


@login_required
@require_POST
def decide(request: Request, uid: UUID) -> HttpResponse:
    one(request, uid)
    return act(
        request,
        uid,
        "decide",
        gettext("Decided"),
        lambda: actions.decide_sanction(sanction_uid=uid, **_terms(request)),
    )


@login_required
@require_POST
def appeal(request: Request, uid: UUID) -> HttpResponse:
    one(request, uid)
    return act(
        request,
        uid,
        "appeal",
        gettext("Appeal raised; nothing takes effect meanwhile"),
        lambda: actions.appeal_sanction(
            actor=request.actor, at=request.at, sanction_uid=uid, grounds=request.POST.get("grounds", "")
        ),
    )


@login_required
@require_POST
def final(request: Request, uid: UUID) -> HttpResponse:
    one(request, uid)
    return act(
        request,
        uid,
        "decide",
        gettext("Final decision given"),
        lambda: actions.settle_sanction_appeal(sanction_uid=uid, **_terms(request)),
    )
