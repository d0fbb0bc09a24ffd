"""What a file is, by its content: the types a case may hold, and the endings that go with them.

What is not on the list is refused, programs and archives among it; so is a file whose name says something
else than its content.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePath

from dingfen.problems import Problem, invalid

TEXT = "text/plain"
ALLOWED: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "image/bmp": ("bmp",),
    "image/tiff": ("tif", "tiff"),
    "image/heic": ("heic", "heif"),
    "application/pdf": ("pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/ofd": ("ofd",),
    "application/msword": ("doc", "wps"),
    "application/vnd.ms-excel": ("xls", "et"),
    "application/vnd.ms-powerpoint": ("ppt", "dps"),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a",),
    "audio/x-wav": ("wav",),
    "audio/amr": ("amr",),
    "audio/ogg": ("ogg",),
    "video/mp4": ("mp4", "m4v", "m4a"),
    "video/quicktime": ("mov",),
    "video/3gpp": ("3gp",),
    TEXT: ("txt", "csv", "log"),
}
PREVIEWED = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff"})
_ZIP = b"PK\x03\x04"
# a member that says what a zip is -> its type
_IN_ZIP = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "OFD.xml": "application/ofd",
}


def type_of(name: str, content: bytes) -> str:
    """The content type. Raises Problem `attachment.empty`, `attachment.type`, `attachment.mismatch`."""
    if not content:
        raise refuse("attachment.empty")
    found = _found(content)
    if found not in ALLOWED:
        raise refuse("attachment.type")
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if ending not in ALLOWED[found]:
        raise refuse("attachment.mismatch", wanted=ALLOWED[found][0], ending=ending or "–")
    return found


def named(name: str, content: bytes) -> str:
    """The name with an ending that fits the content; as it is for what is not on the list."""
    fitting = ALLOWED.get(_found(content), ())
    ending = PurePath(name).suffix.lower().removeprefix(".")
    return name if ending in fitting or not fitting else f"{name}.{fitting[0]}"


def refuse(code: str, **params: object) -> Problem:
    """A file that cannot be taken (422, field `file`)."""
    return invalid({"file": [(code, params)]}, code)


def _found(content: bytes) -> str:
    if content[:4] == _ZIP:
        return _zipped(content)
    import filetype  # for who sends a file, not for every start

    guessed = filetype.guess_mime(content[:8192])
    return str(guessed) if guessed else TEXT if _is_text(content) else ""


def _zipped(content: bytes) -> str:
    """What an office document in a zip is; empty for other archives and for documents with macros."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return ""
    if any(member.endswith("vbaProject.bin") for member in members):
        return ""
    return next((kind for member, kind in _IN_ZIP.items() if member in members), "")


def _is_text(content: bytes) -> bool:
    """Text in UTF-8 or GB 18030, and no script that a shell would run."""
    if b"\0" in content or content[:2] == b"#!":
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
