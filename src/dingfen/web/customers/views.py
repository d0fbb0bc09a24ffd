"""The customer card: facts, time line, identifiers, contacts, who holds it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.ownership.models import ACTIVE, Deal, Registration
from dingfen.parties import queries
from dingfen.parties.actions import look_at
from dingfen.parties.actions.merging import UNDO_WITHIN
from dingfen.parties.details import PROFILE, completeness
from dingfen.parties.models import Contact, Customer, Merge, Touch
from dingfen.parties.relations import relations_of
from dingfen.parties.texts import IDENTIFIER_KINDS, SOURCES
from dingfen.parties.texts import PROFILE as PROFILE_LABELS
from dingfen.register.models import Entry
from dingfen.web.customers.forms import (
    ContactForm,
    EraseForm,
    IdentifierForm,
    MergeForm,
    MoveForm,
    RelationForm,
    RevealForm,
    TouchForm,
)
from dingfen.web.customers.fullness import fullness
from dingfen.web.customers.line import paged
from dingfen.web.customers.scopes import over_scopes
from dingfen.web.duties.shown import open_for
from dingfen.web.request import Request
from dingfen.web.subjects import page_of
from dingfen.web.templatetags.dingfen import staff_name

KINDS = dict(Touch.Kind.choices)
MET = dict(Touch.Met.choices)


@require_safe
def card(request: Request, uid: UUID) -> HttpResponse:
    """The card; with `?before=` the earlier part of the time line."""
    customer = queries.get_customer(request.actor, uid)
    look_at(actor=request.actor, at=request.at, customer=customer)
    return show(request, customer)


def show(request: Request, customer: Customer, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The card with its forms; `forms` are those just refused, with what is wrong in them."""
    known, contacts = queries.known(customer), queries.contacts(customer)
    line, more = paged(request, customer, events, {one.contact.pk: one.name for one in contacts})
    holds = list(
        Registration.objects.filter(
            customer_id__in=queries.family_ids(customer.pk), state__in=ACTIVE
        ).select_related("holder", "unit__company")
    )
    offered = [(str(one.contact.uid), one.name) for one in contacts]
    context = {
        "customer": customer,
        "name": known.get("name") or customer.masked_name,
        "facts": facts(customer, known),
        "full": round(100 * completeness(known, has_contact=bool(contacts), grade=customer.grade)),
        "events": line,
        "more": more,
        "identifiers": [(IDENTIFIER_KINDS[one.kind], one) for one in queries.identifiers(customer)],
        "contacts": contacts,
        **over_scopes(customer, holds, request),
        **fullness(customer, holds, request.at),
        "former": queries.contacts(customer, left=True),
        "chains": [("", "—"), *Contact.Chain.choices],
        "relations": related(customer, request),
        "relations_over": related(customer, request, over=True),
        "relation_form": RelationForm(prefix="relation"),
        "move_form": MoveForm(prefix="move"),
        "deals": Deal.objects.visible_to(request.actor)
        .filter(customer_id__in=queries.family_ids(customer.pk))
        .select_related("signer", "unit")
        .order_by("-signed_at")[:5],
        "duties": open_for(request.actor, queries.family_ids(customer.pk)),
        "next": request.path,
        "merges": merges(customer, request.at),
        "touch_form": TouchForm(contacts=offered, colleagues=asked_for_choices(request)),
        "identifier_form": IdentifierForm(prefix="identifier"),
        "contact_form": ContactForm(prefix="contact"),
        "merge_form": MergeForm(prefix="merge"),
        "erase_form": EraseForm(prefix="erase"),
        "reveal_form": RevealForm(),
        "can": {
            name: access.decide(request.actor, f"customer.{name}", path=customer.unit.path).allowed
            for name in ("merge", "erase", "reveal", "edit")
        }
        | {"touch": access.decide(request.actor, "touch.record").allowed}
        | ({"edit": False} if helps_alone(customer, holds, request.actor) else {}),
        **forms,
    }
    return render(request, "customers/card.html", context, status=status)


def asked_for_choices(request: Request) -> list[tuple[str, str]]:
    """Colleagues a customer may have asked for by name."""
    found = Staff.objects.filter(
        company_id=request.actor.company_id, is_active=True, grants__role=Role.SALESPERSON
    )
    people = found.exclude(uid=request.actor.uid).distinct().order_by("name")
    return [(str(staff.uid), staff_name(staff)) for staff in people]


