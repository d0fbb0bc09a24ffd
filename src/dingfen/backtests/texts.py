"""Words for backtests."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "backtest.running": (_("This version is being tried already."), _("Wait for the result, or stop it.")),
    "backtest.no_history": (
        _("This pack has rules neither on ownership nor on complaints, so there is nothing to try it on."),
        _("Try it on its scenarios instead."),
    ),
    "backtest.ended": (_("It has ended already."), _("Load the page again.")),
}
