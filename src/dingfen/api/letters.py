"""Letters to customers: which are due, how one would read, sending it, and each as it went out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Router, read, write
from dingfen.cases import attachments
from dingfen.complaints.actions import letters
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.letters.drafting import Draft
from dingfen.complaints.letters.owed import unsent
from dingfen.complaints.models import Letter
from dingfen.papers.model import Paper
from dingfen.papers.offered import TYPES, written

router = Router(tags=["complaints"])
Language = Literal["zh-hans", "en"]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9_-]+$")]


class LetterDueOut(Out):
    """A letter the rules want and that was not sent yet; `letter` names it when it is sent."""

    letter: str
    kind: str
    title_zh: str
    title_en: str
    due_at: datetime | None
    article: str
    rights_notice: bool


class LetterOut(Out):
    """A letter as it went out; `sha256` is the digest of its PDF, as it stands in the register."""

    uid: UUID
    kind: str
    letter: str
    number: str
    language: str
    via: str
    sent_at: datetime
    sent_by: UUID
    sha256: str
    article: str


class LettersOut(Out):
    due: list[LetterDueOut]
    sent: list[LetterOut]


class LetterIn(In):
    """`letter`: one the rules want, or receipt, progress, delay, decision, thanks, agreement; of a mediation
    invitation, minutes, mediated, failure; of a change: change.

    `body`: the text instead of the draft's own; blank lines part paragraphs.
    """

    letter: Name
    language: Language = "zh-hans"
    body: Annotated[str | None, Field(max_length=letters.BODY_LIMIT)] = None


class LetterSentIn(LetterIn):
    """`via`: `mail` sends it with the PDF attached; `letter` and `counter` when it is printed and handed on."""

    via: Literal["mail", "letter", "counter"]


class LetterTextOut(Out):
    """A letter that is not sent yet. `rights`: the notice that goes along and can't be changed."""

    title: str
    salutation: str
    body: str
    rights: str


@read(router, "/complaints/{uid}/letters", out=LettersOut, permission="complaint.view")
def list_letters(request: ApiRequest, uid: UUID) -> LettersOut:
    """The letters of a complaint: still due, and sent."""
    complaint = seen(request.actor, uid)
    rows = complaint.letters.select_related("sent_by", "attachment")
    due = [
        LetterDueOut(
            letter=one.id, kind=one.kind, title_zh=one.title.zh, title_en=one.title.en, due_at=one.due_at,
            article=one.article, rights_notice=one.rights_notice,
        )
        for one in unsent(complaint, request.at)
    ]  # fmt: skip
    return LettersOut(due=due, sent=[_out(row) for row in rows])


@read(
    router,
    "/complaints/{uid}/letters/preview",
    out=LetterTextOut,
    permission="complaint.handle",
    method="POST",
)
def preview_letter(request: ApiRequest, uid: UUID, letter: LetterIn) -> LetterTextOut:
    """The letter as it would go out now; nothing is sent or kept."""
    draft, _paper = _previewed(request, uid, letter)
    return LetterTextOut(title=draft.title, salutation=draft.salutation, body=draft.body, rights=draft.rights)


def _previewed(request: ApiRequest, uid: UUID, letter: LetterIn) -> tuple[Draft, Paper]:
    return letters.preview(
        actor=request.actor, at=request.at, complaint=seen(request.actor, uid), letter=letter.letter,
        language=letter.language, body=letter.body,
    )  # fmt: skip


@write(router, "/complaints/{uid}/letters", out=LetterOut, permission="complaint.handle", status=201)
def send_letter(request: ApiRequest, uid: UUID, letter: LetterSentIn) -> LetterOut:
    """Send a letter; it stays as it was sent."""
    row = letters.send_letter(actor=request.actor, at=request.at, case_uid=uid, **letter.model_dump())
    return _out(row)


@read(router, "/letters/{uid}/paper.pdf", out=bytes, permission="complaint.view", media_type=TYPES["pdf"])
def get_letter_pdf(request: ApiRequest, uid: UUID) -> HttpResponse:
    """The PDF as it went out, byte for byte; the look is logged."""
    row = _letter(request, uid)
    content = attachments.opened(actor=request.actor, at=request.at, attachment=row.attachment)
    return _file(content, row.attachment.name, TYPES["pdf"])


@read(router, "/letters/{uid}/paper.docx", out=bytes, permission="complaint.view", media_type=TYPES["docx"])
def get_letter_word(request: ApiRequest, uid: UUID) -> HttpResponse:
    """The same words as a Word file."""
    made = written(letters.paper_sent(_letter(request, uid)), "docx")
    return _file(made.content, made.name, made.media_type)


def _letter(request: ApiRequest, uid: UUID) -> Letter:
    return letters.letter_of(request.actor, uid)


def _file(content: bytes, name: str, media_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


def _out(row: Letter) -> LetterOut:
    return LetterOut(
        uid=row.uid, kind=row.kind, letter=row.owed, number=row.number, language=row.language, via=row.via,
        sent_at=row.sent_at, sent_by=row.sent_by.uid, sha256=row.attachment.sha256, article=row.article,
    )  # fmt: skip
