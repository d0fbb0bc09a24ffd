"""Customers: find, read, add, correct; identifiers, contacts, touches; merge, reveal, shred."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from ninja import Query
from pydantic import Field

from dingfen.accounts.models import Unit
from dingfen.api.customer_schemas import (
    CardOut,
    ChainIn,
    ContactIn,
    ContactMoveIn,
    ContactOut,
    CorrectionIn,
    CustomerIn,
    CustomerOut,
    CustomerRow,
    EndIn,
    EraseIn,
    HitOut,
    IdentifierIn,
    IdentifierOut,
    MergeIn,
    MergeOut,
    Narrow,
    ReasonIn,
    RelationIn,
    RelationOut,
    RevealIn,
    RevealOut,
    SearchIn,
    TouchCorrectionIn,
    TouchesOut,
    TouchIn,
    TouchOut,
)
from dingfen.api.frame import ApiRequest, Page, Router, expected_version, page, read, write
from dingfen.ownership import actions as ownership
from dingfen.ownership.completeness import card_of
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.ownership.rules import rules_at
from dingfen.parties import actions, queries, search
from dingfen.parties.details import Details
from dingfen.parties.models import Customer, Identifier, Merge, Touch
from dingfen.parties.relations import Related, relations_of
from dingfen.problems import invalid, missing

router = Router(tags=["customers"])

ORDERS = {"newest": ("-id",), "oldest": ("id",), "number": ("number", "id")}


def _row(customer: Customer, name: str) -> dict[str, Any]:
    return {
        "uid": customer.uid,
        "number": customer.number,
        "kind": customer.kind,
        "name": name,
        "masked_phone": customer.masked_phone,
        "grade": customer.grade,
        "source": customer.source,
        "unit": customer.unit.uid,
        "created_at": customer.created_at,
        "last_touch_at": customer.last_touch_at,
        "merged_into": customer.merged_into.uid if customer.merged_into else None,
        "version": customer.version,
    }


def _contact(one: queries.KnownContact) -> ContactOut:
    row = one.contact
    return ContactOut(
        uid=row.uid,
        name=one.name,
        title=row.title,
        rank=row.rank,
        chain=row.chain,
        masked_phone=row.masked_phone,
    )


def _card(request: ApiRequest, uid: UUID) -> CustomerOut:
    customer = queries.get_customer(request.actor, uid)
    known = queries.known(customer)
    return CustomerOut(
        **_row(customer, str(known.get("name", ""))),
        employer=str(known.get("employer", "")),
        latin_name=str(known.get("latin", "")),
        profile={
            name: str(value) for name, value in known.items() if name not in ("name", "employer", "latin")
        },
        identifiers=[IdentifierOut.model_validate(row) for row in queries.identifiers(customer)],
        contacts=[_contact(one) for one in queries.contacts(customer)],
        card=_fullness(customer, request.at),
    )


def _fullness(customer: Customer, at: datetime) -> CardOut:
    holds = Registration.objects.filter(
        customer_id__in=queries.family_ids(customer.pk), state__in=ACTIVE, card_due__isnull=False
    )
    held = holds.select_related("unit").first()
    rules = rules_at(held.unit if held else customer.unit, at)
    if rules is None:
        return CardOut(percent=100, missing=[], article="", due=None, late=False)
    rule = rules.ownership.registration
    card = card_of(customer, rule)
    return CardOut(
        percent=card.percent,
        missing=list(card.missing),
        article=rule.article,
        due=held.card_due if held and held.card_owed else None,
        late=bool(held and held.card_late),
    )


@read(router, "/customers", out=Page[CustomerRow], permission="customer.view")
def list_customers(request: ApiRequest, narrow: Query[Narrow]) -> Page[CustomerRow]:
    """Customers one may see, merged ones left out."""
    rows: QuerySet[Customer] = (
        Customer.objects.visible_to(request.actor, listed=True).leading().defer("features")
    )
    if narrow.kind:
        rows = rows.filter(kind=narrow.kind)
    if narrow.grade is not None:
        rows = rows.filter(grade=narrow.grade)
    if narrow.touched_before:
        rows = rows.filter(last_touch_at__lt=narrow.touched_before)
    if narrow.q and request.actor.company_id is not None:
        rows = rows.filter(pk__in=search.record_ids(request.actor.company_id, "customer", narrow.q))
    found = page(
        request, rows.select_related("unit", "merged_into"), narrow, lambda row: row, ORDERS[narrow.order]
    )
    names = queries.names(found.items)
    return Page(items=[CustomerRow(**_row(row, names[row.pk])) for row in found.items], next=found.next)


@write(router, "/customers", out=CustomerOut, permission="customer.edit", status=201)
def add_customer(request: ApiRequest, customer: CustomerIn) -> CustomerOut:
    """Add a customer nobody holds. To hold one, register it."""
    given = customer.model_dump(exclude={"unit", "confirm_possible"})
    units = Unit.objects.filter(company_id=request.actor.company_id)
    one = {"uid": customer.unit} if customer.unit else {"path": request.actor.unit_path}
    unit = units.filter(**one).first()
    if unit is None:
        raise invalid({"unit": [("invalid", {})]})
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    added = actions.add_customer(
        actor=request.actor,
        at=request.at,
        unit=unit,
        details=Details(**{**given, **lists}),
        confirm_possible=customer.confirm_possible,
    )
    return _card(request, added.uid)


@read(router, "/customers/{uid}", out=CustomerOut, permission="customer.view")
def customer(request: ApiRequest, uid: UUID) -> CustomerOut:
    """The customer card. Opening another's card is logged."""
    found = queries.get_customer(request.actor, uid)
    actions.look_at(actor=request.actor, at=request.at, customer=found)
    return _card(request, uid)


