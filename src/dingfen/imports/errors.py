"""Rows that were left out, in words, and as a file to correct and import again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext, ngettext, pgettext

from dingfen.imports.actions import table_of
from dingfen.imports.models import ImportJob, ImportRow
from dingfen.imports.texts import ROW, ROW_ALONE
from dingfen.wording import fault_text

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def failed(job: ImportJob) -> QuerySet[ImportRow]:
    """The rows left out, in the order of the file."""
    return job.rows.filter(state="failed").order_by("number")


def text(number: int, fault: Mapping[str, Any]) -> str:
    """What is wrong in a row: row, column, value, how to mend it."""
    said = fault_text(fault["code"], fault["params"])
    if not fault["column"]:
        return str(ROW_ALONE) % {"row": number, "fault": said}
    value = "" if "name" in fault["params"] else fault["value"]  # the words name it themselves
    words = f"{value} {said}".strip()
    return str(ROW) % {"row": number, "column": fault["column"], "fault": words}


def summary(job: ImportJob) -> str:
    """How many rows are in (or would be), how many were left out, what was found."""
    if job.state == ImportJob.State.READY:
        said = [gettext("Dry run: %(done)s rows can be imported, %(failed)s can't.")]
    elif job.failed:
        said = [
            gettext(
                "%(done)s rows in, %(failed)s left out. Download the error file, correct it, import those %(failed)s."
            )
        ]
    else:
        said = [gettext("%(done)s rows in.")]
    if job.skipped:
        said.append(gettext("%(skipped)s were there already."))
    opened = job.report.get("disputes", {}).get("opened", 0)
    if opened:
        said.append(ngettext("%(opened)s dispute opened, with a proposed ruling.",
                             "%(opened)s disputes opened, each with a proposed ruling.", opened))  # fmt: skip
    found = job.report.get("found", {})
    late = sum(number for name, number in found.items() if name.endswith((".late", ".overdue")))
    if found:
        said.append(gettext("%(late)s deadlines of their time were missed."))
    if found.get("differs"):
        said.append(gettext("In %(differs)s rows the file says otherwise of the first answer."))
    counts = {"done": job.done, "failed": job.failed, "skipped": job.skipped, "opened": opened}
    counts |= {"late": late, "differs": found.get("differs", 0)}
    return " ".join(said) % {name: f"{number:,}" for name, number in counts.items()}


def table(job: ImportJob) -> Iterator[list[str]]:
    """The error file: the original columns and the reason; importable again as it is once corrected."""
    source = table_of(job)
    places = {number: place for place, number in enumerate(source.numbers)}
    yield [*source.columns, pgettext("import", "Reason")]
    for row in failed(job).iterator():
        cells = source.rows[places[row.number]]
        reasons = "; ".join(text(row.number, fault) for fault in row.errors)
        yield [*(safe(cell) for cell in cells), reasons]


def safe(cell: str) -> str:
    """A cell that a spreadsheet will not take for a formula; numbers with a sign stay as they are."""
    if cell.startswith(FORMULA) and not cell[1:].replace(".", "").replace(" ", "").replace("-", "").isdigit():
        return f"'{cell}"
    return cell


def download(job: ImportJob) -> StreamingHttpResponse:
    """The error file as a download, with a byte-order mark so that spreadsheets read its Chinese."""
    answer = StreamingHttpResponse(_lines(table(job)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="errors-{job.uid.hex[-8:]}.csv"'
    return answer


def _lines(rows: Iterator[list[str]]) -> Iterator[bytes]:
    yield "\ufeff".encode()
    for row in rows:
        out = io.StringIO(newline="")
        csv.writer(out).writerow(row)
        yield out.getvalue().encode()
