"""Messages that any other system brings: a shop, a chat, a gateway for social media.

{"type": "message", "data": {"id": "…", "channel": "chat", "sender": {"id": "…", "name": "…", "phone": "…",
 "email": "…"}, "text": "…", "subject": "…", "at": "2026-11-18T10:00:00+08:00"}}
"""

from __future__ import annotations

import binascii
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from dingfen.channels import accounts, chats
from dingfen.channels.hooks import Call, Reply, as_json, forged
from dingfen.channels.models import Account, Channel
from dingfen.problems import Problem

WAYS = frozenset({Channel.WEBHOOK.value, Channel.CHAT.value, Channel.SOCIAL.value})


def hook(account: Account, call: Call) -> Reply:
    """Check the signature (two secrets hold while one is replaced), keep the message."""
    secret = accounts.secret_of(account)
    known = [str(secret[name]) for name in ("secret", "old_secret") if secret.get(name)]
    if not any(signed(one, call) for one in known):
        raise forged()
    told = call.json()
    if told.get("type") != "message":
        return as_json({"taken": False})
    kept = _keep(account, told.get("data"), call.at)
    return as_json({"taken": kept})


def signed(secret: str, call: Call) -> bool:
    """Whether the call is signed under the secret, as Standard Webhooks say."""
    try:
        Webhook(secret).verify(call.body, dict(call.headers), json_parse=False)
    except (WebhookVerificationError, ValueError, UnicodeDecodeError, binascii.Error, RuntimeError):
        return False
    return True


def _keep(account: Account, data: Any, at: datetime) -> bool:
    sender = data.get("sender") if isinstance(data, dict) else None
    if not isinstance(sender, dict) or not str(sender.get("id", "")) or not str(data.get("id", "")):
        raise Problem("hook.form", 400)
    way, text = str(data.get("channel", Channel.WEBHOOK.value)), str(data.get("text", ""))
    if way not in WAYS or not text.strip() or "\0" in text:
        raise Problem("hook.form", 400)
    hints = {name: str(sender[name])[:200] for name in ("phone", "email", "wechat") if sender.get(name)}
    kept = chats.keep(
        account,
        at=at,
        external=str(data["id"]),
        sender=str(sender["id"]),
        name=str(sender.get("name", "")),
        text=text,
        subject=str(data.get("subject", "")),
        channel=way,
        said_at=_moment(data.get("at"), at),
        hints=hints,
    )
    return kept is not None


def _moment(given: Any, at: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(str(given))
    except ValueError:
        return at
    return moment if moment.tzinfo else at
