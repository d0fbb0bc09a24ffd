"""Opening a file of a case: only for who has the right, never shown in place but for pictures redrawn."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from dingfen.cases import attachments
from dingfen.web.request import Request


@login_required
@require_safe
def download(request: Request, uid: UUID) -> HttpResponse:
    """The file as it came, to be saved; a browser never runs or shows it."""
    found = attachments.visible(request.actor, uid)
    content = attachments.opened(actor=request.actor, at=request.at, attachment=found)
    return _sent(content, found.content_type, found.name, as_attachment=True)


@login_required
@require_safe
def preview(request: Request, uid: UUID) -> HttpResponse:
    """A picture, drawn anew without what cameras write beside it."""
    found = attachments.visible(request.actor, uid)
    content = attachments.preview(actor=request.actor, at=request.at, attachment=found)
    return _sent(content, "image/jpeg", "preview.jpg", as_attachment=False)


def _sent(content: bytes, kind: str, name: str, *, as_attachment: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
