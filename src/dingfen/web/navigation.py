"""The rooms at the left, the bar at the bottom of a phone, and what stands around every page.

A page group adds a count to its room with `counts("disputes", function)`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.database import kept, rows
from dingfen.outbox.models import Delivery
from dingfen.register.models import Page

Counter = Callable[[Actor, dt.datetime], int]
COUNTERS: dict[str, Counter] = {}
UNREAD = 100


@dataclass(frozen=True)
class Room:
    """`url` is a view name; `permission` empty: everybody who is signed in."""

    key: str
    label: str | Promise
    url: str
    icon: str
    permission: str = ""
    group: str | Promise = ""
    phone: bool = False


OWNERSHIP = _("Customer ownership")
DESK = _("Complaints and disputes")
BOOKS = _("Records")
HOUSE = _("Administration")
SANCTIONS = _("Sanctions")
CHECK = pgettext_lazy("match", "To check")
FOLLOW_UPS = _("Follow-ups")
DEALS = pgettext_lazy("room", "Deals")
HANDOVERS = _("Hand-overs")
IMPORT = pgettext_lazy("room", "Import")
FIGURES = pgettext_lazy("room", "Figures")
ROOMS = (
    Room("work", _("My work"), "work", icon="home", phone=True),
    Room("reception", _("Reception"), "reception", icon="door-enter", permission="conflict.check", phone=True),
    Room("customers", _("Customers"), "customers", icon="users", permission="customer.view", phone=True),
    Room("holdings", _("Holdings"), "holdings", icon="user-check", permission="customer.view", group=OWNERSHIP),
    Room("follow_ups", FOLLOW_UPS, "follow_ups", icon="calendar-check", permission="customer.view", group=OWNERSHIP),
    Room("pool", pgettext_lazy("room", "Pool"), "pool", icon="pool", permission="customer.view", group=OWNERSHIP),
    Room("deals", DEALS, "deals", icon="file-text", permission="customer.view", group=OWNERSHIP),
    Room("duties", _("Prior communication"), "duties", icon="messages", permission="touch.record", group=OWNERSHIP),
    Room("disputes", _("Disputes"), "disputes", icon="scale", permission="dispute.view", group=OWNERSHIP),
    Room("sanctions", SANCTIONS, "sanctions", icon="shield-exclamation", permission="sanction.view", group=OWNERSHIP),
    Room("matches", CHECK, "matches", icon="git-merge", permission="customer.merge", group=OWNERSHIP),
    Room("complaints", _("Complaints"), "complaints", icon="message-report", permission="complaint.view", group=DESK),
    Room("insight", FIGURES, "insight", icon="chart-bar", permission="insight.view", group=BOOKS),
    Room("register", _("Register"), "register", icon="book-2", permission="register.view", group=BOOKS),
    Room("policies", _("Policies"), "policies", icon="gavel", permission="policy.view", group=BOOKS),
    Room("handovers", HANDOVERS, "handovers", icon="user-share", permission="registration.hand_over", group=HOUSE),
    Room("imports", IMPORT, "imports", icon="table-import", permission="import.run", group=HOUSE),
    Room("outbox", _("Outbox"), "outbox", icon="send", permission="outbox.view", group=HOUSE),
    Room("settings", _("Settings"), "settings", icon="settings", group=HOUSE),
)  # fmt: skip


def counts(room: str, counter: Counter) -> None:
    """Show a count beside a room: `counter(actor, at)` is asked once a page, and counts to ENOUGH."""
    COUNTERS[room] = counter


@dataclass(frozen=True)
class Link:
    room: Room
    url: str
    current: bool
    count: int | None
    starts_group: bool


@dataclass(frozen=True)
class Frame:
    """What stands around a page."""

    links: list[Link] = field(default_factory=list)
    unread: int = 0
    sealed: Page | None = None
    notices: str = ""

    @property
    def phone(self) -> list[Link]:
        return [link for link in self.links if link.room.phone]

    @property
    def more(self) -> list[Link]:
        return [link for link in self.links if not link.room.phone]


def address(name: str) -> str:
    """The address of a view that takes no argument; empty when this installation does not have it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _links(actor: Actor, path: str, at: dt.datetime) -> list[Link]:
    open_rooms = [
        (room, url)
        for room in ROOMS
        if (url := address(room.url))
        and (not room.permission or access.decide(actor, room.permission).allowed)
    ]
    here = max(
        (url for _, url in open_rooms if path == url or (url != "/" and path.startswith(url))),
        key=len,
        default="",
    )
    links = []
    group: str | Promise = ""
    for room, url in open_rooms:
        counter = COUNTERS.get(room.key)
        links.append(
            Link(room, url, url == here, counter(actor, at) if counter else None, room.group is not group)
        )
        group = room.group
    return links


def frame(request: HttpRequest) -> Frame:
    """The frame for a signed-in reader, made once a request; empty for anybody else."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return Frame()
    made: Frame | None = getattr(request, "_frame", None)
    if made is None:
        at = getattr(request, "at", None) or timezone.now()
        made = Frame(
            links=_links(actor, request.path, at),
            unread=kept.count(_unread, actor.staff_id, most=UNREAD),
            sealed=_sealed(getattr(request.user, "company", None)),
            notices=address("notices"),
        )
        request._frame = made  # type: ignore[attr-defined]
    return made


def _unread(staff_id: int | None) -> QuerySet[Delivery]:
    return Delivery.objects.unread().filter(recipient_id=staff_id, recipient__isnull=False)


def _sealed(company: Unit | None) -> Page | None:
    """The latest sealed page of the company's books."""
    if company is None:
        return None
    latest = "t.state = 'sealed' AND b.company_uid = %s ORDER BY t.day DESC LIMIT 1"
    return next(iter(rows.find(Page, latest, [rows.plain(company.uid)], beside="book")), None)
