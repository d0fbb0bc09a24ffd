"""Words about what a hold stands on: channel, stage, renewal, confirmation; a customer that waits for a head."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dingfen.outbox.events import Event, declare

PROBLEMS = {
    "stage.same": (_("The sale is at this stage already."), _("Nothing was changed.")),
    "renewal.none": (
        _("The rules know no renewal."),
        _("An effective follow-up is what begins the protection anew."),
    ),
    "renewal.used": (
        _("This hold has been renewed %(at_most)s times, as often as it may be."),
        _("So says %(article)s."),
    ),
    "renewal.holder_asks": (
        _("The holder asks for a renewal."),
        _("Who decides can renew it without being asked."),
    ),
    "renewal.asked": (_("You have asked for a renewal already."), _("The answer comes as a message.")),
    "renewal.not_asked": (
        _("No renewal is asked for here."),
        _("Load it again to see where it stands."),
    ),
    "registration.again_wait": (
        _("After your lapse you may register this customer again from %(date)s."),
        _("So says %(article)s; a colleague may register it now."),
    ),
    "registration.not_asked": (
        _("Nothing is to be confirmed here."),
        _("Load it again to see where it stands."),
    ),
}

CLOCKS = {
    "registration.confirm": _("Confirm the registration"),
    "registration.assign": _("Say who follows"),
    "registration.renewal": _("Decide on a renewal"),
}


def declare_events() -> None:
    declare(
        Event(
            "registration.to_confirm",
            _("A registration to confirm"),
            _("To confirm: %(customer)s"),
            _("%(staff)s has registered this customer; it counts once you confirm it, by %(deadline)s"),
        ),
        Event(
            "registration.confirmed",
            _("Your registration was confirmed"),
            _("Confirmed: %(customer)s"),
            _("The registration counts from now on"),
        ),
        Event(
            "registration.refused",
            _("Your registration was refused"),
            _("Refused: %(customer)s"),
            _("The registration counts as never made; the reason is on its page"),
        ),
        Event(
            "renewal.to_decide",
            _("A renewal to decide on"),
            _("To decide: renewal for %(customer)s"),
            _("%(staff)s asks for the protection to be renewed; say so by %(deadline)s"),
        ),
        Event(
            "renewal.refused",
            _("Your renewal was refused"),
            _("Not renewed: %(customer)s"),
            _("The protection ends on %(until)s as before; the reason is on its page"),
        ),
        Event(
            "registration.renewed",
            _("Your protection was renewed"),
            _("Renewed: %(customer)s"),
            _("Protected until %(until)s"),
        ),
        Event(
            "registration.to_assign",
            _("A customer to assign"),
            _("To assign: %(customer)s"),
            _("The hold lapsed and the rules leave it to you who follows; say so by %(deadline)s"),
        ),
        Event(
            "customer.asked_for",
            _("A customer asked for you"),
            _("Asked for you: %(customer)s"),
            _("%(receiver)s received them in your place"),
            urgent=True,
        ),
    )
