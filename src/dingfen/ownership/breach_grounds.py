"""From a missed duty to tell the holder to the sanction a head may propose: who, by which rule, on what facts."""

from __future__ import annotations

from django.utils.translation import gettext

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.ownership.holding_rows import TellDuty
from dingfen.problems import conflict, missing
from dingfen.register.models import Entry


def breached_duty(actor: Actor, uid: object) -> TellDuty:
    """A duty that was missed, for who may know of it. Raises `sanction.no_breach`, `sanction.there` (409)."""
    rows = TellDuty.objects.visible_to(actor).select_related(
        "receiver__unit", "holder", "registration__customer", "sanction__case"
    )
    duty = rows.filter(uid=str(uid)).first()
    if duty is None:
        raise missing()
    if duty.state != TellDuty.State.BREACHED and not duty.measures:
        raise conflict("sanction.no_breach")
    if sanction := getattr(duty, "sanction", None):
        raise conflict("sanction.there", number=sanction.case.number)
    return duty


def code_of(duty: TellDuty) -> str:
    """The sanction the rules proposed for it; empty where they propose none."""
    return str(duty.measures[0]["sanction"]) if duty.measures else ""


def grounds_of(duty: TellDuty) -> str:
    """What happened, in the language in force: times, numbers and entries, no name of the customer."""
    told = (
        gettext("told only on %(at)s") % {"at": formats.when(duty.told_at)}
        if duty.told_at
        else gettext("not told")
    )
    return gettext(
        "On %(at)s customer %(number)s, held by %(holder)s, was received; the holder was to be told by %(due)s "
        "(%(article)s): %(told)s. Entries: %(entries)s."
    ) % {
        "at": formats.when(duty.arose_at),
        "number": duty.registration.customer.number,
        "holder": duty.holder.name,
        "due": formats.when(duty.due_at),
        "article": duty.article,
        "told": told,
        "entries": ", ".join(entry.name for entry in _entries(duty)) or "—",
    }


def _entries(duty: TellDuty) -> list[Entry]:
    kinds = ("prior.due", "prior.breached", "prior.answered", "holder.notified")
    about = Entry.objects.filter(
        subject_uid=duty.registration.customer.uid, kind__in=kinds, recorded_at__gte=duty.arose_at
    )
    name = str(duty.uid).encode()
    return [one for one in about.select_related("page__book").order_by("seq") if name in bytes(one.body)]
