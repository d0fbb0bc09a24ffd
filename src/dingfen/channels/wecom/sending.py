"""Answers as messages of the application; notices as messages of a group's robot."""

from __future__ import annotations

from dingfen.channels import platforms
from dingfen.channels.models import Account, Sent
from dingfen.channels.sending import Outgoing

OFFICIAL = "https://qyapi.weixin.qq.com"
DOOR = platforms.TokenDoor(
    OFFICIAL, "/cgi-bin/gettoken", "corp_id", ("corpid", "corpsecret", "access_token", "expires_in"), "get"
)
_TEXT_BYTES = 2048


def send(row: Sent, outgoing: Outgoing) -> None:
    """Raises `platforms.PlatformFault`, `calls.CallFailed`."""
    account = row.account
    if robot := str((outgoing.extra or {}).get("robot") or ""):
        text = {"msgtype": "text", "text": {"content": cut(outgoing.text)}}
        platforms.to_robot(robot, text, own_network=bool(account.settings.get("base")))
        return
    body = {
        "touser": outgoing.to,
        "msgtype": "text",
        "agentid": int(account.settings.get("agent_id") or 0),
        "text": {"content": cut(outgoing.text)},
        "enable_duplicate_check": 1,  # the same text sent again after a crash is shown once
        "duplicate_check_interval": 1800,
    }
    try:
        said = platforms.post(
            account, OFFICIAL, "/cgi-bin/message/send", body, query={"access_token": token(account)}
        )
    except platforms.PlatformFault:
        platforms.forget(account)
        raise
    if said.get("invaliduser"):
        raise platforms.PlatformFault("invaliduser")


def token(account: Account) -> str:
    """The access token. Raises like `platforms.token`."""
    return platforms.token(account, DOOR)


def cut(text: str, most: int = _TEXT_BYTES) -> str:
    """As much of a text as one message holds, by bytes."""
    told = text.encode()
    return text if len(told) <= most else told[: most - 3].decode("utf-8", "ignore") + "…"
