"""Papers as files (ruling, rule book, a day's page), and the check of a printed one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from ninja import Query
from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Router, one, read
from dingfen.books.checking import check_paper
from dingfen.books.queries import company_books
from dingfen.papers.offered import TYPES, made, written
from dingfen.problems import missing
from dingfen.register.models import Page

router = Router(tags=["papers"])
PDF, WORD = TYPES["pdf"], TYPES["docx"]


class WhichRuling(In):
    """`ruling`: an earlier one than the last."""

    ruling: UUID | None = None


class PaperCheckIn(In):
    """Both stand at the foot of a paper."""

    entry: Annotated[str, Field(min_length=1, max_length=60)]
    code: Annotated[str, Field(min_length=1, max_length=40)]


class LaterOut(Out):
    kind: str
    recorded_at: datetime


class PaperCheckOut(Out):
    """`proof`: grade of the entry's proof, null while no checkpoint covers it. `later`: entered since."""

    entry: str
    kind: str
    recorded_at: datetime
    sealed: bool
    proof: str | None
    later: list[LaterOut]


def _file(request: ApiRequest, kind: str, form: str, **which: Any) -> HttpResponse:
    file = written(made(kind, request.actor, request.at, **which), form, settings.PAPER_FONTS)
    answer = HttpResponse(file.content, content_type=file.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    return answer


@read(router, "/disputes/{uid}/paper.pdf", out=bytes, permission="dispute.view", media_type=PDF)
def get_ruling_pdf(request: ApiRequest, uid: UUID, which: Query[WhichRuling]) -> HttpResponse:
    """The ruling (裁决书) as PDF; before there is one, the proposal marked as a preview."""
    return _file(request, "ruling", "pdf", uid=uid, ruling=which.ruling)


@read(router, "/disputes/{uid}/paper.docx", out=bytes, permission="dispute.view", media_type=WORD)
def get_ruling_word(request: ApiRequest, uid: UUID, which: Query[WhichRuling]) -> HttpResponse:
    """The ruling as a Word file."""
    return _file(request, "ruling", "docx", uid=uid, ruling=which.ruling)


@read(router, "/policies/{uid}/paper.pdf", out=bytes, permission="policy.view", media_type=PDF)
def get_rule_book_pdf(request: ApiRequest, uid: UUID) -> HttpResponse:
    """The rule book (制度文本) of a version as PDF."""
    return _file(request, "rule_book", "pdf", uid=uid)


@read(router, "/policies/{uid}/paper.docx", out=bytes, permission="policy.view", media_type=WORD)
def get_rule_book_word(request: ApiRequest, uid: UUID) -> HttpResponse:
    """The rule book as a Word file."""
    return _file(request, "rule_book", "docx", uid=uid)


@read(router, "/register/pages/{uid}/paper.pdf", out=bytes, permission="register.view", media_type=PDF)
def get_register_page_pdf(request: ApiRequest, uid: UUID) -> HttpResponse:
    """A day's page of a book as PDF; the look is logged."""
    page = one(Page.objects.select_related("book").filter(book__in=company_books(request.actor)), uid=uid)
    return _file(request, "register_page", "pdf", code=page.book.code, day=page.day)


@read(router, "/papers/check", out=PaperCheckOut, permission="register.verify")
def check_printed_paper(request: ApiRequest, paper: Query[PaperCheckIn]) -> PaperCheckOut:
    """Whether a printed paper agrees with the register; 404 when entry or code is wrong."""
    found = check_paper(request.actor, request.at, paper.entry, paper.code)
    if found is None:
        raise missing()
    return PaperCheckOut(
        entry=found.entry.name,
        kind=found.entry.kind,
        recorded_at=found.entry.recorded_at,
        sealed=found.entry.page.state == "sealed",
        proof=found.proof.grade if found.proof else None,
        later=[LaterOut(kind=one.kind, recorded_at=one.recorded_at) for one in found.later],
    )
