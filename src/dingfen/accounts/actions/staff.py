"""People come, change, leave."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dingfen.accounts import access, sessions
from dingfen.accounts.actions.checks import keeps_an_administrator, locked, managed, own_unit
from dingfen.accounts.actor import Actor
from dingfen.accounts.log import record_staff
from dingfen.accounts.models import Delegation, RoleGrant, Staff, Unit
from dingfen.problems import conflict, invalid

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,29}")
_TEXTS = {"name": 60, "latin_name": 80, "email": 254, "employee_number": 30}
THEMES = ("auto", "light", "dark")
# read at a glance and typed from paper: no 0/O, 1/l
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"

Faults = dict[str, list[tuple[str, Mapping[str, Any]]]]


@transaction.atomic
def add_staff(
    *,
    actor: Actor,
    at: dt.datetime,
    username: str,
    name: str,
    unit: Unit,
    email: str = "",
    latin_name: str = "",
    employee_number: str = "",
    language: str = settings.LANGUAGE_CODE,
) -> Staff:
    """Add a person to a unit, without a password and without a role.

    Raises `input.invalid` (422) by field: a username is 2 to 30 of a–z, 0–9, `.`, `_`, `-`, and each of
    username, e-mail and employee number is used once.
    """
    access.require(actor, "staff.manage", company_id=_company(actor, unit), path=unit.path)
    own_unit(actor, unit)
    staff = Staff(
        username=username.strip().casefold(),
        company=unit.company,
        unit=unit,
        language=language,
        must_change_password=True,
    )
    _fill(
        staff,
        {"name": name, "latin_name": latin_name, "email": email, "employee_number": employee_number},
    )
    staff.set_unusable_password()
    staff.save()
    record_staff(
        actor=actor,
        at=at,
        kind="staff.added",
        staff=staff,
        facts={"unit": unit.uid},
        personal={key: getattr(staff, key) for key in ("username", *_TEXTS)},
    )
    return staff


@transaction.atomic
def change_staff(
    *, actor: Actor, at: dt.datetime, staff: Staff, unit: Unit | None = None, **values: str
) -> Staff:
    """Change name, latin_name, email, employee_number or unit. Raises as `add_staff` does."""
    staff = managed(actor, staff)
    before = {key: getattr(staff, key) for key in _TEXTS} | {"unit": staff.unit_id}
    if unit is not None and unit.pk != staff.unit_id:
        access.require(actor, "staff.manage", company_id=_company(actor, unit), path=unit.path)
        staff.unit = own_unit(actor, unit)
    _fill(staff, values)
    changed = sorted(key for key in _TEXTS if getattr(staff, key) != before[key])
    if staff.unit_id == before["unit"] and not changed:
        return staff
    staff.save()
    facts: dict[str, Any] = {"changed": changed}
    if staff.unit and staff.unit_id != before["unit"]:
        facts["unit"] = staff.unit.uid
    personal = {key: getattr(staff, key) for key in changed}
    record_staff(actor=actor, at=at, kind="staff.changed", staff=staff, facts=facts, personal=personal)
    return staff


def change_profile(*, actor: Actor, staff: Staff, language: str, theme: str, single_keys: bool) -> Staff:
    """One's own language, theme and single-key commands; a matter of taste, so no entry."""
    if actor.staff_id != staff.pk:
        raise conflict("staff.own_profile_only")
    faults: Faults = {}
    if language not in dict(settings.LANGUAGES):
        faults["language"] = [("choice.unknown", {"value": language})]
    if theme not in THEMES:
        faults["theme"] = [("choice.unknown", {"value": theme})]
    if faults:
        raise invalid(faults)
    staff.language, staff.theme, staff.single_keys = language, theme, single_keys
    staff.save(update_fields=["language", "theme", "single_keys"])
    return staff


@transaction.atomic
def set_temporary_password(*, actor: Actor, at: dt.datetime, staff: Staff) -> str:
    """Give a new password that must be changed at the next sign-in; returned once, never stored in clear.

    Open sessions end. Nobody sets their own this way.
    """
    staff = managed(actor, staff)
    if staff.pk == actor.staff_id:
        raise conflict("staff.own_password")
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    staff.set_password(password)
    staff.must_change_password = True
    staff.save(update_fields=["password", "must_change_password"])
    sessions.end_all(staff)
    record_staff(actor=actor, at=at, kind="staff.password_reset", staff=staff, facts={})
    return password


@transaction.atomic
def note_password_change(*, actor: Actor, at: dt.datetime, staff: Staff) -> None:
    """A person has chosen a new password of their own: the duty to change it is met."""
    staff = locked(staff)
    staff.must_change_password = False
    staff.save(update_fields=["must_change_password"])
    record_staff(actor=actor, at=at, kind="staff.password_changed", staff=staff, facts={})


