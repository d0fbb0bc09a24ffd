"""Files of a case (附件), for every room: taken in, opened, shown small, erased.

The room checks who may add or see; each opening is logged here. The entry in the register is the room's,
with the digest that `facts` gives.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet, Sum

from dingfen import blobs
from dingfen.accounts.actor import Actor
from dingfen.cases.models import Attachment, Case, Message
from dingfen.filetypes import PREVIEWED, refuse, type_of
from dingfen.parties.models import Customer
from dingfen.problems import conflict, missing, refused
from dingfen.register.looks import record_look
from dingfen.scanning import scan

MOST_FILES = 100
PREVIEW_SIDE = 1600
MOST_PIXELS = 60_000_000
rights: dict[str, Callable[[Actor], QuerySet[Any]]] = {}
"""Kind of case -> primary keys of the cases of that kind whose files an actor may open; each room adds its own."""


def visible(actor: Actor, uid: object) -> Attachment:
    """An attachment that the actor may open. Raises `not_visible` (404) for any other."""
    for kind, cases in rights.items():
        rows = Attachment.objects.filter(
            uid=str(uid), case__kind=kind, case__company_id=actor.company_id, case__in=cases(actor)
        )
        found = rows.select_related("case", "added_by").first()
        if found is not None:
            return found
    raise missing()


def content_of(file: UploadedFile[Any]) -> bytes:
    """What was sent; refused by its size before it is read. Raises `attachment.too_large`."""
    _fits(file.size or 0)
    content: bytes = file.read()
    return content


def _fits(size: int) -> None:
    if size > settings.ATTACHMENT_LIMIT:
        raise refuse("attachment.too_large", limit=settings.ATTACHMENT_LIMIT >> 20)


def attach(
    *, actor: Actor, at: datetime, case: Case, name: str, content: bytes, message: Message | None = None
) -> Attachment:
    """Keep a file with a case, in the caller's transaction; the file is whole on disk before that commits.

    With the message it came in; without a person acting it must have one, which says where it is from.

    Raises Problem `attachment.too_large`, `attachment.too_many`, `attachment.case_full`, `attachment.type`,
    `attachment.mismatch`, `attachment.empty`, `attachment.twice`, `attachment.infected`.
    """
    if actor.staff_id is None and message is None:
        raise refused("person.needed")
    name = clean_name(name)
    _fits(len(content))
    kind, digest = type_of(name, content), hashlib.sha256(content).hexdigest()
    standing = Attachment.objects.filter(case=case)
    if standing.count() >= MOST_FILES:
        raise refuse("attachment.too_many", limit=MOST_FILES)
    used: int = standing.aggregate(sum=Sum("size"))["sum"] or 0
    if used + len(content) > settings.CASE_FILES_LIMIT:
        raise refuse("attachment.case_full", limit=settings.CASE_FILES_LIMIT >> 20)
    if standing.filter(sha256=digest, added_by_id=actor.staff_id).exists():
        raise refuse("attachment.twice")
    scanned = scan(content)
    return Attachment.objects.create(
        case=case,
        name=name,
        content_type=kind,
        size=len(content),
        sha256=digest,
        blob=blobs.store(content),
        scanned=scanned,
        message=message,
        added_by_id=actor.staff_id,
        added_at=at,
    )


def clean_name(name: str) -> str:
    """The name as given, without folders and control characters."""
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip()
    path = PurePath(kept or "file")
    return f"{path.stem[: 200 - len(path.suffix)]}{path.suffix}"[:200]


def facts(row: Attachment) -> dict[str, Any]:
    """What an entry says of a file: no name, which may tell who somebody is."""
    return {
        "attachment": str(row.uid),
        "sha256": row.sha256,
        "size": row.size,
        "content_type": row.content_type,
    }


def opened(*, actor: Actor, at: datetime, attachment: Attachment) -> bytes:
    """The content, for who has the right (the room has checked); logged. Raises `attachment.erased` (409)."""
    content = _content(attachment)
    _log(actor, at, attachment, "attachment.opened")
    return content


def preview(*, actor: Actor, at: datetime, attachment: Attachment) -> bytes:
    """A picture as a JPEG of at most 1600 pixels a side, with nothing but the pixels: no place, no device.

    Logged like an opening. Raises `attachment.no_preview` (409) for what is no picture or can't be read.
    """
    if attachment.content_type not in PREVIEWED:
        raise conflict("attachment.no_preview")
    shown = _redrawn(_content(attachment))
    _log(actor, at, attachment, "attachment.previewed")
    return shown


def _redrawn(content: bytes) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError  # for who looks at a picture, not for every start

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")) as image:
            image.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise conflict("attachment.no_preview") from error
    upright.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    out = BytesIO()
    plain.save(out, "JPEG", quality=85)
    return out.getvalue()


def _content(attachment: Attachment) -> bytes:
    if attachment.erased_at is not None:
        raise conflict("attachment.erased", at=attachment.erased_at)
    return blobs.load(attachment.blob)


def _log(actor: Actor, at: datetime, attachment: Attachment, kind: str) -> None:
    if actor.company_uid is not None:
        record_look(at=at, actor_id=actor.uid, company=actor.company_uid, kind=kind, subject=attachment.uid)


def erase(customer: Customer, at: datetime) -> int:
    """Take the files of a customer's cases away: names and contents go, digests stay. How many there were."""
    found = Attachment.objects.filter(case__customer=customer, erased_at=None)
    blobs.let_go(list(found.values_list("blob", flat=True)))
    return found.update(name="", blob="", erased_at=at)
