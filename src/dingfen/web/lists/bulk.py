"""A bulk action row by row: one that is gone or refused says why, and stops no other."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from dingfen.problems import Problem
from dingfen.web.lists.pieces import BulkAction, Result
from dingfen.wording import field_errors, problem_text

if TYPE_CHECKING:
    from dingfen.web.lists.page import ListPage

BULK_LIMIT = 200


def run_each(page: ListPage[Any], action: BulkAction, data: QueryDict) -> list[Result]:
    """The result of each chosen row."""
    uids = [uid for uid in data.getlist("uid")[:BULK_LIMIT] if is_uid(uid)]
    results = []
    for row in page.make_ready(list(page.rows_by_uid(uids))):
        name = page.row_name(row)
        try:
            made = action.run(actor=page.actor, at=page.at, row=row, data=data)
            results.append(Result(row, name, made=made))
        except Problem as problem:
            results.append(Result(row, name, why(problem)))
    return results


def why(problem: Problem) -> str:
    """The reason of a refusal; for a fault of input what is wrong with the field."""
    faults = [text for texts in field_errors(problem).values() for text in texts]
    return " ".join(faults) or str(problem_text(problem))


def is_uid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
