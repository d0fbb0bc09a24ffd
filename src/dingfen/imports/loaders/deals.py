"""Deals and what led to them: registration and first touch when begun, a touch and the outcome when closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dingfen.accounts.models import Staff
from dingfen.imports.loaders.base import CellRefusal, Context, Loader, Outcome
from dingfen.imports.loaders.found import Customers, Scopes
from dingfen.imports.rows import Row
from dingfen.ownership.bulk import Line, take_over
from dingfen.ownership.rules import past_rules


class DealLoader(Loader):
    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.customers = Customers(context)
        table, mapping = context.reader.table, context.reader.mapping
        column = mapping.columns.get("scope")
        place = table.columns.index(column) if column else None
        words = context.reader.words.get("scope", {})
        texts = [] if place is None else [context.reader.word("scope", line[place]) for line in table.rows]
        self.scopes = Scopes(context.company.pk, [*words.values(), *texts])
        self.rules = past_rules()

    def load(self, rows: Sequence[Row]) -> list[Outcome]:
        """Find out row by row, write all that can be written together."""
        context = self.context
        outcomes: dict[int, Outcome] = {}
        lines: list[tuple[Row, Line, list[tuple[str, UUID]]]] = []
        for row in rows:
            read = self.attempt(row, self._line)
            if isinstance(read, Outcome):
                outcomes[row.number] = read
            else:
                lines.append((row, *read))
        made = take_over(
            actor=context.actor, at=context.at, lines=[line for _, line, _ in lines], rules=self.rules
        )
        for (row, _, before), one in zip(lines, made, strict=True):
            outcomes[row.number] = Outcome(row, "done", [*before, *one.rows()])
        return [outcomes[row.number] for row in rows]

    def _line(self, row: Row) -> tuple[Line, list[tuple[str, UUID]]]:
        context = self.context
        staff = self.person(row, "staff")
        outcome, opened, closed = row.get("outcome"), row.get("opened_at", None), row.get("closed_at", None)
        if outcome != "open" and closed is None:
            raise CellRefusal("closed_at", "cell.required")
        if outcome == "open" and opened is None:
            raise CellRefusal("opened_at", "cell.required")
        if outcome == "open":
            closed = None
        if opened is not None and closed is not None and closed < opened:
            raise CellRefusal("closed_at", "deal.closed_before")
        if max(filter(None, (opened, closed))) > context.at:
            name = "closed_at" if closed and closed > context.at else "opened_at"
            raise CellRefusal(name, "field.future")
        customer, made = self.customers.find(row), []
        if customer is None:
            if context.reader.mapping.unknown_customers == "refuse":
                raise CellRefusal("customer", "customer.unknown", name=row.get("customer"))
            customer = self.customers.create(row, staff.unit or context.unit, "company")
            made.append(("customer", customer.uid))
        line = Line(
            customer=customer,
            staff=staff,
            outcome=outcome,
            opened_at=opened,
            closed_at=closed,
            import_row=context.import_row(row),
            touch_kind=row.get("touch_kind", "message"),
            closing_kind=row.get("closing_kind", row.get("touch_kind", "message")),
            channel=row.get("channel"),
            scope=self._scope(row, staff, opened or closed),
            amount=row.get("amount", None),
            currency=row.get("currency", "CNY").upper(),
            quantity=row.get("quantity", 1) or 1,
            reference=row.get("reference"),
        )
        return line, made

    def _scope(self, row: Row, staff: Staff, moment: datetime) -> str:
        """The scope as the rules of the time count it; none where a customer is held whole."""
        found = self.rules.at(staff.unit, moment) if staff.unit else None
        if found is not None and found.ownership.scope == "customer":
            return ""
        scope = self.scopes.of(row.get("scope"))
        if found is not None and not scope:
            raise CellRefusal("scope", "cell.required")
        return scope
