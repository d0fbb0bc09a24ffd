"""Putting a complaint's file together for arbitration, court or an authority: checked, and itself an entry."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.complaints.actions.common import enter, lock
from dingfen.complaints.actions.letters import ANY, LANGUAGES, written_in
from dingfen.complaints.casefile.documents import documents_of
from dingfen.complaints.casefile.packing import CaseFile
from dingfen.complaints.casefile.paper import PURPOSES, Asked, index_of
from dingfen.papers.typeset import to_pdf
from dingfen.problems import invalid
from dingfen.register.queries import entries_of
from dingfen.register.sealing import sign_checkpoint

PERMISSION = "complaint.file"
BODY = 80


def make_case_file(
    *, actor: Actor, at: datetime, case_uid: object, purpose: str, body: str, language: str = "zh-hans"
) -> CaseFile:
    """The file of a complaint as it stands, ready to be packed and sent (`casefile.packing.packed`).

    The entry that it was made is part of it, under a checkpoint signed afterwards.
    Raises Problem at `purpose`, `body`, `language`; 403, 404; `case.erased` (409).
    """
    if purpose not in PURPOSES:
        raise invalid({"purpose": [("required", {})]})
    if language not in LANGUAGES:
        raise invalid({"language": [("invalid", {})]})
    to = body.strip()
    if not 2 <= len(to) <= BODY:
        raise invalid(
            {"body": [("reason.short", {"least": 2})] if len(to) < 2 else [("too_long", {"limit": BODY})]}
        )
    with transaction.atomic():
        complaint = lock(actor, case_uid, *ANY, permission=PERMISSION)
        documents = documents_of(complaint)
        facts = {
            "purpose": purpose,
            "language": language,
            "files": [{"sha256": one.sha256, "mark": one.mark} for one in documents.every if one.path],
        }
        enter(complaint, actor, at, "complaint.filed_out", facts, {"body": to})
    sign_checkpoint(at)
    entries = list(entries_of(complaint.case.uid))
    asked = Asked(purpose, to, Staff.objects.get(pk=person_of(actor)), at)
    with written_in(complaint, language):
        index = to_pdf(index_of(complaint, documents, entries, asked), settings.PAPER_FONTS)
    name = f"{complaint.case.number}-{at:%Y%m%d}.zip"
    return CaseFile(complaint.case.number, name, index, documents, tuple(entries), at)
