"""Who signs in: user name or e-mail and password; leavers no longer."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from dingfen.accounts.models import Staff, Unit
from dingfen.database.rows import find, first


def has_left(staff: Staff) -> bool:
    """Whether the last day of work is over where the person works."""
    if staff.left_on is None:
        return False
    unit = staff.unit or staff.company
    now = timezone.now()
    return staff.left_on < (unit.day(now) if unit else now.date())


class StaffBackend(AuthenticationBackend):
    """allauth's backend; the account comes with its unit and company, and without leavers."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(super().user_can_authenticate(user)) and not has_left(user)

    def get_user(self, user_id: Any) -> Staff | None:
        staff = first(Staff, id=user_id)
        if staff is None or not self.user_can_authenticate(_placed(staff)):
            return None
        return staff


def _placed(staff: Staff) -> Staff:
    """With unit and company, by a statement made once: every page asks this."""
    wanted = [staff.unit_id or 0, staff.company_id or 0]
    units = {unit.pk: unit for unit in find(Unit, "t.id IN (%s, %s)", wanted)}
    staff.unit, staff.company = units.get(staff.unit_id or 0), units.get(staff.company_id or 0)
    return staff
