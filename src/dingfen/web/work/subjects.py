"""Holds and disputes as lines of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, pgettext

from dingfen.accounts.actor import Actor
from dingfen.ownership.models import Dispute, Effect, Registration
from dingfen.parties.models import Customer
from dingfen.web.subjects import Subject, shows


def page_of(name: str, uid: UUID | str) -> str:
    try:
        return reverse(name, args=[uid])
    except NoReverseMatch:
        return ""


def masked(customer: Customer | None) -> str:
    return f"{customer.masked_name} {customer.masked_phone}".strip() if customer else ""


def registrations(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    rows = Registration.objects.filter(uid__in=uids, company_id=actor.company_id).select_related("customer")
    return {
        row.uid: Subject(
            label=gettext("Customers"),
            number=row.customer.number,
            url=page_of("customer", row.customer.uid),
            icon="users",
            customer=masked(row.customer),
            stage=str(row.get_state_display()),
            note=row.scope,
        )
        for row in rows
    }


def _dispute(dispute: Dispute, stage: str = "") -> Subject:
    return Subject(
        label=pgettext("room", "Disputes"),
        number=dispute.case.number,
        url=page_of("dispute", dispute.case.uid),
        icon="scale",
        customer=masked(dispute.case.customer),
        stage=stage or str(dispute.get_state_display()),
    )


def disputes(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    rows = Dispute.objects.filter(case__uid__in=uids, case__company_id=actor.company_id)
    return {row.case.uid: _dispute(row) for row in rows.select_related("case__customer")}


def effects(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    rows = Effect.objects.filter(uid__in=uids, ruling__dispute__case__company_id=actor.company_id)
    related = rows.select_related("ruling__dispute__case__customer")
    return {row.uid: _dispute(row.ruling.dispute) for row in related}


shows("registration", registrations)
shows("dispute", disputes)
shows("effect", effects)
