"""What is wrong, or odd, in rules on complaints, in words (see `findings`)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERRORS: dict[str, Promise] = {
    "limits_do_not_grow": _("The limits of %(id)s must grow, and only the last one may be left out."),
    "unknown_name": _("There is no %(name)s in this pack."),
    "within_needs_since": _("A time to take a step needs the event it counts from, and the other way round."),
}
FINDINGS: dict[str, Promise] = {
    "class_below_itself": _("The class %(id)s stands below itself."),
    "class_without_measure": _("No remedy suits the class %(id)s."),
    "clock_unreachable": _("%(id)s is never reached: %(after)s holds wherever it would."),
    "clocks_contradict": _(
        "%(after)s (%(length)s) and %(id)s (%(every)s) can both apply; then the longer one holds."
    ),
    "due_after_what_follows": _(
        "%(id)s (%(length)s) may end after %(after)s (%(every)s), which comes later."
    ),
    "event_unhandled": _("Nothing is owed after %(event)s: no clock starts with it."),
    "extension_untold": _("%(id)s can be extended without a letter to the customer."),
    "grading_changes_nothing": _("%(id)s changes nothing beside %(after)s."),
    "gradings_meet": _("%(id)s and %(after)s can hold at once with different levels; %(level)s counts."),
    "level_never_given": _("No rule gives the level %(id)s."),
    "level_without_clock": _("For the level %(id)s no clock says when a decision is due."),
    "level_without_step": _("The ladder has no step for the level %(id)s."),
    "named_by_nothing": _("Nothing names %(id)s."),
    "step_leads_nowhere": _("The step %(id)s names neither papers nor a body to turn to."),
    "step_unreachable": _("The step %(id)s is never reached: the steps before it wait for one another."),
    "told_before_it_starts": _("Somebody would be told before %(id)s starts: it lasts %(length)s."),
}
MENDS: dict[str, Promise] = {
    "class_below_itself": _("Name another parent."),
    "class_without_measure": _("Name remedies under measures, here or at the class above."),
    "clock_unreachable": _("Put the special clock before the general one, or take it away."),
    "clocks_contradict": _("Put the shorter one first, or narrow the conditions."),
    "due_after_what_follows": _("Shorten it, or lengthen the later one."),
    "event_unhandled": _("Add a clock that starts with this event, if somebody must act on it."),
    "extension_untold": _("Name the letter under extension.letter."),
    "grading_changes_nothing": _("Take it away, or narrow the stronger rule."),
    "gradings_meet": _("Nothing, if the greater level is meant to count; otherwise narrow one of them."),
    "level_never_given": _("Add a rule under grading, or take the level away."),
    "level_without_clock": _("Add a clock that ends with decided."),
    "level_without_step": _("Add a step, or leave its levels out."),
    "named_by_nothing": _("Nothing needs to be done if people choose it by hand."),
    "step_leads_nowhere": _("Add papers or bodies."),
    "step_unreachable": _("Take one of the names out of after."),
    "told_before_it_starts": _("Tell later, or after the end."),
}
