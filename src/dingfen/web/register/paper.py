"""A day's page of the register as a paper: its entries in order, its state, and the lines to sign on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from uuid import UUID

from django.utils.translation import gettext, pgettext

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role
from dingfen.books import queries
from dingfen.books.checking import page_root
from dingfen.papers.model import Block, Pairs, Paper, Para, Sign, Signatures, Table
from dingfen.problems import Problem
from dingfen.register.kinds import words
from dingfen.register.looks import record_look
from dingfen.register.models import Entry, Page
from dingfen.web.papers.parts import day_of, foot_of, language, sign_line
from dingfen.web.register.people import names_of
from dingfen.web.templatetags.dingfen import unit_name


def make(actor: Actor, at: dt.datetime, *, code: str, day: dt.date) -> Paper:
    """The page as far as it goes now. The look is logged. Raises Problem: 404, or 403 `page.borrow_first`."""
    access.require(actor, "register.view")
    page = queries.company_page(actor, code, day)
    if not queries.may_read(actor, page, at):
        raise Problem("page.borrow_first", 403)
    record_look(
        at=at,
        actor_id=actor.uid,
        company=page.book.company_uid,
        kind="register.page",
        subject=page.uid,
        book=page.book,
        detail={"paper": True},
    )
    entries = list(queries.visible_entries(actor, at).filter(page=page).order_by("number"))
    sealed = page.state == Page.State.SEALED
    seal = next((one for one in entries if one.kind == "page.sealed"), None)
    return Paper(
        language=language(),
        name=f"{page.book.code}-{page.day.isoformat()}",
        letterhead=f"{unit_name(queries.keeper_of(page.book).company)} · {unit_name(queries.keeper_of(page.book))}",
        title=pgettext("paper", "Register"),
        number=f"{page.book.code} {page.day.isoformat()}",
        blocks=tuple(_blocks(actor, page, entries)),
        foot=foot_of(seal or (entries[-1] if entries else None)),
        made_at=page.sealed_at or (entries[-1].recorded_at if entries else at.replace(microsecond=0)),
        mark="" if sealed else gettext("Not sealed yet; more entries may follow"),
    )


def _blocks(actor: Actor, page: Page, entries: list[Entry]) -> Iterator[Block]:
    people = names_of(
        actor, {one.actor_uid for one in entries} | ({page.closed_by} if page.closed_by else set())
    )
    closed = formats.stamp(page.closed_at) if page.closed_at else "—"
    if page.closed_by:
        closed = f"{closed}  {people.get(page.closed_by, '')}"
    yield Pairs(
        (
            (pgettext("paper", "Page"), formats.paper_day(page.day)),
            (gettext("State"), str(page.get_state_display())),
            (gettext("Entries"), f"{page.lines:,}"),
            (pgettext("page", "Closed"), closed),
            (pgettext("page", "Sealed"), formats.stamp(page.sealed_at) if page.sealed_at else "—"),
            (gettext("Root hash"), page_root(page) or "—"),
        )
    )
    yield Para("")
    head = (
        gettext("No."),
        gettext("Recorded"),
        pgettext("entry", "What"),
        pgettext("entry", "Who"),
        gettext("Occurred"),
        gettext("Marks"),
    )
    rows = tuple(_row(one, people, page) for one in entries)
    yield Table(head, rows, (3, 4, 7, 5, 5, 5), numbers=(0,))
    signers = (
        Sign(str(Role.RECEPTIONIST.label), "", line=sign_line()),
        Sign(str(Role.HEAD.label), "", line=sign_line()),
    )
    last = page.sealed_at or page.closed_at
    yield Signatures(signers, day_of(last) if last else "")


def _row(entry: Entry, people: Mapping[UUID, str], page: Page) -> tuple[str, ...]:
    occurred = formats.local(entry.occurred_at)
    same = occurred.date() == page.day
    marks = [pgettext("entry", "Imported")] if entry.imported else []
    if entry.corrects_id is not None and entry.corrects is not None:
        marks.append(gettext("corrects %(name)s") % {"name": entry.corrects.short})
    return (
        f"{entry.number:04d}",
        formats.clock_time(entry.recorded_at),
        words(entry.kind),
        people.get(entry.actor_uid, ""),
        formats.clock_time(entry.occurred_at) if same else formats.stamp(entry.occurred_at),
        formats.series(marks),
    )
