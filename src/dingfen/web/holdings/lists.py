"""Who holds whom: one's own holds with the days left, and the pool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Unit
from dingfen.ownership import actions, cadence
from dingfen.ownership.co_worker_rows import CoWorker
from dingfen.ownership.models import ACTIVE, IN_POOL, Registration
from dingfen.ownership.queries import in_pool_for
from dingfen.ownership.visibility import WHOLE, below, held_below
from dingfen.parties.queries import names_by_id
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
from dingfen.web.lists.pieces import ENOUGH
from dingfen.web.markup import markup
from dingfen.web.templatetags.dingfen import days_left, staff_name, tag, time_limit, unit_name

State = Registration.State
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
COLOURS: dict[str, str] = {
    State.WITH_HEAD: "orange",
    State.LAPSING: "orange",
    State.WON: "green",
    State.DISPUTED: "accent",
    State.HELD: "line",
}
NEEDED = (
    "uid", "scope", "state", "protected_until", "follow_up_due", "last_effective_at", "registered_at",
    "customer__number", "customer__grade", "customer__masked_name", "holder__name", "holder__latin_name",
    "unit__name", "unit__name_en",
)  # fmt: skip
GRADES = [(grade, grade) for grade in "HABC"]


def units(actor: Actor) -> Iterable[tuple[str, str]]:
    """The units below those the reader has a role over."""
    paths = tuple(sorted({path for _role, path in actor.grants}))
    found = Unit.objects.filter(company_id=actor.company_id, active=True).order_by("path")
    return [(str(unit.pk), unit_name(unit)) for unit in found if unit.path.startswith(paths)] if paths else []


def who(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    """One's own holds, those one works on beside the holder, or those of a unit one has a role over."""
    if value == "mine":
        return rows.filter(holder_id=actor.staff_id)
    if value == "beside":
        return rows.filter(
            pk__in=CoWorker.objects.at_work().filter(staff_id=actor.staff_id or 0).values("registration_id")
        )
    return rows.filter(held_below(tuple(sorted({path for _role, path in actor.grants}))))


