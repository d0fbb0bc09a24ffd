"""Signals about the people of a dispute: rows → acts for the engine, and how common each signal is here.

Only who decides and compliance see them; nothing else of the product reads them.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache

from dingfen import keys
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.engine.signal_rules import Limit, Limits, limits
from dingfen.engine.signals import Act, ActKind, Signal, detect
from dingfen.matching import from_json
from dingfen.ownership import deciders
from dingfen.ownership.claim_rows import chain
from dingfen.ownership.models import Dispute, Registration
from dingfen.ownership.rules import Rules, rules_at
from dingfen.parties.models import Customer, Touch
from dingfen.problems import refused
from dingfen.register.models import Entry, Look

PERIOD = timedelta(days=90)
"""How far back is looked."""
MOST_ACTS = 4000
KEPT = 600
ENTRIES: dict[str, ActKind] = {
    "registration.made": "registered",
    "registration.released": "released",
    "registration.taken": "taken",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A signal with what it is measured against. `people` of `staff` in the company show one like it."""

    signal: Signal
    limit: Limit
    people: int
    staff: int


def may_see(actor: Actor, dispute: Dispute, at: datetime) -> bool:
    """Compliance, and who decides; nobody whose own matter it is."""
    if actor.staff_id is None or actor.staff_id in deciders.parties_of(dispute):
        return False
    if actor.paths(Role.COMPLIANCE):
        return True
    seats = deciders.seats(dispute, at)
    top = deciders.general_manager(dispute, at)
    people = {staff.pk for seat in [*seats, *([top] if top else [])] for staff in seat.people}
    return actor.staff_id in people


def signals_for(actor: Actor, dispute: Dispute, at: datetime) -> list[Shown]:
    """The signals about the claimants. Raises `signals.not_yours` (403) for everybody else."""
    if not may_see(actor, dispute, at):
        raise refused("signals.not_yours")
    return signals_of(dispute, at)


def signals_of(dispute: Dispute, at: datetime) -> list[Shown]:
    """What is seen about the claimants in the time before the dispute was opened (and until `at`)."""
    claims = dispute.claims.filter(withdrawn_at=None).select_related("claimant")
    people = {str(staff.uid): staff.pk for claim in claims for staff in chain(claim)}
    rules = rules_at(dispute.case.unit, at)
    values = limits(rules.ownership.signals) if rules else limits()
    since = dispute.case.opened_at - PERIOD
    company = dispute.case.company
    found = [one for one in detect(acts(company, since, at, people.values()), values) if one.staff in people]
    common = base_rates(company, at, values) if found else {}
    everybody = max(common.get("", 0), 1)
    shown = []
    for one in found:
        limit = values.of(one.code)
        assert limit is not None
        shown.append(Shown(one, limit, max(common.get(one.code, 0), 1), everybody))
    return shown


def base_rates(company: Unit, at: datetime, values: Limits) -> dict[str, int]:
    """How many people of the company show each signal in the last period; "" → how many entered anything.

    Kept for ten minutes: it looks at every act of the company, the last `MOST_ACTS` of them.
    """
    mark = hashlib.sha256(repr(sorted(values.values.items())).encode()).hexdigest()[:16]
    key = f"signals:{company.pk}:{at:%Y%m%d%H}:{at.minute // 10}:{mark}"
    kept: dict[str, int] | None = cache.get(key)
    if kept is not None:
        return kept
    everything = acts(company, at - PERIOD, at)
    people: dict[str, set[str]] = defaultdict(set)
    for act in everything:
        if act.kind != "checked":
            people[""].add(act.staff)
    for one in detect(everything, values):
        people[one.code].add(one.staff)
    found = {code: len(staff) for code, staff in people.items()}
    cache.set(key, found, KEPT)
    return found


def acts(company: Unit, since: datetime, until: datetime, about: Collection[int] | None = None) -> list[Act]:
    """What people of the company did between two moments: all, or what concerns the customers of `about`.

    For a person, acts of others with the same customers are needed too: who entered it first, who took it.
    """
    touched = Touch.objects.filter(
        company=company, recorded_at__gte=since, recorded_at__lte=until, voided_at=None, import_row=""
    )
    uids = None
    if about is not None:
        holds = Registration.objects.filter(holder_id__in=about, recorded_at__gte=since, import_row="")
        customers = {*touched.filter(staff_id__in=about).values_list("customer_id", flat=True)[:MOST_ACTS]}
        customers |= {*holds.values_list("customer_id", flat=True)[:MOST_ACTS]}
        touched = touched.filter(customer_id__in=customers)
        uids = list(Customer.objects.filter(pk__in=customers).values_list("uid", flat=True))
    return [
        *_touches(touched, _Dues(company)),
        *_entries(company, since, until, uids),
        *_checks(company, since, until, about),
    ]