def helps_alone(customer: Customer, holds: list[Registration], actor: Actor) -> bool:
    """Whether the reader sees the customer as a co-worker alone, and so leaves the card as it is."""
    if any(one.holder_id == actor.staff_id for one in holds):
        return False
    every = Customer.objects.filter(pk=customer.pk)
    return not every.visible_to(actor, co_working=False).exists()


def related(customer: Customer, request: Request, *, over: bool = False) -> list[dict[str, Any]]:
    """Relations; the other's name and card only for who may see that customer."""
    found = relations_of(customer, over=over)
    ids = [one.other.pk for one in found]
    seen = set(Customer.objects.visible_to(request.actor).filter(pk__in=ids).values_list("pk", flat=True))
    names = queries.names_by_id(request.actor, ids)
    return [
        {
            "row": one.relation,
            "words": one.words,
            "name": names.get(one.other.pk, one.other.masked_name),
            "number": one.other.number if one.other.pk in seen else "",
            "url": reverse("customer", args=[one.other.uid]) if one.other.pk in seen else "",
        }
        for one in found
    ]


def facts(customer: Customer, known: dict[str, Any]) -> list[tuple[Any, Any]]:
    rows: list[tuple[Any, Any]] = [
        (gettext("Person or firm"), customer.get_kind_display()),
        (gettext("Grade"), customer.grade),
        (gettext("Employer"), known.get("employer")),
        (gettext("Name in Latin letters"), known.get("latin")),
    ]
    rows += [(PROFILE_LABELS[name], known.get(name)) for name in PROFILE]
    rows.append((gettext("Source"), SOURCES.get(customer.source, customer.source)))
    by = staff_name(customer.created_by) if customer.created_by else gettext("Import")
    rows.append((gettext("Entered"), f"{formats.when(customer.created_at)} · {by}"))
    return rows


def events(
    lines: Iterable[queries.KnownTouch], names: dict[int, str], request: Request
) -> list[dict[str, Any]]:
    """Touches as a time line, each with its entry in the register; `names` of contacts by id."""
    every = list(lines)
    seqs = [line.touch.entry_seq for line in every if line.touch.entry_seq is not None]
    entries = {one.seq: one for one in Entry.objects.filter(seq__in=seqs).select_related("page__book")}
    return [
        event(line, entries.get(-1 if line.touch.entry_seq is None else line.touch.entry_seq), names, request)
        for line in every
    ]


def event(
    line: queries.KnownTouch, entry: Entry | None, names: dict[int, str], request: Request
) -> dict[str, Any]:
    touch = line.touch
    words = [str(KINDS[touch.kind])]
    words.append(str(MET[touch.met]) if touch.reached else gettext("not reached"))
    if touch.contact:
        words.append(names.get(touch.contact.pk, touch.contact.masked_name))
    if touch.facts.get("card"):
        words.append(gettext("business card"))
    if minutes := touch.facts.get("minutes"):
        words.append(formats.span(dt.timedelta(minutes=minutes)))
    if touch.scope:
        words.append(touch.scope)
    if line.corrected:
        words.append(gettext("corrected later"))
    entered = entry is not None and entry.actor_uid == request.actor.uid
    mine = (entered or touch.staff_id == request.actor.staff_id) and not line.corrected
    return {
        "at": touch.occurred_at,
        "who": staff_name(touch.staff),
        "text": " · ".join(words),
        "note": line.note,
        "key": touch.reached and not line.corrected,
        "entry": entry.short if entry else "",
        "entry_url": page_of("register_entry", entry.name) if entry else "",
        "sealed": bool(entry and entry.page.state == "sealed"),
        "correct_url": reverse("touch_correct", args=[touch.uid]) if mine else "",
    }


def merges(customer: Customer, at: dt.datetime) -> list[dict[str, Any]]:
    """Records that count as this one, and whether that can still be undone."""
    rows = Merge.objects.filter(kept=customer, undone_at=None).select_related("gone", "merged_by")
    return [{"row": row, "undo": at - row.merged_at <= UNDO_WITHIN} for row in rows]
