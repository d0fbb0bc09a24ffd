"""Sessions of a person, and their end."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from dingfen.accounts.models import Staff


def end_all(staff: Staff, but: str | None = None) -> int:
    """End every session of the person, except the one with key `but`; returns how many."""
    rows = UserSession.objects.filter(user=staff)
    if but:
        rows = rows.exclude(session_key=but)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)
