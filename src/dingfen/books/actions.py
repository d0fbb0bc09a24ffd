"""Closing a page at the evening meeting, and borrowing another's page (A2). Each step is an entry."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.books import queries
from dingfen.outbox.actions import queue
from dingfen.problems import conflict, invalid, missing, refused
from dingfen.register import sealing
from dingfen.register.append import append
from dingfen.register.bodies import SYSTEM
from dingfen.register.models import Borrowing, Page

SHORTEST_REASON, LONGEST_REASON = 4, 300
MOST_HOURS = 72
_STATE = Borrowing.State


def close_page(*, actor: Actor, at: datetime, page: Page) -> Page:
    """Close a page at the evening meeting: no more reception entries by people on it.

    Only the page of the site's day, or an earlier one. Raises `Problem` page.closed, page.sealed, page.ahead.
    """
    _require(actor, "register.close_page", page)
    if page.day > at.astimezone(ZoneInfo(page.book.time_zone)).date():
        raise conflict("page.ahead", day=page.day)
    return sealing.close_page(page=page, actor_id=actor.uid, at=at)


@transaction.atomic
def ask_to_borrow(*, actor: Actor, at: datetime, page: Page, reason: str, hours: int) -> Borrowing:
    """Ask to read a page of another site for some hours. A head of that site answers.

    Raises `Problem` input.invalid (reason, hours), borrowing.needless, borrowing.exists.
    """
    access.require(actor, "register.borrow")
    if not queries.company_books(actor).filter(pk=page.book_id).exists():
        raise missing()
    _check(reason, hours)
    if queries.may_read(actor, page, at):
        raise conflict("borrowing.needless", day=page.day)
    _end_page(page, actor.uid, at)
    try:
        with transaction.atomic():
            borrowing = Borrowing.objects.create(
                page=page, borrower_uid=actor.uid, reason=reason.strip(), hours=hours, asked_at=at
            )
    except IntegrityError as error:
        raise conflict("borrowing.exists", day=page.day) from error
    for lender in queries.lenders(page).exclude(uid=actor.uid)[:20]:
        queue(
            recipient=lender,
            event="page.borrow_asked",
            at=at,
            key=f"page.borrow_asked:{borrowing.uid}",
            subject=("borrowing", borrowing.uid),
            params={
                "borrower": actor.name,
                "day": page.day.isoformat(),
                "left": hours * 3600,
            },
        )
    _enter(borrowing, "borrowing.asked", actor.uid, at, {"hours": hours}, reason=reason.strip())
    return borrowing


@transaction.atomic
def answer_borrowing(*, actor: Actor, at: datetime, uid: uuid.UUID, lend: bool) -> Borrowing:
    """Lend the page from now on for the hours asked, or refuse. Nobody answers for themselves.

    Raises `Problem` not_visible, own_matter, role.needed, borrowing.answered.
    """
    borrowing = _locked(actor, uid)
    if borrowing.borrower_uid == actor.uid:
        raise refused("own_matter")
    borrower = Staff.objects.filter(uid=borrowing.borrower_uid).first()
    judge = access.not_own_matter(actor, [borrower.pk]) if borrower else actor
    _require(judge, "register.lend", borrowing.page)
    if borrowing.state != _STATE.ASKED:
        raise conflict("borrowing.answered")
    borrowing.state = _STATE.LENT if lend else _STATE.REFUSED
    borrowing.answered_at, borrowing.answered_by = at, actor.uid
    borrowing.until = at + timedelta(hours=borrowing.hours) if lend else None
    borrowing.save(update_fields=["state", "answered_at", "answered_by", "until"])
    if borrower:
        queue(
            recipient=borrower,
            event="page.lent",
            at=at,
            key=f"page.lent:{borrowing.uid}",
            subject=("borrowing", borrowing.uid),
            params={"day": borrowing.page.day.isoformat()},
        )
    kind = "borrowing.lent" if lend else "borrowing.refused"
    _enter(borrowing, kind, actor.uid, at, {"hours": borrowing.hours} if lend else {})
    return borrowing


@transaction.atomic
def give_back(*, actor: Actor, at: datetime, uid: uuid.UUID) -> Borrowing:
    """End one's own borrowing, or withdraw the request, before its time.

    Raises `Problem` not_visible, borrowing.ended.
    """
    borrowing = _locked(actor, uid)
    if borrowing.borrower_uid != actor.uid:
        raise refused("borrowing.not_yours")
    if borrowing.state not in (_STATE.ASKED, _STATE.LENT):
        raise conflict("borrowing.ended")
    _end(borrowing, actor.uid, at)
    return borrowing


def end_due_borrowings(at: datetime) -> int:
    """Write down that borrowings have ended (periodic). Reading stops at `until` in any case."""
    ended = 0
    due = Borrowing.objects.filter(state=_STATE.LENT, until__lte=at).values_list("pk", flat=True)
    for pk in due:
        with transaction.atomic():
            rows = Borrowing.objects.select_for_update(of=("self",)).select_related("page__book")
            borrowing = rows.filter(pk=pk, state=_STATE.LENT).first()
            if borrowing:
                _end(borrowing, SYSTEM, at)
                ended += 1
    return ended


def end_all_of(borrower: uuid.UUID, actor_id: uuid.UUID, at: datetime) -> int:
    """End whatever somebody who leaves has borrowed or asked for; in the caller's transaction."""
    rows = Borrowing.objects.select_for_update(of=("self",)).select_related("page__book").order_by("pk")
    found = list(rows.filter(borrower_uid=borrower, state__in=(_STATE.ASKED, _STATE.LENT)))
    for borrowing in found:
        _end(borrowing, actor_id, at)
    return len(found)