def soon(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    """Holds whose protection ends within a week."""
    return rows.filter(state__in=(State.HELD, State.LAPSING), protected_until__lte=at + WEEK)


def lapsing(actor: Actor, at: dt.datetime) -> int | None:
    """How many of one's own end within a week; who leads is told of all of theirs instead (`falling`)."""
    if leads(actor):
        return None
    own = Registration.objects.filter(holder_id=actor.staff_id)
    return soon(own, "week", actor, at)[:ENOUGH].count()


def leads(actor: Actor) -> bool:
    """Whether the reader answers for the holds of others: a head, or somebody over the whole company."""
    return bool(actor.paths(Role.HEAD, *WHOLE))


def falling(actor: Actor, at: dt.datetime) -> int | None:
    """For who leads: how many holds of theirs end within a week."""
    if not leads(actor):
        return None
    theirs = Registration.objects.filter(below("unit", actor.paths(Role.HEAD, *WHOLE)))
    return soon(theirs, "week", actor, at)[:ENOUGH].count()


def find(rows: QuerySet[Any], text: str, actor: Actor) -> QuerySet[Any]:
    """By number, masked name or scope."""
    return (
        rows.filter(customer__number__iexact=text)
        | rows.filter(customer__masked_name__icontains=text)
        | rows.filter(scope__icontains=text)
    )


def about(rows: QuerySet[Any], text: str, actor: Actor) -> QuerySet[Any]:
    """By product or project, a part of its name."""
    return rows.filter(scope__icontains=text)


def waited(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    """By whole days since the former hold ended."""
    return rows.filter(in_pool_for(value, at))


def release(*, actor: Actor, at: dt.datetime, row: Registration, data: Any) -> object:
    return actions.release(actor=actor, at=at, registration_uid=row.uid, reason=data.get("reason", ""))


def take(*, actor: Actor, at: dt.datetime, row: Registration, data: Any) -> object:
    return actions.take(actor=actor, at=at, registration_uid=row.uid)


class Holdings(ListPage[Registration]):
    key = "holdings"
    title = _("Holdings")
    permission = "customer.view"
    export_permission = "customer.export"
    default_sort = "until"
    columns = (
        Column("customer", _("Customer"), value="customer__masked_name"),
        Column("scope", _("Product or project"), value="scope", hidden=True),
        Column("grade", _("Grade"), value="customer__grade"),
        Column("holder", _("Holder"), value="holder__name"),
        Column("unit", _("Unit"), value="unit__name"),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("until", _("Protected until"), value="protected_until", sort="protected_until", nullable=True),
        Column("left", _("Days left"), value="days_left", sort="protected_until", nullable=True),
        Column(
            "due", _("Follow-up due"), value="follow_up_due", sort="follow_up_due", nullable=True, hidden=True
        ),
        Column(
            "last",
            _("Last effective follow-up"),
            value="last_effective_at",
            sort="last_effective_at",
            nullable=True,
        ),
        Column("registered", _("Registered"), value="registered_at", sort="registered_at", down=True),
    )
    filters = (
        Flag("active", _("Active"), Q(state__in=ACTIVE)),
        Choice("state", _("State"), "state", State.choices),
        Custom(
            "who",
            _("Whose"),
            (
                ("mine", _("Mine")),
                ("beside", pgettext_lazy("co-worker", "I co-work on")),
                ("unit", _("My unit's")),
            ),
            who,
        ),
        Custom("soon", _("Lapses"), (("week", _("within 7 days")),), soon),
        Options("unit", _("Unit"), "unit_id", units),
        Choice("grade", _("Grade"), "customer__grade", GRADES),
        TextFilter("find", _("Find"), find),
        Dates("registered", _("Registered"), "registered_at"),
    )
    views = (
        View("mine", pgettext_lazy("view", "Mine"), {"who": "mine", "active": "yes"}),
        View("soon", _("Lapsing within 7 days"), {"who": "mine", "soon": "week"}, count=lapsing, hot=True),
        View("beside", pgettext_lazy("co-worker", "I co-work on"), {"who": "beside"}),
        View(
            "falls",
            _("Falls into the pool within 7 days"),
            {"who": "unit", "soon": "week", "sort": "left"},
            count=falling,
            hot=True,
        ),
        View("unit", pgettext_lazy("view", "My unit's"), {"who": "unit", "active": "yes"}),
        View("ended", pgettext_lazy("view", "Ended"), {"active": "no", "sort": "-registered"}),
        View("all", pgettext_lazy("view", "All"), {"sort": "-registered"}),
    )
    bulk = (
        BulkAction(
            "release",
            _("Release"),
            release,
            icon="arrow-back-up",
            permission="registration.release",
            confirm=_("Release these customers? Colleagues can take them at once."),
            fields="holdings/release_reason.html",
        ),
    )
    empty = Empty(
        _("No customers held."),
        _("Register a customer at reception, or take one from the pool."),
        icon="user-check",
    )

    @property
    def opening(self) -> View | None:
        """Whoever leads comes for what their people hold, everybody else for their own."""
        return next(view for view in self.views if view.key == ("unit" if leads(self.actor) else "mine"))

    @staticmethod
    def whole(ids: list[int]) -> QuerySet[Registration]:
        return (
            Registration.objects.filter(pk__in=ids).select_related("customer", "holder", "unit").only(*NEEDED)
        )

    def queryset(self) -> QuerySet[Registration]:
        seen = Registration.objects.visible_to(self.actor, pool=False).exclude(state__in=IN_POOL)
        return seen.select_related("customer", "holder", "unit")

    def prepare(self, rows: list[Registration]) -> None:
        names = names_by_id(self.actor, [row.customer_id for row in rows])
        for row in rows:
            row.full_name = names[row.customer_id]  # type: ignore[attr-defined]
            row.days_left = cadence.days_left(row, self.at)  # type: ignore[attr-defined]

    def row_name(self, row: Registration) -> str:
        return row.customer.masked_name

    def cells(self, row: Registration) -> SafeString:
        return written(
            self.shown,
            customer=lambda: markup(
                '<td class="main"><a class="ttl ell" href="{}">{}</a><span class="sub nw">{}{}</span></td>',
                reverse("holding", args=[row.uid]), row.full_name, row.customer.number,  # type: ignore[attr-defined]
                f" · {row.scope}" if row.scope else "",
            ),
            scope=lambda: markup("<td>{}</td>", row.scope),
            grade=lambda: markup("<td>{}</td>", row.customer.grade),
            holder=lambda: in_line(staff_name(row.holder)),
            unit=lambda: cut(unit_name(row.unit)),
            state=lambda: in_line(tag(row.get_state_display(), COLOURS.get(row.state, "grey"))),
            until=lambda: in_line(self._until(row)),
            left=lambda: markup(  # on a phone the chip before it says so
                '<td class="nw hide-p">{}</td>', days_left(row.days_left)  # type: ignore[attr-defined]
            ),
            due=lambda: named(_("Follow-up due"), moment(row.follow_up_due)),
            last=lambda: named(_("Last effective follow-up"), moment(row.last_effective_at)),
            registered=lambda: named(_("Registered"), moment(row.registered_at)),
        )  # fmt: skip

    def _until(self, row: Registration) -> SafeString:
        if row.is_active and row.protected_until and row.state != State.DISPUTED:
            return time_limit(row.registered_at, row.protected_until, self.at)
        return NOTHING


class Pool(ListPage[Registration]):
    key = "pool"
    title = pgettext_lazy("room", "Pool")
    permission = "customer.view"
    row_template = "holdings/pool_row.html"
    default_sort = "-since"
    columns = (
        Column("customer", _("Customer"), value="customer__masked_name"),
        Column("scope", _("Product or project"), value="scope", hidden=True),
        Column("grade", _("Grade"), value="customer__grade"),
        Column("unit", _("Former unit"), value="unit__name"),
        Column("reason", _("How it came here"), value=lambda row: row.get_state_display()),
        Column("since", _("Since"), value="ended_at", sort="ended_at", nullable=True, down=True),
        Column("days", _("Days in the pool"), value="days", sort="ended_at", nullable=True, css="num"),
    )
    filters = (
        Choice(
            "state",
            _("State"),
            "state",
            [(state, label) for state, label in State.choices if state in IN_POOL],
        ),
        Choice("grade", _("Grade"), "customer__grade", GRADES),
        Custom(
            "days",
            _("Days in the pool"),
            (("7", _("0–7 days")), ("30", _("8–30 days")), ("more", _("more than 30 days"))),
            waited,
        ),
        TextFilter("scope", _("Product or project"), about),
        TextFilter("find", _("Find"), find),
        Dates("since", _("Since"), "ended_at"),
    )
    views = (View("all", pgettext_lazy("view", "All"), {"sort": "-since"}),)
    bulk = (BulkAction("take", _("Take"), take, icon="user-check", permission="pool.take"),)
    empty = Empty(_("The pool is empty."), icon="pool")

    def queryset(self) -> QuerySet[Registration]:
        return (
            Registration.objects.visible_to(self.actor)
            .filter(state__in=IN_POOL, customer__erased_at=None)
            .select_related("customer", "unit", "holder")
        )

    def prepare(self, rows: list[Registration]) -> None:
        for row in rows:
            row.days = (self.at - row.ended_at) // DAY if row.ended_at else None  # type: ignore[attr-defined]

    def row_name(self, row: Registration) -> str:
        return row.customer.masked_name
