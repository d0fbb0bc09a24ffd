"""What may be asked about sanctions: who decides, who is suspended, how often it was imposed before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.engine.ownership import Measure
from dingfen.engine.ownership import Sanction as Rule
from dingfen.engine.schema import ownership_of
from dingfen.ownership.deciders import Seat, parties_of, seat_of
from dingfen.ownership.models import Dispute
from dingfen.ownership.sanction_rows import Sanction
from dingfen.ownership.signals import may_see
from dingfen.policies.queries import pack_of

State, Kind = Sanction.State, Sanction.Measure
SEVERITY = (Kind.WARNING, Kind.FINE, Kind.SUSPENSION, Kind.LOSS_OF_CLAIM, Kind.DISMISSAL, Kind.HEAD_DECIDES)
"""From the mildest to the gravest."""
IMPOSED = (Sanction.Outcome.IMPOSED, Sanction.Outcome.MILDER)


@dataclass(frozen=True, slots=True)
class Suspension:
    """Somebody takes no turn from a day to another, both included."""

    staff_id: int
    from_on: date
    until_on: date
    number: str


def suspensions(staff_ids: Iterable[int], day: date) -> dict[int, Suspension]:
    """Who of these people is suspended from reception on a day (the site's): only by a final decision."""
    rows = Sanction.objects.filter(
        staff_id__in=list(staff_ids),
        state=State.FINAL,
        outcome__in=IMPOSED,
        decided_measure=Kind.SUSPENSION,
        from_on__lte=day,
        until_on__gte=day,
    ).select_related("case")
    return {
        row.staff_id: Suspension(row.staff_id, row.from_on, row.until_on, row.case.number)
        for row in rows.order_by("until_on")
        if row.from_on and row.until_on
    }


def suspended(staff: Staff, at: datetime) -> Suspension | None:
    """The suspension somebody is under at a moment; None for who may receive. The rotation asks this."""
    day = staff.unit.day(at) if staff.unit else at.date()
    return suspensions([staff.pk], day).get(staff.pk)


def earlier(staff: Staff, code: str) -> int:
    """How often a sanction of this kind was imposed on somebody before, finally."""
    return Sanction.objects.filter(staff=staff, code=code, state=State.FINAL, outcome__in=IMPOSED).count()


def step_of(rule: Rule, repetition: int) -> Measure:
    """The measure for the first time, the second …: the last step goes for all that follow."""
    return rule.steps[min(repetition, len(rule.steps) - 1)]


def rule_of(sanction: Sanction) -> Rule | None:
    """The rule it rests on, in the version it was proposed under."""
    if sanction.policy is None:
        return None
    found = ownership_of(pack_of(sanction.policy)).sanctions
    return next((rule for rule in found if rule.id == sanction.code), None)


def concerned(sanction: Sanction) -> set[int]:
    """Who may not decide: the person, who proposed it, and the parties of the dispute it comes from."""
    people = {sanction.staff_id}
    if sanction.accuser_id is not None:
        people.add(sanction.accuser_id)
    if sanction.dispute is not None:
        people |= parties_of(sanction.dispute)
    return people


def seat(sanction: Sanction, at: datetime) -> Seat | None:
    """Who decides now: the head over the person, else the general manager; on appeal the general manager.

    Where those are concerned themselves and named no deputy beforehand, compliance decides.
    """
    company, unit, since = sanction.case.company, sanction.case.unit, sanction.case.opened_at
    apart = concerned(sanction)
    places = [(unit, Role.HEAD), (company, Role.GENERAL_MANAGER), (company, Role.COMPLIANCE)]
    if sanction.state == State.APPEALED:
        places = places[1:]
        apart |= {sanction.decided_by_id} if sanction.decided_by_id else set()
    found = (seat_of(over, role, apart, since, at) for over, role in places)
    return next((one for one in found if one is not None), None)


def may_decide(sanction: Sanction, staff_id: int | None, at: datetime) -> bool:
    found = seat(sanction, at)
    return found is not None and any(staff.pk == staff_id for staff in found.people)


def reader(actor: Actor, dispute: Dispute, at: datetime) -> Callable[[str], bool]:
    """Of whose proposed sanctions in a dispute a reader may know: all, for who decides; else only one's own."""
    whole = actor.is_system or may_see(actor, dispute, at)
    own = str(actor.uid)
    return lambda staff: whole or staff == own
