"""The list of disputes."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role
from dingfen.clocks.models import Clock
from dingfen.database import kept
from dingfen.ownership import actions
from dingfen.ownership.models import Claim, Dispute
from dingfen.ownership.visibility import below
from dingfen.parties.queries import names_by_id
from dingfen.web.lists import BulkAction, Choice, Column, Custom, Dates, Empty, Flag, ListPage, View
from dingfen.web.lists.cells import cut, in_line, moment, named, written
from dingfen.web.lists.pieces import ENOUGH
from dingfen.web.markup import markup
from dingfen.web.templatetags.dingfen import clock, staff_name, tag, unit_name

State = Dispute.State
OPEN = (
    State.RAISED,
    State.EVIDENCE,
    State.AWAITING_RULING,
    State.AWAITING_JOINT,
    State.RULED,
    State.APPEALED,
)
COLOURS: dict[str, str] = {
    State.FINAL: "green",
    State.AGREED: "green",
    State.WITHDRAWN: "grey",
    State.AWAITING_RULING: "accent",
    State.AWAITING_JOINT: "accent",
    State.APPEALED: "accent",
}
NEEDED = (
    "state", "scope", "case__uid", "case__number", "case__customer_id", "case__opened_at", "case__unit__name",
    "case__unit__name_en",
)  # fmt: skip
CLOCK = (
    "subject_uid",
    "state",
    "started_at",
    "deadline",
    "paused_at",
    "pause_reason",
    "ended_at",
)  # for its chip
MINE = (("claim", _("My claims")), ("rule", _("For me to rule")))


def mine(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime | None = None) -> QuerySet[Any]:
    """Disputes in which the reader claims, or on which the reader is to rule."""
    if value == "claim":
        return rows.filter(Q(claims__claimant_id=actor.staff_id)).distinct()
    heads = Q(state__in=("awaiting_ruling", "awaiting_joint"), pk__in=_of_units(actor))
    heads &= ~Q(decider_mode="general_manager")
    if actor.has(Role.GENERAL_MANAGER):
        heads |= Q(state="appealed") | Q(state="awaiting_ruling", decider_mode="general_manager")
    spoken = Dispute.objects.filter(confirmations__decider_id=actor.staff_id, confirmations__void=False)
    return rows.filter(heads).exclude(claims__claimant_id=actor.staff_id).exclude(pk__in=spoken.values("pk"))


def _of_units(actor: Actor) -> QuerySet[Dispute]:
    return Dispute.objects.filter(below("decider_units", actor.paths(Role.HEAD))).values("pk")  # type: ignore[return-value]


def to_rule(actor: Actor, at: dt.datetime) -> int:
    """How many wait for this reader's ruling."""
    return kept.count(_to_rule, actor, most=ENOUGH)


def _to_rule(actor: Actor) -> QuerySet[Any]:
    return mine(Dispute.objects.visible_to(actor), "rule", actor)


def start(*, actor: Actor, at: dt.datetime, row: Dispute, data: QueryDict) -> None:
    actions.start(actor=actor, at=at, dispute_uid=row.case.uid)


START = BulkAction(
    "start",
    _("Start imported"),
    start,
    icon="player-play",
    key="s",
    permission="dispute.rule",
    confirm=_("Time limits run from now, and each claimant is asked for a statement."),
)


