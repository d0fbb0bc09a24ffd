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
from dingfen.channels.models import Account, Channel
from dingfen.channels.webhook import outgoing as webhook
from dingfen.channels.wecom import sending as wecom


@dataclass(frozen=True, slots=True)
class Field:
    """`secret` values are kept sealed and never shown; `kind`: text, number, flag, tls, list, language."""

    name: str
    label: str | Promise
    kind: str = "text"
    secret: bool = False
    needed: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """`test` reaches for the other side and raises when it does not work; `door`: others call us."""

    fields: tuple[Field, ...]
    test: Callable[[Account], object] | None = None
    door: bool = False


_ROBOT = (
    Field("robot", _("Address of the group's robot"), secret=True),
    Field("robot_secret", _("Secret of the group's robot"), secret=True),
    Field("events", _("Events to tell"), kind="list"),
    Field("language", _("Language of the group"), kind="language", default="zh-hans"),
    Field("base", _("Other address of the platform")),
)


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
            Field("password", _("Password"), secret=True, needed=True),
            Field("folder", _("Folder"), default="INBOX"),
            Field("smtp_host", _("SMTP server")),
            Field("smtp_port", _("SMTP port"), kind="number"),
            Field("smtp_tls", _("SMTP encryption"), kind="tls", default="tls"),
        ),
        test=fetching.test,
    ),
    Channel.WEB: Kind(
        (
            Field("slug", _("Name in the address"), needed=True),
            Field("confirm", _("Send a code to confirm phone or e-mail"), kind="flag"),
        )
    ),
    Channel.SMS: Kind(
        (
            Field("url", _("Address of the gateway"), needed=True),
            Field("body", _("Body: JSON or a form, with {phone} and {text}")),
            Field("success", _("What the answer holds when it went")),
            Field("sign", _("Signature before each text")),
            Field("authorization", _("Authorization header"), secret=True),
            Field("token", _("Key, put in for {token}"), secret=True),
            Field("own_network", _("The address stands on the own network"), kind="flag"),
            Field("key_in", _("Key the gateway shows when it brings messages"), secret=True),
            Field("from_field", _("Its name for the sender's number")),
            Field("text_field", _("Its name for the text")),
            Field("id_field", _("Its name for the message's number")),
            Field("answer", _("What it wants to hear when a message was taken")),
        ),
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
            Field("aes_key", _("EncodingAESKey"), secret=True, needed=True),
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
