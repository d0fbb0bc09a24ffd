"""One of two receptionists who give the same turn away at the same instant.

`set-up` makes the people, the rules and the morning's check-ins; `give WHO` reads the number of a
round, says that it has seen the board, reads the instant (seconds) and answers one JSON object a line: who got
the customer, or what was refused.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from typing import Any

import django

django.setup()


from dingfen.accounts.actor import actor_for, system_actor  # noqa: E402
from dingfen.accounts.models import Role, Staff  # noqa: E402
from dingfen.accounts.units import site_of  # noqa: E402
from dingfen.ownership.rotation import actions  # noqa: E402
from dingfen.ownership.rotation.queries import board_needed  # noqa: E402
from dingfen.policies.actions import publish_shipped  # noqa: E402
from dingfen.problems import Problem  # noqa: E402
from tests import ready  # noqa: E402
from tests.cast import NOW, make_cast, person  # noqa: E402


def set_up() -> None:
    ready.tables()
    cast = make_cast()
    publish_shipped(
        actor=system_actor(cast.company), at=NOW, unit=cast.company, pack="auto-dealer", in_force_from=NOW
    )
    person("su", "苏曼", cast.site, Role.RECEPTIONIST, cast.site)
    for username in ("lin", "xu"):
        actions.check_in(actor=cast.actor(username), at=NOW)


def give(who: str) -> None:
    staff = Staff.objects.select_related("unit", "company").get(username=who)
    assert staff.unit
    site = site_of(staff.unit)
    assert site
    board_needed(site, NOW)  # both have read once before they race
    print("ready", flush=True)
    for number in sys.stdin:
        at = NOW + dt.timedelta(seconds=1 + int(number))
        first = board_needed(site, at).next
        assert first
        print("seen", flush=True)
        instant = sys.stdin.readline()
        while time.time() < float(instant):
            pass
        result: dict[str, Any]
        actor = actor_for(staff, at)
        try:
            turn = actions.give(actor=actor, at=at, expected=first.uid)
            result = {"given": turn.staff.username, "shown": first.username}
        except Problem as problem:
            result = {"problem": problem.code, "status": problem.status}
        except Exception as error:
            result = {"fault": repr(error)}
        print(json.dumps(result), flush=True)
        if "given" in result:  # free again before the next round
            sys.stdin.readline()
            actions.finish(actor=actor, at=at, staff_uid=first.uid)
            print("finished", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "set-up":
        set_up()
    else:
        give(sys.argv[2])
