"""The file of a complaint for arbitration or court."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Router, write
from dingfen.complaints.actions.filing import PERMISSION, make_case_file
from dingfen.complaints.casefile.packing import packed

router = Router(tags=["complaints"])
ZIP = "application/zip"


class CaseFileIn(In):
    """`body`: to whom it goes, such as a court's name."""

    purpose: Literal["arbitration", "court", "authority"]
    body: Annotated[str, Field(min_length=2, max_length=80)]
    language: Literal["zh-hans", "en"] = "zh-hans"


@write(router, "/complaints/{uid}/case-file", out=bytes, permission=PERMISSION, media_type=ZIP)
def make_file(request: ApiRequest, uid: UUID, file: CaseFileIn) -> HttpResponseBase:
    """A ZIP with the index as PDF, letters, evidence, and a proof of each entry; `dingfen-verify` checks it offline."""
    made = make_case_file(actor=request.actor, at=request.at, case_uid=uid, **file.model_dump())
    if request.headers.get("Idempotency-Key"):  # the answer is kept, so it has to be whole
        answer: HttpResponseBase = HttpResponse(b"".join(packed(made)), content_type=ZIP)
    else:
        answer = StreamingHttpResponse(packed(made), content_type=ZIP)
    answer["Content-Disposition"] = content_disposition_header(True, made.name) or ""
    return answer
