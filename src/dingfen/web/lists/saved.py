"""Saved views: kept by a person, alone or for the unit; one of them opens the list."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from dingfen.accounts.actor import Actor
from dingfen.database import kept, rows
from dingfen.problems import invalid, missing
from dingfen.web.models import DefaultView, SavedView

NAME_LIMIT = 40


def views_of(actor: Actor, list_key: str) -> list[SavedView]:
    """The views of a list that this person sees: own ones first."""
    if not kept.count(
        _seen, actor, list_key, most=1
    ):  # as most lists have it, and told without building anything
        return []
    found = _seen(actor, list_key).select_related("shared_with").order_by("pk")
    return sorted(found, key=lambda view: view.owner_id != actor.staff_id)


def _seen(actor: Actor, list_key: str) -> QuerySet[SavedView]:
    return SavedView.objects.visible_to(actor).filter(list=list_key)


def default_of(actor: Actor, list_key: str) -> SavedView | None:
    chosen = rows.first(DefaultView, staff_id=actor.staff_id or 0, list=list_key)
    return chosen.view if chosen else None


@transaction.atomic
def save(
    *, actor: Actor, at: dt.datetime, list_key: str, name: str, query: str, shared: bool, default: bool
) -> SavedView:
    """Keep a view under a name; an own view of that name is replaced. Raises Problem for an empty name."""
    name = name.strip()
    if not name or len(name) > NAME_LIMIT:
        raise invalid({"name": [("too_long", {"limit": NAME_LIMIT}) if name else ("required", {})]})
    view, _made = SavedView.objects.update_or_create(
        owner_id=actor.staff_id,
        list=list_key,
        name=name,
        defaults={"query": query, "saved_at": at, "shared_with_id": actor.unit_id if shared else None},
    )
    if default:
        open_with(actor=actor, list_key=list_key, view=view)
    return view


@transaction.atomic
def open_with(*, actor: Actor, list_key: str, view: SavedView | None) -> None:
    """Open this person's list with a view; None: as it comes."""
    if view is None:
        DefaultView.objects.filter(staff_id=actor.staff_id or 0, list=list_key).delete()
        return
    DefaultView.objects.update_or_create(staff_id=actor.staff_id or 0, list=list_key, defaults={"view": view})


def one(actor: Actor, list_key: str, uid: str, own: bool = False) -> SavedView:
    """A view by its uid. Raises Problem (404) when this person does not see it, or does not own it."""
    found = SavedView.objects.visible_to(actor).filter(list=list_key, uid=uid)
    view = (found.filter(owner_id=actor.staff_id) if own else found).first()
    if view is None:
        raise missing()
    return view


def remove(*, actor: Actor, list_key: str, uid: str) -> None:
    one(actor, list_key, uid, own=True).delete()
