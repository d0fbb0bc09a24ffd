"""Papers as pages and as files, and the check of a printed one. The language may be chosen: ?language=en."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.http.request import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from dingfen.accounts import access
from dingfen.books.checking import check_paper
from dingfen.papers.offered import made, written
from dingfen.problems import missing
from dingfen.register.kinds import words
from dingfen.register.words import explain_proof
from dingfen.web import subjects
from dingfen.web.request import Request

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def shown(request: Request, kind: str, back: str, base: str, **which: Any) -> HttpResponse:
    """The paper as a page, with ways to download it in either language. `base`: the file's view name."""
    chosen = _language(request.GET)
    with override(chosen):
        paper = made(kind, request.actor, request.at, **which)
    kept = {name: value for name, value in which.items() if name != "ruling"}
    more = f"&ruling={which['ruling']}" if which.get("ruling") else ""
    tongue = "en" if chosen == "en" else "zh"
    files = [
        {
            "label": "PDF" if form == "pdf" else "Word",
            "url": f"{reverse(base, kwargs=kept | {'form': form})}?language={tongue}{more}",
        }
        for form in ("pdf", "docx")
    ]
    other = "zh" if tongue == "en" else "en"
    context = {
        "paper": paper,
        "files": files,
        "back": back,
        "other": f"?language={other}{more}",
        "tongue": tongue,
    }
    return render(request, "papers/paper.html", context)


def sent(request: Request, kind: str, form: str, **which: Any) -> HttpResponse:
    """The paper as a file."""
    with override(_language(request.GET)):
        file = written(made(kind, request.actor, request.at, **which), form, settings.PAPER_FONTS)
    answer = HttpResponse(file.content, content_type=file.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    return answer


def _language(asked: QueryDict) -> str:
    return LANGUAGES.get(asked.get("language", ""), get_language() or "zh-hans")


def _ruling(request: Request) -> UUID | None:
    asked = request.GET.get("ruling")
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise missing() from None


@require_safe
def ruling(request: Request, uid: UUID) -> HttpResponse:
    back = reverse("dispute", args=[uid])
    return shown(request, "ruling", back, "ruling_file", uid=uid, ruling=_ruling(request))


@require_safe
def ruling_file(request: Request, uid: UUID, form: str) -> HttpResponse:
    return sent(request, "ruling", form, uid=uid, ruling=_ruling(request))


@require_safe
def rule_book(request: Request, uid: UUID) -> HttpResponse:
    return shown(request, "rule_book", reverse("policy", args=[uid]), "rule_book_file", uid=uid)


@require_safe
def rule_book_file(request: Request, uid: UUID, form: str) -> HttpResponse:
    return sent(request, "rule_book", form, uid=uid)


@require_safe
def register_file(request: Request, code: str, day: dt.date, form: str) -> HttpResponse:
    return sent(request, "register_page", form, code=code, day=day)


@require_safe
def check(request: Request) -> HttpResponse:
    """Does a printed paper agree with the register? By its entry number and check code."""
    access.require(request.actor, "register.verify")
    name, code = request.GET.get("entry", "").strip(), request.GET.get("code", "").strip()
    context: dict[str, Any] = {"entry": name, "code": code, "asked": bool(name or code)}
    found = check_paper(request.actor, request.at, name, code) if name and code else None
    if found is not None:
        about = (found.entry.subject_type, found.entry.subject_uid)
        context |= {
            "found": found,
            "what": words(found.entry.kind),
            "subject": subjects.resolve(request.actor, [about]).get(about),
            "lines": explain_proof(found.proof, get_language() or "") if found.proof else (),
            "later": [{"what": words(one.kind), "at": one.recorded_at} for one in found.later],
        }
    return render(request, "papers/check.html", context)
