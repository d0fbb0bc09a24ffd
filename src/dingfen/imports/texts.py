"""Words for what is wrong with a file, a mapping, a row."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "file.empty": (_("Nothing to import."), _("The file has no rows below its header.")),
    "file.type": (_("Not a table."), _("Save it as CSV or as Excel (.xlsx) and upload it again.")),
    "file.encoding": (
        _("Characters can't be read."),
        _("Save the file as CSV UTF-8 and upload it again."),
    ),
    "file.broken": (_("The file is damaged."), _("Open it in a spreadsheet, save it anew and upload it.")),
    "file.too_large": (_("The file is too large."), _("Split it; at most %(rows)s rows in one import.")),
    "file.columns": (_("Too many columns."), _("At most %(limit)s columns; remove those you don't need.")),
    "file.gone": (_("The file is no longer there."), _("Upload it again.")),
    "map.invalid": (_("The column mapping doesn't fit."), _("Correct the places that are named.")),
    "import.state": (_("Not possible now."), _("The import has moved on; load the page again.")),
    "import.kind": (_("Not an import."), _("Choose customers, touches, deals, staff or complaints.")),
}
FAULTS = {
    "cell.required": _("is missing"),
    "cell.long": _("is longer than %(limit)s characters"),
    "date.unreadable": _("is no date; write 2026-04-01 or 2026/4/1 9:05"),
    "date.order": _("could be two dates; choose day first or month first"),
    "date.impossible": _("is a day or time that doesn't exist"),
    "number.unreadable": _("is no number"),
    "number.range": _("is out of range"),
    "flag.unreadable": _("must be yes or no"),
    "choice.unknown": _("must be one of: %(choices)s"),
    "staff.near": _('no staff "%(name)s". Did you mean %(near)s (%(unit)s)?'),
    "staff.nobody": _('no staff "%(name)s". Import staff first, or correct the name'),
    "staff.several": _('several people are called "%(name)s" (%(units)s). Use the employee number'),
    "staff.outside": _("%(name)s works in %(unit)s, for which you can't import"),
    "customer.unknown": _('no customer "%(name)s". Import customers first, or have unknown ones created'),
    "customer.no_number": _("no customer has number %(number)s"),
    "customer.nameless": _("name the customer, or give the phone or number"),
    "customer.several": _("%(number)s customers fit. Give the phone or the customer number"),
    "customer.possible": _(
        "may be an existing customer (%(sure)s%% sure), but not surely. Give the customer number"
    ),
    "row.possible": _("may be an existing customer (%(sure)s%% sure). Merge, keep both or skip"),
    "row.race": _("someone entered the same at this moment. Import the row again"),
    "deal.closed_before": _("lies before the beginning"),
    "complaint.before_received": _("lies before it was received"),
    "complaint.no_class": _("is no class of the rule book. Map it to one of: %(known)s"),
    "map.yaml": _("This isn't YAML that can be read (line %(line)s)."),
    "map.missing": _("This is missing."),
    "map.choice": _("Choose one of %(expected)s."),
    "map.field": _("There is no field %(field)s. Known fields: %(known)s."),
    "map.zone": _("There is no such time zone. Write it like Asia/Shanghai."),
    "map.wrong": _("This can't be used here."),
    "map.column": _('The file has no column "%(column)s". Its columns: %(columns)s.'),
    "map.required": _('Choose a column for "%(label)s".'),
}
ROW = _("Row %(row)s, %(column)s: %(fault)s")
ROW_ALONE = _("Row %(row)s: %(fault)s")
BLOCKED = {
    "undo.worked_on": _("others have worked with it since"),
    "undo.disputed": _("a dispute about it has been ruled on"),
    "undo.signed_in": _("the person has signed in or acted"),
    "undo.in_use": _("it is in use"),
}
