"""Complaints taken over from another system: rows, thread, clocks of their time, entries marked imported.

The rules that apply to history judge them; each clock is counted as if it had run then. What another system
does not tell stays unknown: a step without a moment gets no clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.cases.actions import numbered
from dingfen.cases.models import Case, Message
from dingfen.clocks import past
from dingfen.complaints import watch
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.finding import text_of
from dingfen.complaints.models import OPEN, ComplainantKey, Complaint, Event, ExternalReference, Issue
from dingfen.complaints.rules import Rules
from dingfen.database import rows
from dingfen.engine.complaint_clocks import Owed, clocks_at
from dingfen.engine.grading import Grade, classify
from dingfen.matching import normalise
from dingfen.parties import index, masking, sealing, search
from dingfen.parties.details import identifiers_of
from dingfen.parties.models import Customer, SubjectKey
from dingfen.policies.past import PastRules
from dingfen.register.append import NewEntry, append_many

STATES = {
    "open": Complaint.State.RECEIVED,
    "closed_accepted": Complaint.State.CLOSED_ACCEPTED,
    "closed_open": Complaint.State.CLOSED_OPEN,
    "withdrawn": Complaint.State.WITHDRAWN,
    "not_accepted": Complaint.State.NOT_ACCEPTED,
}
ISSUES = {
    "open": Issue.State.OPEN,
    "closed_accepted": Issue.State.SETTLED,
    "closed_open": Issue.State.UNRESOLVED,
    "withdrawn": Issue.State.WITHDRAWN,
    "not_accepted": Issue.State.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One complaint of another system. `state`: a key of STATES. `in_time`: whether that system says the first
    answer came in time, where it does not tell when. `outcome`: the remedy given, a code of the pack if it has
    one.
    """

    unit: Unit
    channel: str
    received_at: datetime
    text: str
    import_row: str
    body: str = ""
    reference: str = ""
    subject: str = ""
    matter: str = ""
    product: str = ""
    klass: str = ""
    who: Complainant = field(default_factory=Complainant)
    customer: Customer | None = None
    amount: Decimal | None = None
    currency: str = "CNY"
    state: str = "open"
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    reply: str = ""
    outcome: str = ""
    in_time: bool | None = None
    handler: Staff | None = None

    @property
    def key(self) -> str:
        """What the message is called: the same number of the same system is one complaint."""
        return f"{self.body} {self.reference}" if self.reference else ""

    @property
    def first_answer(self) -> datetime | None:
        """When it was first answered, as far as the file tells: at the latest when it was closed."""
        return self.answered_at or (self.closed_at if self.in_time is None else None)


@dataclass(slots=True)
class Made:
    """What a line became; `found` counts what its clocks say: `met`, `late`, `overdue`, `differs`."""

    complaint: Complaint
    found: Counter[str] = field(default_factory=Counter)


def take_over(*, actor: Actor, at: datetime, lines: Sequence[Line], rules: PastRules[Rules]) -> list[Made]:
    """Write the lines in the caller's transaction, register entries last. The caller has checked access."""
    writing = [_Writing(line, actor, at, rules) for line in lines]
    numbered([one.case for one in writing])
    SubjectKey.objects.bulk_create(one.key for one in writing)
    for one in writing:
        one.open()
    Complaint.objects.bulk_create(one.complaint for one in writing)
    rows.add(*(row for one in writing for row in one.messages()))
    rows.add(*(row for one in writing for row in one.issues()))
    rows.add(*(row for one in writing for row in one.references()))
    rows.add(*(row for one in writing for row in one.lookups()))
    rows.add(*(row for one in writing for row in one.events()))
    search.add([one.words() for one in writing])
    clocks = [(one, clock) for one in writing for clock in one.clocks()]
    company_id = actor.company_id or 0
    made = past.take_over(actor, at, company_id, [clock for _, clock in clocks])
    for (one, _), clock in zip(clocks, made, strict=True):
        one.count(clock)
    append_many(one.entry() for one in writing)
    return [Made(one.complaint, one.found) for one in writing]