class Disputes(ListPage[Dispute]):
    key = "disputes"
    title = _("Disputes")
    permission = "dispute.view"
    export_permission = "customer.export"
    default_sort = "-opened"
    columns = (
        Column("number", _("Number"), value="case__number"),
        Column("customer", _("Customer"), value="case__customer__masked_name"),
        Column("claims", _("Claims"), value=lambda row: row.names),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("limit", _("Deadline"), value=lambda row: row.clock.deadline if row.clock else None),
        Column("unit", _("Unit"), value="case__unit__name"),
        Column("opened", _("Opened"), value="case__opened_at", sort="case__opened_at", down=True),
    )
    filters = (
        Flag("open", _("Not closed"), Q(state__in=OPEN)),
        Choice("state", _("State"), "state", State.choices),
        Custom("mine", _("Mine"), MINE, mine),
        Choice(
            "origin",
            _("How it began"),
            "origin",
            (
                ("person", pgettext_lazy("origin", "By a person")),
                ("deal_by_other", pgettext_lazy("origin", "Signer not the holder")),
                ("overlap", pgettext_lazy("origin", "Two registrations met")),
                ("import", pgettext_lazy("origin", "Import")),
            ),
        ),
        Dates("opened", _("Opened"), "case__opened_at"),
    )
    views = (
        View("open", pgettext_lazy("view", "Open"), {"open": "yes"}),
        View("rule", _("For me to rule"), {"mine": "rule"}, count=to_rule, hot=True),
        View("claims", _("My claims"), {"mine": "claim"}),
        View("imported", pgettext_lazy("view", "From imports"), {"origin": "import", "open": "yes"}),
        View("all", pgettext_lazy("view", "All"), {"sort": "-opened"}),
    )
    bulk = (START,)
    empty = Empty(_("No disputes."), _("One opens when two people claim the same customer."), icon="scale")

    @staticmethod
    def whole(ids: list[int]) -> QuerySet[Dispute]:
        return Dispute.objects.filter(pk__in=ids).select_related("case__unit").only(*NEEDED)

    def queryset(self) -> QuerySet[Dispute]:
        return Dispute.objects.visible_to(self.actor).select_related("case__customer", "case__unit", "deal")

    def uid(self, row: Dispute) -> Any:
        return row.case.uid

    def rows_by_uid(self, uids: list[str]) -> QuerySet[Dispute]:
        return self.queryset().filter(case__uid__in=uids)

    def row_name(self, row: Dispute) -> str:
        return row.case.number

    def prepare(self, rows: list[Dispute]) -> None:
        live = kept.rows(_live, among=[row.case.uid for row in rows])
        claimants: dict[int, list[str]] = {row.pk: [] for row in rows}
        for claim in kept.rows(_claims, among=list(claimants)):
            claimants[claim.dispute_id].append(staff_name(claim.claimant))
        names = names_by_id(self.actor, [row.case.customer_id for row in rows if row.case.customer_id])
        clocks = {clock.subject_uid: clock for clock in live}
        for row in rows:
            row.clock = clocks.get(row.case.uid)  # type: ignore[attr-defined]
            row.names = formats.series(claimants[row.pk])  # type: ignore[attr-defined]
            row.customer_name = names.get(row.case.customer_id or 0, "")  # type: ignore[attr-defined]

    def cells(self, row: Dispute) -> SafeString:
        case, who = row.case, row.customer_name  # type: ignore[attr-defined]
        return written(
            self.shown,
            number=lambda: markup(
                '<td class="nw"><a class="ttl nw" href="{}">{}</a></td>',
                reverse("dispute", args=[case.uid]),
                case.number,
            ),
            customer=lambda: markup(
                '<td><span class="ell" title="{}">{}</span>{}</td>', who, who, _scope(row.scope)
            ),
            claims=lambda: cut(row.names, hint=True),  # type: ignore[attr-defined]
            state=lambda: in_line(tag(row.get_state_display(), COLOURS.get(row.state, "line"))),
            limit=lambda: in_line(clock(row.clock)),  # type: ignore[attr-defined]
            unit=lambda: cut(unit_name(case.unit)),
            opened=lambda: named(_("Opened"), moment(case.opened_at)),
        )


def _live(cases: list[UUID]) -> QuerySet[Clock]:
    """The clocks that run for these cases, that which ends first last."""
    return Clock.objects.live().filter(subject_uid__in=cases).only(*CLOCK).order_by("-deadline")


def _claims(disputes: list[int]) -> QuerySet[Claim]:
    standing = Claim.objects.filter(dispute_id__in=disputes, withdrawn_at=None).select_related("claimant")
    return standing.only("dispute_id", "claimant__name", "claimant__latin_name").order_by("pk")


def _scope(scope: str) -> SafeString | str:
    return markup('<span class="t3 s"> {}</span>', scope) if scope else ""
