"""The engine alone, in CPU seconds of one core and without a database.

Scorecards and whole decisions as a backtest makes them (facts in, result with deciding rule, article and margin
out), comparisons with notes, rulings with all their reasons, and recorded touches folded into facts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from benchmarks.report import report
from dingfen.engine.backtest import rule
from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.decide import decide
from dingfen.engine.events import Claimant, Event, EventKind, Matter
from dingfen.engine.facts import Facts, fold
from dingfen.engine.load import load_pack
from dingfen.engine.ownership import Scorecard
from dingfen.engine.quick import score_known, totals
from dingfen.engine.ruling import to_bytes
from dingfen.engine.scenarios import read_scenarios
from dingfen.engine.schema import Pack, ownership_of
from dingfen.engine.trying import facts_of_scenario
from dingfen.engine.weigh import Prepared, prepare, weigh
from dingfen.packs import SHIPPED, pack_files, scenario_files

NOW = datetime(2026, 4, 1, tzinfo=UTC)
CALENDAR = CalendarForm.model_validate(
    {"zone": "Asia/Shanghai", "periods": {"mon-fri": ["09:00-18:00"]}}
).build()
SECONDS = 2.0
MILLION, TOUCHES, PER_CUSTOMER = 1_000_000, 50_000, 20


def main() -> None:
    """The figures of each pack over the facts of its own scenarios, then the fold."""
    start = time.process_time()
    packs = [load_pack(pack_files(name), pack_files) for name in SHIPPED]
    report("rules.load", round(time.process_time() - start, 2), f"s CPU for {len(packs)} packs")
    ownership = [pack for pack in packs if pack.ownership is not None]
    for pack in ownership:
        _measure(pack)
    _fold_touches(ownership[0])


def _measure(pack: Pack) -> None:
    cases = _cases(pack)
    prepared = [prepare(facts) for facts in cases]
    card = ownership_of(pack).scorecard
    if card is not None:
        known = [each for each in prepared if _scored(card, each)]
        scored = _rate(lambda: [totals(card, each.case, each.claims) for each in known], len(known))
        report(f"rules.scorecard.{pack.id}", round(scored), "scorecards/s")
    decided = _rate(lambda: [rule(each, pack) for each in cases], len(cases))
    report(f"rules.decision.{pack.id}", round(decided), "decisions/s")
    compared = _rate(lambda: [weigh(ownership_of(pack), each) for each in prepared], len(cases))
    ruled = _rate(lambda: [to_bytes(decide(each, pack, NOW)) for each in cases], len(cases))
    report(f"rules.compare.{pack.id}", round(compared), "comparisons/s")
    report(f"rules.ruling.{pack.id}", round(ruled), "rulings/s")


def _scored(card: Scorecard, each: Prepared) -> bool:
    """Whether every line finds its facts; the others go the long way."""
    return score_known(card, each.case, each.claims)


def _fold_touches(pack: Pack) -> None:
    """A million touches: customers that two people held and visited, a dispute each, folded as a backtest does."""
    events = _history()
    claims = [Claimant("a", "east"), Claimant("b", "west")]
    deal = events[-1]
    subject = Matter("deal", deal.at, "deal-1")
    customers = TOUCHES // PER_CUSTOMER
    start = time.process_time()
    for _ in range(customers):
        fold(
            events, subject=subject, claims=claims, calendar=CALENDAR, pack_of=lambda _: pack,
            known_at=deal.recorded_at,
        )  # fmt: skip
    seconds = time.process_time() - start
    report("rules.fold", round(seconds * MILLION / TOUCHES, 1), "s CPU a million touches", folded=TOUCHES)


def _history() -> list[Event]:
    """A customer's three weeks: registered by one, visited and called by two, sold by the other."""
    events = [_event("registered", 0, "a", grade="A")]
    for number in range(1, PER_CUSTOMER + 1):
        kind = "visit" if number % 4 == 0 else "call"
        events.append(_event("touch", number * 24, "ab"[number % 2], kind=kind, reached=True))
    events.append(_event("deal", (PER_CUSTOMER + 1) * 24, "b", deal="deal-1", signers=["b"]))
    return events


def _event(what: EventKind, hours: int, staff: str, **attrs: object) -> Event:
    at = NOW + timedelta(hours=hours)
    return Event(what, at, at, staff, None, None, None, hours, attrs)


def _cases(pack: Pack) -> list[Facts]:
    stories = [each for each in read_scenarios(scenario_files(pack.id)) if each.events or each.facts]
    return [facts_of_scenario(pack, each, CALENDAR) for each in stories]


def _rate(work: Callable[[], object], items: int) -> float:
    """Items a CPU second, by the best of many rounds: what else runs on the machine slows the others."""
    work()
    best, end = float("inf"), time.process_time() + SECONDS
    while (start := time.process_time()) < end:
        work()
        best = min(best, time.process_time() - start)
    return items / best


if __name__ == "__main__":
    main()
