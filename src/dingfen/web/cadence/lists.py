"""The list of follow-ups: overdue, today, this week; one call that reached nobody for several at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.ownership import actions, cadence
from dingfen.ownership.models import Registration
from dingfen.parties.models import Touch
from dingfen.parties.queries import names_by_id
from dingfen.web.holdings.lists import GRADES, about, find, units, who
from dingfen.web.lists import (
    BulkAction,
    Choice,
    Column,
    Custom,
    Dates,
    Empty,
    ListPage,
    Options,
    TextFilter,
    View,
)

PERIODS = (("late", _("overdue")), ("today", _("today")), ("week", _("this week")))


def due(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    return rows.filter(cadence.due_within(value, at))


def overdue(actor: Actor, at: dt.datetime) -> int:
    return cadence.follow_ups(actor).filter(cadence.due_within("late", at)).count()


def not_reached(*, actor: Actor, at: dt.datetime, row: Registration, data: Any) -> object:
    return actions.log_follow_up(
        actor=actor, at=at, registration_uid=row.uid, kind=Touch.Kind.OUTGOING, reached=False
    )


class FollowUps(ListPage[Registration]):
    key = "follow-ups"
    title = _("Follow-ups")
    permission = "customer.view"
    export_permission = "customer.export"
    template = "cadence/list.html"
    row_template = "cadence/row.html"
    default_sort = "due"
    columns = (
        Column("customer", _("Customer"), value="customer__masked_name"),
        Column("grade", _("Grade"), value="customer__grade"),
        Column("due", _("Follow-up due"), value="follow_up_due", sort="follow_up_due", nullable=True),
        Column("left", _("Days left"), value="days_left", sort="protected_until", nullable=True),
        Column(
            "last",
            _("Last effective follow-up"),
            value="last_effective_at",
            sort="last_effective_at",
            nullable=True,
        ),
        Column("attempts", _("Not reached since"), value="attempts", css="num"),
        Column("next", _("Next step"), value="next_step_at", sort="next_step_at", nullable=True),
        Column("holder", _("Holder"), value="holder__name"),
        Column("unit", _("Unit"), value="unit__name", hidden=True),
        Column("scope", _("Product or project"), value="scope", hidden=True),
        Column("log", _("Quick log"), value=lambda row: ""),
    )
    filters = (
        Custom("due", pgettext_lazy("follow-up", "Due"), PERIODS, due),
        Custom("who", _("Whose"), (("mine", _("Mine")), ("unit", _("My unit's"))), who),
        Choice("grade", _("Grade"), "customer__grade", GRADES),
        Options("unit", _("Unit"), "unit_id", units),
        TextFilter("scope", _("Product or project"), about),
        TextFilter("find", _("Find"), find),
        Dates("until", _("Protected until"), "protected_until", ahead=True),
    )
    views = (
        View("late", pgettext_lazy("follow-up", "Overdue"), {"due": "late"}, count=overdue, hot=True),
        View("today", pgettext_lazy("follow-up", "Today"), {"due": "today"}),
        View("week", pgettext_lazy("follow-up", "This week"), {"due": "week"}),
        View("mine", pgettext_lazy("view", "Mine"), {"who": "mine"}),
        View("all", pgettext_lazy("view", "All"), {"sort": "due"}),
    )
    bulk = (
        BulkAction(
            "not_reached",
            _("Not reached"),
            not_reached,
            icon="phone",
            key="n",
            permission="touch.record",
            confirm=_("Log a call that reached nobody for each? It doesn't lengthen the protection."),
        ),
    )
    empty = Empty(
        _("Nothing overdue."), _("The week stands under “This week”."), icon="check", colour="green"
    )

    def queryset(self) -> QuerySet[Registration]:
        return cadence.follow_ups(self.actor)

    def prepare(self, rows: list[Registration]) -> None:
        names = names_by_id(self.actor, [row.customer_id for row in rows])
        steps = cadence.next_steps(rows)
        for row in rows:
            row.full_name = names[row.customer_id]  # type: ignore[attr-defined]
            row.days_left = cadence.days_left(row, self.at)  # type: ignore[attr-defined]
            row.step_words = steps.get(row.pk, "")  # type: ignore[attr-defined]
            row.mine = row.holder_id == self.actor.staff_id  # type: ignore[attr-defined]

    def row_name(self, row: Registration) -> str:
        return row.customer.masked_name
