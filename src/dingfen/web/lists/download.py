"""A list as a file: CSV or Excel of every row the filters leave, logged as a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from dingfen.accounts import access
from dingfen.problems import missing
from dingfen.register.looks import record_look
from dingfen.web.lists import export, paging

if TYPE_CHECKING:
    from dingfen.web.lists.page import ListPage


def download(page: ListPage[Any], wanted: str) -> HttpResponseBase:
    """`wanted`: csv or xlsx. Raises Problem without the right to export."""
    access.require(page.actor, page.export_permission or "customer.export")
    company = page.request.user.company
    if company is None:
        raise missing()
    record_look(
        at=page.at,
        actor_id=page.actor.uid,
        company=company.uid,
        kind="export",
        detail={"list": page.key, "format": wanted, "query": page.kept_query},
    )
    columns = [column for column in page.columns if page.shown.get(column.key)]
    head = [column.label for column in columns]
    parts = paging.chunks(page.rows, page.column, page.sort.startswith("-"))
    rows = (row for part in parts for row in page.make_ready(part))
    cells = ([column.cell(row) for column in columns] for row in rows)
    name = f"{slugify(page.key)}-{timezone.localtime(page.at):%Y%m%d-%H%M}"
    if wanted == "xlsx":
        return FileResponse(
            export.excel(str(page.title), head, cells), as_attachment=True, filename=f"{name}.xlsx"
        )
    response = StreamingHttpResponse(export.csv_lines(head, cells), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
