"""Effects of rulings by state; several can be noted as done at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.ownership import actions
from dingfen.ownership.effects import percent_of
from dingfen.ownership.models import Dispute, Effect
from dingfen.web.disputes import words
from dingfen.web.disputes.following import titles_of
from dingfen.web.lists import BulkAction, Choice, Column, Custom, Dates, Empty, ListPage, View

State = Effect.State
KINDS = [
    ("bonus", _("Signer bonus")),
    ("commission", _("Commission")),
    ("quota", _("Quota")),
    ("extras", _("Insurance and accessories")),
    ("duty", pgettext_lazy("effect", "Duty")),
    ("record", _("Noted in the record")),
    ("protection", _("Protection begins anew")),
]
WHOSE = (("me", pgettext_lazy("effect", "Mine")), ("late", pgettext_lazy("effect", "Late duties")))


def whose(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    if value == "me":
        return rows.filter(staff_id=actor.staff_id)
    return rows.filter(state=State.DUE, due_at__lt=at)


def done(*, actor: Actor, at: dt.datetime, row: Effect, data: Any) -> object:
    return actions.done(actor=actor, at=at, effect_uid=row.uid)


class Effects(ListPage[Effect]):
    key = "effects"
    title = _("Effects of rulings")
    permission = "dispute.view"
    export_permission = "effect.export"
    row_template = "effects/row.html"
    template = "effects/page.html"
    default_sort = "-since"
    columns = (
        Column("what", pgettext_lazy("effect", "Effect"), value=lambda row: row.title),
        Column("staff", pgettext_lazy("effect", "Person"), value="staff__name"),
        Column("amount", pgettext_lazy("effect", "Amount or share"), value=lambda row: row.worth),
        Column("dispute", _("Dispute"), value="ruling__dispute__case__number"),
        Column("article", _("Article"), value="article"),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("due", pgettext_lazy("effect", "Due by"), value="due_at", sort="due_at", nullable=True),
        Column(
            "since",
            pgettext_lazy("effect", "Due since"),
            value="due_since",
            sort="due_since",
            nullable=True,
            down=True,
        ),
    )
    filters = (
        Choice("state", _("State"), "state", State.choices),
        Choice("kind", pgettext_lazy("effect", "Kind"), "kind", KINDS),
        Custom("whose", _("Whose"), WHOSE, whose),
        Dates("since", pgettext_lazy("effect", "Due since"), "due_since"),
    )
    views = (
        View("due", pgettext_lazy("effect", "Due"), {"state": "due"}),
        View("late", pgettext_lazy("effect", "Late duties"), {"whose": "late"}, hot=True),
        View("mine", pgettext_lazy("effect", "Mine"), {"whose": "me"}),
        View("all", pgettext_lazy("view", "All"), {"sort": "-since"}),
    )
    bulk = (BulkAction("done", pgettext_lazy("effect", "Done"), done, icon="check"),)
    empty = Empty(
        _("Nothing follows yet."), _("Effects fall due when a ruling is final."), icon="clipboard-list"
    )

    def queryset(self) -> QuerySet[Effect]:
        """Sanctions are left out: they have a list of their own, seen by fewer."""
        return (
            Effect.objects.filter(ruling__dispute__in=Dispute.objects.visible_to(self.actor))
            .exclude(Q(kind="sanction"))
            .select_related("staff__unit", "ruling__dispute__case", "ruling__dispute__policy")
        )

    def row_name(self, row: Effect) -> str:
        return f"{row.ruling.dispute.case.number} · {row.title}"  # type: ignore[attr-defined]

    def prepare(self, rows: list[Effect]) -> None:
        from dingfen import formats

        for row in rows:
            titles = titles_of(row.ruling.dispute)
            row.title = titles.get(row.code) or str(words.EFFECTS.get(row.kind, row.code))  # type: ignore[attr-defined]
            money = formats.money(row.amount, row.currency or "CNY") if row.amount is not None else ""
            row.worth = money or percent_of(row.share)  # type: ignore[attr-defined]

    def context(self) -> dict[str, Any]:
        from dingfen.accounts import access

        return {"month": f"{self.at:%Y-%m}", "may_pay": access.may(self.actor, "effect.export")}
