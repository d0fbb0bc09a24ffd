"""The list of sanctions: each reader sees those that concern them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.clocks.models import Clock
from dingfen.ownership.sanction_rows import Sanction
from dingfen.web.lists import Choice, Column, Custom, Dates, Empty, Flag, ListPage, View

State = Sanction.State
OPEN = (State.HEARING, State.DECIDING, State.DECIDED, State.APPEALED)
WHOSE = (("me", _("About me")), ("others", _("About others")))


def whose(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    mine = Q(staff_id=actor.staff_id)
    return rows.filter(mine if value == "me" else ~mine)


class Sanctions(ListPage[Sanction]):
    key = "sanctions"
    title = _("Sanctions")
    permission = "sanction.view"
    row_template = "sanctions/row.html"
    default_sort = "-opened"
    columns = (
        Column("number", _("Number"), value="case__number"),
        Column("staff", _("Person concerned"), value="staff__name"),
        Column("about", pgettext_lazy("sanction", "About"), value="article"),
        Column("measure", pgettext_lazy("sanction", "Measure"), value=lambda row: row.get_measure_display()),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("limit", _("Deadline"), value=lambda row: row.clock.deadline if row.clock else None),
        Column(
            "opened",
            pgettext_lazy("sanction", "Proposed"),
            value="case__opened_at",
            sort="case__opened_at",
            down=True,
        ),
    )
    filters = (
        Flag("open", _("Not closed"), Q(state__in=OPEN)),
        Choice("state", _("State"), "state", State.choices),
        Choice("outcome", pgettext_lazy("sanction", "Outcome"), "outcome", Sanction.Outcome.choices),
        Choice("measure", pgettext_lazy("sanction", "Measure"), "measure", Sanction.Measure.choices),
        Custom("whose", _("Whose"), WHOSE, whose),
        Dates("opened", pgettext_lazy("sanction", "Proposed"), "case__opened_at"),
    )
    views = (
        View("open", pgettext_lazy("view", "Open"), {"open": "yes"}),
        View("me", _("About me"), {"whose": "me"}),
        View("all", pgettext_lazy("view", "All"), {"sort": "-opened"}),
    )
    empty = Empty(
        _("No sanctions."),
        _("A ruling or a head proposes one; the person is heard before anybody decides."),
        icon="gavel",
    )

    def queryset(self) -> QuerySet[Sanction]:
        return Sanction.objects.visible_to(self.actor).select_related("case", "staff__unit", "policy")

    def uid(self, row: Sanction) -> Any:
        return row.case.uid

    def rows_by_uid(self, uids: list[str]) -> QuerySet[Sanction]:
        return self.queryset().filter(case__uid__in=uids)

    def row_name(self, row: Sanction) -> str:
        return row.case.number

    def prepare(self, rows: list[Sanction]) -> None:
        live = Clock.objects.live().filter(subject_uid__in=[row.case.uid for row in rows])
        clocks = {clock.subject_uid: clock for clock in live.order_by("-deadline")}
        for row in rows:
            row.clock = clocks.get(row.case.uid)  # type: ignore[attr-defined]
