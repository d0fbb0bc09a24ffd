"""One effect for a request that is sent twice (draft-ietf-httpapi-idempotency-key-header).

The key is claimed inside the action's transaction, so claim, effect and stored answer stand or fall
together: a request that failed leaves no claim and may be tried again.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.http import HttpResponse

from dingfen.api.models import IdempotencyKey
from dingfen.database import rows
from dingfen.problems import Problem, conflict

if TYPE_CHECKING:
    from dingfen.api.auth import ApiRequest  # not at the start: it needs ninja

KEPT_FOR = timedelta(hours=24)
FORM = re.compile(r"[\x21-\x7e]{1,128}")
STORED_HEADERS = ("Location", "ETag")


def key_of(request: ApiRequest) -> str | None:
    """The `Idempotency-Key` header. Raises Problem (400) when it is not 1 to 128 visible ASCII characters."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not FORM.fullmatch(key):
        raise Problem("idempotency.form", 400)
    return key


def digest_of(request: ApiRequest) -> bytes:
    """What makes two requests the same: method, address with query, and body."""
    seen = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        seen.update(request.body)
        return seen.digest()
    for name, values in sorted(request.POST.lists()):
        seen.update(f"{name}={values}\n".encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            seen.update(f"{name}\n".encode())
            for chunk in file.chunks():
                seen.update(chunk)
            file.seek(0)
    return seen.digest()


def claim(request: ApiRequest, key: str) -> IdempotencyKey | HttpResponse:
    """Claim the key (`store` writes it), or give the answer kept under it. Call inside the action's transaction.

    Raises Problem: 409 while the first request still runs, 422 when the key came with another request.
    """
    _meet(request.owner, key)
    digest = digest_of(request)
    row = rows.first(IdempotencyKey, owner=request.owner, key=key)
    if row is not None and row.made_at <= request.at - KEPT_FOR:
        row.delete()
        row = None
    if row is None:
        return IdempotencyKey(owner=request.owner, key=key, request=digest, made_at=request.at)
    if bytes(row.request) != digest:
        raise Problem("idempotency.other", 422)
    answer = HttpResponse(bytes(row.body), status=row.status, content_type="application/json")
    for name, value in row.headers.items():
        answer[name] = value
    answer["Idempotency-Replayed"] = "true"
    return answer


def store(row: IdempotencyKey, answer: HttpResponse) -> None:
    """Keep the answer with the claim."""
    row.status = answer.status_code
    row.body = answer.content
    row.headers = {name: answer[name] for name in STORED_HEADERS if answer.has_header(name)}
    rows.add(row)


def _meet(owner: str, key: str) -> None:
    """Let one request in at a time: on SQLite the transaction already waits its turn for the write lock."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(f"{owner}\n{key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise conflict("idempotency.running")


def sweep(at: datetime) -> None:
    """Forget answers older than 24 hours."""
    with transaction.atomic():
        IdempotencyKey.objects.filter(made_at__lte=at - KEPT_FOR).delete()
