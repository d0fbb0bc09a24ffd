"""The register: books, pages, entries with proofs, borrowings, checkpoints, verifying and export."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query
from pydantic import Field

from dingfen.accounts import limits
from dingfen.accounts.models import Unit
from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, page, read, write
from dingfen.books import actions, queries
from dingfen.problems import Problem, conflict, missing
from dingfen.register import exporting, signing
from dingfen.register.looks import record_look
from dingfen.register.models import Book, Borrowing, Checkpoint, Entry
from dingfen.register.models import Page as Sheet
from dingfen.register.notes import Proof
from dingfen.register.queries import find_entry
from dingfen.register.sealing import record_export, sign_checkpoint
from dingfen.register.verification import verify

router = Router(tags=["register"])

RUNS, PER = 6, dt.timedelta(minutes=10)
Code = Annotated[str, Field(pattern=r"^[^\s/]{1,12}$")]
EntryName = Annotated[str, Field(max_length=40)]


class BookOut(Out):
    """`readable`: without borrowing."""

    uid: uuid.UUID
    code: str
    name: str
    time_zone: str
    readable: bool


class PageOut(Out):
    """A day in a book. `lines`: its entries, the seal not counted."""

    uid: uuid.UUID
    book: str
    day: dt.date
    state: str
    lines: int
    closed_at: dt.datetime | None
    sealed_at: dt.datetime | None


class EntryOut(Out):
    """`place` is the entry's index in the tree; `body` the very text that was hashed to `leaf` (hex)."""

    name: str
    uid: uuid.UUID
    place: int
    book: str
    day: dt.date
    number: int
    kind: str
    subject_type: str
    subject: uuid.UUID
    actor: uuid.UUID
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    imported: bool
    corrects: int | None
    leaf: str
    body: str


class ProofOut(Out):
    """`proof` is a tlog-proof file (c2sp.org/tlog-proof); `key` is what to check it with."""

    name: str
    key: str
    proof: str


class CheckpointOut(Out):
    """`note` is a signed checkpoint (c2sp.org/tlog-checkpoint)."""

    size: int
    root: str
    made_at: dt.datetime
    note: str


class FirstBadOut(Out):
    code: str
    entry: str | None
    first: int
    last: int
    params: dict[str, str]


class VerdictOut(Out):
    """WITNESSED, UNANCHORED, DIVERGED or INVALID; `first_bad` is where the register stops holding."""

    grade: str
    verified: bool
    size: int
    root: str
    checkpoints: int
    covered: int
    witnesses: int
    witnessed: int
    kept: int
    withheld: int
    first_bad: FirstBadOut | None
    remarks: list[str]


class VerifyIn(In):
    """`kept`: signed checkpoints kept from before, to compare with (white space at their ends does not matter)."""

    kept: Annotated[list[Annotated[str, Field(max_length=20_000)]], Field(max_length=20)] = []


class ExportIn(In):
    with_personal: bool = False


class BorrowIn(In):
    """A page of a book that is not one's own, for some hours."""

    book: Code
    day: dt.date
    reason: Annotated[str, Field(max_length=300)]
    hours: Annotated[int, Field(ge=1, le=actions.MOST_HOURS)]


class BorrowingAnswerIn(In):
    lend: bool


class BorrowingOut(Out):
    uid: uuid.UUID
    book: str
    day: dt.date
    borrower: uuid.UUID
    reason: str
    hours: int
    state: str
    asked_at: dt.datetime
    answered_at: dt.datetime | None
    answered_by: uuid.UUID | None
    until: dt.datetime | None


class PageFilter(Window):
    book: Annotated[str, Field(max_length=12)] = ""


class EntryFilter(Window):
    """`subject`: entries about one thing; `kind`: such as touch.recorded."""

    book: Annotated[str, Field(max_length=12)] = ""
    day: dt.date | None = None
    kind: Annotated[str, Field(max_length=40)] = ""
    subject: uuid.UUID | None = None


