"""A backtest at work: batch after batch, each one transaction that also moves its place; any worker goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import QuerySet

from dingfen.accounts.models import Unit
from dingfen.backtests.holds import Past, past_of
from dingfen.backtests.models import Backtest, Difference
from dingfen.complaints.facts import facts_of
from dingfen.complaints.models import Complaint
from dingfen.complaints.rules import rules_of
from dingfen.complaints.watch import PREFIX
from dingfen.engine.backtest import Case, Lapsed, Outcome, compare_holds, compare_rulings, lapsed, ruled
from dingfen.engine.backtest_complaints import Judged, PastComplaint, Stretched, compare_complaints, judge
from dingfen.engine.complaint_clocks_form import Event as RuleEvent
from dingfen.engine.facts import moment_text
from dingfen.engine.parts import Money
from dingfen.engine.schema import Pack
from dingfen.ownership.facts import claimant_of, claims_of, events_of, matter_of
from dingfen.ownership.models import Dispute, Registration
from dingfen.ownership.rules import pack_by_time, rules_at
from dingfen.policies.calendars import calendar_of
from dingfen.policies.queries import pack_of

State = Backtest.State
BATCH = {"disputes": 100, "holds": 500, "complaints": 100}
TOPIC = {"disputes": "ownership", "holds": "ownership", "complaints": "complaints"}
Side = dict[str, Any]
PackOf = Callable[[datetime], Pack | None]


def run_one(at: datetime) -> bool:
    """The worker's job: one batch of the oldest backtest at work; whether there was one."""
    found = Backtest.objects.filter(state=State.RUNNING).order_by("pk").values_list("pk", flat=True).first()
    return found is not None and run_batch(found, at)


@transaction.atomic
def run_batch(pk: int, at: datetime) -> bool:
    """One batch; False when somebody else has it."""
    skip = connection.features.has_select_for_update_skip_locked
    run = (
        Backtest.objects.select_for_update(of=("self",), skip_locked=skip)
        .select_related("policy__unit", "against", "company")
        .filter(pk=pk, state=State.RUNNING)
        .first()
    )
    if run is None:
        return False
    kinds = Counter[str]()
    source = SOURCES[run.stage]
    rows: list[Any] = list(source(run.policy.unit, run.since).filter(pk__gt=run.after)[: BATCH[run.stage]])
    found = list(_differences(run, rows, kinds, at))
    Difference.objects.bulk_create(found)
    counted = Counter(run.counts.get(run.stage, {})) + kinds
    run.counts = {**run.counts, run.stage: dict(counted)}
    run.done += len(rows)
    if rows:
        run.after = rows[-1].pk
    else:
        stages = stages_of(pack_of(run.policy))
        following = stages[stages.index(run.stage) + 1 :]
        run.stage, run.after, run.state = (
            (following[0], 0, run.state) if following else ("done", 0, State.DONE)
        )
        run.finished_at = at if run.state == State.DONE else None
    run.save(update_fields=["counts", "done", "after", "stage", "state", "finished_at"])
    return True


def disputes_of(unit: Unit, since: datetime | None) -> QuerySet[Dispute]:
    """The disputes that were proposed a ruling, of a unit and all below it, by key."""
    rows = Dispute.objects.filter(case__unit__path__startswith=unit.path, proposed_at__isnull=False)
    rows = rows.filter(proposed_at__gte=since) if since else rows
    return rows.select_related("case__unit", "case__customer", "deal", "policy").order_by("pk")


def holds_of(unit: Unit, since: datetime | None) -> QuerySet[Registration]:
    """The registrations that counted, of the same units, by key."""
    rows = Registration.objects.filter(unit__path__startswith=unit.path, rival_of=None)
    rows = rows.exclude(state=Registration.State.VOID)
    rows = rows.filter(registered_at__gte=since) if since else rows
    return rows.select_related("unit", "customer", "holder").order_by("pk")


def complaints_of_unit(unit: Unit, since: datetime | None) -> QuerySet[Complaint]:
    """The complaints that were graded, of the same units, by key."""
    rows = Complaint.objects.filter(case__unit__path__startswith=unit.path).exclude(level="")
    rows = rows.exclude(state__in=("merged", "void"))
    rows = rows.filter(received_at__gte=since) if since else rows
    return rows.select_related("case__unit__company", "case__company", "policy").order_by("pk")


SOURCES: dict[str, Callable[[Unit, datetime | None], QuerySet[Any]]] = {
    "disputes": disputes_of,
    "holds": holds_of,
    "complaints": complaints_of_unit,
}


def stages_of(pack: Pack) -> list[str]:
    """What a pack can be tried on, in order."""
    return [stage for stage, topic in TOPIC.items() if topic in pack.topics]


def _differences(
    run: Backtest, rows: Sequence[Any], kinds: Counter[str], at: datetime
) -> Iterable[Difference]:
    new = pack_of(run.policy)
    old = pack_of(run.against) if run.against else None
    for row, kind, before, after in compared(rows, old, new, at):
        kinds[kind] += 1
        if kind != "same":
            yield Difference(backtest=run, kind=kind, before=before, after=after, **{_field(row): row})


