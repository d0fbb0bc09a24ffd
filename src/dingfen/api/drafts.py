"""Drafts of rule books: begin from a text, settle what was found, download the pack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Form, Query, UploadedFile
from pydantic import Field

from dingfen.api.frame import (
    ApiRequest,
    In,
    Out,
    Page,
    Router,
    Window,
    expected_version,
    one,
    page,
    read,
    write,
)
from dingfen.policies import drafting
from dingfen.policies.draft_files import accepted, files, zipped
from dingfen.policies.models import PolicyDraft

router = Router(tags=["policies"])


class DraftOut(Out):
    """`open_count` of `proposed_count` proposed rules still wait for a person."""

    uid: UUID
    title: str
    file_name: str
    made_at: datetime
    proposed_count: int
    open_count: int
    version: int


class DraftWhole(DraftOut):
    """Articles and findings as `dingfen policy draft --json` gives them, each finding with its `decision`."""

    articles: list[dict[str, Any]]
    findings: list[dict[str, Any]]


class SettleIn(In):
    """`value`: YAML, when `changed`."""

    decision: Literal["open", "accepted", "changed", "dropped"]
    value: str = Field(default="", max_length=4000)


class AcceptIn(In):
    at_least: float = Field(default=0.85, ge=0, le=1)


class AskedOut(Out):
    """How many proposals the model added."""

    added: int


class AcceptedOut(Out):
    accepted: int


@read(router, "/policy-drafts", out=Page[DraftOut], permission=drafting.PERMISSION)
def list_drafts(request: ApiRequest, window: Query[Window]) -> Page[DraftOut]:
    """The company's drafts, newest first."""
    return page(request, drafting.drafts(request.actor), window, DraftOut.model_validate)


@write(router, "/policy-drafts", out=DraftWhole, permission=drafting.PERMISSION, status=201)
def start_draft(
    request: ApiRequest,
    title: Form[str] = "",
    text: Form[str] = "",
    file: File[UploadedFile | None] = None,
) -> PolicyDraft:
    """Give a file (.docx, .pdf, .txt, .md) or a text."""
    return drafting.start_draft(
        actor=request.actor,
        at=request.at,
        title=title,
        text=text,
        data=file.read() if file else b"",
        file_name=(file.name or "") if file else "",
    )


@read(router, "/policy-drafts/{uid}", out=DraftWhole, permission=drafting.PERMISSION)
def get_draft(request: ApiRequest, uid: UUID) -> PolicyDraft:
    found: PolicyDraft = one(drafting.drafts(request.actor), uid=uid)
    return found


@write(
    router, "/policy-drafts/{uid}/findings/{number}", out=DraftOut, permission=drafting.PERMISSION,
    method="PUT", versioned=True,
)  # fmt: skip
def settle_finding(request: ApiRequest, uid: UUID, number: int, settling: SettleIn) -> PolicyDraft:
    """Accept, change, drop or open again one finding, by its place in the list."""
    return drafting.settle(
        actor=request.actor,
        at=request.at,
        draft_uid=uid,
        number=number,
        decision=settling.decision,
        value=settling.value,
        version=expected_version(request),
    )


@write(router, "/policy-drafts/{uid}/accept", out=AcceptedOut, permission=drafting.PERMISSION)
def accept_sure(request: ApiRequest, uid: UUID, terms: AcceptIn) -> AcceptedOut:
    """Accept every open proposal that is at least this sure."""
    _, count = drafting.accept_sure(
        actor=request.actor, at=request.at, draft_uid=uid, at_least=terms.at_least
    )
    return AcceptedOut(accepted=count)


@write(router, "/policy-drafts/{uid}/ask", out=AskedOut, permission=drafting.PERMISSION, prepares=True)
def ask_model(request: ApiRequest, uid: UUID) -> Callable[[], AskedOut]:
    """Let the language model of the installation add proposals (409 where there is none, or it is silent)."""
    found = drafting.ask_model(actor=request.actor, draft_uid=uid)

    def add() -> AskedOut:
        _, count = drafting.add_proposals(actor=request.actor, at=request.at, draft_uid=uid, found=found)
        return AskedOut(added=count)

    return add


@read(
    router,
    "/policy-drafts/{uid}/pack",
    out=bytes,
    permission=drafting.PERMISSION,
    media_type="application/zip",
)
def download_pack(request: ApiRequest, uid: UUID) -> HttpResponse:
    """The pack folder as an archive: articles, and the rules that were accepted."""
    found = one(drafting.drafts(request.actor), uid=uid)
    content = files(found.title, found.file_name, found.articles, accepted(found.findings))
    return HttpResponse(zipped(content), content_type="application/zip")
