"""Corrective actions over all complaints; what comes up again and again; lessons for training."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from dingfen import formats
from dingfen.accounts.access import may, require
from dingfen.complaints import lessons, recurrence
from dingfen.complaints.listing import corrective_actions
from dingfen.complaints.models import Action, Rise
from dingfen.complaints.rules import rules_at
from dingfen.parties.sealing import sealers
from dingfen.problems import Problem
from dingfen.web.acting import perform, shown_again
from dingfen.web.complaints import words
from dingfen.web.lists import Choice, Column, Custom, Dates, Empty, ListPage, View
from dingfen.web.lists.filters import Rows
from dingfen.web.request import Request
from dingfen.web.toasts import toast

State = Action.State
MINE = (("own", gettext_lazy("I do it")), ("asked", gettext_lazy("I asked for it")))
SELDOM = 0.0001
"""Below this a chance is told as less than it."""
LATE = (("yes", gettext_lazy("Late")), ("no", gettext_lazy("In time")))


def _late(rows: Rows, value: str, actor: Any, at: Any) -> Rows:
    late = Q(state=State.OPEN, due_at__lt=at) | Q(state=State.TO_CHECK, check_at__lt=at)
    return rows.filter(late) if value == "yes" else rows.exclude(late)


def _mine(rows: Rows, value: str, actor: Any, at: Any) -> Rows:
    return rows.filter(owner_id=actor.staff_id) if value == "own" else rows.filter(added_by_id=actor.staff_id)


class Actions(ListPage[Action]):
    key = "corrective_actions"
    title = gettext_lazy("Corrective actions")
    permission = "complaint.view"
    export_permission = "customer.export"
    row_template = "complaints/action_row.html"
    template = "complaints/actions.html"
    default_sort = "due"
    columns = (
        Column("number", gettext_lazy("Number")),
        Column("what", gettext_lazy("What is done"), value=lambda row: row.words.get("what", "")),
        Column("cause", pgettext_lazy("rise", "Root cause"), value=lambda row: row.get_cause_display()),
        Column("owner", gettext_lazy("Owner"), value="owner__name"),
        Column("due", gettext_lazy("Deadline"), value="due_at", sort="due_at"),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("check", gettext_lazy("Re-check"), value="check_at", sort="check_at"),
        Column("again", gettext_lazy("Same cause after the re-check"), value=lambda row: row.again),
        Column("complaint", gettext_lazy("Complaint"), value="complaint__case__number"),
    )  # fmt: skip
    filters = (
        Choice("state", gettext_lazy("State"), "state", State.choices),
        Choice("cause", pgettext_lazy("rise", "Root cause"), "cause", Action.Cause.choices),
        Custom("mine", gettext_lazy("Mine"), MINE, _mine),
        Custom("late", gettext_lazy("Late"), LATE, _late),
        Dates("due", gettext_lazy("Deadline"), "due_at", ahead=True),
    )  # fmt: skip
    views = (
        View("open", pgettext_lazy("view", "Open"), {"state": "open,to_check"}),
        View("mine", gettext_lazy("I do it"), {"mine": "own", "state": "open,to_check"}),
        View("late", gettext_lazy("Late"), {"late": "yes"}),
        View("no_effect", pgettext_lazy("corrective action", "Not effective"), {"state": "not_effective"}),
        View("all", pgettext_lazy("view", "All"), {"sort": "-due"}),
    )
    empty = Empty(
        gettext_lazy("No corrective action is open."),
        gettext_lazy("It is added on the record of a complaint, once its cause is known."),
        icon="tool",
    )

    def queryset(self) -> QuerySet[Action]:
        related = ("owner", "added_by", "checked_by", "complaint__case")
        return corrective_actions(self.actor).select_related(*related)

    def context(self) -> dict[str, Any]:
        return {"may_rises": may(self.actor, "insight.view")}

    def prepare(self, rows: list[Action]) -> None:
        keys = sealers({row.complaint.case.uid for row in rows})
        again = recurrence.came_back(rows)
        for row in rows:
            key = keys.get(row.complaint.case.uid)
            row.words = key.open(row.sealed) if key else {}  # type: ignore[attr-defined]
            row.again = again.get(row.pk) or ""  # type: ignore[attr-defined]
            row.late = row.state == State.OPEN and row.due_at <= self.at  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rises(request: Request) -> HttpResponse:
    """What rose beyond chance against its own past, with its cases; what is done about it."""
    require(request.actor, "insight.view")
    if request.method != "POST":
        return _rises(request)
    given = {"rise_uid": request.POST.get("rise", ""), "text": request.POST.get("text", "")}
    return perform(
        request, lambda: recurrence.answer(actor=request.actor, at=request.at, **given), _("Entered"),
        again=lambda problem: _rises(request, problem), done=lambda _row: redirect("complaint_rises"),
    )  # fmt: skip


def _rises(request: Request, problem: Problem | None = None) -> HttpResponse:
    rows = Rise.objects.visible_to(request.actor).select_related("unit", "answered_by")
    found = [*rows.filter(answered_at=None)[:50], *rows.exclude(answered_at=None)[:20]]
    for row in found:
        row.words = value_words(request, row)
        if row.answered_at is None:
            row.cases = list(recurrence.cases(row, request.actor)[:20])
        row.odds = f"{row.chance * 100:.2g} %" if row.chance >= SELDOM else f"< {SELDOM * 100:g} %"
        row.mean = f"{row.before:.1f}"
        row.bars = bars(row)
    context = {"rises": found, **shown_again(request, problem)}
    return render(request, "complaints/rises.html", context, status=problem.status if problem else 200)


def bars(row: Rise) -> list[dict[str, Any]]:
    """The periods as bars, oldest first: where each stands, how high (of 48), how many, when it began."""
    most = max(row.counts, default=0) or 1
    length = row.end - row.start
    return [
        {
            "x": 44 * n, "middle": 44 * n + 18, "y": 64 - round(48 * count / most), "height": round(48 * count / most),
            "top": 60 - round(48 * count / most), "count": count, "last": n == len(row.counts) - 1,
            "from": row.end - length * (len(row.counts) - n),
        }
        for n, count in enumerate(row.counts)
    ]  # fmt: skip


def value_words(request: Request, row: Rise) -> str:
    """What rose, in words."""
    if row.axis == Rise.Axis.CAUSE:
        return str(dict(Action.Cause.choices).get(row.value, row.value))
    if row.axis == Rise.Axis.UNIT:
        name = row.unit and (row.unit.name if formats.chinese() else row.unit.name_en or row.unit.name)
        return str(name or row.value)
    if row.axis == Rise.Axis.KLASS and request.user.unit:
        rules = rules_at(request.user.unit, request.at)
        return words.title(rules.complaints.classes, row.value) if rules else row.value
    return row.value


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def listed_lessons(request: Request) -> HttpResponse:
    """Cases for training, by class and cause."""
    rows = lessons.lessons(request.actor)
    if request.method == "POST":
        lessons.retire_lesson(actor=request.actor, at=request.at, lesson_uid=request.POST.get("lesson", ""))
        toast(request, _("Taken out of use"))
        return redirect("complaint_lessons")
    cause = request.GET.get("cause", "")
    text = request.GET.get("words", "").strip()
    if cause in Action.Cause.values:
        rows = rows.filter(cause=cause)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(happened__icontains=text) | Q(better__icontains=text))
    rules = rules_at(request.user.unit, request.at) if request.user.unit else None
    shown = list(rows[:100])
    for row in shown:
        row.class_words = words.title(rules.complaints.classes, row.klass) if rules else row.klass  # type: ignore[attr-defined]
        row.mine = row.by_id == request.actor.staff_id  # type: ignore[attr-defined]
    context = {"lessons": shown, "causes": Action.Cause.choices, "cause": cause, "words": text}
    return render(request, "complaints/lessons.html", context)


def rises_shown(actor: Any, uids: Any) -> Any:
    """How a notice is shown elsewhere."""
    from dingfen.web.subjects import Subject

    rows = Rise.objects.visible_to(actor).filter(uid__in=uids)
    url = reverse("complaint_rises")
    return {
        row.uid: Subject(label=str(row.get_axis_display()), number=row.value, url=f"{url}#rise-{row.uid}",
                         icon="trending-up", stage=f"{row.now} / {row.before:.1f}")
        for row in rows
    }  # fmt: skip
