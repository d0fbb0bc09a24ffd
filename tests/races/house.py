"""Prepare a data folder for a real server: `python -m tests.races.house LAPSING` prints tokens as JSON.

The two salespeople of the cast, the car dealer's rules, and LAPSING customers whose protection ends within
the next seconds, so that clocks fire while the server is being killed.
"""

from __future__ import annotations

import datetime as dt
import json
import sys

import django


def main(lapsing: int) -> None:
    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from dingfen.accounts.actions import make_token
    from dingfen.accounts.actor import actor_for, system_actor
    from dingfen.clocks.actions import redate
    from dingfen.clocks.models import Clock
    from dingfen.ownership.actions import register_customer
    from dingfen.parties.details import Details
    from dingfen.policies.actions import publish_shipped
    from tests import ready
    from tests.cast import make_cast

    ready.tables()
    cast, now = make_cast(), timezone.now()
    long_ago = now - dt.timedelta(days=60)
    publish_shipped(actor=system_actor(cast.company), at=long_ago, unit=cast.company, pack="auto-dealer")
    lin = actor_for(cast.lin, now)
    for number in range(lapsing):
        register_customer(
            actor=lin,
            at=now,
            details=Details(
                name=f"周{chr(0x4E00 + number)}{chr(0x5E00 + number)}",
                phones=(f"1377{number:07d}",),
                grade="H",
                source="call",
                profile={"need": "看车"},
            ),
            confirm_possible=True,
            reason="已核对，不是同一位客户",
        )
    clocks = list(Clock.objects.filter(kind="registration.protection").order_by("pk"))
    for number, clock in enumerate(clocks):  # brought forward: nobody wants to wait five days
        moment = timezone.now() + dt.timedelta(seconds=3 + number * 0.1)
        with transaction.atomic():
            redate(actor=lin, at=now, clock=clock, deadline=moment, started_at=now)
    tokens = {
        staff.username: make_token(
            actor=actor_for(staff, now),
            at=now,
            name="race",
            scopes=["*"],
            expires_at=now + dt.timedelta(days=1),
        )[1]
        for staff in (cast.lin, cast.xu)
    }
    print(json.dumps(tokens))


if __name__ == "__main__":
    main(int(sys.argv[1]))
