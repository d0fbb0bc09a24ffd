"""Words of the rotation."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "rotation.none": (
        _("%(unit)s has no rotation."),
        _("The rules in force have none; receive as agreed in the team."),
    ),
    "rotation.no_site": (_("You belong to no site."), _("Rotation is kept per site.")),
    "rotation.nobody": (
        _("Nobody is free."),
        _("Choose who receives, with a reason, or check somebody in."),
    ),
    "rotation.moved": (
        _("Someone else took this turn a moment ago."),
        _("Next is %(next)s. Nothing was entered; send it again."),
    ),
    "rotation.suspended": (
        _("%(staff)s is suspended from reception."),
        _("Until %(day)s, by a decision on a sanction."),
    ),
    "rotation.in_already": (_("%(staff)s has checked in already."), _("Nothing was changed.")),
    "rotation.not_in": (_("%(staff)s hasn't checked in today."), _("Check in first.")),
    "rotation.busy": (_("%(staff)s is receiving a customer."), _("End that reception first.")),
    "rotation.not_busy": (_("%(staff)s isn't receiving anyone."), _("Nothing was changed.")),
    "rotation.not_away": (_("%(staff)s isn't away."), _("Nothing was changed.")),
    "rotation.away_already": (_("%(staff)s is away already."), _("Nothing was changed.")),
    "rotation.not_next": (_("It isn't %(staff)s's turn."), _("Only whoever is next can hand on the turn.")),
    "rotation.later_event": (
        _("Something else has happened with %(staff)s since."),
        _("Take the latest entry back first."),
    ),
    "rotation.taken_back": (_("This has been corrected already."), _("Load the page again.")),
    "late.entered": (_("This call has been entered already."), _("Nothing was changed.")),
}
FAULTS = {
    "rotation.reason": _("%(next)s is next. Say why another receives."),
    "rotation.away_reason": _("Say why."),
    "rotation.until_past": _("This time has passed."),
    "rotation.not_of_site": _("%(staff)s takes no turns at this site."),
    "late.not_after_closing": _("This was before closing (%(closing)s); enter it as an ordinary call."),
    "late.over": _("It was to be entered by %(until)s; enter it as a touch."),
    "rotation.not_free": _("%(staff)s can't receive now."),
}
# why one is next (engine.rotation.Why)
WHY = {
    "only_free": _("the only one free"),
    "handed": _("a colleague handed on the turn"),
    "return_turn": _("makes up a turn that came while away or busy"),
    "fewest_new": _("fewest new customers today"),
    "first_in": _("checked in first among those without a new customer"),
    "next_in_order": _("next in the order of turns"),
}