def _field(row: Any) -> str:
    return {Dispute: "dispute", Registration: "registration", Complaint: "complaint"}[type(row)]


def compared(
    rows: Sequence[Any], old: Pack | None, new: Pack, at: datetime
) -> Iterator[tuple[Any, str, Side, Side]]:
    """Disputes, holds or complaints under two packs: row, kind, before, after. `old` None: the versions of their
    time.
    """
    past = past_of([row for row in rows if isinstance(row, Registration)])
    for row in rows:
        if isinstance(row, Dispute):
            yield (row, *dispute_under(row, old, new))
        elif isinstance(row, Complaint):
            yield (row, *complaint_under(row, old, new, at))
        else:
            yield (row, *hold_under(row, past, old, new, at))


def dispute_under(dispute: Dispute, old: Pack | None, new: Pack) -> tuple[str, Side, Side]:
    """How a dispute would be ruled on: kind, before, after. `old` None: the versions of their time."""
    then = pack_by_time(dispute.case.unit, dispute.origin == "import")
    before_of: PackOf = (lambda at: old) if old else then
    matter = matter_of(dispute)
    pack = then(matter.at)
    case = Case(
        events_of(dispute),
        matter,
        [claimant_of(claim) for claim in claims_of(dispute)],
        calendar_of(
            dispute.case.unit.time_zone, pack, dispute.policy.digest if pack and dispute.policy else ""
        ),
        dispute.proposed_at or matter.at,
    )
    before, after = ruled(case, before_of), ruled(case, lambda at: new)
    return compare_rulings(before, after), _outcome(before), _outcome(after)


def _outcome(outcome: Outcome) -> dict[str, Any]:
    result = outcome.result
    return {
        "outcome": result.outcome,
        "holder": result.holder,
        "split": [[str(share.staff), float(share.share)] for share in result.split],
        "rule": outcome.rule,
        "article": outcome.article,
        "margin": outcome.margin,
    }


def hold_under(
    registration: Registration, past: Past, old: Pack | None, new: Pack, at: datetime
) -> tuple[str, Side, Side]:
    """When a hold would have lapsed: kind, before, after."""
    rules = rules_at(registration.unit, registration.registered_at, bool(registration.import_row))
    pack = old or (rules.pack if rules else None)
    calendar = rules.calendar if rules else calendar_of(registration.unit.time_zone, None)
    hold = past.hold(registration, calendar, at)
    before, after = lapsed(hold, pack), lapsed(hold, new)
    return compare_holds(before, after), _ended(before), _ended(after)


def complaint_under(
    complaint: Complaint, old: Pack | None, new: Pack, at: datetime
) -> tuple[str, Side, Side]:
    """How a complaint would be graded, what would be late and who would approve: kind, before, after."""
    then = rules_of(complaint)
    before_pack = old or (then.pack if then else None)
    zone, ended = complaint.case.unit.time_zone, complaint.case.closed_at or at
    events = complaint.events.filter(at__lte=ended).order_by("at", "pk").values_list("name", "at")
    offered = complaint.proposals.exclude(state__in=("draft", "retracted")).order_by("pk")
    past = PastComplaint(
        facts=facts_of(complaint, ended),
        klass=complaint.klass or None,
        events=[(cast(RuleEvent, name), moment) for name, moment in events]
        or [("received", complaint.received_at)],
        remedies=[
            (one.remedy, Money(amount=one.amount, currency=one.currency) if one.amount is not None else None)
            for one in offered
        ],
        calendar=then.calendar if then and old is None else calendar_of(zone, before_pack),
        until=ended,
        stretches=_stretches(complaint),
    )
    before = judge(past, before_pack.complaints if before_pack else None)
    after = judge(replace(past, calendar=calendar_of(zone, new)), new.complaints)
    return compare_complaints(before, after), _judged(before), _judged(after)


def _stretches(complaint: Complaint) -> list[Stretched]:
    """Pauses, and extensions that were granted."""
    rows = complaint.stretches.filter(refused_at=None).select_related("clock").order_by("at", "pk")
    return [
        Stretched(row.clock.kind.removeprefix(PREFIX), row.at, row.reason, row.ended_at)
        if row.kind == row.Kind.PAUSE
        else Stretched(row.clock.kind.removeprefix(PREFIX), row.approved_at or row.at)
        for row in rows
        if row.kind == row.Kind.PAUSE or row.approved_at
    ]


def _judged(found: Judged) -> Side:
    return {
        "level": found.level,
        "urgency": found.urgency,
        "late": list(found.late),
        "approvers": list(found.approvers),
        "articles": list(found.articles),
    }


def _ended(found: Lapsed | None) -> Side:
    if found is None:
        return {"lapsed_at": None, "article": None}
    return {"lapsed_at": moment_text(found.at), "article": found.article}
