"""Words for the problems of the outbox."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "delivery.done": (
        _("Already sent or cancelled"),
        _("Only a message that waits or failed can be sent again or cancelled."),
    ),
    "preference.unknown": (_("No such setting"), _("Choose an event and a channel from the list.")),
    "quiet_hours.both": (_("A time is missing"), _("Quiet hours need a start and an end.")),
}
