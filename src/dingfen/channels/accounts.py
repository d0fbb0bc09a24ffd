"""The life of an account between looks: whose turn it is, whether it works, how far it was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from dingfen.channels.models import Account
from dingfen.channels.secrets import seal, unseal
from dingfen.engine.backoff import wait

LEASE = timedelta(minutes=5)
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(minutes=30)
_NOTED_EVERY = timedelta(minutes=1)


def secret_of(account: Account) -> dict[str, Any]:
    """What is kept sealed of an account: password, token, key. Raises `secrets.Unreadable`."""
    return unseal(account.secret, of=str(account.uid))


def sealed_secret(account: Account, secret: Mapping[str, Any]) -> bytes:
    return seal(secret, of=str(account.uid)) if secret else b""


def leased(account: Account, at: datetime) -> bool:
    """Take an account for a while (compare and swap); False when another worker has it."""
    taken = Account.objects.filter(pk=account.pk, next_at=account.next_at, on=True).update(next_at=at + LEASE)
    account.next_at = at + LEASE
    return bool(taken)


def worked(account: Account, at: datetime, *, next_at: datetime | None = None) -> None:
    """Note that the other side answered as it should, unless somebody changed the account meanwhile."""
    same = Account.objects.filter(pk=account.pk, version=account.version)
    same.update(worked_at=at, error="", failed_at=None, failures=0, next_at=next_at)


def failed(account: Account, at: datetime, why: str, *, again: bool = True) -> None:
    """Note what went wrong; it is tried again later each time, half an hour at most."""
    failures = min(account.failures + 1, 1000)
    later = wait(failures, first=_FIRST_RETRY, longest=_LONGEST_RETRY, jitter=0.0)
    same = Account.objects.filter(pk=account.pk, version=account.version)
    same.update(error=why[:500], failed_at=at, failures=failures, next_at=at + later if again else None)


def refused(account: Account, at: datetime, why: str) -> None:
    """Note that a call to us was refused: whoever sets it up sees that the other side has come, and why in vain.

    Once a minute at most, so that strangers who knock cause no writing.
    """
    if account.refused_at is None or at - account.refused_at > _NOTED_EVERY:
        Account.objects.filter(pk=account.pk).update(refused=why[:20], refused_at=at)


def door(account: Account) -> str:
    """The address at which the other side calls us."""
    return f"{settings.BASE_URL}{reverse('hook', args=[account.uid])}"


def page(account: Account) -> str:
    """The address of its public page; empty where it has none."""
    return f"{settings.BASE_URL}{reverse('complain', args=[account.slug])}" if account.slug else ""


def moved(account: Account, cursor: dict[str, int]) -> None:
    """Remember how far a mailbox was read."""
    account.cursor = cursor
    Account.objects.filter(pk=account.pk).update(cursor=cursor)
