"""Today's page, and what waits at the desk beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.accounts.units import site_of
from dingfen.complaints.recognising import of_today
from dingfen.ownership.holding_rows import TellDuty
from dingfen.ownership.lateness import after_closing
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.ownership.rotation.late import open_calls
from dingfen.ownership.rotation.queries import salespeople
from dingfen.ownership.rules import Rules
from dingfen.ownership.visibility import below
from dingfen.parties.models import Customer, Touch
from dingfen.parties.queries import names_by_id
from dingfen.register.models import Book, Entry, Look, Page
from dingfen.web.disputes.card import address_of
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name

SHOWN = 60
KINDS = ("touch.recorded", "touch.corrected", "registration.made")
OWED = 8


def today(request: Request) -> dict[str, Any]:
    """Today's page of the site's book: number, time, kind, masked customer, who received.

    The reception and heads see all of it, others their own entries. A registration stands with its touch.
    """
    unit = request.user.unit
    site = site_of(unit) if unit is not None else None
    book = Book.objects.filter(site_uid=site.uid).first() if site else None
    page = Page.objects.filter(book=book, day=site.day(request.at)).first() if site and book else None
    if page is None:
        return {"page": None, "site": site, "rows": []}
    entries = list(
        Entry.objects.filter(page=page, kind__in=KINDS)
        .select_related("corrects", "page__book")
        .prefetch_related("corrections")
        .order_by("-number")[:SHOWN]
    )
    customers = {one.uid: one for one in Customer.objects.filter(uid__in=[e.subject_uid for e in entries])}
    names = names_by_id(request.actor, [one.pk for one in customers.values()])
    people = {one.uid: one for one in Staff.objects.filter(uid__in=[e.actor_uid for e in entries])}
    touches = {
        touch.entry_seq: touch
        for touch in Touch.objects.filter(entry_seq__in=[e.seq for e in entries]).select_related("staff")
    }
    new = {e.subject_uid for e in entries if e.kind == "registration.made"}
    touched = {e.subject_uid for e in entries if e.seq in touches}
    rows = []
    whole = request.actor.has(Role.RECEPTIONIST) or request.actor.has(Role.HEAD)
    for entry in entries:
        touch, customer = touches.get(entry.seq), customers.get(entry.subject_uid)
        if not whole and not _own(entry, touch, request.actor):
            continue  # a colleague's entries must be borrowed (A2)
        if touch is None and entry.subject_uid in touched:
            continue
        staff = touch.staff if touch else people.get(entry.actor_uid)
        corrected = next((one.number for one in entry.corrections.all()), None)
        rows.append(
            {
                "entry": entry,
                "url": address_of("register_entry", entry.name),
                "kind": touch.get_kind_display() if touch else gettext("Registration"),
                "customer": customer,
                "name": names.get(customer.pk, "") if customer else "",
                "staff": staff_name(staff),
                "new": entry.subject_uid in new and entry.kind == "touch.recorded",
                "late": page.day != site.day(entry.occurred_at) if site else False,
                "corrects": entry.corrects.number if entry.corrects else None,
                "corrected_by": corrected,
                "correct_url": reverse("touch_correct", args=[touch.uid])
                if touch and corrected is None and page.state == "open" and _own(entry, touch, request.actor)
                else "",
            }
        )
    return {"page": page, "site": site, "rows": rows, "page_url": _page_url(book, page)}


def _own(entry: Entry, touch: Touch | None, actor: Actor) -> bool:
    return entry.actor_uid == actor.uid or (touch is not None and touch.staff_id == actor.staff_id)


def _page_url(book: Book | None, page: Page) -> str:
    try:
        return reverse("register_page", args=[book.code if book else "", page.day])
    except NoReverseMatch:
        return ""


def waiting(request: Request, rules: Rules | None) -> dict[str, Any]:
    """What the desk owes today: calls of last evening, cards to complete; and the evening's own note."""
    unit = request.user.unit
    site = site_of(unit) if unit is not None else None
    if site is None:
        return {"calls": [], "owed": [], "duties": []}
    may_manage = request.actor.has(Role.RECEPTIONIST) or request.actor.has(Role.HEAD)
    calls = [
        call for call in open_calls(site, request.at) if may_manage or call.staff_id == request.actor.staff_id
    ]
    evening = bool(rules and rules.ownership.registration.late_evening and after_closing(rules, request.at))
    people = salespeople(site, site.day(request.at)) if evening else []
    return {
        "calls": calls,
        "owed": cards_owed(request.actor, request.at),
        "recognised": of_today(request.actor, request.at),
        "duties": duties(request.actor, site.day(request.at)),
        "evening": evening,
        "evening_people": [one for one in people if may_manage or one.pk == request.actor.staff_id],
        "now_time": request.at.astimezone(site.zone).strftime("%H:%M"),
        "figures": figures(request, site.path, site.day(request.at)),
        "sealed": Page.objects.filter(book__site_uid=site.uid, state=Page.State.SEALED)
        .select_related("book")
        .order_by("-day")
        .first(),
    }


def duties(actor: Actor, day: dt.date) -> list[TellDuty]:
    """Today's duties of prior communication one may know of (A6): telling the holder, noting what was said."""
    rows = TellDuty.objects.visible_to(actor).filter(day=day).select_related("receiver", "holder")
    return list(rows.order_by("-arose_at")[:OWED])


def cards_owed(actor: Actor, at: dt.datetime) -> list[Registration]:
    """Registrations of today whose card is not complete yet: one's own, and of those one leads."""
    seen = Q(holder_id=actor.staff_id) | below("unit", actor.paths(Role.RECEPTIONIST, Role.HEAD))
    rows = Registration.objects.filter(
        seen,
        company_id=actor.company_id,
        card_due__gt=at,
        card_completed_at=None,
        state__in=ACTIVE,
    )
    return list(rows.select_related("customer", "holder").order_by("-registered_at")[:OWED])


def figures(request: Request, path: str, day: dt.date) -> dict[str, int]:
    """Walk-ins and calls of the day at the site, how many were here before, and one's own checks."""
    zone = request.user.unit.zone if request.user.unit else dt.UTC
    start = dt.datetime.combine(day, dt.time(), zone)
    here = Touch.objects.filter(
        company_id=request.actor.company_id,
        unit__path__startswith=path,
        occurred_at__gte=start,
        corrections=None,
        voided_at=None,
    )
    found = here.aggregate(
        walk_ins=Count("pk", filter=Q(kind="walk_in")),
        again=Count("pk", filter=Q(kind="walk_in", customer__created_at__lt=start)),
        calls=Count("pk", filter=Q(kind="call")),
    )
    checks = Look.objects.filter(kind="conflict.check", actor_uid=request.actor.uid, at__gte=start).count()
    return {**found, "checks": checks}
