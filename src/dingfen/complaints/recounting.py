"""Deadlines counted anew where the days off were announced or changed, or a site got another time zone.

A complaint keeps the version of the rules it was received under: a newer one never counts backwards. What the rules
count by is not theirs alone: the State Council announces the days off of a year late in the year before, so a deadline
in January was an estimate until then.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from dingfen.accounts.actor import system_actor
from dingfen.accounts.models import Unit
from dingfen.clocks.statutory import TABLES, statutory_days
from dingfen.complaints import watch
from dingfen.complaints.actions.common import RELATED, enter, keep
from dingfen.complaints.models import OPEN, Complaint, CountedBy
from dingfen.complaints.rules import rules_of

REASON = "节假日安排或场所时区有变，重新计算 · days off or time zone changed, counted anew"
BATCH = 200


def follow(at: datetime) -> int:
    """Look at every company with open complaints; how many deadlines moved. Run again, it moves nothing more."""
    companies = Complaint.objects.filter(state__in=OPEN).order_by().values_list("case__company_id", flat=True)
    return sum(_company(company, at) for company in Unit.objects.filter(pk__in=list(companies.distinct())))


def fingerprint(company: Unit) -> str:
    """What the company's deadlines are counted by, apart from its rules: days off by country, zones of its units."""
    told = [f"{country} {sorted(days.holidays)} {sorted(days.make_up_days)} {days.known_until}"
            for country, days in ((one, statutory_days(one)) for one in sorted(TABLES))]  # fmt: skip
    units = Unit.objects.filter(company=company) | Unit.objects.filter(pk=company.pk)
    zones = units.exclude(time_zone="").order_by("pk").values_list("pk", "time_zone")
    return hashlib.sha256("\n".join([*told, *(f"{pk} {zone}" for pk, zone in zones)]).encode()).hexdigest()


def _company(company: Unit, at: datetime) -> int:
    digest = fingerprint(company)
    known = CountedBy.objects.filter(company=company).first()
    if known is not None and known.digest == digest:
        return 0
    moved, last = 0, 0
    while known is not None:  # what is open at the first look was counted by it
        rows = Complaint.objects.filter(case__company=company, state__in=OPEN, pk__gt=last).order_by("pk")
        some = list(rows.values_list("pk", flat=True)[:BATCH])
        if not some:
            break
        moved += sum(_again(pk, company, at) for pk in some)
        last = some[-1]
    CountedBy.objects.update_or_create(company=company, defaults={"digest": digest, "at": at})
    return moved


@transaction.atomic
def _again(pk: int, company: Unit, at: datetime) -> int:
    rows = Complaint.objects.select_for_update(of=("self",)).select_related(*RELATED)
    complaint = rows.filter(pk=pk, state__in=OPEN).first()
    actor = system_actor(company)
    moved = watch.recount(complaint, actor, at, REASON) if complaint else []
    if complaint is None or not moved:
        return 0
    keep(complaint)
    facts = {"deadlines": {clock.kind: clock.deadline.isoformat() for clock in moved}}
    enter(complaint, actor, at, "complaint.recounted", facts, rules=rules_of(complaint))
    return len(moved)
