"""What the pages of a matter share: find it for its reader, run an action, say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse

from dingfen.problems import Problem, missing
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

IN_PLACE = (400, 409, 422)
"""Answers that belong on the page they came from; others (403, 404 …) have pages of their own."""
Row = TypeVar("Row", bound=Model)


def visible_one(rows: QuerySet[Row], **which: Any) -> Row:
    """The one row of those the reader may see; 404 otherwise."""
    row = rows.filter(**which).first()
    if row is None:
        raise missing()
    return row


def shown_again(request: Request, problem: Problem | None) -> dict[str, Any]:
    """What a page shows once more after a refusal: what is wrong, at which field, and what was typed."""
    if problem is None:
        return {}
    return {"problem": problem_text(problem), "errors": field_errors(problem), "typed": request.POST}


def perform(
    request: Request,
    run: Callable[[], Any],
    said: str,
    *,
    again: Callable[[Problem], HttpResponse],
    done: Callable[[Any], HttpResponse],
) -> HttpResponse:
    """Run an action: then a toast and `done` with what it gave back, or the page `again` with what is wrong."""
    try:
        result = run()
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        return again(problem)
    toast(request, said)
    return done(result)
