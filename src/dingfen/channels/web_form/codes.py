"""Tracking codes (追踪码): 80 random bits, shown once, kept as a keyed digest, and no oracle for who guesses."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.crypto import constant_time_compare

from dingfen.accounts import limits
from dingfen.channels.models import Account, Tracking
from dingfen.channels.secrets import digest

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I
LENGTH = 16
TRIES, TRIES_OF_ALL, PER = 10, 600, timedelta(minutes=15)
FILED, FILED_OF_ALL, HOUR = 10, 300, timedelta(hours=1)
ADDED = 40


def issue(account: Account, case_uid: UUID, at: datetime) -> str:
    """A new code for a case, in groups of four; an earlier one no longer holds."""
    code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    Tracking.objects.update_or_create(
        case_uid=case_uid, defaults={"account": account, "digest": _digest(code), "issued_at": at}
    )
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def look_up(account: Account, typed: str, address: str, at: datetime) -> Tracking | None:
    """What a code follows on this page; None for any other, and for whoever has tried too often."""
    keys = ((f"follow@{address}", TRIES), (f"follow#{account.pk}", TRIES_OF_ALL))
    if not all(limits.hit(key, most, PER, at).allowed for key, most in keys):
        return None
    wanted = _digest(_read(typed))
    found = Tracking.objects.filter(account=account, digest=wanted).first()
    if found is None or not constant_time_compare(found.digest, wanted):
        return None
    for key, _ in keys:
        limits.give_back(key)
    Tracking.objects.filter(pk=found.pk).update(used_at=at)
    return found


def may_file(account: Account, address: str, at: datetime) -> bool:
    """Whether one more complaint is taken from an address now; a flood of one is no flood of all."""
    keys = ((f"complain@{address}", FILED), (f"complain#{account.pk}", FILED_OF_ALL))
    return all(limits.hit(key, most, HOUR, at).allowed for key, most in keys)


def may_add(tracking: Tracking, at: datetime) -> bool:
    """Whether one more message is taken in a matter now."""
    return limits.hit(f"complain+{tracking.pk}", ADDED, HOUR, at).allowed


def _read(typed: str) -> str:
    """A code as it is kept: dashes, spaces and small letters make no difference."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[:64]


def _digest(code: str) -> str:
    return digest("tracking", code)