@write(
    router, "/customers/{uid}", out=CustomerOut, permission="customer.edit", method="PATCH", versioned=True
)
def correct_customer(request: ApiRequest, uid: UUID, correction: CorrectionIn) -> CustomerOut:
    """Correct the card; the earlier values stay in the register."""
    given = correction.model_dump(exclude={"profile"}, exclude_none=True) | correction.profile
    if "latin_name" in given:
        given["latin"] = given.pop("latin_name")
    ownership.update_customer(
        actor=request.actor, at=request.at, uid=uid, changes=given, version=expected_version(request)
    )
    return _card(request, uid)


@write(router, "/customers/{uid}/identifiers", out=IdentifierOut, permission="customer.edit", status=201)
def add_identifier(request: ApiRequest, uid: UUID, identifier: IdentifierIn) -> Identifier:
    return ownership.add_identifier(
        actor=request.actor, at=request.at, uid=uid, kind=identifier.kind, value=identifier.value
    )


@write(
    router, "/customers/{uid}/identifiers/{identifier}/void", out=IdentifierOut, permission="customer.edit"
)
def void_identifier(request: ApiRequest, uid: UUID, identifier: UUID, why: ReasonIn) -> Identifier:
    """Say that it is not the customer's (any more)."""
    return actions.void_identifier(
        actor=request.actor, at=request.at, uid=uid, identifier_uid=identifier, reason=why.reason
    )


@write(router, "/customers/{uid}/reveal/{item}", out=RevealOut, permission="customer.reveal")
def reveal(request: ApiRequest, uid: UUID, item: UUID, why: RevealIn) -> RevealOut:
    """The whole value of an identifier, or the phone of a contact. Each look is an entry in the register."""
    value = actions.reveal(actor=request.actor, at=request.at, uid=uid, item_uid=item, reason=why.reason)
    return RevealOut(value=value)


@write(router, "/customers/{uid}/contacts", out=ContactOut, permission="customer.edit", status=201)
def add_contact(request: ApiRequest, uid: UUID, contact: ContactIn) -> ContactOut:
    row = ownership.add_contact(actor=request.actor, at=request.at, uid=uid, **contact.model_dump())
    return _contact(queries.KnownContact(row, contact.name))


@write(router, "/customers/{uid}/contacts/{contact}/void", out=None, permission="customer.edit")
def void_contact(request: ApiRequest, uid: UUID, contact: UUID, why: ReasonIn) -> None:
    actions.void_contact(actor=request.actor, at=request.at, uid=uid, contact_uid=contact, reason=why.reason)


@write(router, "/customers/{uid}/contacts/{contact}/chain", out=None, permission="customer.edit")
def set_chain(request: ApiRequest, uid: UUID, contact: UUID, part: ChainIn) -> None:
    """Say what part a contact has in the decision."""
    actions.set_chain(actor=request.actor, at=request.at, uid=uid, contact_uid=contact, chain=part.chain)


@write(router, "/customers/{uid}/contacts/{contact}/left", out=None, permission="customer.edit")
def contact_left(request: ApiRequest, uid: UUID, contact: UUID) -> None:
    """The contact is no longer there; what was said to them stays."""
    actions.contact_left(actor=request.actor, at=request.at, uid=uid, contact_uid=contact)


@write(
    router,
    "/customers/{uid}/contacts/{contact}/move",
    out=ContactOut,
    permission="customer.edit",
    status=201,
)
def move_contact(request: ApiRequest, uid: UUID, contact: UUID, where: ContactMoveIn) -> ContactOut:
    """The contact works at another customer now; the answer is the contact there."""
    row = actions.move_contact(
        actor=request.actor,
        at=request.at,
        uid=uid,
        contact_uid=contact,
        to_uid=where.to,
        title=where.title,
        rank=where.rank,
    )
    known = next(one for one in queries.contacts(row.customer) if one.contact.pk == row.pk)
    return _contact(known)


