"""Words about the life of a hold: what its actions refuse, what its clocks wait for, what people are told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dingfen.outbox.events import NOTICE_ONLY, Event, declare

PROBLEMS = {
    "duty.not_yours": (_("This is for %(staff)s to do."), _("Open it from your own list.")),
    "duty.told": (_("The holder has been told already."), _("It was on %(at)s.")),
    "duty.noted": (_("The note is there already."), _("It was made on %(at)s.")),
    "duty.answered": (_("The holder has answered already."), _("It was on %(at)s.")),
}

CLOCKS = {
    "duty.tell": _("Tell the holder"),
    "duty.note": _("Note what was talked about"),
}


def declare_events() -> None:
    """Messages about prior communication."""
    declare(
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
