"""What Feishu calls: the check of the address, and messages to the application (events of schema 2.0)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from dingfen.channels import accounts, chats
from dingfen.channels.hooks import Call, Reply, as_json, forged, fresh
from dingfen.channels.models import Account
from dingfen.problems import Problem

_WINDOW = timedelta(hours=1)


def hook(account: Account, call: Call) -> Reply:
    """Check, open, keep. Without an encryption key the verification token in the event must fit."""
    secret = accounts.secret_of(account)
    key, token = str(secret.get("encrypt_key", "")), str(secret.get("verification_token", ""))
    outer = call.json()
    told = _opened(str(outer["encrypt"]), key) if "encrypt" in outer and key else outer
    header = told.get("header")
    given = str(header.get("token", "")) if isinstance(header, dict) else str(told.get("token", ""))
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise forged()
    if told.get("type") == "url_verification":
        return as_json({"challenge": str(told.get("challenge", ""))})
    if key:
        _check(call, key)
    _keep(account, told, call.at)
    return as_json({})


def signature(stamp: str, nonce: str, key: str, body: bytes) -> str:
    """SHA-256 over timestamp, nonce, key and body (the published rule)."""
    return hashlib.sha256(f"{stamp}{nonce}{key}".encode() + body).hexdigest()


def _check(call: Call, key: str) -> None:
    stamp = call.headers.get("x-lark-request-timestamp", "")
    expected = signature(stamp, call.headers.get("x-lark-request-nonce", ""), key, call.body)
    given = call.headers.get("x-lark-signature", "")
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise forged()
    fresh(stamp, call.at, _WINDOW)


def _opened(sealed: str, key: str) -> dict[str, Any]:
    """AES-256-CBC under SHA-256 of the key; the first block is the initial vector."""
    try:
        data = base64.b64decode(sealed, validate=True)
        opener = Cipher(
            algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(data[:16])
        ).decryptor()
        plain = opener.update(data[16:]) + opener.finalize()
        found = orjson.loads(plain[: -plain[-1]])
    except (ValueError, IndexError, binascii.Error) as error:
        raise forged() from error
    if not isinstance(found, dict):
        raise forged()
    return found


def _keep(account: Account, told: dict[str, Any], at: datetime) -> None:
    header, event = told.get("header"), told.get("event")
    if not isinstance(header, dict) or not isinstance(event, dict):
        raise Problem("hook.form", 400)
    if header.get("event_type") != "im.message.receive_v1":
        return
    try:
        message, sender = event["message"], event["sender"]
        if sender.get("sender_type") == "app":
            return
        who, uid, kind = (
            str(sender["sender_id"]["open_id"]),
            str(message["message_id"]),
            message["message_type"],
        )
        content = orjson.loads(message["content"])
        said_at = datetime.fromtimestamp(int(message["create_time"]) / 1000, UTC)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Problem("hook.form", 400) from error
    text = str(content.get("text", "")) if kind == "text" and isinstance(content, dict) else f"[{kind}]"
    media = _media(content, kind, uid) if isinstance(content, dict) else None
    chats.keep(
        account, at=at, external=uid, sender=who, text=text.strip() or "—", said_at=said_at, media=media
    )


def _media(content: dict[str, Any], kind: str, message: str) -> dict[str, str] | None:
    key = content.get("image_key") or content.get("file_key")
    if not key:
        return None
    kinds = {"audio": "voice", "media": "video"}
    name = str(content.get("file_name") or "")
    return {"id": str(key), "kind": kinds.get(kind, kind), "name": name, "message": message}
