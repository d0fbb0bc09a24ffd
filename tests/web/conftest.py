"""Signed-in clients, and work with deadlines for them."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from dingfen.accounts.models import Staff
from dingfen.clocks.models import Clock
from dingfen.ownership.models import Registration
from dingfen.parties.models import Customer
from tests.cast import Cast
from tests.parties.conftest import make

__all__ = ["make"]
SignedIn = Callable[..., Client]


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """The Chinese texts, compiled from what the repository holds."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
    import messages

    messages.compile_all()


@pytest.fixture
def signed_in(cast: Cast) -> SignedIn:
    """A client for a member of the cast: `signed_in("jiang", language="en")`."""

    def client(name: str, language: str = "zh-hans") -> Client:
        staff = getattr(cast, name)
        Staff.objects.filter(pk=staff.pk).update(language=language)
        made = Client(raise_request_exception=False)
        made.force_login(staff)
        return made

    return client


def customer(cast: Cast, number: int, **more: object) -> Customer:
    values: dict[str, object] = {
        "company": cast.company,
        "unit": cast.east,
        "number": f"K-{number:06d}",
        "sealed": b"",
        "masked_name": f"张*{number}",
        "masked_phone": "138****0000",
        "created_at": timezone.now(),
        **more,
    }
    return Customer.objects.create(**values)


def hold(cast: Cast, number: int, holder: Staff, due_in: dt.timedelta, **more: object) -> Clock:
    """A customer held by somebody, and the clock of that hold."""
    now = timezone.now()
    registration = Registration.objects.create(
        company=cast.company,
        customer=customer(cast, number),
        holder=holder,
        unit=cast.east,
        registered_at=now - dt.timedelta(days=1),
        recorded_at=now,
    )
    values: dict[str, object] = {
        "company": cast.company,
        "kind": "registration.protection",
        "subject_type": "registration",
        "subject_uid": registration.uid,
        "responsible": holder,
        "started_at": now - dt.timedelta(days=1),
        "deadline": now + due_in,
        "article": "OWN-9",
        **more,
    }
    return Clock.objects.create(**values)
