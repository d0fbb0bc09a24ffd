"""The queue of complaints."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.access import may
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.clocks.models import Clock
from dingfen.complaints import queue, watch
from dingfen.complaints.actions import handling
from dingfen.complaints.finding import KIND
from dingfen.complaints.models import OPEN, Channel, Complaint
from dingfen.complaints.visibility import below_units
from dingfen.database import kept
from dingfen.parties.search import record_ids
from dingfen.web.complaints.calls import going_on
from dingfen.web.complaints.words import level_words
from dingfen.web.lists import BulkAction, Choice, Column, Custom, Dates, Empty, Flag, ListPage, View
from dingfen.web.lists.pieces import ENOUGH

WHEN = pgettext_lazy("complaint", "Received")
MINE = (("handle", _("I handle")), ("free", _("Nobody handles")), ("received", _("I received")))


def to_handle(actor: Actor, at: dt.datetime) -> int:
    """How many open ones the reader handles, with those nobody has taken yet."""
    return kept.count(_to_handle, actor, most=ENOUGH)


def _to_handle(actor: Actor) -> QuerySet[Any]:
    rows = Complaint.objects.visible_to(actor).filter(state__in=OPEN)
    own = Q(handler_id=actor.staff_id or 0)
    own |= Q(handler=None) & below_units(actor.paths(Role.AGENT))
    return rows.filter(own)


def take(*, actor: Actor, at: dt.datetime, row: Complaint, data: QueryDict) -> None:
    handling.take(actor=actor, at=at, case_uid=row.case.uid)


def assign(*, actor: Actor, at: dt.datetime, row: Complaint, data: QueryDict) -> None:
    handling.assign(actor=actor, at=at, case_uid=row.case.uid, staff=data.get("staff", ""))


class Complaints(ListPage[Complaint]):
    key = "complaints"
    title = _("Complaints")
    permission = "complaint.view"
    export_permission = "customer.export"
    row_template = "complaints/row.html"
    template = "complaints/list.html"
    default_sort = "-received"
    columns = (
        Column("number", _("Number"), value="case__number"),
        Column("customer", _("Complainant"), value="masked_name"),
        Column("klass", _("Class"), value=lambda row: row.klass_words),
        Column("level", _("Level"), value=lambda row: row.level_words),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("limit", _("Deadline"), value=lambda row: row.clock.deadline if row.clock else None),
        Column("handler", _("Handler"), value="handler__name"),
        Column("channel", _("Channel"), value=lambda row: row.get_channel_display()),
        Column("received", WHEN, value="received_at", sort="case__opened_at", down=True),
    )  # fmt: skip
    filters = (
        Flag("open", _("Not closed"), Q(state__in=OPEN)),
        Choice("state", _("State"), "state", Complaint.State.choices),
        Choice("channel", _("Channel"), "channel", Channel.choices),
        Custom("mine", _("Mine"), MINE, queue.mine),
        Custom("late", _("Late"), (("yes", _("Late")), ("no", _("In time"))), queue.late),
        Flag("vulnerable", _("Needs particular care"), Q(vulnerable=True)),
        Dates("received", WHEN, "case__opened_at"),
    )
    views = (
        View("open", pgettext_lazy("view", "Open"), {"open": "yes"}),
        View("mine", _("I handle"), {"mine": "handle", "open": "yes"}, count=to_handle, hot=True),
        View("free", _("Nobody handles"), {"mine": "free"}),
        View("late", _("Late"), {"late": "yes", "open": "yes"}),
        View("all", pgettext_lazy("view", "All"), {"sort": "-received"}),
    )
    bulk = (
        BulkAction("take", _("Take over"), take, icon="user-check", key="t", permission="complaint.take"),
        BulkAction(
            "assign", _("Assign"), assign, icon="user-share", key="a", permission="complaint.assign",
            fields="complaints/assign_fields.html",
        ),
    )  # fmt: skip
    empty = Empty(
        _("No open complaints."), _("Whoever receives one registers it at once."), icon="message-report"
    )

    def queryset(self) -> QuerySet[Complaint]:
        rows = Complaint.objects.visible_to(self.actor).select_related("case__unit", "handler", "policy")
        words = self.request.GET.get("words", "").strip()
        if words and self.actor.company_id is not None:
            rows = rows.filter(pk__in=record_ids(self.actor.company_id, KIND, words))
        return rows

    def context(self) -> dict[str, Any]:
        people = Staff.objects.filter(company_id=self.actor.company_id, is_active=True).order_by("name", "pk")
        return {
            "words": self.request.GET.get("words", ""),
            "ringing": going_on(self.request) if may(self.actor, "complaint.receive") else (),
            "may_receive": may(self.actor, "complaint.receive"),
            "colleagues": people[:300] if may(self.actor, "complaint.assign") else (),
        }

    def uid(self, row: Complaint) -> Any:
        return row.case.uid

    def rows_by_uid(self, uids: list[str]) -> QuerySet[Complaint]:
        return self.queryset().filter(case__uid__in=uids)

    def row_name(self, row: Complaint) -> str:
        return row.case.number

    def prepare(self, rows: list[Complaint]) -> None:
        uids = [row.case.uid for row in rows]
        live = Clock.objects.live().filter(subject_uid__in=uids, kind__in=watch.KINDS).order_by("-deadline")
        clocks = {clock.subject_uid: clock for clock in live}
        for row in rows:
            row.clock = clocks.get(row.case.uid)  # type: ignore[attr-defined]
            row.klass_words, row.level_words = level_words(row)  # type: ignore[attr-defined]
