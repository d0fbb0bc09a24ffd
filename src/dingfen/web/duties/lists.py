"""Prior communication (事先沟通): who owes it to a holder to tell them, and what the holders say."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.database import kept
from dingfen.ownership.holding_rows import TellDuty
from dingfen.web.holdings.lists import units
from dingfen.web.lists import Choice, Column, Custom, Dates, Empty, ListPage, Options, TextFilter, View
from dingfen.web.lists.pieces import ENOUGH

State = TellDuty.State
OPEN = Q(state__in=(State.OPEN, State.BREACHED)) | Q(note_due_at__isnull=False, noted_at=None)


def whose(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    if value == "mine":
        return rows.filter(OPEN, receiver_id=actor.staff_id)
    if value == "asked":
        return rows.filter(holder_id=actor.staff_id, answer="").exclude(state=State.OPEN)
    return rows.filter(Q(state__in=(State.BREACHED, State.LATE)) | Q(note_missed=True) | Q(answer="not_told"))


def to_tell(actor: Actor, at: dt.datetime) -> int:
    """How many this reader still has to tell or to note."""
    return kept.count(_to_tell, actor.staff_id or 0, most=ENOUGH)


def _to_tell(staff_id: int) -> QuerySet[Any]:
    return TellDuty.objects.filter(OPEN, receiver_id=staff_id)


def find(rows: QuerySet[Any], text: str, actor: Actor) -> QuerySet[Any]:
    """By number or masked name of the customer, or by a name of the two people."""
    return rows.filter(
        Q(registration__customer__number__iexact=text)
        | Q(registration__customer__masked_name__icontains=text)
        | Q(receiver__name__icontains=text)
        | Q(holder__name__icontains=text)
    )


class Duties(ListPage[TellDuty]):
    key = "duties"
    title = _("Prior communication")
    permission = "customer.view"
    row_template = "duties/row.html"
    default_sort = "-arose"
    columns = (
        Column("customer", _("Customer"), value="registration__customer__masked_name"),
        Column("receiver", _("Received by"), value="receiver__name"),
        Column("holder", _("Holder"), value="holder__name"),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("due", pgettext_lazy("duty", "Due"), value="due_at", sort="due_at"),
        Column("how", pgettext_lazy("duty", "How"), value=lambda row: row.get_how_display()),
        Column("answer", _("The holder says"), value=lambda row: row.get_answer_display()),
        Column("arose", _("Received at"), value="arose_at", sort="arose_at", down=True),
    )
    filters = (
        Custom(
            "whose",
            _("Show"),
            (
                ("mine", pgettext_lazy("duty", "mine to do")),
                ("asked", pgettext_lazy("duty", "mine to confirm")),
                ("breach", pgettext_lazy("duty", "breached or disputed")),
            ),
            whose,
        ),
        Choice("state", _("State"), "state", State.choices),
        Options("unit", _("Unit"), "unit_id", units),
        TextFilter("find", _("Find"), find),
        Dates("arose", _("Received at"), "arose_at"),
    )
    views = (
        View("mine", pgettext_lazy("duty", "Mine to do"), {"whose": "mine"}, count=to_tell, hot=True),
        View("asked", pgettext_lazy("duty", "Mine to confirm"), {"whose": "asked"}),
        View("breach", pgettext_lazy("duty", "Breached or disputed"), {"whose": "breach"}),
        View("all", pgettext_lazy("view", "All"), {"sort": "-arose"}),
    )
    empty = Empty(
        _("Nobody to tell."),
        _("When you receive a colleague's customer, the duty to tell them stands here."),
        icon="check",
        colour="green",
    )

    def queryset(self) -> QuerySet[TellDuty]:
        return TellDuty.objects.visible_to(self.actor).select_related(
            "registration__customer", "receiver", "holder"
        )

    def row_name(self, row: TellDuty) -> str:
        return row.registration.customer.masked_name
