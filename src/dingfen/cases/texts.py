"""Words for setting aside, nudging, and files that a case cannot take or show."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "case.erased": (
        _("What was said in %(number)s was erased."),
        _("Its entries still stand in the register."),
    ),
    "nudge.nobody": (_("Nobody to nudge"), _("This deadline waits for no one in particular.")),
    "nudge.own": (_("It is your own move"), _("Nudging is for what waits for somebody else.")),
    "nudge.today": (_("Nudged already today"), _("One nudge a day and matter; they have been told.")),
    "attachment.empty": (_("The file is empty."), _("Choose another one.")),
    "attachment.type": (
        _("Files of this type aren't taken."),
        _("Pictures, PDF, office documents without macros, recordings and plain text are."),
    ),
    "attachment.mismatch": (
        _("The name doesn't fit the content."),
        _("The content is a .%(wanted)s file but the name ends in %(ending)s; save it anew and attach it."),
    ),
    "attachment.too_large": (
        _("The file is too large."),
        _("At most %(limit)s MB a file; shorten or split it."),
    ),
    "attachment.too_many": (_("The case is full."), _("At most %(limit)s files in one case.")),
    "attachment.case_full": (_("The case is full."), _("At most %(limit)s MB in one case.")),
    "attachment.twice": (_("You have attached this file already."), _("The same content counts once.")),
    "attachment.infected": (
        _("The scanner found harmful code."),
        _("The file was not kept. Tell your administrator."),
    ),
    "attachment.unscanned": (
        _("The scanner doesn't answer, so nothing was kept."),
        _("Try again in a few minutes, or tell your administrator."),
    ),
    "attachment.erased": (_("This file was erased."), _("Its digest still stands in the register.")),
    "attachment.no_preview": (_("There is no preview of this file."), _("Download it instead.")),
}
FAULTS = {"snooze.until": _("Choose a moment from now to 90 days ahead.")}
