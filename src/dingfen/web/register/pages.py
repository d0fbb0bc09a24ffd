"""The books with their pages, and one page of a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.books import actions, queries
from dingfen.problems import Problem
from dingfen.register.kinds import KINDS, words
from dingfen.register.looks import record_look
from dingfen.register.models import Borrowing, Checkpoint, Entry, Page
from dingfen.web.lists import Empty, ListPage
from dingfen.web.lists.filters import Choice, Custom, Options
from dingfen.web.lists.paging import Column
from dingfen.web.register.people import names_of
from dingfen.web.request import Request
from dingfen.web.toasts import toast


def _books(actor: Actor) -> list[tuple[str, str]]:
    return [(book.code, book.name) for book in queries.readable_books(actor)]


class PageList(ListPage[Page]):
    key = "register"
    title = _("Register")
    permission = "register.view"
    template = "register/books.html"
    row_template = "register/page_row.html"
    default_sort = "-day"
    columns = (
        Column("day", _("Page"), sort="day", down=True),
        Column("book", _("Book"), "book__name", sort="book__code"),
        Column("state", _("State"), lambda row: row.get_state_display(), sort="state"),
        Column("lines", _("Entries"), "lines", css="num"),
        Column(
            "closed", pgettext_lazy("page", "Closed"), "closed_at", sort="closed_at", nullable=True, down=True
        ),
        Column(
            "sealed", pgettext_lazy("page", "Sealed"), "sealed_at", sort="sealed_at", nullable=True, down=True
        ),
    )
    filters = (
        Options("book", _("Book"), "book__code", _books),
        Choice("state", _("State"), "state", Page.State.choices),
    )
    empty = Empty(_("No pages yet"), _("The first entry of a day opens its page."), icon="book-2")

    def queryset(self) -> QuerySet[Page]:
        return queries.visible_pages(self.actor, self.at)

    def row_name(self, row: Page) -> str:
        return f"{row.book.code} {row.day.isoformat()}"

    def context(self) -> dict[str, Any]:
        readable = set(queries.readable_books(self.actor).values_list("pk", flat=True))
        others = [book for book in queries.company_books(self.actor) if book.pk not in readable]
        return {
            "latest": Checkpoint.objects.order_by("-size").first(),
            "others": others if access.may(self.actor, "register.borrow") else [],
            "today": formats.local(self.at).date(),
        }


def _kind_groups(actor: Actor) -> list[tuple[str, str]]:
    return [(kind, str(label)) for kind, label in KINDS.items()]


def _by_source(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    return rows.filter(imported=value == "imported")


class EntryList(ListPage[Entry]):
    """One page. Who may not read it is told how to borrow it."""

    key = "register_page"
    title = _("Page of the register")
    permission = "register.view"
    template = "register/page.html"
    row_template = "register/entry_row.html"
    default_sort = "number"
    per_page = 100
    columns = (
        Column("number", _("No."), sort="number"),
        Column("time", _("Recorded"), "recorded_at", sort="seq"),
        Column("kind", pgettext_lazy("entry", "What"), lambda row: words(row.kind)),
        Column("who", pgettext_lazy("entry", "Who"), lambda row: row.who),
        Column("occurred", _("Occurred"), "occurred_at"),
        Column("marks", _("Marks"), lambda row: ""),
    )
    filters = (
        Options("kind", pgettext_lazy("entry", "What"), "kind", _kind_groups),
        Custom(
            "source",
            _("Source"),
            [("imported", pgettext_lazy("entry", "Imported")), ("here", _("Entered here"))],
            _by_source,
        ),
    )
    empty = Empty(_("No entries"), icon="book-2")

    def get(self) -> HttpResponseBase:
        if not self.readable:
            return self.offer_to_borrow()
        if not self.request.GET:
            record_look(
                at=self.at,
                actor_id=self.actor.uid,
                company=self.sheet.book.company_uid,
                kind="register.page",
                subject=self.sheet.uid,
                book=self.sheet.book,
            )
        return super().get()

    @property
    def sheet(self) -> Page:
        """The page of the register that is shown."""
        found: Page | None = self.arguments.get("found")
        if found is None:
            found = queries.company_page(self.actor, self.arguments["code"], self.arguments["day"])
            self.arguments["found"] = found
        return found

    @property
    def readable(self) -> bool:
        return queries.may_read(self.actor, self.sheet, self.at)

    def queryset(self) -> QuerySet[Entry]:
        return queries.visible_entries(self.actor, self.at).filter(page=self.sheet)

    def row_name(self, row: Entry) -> str:
        return row.name

    def prepare(self, rows: list[Entry]) -> None:
        people = names_of(self.actor, {row.actor_uid for row in rows})
        corrected = set(Entry.objects.filter(corrects__in=rows).values_list("corrects_id", flat=True))
        for row in rows:
            row.who = people.get(row.actor_uid, "")  # type: ignore[attr-defined]
            row.words = words(row.kind)  # type: ignore[attr-defined]
            row.is_corrected = row.pk in corrected  # type: ignore[attr-defined]

    def context(self) -> dict[str, Any]:
        sheet = self.sheet
        keeper = queries.keeper_of(sheet.book)
        closes = queries.reaches(self.actor, keeper, access.PERMISSIONS["register.close_page"])
        pages = queries.visible_pages(self.actor, self.at).filter(book=sheet.book)
        people = names_of(self.actor, {sheet.closed_by} if sheet.closed_by else set())
        return {
            "sheet": sheet,
            "may_close": sheet.state == Page.State.OPEN and closes,
            "closer": people.get(sheet.closed_by, "") if sheet.closed_by else "",
            "checkpoint": _checkpoint(sheet),
            "borrowed": queries.running_borrowings(self.actor, self.at).filter(page=sheet).first(),
            "before": pages.filter(day__lt=sheet.day).order_by("-day").first(),
            "after": pages.filter(day__gt=sheet.day).order_by("day").first(),
        }

    def offer_to_borrow(self, errors: Problem | None = None) -> HttpResponse:
        return borrow_page(self.request, self.sheet)


def borrow_page(request: Request, page: Page, form: Any = None) -> HttpResponse:
    """What stands in the place of a page that must be borrowed: who lends it, and how to ask."""
    from dingfen.web.register.borrowings import AskForm

    asked = Borrowing.objects.filter(
        page=page, borrower_uid=request.actor.uid, state=Borrowing.State.ASKED
    ).first()
    context = {
        "sheet": page,
        "lenders": queries.lenders(page)[:3],
        "asked": asked,
        "form": form or AskForm(),
        "may_borrow": access.may(request.actor, "register.borrow"),
    }
    return render(request, "register/borrow.html", context, status=422 if form else 403)


def _checkpoint(page: Page) -> Checkpoint | None:
    """The checkpoint signed over the page's seal."""
    if page.state != Page.State.SEALED:
        return None
    seal = page.entries.filter(kind="page.sealed").values_list("seq", flat=True).first()
    return Checkpoint.objects.filter(size=seal + 1).first() if seal is not None else None


@require_POST
def close(request: Request, code: str, day: dt.date) -> HttpResponse:
    page = queries.company_page(request.actor, code, day)
    actions.close_page(actor=request.actor, at=request.at, page=page)
    toast(request, gettext("%(day)s closed") % {"day": formats.day(day)})
    return redirect("register_page", code, day)
