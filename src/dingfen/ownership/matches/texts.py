"""Words for what settling possible matches, and the work behind it, refuses."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "match.apart": (
        _("Two of these were said not to be the same customer."),
        _("Take that back first, or leave one of them out."),
    ),
    "match.only_related": (
        _("Here the question is whether they belong together."),
        _("A relation is no merge; open the group to note it."),
    ),
    "match.undone": (_("This decision is taken back already."), _("Nothing was changed.")),
    "match.nothing": (
        _("No group is above this threshold."),
        _("Choose a lower one, or look at the groups one by one."),
    ),
    "match.job_running": (
        _("The matcher is at work already."),
        _("Wait for it to end, or stop it first."),
    ),
    "match.job_over": (_("This work has ended already."), _("Nothing was changed.")),
    "match.died": (
        _("The work ended three times without a result."),
        _("The log of the worker says why."),
    ),
    "match.failed": (_("The work failed."), _("The log of the worker says why; what was done stays.")),
    "model.in_force": (_("These weights are in force already."), _("Nothing was changed.")),
}
FAULTS = {
    "match.members": _("Choose records of this group."),
    "match.two": _("Choose two records at least."),
    "match.no_relation": _("No relation is proposed between these."),
    "match.precision": _("Between 80%% and 99.9%%."),
    "match.least": _("Between %(least)s and 100."),
    "model.same_from": _("Between 80 and 100."),
    "model.possible_from": _("At least 20, and below the other threshold."),
}
