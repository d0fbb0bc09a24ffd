"""Words for what this room refuses."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "complaint.state": (_("Not possible at this stage."), _("%(number)s is %(stage)s.")),
    "complaint.own": (
        _("You are complained of in this matter."),
        _("Somebody else handles it; the general manager names who."),
    ),
    "message.elsewhere": (
        _("This message belongs to another matter."),
        _("It came before and is in %(number)s."),
    ),
}
FAULTS = {
    "channel.unknown": _("Choose how it reached us."),
    "customer.not_here": _("No such customer in your company."),
    "amount.invalid": _("Write an amount as 3000 or 3000.50."),
    "unit.unknown": _("Choose a unit of your company."),
}
