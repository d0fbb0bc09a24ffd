"""The investigation group the rules foresee, put together from roles and units (B5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Delegation, Role, RoleGrant, Staff, Unit
from dingfen.cases.models import CasePerson
from dingfen.complaints.actions.common import enter, keep, lock
from dingfen.complaints.authority import ROLES
from dingfen.complaints.facts import facts_of
from dingfen.complaints.models import Complaint
from dingfen.complaints.notices import tell
from dingfen.complaints.people import holding, kept_out
from dingfen.complaints.rules import rules_of
from dingfen.engine.complaints import Investigation
from dingfen.engine.fitting import Complaint as Judged
from dingfen.engine.fitting import fit_of
from dingfen.problems import conflict

SIDES = {"legal": ("LEGAL", "法务"), "security": ("SECURITY", "安保"), "product": ("PRODUCT", "产品")}
"""Side -> code of the unit that stands for it, or a word its name has: there is no role for these."""
Part = CasePerson.Part


@dataclass(frozen=True, slots=True)
class Seated:
    """`side`: lead, or one of the rule's; `person` None where nobody is there. `instead_of`: who is away."""

    side: str
    person: Staff | None
    instead_of: Staff | None = None


def foreseen(complaint: Complaint, at: datetime) -> Investigation | None:
    """The group the rules want for this complaint; None where they want none, or it cannot be said yet."""
    rules = rules_of(complaint)
    if rules is None or rules.complaints.investigation is None:
        return None
    own = rules.complaints
    judged = Judged(
        facts_of(complaint, at), complaint.klass or None, complaint.level or None, complaint.urgency or None
    )
    return own.investigation if fit_of(own, own.investigation, judged).holds else None  # type: ignore[arg-type]


def proposed(complaint: Complaint, rule: Investigation, at: datetime) -> list[Seated]:
    """Who would sit in it: the lead first, nobody twice, nobody with a stake; who is away by their deputy."""
    barred = _barred(complaint)
    seats: list[Seated] = []
    taken: set[int] = set()
    for side in ("lead", *rule.members):
        for people in _people(complaint, rule, side, at, barred):
            seat = _first_free(side, people, at, barred | taken)
            if seat is not None and seat.person is not None:
                taken.add(seat.person.pk)
                seats.append(seat)
                break
        else:
            if side != "units_concerned" or not any(one.side == "lead" for one in seats):
                seats.append(Seated(side, None))
    return seats


def empty(complaint: Complaint, rule: Investigation, at: datetime) -> list[str]:
    """The sides nobody can sit for (of the lead: their role), until somebody is put in by hand for each."""
    seats = proposed(complaint, rule, at)
    sides = [rule.lead if one.side == "lead" else one.side for one in seats if one.person is None]
    sitting = complaint.case.people.filter(part=Part.INVESTIGATOR, ended_at=None).count()
    return sides if sitting < len(seats) else []


def _people(
    complaint: Complaint, rule: Investigation, side: str, at: datetime, barred: set[int]
) -> Iterable[list[Staff]]:
    """Those who may sit for a side, in the order they are asked."""
    unit = complaint.case.unit
    if side == "lead":
        if rule.lead == "handler" and complaint.handler:
            yield [complaint.handler]
        yield holding(unit, ROLES.get(rule.lead, Role.HEAD), at, barred)
        yield holding(unit, Role.GENERAL_MANAGER, at, barred)
    elif side == "compliance":
        yield holding(unit, Role.COMPLIANCE, at, barred)
    elif side == "units_concerned":
        for concerned in _concerned(complaint):
            yield holding(concerned, Role.HEAD, at, barred)
    else:
        code, word = SIDES[side]
        rows = Unit.objects.filter(Q(code__iexact=code) | Q(name__contains=word), active=True)
        for one in rows.filter(company_id=complaint.case.company_id).order_by("path")[:3]:
            yield holding(one, Role.HEAD, at, barred)


def _concerned(complaint: Complaint) -> list[Unit]:
    """The units that issues name as responsible, the units of who is complained of, the complaint's own."""
    found = [
        one.responsible_unit
        for one in complaint.issues.select_related("responsible_unit")
        if one.responsible_unit
    ]
    named = complaint.case.people.filter(part=Part.COMPLAINED_OF, ended_at=None).select_related("staff__unit")
    found += [one.staff.unit for one in named if one.staff.unit]
    return list({one.pk: one for one in [*found, complaint.case.unit]}.values())


def _first_free(side: str, people: list[Staff], at: datetime, without: set[int]) -> Seated | None:
    """The first of them who is there and free, or the deputy of the first who is away."""
    deputies = _deputies([one.pk for one in people], at)
    for person in people:
        deputy = deputies.get(person.pk)
        sits = deputy or person
        if sits.pk not in without and person.pk not in without:
            return Seated(side, sits, person if deputy else None)
    return None


def _deputies(staff_ids: list[int], at: datetime) -> dict[int, Staff]:
    """Who of them is away just now -> who acts for them."""
    rows = Delegation.objects.filter(
        principal_id__in=staff_ids, starts_at__lte=at, ends_at__gt=at, revoked_at=None, deputy__is_active=True
    ).select_related("deputy__unit", "deputy__company")
    return {one.principal_id: one.deputy for one in rows.order_by("-pk")}


def _barred(complaint: Complaint) -> set[int]:
    """Who is complained of or stepped aside, and who reports to somebody complained of."""
    out = kept_out(complaint.case)
    paths = RoleGrant.objects.filter(role=Role.HEAD, staff_id__in=out).values_list("unit__path", flat=True)
    below = Q(pk__in=[])
    for path in paths:
        below |= Q(unit__path__startswith=path)
    return out | set(Staff.objects.filter(below).values_list("pk", flat=True))


@transaction.atomic
def assemble(*, actor: Actor, at: datetime, case_uid: object) -> list[Seated]:
    """Put the group together that the rules foresee; who is in it already stays.

    Raises `group.none` (409) where the rules foresee none.
    """
    complaint = lock(actor, case_uid)
    rule = foreseen(complaint, at)
    if rule is None:
        raise conflict("group.none", number=complaint.case.number)
    return seat(complaint, rule, actor, at)


def seat(complaint: Complaint, rule: Investigation, actor: Actor, at: datetime) -> list[Seated]:
    """Let the people of the rule investigate. The caller has the complaint locked."""
    seats = proposed(complaint, rule, at)
    known = set(
        complaint.case.people.filter(part=Part.INVESTIGATOR, ended_at=None).values_list("staff_id", flat=True)
    )
    new = [one for one in seats if one.person and one.person.pk not in known]
    CasePerson.objects.bulk_create(
        CasePerson(case=complaint.case, staff=one.person, part=Part.INVESTIGATOR, added_at=at) for one in new
    )
    if new:
        tell([one.person for one in new if one.person], "complaint.joined", complaint, at=at, key="group")
        keep(complaint)
        facts = {
            "seats": [
                {"side": one.side, "staff": str(one.person.uid) if one.person else None,
                 "instead_of": str(one.instead_of.uid) if one.instead_of else None}
                for one in seats
            ],
            "article": rule.article,
        }  # fmt: skip
        enter(complaint, actor, at, "complaint.group", facts, rules=rules_of(complaint))
    return seats
