"""Words for the API's own problems, and for faults that the schema finds in a field."""

from django.utils.translation import gettext_lazy as _

# code -> (title, detail)
PROBLEMS = {
    "sign_in.needed": (_("Sign-in needed"), _("Send an API token, or sign in.")),
    "token.unknown": (_("Token not valid"), _("The token is unknown, expired or revoked. Make a new one.")),
    "csrf.failed": (_("Page too old"), _("Reload the page and try again.")),
    "address.unknown": (_("Not found"), _("There is nothing at this address.")),
    "method.not_allowed": (_("Not possible here"), _("This address takes %(allowed)s.")),
    "body.unreadable": (_("Not readable"), _("The body is not valid JSON in UTF-8.")),
    "body.too_large": (_("Too large"), _("The request is larger than %(limit)s MB.")),
    "body.type": (_("Not readable"), _("Send the body as %(accepted)s.")),
    "idempotency.form": (
        _("Idempotency key not accepted"),
        _("An idempotency key has 1 to 128 visible ASCII characters."),
    ),
    "idempotency.other": (
        _("Idempotency key used before"),
        _("This idempotency key came with another request. Send a new key."),
    ),
    "idempotency.running": (
        _("Still running"),
        _("The first request with this idempotency key still runs. Try again shortly."),
    ),
    "version.form": (_("Version not accepted"), _("If-Match takes the version from the ETag.")),
    "rate.limit": (_("Too many requests"), _("Try again in %(seconds)s seconds.")),
    "busy": (_("Busy"), _("Nothing was saved. Try again in a moment.")),
    "fault": (_("Not saved"), _("Try again, or give number %(id)s to your administrator.")),
}

# code of a field's fault -> words; the schema's own codes are mapped in problems.py
FAULTS = {
    "field.missing": _("This field is missing."),
    "field.unknown": _("There is no such field."),
    "field.type": _("Expected: %(expected)s."),
    "field.format": _("Not readable. Expected: %(expected)s."),
    "field.choice": _("Choose one of %(expected)s."),
    "field.short": _("At least %(limit)s characters or items."),
    "field.long": _("At most %(limit)s characters or items."),
    "field.small": _("At least %(limit)s."),
    "field.large": _("At most %(limit)s."),
    "field.future": _("This time can't be later than now."),
    "field.zone": _("Give the time with its offset, such as +08:00."),
    "field.nul": _("Remove the NUL character."),
    "field.wrong": _("This value can't be used here."),
    "cursor.unknown": _("This cursor is not of this list. Start again without it."),
}
