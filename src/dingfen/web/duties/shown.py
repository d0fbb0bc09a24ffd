"""How duties of prior communication stand on other pages: `{% include "duties/part.html" %}` with `duties`.

Any page of a customer (card, hold, reception) gives `duties=open_for(actor, customer_ids)` to its template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.ownership.holding_rows import TellDuty
from dingfen.web.subjects import Subject

LATEST = 5
MEASURES = {
    "warning": pgettext_lazy("measure", "Warning"),
    "fine": pgettext_lazy("measure", "Fine"),
    "suspension": pgettext_lazy("measure", "Suspension from reception"),
    "loss_of_claim": pgettext_lazy("measure", "Loss of the claim"),
    "dismissal": pgettext_lazy("measure", "Dismissal"),
    "head_decides": pgettext_lazy("measure", "The head decides"),
}


def open_for(actor: Actor, customer_ids: Sequence[int]) -> list[TellDuty]:
    """The latest duties about these customers that the reader may know of, newest first."""
    found = (
        TellDuty.objects.visible_to(actor)
        .filter(registration__customer_id__in=list(customer_ids))
        .select_related("receiver", "holder", "registration__customer")
        .order_by("-arose_at", "-pk")[:LATEST]
    )
    for duty in (rows := list(found)):
        mine = duty.receiver_id == actor.staff_id
        duty.may_tell = mine and duty.state in ("open", "breached") and duty.ended_at is None  # type: ignore[attr-defined]
        duty.may_note = mine and duty.note_due_at is not None and duty.noted_at is None  # type: ignore[attr-defined]
        duty.may_answer = (  # type: ignore[attr-defined]
            duty.holder_id == actor.staff_id and not duty.answer and duty.state != "open"
        )
    return rows


def measures_in_words(duty: TellDuty) -> list[tuple[str, str]]:
    """(measure, article) of what the rules propose on a breach."""
    found = []
    for one in duty.measures:
        words = str(MEASURES.get(one["measure"], one["measure"]))
        if one.get("amount"):
            words += " " + formats.money(Decimal(one["amount"]), one["currency"])
        found.append((words, one["article"]))
    return found


def duties_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    """For lists of clocks and notices."""
    rows = TellDuty.objects.visible_to(actor).filter(uid__in=uids).select_related("registration__customer")
    return {
        row.uid: Subject(
            label=gettext("Prior communication"),
            number=row.registration.customer.number,
            url=reverse("duty", args=[row.uid]),
            icon="messages",
            customer=row.registration.customer.masked_name,
            stage=str(row.get_state_display()),
            note=row.holder.name,
        )
        for row in rows.select_related("registration__customer", "holder")
    }
