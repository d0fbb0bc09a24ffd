"""What was done to complaints at once, step by step, and taking it back: a bulk action or a macro.

A step says what it did and what was before. Taken back is only what nobody has changed since; an answer that
was sent, a note and a closing stay: they are in the register, and a correction is a further entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.complaints.actions import ending, handling, stretching
from dingfen.complaints.actions.common import RELATED
from dingfen.complaints.desk import aside, giving, labels
from dingfen.complaints.models import Complaint, Deed
from dingfen.problems import Problem, conflict, missing, read_uid

LONGEST = timedelta(hours=1)
Step = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one step: `problem` says why it stays as it is."""

    number: str
    do: str
    problem: Problem | None = None


def keep(*, actor: Actor, at: datetime, kind: str, name: str, steps: list[Step]) -> Deed:
    """Keep what was done, so that it can be taken back."""
    return Deed.objects.create(
        company_id=actor.company_id or 0,
        staff_id=person_of(actor),
        kind=kind,
        name=name[:60],
        at=at,
        steps=steps,
    )


def take(*, actor: Actor, at: datetime, case_uid: object) -> Step:
    before = handling.seen(actor, case_uid).handler
    handling.take(actor=actor, at=at, case_uid=case_uid)
    return _handed(case_uid, before, str(actor.uid))


def assign(*, actor: Actor, at: datetime, case_uid: object, staff: object, reason: str = "") -> Step:
    before = handling.seen(actor, case_uid).handler
    done = handling.assign(actor=actor, at=at, case_uid=case_uid, staff=staff, reason=reason)
    return _handed(case_uid, before, str(done.handler.uid) if done.handler else "")


def give_out(*, actor: Actor, at: datetime, case_uid: object) -> Step:
    done = giving.give_out(actor=actor, at=at, case_uid=case_uid)
    return _handed(case_uid, None, str(done.handler.uid) if done.handler else "")


def put_back(*, actor: Actor, at: datetime, case_uid: object) -> Step:
    before = handling.seen(actor, case_uid).handler
    handling.put_back(actor=actor, at=at, case_uid=case_uid)
    return _handed(case_uid, before, "")


def close(*, actor: Actor, at: datetime, case_uid: object, told: str) -> Step:
    ending.close(actor=actor, at=at, case_uid=case_uid, told=told)
    return {"case": str(case_uid), "do": "close"}


def _handed(case_uid: object, before: Staff | None, after: str) -> Step:
    return {
        "case": str(case_uid),
        "do": "assign",
        "before": str(before.uid) if before else "",
        "after": after,
    }


def label(*, actor: Actor, at: datetime, case_uid: object, add: list[str], remove: list[str]) -> Step:
    added, removed = labels.label(actor=actor, at=at, case_uid=case_uid, add=add, remove=remove)
    return {"case": str(case_uid), "do": "label", "added": added, "removed": removed}


def snooze(*, actor: Actor, at: datetime, case_uid: object, until: datetime) -> Step:
    aside.set_aside(actor=actor, at=at, case_uid=case_uid, until=until)
    return {"case": str(case_uid), "do": "snooze"}


@transaction.atomic
def snooze_one(*, actor: Actor, at: datetime, case_uid: object, until: datetime, name: str) -> Deed:
    """Set one aside and keep that it was done, for taking it back."""
    step = snooze(actor=actor, at=at, case_uid=case_uid, until=until)
    return keep(actor=actor, at=at, kind=Deed.Kind.BULK, name=name, steps=[step])


def grade(
    *, actor: Actor, at: datetime, case_uid: object, level: str, klass: str = "", reason: str = ""
) -> Step:
    """Set the level; the class stays unless one is given."""
    was = handling.seen(actor, case_uid)
    before = {"klass": was.klass, "level": was.level, "urgency": was.urgency, "sensitivity": was.sensitivity}
    done = handling.assess(
        actor=actor, at=at, case_uid=case_uid, klass=klass or was.klass, level=level, urgency=was.urgency,
        sensitivity=was.sensitivity, reason=reason,
    )  # fmt: skip
    return {"case": str(case_uid), "do": "level", "before": before, "after": done.level}


def pause(
    *, actor: Actor, at: datetime, case_uid: object, clock_uid: object, reason: str, proof: str
) -> Step:
    row = stretching.pause(actor=actor, at=at, clock_uid=clock_uid, reason=reason, proof=proof)
    return {"case": str(case_uid), "do": "pause", "clock": str(row.clock.uid)}


@transaction.atomic
def undo(*, actor: Actor, at: datetime, deed_uid: object) -> list[Undone]:
    """Take back what one did, the last step first; what can't be says why and stops no other.

    Raises `deed.over` (409) when it was taken back already or is older than an hour.
    """
    rows = Deed.objects.select_for_update(of=("self",)).filter(staff_id=person_of(actor))
    deed = rows.filter(uid=read_uid(deed_uid)).first()
    if deed is None:
        raise missing()
    if deed.undone_at is not None or at - deed.at > LONGEST:
        raise conflict("deed.over")
    deed.undone_at = at
    deed.save(update_fields=["undone_at"])
    return [_undone(step, actor, at) for step in reversed(deed.steps)]


def _undone(step: Step, actor: Actor, at: datetime) -> Undone:
    found = (
        Complaint.objects.visible_to(actor).select_related(*RELATED).filter(case__uid=step["case"]).first()
    )
    number = found.case.number if found else ""
    try:
        with transaction.atomic():
            if found is None:
                raise missing()
            BACK.get(step["do"], _stays)(found, step, actor, at)
        return Undone(number, step["do"])
    except Problem as problem:
        return Undone(number, step["do"], problem)


def _stays(complaint: Complaint, step: Step, actor: Actor, at: datetime) -> None:
    raise conflict("deed.stays")


def _unchanged(same: bool) -> None:
    if not same:
        raise conflict("deed.changed")


def _hand_back(complaint: Complaint, step: Step, actor: Actor, at: datetime) -> None:
    """To whoever handled it before, or back into the queue. Who did the one may do the other."""
    _unchanged((str(complaint.handler.uid) if complaint.handler else "") == step["after"])
    if step["before"] == step["after"]:
        return
    before = Staff.objects.filter(uid=step["before"], is_active=True).first() if step["before"] else None
    handling.give_back(complaint, before, actor, at)


def _relabel(complaint: Complaint, step: Step, actor: Actor, at: datetime) -> None:
    if step["added"] or step["removed"]:
        labels.label(
            actor=actor, at=at, case_uid=step["case"], add=step["removed"], remove=step["added"]
        )  # fmt: skip


def _wake(complaint: Complaint, step: Step, actor: Actor, at: datetime) -> None:
    aside.bring_back(actor=actor, at=at, case_uid=step["case"])


def _regrade(complaint: Complaint, step: Step, actor: Actor, at: datetime) -> None:
    _unchanged(complaint.level == step["after"])
    handling.grade_back(complaint, step["before"], actor, at)


def _resume(complaint: Complaint, step: Step, actor: Actor, at: datetime) -> None:
    stretching.resume(actor=actor, at=at, clock_uid=step["clock"])


BACK: dict[str, Callable[[Complaint, Step, Actor, datetime], None]] = {
    "assign": _hand_back,
    "label": _relabel,
    "snooze": _wake,
    "level": _regrade,
    "pause": _resume,
}
"""What a step did -> what takes it back; what is not here stays."""
