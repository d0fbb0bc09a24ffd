"""The two lists: what a person was told, and what the house sends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dingfen.accounts.actor import Actor
from dingfen.outbox import actions
from dingfen.outbox.events import EVENTS
from dingfen.outbox.models import Channel, Delivery
from dingfen.outbox.words import message, zone_of
from dingfen.web.lists import BulkAction, Choice, Column, Custom, Empty, Flag, ListPage, View

STATE_COLOURS = {
    Delivery.State.QUEUED: "yellow",
    Delivery.State.FAILED: "red",
    Delivery.State.CANCELLED: "grey",
}


class Messages(ListPage[Delivery]):
    """What both lists share: the words of each row, in the reader's language."""

    default_sort = "-when"

    def row_name(self, row: Delivery) -> str:
        return row.words.subject  # type: ignore[attr-defined, no-any-return]

    def rows_by_uid(self, uids: list[str]) -> QuerySet[Delivery]:
        rows = super().rows_by_uid(uids)
        self.prepare(list(rows))  # the names of the rows are their words
        return rows

    def prepare(self, rows: list[Delivery]) -> None:
        for row in rows:
            zone = zone_of(row.recipient)
            row.words = message(row, language=get_language() or "", zone=zone, at=self.at)  # type: ignore[attr-defined]
            row.colour = STATE_COLOURS.get(Delivery.State(row.state), "line")  # type: ignore[attr-defined]


def _unread(actor: Actor, at: dt.datetime) -> int:
    return Delivery.objects.unread().filter(recipient_id=actor.staff_id).count()


def _mark_read(*, actor: Actor, at: dt.datetime, row: Delivery, data: Any) -> None:
    actions.mark_read(actor=actor, at=at, delivery=row)


class Notices(Messages):
    key = "notices"
    title = _("Notices")
    template = "notices/notices.html"
    row_template = "notices/notice_row.html"
    columns = (
        Column("what", _("Notice"), lambda row: row.words.subject),
        Column("when", _("Received"), "queued_at", sort="queued_at", down=True),
    )
    filters = (Flag("unread", pgettext_lazy("notices", "Unread"), Q(state=Delivery.State.SENT)),)
    views = (
        View("all", pgettext_lazy("notices", "All")),
        View("unread", pgettext_lazy("notices", "Unread"), {"unread": "1"}, count=_unread, hot=True),
    )
    bulk = (BulkAction("read", _("Mark as read"), _mark_read, icon="check", key="r"),)
    empty = Empty(_("No notices"), _("What concerns you will stand here."), icon="bell")

    def queryset(self) -> QuerySet[Delivery]:
        return Delivery.objects.notices_of(self.actor).select_related("recipient__unit")

    def context(self) -> dict[str, Any]:
        return {"unread": _unread(self.actor, self.at)}


def _retry(*, actor: Actor, at: dt.datetime, row: Delivery, data: Any) -> None:
    actions.retry(actor=actor, at=at, delivery=row)


def _cancel(*, actor: Actor, at: dt.datetime, row: Delivery, data: Any) -> None:
    actions.cancel(actor=actor, at=at, delivery=row)


def _of_event(rows: QuerySet[Delivery], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Delivery]:
    return rows.filter(event=value)


class Outbox(Messages):
    key = "outbox"
    title = _("Outbox")
    permission = "outbox.view"
    export_permission = "outbox.manage"
    row_template = "notices/delivery_row.html"
    columns = (
        Column("what", _("Message"), lambda row: row.words.subject),
        Column("to", _("To"), "recipient__name"),
        Column("channel", _("Channel"), lambda row: row.get_channel_display()),
        Column("state", _("State"), lambda row: row.get_state_display()),
        Column("tries", _("Tries"), "attempts", css="num"),
        Column("error", _("Last error"), "error"),
        Column("when", _("Queued at"), "queued_at", sort="queued_at", down=True),
    )
    filters = (
        Choice("state", _("State"), "state", Delivery.State.choices),
        Choice("channel", _("Channel"), "channel", Channel.choices),
        Custom("event", _("Event"), [(code, event.name) for code, event in EVENTS.items()], _of_event),
    )
    views = (
        View("waiting", _("Waiting or failed"), {"state": "queued,failed"}),
        View("failed", pgettext_lazy("delivery", "Failed"), {"state": "failed"}, hot=True),
        View("everything", pgettext_lazy("notices", "All")),
    )
    bulk = (
        BulkAction("retry", _("Send again"), _retry, icon="refresh", key="r", permission="outbox.manage"),
        BulkAction(
            "cancel",
            _("Cancel"),
            _cancel,
            icon="x",
            permission="outbox.manage",
            confirm=_("Cancel these messages? They will not be sent."),
        ),
    )
    empty = Empty(_("Nothing waits to be sent"), icon="send", colour="green")

    def queryset(self) -> QuerySet[Delivery]:
        return Delivery.objects.visible_to(self.actor).select_related("recipient__unit")
