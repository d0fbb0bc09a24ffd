"""A scenario on a complaint, run: what each of the pure functions says to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dingfen.engine.after_closing import barred, follow_ups, reopening, retention_until, speakers
from dingfen.engine.calendar import Calendar
from dingfen.engine.complaint_clocks import Owed, clocks_at, extension_allowed, pause_allowed
from dingfen.engine.complaint_clocks_form import Event
from dingfen.engine.complaint_facts import plain_facts
from dingfen.engine.complaint_scenarios import GivenComplaint
from dingfen.engine.complaints import Complaints
from dingfen.engine.grading import classify
from dingfen.engine.ladder import ladder_steps
from dingfen.engine.letters import letters_owed
from dingfen.engine.remedies import approval
from dingfen.engine.schema import Pack, complaints_of


def outcome_of(pack: Pack, given: GivenComplaint, calendar: Calendar) -> dict[str, Any]:
    """Everything `ExpectedComplaint` can ask for, by its keys; moments are aware."""
    return _Run(complaints_of(pack), given, calendar).found()


def agrees(key: str, wanted: Any, found: Mapping[str, Any]) -> bool:
    """Whether what came is what was expected under a key."""
    if key in ("no_clocks", "no_letters"):
        return not set(wanted) & set(found[key.removeprefix("no_")])
    if key in ("because", "met", "breached"):
        return set(wanted) <= set(found[key])
    if key in ("clocks", "warn_at", "told", "closed_steps", "step_until", "owed"):
        return all(found[key].get(name) == each for name, each in wanted.items())
    return bool(found[key] == wanted)


class _Run:
    def __init__(self, rules: Complaints, given: GivenComplaint, calendar: Calendar) -> None:
        self.rules, self.given, self.calendar = rules, given, calendar
        facts = plain_facts() | given.facts
        self.facts = {name: value for name, value in facts.items() if name not in given.unknown}
        self.grade = classify(rules, self.facts, given.class_)
        self.events: list[tuple[Event, datetime]] = [("received", self._here(given.received_at))]
        self.events += [(each.what, self._here(each.at)) for each in given.events]
        self.now = self._here(given.now) if given.now else max(at for _, at in self.events)
        self.named = {"klass": given.class_, "level": self.grade.level, "urgency": self.grade.urgency}

    def _here(self, at: datetime) -> datetime:
        return at if at.tzinfo is not None else at.replace(tzinfo=self.calendar.zone)

    def found(self) -> dict[str, Any]:
        grade = self.grade
        return {
            "level": grade.level,
            "could_be": grade.could_be,
            "urgency": grade.urgency,
            "sensitivity": list(grade.sensitivity),
            "because": [reason.rule for each in grade.graded for reason in each.reasons],
            **self._clocks(),
            **self._ladder(),
            **self._asked(),
            **self._afterwards(),
        }

    def _clocks(self) -> dict[str, Any]:
        owed: dict[str, Owed] = {}
        letters: list[str] = []
        for event, at in self.events:
            for each in clocks_at(self.rules, event, at, self.facts, self.calendar, **self.named):
                owed[each.id] = each
            found = letters_owed(
                self.rules, event, at, self.facts, self.calendar, **self.named, received_at=self.events[0][1]
            )
            letters += [each.id for each in found if each.open is None]
        return {
            "clocks": {name: each.due_at for name, each in owed.items()},
            "warn_at": {name: list(each.warn_at) for name, each in owed.items()},
            "told": {name: _told(each) for name, each in owed.items()},
            "met": [name for name, each in owed.items() if self._ended(each) is True],
            "breached": [name for name, each in owed.items() if self._ended(each) is False],
            "letters": letters,
        }

    def _ended(self, owed: Owed) -> bool | None:
        """Whether a clock was met; None while it runs."""
        ended = next((at for event, at in self.events if event == owed.ends and at >= owed.started_at), None)
        if ended is not None:
            return ended < owed.due_at
        return False if self.now >= owed.due_at else None

    def _ladder(self) -> dict[str, Any]:
        steps = ladder_steps(
            self.rules, self.facts, self.now, dict(self.events), self.given.tried, self.calendar, **self.named
        )
        return {
            "open_steps": [step.id for step in steps if step.state == "open"],
            "closed_steps": {step.id: step.why for step in steps if step.state != "open"},
            "step_until": {step.id: step.until for step in steps},
        }

    def _asked(self) -> dict[str, Any]:
        given, found = self.given, dict.fromkeys(("pause", "pause_until", "extension", "extended_to"))
        if (pause := given.pause) is not None:
            at = self._here(pause.at)
            may = pause_allowed(self.rules, pause.clock, pause.reason, pause.by, at, self.calendar)
            found |= {"pause": may.why, "pause_until": may.until}
        if (more := given.extension) is not None:
            due_at = self._clocks()["clocks"].get(more.clock)
            may = extension_allowed(
                self.rules, more.clock, more.by, self._here(more.at), due_at, more.earlier, self.facts,
                self.calendar, **self.named,
            )  # fmt: skip
            found |= {"extension": may.why, "extended_to": may.until}
        remedy = approval(self.rules, given.remedy.id, given.remedy.amount) if given.remedy else None
        return {
            **found,
            "approver": remedy.approver if remedy else None,
            "four_eyes": remedy.four_eyes if remedy else None,
        }

    def _afterwards(self) -> dict[str, Any]:
        given, closed_at = self.given, dict(self.events).get("closed")
        owed = [
            each
            for event, at in self.events
            for each in follow_ups(self.rules, event, at, self.calendar, level=self.grade.level)
        ]
        may = closed_at and reopening(
            self.rules, closed_at, self.now, given.reopened_before, self.facts, self.calendar,
            klass=given.class_, level=self.grade.level,
        )  # fmt: skip
        return {
            "owed": {each.kind: each.due_at for each in owed},
            "reopening": may.why if may else None,
            "keep_until": retention_until(self.rules, self.events[0][1], closed_at, self.calendar),
            "barred": list(barred(self.rules, given.relations)),
            "speakers": speakers(self.rules, given.people),
        }


def _told(owed: Owed) -> dict[str, list[datetime]]:
    """Per role the moments at which it is told."""
    found: dict[str, list[datetime]] = {}
    for each in owed.escalations:
        found.setdefault(each.to, []).append(each.at)
    return found
