"""How pages and borrowings are shown in notices, in my work and beside entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.books import queries
from dingfen.register.models import Page
from dingfen.web.subjects import Subject


def pages(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    rows = Page.objects.select_related("book").filter(uid__in=uids, book__in=queries.company_books(actor))
    return {
        row.uid: Subject(
            label=gettext("Page"),
            number=f"{row.book.code} {row.day.isoformat()}",
            url=reverse("register_page", args=[row.book.code, row.day]),
            icon="book-2",
            stage=row.get_state_display(),
        )
        for row in rows
    }


def borrowings(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    rows = queries.visible_borrowings(actor).filter(uid__in=uids)
    return {
        row.uid: Subject(
            label=pgettext("borrowing", "Borrowing"),
            number=f"{row.page.book.code} {formats.day(row.page.day)}",
            url=reverse("register_borrowings"),
            icon="book-2",
            stage=row.get_state_display(),
        )
        for row in rows
    }
