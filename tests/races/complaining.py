"""One of two processes that reach for the same complaint, or answer the same proposal, at the same instant.

`set-up ROUNDS` makes people, rules and complaints and prints their uids as JSON. Then `take WHO`, `next WHO` and
`answer WHO` (WHO nobody: the customer) read one line a round: the instant in seconds and a uid; each answers one
JSON object a line.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from dingfen.accounts.actor import Actor, actor_for, system_actor  # noqa: E402
from dingfen.accounts.models import Role, Staff  # noqa: E402
from dingfen.complaints.actions import handling, issues, proposing  # noqa: E402
from dingfen.complaints.actions.intake import Complainant, receive  # noqa: E402
from dingfen.complaints.desk import giving  # noqa: E402
from dingfen.policies.actions import publish_shipped  # noqa: E402
from dingfen.problems import Problem  # noqa: E402
from tests import ready  # noqa: E402
from tests.cast import NOW, Cast, make_cast, person  # noqa: E402

AT = NOW + dt.timedelta(hours=1)
WEEK = dt.timedelta(days=7)


def set_up(rounds: int) -> dict[str, list[str]]:
    ready.tables()
    cast = make_cast()
    person("bai", "白露", cast.site, Role.AGENT, cast.site)
    publish_shipped(
        actor=system_actor(cast.company),
        at=NOW,
        unit=cast.company,
        pack="company-complaints",
        in_force_from=NOW,
    )
    return {
        "free": [str(_received(cast, n).case.uid) for n in range(3 * rounds)],
        "proposals": [_proposed(cast, n) for n in range(rounds)],
    }


def _received(cast: Cast, number: int, who: str = "shen") -> Any:
    return receive(
        actor=cast.actor(who, NOW), at=NOW, channel="phone", text="车晚交了 6 天", unit=cast.site,
        complainant=Complainant(name="高雅琴", phone=f"139{number:08d}"),
    ).complaint  # fmt: skip


def _proposed(cast: Cast, number: int) -> str:
    """A proposal with the customer."""
    chen = cast.actor("chen", NOW)
    uid = _received(cast, 10_000 + number, "chen").case.uid
    issue = issues.list_issue(actor=chen, at=NOW, case_uid=uid, title="晚交车")
    issues.find(actor=chen, at=NOW, issue_uid=issue.uid, finding="upheld", facts="合同与交接单相差 6 天")
    made = proposing.propose(
        actor=chen,
        at=NOW,
        case_uid=uid,
        issues=[issue.uid],
        remedy="make-good",
        what="免费保养",
        deliver_by=NOW + WEEK,
    )
    proposing.offer(actor=chen, at=NOW, case_uid=uid, answer_by=NOW + WEEK)
    return str(made.uid)


def _take(actor: Actor | None, uid: str) -> str:
    assert actor
    return str(handling.take(actor=actor, at=AT, case_uid=uid).case.uid)


def _next(actor: Actor | None, uid: str) -> str:
    assert actor
    return str(giving.claim_next(actor=actor, at=AT).case.uid)


def _answer(actor: Actor | None, uid: str) -> str:
    said = "accept" if actor is None else "decline"
    return str(
        proposing.answer_proposal(actor=actor, at=AT, proposal_uid=uid, answer=said, via="phone").state
    )


RACES: dict[str, Callable[[Actor | None, str], str]] = {"take": _take, "next": _next, "answer": _answer}


def race(who: str) -> None:
    staff = Staff.objects.select_related("unit", "company").filter(username=who).first()
    actor = actor_for(staff, AT) if staff else None
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        what, instant, uid = line.split()
        while time.time() < float(instant):
            pass
        result: dict[str, Any]
        try:
            result = {"done": RACES[what](actor, uid)}
        except Problem as problem:
            result = {"problem": problem.code}
        except Exception as error:
            result = {"fault": repr(error)}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "set-up":
        print(json.dumps(set_up(int(sys.argv[2]))))
    else:
        race(sys.argv[2])
