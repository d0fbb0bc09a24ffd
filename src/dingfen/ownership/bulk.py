"""History taken over from another system in bulk: holds, touches and deals, then the disputes they show.

What a row of the other system says is kept as entries marked imported; they never count as same-day. The
same rows and entries come out as if the actions had been called one by one, in far fewer statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.engine.runs import channel_of
from dingfen.ownership import watch
from dingfen.ownership.facts import TOUCH_KINDS
from dingfen.ownership.models import ACTIVE, Deal, Registration
from dingfen.ownership.rules import Rules
from dingfen.parties.models import Customer, Touch
from dingfen.policies.past import PastRules
from dingfen.register.append import NewEntry, append_many

State = Registration.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One piece of history: somebody worked on a customer from `opened_at` to `closed_at` and won or lost it.

    Without `opened_at` it is a deal alone. `staff` comes with unit and company loaded; `import_row` names
    the row it comes from. `touch_kind` is the touch at `opened_at`, `closing_kind` the one at `closed_at`;
    `channel` how the customer came, as the row says it: left out, the touch at `opened_at` tells it.
    """

    customer: Customer
    staff: Staff
    outcome: Literal["won", "lost", "open"]
    opened_at: datetime | None
    closed_at: datetime | None
    import_row: str
    touch_kind: str = Touch.Kind.MESSAGE
    closing_kind: str = Touch.Kind.MESSAGE
    channel: str = ""
    scope: str = ""
    amount: Decimal | None = None
    currency: str = "CNY"
    quantity: int = 1
    reference: str = ""


@dataclass(slots=True)
class Made:
    """What one line became."""

    registration: Registration | None
    touches: list[Touch]
    deal: Deal | None

    def rows(self) -> list[tuple[str, UUID]]:
        """(type, uid) of each row, for the undo."""
        found = [("registration", self.registration.uid)] if self.registration else []
        found += [("touch", touch.uid) for touch in self.touches]
        return found + ([("deal", self.deal.uid)] if self.deal else [])


def take_over(*, actor: Actor, at: datetime, lines: Sequence[Line], rules: PastRules[Rules]) -> list[Made]:
    """Write the lines in the caller's transaction, register entries last, in the order given.

    The caller has checked access. A hold that is still in force today meets those in force already: the same
    holder's is kept, another's makes it a rival that waits for a ruling.
    """
    made = [_rows(line, at, rules, actor) for line in lines]
    _insert(made)
    _last_touches(lines)
    _guard(made, actor, at, rules)
    pairs = [(line, one) for line, one in zip(lines, made, strict=True)]
    new = [(entry, row) for line, one in pairs for entry, row in _entries(line, one, actor, at, rules)]
    written = append_many(entry for entry, _ in new)
    seqs = {row.pk: entry.seq for entry, (_, row) in zip(written, new, strict=True) if isinstance(row, Touch)}
    _number(Touch, seqs)
    _number(Deal, {row.pk: e.seq for e, (_, row) in zip(written, new, strict=True) if isinstance(row, Deal)})
    return made


def _last_touches(lines: Iterable[Line]) -> None:
    latest: dict[int, datetime] = {}
    for line in lines:
        for moment in filter(None, (line.opened_at, line.closed_at)):
            latest[line.customer.pk] = max(moment, latest.get(line.customer.pk, moment))
    for pk, moment in sorted(latest.items()):
        Customer.objects.filter(pk=pk).update(
            last_touch_at=Greatest(Coalesce(F("last_touch_at"), moment), moment)
        )


def _rows(line: Line, at: datetime, rules: PastRules[Rules], actor: Actor) -> Made:
    unit = _unit_of(line.staff)
    touches = [
        Touch(
            company_id=line.customer.company_id,
            customer=line.customer,
            kind=kind,
            staff=line.staff,
            unit=unit,
            occurred_at=moment,
            recorded_at=at,
            scope=line.scope,
            import_row=line.import_row,
        )
        for moment, kind in ((line.opened_at, line.touch_kind), (line.closed_at, line.closing_kind))
        if moment is not None
    ]
    deal = None
    if line.outcome == "won" and line.closed_at is not None:
        deal = Deal(
            company_id=line.customer.company_id,
            customer=line.customer,
            scope=line.scope,
            signer=line.staff,
            unit=unit,
            signed_at=line.closed_at,
            recorded_at=at,
            quantity=line.quantity,
            amount=line.amount,
            currency=line.currency,
            reference=line.reference,
            import_row=line.import_row,
        )
    registration = _registration(line, unit, at, rules, actor) if line.opened_at else None
    return Made(registration, touches, deal)


