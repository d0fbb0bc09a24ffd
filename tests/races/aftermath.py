"""Look at a database after its server was killed: reads acknowledged registrations, prints what is wrong."""

from __future__ import annotations

import json
import sys
from collections import Counter

import django


def main() -> None:
    django.setup()
    from django.utils import timezone

    from dingfen.clocks.models import Clock
    from dingfen.ownership.models import Registration
    from dingfen.register.models import Entry
    from dingfen.register.verification import verify

    acknowledged = set(json.load(sys.stdin))
    rows = {str(uid) for uid in Registration.objects.values_list("uid", flat=True)}
    made, lapsed = set(), Counter[str]()
    for kind, body in Entry.objects.filter(kind__startswith="registration.").values_list("kind", "body"):
        registration = json.loads(bytes(body))["facts"].get("registration", "")
        if kind == "registration.made":
            made.add(registration)
        elif kind == "registration.lapsed":
            lapsed[registration] += 1
    numbers = list(Entry.objects.order_by("seq").values_list("seq", flat=True))
    due = Clock.objects.filter(next_at__lte=timezone.now(), state="running")
    report = {
        "verified": verify().holds,
        "acknowledged_but_missing": len(acknowledged - rows),
        "rows_without_entry": len(rows - made),
        "entries_without_row": len(made - rows),
        "lapsed": len(lapsed),
        "lapsed_twice": sum(1 for times in lapsed.values() if times > 1),
        "still_due": due.count(),
        "gaps": sum(1 for place, seq in enumerate(numbers) if seq != place + numbers[0]),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
