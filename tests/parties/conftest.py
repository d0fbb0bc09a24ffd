"""A few customers of the cast's company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from dingfen.accounts.models import Unit
from dingfen.parties.details import Details, check
from dingfen.parties.models import Customer
from dingfen.parties.registering import register_party
from tests.cast import NOW, Cast

Make = Callable[..., Customer]


@pytest.fixture
def make(cast: Cast) -> Make:
    """Write a customer as ownership does, entered by lin unless said otherwise."""

    def write(
        name: str = "温思远", *phones: str, unit: Unit | None = None, by: str = "lin", **more: Any
    ) -> Customer:
        details = Details(name=name, phones=phones, **more)
        read = check(details)
        with transaction.atomic():
            return register_party(
                unit=unit or cast.east,
                details=details,
                at=NOW,
                created_by_id=getattr(cast, by).pk,
                read=read,
            )

    return write