def _registration(
    line: Line, unit: Unit, at: datetime, rules: PastRules[Rules], actor: Actor
) -> Registration | None:
    assert line.opened_at is not None
    found = rules.at(unit, line.opened_at)
    row = Registration(
        company_id=line.customer.company_id,
        customer=line.customer,
        scope=line.scope,
        holder=line.staff,
        unit=unit,
        registered_at=line.opened_at,
        recorded_at=at,
        policy=found.version if found else None,
        channel=line.channel or channel_of(TOUCH_KINDS.get(line.touch_kind, line.touch_kind)) or "",
        import_row=line.import_row,
    )
    if line.outcome == "lost":
        row.state, row.ended_at, row.end_reason = State.LOST, line.closed_at, "lost"
        return row
    worked = [moment for moment in (line.opened_at, line.closed_at) if moment is not None]
    held = found.protection(row, worked, at) if found else None
    row.last_effective_at = worked[-1]
    if held:
        row.protected_until, row.follow_up_due = held.protected_until, held.follow_up_due
    lapsed = held is not None and held.lapse_at <= at
    if lapsed or (found is None and line.outcome == "won"):
        row.state = State.LAPSED
        row.ended_at, row.end_reason = (held.lapse_at if held else line.closed_at), "lapse"
        return row
    row.state = State.WON if line.outcome == "won" else State.HELD
    return _meet(row)


def _meet(row: Registration) -> Registration | None:
    """A hold in force today beside what is in force already; None when the holder has it already."""
    standing = (
        Registration.objects.select_for_update(of=("self",))
        .filter(customer=row.customer, scope=row.scope, state__in=ACTIVE, rival_of=None)
        .first()
    )
    if standing is None:
        row.save()
        return row
    if standing.holder_id == row.holder_id:
        return None
    row.rival_of, row.state = standing, State.DISPUTED
    return row


def _insert(made: Iterable[Made]) -> None:
    made = list(made)
    holds = [one.registration for one in made if one.registration is not None]
    Registration.objects.bulk_create(hold for hold in holds if hold.pk is None)
    Touch.objects.bulk_create(touch for one in made for touch in one.touches)
    Deal.objects.bulk_create(one.deal for one in made if one.deal)


def _guard(made: Iterable[Made], actor: Actor, at: datetime, rules: PastRules[Rules]) -> None:
    """Start the clocks of the holds that are in force today."""
    for one in made:
        row = one.registration
        if row is None or row.rival_of_id is not None or row.state not in (State.HELD, State.WON):
            continue
        found = rules.at(row.unit, row.registered_at)
        if found is not None:
            worked = [touch.occurred_at for touch in one.touches]
            held = found.protection(row, worked, at)
            watch.guard(row, held, found, actor, at)


def _entries(
    line: Line, made: Made, actor: Actor, at: datetime, rules: PastRules[Rules]
) -> Iterator[tuple[NewEntry, Any]]:
    """The entries of a line in order of time, each with the row that names it."""
    staff, unit = str(line.staff.uid), _unit_of(line.staff)
    book = rules.book(unit, actor, at)
    common = {"staff": staff, "unit": str(unit.uid), "scope": line.scope}

    def entry(kind: str, moment: datetime, facts: dict[str, Any]) -> NewEntry:
        found = rules.at(unit, moment)
        return NewEntry(
            book=book,
            kind=kind,
            actor_id=actor.uid,
            occurred_at=moment,
            recorded_at=at,
            subject=("customer", line.customer.uid),
            facts=facts,
            policy=found.cited if found else None,
            imported=True,
        )

    held = made.registration
    if held is not None and line.opened_at is not None:
        facts = {**common, "registration": str(held.uid), "grade": line.customer.grade, "complete": True}
        if line.channel:
            facts["channel"] = line.channel
        yield entry("registration.made", line.opened_at, {**facts, "same_day": False}), held
    for touch in made.touches:
        told = {"touch": str(touch.uid), "touch_kind": touch.kind, "reached": True, "met": touch.met}
        yield entry("touch.recorded", touch.occurred_at, {**common, **told}), touch
    if made.deal is not None:
        deal = made.deal
        yield entry("deal.signed", deal.signed_at, {
            **common,
            "deal": str(deal.uid),
            "signers": [staff],
            "quantity": deal.quantity,
            "amount": str(deal.amount) if deal.amount is not None else None,
            "currency": deal.currency,
            "registration": str(held.uid) if held else None,
        }), deal  # fmt: skip
    if held is not None and line.outcome == "lost" and line.closed_at is not None:
        yield entry("registration.lost", line.closed_at, {**common, "registration": str(held.uid)}), held


def _number(model: type[Touch] | type[Deal], seqs: dict[int, int]) -> None:
    """Note on the rows where their entries stand."""
    if not seqs:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET entry_seq = %s WHERE id = %s",  # noqa: S608
            [(seq, pk) for pk, seq in seqs.items()],
        )


def _unit_of(staff: Staff) -> Unit:
    if staff.unit is None:
        raise ValueError(f"{staff.username} belongs to no unit")
    return staff.unit
