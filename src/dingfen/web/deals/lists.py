"""The list of deals one may see; deliveries of several are noted at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.ownership import actions
from dingfen.ownership.models import Deal, Dispute
from dingfen.ownership.states import OPEN
from dingfen.ownership.visibility import signed_by
from dingfen.parties.queries import names_by_id
from dingfen.web.holdings.lists import leads, units
from dingfen.web.lists import (
    BulkAction,
    Choice,
    Column,
    Custom,
    Dates,
    Empty,
    Flag,
    ListPage,
    Options,
    TextFilter,
    View,
)
from dingfen.web.lists.cells import NOTHING, cut, in_line, moment, named, written
from dingfen.web.markup import markup
from dingfen.web.templatetags.dingfen import staff_name, tag, unit_name

WON, LOST = pgettext_lazy("deal", "Won"), pgettext_lazy("deal", "Lost")
SIGNED, DELIVERED = pgettext_lazy("deal", "Signed"), pgettext_lazy("deal", "Delivered")
UNITS = pgettext_lazy("quantity", "Units")
OUTCOME = (("True", WON), ("False", LOST))
DISPUTES = Dispute.objects.filter(state__in=OPEN, deal__isnull=False)  # ended, the deal is won as any other


def find(rows: QuerySet[Deal], text: str, actor: Actor) -> QuerySet[Deal]:
    """By contract number, customer number, masked name or product."""
    return rows.filter(
        Q(reference__icontains=text)
        | Q(customer__number__iexact=text)
        | Q(customer__masked_name__icontains=text)
        | Q(scope__icontains=text)
    )


def whose(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    """Deals one has signed, alone or with others."""
    return rows.filter(signed_by(actor.staff_id))


def delivered(*, actor: Actor, at: dt.datetime, row: Deal, data: Any) -> object:
    return actions.record_delivery(actor=actor, at=at, deal_uid=row.uid)


class Deals(ListPage[Deal]):
    key = "deals"
    title = _("Deals")
    permission = "customer.view"
    export_permission = "customer.export"
    template = "deals/list.html"
    default_sort = "-signed"
    columns = (
        Column("customer", _("Customer"), value="customer__masked_name"),
        Column("reference", _("Contract number"), value="reference"),
        Column("signers", _("Signers"), value=lambda row: row.people),
        Column("unit", _("Unit"), value="unit__name"),
        Column("signed", SIGNED, value="signed_at", sort="signed_at", down=True),
        Column(
            "delivered",
            DELIVERED,
            value="delivered_at",
            sort="delivered_at",
            nullable=True,
            down=True,
        ),
        Column("quantity", UNITS, value="quantity", css="num"),
        Column("amount", pgettext_lazy("deal", "Amount"), value="amount", css="num"),
        Column("outcome", _("Outcome"), value=lambda row: str(WON if row.won else LOST)),
        Column("scope", _("Product or project"), value="scope", hidden=True),
        Column("recorded", _("Recorded"), value="recorded_at", sort="recorded_at", down=True, hidden=True),
    )
    filters = (
        Choice("won", _("Outcome"), "won", OUTCOME),
        Custom("who", _("Whose"), (("mine", _("Mine")),), whose),
        Flag("waits", _("Not delivered"), Q(won=True, delivered_at=None)),
        Flag("disputed", _("Disputed"), Q(pk__in=DISPUTES.values("deal"))),
        Options("unit", _("Unit"), "unit_id", units),
        TextFilter("find", _("Find"), find),
        Dates("signed", SIGNED, "signed_at"),
        Dates("delivered", DELIVERED, "delivered_at"),
    )
    views = (
        View("all", pgettext_lazy("view", "All")),
        View("mine", pgettext_lazy("view", "Mine"), {"who": "mine"}),
        View("waits", _("Not delivered"), {"waits": "yes", "sort": "signed"}),
        View("disputed", _("Disputed"), {"disputed": "yes"}),
        View("lost", _("Lost deals"), {"won": "False"}),
    )
    bulk = (
        BulkAction(
            "delivered",
            _("Delivered now"),
            delivered,
            icon="check",
            permission="deal.record",
            confirm=_("Enter the delivery of these deals, as of now?"),
        ),
    )
    empty = Empty(_("No deals yet."), _("Record one from a hold, or with “Record a deal”."), icon="file-text")

    @property
    def opening(self) -> View | None:
        return next(view for view in self.views if view.key == ("all" if leads(self.actor) else "mine"))

    def context(self) -> dict[str, Any]:
        return {"may_record": access.may(self.actor, "deal.record")}

    def queryset(self) -> QuerySet[Deal]:
        return (
            Deal.objects.visible_to(self.actor)
            .select_related("customer", "signer", "unit")
            .prefetch_related("co_signers", Prefetch("disputes", DISPUTES.only("deal_id")))
        )

    def prepare(self, rows: list[Deal]) -> None:
        names = names_by_id(self.actor, [row.customer_id for row in rows])
        for row in rows:
            row.full_name = names[row.customer_id]  # type: ignore[attr-defined]
            people = [staff_name(one) for one in (row.signer, *row.co_signers.all())]
            row.people = formats.series(people)  # type: ignore[attr-defined]

    def row_name(self, row: Deal) -> str:
        return f"{row.customer.masked_name} {row.reference or row.customer.number}"

    def cells(self, row: Deal) -> SafeString:
        name, disputed = row.full_name, row.disputes.all()  # type: ignore[attr-defined]
        return written(
            self.shown,
            customer=lambda: markup(
                '<td class="main"><a class="ttl ell" href="{}" title="{}">{}</a><span class="sub nw">{}{}</span></td>',
                reverse("deal", args=[row.uid]), name, name, row.customer.number,
                f" · {row.scope}" if row.scope else "",
            ),
            reference=lambda: named(_("Contract number"), row.reference),
            signers=lambda: cut(row.people, hint=True),  # type: ignore[attr-defined]
            unit=lambda: cut(unit_name(row.unit)),
            signed=lambda: named(SIGNED, moment(row.signed_at)),
            delivered=lambda: named(DELIVERED, moment(row.delivered_at)),
            quantity=lambda: markup(
                '<td class="num"><span class="only-phone t3">{} </span>{}</td>', UNITS, row.quantity
            ),
            amount=lambda: markup(
                '<td class="num nw">{}</td>',
                formats.money(row.amount, row.currency) if row.amount is not None else NOTHING,
            ),
            outcome=lambda: in_line(_outcome(row, bool(disputed))),
            scope=lambda: markup("<td>{}</td>", row.scope),
            recorded=lambda: in_line(moment(row.recorded_at)),
        )  # fmt: skip


def _outcome(row: Deal, disputed: bool) -> object:
    if disputed:
        return tag(pgettext("deal", "Disputed"), "accent")
    return tag(str(WON), "green") if row.won else tag(str(LOST), "grey")
