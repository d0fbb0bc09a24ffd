"""What is wrong, or odd, in rules on incidents, conduct, care, indicators and roles, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERRORS: dict[str, Promise] = {
    "needs_denominator": _("A figure in %(unit)s divides by something: name it under denominator."),
    "needs_second_person": _("%(id)s limits somebody: a second role must approve it."),
    "survey_time": _("%(id)s is asked either after something and within a time, or every so often."),
    "unknown_countable": _("There is nothing called %(name)s that can be counted."),
    "unknown_role": _("There is no role %(role)s."),
}
FINDINGS: dict[str, Promise] = {
    "class_without_cadence": _("Customers of the class %(class)s are never contacted."),
    "demand_without_branch": _("%(id)s has no step for somebody who demands: %(demand)s."),
    "kind_not_counted": _("No criterion speaks for conduct of the type %(id)s."),
    "level_hides_lower": _("The level %(level)s has no condition, so every incident is at least that grave."),
    "level_reaches_nobody": _("Nobody is reached at the level %(level)s."),
    "level_without_playbook": _("The level %(level)s has no playbook for the place %(place)s."),
    "measure_without_rights": _("%(id)s limits somebody and doesn't say %(keys)s."),
    "not_a_share": _("%(id)s counts %(name)s, which is no part of what it divides by."),
    "slower_above": _(
        "%(id)s is for graver incidents and has %(length)s, longer than the %(every)s of %(after)s."
    ),
    "own_deputy": _("The role %(role)s ends up standing in for itself."),
    "playbook_never_used": _(
        "The playbook %(id)s is never used: others come first at its levels and places."
    ),
    "points_out_of_reach": _("%(id)s needs %(points)s points, and all criteria together give %(most)s."),
    "role_not_asked_for": _("No rule asks for the role %(role)s."),
    "weights_not_100": _("The weights of all figures make %(found)s, not 100."),
}
MENDS: dict[str, Promise] = {
    "class_without_cadence": _("Add a cadence for them, or a last one without a condition."),
    "demand_without_branch": _("Add a step for it, or name it in a step that is there."),
    "kind_not_counted": _("Add a criterion for it, or take the type away."),
    "level_hides_lower": _("Say what makes it that grave, or put it first."),
    "level_reaches_nobody": _("Name the level under reach."),
    "level_without_playbook": _("Add a playbook, or let one count everywhere."),
    "measure_without_rights": _("Add an end, a time to be heard and a time to appeal."),
    "not_a_share": _("Divide by what it is a part of, or use another unit."),
    "slower_above": _("Shorten the time, or lengthen that of the lighter level."),
    "own_deputy": _("Name somebody else to stand in."),
    "playbook_never_used": _("Narrow the others, or take it away."),
    "points_out_of_reach": _("Ask for fewer points, or give more."),
    "role_not_asked_for": _("Name it in a rule, or take it away."),
    "weights_not_100": _("Change the weights until they make a hundred."),
}
