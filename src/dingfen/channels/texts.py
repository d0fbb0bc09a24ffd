"""Words for the problems of channels."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "channel.none": (
        _("This channel is not set up"),
        _("An administrator can switch it on under Settings, Channels."),
    ),
    "channel.no_address": (
        _("No address to send to"),
        _("The customer has not written by this channel. Choose another way or enter an address."),
    ),
    "hook.signature": (_("Not accepted"), _("The signature does not fit.")),
    "hook.form": (_("Not understood"), _("The message is not of the documented form.")),
}
FAULTS = {
    "channel.name_taken": _("Another account has this name."),
    "channel.aes_key": _("43 letters and digits, as the platform made it."),
    "channel.token": _("At least %(least)s characters, or a signing secret instead."),
    "channel.secret": _("whsec_ and base64 of at least 24 bytes."),
    "channel.url": _("This address can't be called: https, no inner network unless it is said so."),
    "channel.body": _("Neither a JSON object nor a form such as mobile={phone}&content={text}."),
    "channel.placeholders": _("Say where {phone} and {text} go, in the address or the body."),
    "channel.slug": _("3 to 40 small letters, digits and hyphens."),
}