def _touches(rows: Any, dues: _Dues) -> Iterator[Act]:
    places = _places(dues.company)
    newest = rows.select_related("staff", "customer", "unit").order_by("-recorded_at")[:MOST_ACTS]
    for touch in newest:
        attrs = {
            "touch_kind": touch.kind,
            "reached": touch.reached,
            "minutes": touch.facts.get("minutes"),
            "note": touch.note_digest or None,
            "due": dues.of(touch),
            "place": _place(touch, places),
        }
        yield Act(
            "touch", touch.occurred_at, touch.recorded_at, str(touch.staff.uid), touch.entry_seq,
            str(touch.customer.uid), attrs,
        )  # fmt: skip


def _places(company: Unit) -> dict[str, tuple[float, float]]:
    """Where the sites lie, by path."""
    rows = Unit.objects.filter(company=company).exclude(latitude=None)
    return {
        unit.path: (float(unit.latitude), float(unit.longitude))
        for unit in rows
        if unit.latitude is not None and unit.longitude is not None
    }


def _place(touch: Touch, places: dict[str, tuple[float, float]]) -> tuple[float, float] | None:
    """Where it was: only a walk-in or a meeting is at the site; where a visit went nobody recorded."""
    if touch.kind not in (Touch.Kind.WALK_IN, Touch.Kind.MEETING):
        return None
    return next((place for path, place in places.items() if touch.unit.path.startswith(path)), None)


class _Dues:
    """By when a follow-up was wanted, from the hold that ran then and the cadence of today's grade."""

    def __init__(self, company: Unit) -> None:
        self.company = company
        self.rules: dict[int, Rules | None] = {}
        self.holds: dict[int, list[Registration]] = {}
        self.done: dict[int, list[datetime]] = {}

    def of(self, touch: Touch) -> datetime | None:
        if touch.customer_id not in self.holds:
            found = Registration.objects.filter(customer_id=touch.customer_id)
            rows = found.select_related("unit__company", "customer")
            self.holds[touch.customer_id] = list(rows.order_by("registered_at"))
            moments = Touch.objects.filter(customer_id=touch.customer_id, reached=True, voided_at=None)
            self.done[touch.customer_id] = sorted(moments.values_list("occurred_at", flat=True))
        held = next(
            (
                row
                for row in reversed(self.holds[touch.customer_id])
                if row.holder_id == touch.staff_id and row.registered_at < touch.occurred_at
            ),
            None,
        )
        if held is None:
            return None
        if held.unit_id not in self.rules:
            self.rules[held.unit_id] = rules_at(held.unit, touch.recorded_at)
        rules = self.rules[held.unit_id]
        if rules is None:
            return None
        before = [at for at in self.done[touch.customer_id] if at < touch.occurred_at]
        span = rules.protection(held, before, touch.occurred_at)
        return span.follow_up_due


def _named(customer: Customer) -> dict[str, str]:
    """Digests of the name and of the numbers: enough to see the same name with another number."""
    if not customer.features:
        return {}
    features = from_json(customer.features)
    name = features.company.whole if features.kind == "company" else features.person.full
    if not name or not features.mobiles:
        return {}
    numbers = " ".join(features.mobiles)
    return {"name": _digest(name), "number": _digest(numbers)}


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), key=keys.key("index"), digest_size=8).hexdigest()


def _entries(company: Unit, since: datetime, until: datetime, uids: Collection[Any] | None) -> Iterator[Act]:
    """Registrations, releases and takes as the register has them, with who did it."""
    rows = Entry.objects.filter(
        company_uid=company.uid,
        kind__in=ENTRIES,
        recorded_at__gte=since,
        recorded_at__lte=until,
        imported=False,
    )
    if uids is not None:
        rows = rows.filter(subject_uid__in=uids)
    entries = list(rows.order_by("-seq")[:MOST_ACTS])
    made = {entry.subject_uid for entry in entries if entry.kind == "registration.made"}
    names = {row.uid: _named(row) for row in Customer.objects.filter(uid__in=made).only("uid", "features")}
    for entry in entries:
        staff = json.loads(bytes(entry.body)).get("facts", {}).get("staff")
        if staff:
            yield Act(
                ENTRIES[entry.kind], entry.occurred_at, entry.recorded_at, str(staff), entry.seq,
                str(entry.subject_uid), names.get(entry.subject_uid, {}) if entry.kind == "registration.made" else {},
            )  # fmt: skip


def _checks(company: Unit, since: datetime, until: datetime, about: Collection[int] | None) -> Iterator[Act]:
    looks = Look.objects.filter(company_uid=company.uid, kind="conflict.check", at__gte=since, at__lte=until)
    if about is not None:
        looks = looks.filter(actor_uid__in=Staff.objects.filter(pk__in=about).values("uid"))
    for look in looks.order_by("-pk")[:MOST_ACTS]:
        yield Act("checked", look.at, look.at, str(look.actor_uid))
