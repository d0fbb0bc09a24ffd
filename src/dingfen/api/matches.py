"""Possible matches to check: list them, say that two are not the same, or merge them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field

from dingfen.api.customer_schemas import MergeOut
from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, page, read, write
from dingfen.ownership import actions
from dingfen.ownership.matches.rows import MatchReview

router = Router(tags=["ownership"])
State = Literal["open", "same", "other", "related", "void"]
Kind = Literal["same", "household", "firm_group"]


class MatchOut(Out):
    """`customer` may be `other`, or belong together with it (`kind`); `reasons` are codes, strongest first.

    `registration` is the hold it came up with, where there is one; matches of one `group` are looked at together.
    """

    uid: UUID
    customer: UUID
    customer_number: str
    masked_name: str
    registration: UUID | None
    other: UUID
    other_number: str
    other_masked_name: str
    kind: Kind
    group: UUID
    sure: int
    reasons: list[str]
    state: State
    opened_at: datetime
    settled_at: datetime | None


class MatchesIn(Window):
    state: State | None = None
    kind: Kind | None = None
    group: UUID | None = None


class SameIn(In):
    reason: Annotated[str, Field(min_length=1, max_length=300)]


def _match(row: MatchReview) -> MatchOut:
    customer, other = row.customer, row.other
    return MatchOut(
        uid=row.uid,
        customer=customer.uid,
        customer_number=customer.number,
        masked_name=customer.masked_name,
        registration=row.registration.uid if row.registration else None,
        other=other.uid,
        other_number=other.number,
        other_masked_name=other.masked_name,
        kind=row.kind,
        group=row.group,
        sure=row.sure,
        reasons=row.reasons,
        state=row.state,
        opened_at=row.opened_at,
        settled_at=row.settled_at,
    )


@read(router, "/matches", out=Page[MatchOut], permission="customer.merge")
def list_matches(request: ApiRequest, narrow: Query[MatchesIn]) -> Page[MatchOut]:
    """Customers that may be one already there, or belong together, newest first."""
    rows = MatchReview.objects.visible_to(request.actor).select_related("registration", "customer", "other")
    given = {name: getattr(narrow, name) for name in ("state", "kind", "group")}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    return page(request, rows, narrow, _match)


@write(router, "/matches/{uid}/not-same", out=MatchOut, permission="customer.merge")
def not_same(request: ApiRequest, uid: UUID) -> MatchOut:
    """They are two customers: nobody is asked about these two again."""
    return _match(actions.not_same(actor=request.actor, at=request.at, review_uid=uid))


@write(router, "/matches/{uid}/same", out=MergeOut, permission="customer.merge", status=201)
def same(request: ApiRequest, uid: UUID, match: SameIn) -> MergeOut:
    """They are one: merge the newer record into the one that was there. Can be undone for seven days."""
    row = actions.same(actor=request.actor, at=request.at, review_uid=uid, reason=match.reason)
    return MergeOut(
        uid=row.uid, kept=row.kept.uid, gone=row.gone.uid, merged_at=row.merged_at, undone_at=row.undone_at
    )
