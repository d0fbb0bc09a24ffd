"""Customers, and with a holder named, their registrations."""

from __future__ import annotations

from typing import Any

from dingfen.database.locks import lock_keys
from dingfen.imports.loaders.base import CellRefusal, Outcome, RowLoader
from dingfen.imports.rows import Row
from dingfen.matching import Normalised
from dingfen.ownership.actions.registering import register_customer
from dingfen.parties import index, queries
from dingfen.parties.actions.common import enter
from dingfen.parties.actions.customers import update_customer
from dingfen.parties.details import Details, check
from dingfen.parties.models import Customer
from dingfen.parties.registering import register_party

MANY = {
    "phones": "phone", "emails": "email", "wechats": "wechat", "plates": "plate", "vins": "vin",
    "credit_codes": "credit_code",
}  # fmt: skip
PROFILE = ("need", "budget", "address", "note")


class CustomerLoader(RowLoader):
    RENAMED = {**MANY, "profile.need": "need", "profile.budget": "budget", "profile.address": "address",
               "profile.note": "note"}  # fmt: skip

    def finish_row(self, row: Row) -> Outcome:
        context = self.context
        details = _details(row)
        read = check(details)
        holder = self.person(row, "holder") if row.get("holder") else None
        unit = holder.unit if holder and holder.unit else context.unit
        lock_keys(index.lock_hashes(context.company.pk, read.features))
        there = self._there(row, read)
        outcome = Outcome(row, "done")
        if there is None:
            there = register_party(
                unit=unit,
                details=details,
                at=context.at,
                created_by_id=context.actor.staff_id,
                import_row=context.import_row(row),
                read=read,
            )
            outcome.made.append(("customer", there.uid))
            enter(
                actor=context.actor,
                at=context.at,
                kind="customer.added",
                customer=there,
                facts={"number": there.number, "kind": there.kind, "grade": there.grade, "imported": True},
                personal=details.sealed(),
            )
        elif context.reader.mapping.duplicates == "update":
            changes = {**details.sealed(), "grade": details.grade}
            update_customer(
                actor=context.actor, at=context.at, uid=there.uid,
                changes={name: text for name, text in changes.items() if text},
            )  # fmt: skip
        elif holder is None:
            return Outcome(row, "skipped")
        if holder is not None:
            registration = register_customer(
                actor=context.actor,
                at=context.at,
                customer_uid=there.uid,
                scope=row.get("scope"),
                holder=holder.uid,
                channel=row.get("channel"),
                occurred_at=row.get("registered_at", None) or context.at,
                imported=True,
                import_row=context.import_row(row),
            )
            outcome.made.append(("registration", registration.uid))
        return outcome

    def _there(self, row: Row, read: Normalised) -> Customer | None:
        """The customer that is there already. A possible one is for a person to look at, row by row."""
        context = self.context
        if context.reader.mapping.duplicates == "create":
            return None
        found = queries.candidates(context.company.pk, read.features)
        same = [one for one in found if one.match.answer == "same"]
        if same:
            return Customer.objects.get(pk=same[0].customer_id)
        if found:
            raise CellRefusal("name", "row.possible", sure=found[0].match.sure)
        return None


def _details(row: Row) -> Details:
    """A row as the details of a customer."""
    many: dict[str, Any] = {
        name: (str(row.get(field)),) if row.get(field) else () for name, field in MANY.items()
    }
    return Details(
        name=row.get("name"),
        kind=row.get("kind", "person"),
        employer=row.get("employer"),
        contact_name=row.get("contact"),
        latin_name=row.get("latin_name"),
        grade=row.get("grade"),
        source="import",
        profile={name: row.get(name) for name in PROFILE if row.get(name)},
        **many,
    )
