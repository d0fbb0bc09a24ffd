"""How an administrator connects a channel: what to do where, in order, and an example of a call to us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dingfen.channels.models import Channel

Said = str | Promise


@dataclass(frozen=True, slots=True)
class Guide:
    """`key`: how the door's address shows its key, where it does. `example`: a call, `{door}` is the address."""

    steps: tuple[Said, ...]
    key: str = ""
    example: str = ""


_DOOR = _("Enter the address shown below there, and save. It is checked at once, so save here first.")
_ROBOT = _("To tell a group of events: add a robot to it and enter the robot's address and secret here.")

GUIDES: Mapping[str, Guide] = {
    Channel.MAIL: Guide(
        (
            _("Let the mailbox be read by IMAP and send by SMTP: a switch in the settings of the mailbox."),
            _(
                "Where the provider wants a code of its own for programs (client code), enter it as the password; "
                "the password of the web page is refused then."
            ),
            _("Usual ports: IMAP 993 with TLS, SMTP 465 with TLS or 587 with STARTTLS."),
            _("SMTP server left empty: answers go by the server of this installation."),
            _("Save, test, then send a test message to yourself. Letters from before stay where they are."),
        )
    ),
    Channel.WEB: Guide(
        (
            _("Choose a short name; the address of the page ends with it."),
            _(
                "Put the address on your website, receipts and chat menus, and the picture code up at the counter."
            ),
            _("A code to confirm phone or e-mail needs the channel SMS or e-mail to be on."),
        )
    ),
    Channel.SMS: Guide(
        (
            _("Take from the provider's description: the address for sending, and the names of its fields."),
            _(
                "Write {phone} or {national}, {text}, {id} and {token} where number, text, number of the message and "
                'key go. JSON: {"mobile": "{phone}", "content": "{text}"}. Form: mobile={national}&content={text}.'
            ),
            _('Enter a piece of the answer that says it went, such as "code":0; else any HTTP 200 counts.'),
            _(
                "For texts of customers: choose a key of at least 20 characters, enter it here, and give the "
                "provider the address shown below with that key in the place of KEY."
            ),
            _("Save, then send a test message to your own phone."),
        ),
        key="?key=KEY",
        example='curl "{door}?key=KEY" -d "mobile=13900000000" -d "content=…" -d "msgid=1001"',
    ),
    Channel.PHONE: Guide(
        (
            _("Choose a token of at least 20 characters, or a signing secret where the switchboard can sign."),
            _(
                "Let the switchboard call the address shown below when a call rings, is answered and ends, with the "
                "token in the header Authorization."
            ),
            _("The answer names the customer, open matters and whom to connect to. Try it with the example."),
        ),
        example=(
            'curl {door} -H "Authorization: Bearer TOKEN" -H "Content-Type: application/json" \\\n'
            '  -d \'{"call": "C-1001", "event": "ringing", "number": "13900000000", "called": "02100000000"}\''
        ),
    ),
    Channel.WEBHOOK: Guide(
        (
            _("Make a signing secret: whsec_ and base64 of at least 24 random bytes; both sides enter the same."),
            _("The other system brings messages to the address shown below, signed as Standard Webhooks say."),
            _("To hear answers and events it names an address; the test sends it one of type ping."),
        ),
        example=(
            'POST {door}\nwebhook-id: …  webhook-timestamp: …  webhook-signature: v1,…\n\n'
            '{"type": "message", "data": {"id": "a1", "channel": "chat",\n'
            ' "sender": {"id": "buyer-9", "name": "…", "phone": "…"}, "text": "…"}}'
        ),
    ),
    Channel.WECOM: Guide(
        (
            _("WeCom's admin console, My company: copy the Corp ID."),
            _("App management, your own application: copy AgentId and Secret."),
            _("In the application, Receive messages, Set API: draw Token and EncodingAESKey, enter both here."),
            _DOOR,
            _("Enter this server's public address as a trusted IP of the application, or it may not send."),
            _ROBOT,
        )
    ),
    Channel.DINGTALK: Guide(
        (
            _("DingTalk's developer console, your company's own application: copy Client ID and Client Secret."),
            _("Add the ability Robot, mode HTTP; copy the RobotCode."),
            _("Enter the address shown below as the robot's address for receiving messages, and publish."),
            _("Token and AES key are only needed where you subscribe to events by HTTP."),
            _ROBOT,
        )
    ),
    Channel.FEISHU: Guide(
        (
            _("Feishu's developer console, your company's own application: copy App ID and App Secret."),
            _("Events and callbacks, Encryption: copy Verification Token and Encrypt Key."),
            _DOOR,
            _(
                "Add the event im.message.receive_v1 and the permission to read and send messages (im:message), then "
                "publish a version of the application."
            ),
            _ROBOT,
        )
    ),
}  # fmt: skip

_HINTS: tuple[tuple[tuple[str, ...], Said], ...] = (
    (("refused]", "ConnectionRefused", "refused it"), _("Nothing answers there. Check server and port.")),
    (("gaierror", "Name or service", "nodename"), _("No server has this name. Check how it is written.")),
    (
        ("imeout", "timed out", "unreachable"),
        _("No answer in time. Check the port, and whether a firewall stands between."),
    ),
    (
        ("CERTIFICATE", "SSL", "WRONG_VERSION"),
        _("The encryption does not fit. Choose another kind, or the server's name as in its certificate."),
    ),
    (
        ("AUTHENTICATIONFAILED", "LOGIN", "Login", "Authentication", "(535"),
        _("User name or password is refused. Many mailboxes want a client code instead of the password."),
    ),
    (("no folder",), _("The mailbox has no such folder. INBOX always exists.")),
    (("address refused", "CallRefused"), _("The address lies inside the own network. Say so below if it shall.")),
    (
        ("40001", "40013", "40096", "99991663", "10003", "10014", "invalidClient", "nvalid app"),
        _("The platform refuses ID or secret. Copy both anew; one sign is often missing."),
    ),
    (("60020",), _("This server's public address is no trusted IP of the application yet.")),
    (("HTTP 401", "HTTP 403"), _("The other side refuses the key.")),
    (("HTTP 404",), _("The other side knows no such address.")),
    (("HTTP 5",), _("The other side has a fault of its own. It is tried again.")),
)  # fmt: skip

REASONS: Mapping[str, Said] = {
    "bounce": _("A report that a message did not arrive"),
    "auto_reply": _("An automatic answer"),
    "bulk": _("A mailing list or an advertisement"),
    "report": _("A report of a machine"),
    "own": _("A letter of our own"),
    "empty": _("Neither sender nor text"),
    "opt_out": _("Wants no more messages"),
}
"""Why a message was left aside -> in words."""


def hint(error: str) -> Said:
    """What an administrator can do about a fault of the other side; empty where nothing is known."""
    return next((said for signs, said in _HINTS if any(sign in error for sign in signs)), "")