def _relation(one: Related) -> RelationOut:
    row = one.relation
    return RelationOut(
        uid=row.uid,
        kind=row.kind,
        one=row.one.uid,
        other=row.other.uid,
        reads=one.words,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


@read(router, "/customers/{uid}/relations", out=list[RelationOut], permission="customer.view")
def relations(request: ApiRequest, uid: UUID) -> list[RelationOut]:
    """Relations to other customers: those that stand, then those that have ended."""
    found = queries.get_customer(request.actor, uid)
    return [_relation(one) for over in (False, True) for one in relations_of(found, over=over)]


@write(router, "/customers/{uid}/relations", out=RelationOut, permission="customer.edit", status=201)
def relate(request: ApiRequest, uid: UUID, relation: RelationIn) -> RelationOut:
    """Note a relation between two customers one may see. They stay two."""
    row = actions.relate(
        actor=request.actor,
        at=request.at,
        uid=uid,
        other_uid=relation.other,
        kind=relation.kind,
        starts_on=relation.starts_on,
    )
    found = relations_of(queries.get_customer(request.actor, uid))
    return _relation(next(one for one in found if one.relation.pk == row.pk))


@write(router, "/relations/{uid}/end", out=None, permission="customer.edit")
def end_relation(request: ApiRequest, uid: UUID, end: EndIn) -> None:
    """The relation is over; it stays on record."""
    actions.end_relation(actor=request.actor, at=request.at, uid=uid, ends_on=end.ends_on)


@write(router, "/relations/{uid}/void", out=None, permission="customer.edit")
def void_relation(request: ApiRequest, uid: UUID, why: ReasonIn) -> None:
    """It never was so."""
    actions.void_relation(actor=request.actor, at=request.at, uid=uid, reason=why.reason)


def _touch(line: queries.KnownTouch) -> TouchOut:
    row = line.touch
    return TouchOut(
        uid=row.uid,
        kind=row.kind,
        staff=row.staff.uid,
        staff_name=row.staff.name,
        unit=row.unit.uid,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        reached=row.reached,
        met=row.met,
        contact=row.contact.uid if row.contact else None,
        scope=row.scope,
        facts=row.facts,
        note=line.note,
        corrects=row.corrects.uid if row.corrects else None,
        corrected=line.corrected,
    )


@read(router, "/customers/{uid}/touches", out=TouchesOut, permission="customer.view")
def customer_touches(
    request: ApiRequest,
    uid: UUID,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    before: UUID | None = None,
) -> TouchesOut:
    """The time line, newest first."""
    customer = queries.get_customer(request.actor, uid)
    last = None
    if before:
        last = Touch.objects.filter(uid=before, company_id=request.actor.company_id).first()
        if last is None:
            raise missing()
    lines = queries.touches(customer, limit=limit + 1, before=last.pk if last else None)
    more, lines = len(lines) > limit, lines[:limit]
    return TouchesOut(
        items=[_touch(line) for line in lines], next=lines[-1].touch.uid if more and lines else None
    )


@write(router, "/customers/{uid}/touches", out=TouchOut, permission="touch.record", status=201)
def add_touch(request: ApiRequest, uid: UUID, touch: TouchIn) -> TouchOut:
    """Record a touch and let it count for the holder where the policy says so."""
    given = touch.model_dump(exclude={"contact"})
    row = ownership.record_touch(
        actor=request.actor, at=request.at, uid=uid, contact_uid=touch.contact, **given
    )
    return _touch(queries.KnownTouch(row, touch.note, False))


@write(router, "/touches/{uid}/correct", out=TouchOut, permission="touch.record", status=201)
def correct_touch(request: ApiRequest, uid: UUID, correction: TouchCorrectionIn) -> TouchOut:
    """Correct a touch by a new one that names it."""
    given = correction.model_dump(exclude_none=True)
    row = ownership.correct_touch(actor=request.actor, at=request.at, touch_uid=uid, **given)
    return _touch(queries.KnownTouch(row, given.get("note", ""), False))


def _merge(row: Merge) -> MergeOut:
    return MergeOut(
        uid=row.uid, kept=row.kept.uid, gone=row.gone.uid, merged_at=row.merged_at, undone_at=row.undone_at
    )


@write(router, "/customers/{uid}/merge", out=MergeOut, permission="customer.merge", status=201)
def merge_customers(request: ApiRequest, uid: UUID, merge: MergeIn) -> MergeOut:
    """Count another customer as this one. Can be undone for seven days."""
    row = ownership.merge_customers(
        actor=request.actor, at=request.at, kept_uid=uid, gone_uid=merge.gone, reason=merge.reason
    )
    return _merge(row)


@write(router, "/merges/{uid}/undo", out=MergeOut, permission="customer.merge")
def undo_merge(request: ApiRequest, uid: UUID) -> MergeOut:
    return _merge(ownership.undo_merge(actor=request.actor, at=request.at, merge_uid=uid))


@write(router, "/customers/{uid}/erase", out=None, permission="customer.erase")
def erase_customer(request: ApiRequest, uid: UUID, erase: EraseIn) -> None:
    """Shred the personal data of a customer for good; proofs stay valid."""
    actions.erase(actor=request.actor, at=request.at, uid=uid, **erase.model_dump())


@read(router, "/search", out=list[HitOut], permission=None, method="POST")
def find(request: ApiRequest, search_for: SearchIn) -> list[search.Hit]:
    """Customers and cases by phone, name, plate or number, newest first; only what one may see."""
    return search.search(request.actor, search_for.q, search_for.limit, search_for.before)
