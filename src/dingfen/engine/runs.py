"""Runs of holding: from the registration of a customer by one salesperson to what ended it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dingfen.engine.calendar import Calendar
from dingfen.engine.deadlines import due
from dingfen.engine.events import Event, Id
from dingfen.engine.holding import protection
from dingfen.engine.schema import Pack, ownership_of

PackOf = Callable[[datetime], Pack | None]
MEETING_KINDS = ("walk_in", "visit", "meeting")
IMMEDIATE_FAMILY = ("immediate_family", "spouse", "parent", "child")
_CHANNEL_OF = {
    "walk_in": "walk_in", "visit": "walk_in", "incoming_call": "incoming_call", "message": "online",
    "e_mail": "online",
}  # fmt: skip
_ENDS = ("released", "lost", "transferred", "voided")


def channel_of(kind: str) -> str | None:
    """How somebody came who is first met by a touch of this kind (a policy's word); None where it says nothing."""
    return _CHANNEL_OF.get(kind)


def is_meeting(event: Event) -> bool:
    """A touch face to face."""
    return event.kind == "touch" and event.attrs.get("kind") in MEETING_KINDS


def signers_of(event: Event) -> tuple[Id, ...]:
    """Who signed a deal: those named, otherwise who recorded it."""
    return tuple(event.attrs.get("signers") or ((event.staff,) if event.staff is not None else ()))


def is_effective(event: Event, pack: Pack | None) -> bool:
    """Whether a touch counts as a follow-up under the policy of its time; a deal always does."""
    if event.kind == "deal":
        return True
    if event.kind != "touch" or pack is None:
        return False
    rule, attrs = ownership_of(pack).effective_follow_up, event.attrs
    kind = attrs.get("kind")
    if kind not in rule.kinds:
        return False
    if rule.reached and attrs.get("reached") is not True and kind not in MEETING_KINDS:
        return False
    return _is_partner(attrs.get("with", "customer"), rule.with_)


def _is_partner(met: str, counted: Sequence[str]) -> bool:
    return met in counted or (met in IMMEDIATE_FAMILY and "immediate_family" in counted)


def is_valid_registration(event: Event, pack: Pack | None) -> bool:
    """Whether a registration counts: complete, agreed to where the rules ask for it, in time or imported."""
    if pack is None:
        return False
    rule = ownership_of(pack).registration
    agreed = rule.approval == "none" or event.attrs.get("confirmed", True) is True
    in_time = (
        not rule.same_day
        or event.attrs.get("same_day", True) is True
        or event.attrs.get("imported") is True
        or (rule.late_evening and event.attrs.get("late_evening") is True)
    )
    return agreed and in_time and event.attrs.get("complete", True) is True


@dataclass(slots=True)
class Run:
    """One hold: `follow_ups` are the effective ones in it, in order; `end` is what ended it, if anything.

    `ended_by` is the kind of the event, or "lapsed" when the rules alone ended it. A run without a
    `log` was imported without its follow-ups, so a gap in it proves nothing.
    """

    start: Event
    log: bool
    follow_ups: list[Event] = field(default_factory=list)
    renewals: list[Event] = field(default_factory=list)
    channel: str | None = None
    again: bool = False
    end: datetime | None = None
    ended_by: str | None = None
    end_event: Event | None = None

    def finish(self, at: datetime, by: str, event: Event | None) -> None:
        if self.end is None:
            self.end, self.ended_by, self.end_event = at, by, event


@dataclass(frozen=True, slots=True)
class Holdings:
    """The runs of each salesperson on one customer, and what the rules say about them at any moment."""

    runs: dict[Id, list[Run]]
    grades: Sequence[tuple[datetime, str]]
    stages: Sequence[tuple[datetime, str]]
    channels: Sequence[Event]
    calendar: Calendar
    pack_of: PackOf

    def grade_at(self, at: datetime) -> str | None:
        """The customer's grade at a moment."""
        index = bisect_left(self.grades, (at, "~"))
        return self.grades[index - 1][1] if index else None

    def stage_at(self, at: datetime) -> tuple[datetime, str] | None:
        """The stage the customer has reached at a moment, and since when."""
        index = bisect_left(self.stages, (at, "~"))
        return self.stages[index - 1] if index else None

    def run_at(self, staff: Id, at: datetime) -> Run | None:
        """The last run that started by then, ended or not."""
        for run in reversed(self.runs.get(staff, ())):
            if run.start.at <= at:
                return run
        return None

    def lapse_at(self, run: Run, at: datetime) -> datetime | None:
        """When the run lapses by rule, as it stands at a moment; None where no policy was in force."""
        pack = self.pack_of(at)
        if pack is None:
            return None
        return protection(
            pack,
            registered_at=run.start.at,
            grade=self.grade_at(at),
            follow_ups=_last_by(run.follow_ups, at),
            calendar=self.calendar,
            now=at,
            channel=run.channel,
            stage=self.stage_at(at),
            renewals=[event.at for event in run.renewals],
        ).lapse_at

    def is_protected(self, run: Run | None, at: datetime) -> bool:
        """Whether a run protects its holder at a moment."""
        if run is None or not run.start.at <= at or (run.end is not None and run.end <= at):
            return False
        lapse_at = self.lapse_at(run, at)
        return lapse_at is not None and at < lapse_at


def _last_by(follow_ups: Sequence[Event], at: datetime) -> tuple[datetime, ...]:
    """The last of the follow-ups by a moment, which alone moves the end of a hold; none where there is none."""
    for event in reversed(follow_ups):
        if event.at <= at:
            return (event.at,)
    return ()


def holdings(
    events: Sequence[Event], this_deal: Event | None, calendar: Calendar, pack_of: PackOf
) -> Holdings:
    """Follow the events (in order of time) and note who held when. Any other deal than this one ends
    the runs of its signers: they start anew.

    A hold that the rules have let lapse comes to life again with the holder's next follow-up, unless
    somebody else registered the customer in between: then the customer is theirs (000r, rule 6).
    """
    grades = [(e.at, e.attrs["grade"]) for e in events if e.attrs.get("grade")]
    stages = [(e.at, e.attrs["stage"]) for e in events if e.kind == "stage"]
    came = [e for e in events if e.kind == "touch" and e.attrs.get("kind") in _CHANNEL_OF]
    held = Holdings({}, grades, stages, came, calendar, pack_of)
    for event in events:
        if event.staff is None:
            continue
        if event.kind in ("registered", "taken"):
            _start(held, event)
        elif event.kind == "transferred":
            _end(held, event)
            _open(held, event, event.attrs.get("to"))
        elif event.kind in _ENDS or event.kind == "lapsed":
            _end(held, event)
        elif event.kind == "renewed":
            _renew(held, event)
        elif is_effective(event, pack_of(event.at)):
            _follow_up(held, event, ends=event.kind == "deal" and event is not this_deal)
    return held


def _start(held: Holdings, event: Event) -> None:
    if event.kind == "registered" and not is_valid_registration(event, held.pack_of(event.at)):
        return
    assert event.staff is not None
    own = held.run_at(event.staff, event.at)
    if own is not None and own.end is None:
        lapse_at = held.lapse_at(own, event.at)
        if not own.log or lapse_at is None or event.at < lapse_at:
            return
        own.finish(lapse_at, "lapsed", None)
    if event.kind == "registered" and own is not None and not _may_again(held, event, own):
        return
    for staff in held.runs:
        run = held.run_at(staff, event.at)
        if staff != event.staff and run is not None and run.end is None and run.log:
            lapse_at = held.lapse_at(run, event.at)
            if lapse_at is not None and lapse_at <= event.at:
                run.finish(lapse_at, "lapsed", None)
    _open(held, event, event.staff)


def _may_again(held: Holdings, event: Event, own: Run) -> bool:
    """Whether one's registration after one's own lapse counts: confirmed, and not too soon."""
    pack = held.pack_of(event.at)
    rule = ownership_of(pack).registration.again if pack else None
    if rule is None or own.ended_by != "lapsed" or own.end is None:
        return True
    waited = rule.wait is None or event.at >= due(own.end, rule.wait, held.calendar)
    return waited and event.attrs.get("confirmed") is True


def _open(held: Holdings, event: Event, staff: Id | None) -> None:
    if staff is None:
        return
    before = held.runs.setdefault(staff, [])
    again = any(run.ended_by == "lapsed" for run in before)
    log = event.attrs.get("imported") is not True
    before.append(Run(event, log, channel=_channel(held, event, staff), again=again))


def _channel(held: Holdings, start: Event, staff: Id) -> str | None:
    """How the customer came: as registered, otherwise by the holder's first touch of that day."""
    if start.attrs.get("channel"):
        return str(start.attrs["channel"])
    day = held.calendar.date_of(start.at)
    own = (e for e in held.channels if e.staff == staff and held.calendar.date_of(e.at) == day)
    first = next(own, None)
    return _CHANNEL_OF[first.attrs["kind"]] if first else None


def _renew(held: Holdings, event: Event) -> None:
    assert event.staff is not None
    run = held.run_at(event.staff, event.at)
    lapse_at = held.lapse_at(run, event.at) if run is not None and run.end is None else None
    if run is not None and lapse_at is not None and event.at < lapse_at:
        run.renewals.append(event)


def _end(held: Holdings, event: Event) -> None:
    assert event.staff is not None
    run = held.run_at(event.staff, event.at)
    if run is not None:
        run.finish(event.at, event.kind, event)


def _follow_up(held: Holdings, event: Event, *, ends: bool) -> None:
    for staff in signers_of(event) if event.kind == "deal" else (event.staff,):
        run = held.run_at(staff, event.at) if staff is not None else None
        if run is not None and run.end is None:
            run.follow_ups.append(event)
            if ends:
                run.finish(event.at, "deal", event)
