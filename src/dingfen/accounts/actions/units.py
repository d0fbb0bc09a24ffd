"""The tree grows, moves and closes; a unit is never deleted."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from dingfen.accounts import access
from dingfen.accounts.actions.checks import fault, own_unit
from dingfen.accounts.actor import Actor
from dingfen.accounts.log import record
from dingfen.accounts.models import DEFAULT_ZONE, Staff, Unit
from dingfen.accounts.units import add_unit
from dingfen.problems import Problem, conflict, invalid, missing, refused

_CODE = re.compile(r"[A-Z0-9]{1,12}")


@transaction.atomic
def create_company(
    *, actor: Actor, at: dt.datetime, name: str, code: str, name_en: str = "", time_zone: str = DEFAULT_ZONE
) -> Unit:
    """Add a company to the installation: the system alone does it (command line or set-up)."""
    if not actor.is_system:
        raise refused("company.system_only")
    unit = add_unit(
        None, Unit.Kind.COMPANY, **_named(name, code, name_en, time_zone, Unit.objects.filter(parent=None))
    )
    _record(actor, at, "unit.added", unit, {"kind": unit.kind, "code": unit.code})
    return unit


@transaction.atomic
def create_unit(
    *,
    actor: Actor,
    at: dt.datetime,
    parent: Unit,
    kind: str,
    name: str,
    code: str,
    name_en: str = "",
    time_zone: str = "",
    extension: str = "",
) -> Unit:
    """Add a unit below another. A site has a book and a time zone of its own; no site lies in a site.

    Raises `input.invalid` by field: a code is 1 to 12 of A–Z and 0–9, used once in the company.
    """
    parent = _managed(actor, parent)
    own_unit(actor, parent)
    if kind not in set(Unit.Kind.values) - {Unit.Kind.COMPANY}:
        raise fault("kind", "choice.unknown", value=kind)
    _no_site_in_a_site(kind == Unit.Kind.SITE, parent)
    siblings = Unit.objects.filter(company=parent.company)
    values = _named(name, code, name_en, time_zone, siblings)
    unit = add_unit(parent, kind, extension=extension.strip()[:20], **values)
    _record(actor, at, "unit.added", unit, {"parent": parent.uid, "kind": kind, "code": unit.code})
    return unit


@transaction.atomic
def rename_unit(
    *,
    actor: Actor,
    at: dt.datetime,
    unit: Unit,
    name: str,
    name_en: str = "",
    extension: str = "",
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> Unit:
    """Change the name people see, the telephone extension, and where a site lies (degrees, WGS 84).

    The code stays: entries are numbered by it. A place needs both numbers (`place.half`).
    """
    unit = _managed(actor, unit)
    if not name.strip():
        raise fault("name", "required")
    if (latitude is None) != (longitude is None):
        raise fault("longitude" if longitude is None else "latitude", "place.half")
    unit.latitude, unit.longitude = latitude, longitude
    unit.name, unit.name_en, unit.extension = name.strip()[:80], name_en.strip()[:120], extension.strip()[:20]
    unit.save(update_fields=["name", "name_en", "extension", "latitude", "longitude"])
    _record(actor, at, "unit.renamed", unit, {"name": unit.name, "name_en": unit.name_en})
    return unit


@transaction.atomic
def move_unit(*, actor: Actor, at: dt.datetime, unit: Unit, parent: Unit) -> Unit:
    """Hang a unit with everything below it under another one of the same company.

    Roles held over it move along. A company or site does not move: its books stay where they are.
    """
    unit, parent = _managed(actor, unit), _managed(actor, parent)
    own_unit(actor, parent)
    if unit.company_id != parent.company_id:
        raise missing()
    if unit.kind in (Unit.Kind.COMPANY, Unit.Kind.SITE):
        raise conflict("unit.fixed", unit=unit.name)
    if parent.path.startswith(unit.path):
        raise fault("parent", "unit.below_itself", unit=unit.name)
    if unit.parent_id == parent.pk:
        return unit
    old, new = unit.path, f"{parent.path}{unit.pk}/"
    below = Unit.objects.filter(path__startswith=old)
    list(below.select_for_update().order_by("pk").values_list("pk", flat=True))
    below.update(path=Concat(Value(new), Substr("path", len(old) + 1)), time_zone=parent.time_zone)
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    unit = Unit.objects.get(pk=unit.pk)
    _record(actor, at, "unit.moved", unit, {"parent": parent.uid})
    return unit


@transaction.atomic
def close_unit(*, actor: Actor, at: dt.datetime, unit: Unit) -> Unit:
    """Take a unit out of use once nobody works in it and nothing open lies below it."""
    unit = _managed(actor, unit)
    if unit.kind == Unit.Kind.COMPANY:
        raise conflict("unit.fixed", unit=unit.name)
    if Unit.objects.filter(path__startswith=unit.path, active=True).exclude(pk=unit.pk).exists():
        raise conflict("unit.has_units", unit=unit.name)
    at_work = Staff.objects.working(unit.day(at)).filter(unit=unit).count()
    if at_work:
        raise conflict("unit.has_staff", unit=unit.name, count=at_work)
    unit.active = False
    unit.save(update_fields=["active"])
    _record(actor, at, "unit.closed", unit, {})
    return unit


def _managed(actor: Actor, unit: Unit) -> Unit:
    """The row, locked, when the actor manages staff over it."""
    company_id = None if actor.is_system else unit.company_id
    access.require(actor, "staff.manage", company_id=company_id, path=unit.path)
    return Unit.objects.select_for_update(of=("self",)).select_related("company").get(pk=unit.pk)


def _no_site_in_a_site(is_site: bool, parent: Unit) -> None:
    chain = [int(step) for step in parent.path.strip("/").split("/")]
    if is_site and Unit.objects.filter(pk__in=chain, kind=Unit.Kind.SITE).exists():
        raise fault("kind", "unit.site_in_site")


def _named(name: str, code: str, name_en: str, time_zone: str, others: object) -> dict[str, str]:
    """Cleaned values of a new unit, or every fault at once."""
    faults: dict[str, list[tuple[str, dict[str, object]]]] = {}
    code = code.strip().upper()
    if not name.strip():
        faults["name"] = [("required", {})]
    if not _CODE.fullmatch(code):
        faults["code"] = [("unit.code_form", {})]
    elif others.filter(code=code).exists():  # type: ignore[attr-defined]
        faults["code"] = [("unit.code_taken", {"code": code})]
    if time_zone and time_zone not in available_timezones():
        faults["time_zone"] = [("choice.unknown", {"value": time_zone})]
    if faults:
        problem: Problem = invalid({key: list(value) for key, value in faults.items()})
        raise problem
    return {"name": name.strip()[:80], "code": code, "name_en": name_en.strip()[:120], "time_zone": time_zone}


def _record(actor: Actor, at: dt.datetime, kind: str, unit: Unit, facts: dict[str, object]) -> None:
    record(actor=actor, at=at, kind=kind, subject=("unit", unit.uid), unit=unit, facts=facts)
