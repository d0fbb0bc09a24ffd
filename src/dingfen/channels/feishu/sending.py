"""Answers as messages of the application; notices as messages of a group's robot."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any

import orjson

from dingfen.channels import accounts, platforms
from dingfen.channels.models import Account, Sent
from dingfen.channels.sending import Outgoing

OFFICIAL = "https://open.feishu.cn"
DOOR = platforms.TokenDoor(
    OFFICIAL,
    "/open-apis/auth/v3/tenant_access_token/internal",
    "app_id",
    ("app_id", "app_secret", "tenant_access_token", "expire"),
)
_TEXT = 5000


def send(row: Sent, outgoing: Outgoing) -> None:
    """Raises `platforms.PlatformFault`, `calls.CallFailed`."""
    account = row.account
    if robot := str((outgoing.extra or {}).get("robot") or ""):
        platforms.to_robot(
            robot, _robot(account, outgoing.text), own_network=bool(account.settings.get("base"))
        )
        return
    body = {
        "receive_id": outgoing.to,
        "msg_type": "text",
        "content": orjson.dumps({"text": outgoing.text[:_TEXT]}).decode(),
        "uuid": str(row.uid),  # sent again after a crash, it is shown once
    }
    more = {"query": {"receive_id_type": "open_id"}, "headers": {"Authorization": f"Bearer {token(account)}"}}
    try:
        platforms.post(account, OFFICIAL, "/open-apis/im/v1/messages", body, **more)
    except platforms.PlatformFault:
        platforms.forget(account)
        raise


def token(account: Account) -> str:
    """The access token. Raises like `platforms.token`."""
    return platforms.token(account, DOOR)


def robot_sign(stamp: str, secret: str) -> str:
    """HMAC-SHA256 of nothing under `timestamp\\nsecret`, as base64 (the published rule)."""
    return base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def _robot(account: Account, text: str) -> dict[str, Any]:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text[:_TEXT]}}
    secret = str(accounts.secret_of(account).get("robot_secret", ""))
    if secret:
        stamp = str(round(time.time()))
        body |= {"timestamp": stamp, "sign": robot_sign(stamp, secret)}
    return body
