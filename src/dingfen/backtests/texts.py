"""Words for backtests."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "backtest.running": (_("This version is being tried already."), _("Wait for the result, or stop it.")),
    "backtest.no_ownership": (
        _("This pack has no ownership rules, so there are no rulings to try it on."),
        _("Try it on its scenarios instead."),
    ),
    "backtest.ended": (_("It has ended already."), _("Load the page again.")),
}
