"""The payroll file: by person and month, what rulings bring and take."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_safe

from dingfen.ownership.payroll import month_of, pay_lines
from dingfen.web.disputes import words
from dingfen.web.lists import export
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name, unit_name


@login_required
@require_safe
def payroll(request: Request) -> HttpResponseBase:
    """`month` such as 2026-11; `export` csv or xlsx."""
    month = request.GET.get("month", "")
    start, end = month_of(month)
    head = [
        gettext("Employee number"), pgettext("effect", "Person"), gettext("Unit"), gettext("Month"),
        pgettext("effect", "Kind"), gettext("Dispute"), gettext("Contract"), gettext("Article"),
        gettext("Amount"), gettext("Currency"), gettext("Share in %"), pgettext("effect", "Done"), gettext("On"),
    ]  # fmt: skip
    kinds = {**words.EFFECTS, "fine": words.MEASURES["fine"]}
    rows = [
        [
            line.staff.employee_number, staff_name(line.staff), unit_name(line.staff.unit), month,
            str(kinds.get(line.kind, line.kind)), line.number, line.deal, line.article,
            line.amount, line.currency if line.amount is not None else "", line.share,
            pgettext("fact", "yes") if line.done else pgettext("fact", "no"), line.at,
        ]
        for line in pay_lines(request.actor, start, end)
    ]  # fmt: skip
    name = f"payroll-{month}"
    if request.GET.get("export") == "xlsx":
        book = export.excel(gettext("Payroll"), head, rows)
        return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx")
    answer = StreamingHttpResponse(export.csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
