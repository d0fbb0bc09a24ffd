"""What is done to several rows at once: each has its own result, one refused stops no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out
from dingfen.problems import Problem
from dingfen.wording import fault_text, problem_text


class RowsIn(In):
    items: Annotated[list[UUID], Field(min_length=1, max_length=200)]


class BulkRowOut(Out):
    """What became of one row; `code` and `detail` say why nothing did."""

    uid: UUID
    done: bool
    code: str = ""
    detail: str = ""


class RowsOut(Out):
    results: list[BulkRowOut]


def each(request: ApiRequest, uids: list[UUID], name: str, run: Callable[..., Any]) -> RowsOut:
    """Call `run(actor=, at=, <name>=uid)` for each uid, each in a transaction of its own."""
    results = []
    for uid in uids:
        try:
            with transaction.atomic():
                run(actor=request.actor, at=request.at, **{name: uid})
            results.append(BulkRowOut(uid=uid, done=True))
        except Problem as problem:
            results.append(BulkRowOut(uid=uid, done=False, **refusal(problem)))
    return RowsOut(results=results)


def refusal(problem: Problem) -> dict[str, str]:
    """The code and words of a refusal; for a fault of input those of its first field."""
    for faults in problem.errors.values():
        for code, params in faults:
            return {"code": code, "detail": fault_text(code, params)}
    return {"code": problem.code, "detail": str(problem_text(problem).title)}
