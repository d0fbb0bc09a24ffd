"""A recorded complaint as a scenario: nobody's name in it, its moments moved by whole weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dingfen.engine.calendar import Calendar
from dingfen.engine.complaint_facts import BY_NAME, ComplaintFacts, plain_facts
from dingfen.engine.complaints import Complaints
from dingfen.engine.parts import conditions_in
from dingfen.engine.retelling import moment_on_the_wall, shift_to_the_first_week

Happened = Sequence[tuple[str, datetime]]


def retell_complaint(
    facts: ComplaintFacts,
    rules: Complaints,
    calendar: Calendar,
    *,
    klass: str | None,
    received_at: datetime,
    events: Happened,
    now: datetime,
    reopened: int = 0,
    people: int = 1,
    tried: Sequence[str] = (),
) -> dict[str, Any]:
    """The story as a scenario file writes it. `events`: what happened after it was received, in any order.

    Only facts that these rules look at and that say something; what nobody stated of them stands under `unknown`.
    """
    shift = shift_to_the_first_week(received_at, calendar)
    plain = plain_facts()
    asked = {name for condition in conditions_in(rules) for name in condition.uses} & BY_NAME.keys()
    told = {
        name: facts[name]
        for name in BY_NAME
        if name in asked and name in facts and facts[name] != plain.get(name)
    }
    unknown = [name for name in BY_NAME if name in asked and name not in facts]
    story: dict[str, Any] = {"received_at": moment_on_the_wall(received_at + shift, calendar)}
    story |= {"class": klass} if klass else {}
    story |= {"facts": told} if told else {}
    story |= {"unknown": unknown} if unknown else {}
    later = sorted((at, name) for name, at in events if name != "received")
    if later:
        story["events"] = [
            {"at": moment_on_the_wall(at + shift, calendar), "what": name} for at, name in later
        ]
    story |= {"tried": list(tried)} if tried else {}
    story |= {"reopened_before": reopened} if reopened else {}
    story |= {"people": people} if people > 1 else {}
    return {"complaint": story | {"now": moment_on_the_wall(now + shift, calendar)}}
