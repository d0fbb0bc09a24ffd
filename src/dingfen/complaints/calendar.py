"""Deadlines of complaints by day, for the calendar page and as a feed that calendars read (RFC 5545)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Q, QuerySet

from dingfen.accounts.access import may, person_of, require
from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import Staff
from dingfen.cases.awaiting import Waiting
from dingfen.clocks.models import Clock
from dingfen.complaints import watch
from dingfen.complaints.feed_rows import Feed
from dingfen.problems import invalid
from dingfen.wording import clock_text

KINDS = (
    *watch.KINDS, watch.LETTER, "inquiry.answer", "promise.due", "proposal.answer", "complaint.pause", "change.decided",
    "action.due", "action.check",
)  # fmt: skip
WHOSE = ("own", "unit", "all")
MOST = 1500
AHEAD, BACK = dt.timedelta(days=90), dt.timedelta(days=30)


def deadlines(actor: Actor, start: dt.datetime, end: dt.datetime, whose: str = "own") -> QuerySet[Clock]:
    """Live deadlines of complaints from `start` up to `end`: one's own, one's unit's, or all one may know of.

    Raises at `whose`, 403 for who works with no complaints.
    """
    require(actor, "complaint.view")
    if whose not in WHOSE:
        raise invalid({"whose": [("invalid", {})]})
    waiting = Waiting.on(actor)
    rows = waiting.clocks().filter(kind__in=KINDS, deadline__gte=start, deadline__lt=end)
    if whose == "own":
        rows = rows.filter(waiting.mine())
    elif whose == "unit":
        own = Q(responsible__unit__path__startswith=actor.unit_path or "-")
        rows = rows.filter(own | waiting.mine())
    return rows.select_related("responsible").order_by("deadline", "pk")[:MOST]


@transaction.atomic
def new_feed(*, actor: Actor, at: dt.datetime, whose: str = "own") -> str:
    """A new secret address for one's calendar; the one before works no more. Raises at `whose`."""
    require(actor, "complaint.view")
    if whose not in WHOSE:
        raise invalid({"whose": [("invalid", {})]})
    secret = secrets.token_urlsafe(24)
    values = {"digest": digest(secret), "whose": whose, "made_at": at, "read_at": None}
    Feed.objects.update_or_create(staff_id=person_of(actor), defaults=values)
    return secret


@transaction.atomic
def end_feed(*, actor: Actor, at: dt.datetime) -> None:
    """The address works no more."""
    Feed.objects.filter(staff_id=person_of(actor)).delete()


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def reader_of(secret: str, at: dt.datetime) -> tuple[Actor, Feed] | None:
    """Whose feed this is; None for an unknown secret, one who has left or works with no complaints any more."""
    row = Feed.objects.select_related("staff__unit", "staff__company").filter(digest=digest(secret)).first()
    if row is None or not Staff.objects.working(at.date()).filter(pk=row.staff_id).exists():
        return None
    actor = actor_for(row.staff, at, channel="feed")
    if not may(actor, "complaint.view"):
        return None
    Feed.objects.filter(pk=row.pk).update(read_at=at)
    return actor, row


def lines(clocks: Iterable[Clock], at: dt.datetime, name: str, url: str) -> Iterator[str]:
    """The feed line by line. `url`: where the work of the reader is. It names numbers, never people."""
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dingfen//Complaints//ZH", "CALSCALE:GREGORIAN",
                "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}")  # fmt: skip
    for clock in clocks:
        late = clock.deadline <= at
        yield from (
            "BEGIN:VEVENT", f"UID:{clock.uid}@dingfen", f"DTSTAMP:{stamp(at)}", f"DTSTART:{stamp(clock.deadline)}",
            f"SUMMARY:{escaped(('! ' if late else '') + clock_text(clock.kind, clock.params))}",
            f"DESCRIPTION:{escaped(' '.join(filter(None, [clock.article, clock.pause_reason])))}", f"URL:{url}",
            f"CATEGORIES:{clock.state.upper()}", "TRANSP:TRANSPARENT", "END:VEVENT",
        )  # fmt: skip
    yield "END:VCALENDAR"


def stamp(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", "").replace("\n", "\\n")


def folded(rows: Iterable[str]) -> str:
    """Lines as they go over the wire: at most 75 bytes, none cut inside a character, ended by CRLF."""
    out: list[str] = []
    for row in rows:
        part = ""
        for sign in row:
            if len((part + sign).encode()) > 74:
                out.append(part)
                part = " "
            part += sign
        out.append(part)
    return "\r\n".join(out) + "\r\n"
