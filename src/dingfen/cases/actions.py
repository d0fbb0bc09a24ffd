"""What every room does with a case: give it a number, note, watch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.accounts.units import site_of
from dingfen.cases.models import Case, CaseNote, Watch
from dingfen.database import rows
from dingfen.parties.models import Customer
from dingfen.problems import invalid

PREFIX = {Case.Kind.DISPUTE: "D", Case.Kind.SANCTION: "S", Case.Kind.COMPLAINT: "C"}
WIDTH = {Case.Kind.DISPUTE: 4, Case.Kind.SANCTION: 4, Case.Kind.COMPLAINT: 5}
NOTE_LIMIT = 4000
_COUNT = """
INSERT INTO cases_casecounter (company_id, kind, year, last) VALUES (%s, %s, %s, %s)
ON CONFLICT (company_id, kind, year) DO UPDATE SET last = cases_casecounter.last + %s
RETURNING last
"""


def next_number(company: Unit, kind: str, year: int, count: int = 1) -> int:
    """The next number of a kind in a company and year, of a block of `count` the last.

    A number taken back by a roll-back may be a gap.

    The counter row is locked until the transaction ends, so two cases never share a number.
    """
    return int(rows.run(_COUNT, [company.pk, str(kind), year, count, count])[0][0])


def year_of(unit: Unit, at: datetime) -> int:
    """The year on the wall of the unit's site, which a case number carries."""
    return at.astimezone(zone_of(unit)).year


def zone_of(unit: Unit) -> ZoneInfo:
    """The zone of the unit's site; UTC without one."""
    site = site_of(unit)
    return ZoneInfo(site.time_zone or "UTC") if site else ZoneInfo("UTC")


def number_text(kind: str, year: int, number: int) -> str:
    """A case number as it is written: C-2026-00318."""
    return f"{PREFIX[Case.Kind(kind)]}-{year}-{number:0{WIDTH[Case.Kind(kind)]}}"


def open_case(*, actor: Actor, at: datetime, kind: str, unit: Unit, customer: Customer | None) -> Case:
    """Open a numbered case; its room adds its own row in the same transaction."""
    case = new_case(actor=actor, at=at, kind=kind, unit=unit)
    case.customer = customer
    numbered([case])
    return case


def new_case(*, actor: Actor, at: datetime, kind: str, unit: Unit) -> Case:
    """A case before anybody has to wait for it: `numbered` gives it its number and keeps it."""
    company = unit.company or unit
    return Case(company=company, unit=unit, kind=kind, opened_at=at, opened_by_id=actor.staff_id)


def numbered(cases: Sequence[Case]) -> None:
    """Give cases their numbers, a block for each year they were opened in, and keep them."""
    zones = {unit.pk: zone_of(unit) for unit in {case.unit.pk: case.unit for case in cases}.values()}
    groups: dict[tuple[str, int], list[Case]] = {}
    for case in cases:
        year = case.opened_at.astimezone(zones[case.unit.pk]).year
        groups.setdefault((case.kind, year), []).append(case)
    for (kind, year), members in groups.items():
        company = members[0].unit.company or members[0].unit
        first = next_number(company, kind, year, len(members)) - len(members) + 1
        for number, case in enumerate(members, first):
            case.number = number_text(kind, year, number)
    rows.add(*cases)


def add_note(*, actor: Actor, at: datetime, case: Case, text: str) -> CaseNote:
    """Note something on a case the actor can see (the room has checked that). Raises Problem for no text."""
    text = text.strip()
    if not text or len(text) > NOTE_LIMIT or actor.staff_id is None:
        raise invalid({"text": [("note.length", {"limit": NOTE_LIMIT})]})
    return CaseNote.objects.create(case=case, author_id=actor.staff_id, at=at, text=text)


@transaction.atomic
def watch(*, actor: Actor, case: Case, on: bool) -> None:
    """Follow a case, or stop following it."""
    if actor.staff_id is None:
        return
    if on:
        Watch.objects.get_or_create(case=case, staff_id=actor.staff_id)
    else:
        Watch.objects.filter(case=case, staff_id=actor.staff_id).delete()
