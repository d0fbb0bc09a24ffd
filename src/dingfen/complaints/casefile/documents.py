"""What lies in a case file beside its index: letters, evidence, other files, each with its digest and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO

from dingfen import blobs
from dingfen.cases.models import Attachment
from dingfen.complaints.models import Complaint


@dataclass(frozen=True, slots=True)
class Document:
    """`mark`: how the index names it (E1, L2, F3); `path` in the ZIP, empty for one that was erased.

    `present`: it lies in the store. `first`: its first page when all are laid behind each other, `pages` how many
    it has; 0 for what has no pages.
    """

    mark: str
    path: str
    name: str
    sha256: str
    size: int
    blob: str
    present: bool = True
    pages: int = 0
    first: int = 0


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
    return Documents(tuple(numbered(of.values())), of)


def numbered(documents: Iterable[Document]) -> Iterator[Document]:
    """With their pages counted through, as a court wants a bundle."""
    page = 1
    for one in documents:
        yield replace(one, first=page if one.pages else 0)
        page += one.pages


def _document(mark: str, folder: str, row: Attachment) -> Document:
    gone = row.erased_at is not None
    path = "" if gone else f"{folder}/{mark}-{row.name.replace('/', '-')}"
    present = blobs.stored(row.blob)
    pages = _pages(row) if present else 0
    return Document(mark, path, row.name, row.sha256, row.size, row.blob, present, pages)


def _pages(row: Attachment) -> int:
    """How many pages it has: a picture one, a recording or a table none that could be counted."""
    if row.content_type.startswith("image/"):
        return 1
    if row.content_type == "application/pdf":
        from pypdf import PdfReader  # loads PIL, which no start needs

        with suppress(Exception):  # whatever is wrong inside a damaged file: it is enclosed without a count
            return len(PdfReader(BytesIO(blobs.load(row.blob))).pages)
    return 0
