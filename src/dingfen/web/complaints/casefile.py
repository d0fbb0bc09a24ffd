"""The file of a complaint for arbitration or court, sent as it is made."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from dingfen.accounts.access import require
from dingfen.complaints.actions.filing import PERMISSION, make_case_file
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.casefile.packing import CaseFile, packed
from dingfen.problems import Problem
from dingfen.web.acting import IN_PLACE
from dingfen.web.complaints.views import show
from dingfen.web.request import Request


@login_required
@require_POST
def made(request: Request, uid: UUID) -> HttpResponseBase:
    """Put it together and send it; what is wrong with the form stands beside it."""
    require(request.actor, PERMISSION)
    post = request.POST
    try:
        file = make_case_file(
            actor=request.actor, at=request.at, case_uid=uid, purpose=post.get("purpose", ""),
            body=post.get("body", ""), language=post.get("language", "zh-hans"),
        )  # fmt: skip
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        return show(request, seen(request.actor, uid), problem, "casefile")
    return sent(file)


def sent(file: CaseFile) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(packed(file), content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    answer["Cache-Control"] = "no-store"
    return answer
