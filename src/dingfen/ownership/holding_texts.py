"""Words about the life of a hold: what its actions refuse, what its clocks wait for, what people are told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from dingfen.outbox.events import NOTICE_ONLY, Event, declare

PROBLEMS = {
    "duty.not_yours": (_("This is for %(staff)s to do."), _("Open it from your own list.")),
    "duty.told": (_("The holder has been told already."), _("It was on %(at)s.")),
    "duty.ended": (_("Nobody owes this any more."), _("It ended on %(at)s; what was missed stays entered.")),
    "duty.noted": (_("The note is there already."), _("It was made on %(at)s.")),
    "duty.answered": (_("The holder has answered already."), _("It was on %(at)s.")),
    "handover.open": (
        _("A hand-over of %(staff)s's customers is at work."),
        _("Wait until it is done, or discard the plan."),
    ),
    "handover.state": (_("The hand-over has moved on."), _("Load the page again to see where it stands.")),
    "handover.nothing": (_("Nothing would be handed over."), _("Choose who receives at least one of them.")),
    "handover.undo_late": (
        _("The time to undo ended on %(until)s."),
        _("Transfer single customers instead."),
    ),
    "handover.account_closed": (
        _("%(staff)s's account is closed."),
        _("Open it again before undoing the hand-over."),
    ),
    "handover.left": (
        _("%(staff)s still has open matters."),
        _(
            "Customers: %(holds)s, claims: %(claims)s, duties: %(duties)s. Hand them over or close them first."
        ),
    ),
}

CLOCKS = {
    "duty.tell": _("Tell the holder"),
    "duty.note": _("Note what was talked about"),
}


def declare_events() -> None:
    """Messages about hand-overs and prior communication."""
    declare(
        Event(
            "handover.done",
            _("Hand-over done"),
            _("Hand-over of %(staff)s's customers done"),
            _("%(done)s done, %(failed)s left; open it to see each"),
            channels=NOTICE_ONLY,
        ),
        Event(
            "handover.received",
            _("Customers handed over to you"),
            ngettext_lazy(
                "%(count)d customer handed over to you", "%(count)d customers handed over to you", "count"
            ),
            _("From %(staff)s; open your list and follow up"),
        ),
        Event(
            "duty.tell",
            _("A holder to be told"),
            _("Tell the holder: %(customer)s"),
            _("%(holder)s holds this customer; tell them by %(deadline)s"),
            urgent=True,
        ),
        Event(
            "duty.note",
            _("A talk to be noted"),
            _("Note the talk: %(customer)s"),
            _("The holder was away; note what was talked about by %(deadline)s"),
        ),
        Event(
            "duty.noted",
            _("A talk with your customer was noted"),
            _("Note of a talk: %(customer)s"),
            _("%(receiver)s noted what was talked about; say whether you were told"),
            channels=NOTICE_ONLY,
        ),
        Event(
            "duty.breached",
            _("A holder was not told in time"),
            _("Not told in time: %(customer)s"),
            _("%(receiver)s received a customer of %(holder)s; it was due by %(deadline)s"),
        ),
        Event(
            "duty.not_told",
            _("A holder says they were not told"),
            _("Accounts differ: %(customer)s"),
            _("%(holder)s says they were not told by %(receiver)s; look at the entries"),
        ),
    )