@transaction.atomic
def deactivate_staff(*, actor: Actor, at: dt.datetime, staff: Staff) -> Staff:
    """Close an account for now: sessions and tokens end, roles wait. Undone by `reactivate_staff`."""
    staff = managed(actor, staff)
    if staff.pk == actor.staff_id:
        raise conflict("staff.own_account")
    if not staff.is_active:
        return staff
    _keep_administrator(staff, at)
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    sessions.end_all(staff)
    staff.tokens.filter(revoked_at=None).update(revoked_at=at)
    record_staff(actor=actor, at=at, kind="staff.deactivated", staff=staff, facts={})
    return staff


@transaction.atomic
def reactivate_staff(*, actor: Actor, at: dt.datetime, staff: Staff) -> Staff:
    """Open an account again; a leaver who came back gets roles anew."""
    staff = managed(actor, staff)
    if staff.is_active and staff.left_on is None:
        return staff
    staff.is_active, staff.left_on = True, None
    staff.save(update_fields=["is_active", "left_on"])
    record_staff(actor=actor, at=at, kind="staff.reactivated", staff=staff, facts={})
    return staff


@transaction.atomic
def record_leaver(*, actor: Actor, at: dt.datetime, staff: Staff, left_on: dt.date) -> Staff:
    """Record the last day of work. Roles, delegations and tokens end with it; sessions at once when it is past.

    What the person held stays theirs until it is transferred.
    """
    staff = managed(actor, staff)
    unit = staff.unit or staff.company
    if unit is None or staff.pk == actor.staff_id:
        raise conflict("staff.own_account")
    _keep_administrator(staff, at)
    staff.left_on = left_on
    over = left_on < unit.day(at)
    staff.is_active = staff.is_active and not over
    staff.save(update_fields=["left_on", "is_active"])
    RoleGrant.objects.filter(staff=staff).exclude(ends_on__lt=left_on).update(ends_on=left_on)
    end = unit.midnight_after(left_on)
    for rows in (staff.delegations_given, staff.delegations_received):
        open_rows: Any = rows.filter(revoked_at=None, ends_at__gt=end)
        Delegation.objects.filter(pk__in=open_rows.filter(starts_at__gte=end)).update(revoked_at=at)
        Delegation.objects.filter(pk__in=open_rows.filter(starts_at__lt=end)).update(ends_at=end)
    staff.tokens.filter(revoked_at=None, expires_at__gt=end).update(expires_at=end)
    if over:
        sessions.end_all(staff)
    record_staff(actor=actor, at=at, kind="staff.left", staff=staff, facts={"left_on": left_on})
    return staff


@transaction.atomic
def end_sessions(*, actor: Actor, at: dt.datetime, staff: Staff) -> int:
    """Sign a person out everywhere, such as after a lost telephone; returns how many sessions ended."""
    staff = managed(actor, staff)
    count = sessions.end_all(staff)
    if count:
        record_staff(actor=actor, at=at, kind="staff.signed_out", staff=staff, facts={"sessions": count})
    return count


def _company(actor: Actor, unit: Unit) -> int | None:
    """Whose thing a unit is; the system has every company's."""
    return actor.company_id if actor.is_system else unit.company_id


def _keep_administrator(staff: Staff, at: dt.datetime) -> None:
    if staff.company:
        keeps_an_administrator(staff.company, staff, staff.company.day(at))


def _fill(staff: Staff, values: Mapping[str, str]) -> None:
    """Put cleaned values into the row, or raise every fault at once."""
    faults: Faults = {}
    for key, value in values.items():
        if key not in _TEXTS:
            raise TypeError(f"no such field of staff: {key}")
        setattr(staff, key, value.strip())
        if len(value.strip()) > _TEXTS[key]:
            faults[key] = [("too_long", {"limit": _TEXTS[key]})]
    if not staff.name:
        faults["name"] = [("required", {})]
    if not _USERNAME.fullmatch(staff.username):
        faults["username"] = [("username.form", {})]
    elif Staff.objects.filter(username__iexact=staff.username).exclude(pk=staff.pk).exists():
        faults["username"] = [("username.taken", {"value": staff.username})]
    if staff.email:
        try:
            validate_email(staff.email)
        except ValidationError:
            faults["email"] = [("email.form", {})]
        else:
            if Staff.objects.filter(email__iexact=staff.email).exclude(pk=staff.pk).exists():
                faults["email"] = [("email.taken", {})]
    if staff.employee_number:
        same = Staff.objects.filter(company=staff.company, employee_number=staff.employee_number)
        if same.exclude(pk=staff.pk).exists():
            faults["employee_number"] = [("employee_number.taken", {})]
    if faults:
        raise invalid(faults)
