"""The engine alone: comparisons a second, rulings with all their reasons a second. One core, no database."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks.report import report
from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.decide import decide
from dingfen.engine.facts import Facts
from dingfen.engine.load import load_pack
from dingfen.engine.ruling import to_bytes
from dingfen.engine.scenarios import read_scenarios
from dingfen.engine.schema import Pack, ownership_of
from dingfen.engine.trying import facts_of_scenario
from dingfen.engine.weigh import prepare, weigh
from dingfen.packs import SHIPPED, pack_files, scenario_files

NOW = datetime(2026, 4, 1, tzinfo=UTC)
CALENDAR = CalendarForm.model_validate(
    {"zone": "Asia/Shanghai", "periods": {"mon-fri": ["09:00-18:00"]}}
).build()
SECONDS = 2.0


def main() -> None:
    """Two figures a pack, over the facts of its own scenarios."""
    for name in SHIPPED:
        pack = load_pack(pack_files(name), pack_files)
        if pack.ownership is not None:
            _measure(pack)


def _measure(pack: Pack) -> None:
    cases = _cases(pack)
    prepared = [prepare(facts) for facts in cases]
    compared = _rate(lambda: [weigh(ownership_of(pack), each) for each in prepared], len(cases))
    ruled = _rate(lambda: [to_bytes(decide(each, pack, NOW)) for each in cases], len(cases))
    report(f"rules.compare.{pack.id}", round(compared), "comparisons/s")
    report(f"rules.ruling.{pack.id}", round(ruled), "rulings/s")


def _cases(pack: Pack) -> list[Facts]:
    stories = [each for each in read_scenarios(scenario_files(pack.id)) if each.events or each.facts]
    return [facts_of_scenario(pack, each, CALENDAR) for each in stories]


def _rate(work: Callable[[], object], items: int) -> float:
    work()
    done, start = 0, time.process_time()
    while time.process_time() - start < SECONDS:
        work()
        done += items
    return done / (time.process_time() - start)


if __name__ == "__main__":
    main()
