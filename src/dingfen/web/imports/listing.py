"""The list of imports one may see."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.imports import queries
from dingfen.imports.models import ImportJob
from dingfen.web.lists import Choice, Column, Empty, ListPage


class Imports(ListPage[ImportJob]):
    key = "imports"
    title = pgettext_lazy("room", "Import")
    permission = "import.run"
    default_sort = "-made"
    template = "imports/list.html"
    row_template = "imports/row.html"
    empty = Empty(
        _("Nothing imported yet"),
        _("Bring in customers, touches, deals, staff and complaints from CSV or Excel."),
        icon="table-import",
    )
    columns = (
        Column("file", _("File"), value="file_name"),
        Column("kind", _("What"), value=lambda row: row.get_kind_display()),
        Column("state", pgettext_lazy("import", "State"), value=lambda row: row.get_state_display()),
        Column("rows", _("Rows"), value="total"),
        Column("left_out", _("Left out"), value="failed"),
        Column("made", _("Uploaded"), value="made_at", sort="pk", down=True),
    )
    filters = (
        Choice("kind", _("What"), "kind", ImportJob.Kind.choices),
        Choice("state", pgettext_lazy("import", "State"), "state", ImportJob.State.choices),
    )

    def queryset(self) -> QuerySet[ImportJob]:
        return queries.jobs(self.actor)
