"""What the engine's tests share: shipped packs, a plain calendar, and events in short."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from dingfen.cli.policy import calendar_of
from dingfen.engine.calendar import Calendar
from dingfen.engine.events import Claimant, Event, EventKind, Matter
from dingfen.engine.facts import Facts, fold
from dingfen.engine.load import load_pack
from dingfen.engine.scenarios import Scenario, read_scenarios
from dingfen.engine.schema import Pack
from dingfen.packs import pack_files, scenario_files

ZONE = ZoneInfo("Asia/Shanghai")
WORKDAY = ((9 * 3600, 12 * 3600), (13 * 3600, 18 * 3600))
CALENDAR = Calendar(ZONE, (WORKDAY,) * 5 + ((), ()))
START = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


# The shipped packs with rules on who holds a customer.
OWNING = ("auto-dealer", "media-sales", "b2b-sales", "real-estate-desk")


@cache
def pack(name: str) -> Pack:
    return load_pack(pack_files(name), pack_files)


@cache
def calendar(name: str) -> Calendar:
    """The pack's own calendar, with its public holidays."""
    return calendar_of(pack(name))


@cache
def scenarios(name: str) -> tuple[Scenario, ...]:
    return tuple(read_scenarios(scenario_files(name)))


def changed(name: str, **texts: tuple[str, str]) -> dict[str, str]:
    """A shipped pack's files with one piece of text replaced per file: `ownership=("old", "new")`."""
    files = pack_files(name)
    for topic, (old, new) in texts.items():
        assert old in files[f"{topic}.yaml"], old
        files[f"{topic}.yaml"] = files[f"{topic}.yaml"].replace(old, new, 1)
    return files


def at(days: float = 0, **more: float) -> datetime:
    """A moment some days after Monday 2 March 2026, 09:00 in Shanghai."""
    return START + timedelta(days=days, **more)


def happened(kind: EventKind, when: datetime, who: str | None, entry: int = 0, /, **attrs: Any) -> Event:
    return Event(kind, when, when, who, None, None, None, entry, attrs)


def folded(events: Iterable[Event], staff: dict[str, str], name: str = "auto-dealer", **more: Any) -> Facts:
    """Facts about the last deal among the events, or of a registration judged at `judged_at`."""
    listed = list(events)
    deal = next((event for event in reversed(listed) if event.kind == "deal"), None)
    judged_at = more.get("judged_at")
    matter = (
        Matter("registration", judged_at)
        if judged_at is not None or deal is None
        else Matter("deal", deal.at, deal.attrs.get("deal", deal.entry))
    )
    return fold(
        listed,
        subject=matter,
        claims=[Claimant(who, unit) for who, unit in staff.items()],
        calendar=CALENDAR,
        pack_of=more.get("pack_of", lambda _: pack(name)),
        known_at=more.get("known_at", LATER),
    )
