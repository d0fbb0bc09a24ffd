"""Lists as files: CSV streamed row by row, Excel written to a temporary file.

No cell can act as a formula in a spreadsheet, and long numbers (18-digit ids, phones) stay text.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO

from django.utils import timezone

from dingfen.problems import Problem

STARTS = tuple("=+-@\t\r\n＝＋－＠")
LONG = 12  # digits from which spreadsheets begin to round or to write 3.3E+17
EXCEL_ROWS = 1_048_576
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # XML has no place for them


def harmless(value: object) -> str | int | float | Decimal | bool:
    """A cell as a spreadsheet may read it: numbers as such, times as text, no text that begins a formula."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dt.date):
        return value.isoformat()
    text = _CONTROL.sub("", str(value))
    return (
        f"'{text}"
        if text.lstrip(" \u3000\u200b\ufeff").startswith(STARTS) or text.startswith(STARTS)
        else text
    )


def is_number_text(value: object) -> bool:
    """Digits that must not become a number: long ones, or with a leading zero."""
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and (len(value) >= LONG or value[0] == "0")
    )


def csv_lines(head: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Lines of a CSV in UTF-8 with the mark that lets spreadsheets read Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    yield "\ufeff".encode()
    writer.writerow([harmless(cell) for cell in head])
    for row in rows:
        cells = (harmless(cell) for cell in row)
        writer.writerow([f"\t{cell}" if is_number_text(cell) else cell for cell in cells])
        if buffer.tell() > 64 * 1024:
            yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return text


def excel(title: str, head: Iterable[object], rows: Iterable[Iterable[object]]) -> IO[bytes]:
    """A workbook of one sheet, at its start for reading. Raises Problem when a sheet can't hold the rows."""
    from openpyxl import Workbook  # loaded only by who writes a workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=title[:31])
    sheet.freeze_panes = "A2"
    sheet.append([harmless(cell) for cell in head])
    for number, row in enumerate(rows, start=2):
        if number > EXCEL_ROWS:
            raise Problem("export.too_long", 422, {"limit": EXCEL_ROWS - 1})
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet)
            cell.value = harmless(value)
            if isinstance(cell.value, str):
                cell.data_type, cell.number_format = "s", "@"
            cells.append(cell)
        sheet.append(cells)
    file = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115 the response closes it
    book.save(file)
    file.seek(0)
    return file
