"""Words for setting aside and nudging."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "nudge.nobody": (_("Nobody to nudge"), _("This deadline waits for no one in particular.")),
    "nudge.own": (_("It is your own move"), _("Nudging is for what waits for somebody else.")),
    "nudge.today": (_("Nudged already today"), _("One nudge a day and matter; they have been told.")),
}
FAULTS = {"snooze.until": _("Choose a moment from now to 90 days ahead.")}
