"""Checkpoints, verifying the whole register, and the export for who checks it elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from dingfen.accounts import access, limits
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.books import queries
from dingfen.problems import Problem, missing
from dingfen.register import exporting, signing
from dingfen.register.models import Checkpoint
from dingfen.register.sealing import record_export, sign_checkpoint
from dingfen.register.verification import verify
from dingfen.register.words import explain
from dingfen.web.errors import is_part
from dingfen.web.lists import Empty, ListPage
from dingfen.web.lists.paging import Column
from dingfen.web.request import Request

RUNS, PER = 6, dt.timedelta(minutes=10)


class CheckpointList(ListPage[Checkpoint]):
    key = "register_checkpoints"
    title = _("Checkpoints")
    permission = "register.view"
    template = "register/checkpoints.html"
    row_template = "register/checkpoint_row.html"
    default_sort = "-size"
    columns = (
        Column("size", _("Entries"), sort="size", down=True, css="num"),
        Column("made", _("Signed at"), "made_at"),
        Column("root", _("Root hash"), lambda row: bytes(row.root).hex()),
        Column("note", _("Checkpoint file"), "note"),
    )
    empty = Empty(_("No checkpoint yet"), _("One is signed when a page is sealed."), icon="shield-check")

    def queryset(self) -> QuerySet[Checkpoint]:
        return Checkpoint.objects.all()

    def uid(self, row: Checkpoint) -> Any:
        return row.size

    def row_name(self, row: Checkpoint) -> str:
        return str(row.size)

    def prepare(self, rows: list[Checkpoint]) -> None:
        for row in rows:
            row.short = bytes(row.root).hex()  # type: ignore[attr-defined]

    def context(self) -> dict[str, Any]:
        return verify_context(self.actor)


def verify_context(actor: Actor) -> dict[str, Any]:
    try:
        keys = signing.history()
    except (ValueError, LookupError):  # somebody has meddled with the keys: verifying says where
        keys = []
    return {
        "keys": keys,
        "may_export": access.may(actor, "register.export"),
        "may_verify": access.may(actor, "register.verify"),
    }


def note(request: Request, size: int) -> HttpResponse:
    """A checkpoint as a text file, to be kept by somebody else."""
    access.require(request.actor, "register.view")
    found = Checkpoint.objects.filter(size=size).first()
    if found is None:
        raise missing()
    response = HttpResponse(found.cosigned, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="checkpoint-{size}.txt"'
    return response


@require_POST
def verify_all(request: Request) -> HttpResponse:
    """Walk the whole register now. Six times in ten minutes for a company: it reads everything."""
    access.require(request.actor, "register.verify")
    allowance = limits.hit(f"register.verify:{request.actor.company_id}", RUNS, PER, request.at)
    if not allowance.allowed:
        raise Problem("verify.often", 429, {"until": allowance.retry_at})
    verdict = queries.own_names(request.actor, verify())
    context = {"verdict": verdict, "lines": explain(verdict, get_language() or "")}
    if is_part(request):
        return render(request, "register/verdict.html", context)
    page = CheckpointList(request)
    return render(request, page.template, {"list": page, **page.context(), **context})


@require_POST
def export(request: Request) -> HttpResponseBase:
    """The register of one's company as a file for `dingfen-verify`; other companies' entries as hashes."""
    access.require(request.actor, "register.export")
    company = Unit.objects.get(pk=request.actor.company_id or 0)
    with_personal = request.POST.get("personal") == "yes"
    record_export(at=request.at, with_personal=with_personal, actor_id=request.actor.uid, company=company.uid)
    sign_checkpoint(request.at)
    lines = exporting.lines(companies={company.uid}, with_personal=with_personal)
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="register-{company.code}-{request.at:%Y%m%d}.jsonl"'
    )
    return response
