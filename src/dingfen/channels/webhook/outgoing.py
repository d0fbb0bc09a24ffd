"""What goes to another system: answers to its messages, and the events it subscribed to. Signed, sent again."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
from standardwebhooks.webhooks import Webhook

from dingfen import calls
from dingfen.channels import accounts
from dingfen.channels.models import Account, Sent
from dingfen.channels.sending import Outgoing


class Unanswered(OSError):
    """The other side did not say 2xx."""


def send(row: Sent, outgoing: Outgoing) -> None:
    """POST it. The id stays the same when it is sent again. Raises `calls.CallRefused`, `CallFailed`, `Unanswered`."""
    event = (outgoing.extra or {}).get("event")
    told = event or {
        "type": "message.sent",
        "timestamp": row.queued_at.isoformat(),
        "data": {
            "to": outgoing.to,
            "text": outgoing.text,
            "subject": outgoing.subject,
            "case": str(row.case_uid),
        },
    }
    post(row.account, str(row.uid), orjson.dumps(told))


def post(account: Account, uid: str, body: bytes) -> None:
    """Send one body under an id. Raises like `send`."""
    secret = str(accounts.secret_of(account).get("secret", ""))
    now = datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": uid,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(uid, now, body.decode()),
    }
    inside = bool(account.settings.get("own_network"))
    answer = calls.post(str(account.settings["url"]), body, headers=headers, own_network=inside)
    if not 200 <= answer.status < 300:
        raise Unanswered(f"HTTP {answer.status}")
