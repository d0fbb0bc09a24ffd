"""The text of a written rule as received: .txt, .md, .docx, .pdf. No database needed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

SUFFIXES = (".txt", ".md", ".docx", ".pdf")
LARGEST = 20 * 1024 * 1024  # bytes; a rule book has a few hundred kilobytes
# a line of a PDF that goes on in the next: no end of a sentence, and no mark of an article follows
BROKEN = re.compile(
    r"(?<=[㐀-鿿，,、])\n(?=[㐀-鿿])(?!第[零〇一二三四五六七八九十百\d]+[章节条]|[零〇一二三四五六七八九十]+、)"
)


class Unreadable(ValueError):
    """`code`: suffix, too_large, encrypted, damaged, no_text; the file's name is in `args`."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(name)
        self.code, self.name = code, name


def text_of(data: bytes, name: str) -> str:
    """The text of a file, by the ending of its name. Raises Unreadable."""
    suffix = "." + name.rpartition(".")[2].lower()
    reader = READERS.get(suffix)
    if reader is None:
        raise Unreadable("suffix", name)
    if len(data) > LARGEST:
        raise Unreadable("too_large", name)
    # a PDF may hold NUL characters and halves of signs, which no database keeps
    text = reader(data, name).replace("\0", "").encode(errors="replace").decode()
    if not text.strip():
        raise Unreadable("no_text", name)
    return text


def _plain(data: bytes, name: str) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    raise Unreadable("damaged", name)


def _word(data: bytes, name: str) -> str:
    from dingfen.policies.word_text import lines_of

    try:
        lines = lines_of(data)
    except Exception as error:  # whatever is wrong inside a damaged file, the answer is the same
        raise Unreadable("damaged", name) from error
    return "\n".join(lines)


def _pdf(data: bytes, name: str) -> str:
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted", name)
        text = "\n".join(page.extract_text() for page in reader.pages)
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable("damaged", name) from error
    return BROKEN.sub("", text)


READERS: dict[str, Callable[[bytes, str], str]] = {
    ".txt": _plain,
    ".md": _plain,
    ".docx": _word,
    ".pdf": _pdf,
}