def void(complaint: Complaint, actor: Actor, at: datetime) -> None:
    """Take a complaint back that an import brought: no longer found, no clock left. Its rows stay."""
    watch.end(complaint, actor, at)
    search.remove([complaint.case.uid])
    ComplainantKey.objects.filter(complaint=complaint).delete()
    Message.objects.filter(case=complaint.case).update(key="")
    complaint.state = Complaint.State.VOID
    complaint.version += 1
    complaint.save(update_fields=["state", "version"])


class _Writing:
    """One line on its way into rows."""

    def __init__(self, line: Line, actor: Actor, at: datetime, rules: PastRules[Rules]) -> None:
        self.line, self.actor, self.at = line, actor, at
        self.rules = rules.at(line.unit, line.received_at)
        self.book = rules.book(line.unit, actor, at)
        self.found: Counter[str] = Counter()
        self.is_open = STATES[line.state] in OPEN
        self.case = Case(
            company_id=line.unit.company_id or line.unit.pk,
            unit=line.unit,
            kind=Case.Kind.COMPLAINT,
            customer=line.customer,
            opened_at=line.received_at,
            opened_by_id=actor.staff_id,
            closed_at=None if self.is_open else line.closed_at,
        )
        self.sealer, wrapped = sealing.new_key(self.case.uid)
        self.key = SubjectKey(subject_uid=self.case.uid, wrapped=wrapped)
        self.features = normalise(line.who.details().record()).features
        self.grade = self._grade()

    @property
    def facts(self) -> dict[str, Any]:
        """What the row tells the rules; anything else is unknown."""
        line = self.line
        return {
            "between_customers": False,
            "intake_channel": line.channel if line.channel != "sms" else "phone",
            "claimed_amount": float(line.amount) if line.amount is not None else None,
            "complainants": 1,
            "passed_on": line.channel == "authority",
            "vulnerable": False,
            "decided": not self.is_open,
        }

    def _grade(self) -> Grade | None:
        if self.rules is None:
            return None
        return classify(self.rules.complaints, self.facts, self.line.klass or None)

    def open(self) -> None:
        """The complaint's own row; its case has its number now."""
        line, grade = self.line, self.grade
        said = {name: value for name, value in _told(line.who).items() if value}
        named = line.who.name.strip()
        first = next(iter(self.features.mobiles + self.features.landlines), "")
        self.complaint = Complaint(
            case=self.case,
            state=STATES[line.state],
            channel=line.channel,
            received_at=line.received_at,
            recorded_at=self.at,
            handler=line.handler,
            klass=line.klass,
            product=line.product,
            level=grade.level if grade else "",
            urgency=(grade.urgency or "") if grade else "",
            sensitivity=list(grade.sensitivity) if grade else [],
            amount=line.amount,
            currency=line.currency,
            sealed=self.sealer.seal({"complainant": said}),
            masked_name=masking.name(named) if named else "",
            masked_phone=masking.phone(first) if first else "",
            first_answer_at=line.first_answer,
            decided_at=None if self.is_open else line.closed_at,
            policy=self.rules.version if self.rules else None,
            outcome=line.outcome,
            import_row=line.import_row,
        )

    def messages(self) -> list[Message]:
        line = self.line
        found = [self._message(Message.Direction.IN, line.received_at, line.text, line.key, line.subject)]
        if line.reply:
            when = line.first_answer or line.closed_at or line.received_at
            found.append(self._message(Message.Direction.OUT, when, line.reply))
        return found

    def _message(
        self, direction: str, when: datetime, text: str, key: str = "", subject: str = ""
    ) -> Message:
        return Message(
            case=self.case,
            company_id=self.case.company_id,
            direction=direction,
            channel=self.line.channel,
            at=when,
            recorded_at=self.at,
            sealed=self.sealer.seal({"text": text, "subject": subject}),
            key=key,
        )

    def issues(self) -> list[Issue]:
        line = self.line
        title = (line.matter or line.subject)[:120]
        if not title:
            return []
        state = ISSUES[line.state]
        over = state != Issue.State.OPEN
        return [
            Issue(
                complaint=self.complaint,
                number=1,
                sealed=self.sealer.seal({"title": title, "told": ""}),
                klass=line.klass,
                state=state,
                listed_at=line.received_at,
                ended_at=line.closed_at if over else None,
            )
        ]

    def references(self) -> list[ExternalReference]:
        if not self.line.reference:
            return []
        return [ExternalReference(complaint=self.complaint, body=self.line.body, number=self.line.reference)]

    def lookups(self) -> list[ComplainantKey]:
        return [
            ComplainantKey(complaint=self.complaint, lookup=index.lookup(self.case.company_id, kind, value))
            for kind, value in identifiers_of(self.features)
        ]

    def events(self) -> list[Event]:
        line = self.line
        told = [("received", line.received_at), ("first_answered", line.first_answer)]
        if not self.is_open:
            told += [("decided", line.closed_at), ("closed", line.closed_at)]
        return [Event(complaint=self.complaint, name=name, at=when) for name, when in told if when]

    def words(self) -> search.Text:
        line = self.line
        return text_of(
            self.complaint, [line.who.name, line.who.phone, line.subject, line.text, line.reference]
        )

    def clocks(self) -> list[past.Past]:
        """The clocks of its receipt: over where the file tells of their end, open where it is open."""
        if self.rules is None:
            return []
        owed = clocks_at(
            self.rules.complaints, "received", self.line.received_at, self.facts, self.rules.calendar,
            klass=self.line.klass or None, level=self.complaint.level or None,
            urgency=self.complaint.urgency or None,
        )  # fmt: skip
        return [clock for one in owed if (clock := self._clock(one)) is not None]

    def _clock(self, owed: Owed) -> past.Past | None:
        line = self.line
        ended_at, late = None, None
        if owed.ends == "first_answered":
            ended_at = line.first_answer
            late = None if line.in_time is None else not line.in_time
        elif owed.ends in ("decided", "closed") and not self.is_open:
            ended_at = line.closed_at
        ended = ended_at is not None or late is not None
        if not ended and not self.is_open:
            return None  # over, and nobody knows when
        return past.Past(
            kind=f"{watch.PREFIX}{owed.ends}",
            subject_type="complaint",
            subject_uid=self.case.uid,
            started_at=owed.started_at,
            deadline=owed.due_at,
            ended=ended,
            ended_at=ended_at,
            late=late,
            responsible=line.handler,
            steps=watch.steps_of(owed),
            article=owed.article,
            pack_digest=self.rules.version.digest if self.rules else "",
            params=watch.params_of(self.complaint, owed),
        )

    def count(self, clock: Any) -> None:
        """What a clock found, and whether the file says otherwise of the first answer."""
        name = {"met": "met", "met_late": "late", "breached": "overdue"}.get(clock.state, "running")
        ends = clock.kind.removeprefix(watch.PREFIX)
        self.found[f"{ends}.{name}"] += 1
        said = self.line.in_time
        if ends == "first_answered" and clock.ended_at and said is not None:
            self.found["differs"] += said == (name == "late")

    def entry(self) -> NewEntry:
        line = self.line
        said = {"complainant": _told(line.who), "text": line.text, "subject": line.subject, "reply": line.reply,
                "external": [[line.body, line.reference]] if line.reference else []}  # fmt: skip
        return NewEntry(
            book=self.book,
            kind="complaint.received",
            actor_id=self.actor.uid,
            occurred_at=line.received_at,
            recorded_at=self.at,
            subject=("complaint", self.case.uid),
            facts={
                "number": self.case.number,
                "channel": line.channel,
                "unit": str(line.unit.uid),
                "customer": str(line.customer.uid) if line.customer else None,
                "handler": str(line.handler.uid) if line.handler else None,
                "level": self.complaint.level,
                "urgency": self.complaint.urgency,
                "state": self.complaint.state,
                "klass": line.klass,
                "outcome": line.outcome,
            },
            personal={name: value for name, value in said.items() if value},
            personal_subject=self.case.uid,
            policy=self.rules.cited if self.rules else None,
            imported=True,
        )


def _told(who: Complainant) -> dict[str, str]:
    return {"name": who.name, "kind": who.kind, "phone": who.phone, "email": who.email}
