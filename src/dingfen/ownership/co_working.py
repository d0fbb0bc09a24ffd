"""What it means to work beside a holder: no duty to tell, an end with the hold, and the words for it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from dingfen.accounts.actor import Actor
from dingfen.outbox.events import NOTICE_ONLY, Event, declare
from dingfen.ownership.co_worker_rows import CoWorker, at_work
from dingfen.ownership.models import Registration
from dingfen.ownership.notices import tell
from dingfen.parties.models import Touch

PROBLEMS = {
    "co_worker.no_rule": (
        _("The policy of this unit knows no co-workers."),
        _("The policy owner decides whether customers can have them."),
    ),
    "co_worker.holder_names": (
        _("Only the holder or the head of the unit names co-workers."),
        _("Ask the holder (%(article)s)."),
    ),
    "co_worker.head_names": (
        _("Only the head of the unit names co-workers."),
        _("Ask the head (%(article)s)."),
    ),
    "co_worker.no_hold": (
        _("Co-workers have no hold on the customer."),
        _("Ask the holder or the head of the unit."),
    ),
    "co_worker.ended": (_("This person is no longer a co-worker here."), _("Load the page again.")),
}
FAULTS = {
    "co_worker.oneself": _("You cannot name yourself."),
    "co_worker.holder": _("The holder needs no naming; choose a colleague."),
    "co_worker.sells_nothing": _("Choose a salesperson, a service agent or a head."),
    "co_worker.already": _("This colleague is a co-worker already."),
    "co_worker.at_most": _("At most %(limit)s co-workers; end one first (%(article)s)."),
    "co_worker.share": _("A whole number from 0 to 100."),
    "co_worker.shares": _("At most %(left)s%% is left; the others have the rest."),
    "co_worker.role": _("Choose a role from the list."),
}


def only_helps(registration: Registration, actor: Actor) -> bool:
    """Whether the actor knows of this hold as a co-worker alone, and so may not change it."""
    if registration.holder_id == actor.staff_id:
        return False
    return not Registration.objects.concerning(actor).filter(pk=registration.pk).exists()


def owes_nothing(registration: Registration, touch: Touch) -> bool:
    """Whether the touch is by a co-worker of that time: the holder knows whom they named (A6)."""
    return (
        registration.co_workers.at_work()
        .filter(staff_id=touch.staff_id, from_at__lte=touch.occurred_at)
        .exists()
    )


def end_with(registration: Registration, at: datetime) -> None:
    """The hold ends, and those beside it with it; the entry of that end tells it. Told to each."""
    for one in at_work(registration):
        one.ended_at = at
        one.save(update_fields=["ended_at"])
        tell_ended(one, registration, at)


def tell_ended(one: CoWorker, registration: Registration, at: datetime) -> None:
    tell(
        [one.staff],
        "co_worker.ended",
        ("customer", registration.customer.uid),
        {"customer": registration.customer.masked_name},
        at=at,
        key=f"co_worker_ended:{one.uid}",
    )


def declare_events() -> None:
    """Messages to those who work beside a holder."""
    declare(
        Event(
            "co_worker.named",
            _("Named as a co-worker"),
            _("You work on %(customer)s now"),
            _("%(by)s named you; the card is open to you, the holder is %(holder)s"),
        ),
        Event(
            "co_worker.ended",
            _("No longer a co-worker"),
            _("You no longer work on %(customer)s"),
            _("The hold or your part in it ended; the card is closed to you"),
            channels=NOTICE_ONLY,
        ),
    )
