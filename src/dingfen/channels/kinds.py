"""What an administrator tells of an account, channel by channel: one table for the form, the action and the docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.channels.dingtalk import sending as dingtalk
from dingfen.channels.feishu import sending as feishu
from dingfen.channels.mail import fetching
from dingfen.channels.mail import sending as mail
from dingfen.channels.models import Account, Channel
from dingfen.channels.sms import sending as sms
from dingfen.channels.webhook import outgoing as webhook
from dingfen.channels.wecom import sending as wecom


@dataclass(frozen=True, slots=True)
class Field:
    """`secret` values are kept sealed and never shown; `kind`: text, number, flag, tls, list, language.

    `help`: where to find it or how it is written. `heading`: of the fields that begin with this one.
    """

    name: str
    label: str | Promise
    kind: str = "text"
    secret: bool = False
    needed: bool = False
    default: str = ""
    help: str | Promise = ""
    heading: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """`test` reaches for the other side and raises when it does not work, `try_out` sends a message to an address.

    `door`: others call us.
    """

    fields: tuple[Field, ...]
    test: Callable[[Account], object] | None = None
    try_out: Callable[[Account, str, str], object] | None = None
    door: bool = False


_ROBOT = (
    Field("robot", _("Address of the group's robot"), secret=True, heading=_("Notices in a group")),
    Field("robot_secret", _("Secret of the group's robot"), secret=True),
    Field("events", _("Events to tell"), kind="list"),
    Field("language", _("Language of the group"), kind="language", default="zh-hans"),
    Field("base", _("Other address of the platform"), help=_("Only for private editions.")),
)


def _mailbox(account: Account) -> None:
    """Both ways: sign in to read, sign in to send."""
    fetching.test(account)
    mail.test(account)


def _ping(account: Account) -> None:
    webhook.post(account, f"ping-{account.uid}-{account.version}", b'{"type":"ping","data":{}}')


KINDS: Mapping[str, Kind] = {
    Channel.MAIL: Kind(
        (
            Field("address", pgettext_lazy("mailbox", "Address"), needed=True),
            Field("sender", _("Sender's name")),
            Field("host", _("IMAP server"), needed=True),
            Field("port", _("IMAP port"), kind="number", default="993"),
            Field("tls", _("IMAP encryption"), kind="tls", default="tls"),
            Field("user", _("User name"), needed=True),
            Field(
                "password",
                _("Password"),
                secret=True,
                needed=True,
                help=_("Or the client code, where the provider wants one for programs."),
            ),
            Field("folder", _("Folder"), default="INBOX"),
            Field(
                "smtp_host",
                _("SMTP server"),
                help=_("Empty: the server of this installation."),
                heading=pgettext_lazy("mailbox", "Answers"),
            ),
            Field("smtp_port", _("SMTP port"), kind="number"),
            Field("smtp_tls", _("SMTP encryption"), kind="tls", default="tls"),
        ),
        test=_mailbox,
        try_out=mail.try_out,
    ),
    Channel.WEB: Kind(
        (
            Field(
                "slug", _("Name in the address"), needed=True, help=_("Small letters, digits and hyphens.")
            ),
            Field("confirm", _("Send a code to confirm phone or e-mail"), kind="flag"),
        )
    ),
    Channel.SMS: Kind(
        (
            Field("url", _("Address of the gateway"), needed=True),
            Field(
                "body",
                _("Body: JSON or a form, with {phone} and {text}"),
                help=_("Left empty, the request is a GET without a body."),
            ),
            Field(
                "success", _("What the answer holds when it went"), help=_("Empty: any answer of HTTP 200.")
            ),
            Field("sign", _("Signature before each text")),
            Field("authorization", _("Authorization header"), secret=True),
            Field("token", _("Key, put in for {token}"), secret=True),
            Field("own_network", _("The address stands on the own network"), kind="flag"),
            Field(
                "key_in",
                _("Key the gateway shows when it brings messages"),
                secret=True,
                help=_("At least 20 characters. Left empty, no messages are taken."),
                heading=_("Texts of customers"),
            ),
            Field(
                "from_field",
                _("Its name for the sender's number"),
                help=_("Empty: the usual names are tried."),
            ),
            Field("text_field", _("Its name for the text")),
            Field("id_field", _("Its name for the message's number")),
            Field("answer", _("What it wants to hear when a message was taken"), help=_("Empty: OK")),
        ),
        try_out=sms.try_out,
        door=True,
    ),
    Channel.PHONE: Kind(
        (
            Field("token", _("Token of the switchboard"), secret=True),
            Field("secret", _("Signing secret"), secret=True),
        ),
        door=True,
    ),
    Channel.WEBHOOK: Kind(
        (
            Field("secret", _("Signing secret"), secret=True, needed=True),
            Field("old_secret", _("Earlier signing secret"), secret=True),
            Field("url", _("Address to send to")),
            Field("events", _("Events to tell"), kind="list"),
            Field("own_network", _("The address stands on the own network"), kind="flag"),
        ),
        test=_ping,
        door=True,
    ),
    Channel.WECOM: Kind(
        (
            Field("corp_id", _("Corp ID"), needed=True),
            Field("agent_id", _("Agent ID"), kind="number", needed=True),
            Field("app_secret", _("Application secret"), secret=True, needed=True),
            Field("token", _("Callback token"), secret=True, needed=True),
            Field("aes_key", _("EncodingAESKey"), secret=True, needed=True, help=_("43 letters and digits.")),
            *_ROBOT,
        ),
        test=wecom.token,
        door=True,
    ),
    Channel.DINGTALK: Kind(
        (
            Field("app_key", _("App key"), needed=True),
            Field("app_secret", _("Application secret"), secret=True, needed=True),
            Field("robot_code", _("Robot code")),
            Field("token", _("Callback token"), secret=True),
            Field("aes_key", _("AES key"), secret=True),
            *_ROBOT,
        ),
        test=dingtalk.token,
        door=True,
    ),
    Channel.FEISHU: Kind(
        (
            Field("app_id", _("App ID"), needed=True),
            Field("app_secret", _("Application secret"), secret=True, needed=True),
            Field("verification_token", _("Verification token"), secret=True, needed=True),
            Field("encrypt_key", _("Encrypt key"), secret=True),
            *_ROBOT,
        ),
        test=feishu.token,
        door=True,
    ),
}
