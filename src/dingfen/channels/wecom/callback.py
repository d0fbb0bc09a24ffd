"""What WeCom calls: the check of the address (GET) and messages to the application (POST, XML)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

from dingfen.channels import accounts, chats, crypt
from dingfen.channels.hooks import Call, Reply, forged, fresh
from dingfen.channels.models import Account
from dingfen.problems import Problem

_ENCRYPT = re.compile(rb"<Encrypt>\s*<!\[CDATA\[([A-Za-z0-9+/=]+)\]\]>\s*</Encrypt>")
_WINDOW = timedelta(hours=1)


def hook(account: Account, call: Call) -> Reply:
    """Check, open, keep. An answer of nothing tells WeCom that it has arrived."""
    secret = accounts.secret_of(account)
    corp = str(account.settings.get("corp_id", ""))
    sealed = call.query.get("echostr", "") if call.method == "GET" else _sealed(call.body)
    stamp, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
    crypt.check(call.query.get("msg_signature", ""), str(secret.get("token", "")), stamp, nonce, sealed)
    fresh(stamp, call.at, _WINDOW)
    message = crypt.decrypt(sealed, str(secret.get("aes_key", "")), corp)
    if call.method == "GET":
        return Reply(message.encode())
    _keep(account, message, call.at)
    return Reply()


def _sealed(body: bytes) -> str:
    found = _ENCRYPT.search(body)
    if found is None:
        raise forged()
    return found[1].decode()


def _keep(account: Account, message: str, at: datetime) -> None:
    if "<!" in message.replace("<![CDATA[", ""):  # no entities, no document types
        raise Problem("hook.form", 400)
    try:
        fields = {one.tag: (one.text or "") for one in ET.fromstring(message)}  # noqa: S314 - signed; no entities
        said_at = datetime.fromtimestamp(int(fields["CreateTime"]), UTC)
    except (ET.ParseError, KeyError, ValueError, OverflowError) as error:
        raise Problem("hook.form", 400) from error
    kind, sender, uid = fields.get("MsgType", ""), fields.get("FromUserName", ""), fields.get("MsgId", "")
    if kind == "event" or not sender or not uid:
        return
    text = fields.get("Content", "") if kind == "text" else f"[{kind}]"
    media = {"id": fields["MediaId"], "kind": kind} if fields.get("MediaId") else None
    chats.keep(account, at=at, external=uid, sender=sender, text=text or "—", said_at=said_at, media=media)
