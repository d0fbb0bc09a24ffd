"""Letters: written, looked at, changed and sent; and each as it went out."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.cases import attachments
from dingfen.complaints.actions import letters
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.models import Complaint
from dingfen.papers.model import Paper
from dingfen.papers.offered import TYPES, offers, written
from dingfen.problems import Problem, missing
from dingfen.web.acting import IN_PLACE
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: Request, uid: UUID, name: str) -> HttpResponse:
    """The letter, to be changed, looked at and sent. Another language begins with that language's own draft."""
    require(request.actor, "complaint.handle")
    complaint = seen(request.actor, uid)
    language = request.POST.get("language") or request.GET.get("language") or complaint.language
    body = request.POST.get("body") if request.method == "POST" else None
    context: dict[str, Any] = {
        "complaint": complaint,
        "case": complaint.case,
        "name": name,
        "language": language,
    }
    status = 200
    try:
        if request.POST.get("do") == "send":
            row = letters.send_letter(
                actor=request.actor, at=request.at, case_uid=uid, letter=name, via=request.POST.get("via", ""),
                language=language, body=body,
            )  # fmt: skip
            toast(request, row.number)
            return redirect(f"{reverse('complaint', args=[uid])}#letters")
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
        status = problem.status
    try:
        made, paper = letters.preview(
            actor=request.actor, at=request.at, complaint=complaint, letter=name, language=language, body=body or None
        )  # fmt: skip
    except Problem as problem:
        if "letter" in problem.errors or "language" in problem.errors:
            raise missing() from problem
        raise
    context |= {"draft": made, "paper": paper, "ways": _ways(complaint), "via": request.POST.get("via", "")}
    return render(request, "complaints/letter.html", context, status=status)


def _ways(complaint: Complaint) -> list[tuple[str, str]]:
    return [(one.value, str(one.label)) for one in letters.WAYS]


def make(actor: Actor, at: dt.datetime, *, uid: UUID) -> Paper:
    """The paper of a letter that was sent, in the language it was sent in."""
    return letters.paper_sent(letters.letter_of(actor, uid))


offers("letter", make)


@login_required
@require_safe
def paper(request: Request, uid: UUID) -> HttpResponse:
    """The letter as a page; its files beside it."""
    row = letters.letter_of(request.actor, uid)
    files = [
        {"label": "PDF" if form == "pdf" else "Word", "url": reverse("letter_file", kwargs={"uid": uid, "form": form})}
        for form in TYPES
    ]  # fmt: skip
    context = {
        "paper": letters.paper_sent(row), "files": files, "tongue": "en" if row.language == "en" else "zh",
        "back": f"{reverse('complaint', args=[row.complaint.case.uid])}#letters", "letter": row,
    }  # fmt: skip
    return render(request, "papers/paper.html", context)


@login_required
@require_safe
def file(request: Request, uid: UUID, form: str) -> HttpResponse:
    """The PDF as it went out, byte for byte; the Word file made from the same words."""
    return sent_file(request.actor, request.at, uid, form)


def sent_file(actor: Actor, at: dt.datetime, uid: UUID, form: str) -> HttpResponse:
    row = letters.letter_of(actor, uid)
    if form == "pdf":
        content = attachments.opened(actor=actor, at=at, attachment=row.attachment)
        name, kind = row.attachment.name, TYPES["pdf"]
    else:
        made = written(letters.paper_sent(row), form)
        content, name, kind = made.content, made.name, made.media_type
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer
