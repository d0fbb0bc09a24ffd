"""How many questions a list puts to the database: few, and no more with more rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from dingfen.accounts.actor import system_actor
from dingfen.ownership.actions import open_by_system, register_customer
from dingfen.parties.details import Details
from dingfen.policies.actions import publish_shipped
from tests.cast import NOW, Cast
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.django_db
# each room with a number beside it asks one; person and units are two short ones, a head's units one
MOST = 22


def _disputed(cast: Cast, number: int) -> None:
    """A customer of lin's for whom xu has a claim too."""
    details = Details(
        name=f"周{chr(0x4E00 + number * 7)}", phones=(f"1377{number:07d}",), grade="H", source="call",
        profile={"need": "看车"},
    )  # fmt: skip
    hold = register_customer(
        actor=cast.actor("lin"),
        at=NOW,
        details=details,
        confirm_possible=True,
        reason="已核对，不是同一位客户",
    )
    open_by_system(
        actor=system_actor(cast.company),
        at=NOW,
        claimants=[cast.lin, cast.xu],
        origin="overlap",
        registration=hold,
    )


@pytest.mark.parametrize("path", ["/customers/", "/holdings/", "/follow-ups/", "/pool/", "/disputes/"])
@pytest.mark.parametrize("who", ["lin", "jiang", "fang"])
def test_a_list_asks_little(
    path: str, who: str, cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    publish_shipped(
        actor=system_actor(cast.company),
        at=NOW - dt.timedelta(days=60),
        unit=cast.company,
        pack="auto-dealer",
    )
    _disputed(cast, 0)
    client = signed_in(who)
    client.get(path)
    with django_assert_max_num_queries(MOST) as few:
        assert client.get(path).status_code == 200
    for number in range(1, 5):
        _disputed(cast, number)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(path).status_code == 200
