"""A file as a table of texts: CSV, TSV and Excel; UTF-8, UTF-16 and GB18030, told by content, not by name."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dingfen.problems import Problem, invalid

MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_UNPACKED = 400 * 1024 * 1024
MOST_RATIO = 200
CELL_LIMIT = 20_000
DELIMITERS = ",\t;|"
csv.field_size_limit(1_000_000)


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are texts, as long as `columns`; `numbers` are their places in the file as its reader counts."""

    columns: tuple[str, ...]
    rows: list[list[str]]
    numbers: list[int]
    encoding: str
    sheet: str = ""


def fault(code: str, **params: object) -> Problem:
    """Something wrong with the file as a whole (422, field `file`)."""
    return invalid({"file": [(code, params)]}, code)


def read_table(content: bytes, most: int = MOST_ROWS) -> Table:
    """Read a file of at most `most` rows.

    Raises Problem `file.empty`, `file.type`, `file.encoding`, `file.too_large`, `file.broken`.
    """
    if not content.strip():
        raise fault("file.empty")
    if content[:2] == b"\x1f\x8b":
        content = _gunzip(content)
    if content[:4] == b"PK\x03\x04":
        return _excel(content, most)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or content[:5] == b"%PDF-":
        raise fault("file.type")
    text, encoding = decode(content)
    return _table(_csv_rows(text), encoding, most=most)


def decode(content: bytes) -> tuple[str, str]:
    """Text and the name of its encoding. Raises Problem `file.encoding`."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(content, "utf-16"), "UTF-16"
    if b"\0" in content[:4096]:
        raise fault("file.type")
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return _decoded(content, "gb18030"), "GB18030"


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise fault("file.encoding", place=error.start) from error


def _gunzip(content: bytes) -> bytes:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacker.decompress(content, MOST_UNPACKED)
    except zlib.error as error:
        raise fault("file.broken") from error
    if unpacker.unconsumed_tail:
        raise fault("file.too_large", rows=MOST_ROWS)
    return unpacked


def _csv_rows(text: str) -> Iterator[list[str]]:
    sample = text[:20_000]
    delimiter = max(DELIMITERS, key=lambda one: _fits(sample, one))
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)


def _fits(sample: str, delimiter: str) -> tuple[float, int]:
    """How alike the lines are in number of fields, then how many fields: the true delimiter wins."""
    lines = [len(line) for line in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if line][
        :50
    ]
    if not lines or lines[0] < 2:
        return (0.0, 0)
    return (sum(count == lines[0] for count in lines) / len(lines), lines[0])


def _excel(content: bytes, most: int) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            sizes = [(item.file_size, max(item.compress_size, 1)) for item in packed.infolist()]
            if "xl/workbook.xml" not in packed.namelist():
                raise fault("file.type")
        if sum(size for size, _ in sizes) > MOST_UNPACKED or any(
            size > 1_000_000 and size / small > MOST_RATIO for size, small in sizes
        ):
            raise fault("file.too_large", rows=MOST_ROWS)
        from openpyxl import load_workbook  # loaded only by who reads a workbook

        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
        return _table(rows, "Excel", sheet.title, most)
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, EOFError, zlib.error, SyntaxError) as error:
        raise fault("file.broken") from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat(timespec="seconds")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _table(lines: Iterable[list[str]], encoding: str, sheet: str = "", most: int = MOST_ROWS) -> Table:
    columns: tuple[str, ...] = ()
    head: list[str] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    try:
        for number, line in enumerate(lines, 1):
            if not any(cell.strip() for cell in line):
                continue
            if not rows and (found := _head(head, line, cells=encoding == "Excel")):
                head, columns = found, _names(found)
                continue
            if len(rows) == most:
                raise fault("file.too_large", rows=most)
            cells = [cell.replace("\0", "")[:CELL_LIMIT] for cell in line[: len(columns)]]
            rows.append(cells + [""] * (len(columns) - len(cells)))
            numbers.append(number)
    except csv.Error as error:
        raise fault("file.broken") from error
    if not rows:
        raise fault("file.empty")
    return Table(columns, rows, numbers, encoding, sheet)


def _head(above: list[str], line: list[str], *, cells: bool) -> list[str] | None:
    """The line of names once `line` was read too; None where it is the first of the rows.

    A title alone above the names is no name. In a workbook (`cells`) a name may stand over several (联系方式 over
    姓名 and 手机): then the names below are meant, and 编号 beside them goes on where nothing stands below.
    """
    if not above or (_filled(above) == 1 and _filled(line) > (1 if cells else 2)):
        return line
    width = max(len(above), len(line))
    names, below = (one + [""] * (width - len(one)) for one in (above, line))
    gaps = any(low.strip() and not high.strip() for high, low in zip(names, below, strict=True))
    kept = any(high.strip() and not low.strip() for high, low in zip(names, below, strict=True))
    if cells and gaps and kept and not any(char.isdigit() for low in below for char in low):
        return [low if low.strip() else high for high, low in zip(names, below, strict=True)]
    return None


def _filled(line: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in line)


def _names(line: list[str]) -> tuple[str, ...]:
    """Column names, each once; a nameless column gets its number."""
    while line and not line[-1].strip():
        line = line[:-1]
    if len(line) > MOST_COLUMNS:
        raise fault("file.columns", limit=MOST_COLUMNS)
    found: dict[str, None] = {}
    for place, cell in enumerate(line, 1):
        name = " ".join(cell.replace("\0", "").split())[:80] or f"#{place}"
        found[name if name not in found else f"{name} #{place}"] = None
    return tuple(found)
