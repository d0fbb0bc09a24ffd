"""Complaints of another system, with what came of them; the clocks of their time come along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from dingfen.cases.models import Message
from dingfen.complaints.actions import whose
from dingfen.complaints.actions.intake import Complainant, named
from dingfen.complaints.history import Line, take_over
from dingfen.complaints.rules import past_rules
from dingfen.imports.loaders.base import CellRefusal, Context, Loader, Outcome
from dingfen.imports.rows import Row
from dingfen.imports.values import folded
from dingfen.register.append import NewEntry, append_many

TOLD = ("product", "part", "matter", "detail")
"""What a complaint without words of its own says."""


class ComplaintLoader(Loader):
    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.rules = past_rules()
        self.entries: list[NewEntry] = []

    def load(self, rows: Sequence[Row]) -> list[Outcome]:
        """Find out row by row, write all that can be written together."""
        context = self.context
        outcomes: dict[int, Outcome] = {}
        lines: list[tuple[Row, Line, list[tuple[str, UUID]]]] = []
        there = self._there(rows)
        for row in rows:
            read = self.attempt(row, self._line)
            if isinstance(read, Outcome):
                outcomes[row.number] = read
                continue
            line, made = read
            if line.key and (line.channel, line.key) in there:
                outcomes[row.number] = Outcome(row, "skipped")
                continue
            there.add((line.channel, line.key))
            lines.append((row, line, made))
        append_many(self.entries)
        self.entries = []
        past = take_over(
            actor=context.actor, at=context.at, lines=[line for _, line, _ in lines], rules=self.rules
        )
        for (row, _, before), one in zip(lines, past, strict=True):
            made = [*before, ("complaint", one.complaint.case.uid)]
            outcomes[row.number] = Outcome(row, "done", made, found=one.found)
        return [outcomes[row.number] for row in rows]

    def _there(self, rows: Sequence[Row]) -> set[tuple[str, str]]:
        """(channel, key) of those of these rows that were brought in before."""
        body = self.context.reader.mapping.body
        keys = [f"{body} {row.get('reference')}" for row in rows if row.get("reference")]
        known = Message.objects.filter(company_id=self.context.company.pk, key__in=keys)
        return set(known.values_list("channel", "key"))

    def _line(self, row: Row) -> tuple[Line, list[tuple[str, UUID]]]:
        context = self.context
        handler = self.person(row, "handler") if row.get("handler") else None
        unit = handler.unit if handler and handler.unit else context.unit
        received = row.get("received_at")
        closed = row.get("closed_at", None)
        state = row.get("state") or ("closed_open" if closed else "open")
        self._moments(row, received, context.at)
        who = Complainant(name=row.get("name"), phone=row.get("phone"), email=row.get("email"), kind="person")
        customer, made = None, list[tuple[str, UUID]]()
        if who.phone or who.email:
            told = whose.told(who.details(), unit, context.at, context.actor)
            customer, entry = told.customer(context.actor, context.at)
            if entry is not None and customer is not None:
                customer.import_row = context.import_row(row)
                customer.save(update_fields=["import_row"])
                self.entries.append(entry)
                made.append(("customer", customer.uid))
        line = Line(
            unit=unit,
            channel=row.get("channel"),
            received_at=received,
            text=self._text(row),
            import_row=context.import_row(row),
            body=context.reader.mapping.body,
            reference=row.get("reference"),
            subject=row.get("subject"),
            matter=row.get("matter"),
            product=named(row.get("product")),
            klass=self._klass(row, unit, received),
            who=who,
            customer=customer,
            amount=row.get("amount", None),
            currency=row.get("currency", "CNY").upper(),
            state=state,
            answered_at=row.get("answered_at", None),
            closed_at=closed if state != "open" else None,
            reply=row.get("reply"),
            outcome=row.get("outcome"),
            in_time=row.get("in_time", None),
            handler=handler,
        )
        return line, made

    def _text(self, row: Row) -> str:
        """What the customer says: the words of the file, or what it tells of the matter."""
        told = [str(row.get(name)) for name in TOLD if row.get(name)]
        text = str(row.get("text") or row.get("subject") or " · ".join(told))
        if not text:
            raise CellRefusal("text", "cell.required")
        return text

    def _moments(self, row: Row, received: datetime, now: datetime) -> None:
        for name in ("received_at", "answered_at", "closed_at"):
            moment = row.get(name, None)
            if moment is not None and moment > now:
                raise CellRefusal(name, "field.future")
            if moment is not None and moment < received:
                raise CellRefusal(name, "complaint.before_received")

    def _klass(self, row: Row, unit: Any, received: datetime) -> str:
        """The class as the rules of the time call it; the file may have its code or its title."""
        said, rules = str(row.get("klass")), self.rules.at(unit, received)
        if not said or rules is None:
            return ""
        known = rules.complaints.class_index
        if said in known:
            return said
        for code, one in known.items():
            if folded(said) in (folded(one.title.zh), folded(one.title.en)):
                return code
        raise CellRefusal("klass", "complaint.no_class", known=list(known))
