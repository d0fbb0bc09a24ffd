"""The processes of test_import_kill.py: `prepare` makes a company and an import, `work` runs it, `count` counts."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time

ROWS = 400


def start_django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "dingfen.settings"
    import django

    django.setup()


def prepare() -> None:
    from django.utils import timezone

    from dingfen.accounts.actions.units import create_company
    from dingfen.accounts.actor import system_actor
    from dingfen.imports import actions, running, shipped
    from dingfen.imports.mapping import parse
    from dingfen.policies.actions import publish_shipped
    from tests import lookalike, ready

    ready.tables()
    at = timezone.now()
    company = create_company(actor=system_actor(None), at=at, name="远帆销售", code="YF")
    actor = system_actor(company)
    history = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    publish_shipped(actor=actor, at=at, unit=company, pack="b2b-sales", applies_to_history_from=history)
    files = {"staff": lookalike.teams_file(), "deals": lookalike.deals_file(lookalike.deals(ROWS))}
    for kind, content in files.items():
        job = actions.upload(actor=actor, at=at, kind=kind, file_name=kind, content=content)
        mapping = parse(shipped.text_of(f"crm-{kind}"))
        actions.map_columns(actor=actor, at=at, job_uid=job.uid, mapping=mapping)
        actions.start(actor=actor, at=at, job_uid=job.uid)
        if kind == "staff":
            running.run_to_end(job, timezone.now)
    print(json.dumps(True))


def work() -> None:
    from django.utils import timezone

    from dingfen.imports import running

    running.BATCH = running.DISPUTES_AT_ONCE = 15
    print("ready", flush=True)
    while running.run_one(timezone.now()):
        time.sleep(0.002)
    print(json.dumps(True))


def count() -> None:
    from dingfen.imports.models import ImportJob
    from dingfen.ownership.models import Deal, Dispute, Registration
    from dingfen.parties.models import Touch
    from dingfen.register.models import Entry

    job = ImportJob.objects.get(kind="deals")
    seqs = list(Entry.objects.order_by("seq").values_list("seq", flat=True))
    print(
        json.dumps(
            {
                "state": job.state,
                "rows": job.rows.count(),
                "registrations": Registration.objects.count(),
                "touches": Touch.objects.count(),
                "deals": Deal.objects.count(),
                "raised": Entry.objects.filter(kind="dispute.raised").count(),
                "disputes": Dispute.objects.count(),
                "proposed": Dispute.objects.exclude(proposed=None).count(),
                "gapless": seqs == list(range(len(seqs))),
                "orphans": Touch.objects.filter(entry_seq=None).count(),
            }
        )
    )


if __name__ == "__main__":
    start_django()
    {"prepare": prepare, "work": work, "count": count}[sys.argv[1]]()
