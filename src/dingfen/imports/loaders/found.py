"""The customer that a row of touches or deals means."""

from __future__ import annotations

from dingfen.accounts.models import Unit
from dingfen.imports.loaders.base import CellRefusal, Context
from dingfen.imports.rows import Row
from dingfen.imports.values import folded
from dingfen.matching import Record
from dingfen.parties import queries
from dingfen.parties.actions.common import enter
from dingfen.parties.details import Details, check
from dingfen.parties.models import Customer
from dingfen.parties.registering import register_party


class Customers:
    """Finds customers by number, phone and name; remembers within a batch."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.known: dict[tuple[str, str, str], Customer] = {}

    def find(self, row: Row) -> Customer | None:
        """The one customer meant; None when there is none like it.

        Raises CellRefusal `customer.several`, `customer.possible`, `customer.no_number`, `customer.nameless`.
        """
        key = (str(row.get("number")), folded(str(row.get("customer"))), str(row.get("phone")))
        if key not in self.known:
            found = self._look(*key[:1], str(row.get("customer")), key[2])
            if found is None:
                return None
            self.known[key] = found
        return self.known[key]

    def _look(self, number: str, name: str, phone: str) -> Customer | None:
        company_id = self.context.company.pk
        if number:
            found = Customer.objects.filter(company_id=company_id, number=number, erased_at=None).first()
            if found is None:
                raise CellRefusal("number", "customer.no_number", number=number)
            return found.merged_into or found
        if not name and not phone:
            raise CellRefusal("customer", "customer.nameless")
        phones = (phone,) if phone else ()
        for record in (
            Record(kind="company", company=name, phones=phones),
            Record(kind="person", name=name, phones=phones),
        ):
            found = self._among(queries.candidates(company_id, record), name, phone)
            if found is not None:
                return found
        return None

    def _among(self, candidates: list[queries.Candidate], name: str, phone: str) -> Customer | None:
        same = [one.customer_id for one in candidates if one.match.answer == "same"]
        if not same and not phone:  # the very name, and nothing that speaks against it
            rows = Customer.objects.filter(pk__in=[one.customer_id for one in candidates])
            called = queries.names(rows)
            same = [pk for pk, text in called.items() if folded(text) == folded(name)]
        if len(same) > 1:
            raise CellRefusal("customer", "customer.several", number=len(same))
        if same:
            return Customer.objects.get(pk=same[0])
        if phone and candidates:
            raise CellRefusal("customer", "customer.possible", sure=candidates[0].match.sure)
        return None

    def create(self, row: Row, unit: Unit, kind: str) -> Customer:
        """A new customer of that name, with its entry."""
        context = self.context
        phone = str(row.get("phone"))
        details = Details(
            name=str(row.get("customer")),
            kind="company" if kind == "company" else "person",
            phones=(phone,) if phone else (),
            source="import",
        )
        customer = register_party(
            unit=unit,
            details=details,
            at=context.at,
            created_by_id=context.actor.staff_id,
            import_row=context.import_row(row),
            read=check(details),
        )
        enter(
            actor=context.actor,
            at=context.at,
            kind="customer.added",
            customer=customer,
            facts={
                "number": customer.number,
                "kind": customer.kind,
                "grade": customer.grade,
                "imported": True,
            },
            personal=details.sealed(),
        )
        return customer


class Scopes:
    """Products and projects under one spelling each: as stored already, else as the file has it first."""

    def __init__(self, company_id: int, texts: list[str]) -> None:
        from dingfen.ownership.models import Registration

        stored = Registration.objects.filter(company_id=company_id).exclude(scope="")
        self.spelling: dict[str, str] = {}
        for text in (*stored.values_list("scope", flat=True).distinct()[:5000], *texts):
            self.spelling.setdefault(folded(text), text)

    def of(self, text: str) -> str:
        return self.spelling.get(folded(text), text) if text else ""
