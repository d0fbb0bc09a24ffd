"""Words for the problems of clocks."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "clock.ended": (_("The clock has ended"), _("It was met or cancelled before; nothing changed.")),
    "clock.not_running": (_("The clock is not running"), _("Only a running clock can be paused.")),
    "clock.not_paused": (_("The clock is not paused"), _("Only a paused clock can be resumed.")),
    "clock.paused": (_("The clock is paused"), _("Resume it first.")),
    "clock.not_later": (_("Not a later deadline"), _("An extension needs a date after the deadline now.")),
}
