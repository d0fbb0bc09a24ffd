"""`set-up N`: lin holds N customers and a hand-over to two colleagues is started. `work`: a worker. `report`."""

from __future__ import annotations

import json
import sys
from collections import Counter

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from dingfen.accounts.actor import actor_for, system_actor  # noqa: E402
from dingfen.accounts.models import Role, Staff  # noqa: E402
from dingfen.clocks.models import Clock  # noqa: E402
from dingfen.ownership.actions import register_customer  # noqa: E402
from dingfen.ownership.handover import actions, running  # noqa: E402
from dingfen.ownership.handover.models import Handover, HandoverItem  # noqa: E402
from dingfen.ownership.models import Registration  # noqa: E402
from dingfen.parties.details import Details  # noqa: E402
from dingfen.policies.actions import publish_shipped  # noqa: E402
from dingfen.register.models import Entry  # noqa: E402
from dingfen.register.verification import verify  # noqa: E402
from tests import ready  # noqa: E402
from tests.cast import make_cast, person  # noqa: E402


def set_up(count: int) -> None:
    ready.tables()
    with transaction.atomic():
        cast, at = make_cast(), timezone.now()
        mei = person("mei", "梅雨桐", cast.east, Role.SALESPERSON, cast.east)
        publish_shipped(
            actor=system_actor(cast.company), at=at, unit=cast.company, pack="auto-dealer", in_force_from=at
        )
        lin = actor_for(cast.lin, at)
        for number in range(count):
            details = Details(
                name=f"陈立{number}", phones=(f"138{number:08d}",), grade="A", profile={"need": "公务用车"}
            )
            register_customer(actor=lin, at=at, details=details)
        head = actor_for(cast.jiang, at)
        found = actions.plan(
            actor=head,
            at=at,
            person_uid=cast.lin.uid,
            why="left",
            reason="合同到期离职",
            way="robin",
            to=[cast.xu.uid, mei.uid],
        )
        actions.start(actor=head, at=at, handover_uid=found.uid)


def work() -> None:
    """Work until nothing is left, an item at a time, and say so after each."""
    while running.run_item(Handover.objects.get().pk, timezone.now()):
        print("item", flush=True)


def report() -> None:
    transferred: Counter[str] = Counter()
    for body in Entry.objects.filter(kind="registration.transferred").values_list("body", flat=True):
        transferred[json.loads(bytes(body))["facts"]["registration"]] += 1
    seqs = list(Entry.objects.order_by("seq").values_list("seq", flat=True))
    held = Registration.objects.filter(state="held")
    clocks = Clock.objects.live().filter(subject_uid__in=held.values("uid"))
    print(
        json.dumps(
            {
                "state": Handover.objects.get().state,
                "done": HandoverItem.objects.filter(state="done").count(),
                "left": held.filter(holder=Staff.objects.get(username="lin")).count(),
                "held": held.count(),
                "clocks": clocks.count(),
                "entries": len(transferred),
                "twice": sum(count > 1 for count in transferred.values()),
                "gaps": sum(seq != place + seqs[0] for place, seq in enumerate(seqs)),
                "verified": verify().holds,
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1] == "set-up":
        set_up(int(sys.argv[2]))
    else:
        {"work": work, "report": report}[sys.argv[1]]()
