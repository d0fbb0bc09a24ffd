"""What cases say about the rules: the list of questions, one question with its cases, the answer."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.clocks.models import Clock
from dingfen.complaints.models import Action
from dingfen.database import kept
from dingfen.policies import editing, reviewing
from dingfen.policies.models import PolicyVersion
from dingfen.policies.queries import pack_of
from dingfen.policies.review_rows import Review, ReviewCase
from dingfen.problems import Problem, missing, whole_number
from dingfen.web.disputes import words
from dingfen.web.lists import Choice, Column, Dates, Empty, ListPage, TextFilter, View
from dingfen.web.lists.pieces import ENOUGH
from dingfen.web.policies.views import language
from dingfen.web.request import Request
from dingfen.web.subjects import resolve
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

State = Review.State
COLOURS = {State.OPEN: "orange", State.TAKEN_UP: "green", State.STAYS: "grey"}
CAUSES = {"overturned": "red", "departure": "orange", "not_covered": "yellow", "lesson": "accent"}
CAUSES |= {"milder": "orange", "appealed": "yellow", "reopened": "orange", "root_cause": "yellow"}


def waiting(actor: Actor, at: dt.datetime) -> int:
    """How many questions wait for an answer."""
    if not access.may(actor, reviewing.VIEW):
        return 0
    return kept.count(_waiting, actor.company_id, most=ENOUGH)


def _waiting(company_id: int | None) -> QuerySet[Any]:
    return Review.objects.filter(company_id=company_id, state=State.OPEN)


class Reviews(ListPage[Review]):
    key = "reviews"
    title = _("Questions from cases")
    permission = reviewing.VIEW
    row_template = "policies/review_row.html"
    default_sort = "-opened"
    columns = (
        Column("article", _("Article"), value="article"),
        Column("pack", _("Rule book"), value="pack"),
        Column(
            "cases",
            pgettext_lazy("review", "Cases"),
            value=lambda row: row.n_cases,
            sort="n_cases",
            down=True,
        ),
        Column("causes", pgettext_lazy("review", "Why"), value=lambda row: row.why),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("opened", pgettext_lazy("review", "Since"), value="opened_at", sort="opened_at", down=True),
    )
    filters = (
        Choice("state", _("State"), "state", State.choices),
        Choice("cause", pgettext_lazy("review", "Why"), "cases__cause", ReviewCase.Cause.choices),
        TextFilter(
            "article", _("Article"), lambda rows, value, _actor: rows.filter(article__icontains=value)
        ),
        Dates("opened", pgettext_lazy("review", "Since"), "opened_at"),
    )
    views = (
        View("open", pgettext_lazy("review", "Open"), {"state": State.OPEN.value}, count=waiting, hot=True),
        View("all", pgettext_lazy("view", "All"), {"sort": "-opened"}),
    )
    empty = Empty(
        _("No case puts a rule in question."),
        _("Overturned rulings, departures, gaps and lessons come here by themselves."),
        icon="check",
        colour="green",
    )

    def queryset(self) -> QuerySet[Review]:
        return reviewing.reviews(self.actor).annotate(n_cases=Count("cases", distinct=True)).distinct()

    def row_name(self, row: Review) -> str:
        return row.article or gettext("no article")

    def prepare(self, rows: list[Review]) -> None:
        found = (
            ReviewCase.objects.filter(review__in=rows).values("review_id", "cause").annotate(n=Count("pk"))
        )
        labels = dict(ReviewCase.Cause.choices)
        versions = _newest(self.actor, {row.pack for row in rows})
        for row in rows:
            mine = [one for one in found if one["review_id"] == row.pk]
            row.why = formats.series(f"{labels[one['cause']]} {one['n']}" for one in mine)  # type: ignore[attr-defined]
            row.colour = COLOURS[State(row.state)]  # type: ignore[attr-defined]
            row.book = versions.get(row.pack)  # type: ignore[attr-defined]
            row.about = _article(versions.get(row.pack), row.article)  # type: ignore[attr-defined]


def _newest(actor: Actor, packs: set[str]) -> dict[str, PolicyVersion]:
    """The last version of each rule book, for its title and the titles of its articles."""
    found = PolicyVersion.objects.filter(company_id=actor.company_id, pack__in=packs).order_by("pk")
    return {one.pack: one for one in found.defer("document")}


@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    """The article, the cases that speak about it, and the answer."""
    return _show(request, uid)


def _show(request: Request, uid: UUID, problem: Problem | None = None) -> HttpResponse:
    review = reviewing.reviews(request.actor).filter(uid=uid).first()
    if review is None:
        raise missing()
    cases = list(review.cases.select_related("policy", "noted_by__unit").order_by("-at", "-pk"))
    seen = resolve(request.actor, ((one.case_kind, one.case_uid) for one in cases))
    judged = next((one.policy for one in cases if one.policy), None)
    context: dict[str, Any] = {
        "review": review,
        "colour": COLOURS[State(review.state)],
        "article": _article(judged, review.article),
        "judged": judged,
        "rows": [_row(one, seen.get((one.case_kind, one.case_uid))) for one in cases],
        "counts": _counts(cases),
        "clock": Clock.objects.live().filter(subject_uid=review.uid).first(),
        "may_answer": review.state == State.OPEN and access.may(request.actor, reviewing.SETTLE),
        "may_write": (may_write := access.may(request.actor, editing.PERMISSION)),
        "sources": list(editing.sources(request.actor).defer("files")[:10]) if may_write else None,
        "answers": reviewing.answers(review)[:20],
        "typed": request.POST,
    }
    if problem is not None:
        context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
    return render(request, "policies/review.html", context, status=problem.status if problem else 200)


def _article(version: PolicyVersion | None, name: str) -> dict[str, str] | None:
    """The text of the article as it stood for the newest case."""
    found = pack_of(version).article_index.get(name) if version else None
    if found is None:
        return None
    return {"title": getattr(found.title, language()), "text": getattr(found.text, language())}


def _counts(cases: list[ReviewCase]) -> list[dict[str, Any]]:
    return [
        {"label": label, "colour": CAUSES[cause], "n": number}
        for cause, label in ReviewCase.Cause.choices
        if (number := sum(one.cause == cause for one in cases))
    ]


def _row(one: ReviewCase, subject: Any) -> dict[str, Any]:
    told = one.told
    return {
        "row": one,
        "colour": CAUSES[one.cause],
        "url": subject.url if subject else "",
        "proposed": words.DECLINED.get(told.get("declined", ""), "")
        or _side(told.get("proposed"), one.policy),
        "given": _side(told.get("given"), one.policy) or _cause(told.get("cause", "")),
    }


def _side(side: dict[str, Any] | None, policy: PolicyVersion | None) -> str:
    """What was proposed or given: who holds and who shares, a measure, a grade."""
    if not side:
        return ""
    if "measure" in side:
        amount = f"{side['amount']} {side['currency']}" if side["amount"] else ""
        named = (
            str(words.MEASURES.get(side["measure"], side["measure"]))
            if side["measure"]
            else pgettext("review", "nothing")
        )
        return f"{named} {amount}".strip()
    if "holder" not in side:
        return formats.series(_title(policy, axis, value) for axis, value in side.items())
    parts = [gettext("%(who)s holds") % {"who": _mark(side["holder"])}] if side["holder"] else []
    parts += [f"{_mark(who)} {share:g}%" for who, share in side["split"]]
    return formats.series(parts)


def _title(policy: PolicyVersion | None, axis: str, value: str) -> str:
    """What the rule book calls a level or an urgency."""
    rules = pack_of(policy).complaints if policy else None
    known = (rules.levels if axis == "level" else rules.urgencies) if rules else ()
    return next((getattr(one.title, language()) for one in known if one.id == value), value)


def _cause(cause: str) -> str:
    return str(Action.Cause(cause).label) if cause in Action.Cause.values else ""


def _mark(letter: str) -> str:
    """A → 甲 for a Chinese reader."""
    return words.mark(ord(letter) - ord("A")) if letter.isalpha() else letter


@require_POST
def settle(request: Request, uid: UUID) -> HttpResponse:
    """Answer: taken up in a version, or it stays."""
    taken = request.POST.get("taken_up_in", "") if request.POST.get("answer") == "taken_up" else ""
    try:
        if request.POST.get("answer") == "taken_up" and not taken:
            raise Problem("input.invalid", 422, errors={"taken_up_in": [("required", {})]})
        reviewing.settle(
            actor=request.actor,
            at=request.at,
            review_uid=uid,
            reason=request.POST.get("reason", ""),
            taken_up_in=taken or None,
            version=whole_number(request.POST.get("version", "")),
        )
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return _show(request, uid, problem)
    toast(request, gettext("Answered"))
    return redirect("policy_review", uid)
