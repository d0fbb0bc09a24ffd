"""Answers as messages of the company's robot to one person; notices as messages of a group's robot."""

from __future__ import annotations

import time
from urllib.parse import urlencode

import orjson

from dingfen.channels import accounts, platforms
from dingfen.channels.dingtalk.callback import sign
from dingfen.channels.models import Account, Sent
from dingfen.channels.sending import Outgoing

OFFICIAL = "https://api.dingtalk.com"
DOOR = platforms.TokenDoor(
    OFFICIAL, "/v1.0/oauth2/accessToken", "app_key", ("appKey", "appSecret", "accessToken", "expireIn")
)
_TEXT = 5000


def send(row: Sent, outgoing: Outgoing) -> None:
    """Raises `platforms.PlatformFault`, `calls.CallFailed`."""
    account = row.account
    if robot := str((outgoing.extra or {}).get("robot") or ""):
        text = {"msgtype": "text", "text": {"content": outgoing.text[:_TEXT]}}
        platforms.to_robot(signed(account, robot), text, own_network=bool(account.settings.get("base")))
        return
    body = {
        "robotCode": str(account.settings.get("robot_code") or account.settings.get("app_key", "")),
        "userIds": [outgoing.to],
        "msgKey": "sampleText",
        "msgParam": orjson.dumps({"content": outgoing.text[:_TEXT]}).decode(),
    }
    headers = {"x-acs-dingtalk-access-token": token(account)}
    try:
        said = platforms.post(account, OFFICIAL, "/v1.0/robot/oToMessages/batchSend", body, headers=headers)
    except platforms.PlatformFault:
        platforms.forget(account)
        raise
    if said.get("invalidStaffIdList"):
        raise platforms.PlatformFault("invalidStaffIdList")


def token(account: Account) -> str:
    """The access token. Raises like `platforms.token`."""
    return platforms.token(account, DOOR)


def signed(account: Account, robot: str) -> str:
    """The robot's address with time and signature, where it has a secret."""
    secret = str(accounts.secret_of(account).get("robot_secret", ""))
    if not secret:
        return robot
    stamp = str(round(time.time() * 1000))
    return (
        f"{robot}{'&' if '?' in robot else '?'}{urlencode({'timestamp': stamp, 'sign': sign(stamp, secret)})}"
    )
