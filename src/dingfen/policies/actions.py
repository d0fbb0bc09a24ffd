"""Life of a policy version: proposed, approved by a second person, published with a date, read by staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from dingfen.accounts.access import PERMISSIONS, require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import RoleGrant, Staff, Unit
from dingfen.engine.load import digest, dump
from dingfen.engine.publication import needs_consultation
from dingfen.engine.schema import Pack
from dingfen.outbox.actions import queue
from dingfen.policies import reading
from dingfen.policies.models import Acknowledgement, PolicyVersion
from dingfen.policies.queries import in_force, pack_of, shipped
from dingfen.problems import conflict, invalid, missing, refused
from dingfen.register.append import append

State = PolicyVersion.State
REASON_LEAST = 10


def log(
    version: PolicyVersion, kind: str, actor: Actor, at: datetime, *, reason: str = "", **facts: object
) -> None:
    """The entry about a version; a reason in words can be erased with whoever gave it."""
    append(
        book=book_of(version.unit, at=at, actor_id=actor.uid),
        kind=f"policy.{kind}",
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("policy", version.uid),
        facts={"pack": version.pack, "version": version.version, "digest": version.digest, **facts},
        personal={"reason": reason} if reason else None,
        personal_subject=actor.uid if reason else None,
    )


def lock_version(actor: Actor, uid: UUID | str, *states: str) -> PolicyVersion:
    """A version under lock. Raises Problem 404; 409 `policy.state` in another state."""
    version = (
        PolicyVersion.objects.select_for_update(of=("self",))
        .select_related("unit", "company")
        .filter(uid=uid, company_id=actor.company_id)
        .first()
    )
    if version is None:
        raise missing()
    if version.state not in states:
        raise conflict("policy.state", state=version.state)
    return version


def _row(unit: Unit, pack: Pack, state: str, made_by: int | None) -> PolicyVersion:
    if PolicyVersion.objects.filter(unit=unit, pack=pack.id, version=pack.version).exists():
        raise conflict("policy.version_exists", pack=pack.id, version=pack.version)
    return PolicyVersion.objects.create(
        company=unit.company or unit,
        unit=unit,
        pack=pack.id,
        version=pack.version,
        title=pack.title.model_dump(),
        digest=digest(pack),
        document=dump(pack),
        state=state,
        made_by_id=made_by,
    )


@transaction.atomic
def propose(*, actor: Actor, at: datetime, unit: Unit, pack: Pack) -> PolicyVersion:
    """Put a version up for approval for a unit and everything below it.

    Raises Problem `policy.version_exists` when the unit has this pack and version already, `policy.no_approver` (409)
    when nobody but the proposer could approve it.
    """
    require(actor, "policy.publish", company_id=unit.company_id, path=unit.path)
    if not actor.is_system and not approvers(unit, at, but=actor.staff_id):
        raise conflict("policy.no_approver")
    version = _row(unit, pack, State.AWAITING_APPROVAL, actor.staff_id)
    log(version, "proposed", actor, at)
    return version


def approvers(unit: Unit, at: datetime, *, but: int | None) -> list[Staff]:
    """Who may approve a version for a unit on the day of `at`: the second person, never who proposed it."""
    day = unit.day(at)
    grants = RoleGrant.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=day),
        Q(ends_on=None) | Q(ends_on__gte=day),
        role__in=PERMISSIONS["policy.approve"],
        staff__company_id=unit.company_id or unit.pk,
        staff__is_active=True,
        staff__left_on=None,
    )
    others = grants if but is None else grants.exclude(staff_id=but)
    found = others.select_related("unit", "staff__unit", "staff__company").order_by("staff_id")
    return list({one.staff_id: one.staff for one in found if unit.path.startswith(one.unit.path)}.values())


@transaction.atomic
def approve(*, actor: Actor, at: datetime, version_uid: UUID | str) -> PolicyVersion:
    """Approve as the second person; who proposed a version cannot approve it."""
    require(actor, "policy.approve")
    version = lock_version(actor, version_uid, State.AWAITING_APPROVAL)
    require(actor, "policy.approve", company_id=version.company_id, path=version.unit.path)
    if version.made_by_id == actor.staff_id:
        raise refused("policy.own_proposal")
    version.state = State.APPROVED
    version.approved_by_id = actor.staff_id
    version.approved_at = at
    version.save(update_fields=["state", "approved_by", "approved_at"])
    log(version, "approved", actor, at)
    return version


@transaction.atomic
def publish(
    *,
    actor: Actor,
    at: datetime,
    version_uid: UUID | str,
    in_force_from: datetime,
    applies_to_history_from: datetime | None = None,
    without_consultation: str = "",
) -> PolicyVersion:
    """Publish an approved version with its date of effect, which may not lie in the past (principle 4).

    Where the rules bear on employees they must have been consulted (`consulting`), or it is said why not
    (`without_consultation`, 10 characters): 422 `policy.not_consulted`.

    An overlay is in force in its period only: from its first day at the earliest, and it ends by itself.

    `applies_to_history_from`: imported facts from that moment on are judged by it too.
    """
    require(actor, "policy.publish")
    version = lock_version(actor, version_uid, State.APPROVED)
    require(actor, "policy.publish", company_id=version.company_id, path=version.unit.path)
    if in_force_from < at:
        raise conflict("policy.past_date", date=in_force_from)
    reason = without_consultation.strip()
    consulted = version.consultations.exists()
    if needs_consultation(pack_of(version)) and not consulted and len(reason) < REASON_LEAST:
        raise invalid({"without_consultation": [("policy.not_consulted", {"least": REASON_LEAST})]})
    version.without_consultation = "" if consulted else reason
    return _publish(version, actor, at, in_force_from, applies_to_history_from)


@transaction.atomic
def publish_shipped(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    pack: str,
    in_force_from: datetime | None = None,
    applies_to_history_from: datetime | None = None,
) -> PolicyVersion:
    """Take a shipped pack as it is while an installation is set up; only the system may (no second person).

    Raises KeyError for an unknown pack.
    """
    if not actor.is_system:
        raise refused("policy.system_only")
    version = _row(unit, shipped(pack), State.APPROVED, None)
    return _publish(version, actor, at, in_force_from or at, applies_to_history_from)


def _publish(
    version: PolicyVersion, actor: Actor, at: datetime, start: datetime, history: datetime | None
) -> PolicyVersion:
    period, until = pack_of(version).period, None
    if period is not None:
        until = version.unit.midnight_after(period.last)
        start = max(start, version.unit.midnight_after(period.first - timedelta(days=1)))
        if until <= start:
            raise conflict("policy.period_over", day=period.last)
    earlier = PolicyVersion.objects.filter(
        Q(in_force_until=None) | Q(in_force_until__gt=start),
        unit=version.unit,
        pack=version.pack,
        state=State.PUBLISHED,
        in_force_from__lte=start,
    )
    if not actor.is_system:
        for before in earlier.exclude(pk=version.pk):
            reading.over(before, actor, at, read=False)
    earlier.update(in_force_until=start)
    version.state = State.PUBLISHED
    version.in_force_until = until
    version.in_force_from = start
    version.applies_to_history_from = history
    version.published_at = at
    version.save(
        update_fields=[
            "state", "in_force_from", "in_force_until", "applies_to_history_from", "published_at",
            "without_consultation",
        ]
    )  # fmt: skip
    if not actor.is_system:
        reading.begin(version, actor, at)
        _tell(version, start, at)
    log(
        version,
        "published",
        actor,
        at,
        in_force_from=start.isoformat(),
        applies_to_history_from=history.isoformat() if history else None,
        reason=version.without_consultation,
    )
    return version


def _tell(version: PolicyVersion, start: datetime, at: datetime) -> None:
    """Tell those it applies to that there is something to read."""
    people = Staff.objects.filter(unit__path__startswith=version.unit.path, is_active=True)
    for person in people.select_related("company"):
        queue(
            recipient=person,
            event="policy.published",
            at=at,
            key=f"policy.published:{version.uid}",
            subject=("policy", version.uid),
            params={
                "title": version.title,
                "version": version.version,
                "day": start.astimezone(version.unit.zone).date().isoformat(),
            },
        )


@transaction.atomic
def retract(*, actor: Actor, at: datetime, version_uid: UUID | str) -> PolicyVersion:
    """Take a version back before its date of effect; the version it was to supersede goes on."""
    require(actor, "policy.publish")
    states = (State.AWAITING_APPROVAL, State.APPROVED, State.PUBLISHED)
    version = lock_version(actor, version_uid, *states)
    require(actor, "policy.publish", company_id=version.company_id, path=version.unit.path)
    if version.state == State.PUBLISHED:
        if version.in_force_from is not None and version.in_force_from <= at:
            raise conflict("policy.in_force")
        PolicyVersion.objects.filter(
            unit=version.unit, pack=version.pack, in_force_until=version.in_force_from
        ).update(in_force_until=None)
    version.state = State.RETRACTED
    version.save(update_fields=["state"])
    reading.over(version, actor, at, read=False)
    log(version, "retracted", actor, at)
    return version


@transaction.atomic
def end_overlay(*, actor: Actor, at: datetime, version_uid: UUID | str) -> PolicyVersion:
    """Switch an overlay off before its last day; from this moment the rules beneath it hold again.

    Raises Problem 409: `policy.no_overlay` for another kind of version, `policy.not_in_force` otherwise.
    """
    require(actor, "policy.publish")
    version = lock_version(actor, version_uid, State.PUBLISHED)
    require(actor, "policy.publish", company_id=version.company_id, path=version.unit.path)
    if pack_of(version).kind != "overlay":
        raise conflict("policy.no_overlay")
    if not in_force([version], at, topic=pack_of(version).topics[0]):
        raise conflict("policy.not_in_force")
    version.in_force_until = at
    version.save(update_fields=["in_force_until"])
    log(version, "ended", actor, at)
    return version


@transaction.atomic
def acknowledge(*, actor: Actor, at: datetime, version_uid: UUID | str) -> Acknowledgement:
    """Confirm having read a published version; a second time changes nothing."""
    require(actor, "policy.view")
    version = lock_version(actor, version_uid, State.PUBLISHED)
    if actor.staff_id is None:
        raise refused("person.needed")
    staff = Staff.objects.get(pk=actor.staff_id)
    row, new = Acknowledgement.objects.get_or_create(version=version, staff=staff, defaults={"at": at})
    if new:
        if not reading.unread(version).exists():
            reading.over(version, actor, at, read=True)
        log(version, "read", actor, at, staff=str(actor.uid))
    return row
