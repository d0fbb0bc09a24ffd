"""Words that pages need: what each clock waits for."""

from django.utils.translation import gettext_lazy as _

CLOCKS = {
    "registration.protection": _("Follow up before the hold lapses"),
    "registration.next_step": _("Planned contact"),
    "registration.cool_down": _("Cool-down ends"),
    "dispute.evidence": _("Give evidence"),
    "dispute.ruling": _("Rule on the dispute"),
    "dispute.appeal": _("Time to appeal ends"),
    "dispute.final": _("Final ruling on the appeal"),
    "registration.card": _("Complete the customer card"),
    "late_call.entry": _("Enter the call of last evening"),
    "effect.duty": _("Duty after the ruling"),
}
PROBLEMS = {
    "export.too_long": (
        _("Too many rows for a workbook."),
        _("A sheet holds %(limit)s rows. Filter the list, or export CSV."),
    ),
}
