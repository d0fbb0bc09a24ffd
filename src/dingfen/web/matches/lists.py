"""Registrations that went through although another customer may be the same one: a person looks again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.ownership import actions
from dingfen.ownership.matches.rows import MatchReview
from dingfen.parties.texts import REASONS
from dingfen.web.holdings.lists import units
from dingfen.web.lists import BulkAction, Choice, Column, Dates, Empty, ListPage, Options, View
from dingfen.web.lists.pieces import ENOUGH

State = MatchReview.State


def to_check(actor: Actor, at: dt.datetime) -> int:
    """How many wait for this reader."""
    return MatchReview.objects.visible_to(actor).filter(state=State.OPEN)[:ENOUGH].count()


def not_same(*, actor: Actor, at: dt.datetime, row: MatchReview, data: Any) -> object:
    return actions.not_same(actor=actor, at=at, review_uid=row.uid)


def same(*, actor: Actor, at: dt.datetime, row: MatchReview, data: Any) -> object:
    return actions.same(actor=actor, at=at, review_uid=row.uid, reason=data.get("reason", ""))


def why(row: MatchReview) -> str:
    """The reasons in words, strongest first."""
    return ("；" if formats.chinese() else "; ").join(str(REASONS.get(code, code)) for code in row.reasons)


class Matches(ListPage[MatchReview]):
    key = "matches"
    title = pgettext_lazy("match", "To check")
    permission = "customer.merge"
    row_template = "matches/row.html"
    template = "matches/list.html"
    default_sort = "-opened"
    columns = (
        Column("customer", _("Customer"), value="customer__masked_name"),
        Column("holder", _("Holder"), value="registration__holder__name"),
        Column("other", _("May be the same as"), value="other__masked_name"),
        Column("sure", pgettext_lazy("match", "Sure"), value="sure", sort="sure", down=True),
        Column("why", pgettext_lazy("match", "Why"), value=why),
        Column("kind", pgettext_lazy("match", "Question"), value=lambda row: row.get_kind_display()),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("opened", _("Registered"), value="opened_at", sort="opened_at", down=True),
    )
    filters = (
        Choice("state", _("State"), "state", State.choices),
        Choice("kind", pgettext_lazy("match", "Question"), "kind", MatchReview.Kind.choices),
        Options("unit", _("Unit"), "customer__unit_id", units),
        Dates("opened", _("Registered"), "opened_at"),
    )
    views = (
        View(
            "open", pgettext_lazy("match", "To check"), {"state": State.OPEN.value}, count=to_check, hot=True
        ),
        View("apart", pgettext_lazy("match", "Never asked again"), {"state": State.OTHER.value}),
        View("merged", pgettext_lazy("match", "Merged"), {"state": State.SAME.value}),
        View("all", pgettext_lazy("view", "All"), {"sort": "-opened"}),
    )
    bulk = (
        BulkAction("not_same", _("Not the same"), not_same, icon="x", permission="customer.merge"),
        BulkAction(
            "same",
            _("Merge…"),
            same,
            icon="git-merge",
            permission="customer.merge",
            confirm=_("Both records stay whole; the merge can be undone for 7 days."),
            fields="matches/reason_field.html",
        ),
    )
    empty = Empty(_("Nothing to check."), icon="check", colour="green")

    def queryset(self) -> QuerySet[MatchReview]:
        return MatchReview.objects.visible_to(self.actor).select_related(
            "customer__unit", "registration__holder", "other__unit"
        )

    def row_name(self, row: MatchReview) -> str:
        return f"{row.customer.number} – {row.other.number}"

    def prepare(self, rows: list[MatchReview]) -> None:
        for row in rows:
            row.why = why(row)  # type: ignore[attr-defined]
