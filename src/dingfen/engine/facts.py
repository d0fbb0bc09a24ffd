"""From events to facts: the one fold that live cases, scenarios and backtests share.

`fold` gives a plain JSON structure: `{"case": {…}, "claims": [{…}], "rungs": {entry: rung}}`. The case
and each claim hold facts of the vocabulary and `evidence`: per fact the entries it rests on. A fact
that is none is null; one that is unknown is left out. Moments are ISO 8601 in UTC, spans in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dingfen.engine.calendar import Calendar
from dingfen.engine.deadlines import due
from dingfen.engine.events import Claimant, Event, Id, Matter
from dingfen.engine.fact import SIDES
from dingfen.engine.runs import PackOf, Run, holdings, is_effective, is_meeting, signers_of
from dingfen.engine.schema import ownership_of
from dingfen.engine.vocabulary import UNKNOWN_UNLESS_FOUND, Subject, facts_of

Facts = dict[str, Any]
_ACTIVITY = ("registered", "taken", "card_recorded")


def moment_text(at: datetime) -> str:
    """A moment as facts write it: `2026-03-02T01:14:00Z`, microseconds only when there are any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def fold(
    events: Iterable[Event],
    *,
    subject: Matter,
    claims: Sequence[Claimant],
    calendar: Calendar,
    pack_of: PackOf,
    known_at: datetime,
) -> Facts:
    """The facts of a dispute as they were known at a moment.

    `pack_of` gives the policy in force at a moment: registrations and follow-ups are judged by the one
    of their time. Events recorded after `known_at`, and those a later entry voided, do not count.
    """
    known = [event for event in events if event.recorded_at <= known_at]
    void = {event.attrs["entry"] for event in known if event.kind == "voided" and "entry" in event.attrs}
    known = [e for e in known if e.entry not in void and not (e.kind == "voided" and "entry" in e.attrs)]
    known.sort(key=lambda event: (event.at, event.recorded_at, str(event.entry)))
    return _Fold(known, subject, claims, calendar, pack_of).facts()


