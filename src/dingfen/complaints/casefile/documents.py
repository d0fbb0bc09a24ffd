"""What lies in a case file beside its index: letters, evidence, other files, each with its digest and place."""

from __future__ import annotations

from dataclasses import dataclass

from dingfen.cases.models import Attachment
from dingfen.complaints.models import Complaint


@dataclass(frozen=True, slots=True)
class Document:
    """`mark`: how the index names it (E1, L2, F3); `path` in the ZIP, empty for one that was erased."""

    mark: str
    path: str
    name: str
    sha256: str
    size: int
    blob: str


@dataclass(frozen=True, slots=True)
class Documents:
    """By the id of the attachment, and all in the order of the ZIP."""

    every: tuple[Document, ...]
    of: dict[int, Document]


def documents_of(complaint: Complaint) -> Documents:
    """Letters by their number, evidence in the order it was taken in, then what else came with messages."""
    rows = list(Attachment.objects.filter(case=complaint.case).order_by("pk"))
    letters = set(complaint.letters.values_list("attachment_id", flat=True))
    evidence = set(complaint.exhibits.exclude(attachment=None).values_list("attachment_id", flat=True))
    groups = (
        ("L", "letters", [one for one in rows if one.pk in letters]),
        ("E", "evidence", [one for one in rows if one.pk in evidence]),
        ("F", "files", [one for one in rows if one.pk not in letters | evidence]),
    )
    of = {
        row.pk: _document(f"{sign}{n}", folder, row)
        for sign, folder, group in groups
        for n, row in enumerate(group, start=1)
    }
    return Documents(tuple(of.values()), of)


def _document(mark: str, folder: str, row: Attachment) -> Document:
    gone = row.erased_at is not None
    path = "" if gone else f"{folder}/{mark}-{row.name.replace('/', '-')}"
    return Document(mark, path, row.name, row.sha256, row.size, row.blob)
