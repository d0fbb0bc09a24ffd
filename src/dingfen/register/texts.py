"""Words for what the register refuses."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "page.closed": (
        _("%(day)s is closed."),
        _("It takes no more reception entries; enter this on the next day's page."),
    ),
    "page.sealed": (_("%(day)s is sealed."), _("Enter a correction that names the entry it corrects.")),
    "page.not_over": (
        _("%(day)s is not over yet."),
        _("A page is sealed after midnight at its site. Close it instead."),
    ),
    "page.ahead": (_("%(day)s has not begun."), _("Close the page on its day.")),
    "page.borrow_first": (
        _("Another site's page must be borrowed."),
        _("Give a reason and a time; a head of that site approves."),
    ),
    "borrowing.needless": (_("You can read this page already."), _("Open it from the register.")),
    "borrowing.exists": (
        _("You have asked for this page already."),
        _("Wait for the answer, or withdraw the request."),
    ),
    "borrowing.answered": (_("This request has been answered."), _("See the answer in the list.")),
    "borrowing.ended": (_("This borrowing has ended."), _("Ask again if you still need the page.")),
    "borrowing.not_yours": (_("This is someone else's borrowing."), _("It ends by itself in time.")),
    "proof.too_early": (
        _("No checkpoint covers this entry yet."),
        _("One is signed when its page is sealed."),
    ),
    "key.no_book": (_("The register has not begun."), _("A key is changed once there are entries.")),
    "witness.known": (_("%(name)s is a witness already."), _("Nothing changed.")),
    "verify.often": (_("Verified a moment ago."), _("Verify again from %(until)s.")),
}

FAULTS = {
    "witness.key": _("Give the witness's verification key as name+id+base64, of the cosignature kind."),
    "witness.url.scheme": _("An address begins with https://; with http:// only on one's own network."),
    "witness.url.form": _("This is no address that can be called."),
    "witness.url.inside": _("This address lies inside a network; say that it is one's own."),
    "borrowing.reason": _("Give the reason in at least %(limit)s characters."),
    "borrowing.hours": _("Between 1 and %(limit)s hours."),
}
