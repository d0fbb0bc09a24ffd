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
# How each kind is followed, and what a result therefore doesn't say: said on the page and in the shell.
NOTES = {
    "disputes": _("A ruling is folded anew from what was known when it was proposed."),
    "holds": _(
        "A hold is followed with the grades, stages and disputes of its time, until it ended in fact."
    ),
    "complaints": _("A complaint is judged by what is known of it at its end: later facts carry no date."),
}
