"""Who belongs to some customers: decision chains of firms, a household, an introduction; who works beside a holder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dingfen.accounts.actor import Actor
from dingfen.demo.organisation import Organisation
from dingfen.ownership.actions.co_working import name_co_worker
from dingfen.ownership.models import Registration
from dingfen.parties import actions
from dingfen.parties.models import Contact, Customer

CHAIN = (
    ("裴清扬", "总经理", Contact.Rank.HEAD, "decider"),
    ("鲁知微", "采购主管", Contact.Rank.SUPERVISOR, "gatekeeper"),
    ("应书言", "车队队长", Contact.Rank.MANAGER, "user"),
)


def draw(organisation: Organisation, actor: Callable[[str, dt.datetime], Actor], at: dt.datetime) -> None:
    """Called once, near the end: what salespeople of the showroom have found out by then."""
    lin = actor("lin", at)
    firms, persons = (_held(organisation, "lin", kind) for kind in ("company", "person"))
    for firm in firms[:2]:
        for name, title, rank, chain in CHAIN:
            actions.add_contact(
                actor=lin, at=at, uid=firm.uid, name=name, title=title, rank=rank, chain=chain
            )
    _beside(organisation, lin, at)
    _relate(lin, at, firms, "parent_company")
    _relate(lin, at, persons, "spouse")
    _relate(lin, at, persons[2:], "introducer")


def _beside(organisation: Organisation, lin: Actor, at: dt.datetime) -> None:
    """Two colleagues work on lin's newest customer with her."""
    held = Registration.objects.filter(holder=organisation.staff["lin"], state="held")
    newest = held.order_by("-registered_at", "-pk").first()
    for username, role, share in (("xu", "sales_support", 20), ("zhu", "delivery", 0)):
        if newest is not None:
            name_co_worker(
                actor=lin,
                at=at,
                registration_uid=newest.uid,
                staff=organisation.staff[username].uid,
                role=role,
                share=share,
            )


def _relate(actor: Actor, at: dt.datetime, pair: list[Customer], kind: str) -> None:
    if len(pair) > 1:
        actions.relate(actor=actor, at=at, uid=pair[0].uid, other_uid=pair[1].uid, kind=kind)


def _held(organisation: Organisation, seller: str, kind: str) -> list[Customer]:
    rows = Registration.objects.filter(
        holder=organisation.staff[seller], state="held", customer__kind=kind
    ).select_related("customer")
    return [one.customer for one in rows.order_by("-registered_at", "-pk")[:4]]
