"""Who belongs to a customer: their part in the decision, who has left, and relations to other customers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from dingfen.parties import actions, queries
from dingfen.parties.models import Customer, Relation
from dingfen.problems import Problem, missing
from dingfen.web.customers.acting import back, on_card, read, reason_given
from dingfen.web.customers.forms import ChainForm, EndForm, MoveForm, RelationForm
from dingfen.web.request import Request
from dingfen.web.toasts import toast


@require_POST
def chain(request: Request, uid: UUID, item: UUID) -> HttpResponse:
    """A contact's part in the decision."""
    chosen = read(ChainForm(request.POST))["chain"]
    actions.set_chain(actor=request.actor, at=request.at, uid=uid, contact_uid=item, chain=chosen)
    toast(request, gettext("Contact changed"))
    return back(uid)


@require_POST
def left(request: Request, uid: UUID, item: UUID) -> HttpResponse:
    actions.contact_left(actor=request.actor, at=request.at, uid=uid, contact_uid=item)
    toast(request, gettext("Noted as left"))
    return back(uid)


@require_POST
def move(request: Request, uid: UUID, item: UUID) -> HttpResponse:
    """The contact now works at another customer, named by its number."""

    def act(given: Any) -> None:
        actions.move_contact(
            actor=request.actor,
            at=request.at,
            uid=uid,
            contact_uid=item,
            to_uid=_numbered(request, given["to"], "to").uid,
            title=given["title"],
        )

    form = MoveForm(request.POST, prefix="move")
    return on_card(request, uid, "move_form", form, act, gettext("Contact moved"))


@require_POST
def relate(request: Request, uid: UUID) -> HttpResponse:
    """Note a relation to another customer, named by its number."""

    def act(given: Any) -> None:
        other = _numbered(request, given["other"], "other")
        kind, turned = given["kind"].partition(":")[::2]
        one, two = (other.uid, uid) if turned else (uid, other.uid)
        actions.relate(
            actor=request.actor,
            at=request.at,
            uid=one,
            other_uid=two,
            kind=kind,
            starts_on=given["starts_on"],
        )

    form = RelationForm(request.POST, prefix="relation")
    return on_card(request, uid, "relation_form", form, act, gettext("Relation noted"))


@require_POST
def end_relation(request: Request, uid: UUID, item: UUID) -> HttpResponse:
    _check(request, uid, item)
    ends_on = read(EndForm(request.POST))["ends_on"]
    actions.end_relation(actor=request.actor, at=request.at, uid=item, ends_on=ends_on)
    toast(request, gettext("Relation ended"))
    return back(uid)


@require_POST
def void_relation(request: Request, uid: UUID, item: UUID) -> HttpResponse:
    _check(request, uid, item)
    reason = reason_given(request)
    actions.void_relation(actor=request.actor, at=request.at, uid=item, reason=reason)
    toast(request, gettext("Relation voided"))
    return back(uid)


def _check(request: Request, uid: UUID, item: UUID) -> None:
    """The relation is one of this customer's, whom the reader may see."""
    customer = queries.get_customer(request.actor, uid)
    ids = queries.family_ids(customer.pk)
    row = Relation.objects.filter(uid=item).first()
    if row is None or not {row.one_id, row.other_id} & set(ids):
        raise missing()


def _numbered(request: Request, number: str, field: str) -> Customer:
    found = Customer.objects.visible_to(request.actor).leading().filter(number=number.strip().upper()).first()
    if found is None:
        raise Problem("input.invalid", 422, {}, {field: [("merge.unknown", {})]})
    return found