@read(router, "/register/books", out=list[BookOut], permission="register.view")
def list_books(request: ApiRequest) -> list[BookOut]:
    """Books of one's company."""
    readable = set(queries.readable_books(request.actor).values_list("pk", flat=True))
    books: list[Book] = list(queries.company_books(request.actor))
    return [
        BookOut(
            uid=book.uid,
            code=book.code,
            name=book.name,
            time_zone=book.time_zone,
            readable=book.pk in readable,
        )
        for book in books
    ]


@read(router, "/register/pages", out=Page[PageOut], permission="register.view")
def list_pages(request: ApiRequest, narrow: Query[PageFilter]) -> Page[PageOut]:
    """Pages one may read, newest first."""
    rows = queries.visible_pages(request.actor, request.at)
    if narrow.book:
        rows = rows.filter(book__code=narrow.book)
    return page(request, rows, narrow, _page, ("-day", "-id"))


@write(router, "/register/pages/{uid}/close", out=PageOut, permission="register.close_page")
def close_page(request: ApiRequest, uid: uuid.UUID) -> PageOut:
    """Close a page at the evening meeting: no more reception entries by people."""
    books = queries.company_books(request.actor)
    sheet = Sheet.objects.select_related("book").filter(uid=uid, book__in=books).first()
    if sheet is None:
        raise missing()
    return _page(actions.close_page(actor=request.actor, at=request.at, page=sheet))


@read(router, "/register/entries", out=Page[EntryOut], permission="register.view")
def list_entries(request: ApiRequest, narrow: Query[EntryFilter]) -> Page[EntryOut]:
    """Entries one may read, newest first. The look is logged."""
    rows = queries.visible_entries(request.actor, request.at)
    if narrow.book:
        rows = rows.filter(page__book__code=narrow.book)
    if narrow.day:
        rows = rows.filter(page__day=narrow.day)
    if narrow.kind:
        rows = rows.filter(kind=narrow.kind)
    if narrow.subject:
        rows = rows.filter(subject_uid=narrow.subject)
    found = page(request, rows, narrow, _entry, ("-seq",))
    _look(request, "register.entries", narrow.subject, {"book": narrow.book, "day": str(narrow.day or "")})
    return found


@read(router, "/register/entries/{name}", out=EntryOut, permission="register.view")
def get_entry(request: ApiRequest, name: EntryName) -> EntryOut:
    """One entry by name (BOOK-YYYYMMDD-NNNN), uid or place. The look is logged."""
    found = _readable(request, name)
    _look(request, "register.entry", found.uid)
    return _entry(found)


@read(router, "/register/entries/{name}/proof", out=ProofOut, permission="register.view")
def get_proof(request: ApiRequest, name: EntryName) -> ProofOut:
    """The proof that the entry stands in the register, for checking offline."""
    found = _readable(request, name)
    try:
        proof: Proof = exporting.prove(found)
    except LookupError as error:
        raise conflict("proof.too_early") from error
    return ProofOut(name=found.name, key=str(signing.log_key()), proof=proof.to_text())


@read(router, "/register/checkpoints", out=Page[CheckpointOut], permission="register.view")
def list_checkpoints(request: ApiRequest, window: Query[Window]) -> Page[CheckpointOut]:
    """Signed checkpoints, the longest first."""
    return page(request, Checkpoint.objects.prefetch_related("cosignatures"), window, _checkpoint, ("-size",))


@read(router, "/register/verify", out=VerdictOut, permission="register.verify", method="POST")
def verify_register(request: ApiRequest, body: VerifyIn) -> VerdictOut:
    """Walk the whole register now; six times in ten minutes for a company."""
    allowance = limits.hit(f"register.verify:{request.actor.company_id}", RUNS, PER, request.at)
    if not allowance.allowed:
        seconds = max(1, round((allowance.retry_at - request.at).total_seconds()))
        raise Problem("verify.often", 429, {"until": allowance.retry_at, "seconds": seconds})
    verdict = queries.own_names(request.actor, verify(kept=[f"{note}\n" for note in body.kept]))
    return VerdictOut.model_validate(verdict.document())


