"""Signals in words, for the folded part of the card."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.engine.signals import Signal
from dingfen.ownership import signals as found
from dingfen.ownership.claim_rows import chain
from dingfen.ownership.models import Dispute
from dingfen.register.queries import with_pages
from dingfen.web.disputes.card import Proof, Side, proof, sides_of
from dingfen.web.templatetags.dingfen import staff_name

TITLES = {
    "bulk": pgettext_lazy("signal", "Many entries shortly before they were due"),
    "last_day": pgettext_lazy("signal", "Follow-ups on the last day only"),
    "same_notes": pgettext_lazy("signal", "The same note again and again"),
    "search_then_register": pgettext_lazy("signal", "Checked and registered right after a colleague's entry"),
    "too_far": pgettext_lazy("signal", "Two places too far apart for the time between"),
    "zero_length": pgettext_lazy("signal", "Calls without length"),
    "burst": pgettext_lazy("signal", "Many entries in one moment"),
    "carousel": pgettext_lazy("signal", "Released and taken to and fro"),
    "renumbered": pgettext_lazy("signal", "The same name with another number"),
}
SEEN = {
    "bulk": _("%(count)s entries within %(within)s, each less than %(near)s before its follow-up was due."),
    "last_day": _("All %(count)s follow-ups with one customer came less than %(near)s before they were due."),
    "same_notes": _("%(count)s touches carry the same note word for word."),
    "search_then_register": _(
        "%(minutes)s min after an entry of %(others)s the customer was checked and registered."
    ),
    "too_far": _("%(kilometres)s km apart with %(minutes)s min between."),
    "zero_length": _("%(count)s calls were entered as reached with 0 minutes."),
    "burst": _("%(count)s entries within %(within)s."),
    "carousel": _("%(passes)s times one released and %(others)s took, within %(within)s each."),
    "renumbered": _("%(others)s had registered a customer of this name with another number shortly before."),
}
MOST_ENTRIES = 6


@dataclass(slots=True)
class Shown:
    title: str
    seen: str
    side: Side | None
    first: dt.datetime
    last: dt.datetime
    common: str
    basis: str
    proofs: list[Proof] = field(default_factory=list)
    more: int = 0
    also: list[Shown] = field(default_factory=list)


def shown(actor: Actor, dispute: Dispute, at: dt.datetime) -> list[Shown] | None:
    """The signals for a reader who may see them; None for everybody else."""
    if not found.may_see(actor, dispute, at):
        return None
    rows = found.signals_of(dispute, at)
    sides = {str(staff.uid): side for side in sides_of(dispute) for staff in chain(side.claim)}
    numbers = {seq for row in rows for seq in row.signal.entries[:MOST_ENTRIES]}
    entries = {
        entry.seq: proof(entry)
        for entry in with_pages().filter(seq__in=numbers, company_uid=dispute.case.company.uid)
    }
    people = {uid for row in rows for uid in row.signal.others}
    names = {str(staff.uid): staff_name(staff) for staff in Staff.objects.filter(uid__in=people)}
    return _gathered([_one(row, sides, entries, names) for row in rows])


def _gathered(rows: list[Shown]) -> list[Shown]:
    """One line for a pattern and a person; the same pattern seen again stands beneath it, folded."""
    first: dict[tuple[str, str], Shown] = {}
    for one in rows:
        key = (one.title, one.side.uid if one.side else "")
        if (main := first.setdefault(key, one)) is not one:
            main.also.append(one)
    return list(first.values())


def _one(row: found.Shown, sides: dict[str, Side], entries: dict[int, Proof], names: dict[str, str]) -> Shown:
    signal = row.signal
    proofs = [entries[seq] for seq in signal.entries[:MOST_ENTRIES] if seq in entries]
    common = ngettext(
        "%(people)s of %(n)s person here shows this", "%(people)s of %(n)s people here show this", row.staff
    ) % {"people": row.people, "n": row.staff}
    basis = (
        gettext("threshold by %(article)s") % {"article": row.limit.article}
        if row.limit.article
        else gettext("default threshold")
    )
    return Shown(
        str(TITLES[signal.code]),
        words(signal, row, names),
        sides.get(signal.staff),
        signal.first,
        signal.last,
        common,
        basis,
        proofs,
        max(len(signal.entries) - len(proofs), 0),
    )


def words(signal: Signal, row: found.Shown, names: dict[str, str]) -> str:
    """What was seen, in a sentence."""
    params = {
        "count": signal.count,
        "within": formats.span(row.limit.within),
        "near": formats.span(row.limit.near),
        "others": formats.series(names.get(uid, uid) for uid in signal.others),
        **signal.params,
    }
    return str(SEEN[signal.code]) % params
