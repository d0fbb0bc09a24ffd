"""A generated look-alike of a CRM export, ruled on by the b2b pack and by a slow reading of its articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from tests.engine.stories import CALENDAR, LATER, ZONE, pack

from dingfen.engine.decide import decide
from dingfen.engine.events import Claimant, Event, EventKind, Matter
from dingfen.engine.facts import fold
from dingfen.engine.ruling import Ruling

TEAMS = {f"agent{number}": f"team{number % 4}" for number in range(12)}


@dataclass(frozen=True)
class Opportunity:
    """A row: who worked on which account and product from when to when, and whether it was won."""

    number: int
    agent: str
    scope: str
    engaged: date
    closed: date
    won: bool


def sales_file(seed: int, rows: int) -> list[Opportunity]:
    """Many agents on few accounts; lengths in two heaps, days and months, as such files have them."""
    random = Random(seed)
    found = []
    for number in range(rows):
        engaged = date(2025, 1, 1) + timedelta(days=random.randrange(400))
        days = random.randint(1, 20) if random.random() < 0.45 else random.randint(40, 138)
        scope = f"account{random.randrange(10)}/product{random.randrange(4)}"
        agent = random.choice(sorted(TEAMS))
        won = random.random() < 0.63
        found.append(Opportunity(number, agent, scope, engaged, engaged + timedelta(days=days), won))
    return found


def events_of(row: Opportunity) -> list[Event]:
    def event(kind: EventKind, day: date, /, **attrs: object) -> Event:
        when = datetime.combine(day, time(0), ZONE)
        return Event(kind, when, LATER, row.agent, TEAMS[row.agent], None, row.scope, row.number, attrs)

    end = (
        event("deal", row.closed, deal=row.number, signers=[row.agent])
        if row.won
        else event("lost", row.closed)
    )
    return [
        event("registered", row.engaged, imported=True),
        event("touch", row.engaged, kind="meeting", imported=True),
        event("touch", row.closed, kind="meeting", imported=True),
        end,
    ]


def rivals(rows: list[Opportunity], deal: Opportunity) -> list[Opportunity]:
    """Per agent the row that is open when the deal is made; the deal's own for its signer."""
    open_: dict[str, Opportunity] = {deal.agent: deal}
    for row in rows:
        if row.agent != deal.agent and row.engaged <= deal.closed < row.closed:
            best = open_.get(row.agent)
            if best is None or row.engaged < best.engaged:
                open_[row.agent] = row
    return list(open_.values())


def slow_ruling(rows: list[Opportunity], deal: Opportunity) -> tuple[str, str | None]:
    """The articles BBS-5 to BBS-13 on dates alone, for agents with one open row each."""
    start = {row.agent: row.engaged for row in rows}
    last = {row.agent: deal.closed if row == deal else row.engaged for row in rows}

    def lapse(agent: str) -> date:
        """The first day on which the registration is no longer protected."""
        return min(start[agent] + timedelta(days=91), last[agent] + timedelta(days=31))

    protected = {agent for agent in start if deal.closed < lapse(agent)}
    left = {agent for agent in start if agent in protected or agent == deal.agent}
    if len(left) == 1:
        return "award", deal.agent
    first = min(start[agent] for agent in left)
    newest = max(start[agent] for agent in left)
    if start[deal.agent] == first and (deal.agent in protected or lapse(deal.agent) >= newest):
        return "award", deal.agent
    left &= protected
    earliest = [agent for agent in left if start[agent] == min(start[each] for each in left)]
    holder = earliest[0] if len(earliest) == 1 else None
    if len(left) == 1:
        return "award", holder
    if deal.agent in left:
        return "split", holder
    return ("award", holder) if holder else ("people", None)


def ruled(seed: int, rows: int) -> list[tuple[tuple[str, str | None], Ruling, set[str]]]:
    by_scope: dict[str, list[Opportunity]] = defaultdict(list)
    for row in sales_file(seed, rows):
        by_scope[row.scope].append(row)
    found = []
    for scope_rows in by_scope.values():
        events = [event for row in scope_rows for event in events_of(row)]
        for deal in (row for row in scope_rows if row.won):
            claims = rivals(scope_rows, deal)
            busy = Counter(
                row.agent for row in scope_rows if row.engaged <= deal.closed and row.closed >= deal.engaged
            )
            if len(claims) < 2 or any(busy[row.agent] > 1 for row in claims):
                continue  # the slow reading knows agents with one row only
            facts = fold(
                events,
                subject=Matter("deal", datetime.combine(deal.closed, time(0), ZONE), deal.number),
                claims=[Claimant(row.agent, TEAMS[row.agent]) for row in claims],
                calendar=CALENDAR,
                pack_of=lambda _: pack("b2b-sales"),
                known_at=LATER,
            )
            ruling = decide(facts, pack("b2b-sales"), LATER)
            found.append((slow_ruling(claims, deal), ruling, {TEAMS[row.agent] for row in claims}))
    return found


def test_rulings_agree_with_a_slow_reading_of_the_articles() -> None:
    found = ruled(seed=20261122, rows=700)
    assert len(found) > 60
    for (outcome, holder), ruling, teams in found:
        if outcome == "people":  # equal first registrations: the work is compared, or people rule
            assert ruling.basis in ("scorecard", "none")
        else:
            assert (ruling.outcome, ruling.holder) == (outcome, holder), ruling.decisive_rule
        assert ruling.deciders is not None
        assert ruling.deciders.mode == ("head" if len(teams) == 1 else "joint")
        assert set(ruling.deciders.units) == teams


def test_few_cases_are_left_to_people_and_every_kind_of_outcome_occurs() -> None:
    outcomes = Counter(ruling.outcome for _, ruling, _ in ruled(seed=7, rows=700))
    assert outcomes["declined"] <= 0.02 * outcomes.total()
    assert outcomes["award"] > outcomes["split"] > 0
    rules = {ruling.decisive_rule for _, ruling, _ in ruled(seed=20261122, rows=700)}
    assert {"not-protected", "first-and-signer", "signer-shares", "signer-not-protected"} <= rules
