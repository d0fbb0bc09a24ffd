"""Saved replies and macros: kept for oneself, or shared with a unit or the company once somebody else approves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from dingfen.accounts.access import decide, person_of, require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Role, Unit
from dingfen.complaints.desk import steps as macro_steps
from dingfen.complaints.desk import variables
from dingfen.complaints.desk_rows import Macro, SavedReply, Shared
from dingfen.database import kept
from dingfen.problems import conflict, invalid, missing, read_uid, refused
from dingfen.register.append import append

NAME = 60
Kept = TypeVar("Kept", SavedReply, Macro)


@transaction.atomic
def save_reply(
    *,
    actor: Actor,
    at: datetime,
    name: str,
    zh: str = "",
    en: str = "",
    unit_uid: object = None,
    uid: object = None,
    version: int | None = None,
) -> SavedReply:
    """Keep an answer under a name, new or changed (`uid`). `unit_uid`: whom it is shared with.

    A shared one is used once it is approved; changed it waits anew. Raises at `name`, `zh`, `en`, `unit`.
    """
    if not zh.strip() and not en.strip():
        raise invalid({"zh": [("required", {})]})
    texts = {"zh": variables.check(zh, "zh"), "en": variables.check(en, "en")}
    return _save(SavedReply, actor, at, name, unit_uid, uid, version, texts)


@transaction.atomic
def save_macro(
    *,
    actor: Actor,
    at: datetime,
    name: str,
    steps: Sequence[Mapping[str, Any]],
    unit_uid: object = None,
    uid: object = None,
    version: int | None = None,
) -> Macro:
    """Keep several steps under a name, as with `save_reply`. Raises at `steps` and at the fields of a step."""
    return _save(
        Macro, actor, at, name, unit_uid, uid, version, {"steps": macro_steps.check(steps, actor, at)}
    )


def _save(
    model: type[Kept],
    actor: Actor,
    at: datetime,
    name: str,
    unit_uid: object,
    uid: object,
    version: int | None,
    fields: dict[str, Any],
) -> Kept:
    require(actor, "complaint.handle")
    me, name = person_of(actor), name.strip()
    if not name or len(name) > NAME:
        raise invalid({"name": [("too_long", {"limit": NAME}) if name else ("required", {})]})
    unit = _unit(actor, unit_uid)
    if uid:
        row = _locked(model, actor, uid)
        if row.owner_id != me and not _leads(actor, row):
            raise refused("shared.not_yours", name=row.owner.name)
        if version is not None and version != row.version:
            raise conflict("version.stale", seen=version, current=row.version)
        row.version += 1
    else:
        row = model(company_id=actor.company_id or 0, owner_id=me, made_at=at)
    row.name, row.unit, row.approved_by, row.approved_at = name, unit, None, None
    if row.owner_id != me and unit is None:
        raise invalid({"unit": [("required", {})]})
    for field, value in fields.items():
        setattr(row, field, value)
    row.save()
    if unit is not None:
        _enter(row, "shared.proposed", actor, at)
    return row


def _unit(actor: Actor, uid: object) -> Unit | None:
    """The unit to share with: one's own or one above it."""
    if not uid:
        return None
    found = Unit.objects.filter(company_id=actor.company_id, uid=read_uid(uid)).first()
    if found is None or not actor.unit_path.startswith(found.path):
        raise invalid({"unit": [("unit.unknown", {})]})
    return found


def units(actor: Actor) -> list[Unit]:
    """The units one may share with, the company first."""
    ids = [int(part) for part in actor.unit_path.strip("/").split("/") if part]
    return list(Unit.objects.filter(pk__in=ids).order_by("path"))


def _leads(actor: Actor, row: Shared) -> bool:
    path = row.unit.path if row.unit else None
    if path is None:
        return False
    return decide(actor, "complaint.approve", path=path).allowed or actor.has(Role.COMPLIANCE, path)


def may_approve(actor: Actor, row: Shared) -> bool:
    """Whether somebody may approve it: who leads the unit, or compliance; never whose it is."""
    return (
        row.unit_id is not None
        and row.approved_at is None
        and row.owner_id != actor.staff_id
        and _leads(actor, row)
    )


@transaction.atomic
def approve(*, actor: Actor, at: datetime, uid: object, version: int | None = None) -> SavedReply | Macro:
    """Approve what is shared, as it stands. Raises `shared.own` (403), `shared.rank` (403), `version.stale`."""
    row = _either_locked(actor, uid)
    if version is not None and version != row.version:
        raise conflict("version.stale", seen=version, current=row.version)
    if row.owner_id == actor.staff_id:
        raise refused("shared.own")
    if not may_approve(actor, row):
        raise conflict("shared.approved") if row.approved_at else refused("shared.rank")
    row.approved_by_id, row.approved_at = person_of(actor), at
    row.save(update_fields=["approved_by", "approved_at"])
    _enter(row, "shared.approved", actor, at)
    return row


@transaction.atomic
def retire(*, actor: Actor, at: datetime, uid: object) -> SavedReply | Macro:
    """Take it out of use: whose it is, or who leads the unit it is shared with."""
    row = _either_locked(actor, uid)
    if row.owner_id != actor.staff_id and not _leads(actor, row):
        raise refused("shared.not_yours", name=row.owner.name)
    row.gone_at = at
    row.save(update_fields=["gone_at"])
    if row.unit_id is not None:
        _enter(row, "shared.retired", actor, at)
    return row


def _locked(model: type[Kept], actor: Actor, uid: object) -> Kept:
    rows = model.objects.visible_to(actor).select_for_update(of=("self",)).select_related("unit", "owner")
    found: object = rows.filter(uid=read_uid(uid)).first()
    if not isinstance(found, model):
        raise missing()
    return found


def _either_locked(actor: Actor, uid: object) -> SavedReply | Macro:
    seen = either(actor, uid)
    return _locked(Macro, actor, uid) if isinstance(seen, Macro) else _locked(SavedReply, actor, uid)


def either(actor: Actor, uid: object) -> SavedReply | Macro:
    """A saved reply or a macro the actor sees. Raises `not_visible` (404)."""
    models: tuple[type[SavedReply] | type[Macro], ...] = (SavedReply, Macro)
    for model in models:
        rows = model.objects.visible_to(actor).select_related("unit", "owner")
        found: object = rows.filter(uid=read_uid(uid)).first()
        if isinstance(found, SavedReply | Macro):
            return found
    raise missing()


def usable_replies(actor: Actor) -> list[SavedReply]:
    """What one may use now: one's own, and what is approved."""
    return [one for one in _seen_by(SavedReply, actor) if one.usable]


def usable_macros(actor: Actor) -> list[Macro]:
    return [one for one in _seen_by(Macro, actor) if one.usable]


def _seen_by(model: type[Kept], actor: Actor) -> list[Kept]:
    found: list[Kept] = kept.rows(_shared, model, actor, among=[actor.company_id or 0])
    return found


def _shared(model: type[SavedReply] | type[Macro], actor: Actor, companies: Sequence[int]) -> QuerySet[Any]:
    return model.objects.visible_to(actor).filter(company__in=companies).select_related("unit")


def _enter(row: SavedReply | Macro, kind: str, actor: Actor, at: datetime) -> None:
    assert row.unit is not None
    facts = {
        "what": "macro" if isinstance(row, Macro) else "reply",
        "uid": str(row.uid),
        "version": row.version,
    }
    append(
        book=book_of(row.unit, at=at, actor_id=actor.uid), kind=kind, actor_id=actor.uid, occurred_at=at,
        recorded_at=at, subject=("unit", row.unit.uid), facts=facts,
    )  # fmt: skip
