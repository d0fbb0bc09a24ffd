"""A paper as PDF, set by Typst.

Texts reach Typst as JSON and are set as they are: none is ever read as markup. Compiler and fonts are loaded
at the first paper and kept, so a process that writes none pays nothing. The same paper gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from dingfen.papers.model import Paper, cleaned

TEMPLATE = Path(__file__).with_name("paper.typ")
_one_at_a_time = Lock()


def to_pdf(paper: Paper, fonts: str = "") -> bytes:
    """The PDF. `fonts`: a folder with further fonts, for characters that Noto Serif SC does not have."""
    given = json.dumps(_plain(cleaned(paper)), ensure_ascii=False)
    with _one_at_a_time:
        made: bytes = _compiler(fonts).compile(
            input=TEMPLATE.read_bytes(),
            format="pdf",
            sys_inputs={"paper": given},
            timestamp=int(paper.made_at.timestamp()),
        )
    return made


def _plain(paper: Paper) -> dict[str, Any]:
    told = asdict(paper)
    del told["made_at"]
    told["blocks"] = [{"kind": block.kind, **asdict(block)} for block in paper.blocks]
    return told


@lru_cache(maxsize=2)
def _compiler(fonts: str) -> Any:
    import pylopdf_fonts_zh_cn as noto
    import typst

    folders = [str(noto.serif_path().parent), *([fonts] if fonts else [])]
    known = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
    return typst.Compiler(font_paths=known, ignore_system_fonts=True)
