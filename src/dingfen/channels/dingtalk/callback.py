"""What DingTalk calls: messages to the company's robot (signed header), and events (the sealed format)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from dingfen.channels import accounts, chats, crypt
from dingfen.channels.hooks import Call, Reply, as_json, forged, fresh
from dingfen.channels.models import Account
from dingfen.problems import Problem

_WINDOW = timedelta(hours=1)


def hook(account: Account, call: Call) -> Reply:
    """A message is kept; an event is answered as its format wants, whatever it says."""
    secret = accounts.secret_of(account)
    told = call.json()
    if "encrypt" in told:
        return _event(account, call, str(told["encrypt"]), secret)
    stamp = call.headers.get("timestamp", "")
    expected = sign(stamp, str(secret.get("app_secret", "")))
    if not hmac.compare_digest(expected.encode(), call.headers.get("sign", "").encode("utf-8", "replace")):
        raise forged()
    if not stamp.isdigit():
        raise forged()
    fresh(str(int(stamp) // 1000), call.at, _WINDOW)
    _keep(account, told, call.at)
    return as_json({})


def sign(stamp: str, app_secret: str) -> str:
    """HMAC-SHA256 of `timestamp\\nsecret` under the secret, as base64 (the published rule)."""
    told = f"{stamp}\n{app_secret}".encode()
    return base64.b64encode(hmac.new(app_secret.encode(), told, hashlib.sha256).digest()).decode()


def _event(account: Account, call: Call, sealed: str, secret: dict[str, Any]) -> Reply:
    token, aes_key = str(secret.get("token", "")), str(secret.get("aes_key", ""))
    stamp, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
    given = call.query.get("signature") or call.query.get("msg_signature", "")
    crypt.check(given, token, stamp, nonce, sealed)
    receiver = str(account.settings.get("app_key", ""))
    crypt.decrypt(sealed, aes_key, receiver)
    answer = crypt.encrypt("success", aes_key, receiver)
    mine = crypt.signature(token, stamp, nonce, answer)
    return as_json({"msg_signature": mine, "timeStamp": stamp, "nonce": nonce, "encrypt": answer})


def _keep(account: Account, told: dict[str, Any], at: datetime) -> None:
    sender = str(told.get("senderStaffId") or told.get("senderId") or "")
    uid, kind = str(told.get("msgId", "")), str(told.get("msgtype", ""))
    if not sender or not uid:
        raise Problem("hook.form", 400)
    words = told.get("text")
    text = str(words.get("content", "")) if kind == "text" and isinstance(words, dict) else f"[{kind}]"
    try:
        said_at = datetime.fromtimestamp(int(told.get("createAt", 0)) / 1000, UTC)
    except (ValueError, TypeError, OverflowError):
        said_at = at
    name = str(told.get("senderNick", ""))
    chats.keep(
        account, at=at, external=uid, sender=sender, name=name, text=text.strip() or "—", said_at=said_at,
        media=_media(told, kind),
    )  # fmt: skip


def _media(told: dict[str, Any], kind: str) -> dict[str, str] | None:
    content = told.get("content")
    if not isinstance(content, dict) or not content.get("downloadCode"):
        return None
    name = str(content.get("fileName") or "")
    kinds = {"picture": "image", "audio": "voice"}
    return {"id": str(content["downloadCode"]), "kind": kinds.get(kind, kind), "name": name}
