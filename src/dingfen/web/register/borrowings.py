"""Borrowing another site's page: ask, answer, give back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dingfen import formats
from dingfen.accounts import access
from dingfen.books import actions, queries
from dingfen.problems import Problem
from dingfen.register.models import Borrowing
from dingfen.web.errors import into_form
from dingfen.web.lists import Empty, ListPage
from dingfen.web.lists.filters import Choice
from dingfen.web.lists.paging import Column
from dingfen.web.register.pages import borrow_page
from dingfen.web.register.people import names_of
from dingfen.web.request import Request
from dingfen.web.toasts import toast


class AskForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=actions.LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )
    hours = forms.IntegerField(
        label=_("For how many hours"), min_value=1, max_value=actions.MOST_HOURS, initial=2
    )


class BorrowingList(ListPage[Borrowing]):
    key = "register_borrowings"
    title = _("Borrowings")
    permission = "register.view"
    template = "register/borrowings.html"
    row_template = "register/borrowing_row.html"
    default_sort = "-asked"
    columns = (
        Column("page", _("Page"), lambda row: f"{row.page.book.code} {row.page.day}"),
        Column("borrower", _("Borrower"), lambda row: row.borrower),
        Column("reason", _("Reason")),
        Column("asked", pgettext_lazy("borrowing", "Asked"), "asked_at", sort="pk", down=True),
        Column("state", _("State"), lambda row: row.get_state_display(), sort="state"),
        Column("until", pgettext_lazy("borrowing", "Until"), "until", sort="until", nullable=True, down=True),
        Column("act", pgettext_lazy("column", "To do"), lambda row: ""),
    )
    filters = (Choice("state", _("State"), "state", Borrowing.State.choices),)
    empty = Empty(_("No borrowings"), _("Open another site's page to ask for it."), icon="book-2")

    def queryset(self) -> QuerySet[Borrowing]:
        return queries.visible_borrowings(self.actor).order_by()

    def row_name(self, row: Borrowing) -> str:
        return f"{row.page.book.code} {row.page.day}"

    def prepare(self, rows: list[Borrowing]) -> None:
        people = names_of(
            self.actor,
            {row.borrower_uid for row in rows} | {row.answered_by for row in rows if row.answered_by},
        )
        lends = access.PERMISSIONS["register.lend"]
        keepers = {row.page.book_id: queries.keeper_of(row.page.book) for row in rows}
        for row in rows:
            state = Borrowing.State(row.state)
            own = row.borrower_uid == self.actor.uid
            if state == Borrowing.State.LENT and not row.runs(self.at):
                state = Borrowing.State.ENDED
            row.borrower = people.get(row.borrower_uid, "")  # type: ignore[attr-defined]
            row.answerer = people.get(row.answered_by, "") if row.answered_by else ""  # type: ignore[attr-defined]
            row.shown_state = state.label  # type: ignore[attr-defined]
            row.colour = COLOURS[state]  # type: ignore[attr-defined]
            row.may_answer = (  # type: ignore[attr-defined]
                state == Borrowing.State.ASKED
                and not own
                and queries.reaches(self.actor, keepers[row.page.book_id], lends)
            )
            row.may_end = own and state in (Borrowing.State.ASKED, Borrowing.State.LENT)  # type: ignore[attr-defined]
            row.may_read = own and state == Borrowing.State.LENT  # type: ignore[attr-defined]


COLOURS: dict[Any, str] = {
    Borrowing.State.ASKED: "accent",
    Borrowing.State.LENT: "green",
    Borrowing.State.REFUSED: "grey",
    Borrowing.State.ENDED: "grey",
}


@require_http_methods(["GET", "POST"])
def ask(request: Request, code: str, day: dt.date) -> HttpResponse:
    page = queries.company_page(request.actor, code, day)
    if request.method != "POST":
        return redirect("register_page", code, day)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            actions.ask_to_borrow(actor=request.actor, at=request.at, page=page, **form.cleaned_data)
        except Problem as problem:
            if problem.status in (403, 404):
                raise
            into_form(problem, form)
        else:
            toast(request, gettext("Asked for the page of %(day)s") % {"day": formats.day(day)})
            return redirect("register_borrowings")
    return borrow_page(request, page, form)


@require_POST
def answer(request: Request, uid: uuid.UUID) -> HttpResponse:
    lend = request.POST.get("lend") == "yes"
    borrowing = actions.answer_borrowing(actor=request.actor, at=request.at, uid=uid, lend=lend)
    if lend and borrowing.until:
        toast(request, gettext("Lent until %(until)s") % {"until": formats.when(borrowing.until)})
    else:
        toast(request, pgettext("borrowing", "Refused"))
    return redirect("register_borrowings")


@require_POST
def end(request: Request, uid: uuid.UUID) -> HttpResponse:
    actions.give_back(actor=request.actor, at=request.at, uid=uid)
    toast(request, gettext("Given back"))
    return redirect("register_borrowings")