class _Record:
    """Facts of one subject with their evidence."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.evidence: dict[str, list[Id]] = {}

    def set(self, name: str, value: Any, *events: Event | None) -> None:
        if isinstance(value, datetime):
            value = moment_text(value)
        self.values[name] = value
        if events and (entries := [event.entry for event in events if event is not None]):
            self.evidence[name] = entries

    def plain(self) -> dict[str, Any]:
        return {**self.values, "evidence": self.evidence}


class _Fold:
    """One fold: the events in order, and the runs of holding they make."""

    def __init__(
        self,
        events: list[Event],
        matter: Matter,
        claims: Sequence[Claimant],
        calendar: Calendar,
        pack_of: PackOf,
    ) -> None:
        self.all, self.matter, self.claims, self.calendar, self.pack_of = (
            events,
            matter,
            claims,
            calendar,
            pack_of,
        )
        self.pack = pack_of(matter.at)
        self.past = [event for event in events if event.at <= matter.at]
        deals = (event for event in self.past if event.kind == "deal")
        self.deal = next((e for e in deals if matter.deal is not None and _deal_of(e) == matter.deal), None)
        self.deliveries = [e for e in events if e.kind == "delivered" and _deal_of(e) == matter.deal]
        self.signers = signers_of(self.deal) if self.deal else ()
        self.held = holdings(self.past, self.deal, calendar, pack_of)
        self.effective = {id(event) for event in self.past if is_effective(event, pack_of(event.at))}
        self.findings = {(e.attrs["fact"], e.attrs.get("staff")): e for e in events if e.kind == "finding"}
        self.raised = [event for event in events if event.kind == "dispute_raised"]

    def facts(self) -> Facts:
        records = [self._claim(claim) for claim in self.claims]
        self._mark_owners(records)
        case = self._case(records)
        used = {
            entry for record in (case, *records) for entries in record.evidence.values() for entry in entries
        }
        return {
            "case": case.plain(),
            "claims": [
                {"staff": claim.staff, "unit": claim.unit, **record.plain()}
                for claim, record in zip(self.claims, records, strict=True)
            ],
            "rungs": {
                str(event.entry): event.rung(self.calendar) for event in self.all if event.entry in used
            },
        }

    # The case.

    def _case(self, records: Sequence[_Record]) -> _Record:
        case = _Record()
        delivered = next(iter(self.deliveries), None)
        raised = self.raised[0] if self.raised else None
        registered = sorted(filter(None, (record.values["registered_at"] for record in records)))
        case.set("about", self.matter.about)
        case.set("deal_at", self.deal.at if self.deal else None, self.deal)
        case.set("delivered_at", delivered.at if delivered else None, delivered)
        case.set("raised_at", raised.at if raised else self.matter.at, raised)
        case.set("claimants", len(self.claims))
        case.set("signers", len(self.signers))
        case.set("same_unit", len({claim.unit for claim in self.claims}) == 1)
        case.set("registered_same_time", len(registered) > 1 and registered[0] == registered[1])
        case.set("grade", self.held.grade_at(self.matter.at))
        referral = next((event for event in self.past if event.kind == "referred"), None)
        visit = next((event for event in self.past if is_meeting(event)), None)
        case.set("referred", referral is not None, referral)
        case.set("first_visited_at", visit.at if visit else None, visit)
        self._find(case, None, "case", "customer")
        return case

    # One claim.

    def _claim(self, claim: Claimant) -> _Record:
        record, own = _Record(), [event for event in self.past if _is_by(event, claim.staff)]
        run = self.held.run_at(claim.staff, self.matter.at)
        self._touches(record, own)
        self._holding(record, run)
        self._activity(record, own)
        self._contacts(record, own)
        self._manners(record, claim, own, run)
        self._window(record, claim)
        self._find(record, claim.staff, "claim")
        if record.values.get("joint_visits") == 0 and "joint_visit_points" not in record.values:
            record.set("joint_visit_points", 0)
        return record

    def _touches(self, record: _Record, own: Sequence[Event]) -> None:
        touches = [event for event in own if event.kind in ("touch", "deal")]
        effective = [event for event in touches if id(event) in self.effective]
        visits = [event for event in touches if is_meeting(event)]
        joint = [event for event in visits if event.attrs.get("joint") is True]
        follow_ups = [event for event in effective if event.kind == "touch"]
        record.set("first_touch_at", touches[0].at if touches else None, *touches[:1])
        record.set("first_visit_at", visits[0].at if visits else None, *visits[:1])
        record.set("visits", len(visits), *visits)
        record.set("touches", len(touches), *touches)
        record.set("effective_follow_ups", len(follow_ups), *follow_ups)
        record.set("last_effective_follow_up_at", follow_ups[-1].at if follow_ups else None, *follow_ups[-1:])
        calls = [event for event in touches if event.kind == "touch"]
        record.set("phone_only", bool(calls) and not visits, *(() if visits else calls))
        record.set("joint_visits", len(joint), *joint)

    def _holding(self, record: _Record, run: Run | None) -> None:
        at = self.matter.at
        record.set("registered_at", run.start.at if run else None, run.start if run else None)
        lapse_at = self._lapse_at(run)
        record.set("lapsed", lapse_at is not None and lapse_at <= at, *_ending(run))
        record.set("lapsed_at", lapse_at if lapse_at is not None and lapse_at <= at else None, *_ending(run))
        ended = run is not None and run.end is not None and run.ended_by != "lapsed"
        record.set("ended", ended, run.end_event if ended and run else None)
        protected = self.held.is_protected(run, at)
        record.set("protected_at_deal", protected, *_ending(run))
        stage = self.held.stage_at(at) if run else None
        record.set("channel", run.channel if run else None)
        record.set("stage", stage[1] if stage else None)
        record.set("followed_up", bool(run and run.follow_ups))
        record.set("renewals", len(run.renewals) if run else 0)
        record.set("registered_again", bool(run and run.again))
        record.set("last_day_follow_ups", self._last_day_follow_ups(run) if run else 0)

    def _lapse_at(self, run: Run | None) -> datetime | None:
        if run is None or (run.end is not None and run.ended_by != "lapsed"):
            return None
        return run.end if run.end is not None else self.held.lapse_at(run, self.matter.at)

    def _last_day_follow_ups(self, run: Run) -> int:
        number, before = 0, Run(run.start, run.log, renewals=run.renewals, channel=run.channel)
        for event in run.follow_ups:
            lapse_at = self.held.lapse_at(before, event.at)
            if lapse_at is not None and timedelta(0) < lapse_at - event.at <= timedelta(days=1):
                number += 1
            before.follow_ups.append(event)
        return number

    def _activity(self, record: _Record, own: Sequence[Event]) -> None:
        active = [e for e in own if e.kind in _ACTIVITY or id(e) in self.effective]
        worked = [event for event in active if event.kind in ("touch", "deal")]
        last = active[-1] if active else None
        record.set("last_active_at", last.at if last else None, last)
        record.set("idle", (self.matter.at - last.at) // timedelta(seconds=1) if last else None, last)
        record.set("active_in_look_back", self._in_look_back(worked), *worked[-1:])
        record.set("active_days", len({self.calendar.date_of(event.at) for event in worked}), *worked)

    def _in_look_back(self, worked: Sequence[Event]) -> bool:
        rule = ownership_of(self.pack).look_back if self.pack else None
        if rule is None:
            return True
        return bool(worked) and self.matter.at < due(worked[-1].at, rule.within, self.calendar)

    def _contacts(self, record: _Record, own: Sequence[Event]) -> None:
        cards = [event for event in own if event.kind == "card_collected"]
        made = next((event for event in own if event.kind == "card_recorded"), None)
        ranked = [event for event in cards if event.attrs.get("rank") is not None]
        highest = max(ranked, key=lambda event: event.attrs["rank"], default=None)
        followed = [event for event in own if event.kind == "contact_added" and self._is_followed(event, own)]
        profile = max(
            (event for event in own if event.kind == "profile_given"),
            key=lambda event: event.attrs["complete"],
            default=None,
        )
        record.set("card_recorded_at", made.at if made else None, made)
        record.set("cards", len(cards), *cards)
        record.set("highest_contact_rank", highest.attrs["rank"] if highest else None, highest)
        record.set("new_contacts", len(followed), *followed)
        record.set("profile_complete", profile.attrs["complete"] if profile else 0, profile)

    def _is_followed(self, added: Event, own: Sequence[Event]) -> bool:
        contact = added.attrs.get("contact")
        return any(
            event.kind == "touch"
            and event.at >= added.at
            and event.attrs.get("contact") == contact
            and id(event) in self.effective
            for event in own
        )

    def _manners(self, record: _Record, claim: Claimant, own: Sequence[Event], run: Run | None) -> None:
        record.set(
            "is_signer", claim.staff in self.signers, self.deal if claim.staff in self.signers else None
        )
        named = next(
            (e for e in self.past if e.kind == "co_worker_named" and e.attrs.get("to") == claim.staff), None
        )
        record.set("co_worker", named is not None, named)
        self._meeting_of(record, claim, own)
        served = next((event for event in own if self._is_held_by_other(event, claim.staff)), None)
        record.set("received_held", served is not None, served)
        if served is None:
            record.set("notified_owner", None)
            record.set("tried_to_tell", None)
            record.set("concealed_owner", False)
        elif served.attrs.get("imported") is not True:
            tried = self._told(served, own)
            told = next((event for event in tried if event.attrs.get("reached", True) is True), None)
            record.set("notified_owner", told is not None, told)
            record.set("tried_to_tell", bool(tried), *tried[:1])
            enough = told or (tried[0] if tried and self._attempts_count(served) else None)
            record.set("concealed_owner", enough is None, served)

    def _is_held_by_other(self, event: Event, staff: Id) -> bool:
        if event.kind not in ("touch", "registered", "deal"):
            return False
        own = self.held.run_at(staff, event.at)
        for other in self.claims:
            run = self.held.run_at(other.staff, event.at)
            if other.staff == staff or run is None or not self.held.is_protected(run, event.at):
                continue
            if event is run.start or (own is not None and own.start.at < run.start.at and own.end is None):
                continue
            if not self._works_beside(staff, run.start.at, event.at):
                return True
        return False

    def _works_beside(self, staff: Id, since: datetime, at: datetime) -> bool:
        """Whether somebody was a named co-worker at a moment of a hold that began at `since`: they hide nothing.

        Naming ends with the hold, so one of an earlier hold does not count.
        """
        kinds = ("co_worker_named", "co_worker_ended")
        steps = [
            e for e in self.past if e.kind in kinds and e.attrs.get("to") == staff and since <= e.at <= at
        ]
        return bool(steps) and max(steps, key=lambda e: e.at).kind == "co_worker_named"

    def _told(self, served: Event, own: Sequence[Event]) -> list[Event]:
        """What the receiver did in time to tell the holder, got through or not."""
        pack = self.pack_of(served.at)
        rule = ownership_of(pack).prior_communication if pack else None
        until = due(served.at, rule.tell, self.calendar) if rule else self.matter.at
        day = self.calendar.date_of(served.at)
        told = (e for e in own if e.kind == "notified_owner" and e.at < until)
        return [event for event in told if self.calendar.date_of(event.at) >= day]

    def _attempts_count(self, served: Event) -> bool:
        pack = self.pack_of(served.at)
        rule = ownership_of(pack).prior_communication if pack else None
        return rule is not None and rule.attempt == "counts"

    def _meeting_of(self, record: _Record, claim: Claimant, own: Sequence[Event]) -> None:
        """Whom the claimant met, who asked for them, and whether the deal came the same day."""
        met = next((e for e in own if e.kind in ("registered", "touch") and e.attrs.get("with")), None)
        first = next((e for e in own if e.kind in ("registered", "touch")), None)
        side = met.attrs["with"] if met else "customer" if first else None
        record.set("received", side if side in SIDES else None, met or first)
        buyers = self.deal.attrs.get("buyers") if self.deal else None
        if self.deal is None or side is None:
            record.set("received_buyer", None)
        elif buyers:
            record.set("received_buyer", side in buyers, met or first, self.deal)
        named = [e for e in self.past if e.kind == "asked_for" and e.attrs.get("to") == claim.staff]
        sold = [e for e in self.past if e.kind == "referred" and e.attrs.get("seller") == claim.staff]
        away = [event for event in own if event.kind == "holder_away"]
        record.set("asked_for", bool(named), *named[:1])
        self._stood_in(record, claim, own)
        record.set("sold_to_referrer", bool(sold), *sold[:1])
        record.set("holder_away", bool(away), *away[:1])
        day = self.calendar.date_of(self.deal.at) if self.deal else None
        that_day = next((e for e in own if is_meeting(e) and self.calendar.date_of(e.at) == day), None)
        record.set("same_day_deal", None if day is None else that_day is not None, that_day)

    def _stood_in(self, record: _Record, claim: Claimant, own: Sequence[Event]) -> None:
        """Whether the claimant received, that day, who asked for a colleague, and told the colleague."""
        served = [event for event in own if event.kind in ("registered", "touch", "deal")]
        days = {self.calendar.date_of(event.at) for event in served}
        asked = [e for e in self.past if e.kind == "asked_for" and e.attrs.get("to") != claim.staff]
        request = next((event for event in asked if self.calendar.date_of(event.at) in days), None)
        told = [] if request is None else self._told(request, own)
        told = [e for e in told if request and e.attrs.get("to", request.attrs["to"]) == request.attrs["to"]]
        record.set("served_for", bool(told), *told[:1])
        record.set("concealed_request", request is not None and not told, request)

    def _window(self, record: _Record, claim: Claimant) -> None:
        own = next((event for event in self.raised if event.staff == claim.staff), None)
        raised = own or (self.raised[0] if self.raised else None)
        by_person = raised is not None and raised.attrs.get("by_system") is not True
        at = raised.at if raised is not None and by_person else self.matter.at
        until = self._claim_until()
        record.set(
            "claim_within_window", claim.staff in self.signers or until is None or at < until, own or raised
        )

    def _claim_until(self) -> datetime | None:
        if self.pack is None or self.deal is None:
            return None
        window = ownership_of(self.pack).claim_window
        starts = [self.deal.at] if "deal" in window.from_ else []
        if "delivery" in window.from_:
            starts += [event.at for event in self.deliveries]
        return max((due(start, window.within, self.calendar) for start in starts), default=None)

    def _mark_owners(self, records: Sequence[_Record]) -> None:
        held = [r.values["registered_at"] for r in records if r.values["protected_at_deal"]]
        for record in records:
            owns = record.values["protected_at_deal"] and record.values["registered_at"] == min(held)
            if "is_owner" not in record.values:
                record.set("is_owner", owns)
                record.evidence["is_owner"] = record.evidence.get("registered_at", []) if owns else []

    # What people found.

    def _find(self, record: _Record, staff: Id | None, *subjects: Subject) -> None:
        for name, fact in facts_of(*subjects).items():
            found = self.findings.get((name, staff))
            if found is not None and (fact.judged or not fact.fixed):
                record.set(name, found.attrs["value"], found)
            elif fact.judged and fact.unless_found != UNKNOWN_UNLESS_FOUND:
                record.set(name, fact.unless_found)


def _deal_of(event: Event) -> Id:
    deal: Id = event.attrs.get("deal", event.entry)
    return deal


def _is_by(event: Event, staff: Id) -> bool:
    if event.kind == "deal":
        return staff in signers_of(event)
    return event.staff == staff


def _ending(run: Run | None) -> tuple[Event, ...]:
    """The entries a lapse rests on: what ended the run, or the last follow-up before the gap."""
    if run is None:
        return ()
    if run.end_event is not None:
        return (run.end_event,)
    return tuple(run.follow_ups[-1:]) or (run.start,)
