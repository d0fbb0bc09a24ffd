"""The list of customers one may see, and who holds each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.database import kept
from dingfen.ownership import actions as ownership
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.parties import queries, search
from dingfen.parties.models import Customer
from dingfen.parties.texts import SOURCES
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
from dingfen.web.lists.cells import NOTHING, cut, in_line, moment, named, written
from dingfen.web.markup import markup
from dingfen.web.subjects import Subject
from dingfen.web.templatetags.dingfen import staff_name, tag, unit_name

NEEDED = (
    "uid", "number", "sealed", "masked_name", "masked_phone", "grade", "kind", "source", "created_at", "last_touch_at",
    "unit__name", "unit__name_en",
)  # fmt: skip
CARDS = {"owed": _("Incomplete"), "late": _("Late or never completed")}
QUIET = {"7": _("7 days"), "30": _("30 days"), "90": _("90 days")}


def found(rows: QuerySet[Customer], text: str, actor: Actor) -> QuerySet[Customer]:
    """Customers found by what is remembered of them."""
    return rows.filter(pk__in=search.record_ids(actor.company_id or 0, "customer", text))


def quiet(rows: QuerySet[Customer], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Customer]:
    """Customers with no touch for so many days."""
    return rows.filter(last_touch_at__lt=at - dt.timedelta(days=int(value)))


def cards(rows: QuerySet[Customer], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Customer]:
    """Customers whose card is still owed for a registration, or was completed after its day."""
    owed = Registration.objects.filter(card_due__isnull=False, state__in=ACTIVE)
    if value == "owed":
        owed = owed.filter(card_completed_at=None)
    else:
        owed = owed.filter(
            Q(card_completed_at__gt=F("card_due")) | Q(card_completed_at=None, card_due__lt=at)
        )
    return rows.filter(pk__in=owed.values("customer_id"))


def units(actor: Actor) -> list[tuple[str, str]]:
    rows = Unit.objects.filter(company_id=actor.company_id, active=True).order_by("path")
    return [(str(row.pk), unit_name(row)) for row in rows]


def customers_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    """Customers as others point to them: number and name, for who may see them."""
    rows = list(Customer.objects.visible_to(actor).filter(uid__in=uids))
    names = queries.names_by_id(actor, [row.pk for row in rows])
    return {
        row.uid: Subject(
            label=gettext("Customer"),
            number=row.number,
            url=reverse("customer", args=[row.uid]),
            icon="users",
            customer=names.get(row.pk, row.masked_name),
        )
        for row in rows
    }


def set_grade(*, actor: Actor, at: dt.datetime, row: Customer, data: Any) -> None:
    ownership.update_customer(actor=actor, at=at, uid=row.uid, changes={"grade": data.get("grade", "")})


class Customers(ListPage[Customer]):
    key = "customers"
    title = _("Customers")
    permission = "customer.view"
    export_permission = "customer.export"
    default_sort = "-number"
    template = "customers/list.html"
    empty = Empty(
        _("No customers to see yet"),
        _("Customers you hold or enter stand here."),
        icon="users",
    )
    columns = (
        Column("name", _("Customer"), value=lambda row: row.masked_name),
        Column(
            "number", pgettext_lazy("customer", "Number"), value="number", sort="pk", down=True, hidden=True
        ),
        Column("phone", _("Phone"), value="masked_phone"),
        Column("grade", _("Grade"), value="grade", sort="grade"),
        Column(
            "holder",
            _("Holder"),
            value=lambda row: ", ".join(one.holder.name for one in holders([row])[row.pk]),
        ),
        Column("unit", _("Unit"), value=lambda row: unit_name(row.unit)),
        Column(
            "touched", _("Last touch"), value="last_touch_at", sort="last_touch_at", nullable=True, down=True
        ),
        Column("kind", _("Person or firm"), value=lambda row: str(row.get_kind_display()), hidden=True),
        Column(
            "source", _("Source"), value=lambda row: str(SOURCES.get(row.source, row.source)), hidden=True
        ),
        Column("created", _("Entered"), value="created_at", sort="created_at", down=True, hidden=True),
    )
    filters = (
        TextFilter("q", _("Name, phone, plate"), found),
        Choice("grade", _("Grade"), "grade", Customer.Grade.choices),
        Choice("kind", _("Person or firm"), "kind", Customer.Kind.choices),
        Options("unit", _("Unit"), "unit_id", units),
        Dates("touched", _("Last touch"), "last_touch_at"),
        Custom("card", _("Customer card"), CARDS.items(), cards),
        Custom("quiet", _("No touch for"), QUIET.items(), quiet),
        Dates("created", _("Entered"), "created_at"),
        Choice("source", _("Source"), "source", SOURCES.items()),
    )
    views = (
        View("all", _("All customers")),
        View("hot", _("Grade H"), {"grade": "H"}),
        View("incomplete", _("Card incomplete"), {"card": "owed"}),
        View("quiet", _("No touch for 30 days"), {"quiet": "30", "sort": "touched"}),
    )
    bulk = (
        BulkAction(
            "grade",
            _("Set grade"),
            set_grade,
            permission="customer.edit",
            fields="customers/grade_field.html",
            icon="flag",
        ),
    )

    def queryset(self) -> QuerySet[Customer]:
        rows = Customer.objects.visible_to(self.actor, listed=True).leading()
        return rows.defer("features").select_related("unit")

    @staticmethod
    def whole(ids: list[int]) -> QuerySet[Customer]:
        return Customer.objects.filter(pk__in=ids).select_related("unit").only(*NEEDED)

    def prepare(self, rows: list[Customer]) -> None:
        names, held = queries.names(rows), holders(rows)
        for row in rows:
            row.full_name = names[row.pk]  # type: ignore[attr-defined]
            row.holds = held[row.pk]  # type: ignore[attr-defined]

    def row_name(self, row: Customer) -> str:
        return f"{row.masked_name} {row.number}"

    def cells(self, row: Customer) -> SafeString:
        name = row.full_name  # type: ignore[attr-defined]
        return written(
            self.shown,
            name=lambda: markup(
                '<td class="main"><a class="ttl ell" href="{}" title="{}">{}</a><span class="sub nw">{}</span></td>',
                reverse("customer", args=[row.uid]), name, name, row.number,
            ),
            number=lambda: in_line(row.number),
            phone=lambda: in_line(row.masked_phone or NOTHING),
            grade=lambda: in_line(tag(row.grade) if row.grade else ""),
            holder=lambda: cut(_holders(row.holds)),  # type: ignore[attr-defined]
            unit=lambda: cut(unit_name(row.unit)),
            touched=lambda: named(_("Last touch"), _touched(row.last_touch_at)),
            kind=lambda: in_line(row.get_kind_display()),
            source=lambda: in_line(SOURCES.get(row.source, row.source)),
            created=lambda: named(_("Entered"), moment(row.created_at)),
        )  # fmt: skip

    def context(self) -> dict[str, Any]:
        return {"grades": Customer.Grade.choices}


def _holders(holds: list[Registration]) -> SafeString:
    if not holds:
        return markup('<span class="t3">{}</span>', gettext("Free"))
    return format_html_join(", ", "{}{}", ((staff_name(one.holder), _scope(one.scope)) for one in holds))


def _scope(scope: str) -> str:
    return markup(' <span class="t3">{}</span>', scope) if scope else ""


def _touched(at: dt.datetime | None) -> SafeString:
    if at is None:
        return markup('<span class="t3">{}</span>', pgettext("touch", "none yet"))
    return markup('<span title="{}">{}</span>', formats.stamp(at), formats.ago(at))


def holders(rows: list[Customer]) -> dict[int, list[Registration]]:
    """Who holds these customers now, by customer; one query."""
    held: dict[int, list[Registration]] = {row.pk: [] for row in rows}
    for one in kept.rows(_active, among=list(held)):
        held[one.customer_id].append(one)
    return held


def _active(customers: list[int]) -> QuerySet[Registration]:
    found = Registration.objects.filter(customer_id__in=customers, state__in=ACTIVE).select_related("holder")
    return found.only("customer_id", "scope", "holder__name", "holder__latin_name").order_by("pk")
