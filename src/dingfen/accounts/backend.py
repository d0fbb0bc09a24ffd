"""Who signs in: user name or e-mail and password; leavers no longer."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from dingfen.accounts.models import Staff


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
        staff = Staff.objects.get_queryset().select_related("unit", "company").filter(pk=user_id).first()
        return staff if staff and self.user_can_authenticate(staff) else None
