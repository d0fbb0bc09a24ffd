"""Consulting staff on a version before it is published (Labour Contract Law of the PRC, article 4)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from dingfen import blobs
from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.filetypes import refuse, type_of
from dingfen.policies.actions import lock_version, log
from dingfen.policies.consultation_rows import Consultation
from dingfen.policies.models import PolicyVersion
from dingfen.problems import conflict, invalid, missing
from dingfen.scanning import scan

State = PolicyVersion.State
MOST_OBJECTIONS = 200
LONGEST = 4000


@dataclass(frozen=True)
class Objection:
    """What somebody put forward, what was answered, and whether the rules took it up."""

    text: str
    by: str = ""
    answer: str = ""
    taken_up: bool = False


@dataclass(frozen=True)
class Minutes:
    """A file as it was sent."""

    name: str
    content: bytes


@transaction.atomic
def record_consultation(
    *,
    actor: Actor,
    at: datetime,
    version_uid: UUID | str,
    held_on: date,
    form: str,
    participants: str,
    objections: Sequence[Objection] = (),
    minutes: Minutes | None = None,
) -> Consultation:
    """Put on record that staff were consulted, on a day that is not to come.

    Raises Problem 403, 404, 409 `policy.state` once it is retracted, 422 by field.
    """
    require(actor, "policy.publish")
    version = lock_version(actor, version_uid, State.AWAITING_APPROVAL, State.APPROVED, State.PUBLISHED)
    require(actor, "policy.publish", company_id=version.company_id, path=version.unit.path)
    _check(held_on, form, participants, objections, at.astimezone(version.unit.zone).date())
    row = Consultation.objects.create(
        version=version,
        held_on=held_on,
        form=form,
        participants=participants.strip(),
        objections=[_plain(each) for each in objections],
        made_by=Staff.objects.filter(pk=actor.staff_id or 0).first(),
        made_at=at,
        **(_kept(minutes) if minutes else {}),
    )
    log(
        version, "consulted", actor, at,
        consultation=str(row.uid), held_on=held_on.isoformat(), form=form, objections=len(objections),
        sha256=row.sha256 or None,
    )  # fmt: skip
    return row


@transaction.atomic
def add_minutes(
    *, actor: Actor, at: datetime, consultation_uid: UUID | str, minutes: Minutes
) -> Consultation:
    """The minutes that were not ready when a consultation was put on record; once. Raises Problem 403, 404, 409
    `consultation.has_minutes`, 422.
    """
    require(actor, "policy.publish")
    rows = Consultation.objects.select_for_update(of=("self",)).select_related(
        "version__unit", "version__company"
    )
    row = rows.filter(version__company_id=actor.company_id, uid=consultation_uid).first()
    if row is None:
        raise missing()
    require(actor, "policy.publish", company_id=row.version.company_id, path=row.version.unit.path)
    if row.blob:
        raise conflict("consultation.has_minutes")
    for name, value in _kept(minutes).items():
        setattr(row, name, value)
    row.save(update_fields=["name", "content_type", "size", "sha256", "blob"])
    log(row.version, "minutes", actor, at, consultation=str(row.uid), sha256=row.sha256)
    return row


def _plain(objection: Objection) -> dict[str, Any]:
    return {
        "by": objection.by.strip(),
        "text": objection.text.strip(),
        "answer": objection.answer.strip(),
        "taken_up": objection.taken_up,
    }


def _check(held_on: date, form: str, participants: str, objections: Sequence[Objection], today: date) -> None:
    faults: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    if held_on > today:
        faults["held_on"] = [("consultation.future", {})]
    if form not in Consultation.Form.values:
        faults["form"] = [("required", {})]
    if not participants.strip():
        faults["participants"] = [("required", {})]
    elif len(participants) > LONGEST:
        faults["participants"] = [("too_long", {"limit": LONGEST})]
    if len(objections) > MOST_OBJECTIONS:
        faults["objections"] = [("too_long", {"limit": MOST_OBJECTIONS})]
    for place, each in enumerate(objections):
        if not each.text.strip():
            faults[f"objections.{place}.text"] = [("required", {})]
        elif not each.answer.strip():
            faults[f"objections.{place}.answer"] = [("consultation.unanswered", {})]
        elif max(len(each.text), len(each.answer), len(each.by)) > LONGEST:
            faults[f"objections.{place}.text"] = [("too_long", {"limit": LONGEST})]
    if faults:
        raise invalid(faults)


def _kept(minutes: Minutes) -> dict[str, Any]:
    if len(minutes.content) > settings.ATTACHMENT_LIMIT:
        raise refuse("attachment.too_large", limit=settings.ATTACHMENT_LIMIT >> 20)
    name = PurePath(minutes.name.replace("\\", "/")).name[:200] or "minutes"
    kind = type_of(name, minutes.content)
    scan(minutes.content)
    return {
        "name": name,
        "content_type": kind,
        "size": len(minutes.content),
        "sha256": hashlib.sha256(minutes.content).hexdigest(),
        "blob": blobs.store(minutes.content),
    }


def minutes_of(actor: Actor, uid: UUID | str) -> tuple[Consultation, bytes]:
    """The minutes of a consultation, for everybody the rules apply to. Raises Problem (404)."""
    require(actor, "policy.view")
    found = (
        Consultation.objects.filter(version__company_id=actor.company_id, uid=uid).exclude(blob="").first()
    )
    if found is None:
        raise missing()
    return found, blobs.load(found.blob)
