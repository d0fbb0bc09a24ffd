"""Touches with customers that are there."""

from __future__ import annotations

from dingfen.imports.loaders.base import CellRefusal, Context, Outcome, RowLoader
from dingfen.imports.loaders.found import Customers, Scopes
from dingfen.imports.rows import Row
from dingfen.ownership.actions.touches import record_touch


class TouchLoader(RowLoader):
    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.customers = Customers(context)
        self.scopes = Scopes(context.company.pk, [])

    def finish_row(self, row: Row) -> Outcome:
        context = self.context
        staff = self.person(row, "staff")
        customer = self.customers.find(row)
        made = []
        if customer is None:
            if context.reader.mapping.unknown_customers == "refuse" or not row.get("customer"):
                raise CellRefusal(
                    "customer", "customer.unknown", name=str(row.get("customer") or row.get("phone"))
                )
            customer = self.customers.create(row, staff.unit or context.unit, "person")
            made.append(("customer", customer.uid))
        touch = record_touch(
            actor=context.actor,
            at=context.at,
            uid=customer.uid,
            kind=row.get("kind"),
            occurred_at=row.get("occurred_at"),
            staff=staff,
            unit=staff.unit,
            reached=row.get("reached", True),
            met=row.get("met", "customer"),
            scope=self.scopes.of(row.get("scope")),
            card=row.get("card", False),
            minutes=row.get("minutes", None),
            note=row.get("note"),
            imported=True,
            import_row=context.import_row(row),
        )
        return Outcome(row, "done", [*made, ("touch", touch.uid)])