@write(
    router,
    "/register/export",
    out=str,
    permission="register.export",
    media_type="application/x-ndjson",
)
def export_register(request: ApiRequest, body: ExportIn) -> HttpResponseBase:
    """The register as JSON lines for `dingfen-verify`; other companies' entries as hashes only."""
    company = Unit.objects.get(pk=request.actor.company_id or 0)
    record_export(
        at=request.at, with_personal=body.with_personal, actor_id=request.actor.uid, company=company.uid
    )
    sign_checkpoint(request.at)
    lines = exporting.lines(companies={company.uid}, with_personal=body.with_personal)
    kind = "application/x-ndjson; charset=utf-8"
    if request.headers.get("Idempotency-Key"):  # the answer is kept, so it has to be whole
        return HttpResponse("".join(lines), content_type=kind)
    return StreamingHttpResponse(lines, content_type=kind)


@read(router, "/register/borrowings", out=Page[BorrowingOut], permission="register.view")
def list_borrowings(request: ApiRequest, window: Query[Window]) -> Page[BorrowingOut]:
    """One's own borrowings and those one may answer, newest first."""
    return page(request, queries.visible_borrowings(request.actor), window, _borrowing)


@write(router, "/register/borrowings", out=BorrowingOut, permission="register.borrow", status=201)
def ask_to_borrow(request: ApiRequest, body: BorrowIn) -> BorrowingOut:
    """Ask to read a page of another site."""
    sheet = queries.company_page(request.actor, body.book, body.day)
    asked = actions.ask_to_borrow(
        actor=request.actor, at=request.at, page=sheet, reason=body.reason, hours=body.hours
    )
    return _borrowing(asked)


@write(router, "/register/borrowings/{uid}/answer", out=BorrowingOut, permission="register.lend")
def answer_borrowing(request: ApiRequest, uid: uuid.UUID, body: BorrowingAnswerIn) -> BorrowingOut:
    """Lend the page, or refuse."""
    return _borrowing(actions.answer_borrowing(actor=request.actor, at=request.at, uid=uid, lend=body.lend))


@write(router, "/register/borrowings/{uid}/end", out=BorrowingOut, permission="register.borrow")
def end_borrowing(request: ApiRequest, uid: uuid.UUID) -> BorrowingOut:
    """Give one's borrowing back before its time, or withdraw the request."""
    return _borrowing(actions.give_back(actor=request.actor, at=request.at, uid=uid))


def _readable(request: ApiRequest, name: str) -> Entry:
    found = find_entry(name)
    if found is None or not queries.company_books(request.actor).filter(pk=found.page.book_id).exists():
        raise missing()
    if not queries.may_read(request.actor, found.page, request.at):
        raise Problem("page.borrow_first", 403)
    return found


def _look(
    request: ApiRequest, kind: str, subject: uuid.UUID | None, detail: dict[str, Any] | None = None
) -> None:
    if request.actor.company_uid:
        record_look(
            at=request.at,
            actor_id=request.actor.uid,
            company=request.actor.company_uid,
            kind=kind,
            subject=subject,
            detail=detail,
        )


def _page(row: Sheet) -> PageOut:
    return PageOut(
        uid=row.uid,
        book=row.book.code,
        day=row.day,
        state=row.state,
        lines=row.lines,
        closed_at=row.closed_at,
        sealed_at=row.sealed_at,
    )


def _entry(row: Entry) -> EntryOut:
    return EntryOut(
        name=row.name,
        uid=row.uid,
        place=row.pk,
        book=row.page.book.code,
        day=row.page.day,
        number=row.number,
        kind=row.kind,
        subject_type=row.subject_type,
        subject=row.subject_uid,
        actor=row.actor_uid,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        imported=row.imported,
        corrects=row.corrects_id,
        leaf=bytes(row.leaf).hex(),
        body=bytes(row.body).decode(errors="replace"),
    )


def _checkpoint(row: Checkpoint) -> CheckpointOut:
    return CheckpointOut(size=row.size, root=bytes(row.root).hex(), made_at=row.made_at, note=row.cosigned)


def _borrowing(row: Borrowing) -> BorrowingOut:
    return BorrowingOut(
        uid=row.uid,
        book=row.page.book.code,
        day=row.page.day,
        borrower=row.borrower_uid,
        reason=row.reason,
        hours=row.hours,
        state=row.state,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        until=row.until,
    )
