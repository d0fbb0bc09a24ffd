"""Reading a published version: a clock for all it applies to, reminders to those who have not confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.clocks import actions as clocks
from dingfen.clocks.awaiting import Awaited
from dingfen.clocks.models import Clock
from dingfen.outbox.actions import queue
from dingfen.policies.models import Acknowledgement, PolicyVersion
from dingfen.policies.queries import pack_of, path_prefixes

CLOCK = "policy.read"
EVENT = "policy.unread"


def concerned(version: PolicyVersion) -> QuerySet[Staff]:
    """Everybody the version applies to."""
    return Staff.objects.filter(
        company_id=version.company_id, unit__path__startswith=version.unit.path, is_active=True
    )


def unread(version: PolicyVersion) -> QuerySet[Staff]:
    """Those who have not confirmed reading, by unit."""
    done = version.acknowledgements.values("staff_id")
    people = concerned(version).exclude(pk__in=done).select_related("unit", "company")
    return people.order_by("unit__path", "pk")


def readers(version: PolicyVersion) -> QuerySet[Any]:
    """Everybody it applies to, by unit, with `confirmed_at`: None for those who have not."""
    own = Acknowledgement.objects.filter(version=version, staff=OuterRef("pk"))
    people = concerned(version).annotate(confirmed_at=Subquery(own.values("at")[:1]))
    return people.select_related("unit", "company").order_by("unit__path", "pk")


def time_to_read(version: PolicyVersion) -> timedelta:
    """As the pack says, else as the installation is set."""
    said = pack_of(version).publication
    return (said.read_within if said else None) or timedelta(days=settings.READING_DAYS)


def _reminders(version: PolicyVersion, at: datetime, length: timedelta) -> list[tuple[datetime, str]]:
    """When those who have not confirmed are reminded beside the end of the time itself."""
    said = pack_of(version).publication
    if said is None or not said.remind_at:
        return [(at + length / 2, "warn"), (at + length + timedelta(days=7), "again")]
    return [(at + length * share / 100, f"at{share}") for share in sorted({*said.remind_at} - {100})]


def begin(version: PolicyVersion, actor: Actor, at: datetime) -> None:
    """Ask everybody to read it, and remind those who have not: as the pack says, else half the time gone, at its
    end and a week later.
    """
    length = time_to_read(version)
    clocks.start(
        actor=actor,
        at=at,
        company_id=version.company_id,
        kind=CLOCK,
        subject_type="policy",
        subject_uid=version.uid,
        deadline=at + length,
        steps=_reminders(version, at, length),
        pack_digest=version.digest,
        params={"title": version.title["zh"], "version": version.version},
    )


def over(version: PolicyVersion, actor: Actor, at: datetime, *, read: bool) -> None:
    """Everybody has read it, or nobody needs to any more."""
    clocks.end_all(actor=actor, at=at, subject_uid=version.uid, kinds=[CLOCK], met=read)


def on_reading(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: who has not confirmed is reminded."""
    version = PolicyVersion.objects.select_related("unit").filter(uid=clock.subject_uid).first()
    if version is None or version.state != PolicyVersion.State.PUBLISHED:
        return
    for person in unread(version):
        queue(
            recipient=person,
            event=EVENT,
            at=at,
            key=f"unread:{clock.uid}:{step}",
            subject=("policy", version.uid),
            params={
                "title": version.title,
                "version": version.version,
                "deadline": clock.deadline.isoformat(),
            },
        )


def _mine(actor: Actor) -> QuerySet[Any]:
    versions = PolicyVersion.objects.filter(company_id=actor.company_id, state=PolicyVersion.State.PUBLISHED)
    if actor.staff_id is None or not actor.unit_path:
        return versions.none()
    mine = versions.filter(unit__path__in=path_prefixes(actor.unit_path))
    return mine.exclude(acknowledgements__staff_id=actor.staff_id)


def _people(clock: Clock, at: datetime) -> list[Staff]:
    version = PolicyVersion.objects.select_related("unit").filter(uid=clock.subject_uid).first()
    return list(unread(version)) if version else []


AWAITED = Awaited((CLOCK,), _mine, _people, lambda actor, _: _mine(actor).values("uid"))
HANDLERS = {CLOCK: on_reading}
