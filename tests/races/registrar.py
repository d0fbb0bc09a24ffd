"""One of two processes that register the same customers at the same instant.

`set-up` makes the people and the rules; `register WHO` reads one line a round (number, instant in seconds)
and answers one JSON object a line: what became of it. "check NUMBER" asks for that customer and changes nothing.
`work` searches what was registered for pairs and learns weights from it.
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
from dingfen.accounts.models import Staff  # noqa: E402
from dingfen.ownership.actions import register_customer  # noqa: E402
from dingfen.ownership.matches import jobs, running  # noqa: E402
from dingfen.ownership.queries import check_conflict  # noqa: E402
from dingfen.parties.actions import add_customer  # noqa: E402
from dingfen.parties.details import Details  # noqa: E402
from dingfen.policies.actions import publish_shipped  # noqa: E402
from dingfen.problems import Problem  # noqa: E402
from tests import ready  # noqa: E402
from tests.cast import NOW, make_cast  # noqa: E402


def set_up() -> None:
    ready.tables()
    cast = make_cast()
    publish_shipped(
        actor=system_actor(cast.company), at=NOW, unit=cast.company, pack="auto-dealer", in_force_from=NOW
    )


def details_of(number: int) -> Details:
    """The same customer each time, typed in two ways."""
    phone = f"138{number:08d}"
    return Details(name=f"陈立{number}", phones=(phone,), grade="A", profile={"need": "公务用车"})


def check(staff: Staff, number: int) -> str:
    """The answer to who asks by name and phone alone."""
    details = details_of(number)
    return check_conflict(
        actor=actor_for(staff, NOW), at=NOW, name=details.name, phone=details.phones[0]
    ).answer


def register(who: str) -> None:
    staff = Staff.objects.select_related("unit", "company").get(username=who)
    print("ready", flush=True)
    for line in sys.stdin:
        number, instant = line.split()
        if number == "check":
            print(json.dumps({"answer": check(staff, int(instant))}), flush=True)
            continue
        while time.time() < float(instant):
            pass
        at = NOW + dt.timedelta(seconds=int(number))
        result: dict[str, Any]
        try:
            actor = actor_for(staff, at)
            held = register_customer(actor=actor, at=at, details=details_of(int(number)))
            result = {"held": str(held.uid)}
        except Problem as problem:
            result = {"problem": problem.code, "status": problem.status}
        except Exception as error:
            result = {"fault": repr(error)}
        print(json.dumps(result), flush=True)


def work() -> None:
    """Have the base searched, then the weights learned, as the worker does: each in a process of its own."""
    unit = Staff.objects.get(username="lin").unit
    actor = system_actor(unit.company or unit)
    for phone in ("13612342046", "13612342047"):
        twice = Details(name="欧阳静怡", phones=(phone,))
        add_customer(actor=actor, at=NOW, unit=unit, details=twice, confirm_possible=True)
    for kind in ("sweep", "train"):
        at = dt.datetime.now(dt.UTC)
        job = jobs.start(actor=actor, at=at, kind=kind)
        running.run_one(at)
        code = running._CHILDREN[-1].wait(timeout=120)
        job.refresh_from_db()
        print(json.dumps({"code": code, "state": job.state, **job.report}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "set-up":
        set_up()
    elif sys.argv[1] == "work":
        work()
    else:
        register(sys.argv[2])
