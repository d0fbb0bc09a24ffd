"""Which papers there are. Who knows the rows offers a maker; pages and API ask for the paper by its kind.

offers("ruling", make)                    # make(actor, at, **which) -> Paper
made("ruling", actor, at, uid=uid)        # the same for the page, the PDF, the Word file and the API
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dingfen.papers.model import Paper
from dingfen.papers.typeset import to_pdf
from dingfen.papers.word import to_docx

Maker = Callable[..., Paper]
MAKERS: dict[str, Maker] = {}
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    content: bytes


def offers(kind: str, maker: Maker) -> None:
    """Offer papers of a kind. The maker reads through what the actor may see and raises Problem."""
    MAKERS[kind] = maker


def made(kind: str, actor: Any, at: dt.datetime, **which: Any) -> Paper:
    """The paper in the language in force. Raises KeyError for an unknown kind, Problem as its maker does."""
    return MAKERS[kind](actor, at, **which)


def written(paper: Paper, form: str, fonts: str = "") -> File:
    """The paper as a file; `form` is a key of TYPES."""
    content = to_pdf(paper, fonts) if form == "pdf" else to_docx(paper)
    return File(f"{paper.name}.{form}", TYPES[form], content)