def _end(borrowing: Borrowing, actor_id: uuid.UUID, at: datetime) -> None:
    borrowing.state = _STATE.ENDED
    borrowing.save(update_fields=["state"])
    _enter(borrowing, "borrowing.ended", actor_id, at, {})


def _end_page(page: Page, borrower: uuid.UUID, at: datetime) -> None:
    """An earlier borrowing that has run out makes room for a new request."""
    rows = Borrowing.objects.select_for_update(of=("self",)).select_related("page__book")
    for borrowing in rows.filter(page=page, borrower_uid=borrower, state=_STATE.LENT, until__lte=at):
        _end(borrowing, SYSTEM, at)


def _locked(actor: Actor, uid: uuid.UUID) -> Borrowing:
    rows = Borrowing.objects.select_for_update(of=("self",)).select_related("page__book")
    borrowing = rows.filter(uid=uid, page__book__in=queries.company_books(actor)).first()
    if borrowing is None:
        raise missing()
    return borrowing


def _require(actor: Actor, permission: str, page: Page) -> None:
    """The permission over the book's site or, for heads of its departments, within it."""
    if not queries.company_books(actor).filter(pk=page.book_id).exists():
        raise missing()
    access.require(actor, permission)
    keeper = queries.keeper_of(page.book)
    if not actor.is_system and not queries.reaches(actor, keeper, access.PERMISSIONS[permission]):
        access.require(actor, permission, company_id=keeper.company_id, path=keeper.path)


def _check(reason: str, hours: int) -> None:
    errors: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    if len(reason.strip()) < SHORTEST_REASON:
        errors["reason"] = [("borrowing.reason", {"limit": SHORTEST_REASON})]
    elif len(reason.strip()) > LONGEST_REASON:
        errors["reason"] = [("too_long", {"limit": LONGEST_REASON})]
    if not 1 <= hours <= MOST_HOURS:
        errors["hours"] = [("borrowing.hours", {"limit": MOST_HOURS})]
    if errors:
        raise invalid(errors)


def _enter(
    borrowing: Borrowing,
    kind: str,
    actor_id: uuid.UUID,
    at: datetime,
    facts: dict[str, object],
    reason: str = "",
) -> None:
    page = borrowing.page
    append(
        book=page.book,
        kind=kind,
        actor_id=actor_id,
        occurred_at=at,
        recorded_at=at,
        subject=("borrowing", borrowing.uid),
        facts={"page": page.day.isoformat(), "borrower": str(borrowing.borrower_uid), **facts},
        personal={"reason": reason} if reason else None,
        personal_subject=borrowing.borrower_uid if reason else None,
    )
