"""Files of messages: a download code is turned into an address, and the file is there."""

from __future__ import annotations

from collections.abc import Mapping

from dingfen.channels import platforms
from dingfen.channels.dingtalk.sending import OFFICIAL, token
from dingfen.channels.models import Account


def fetch(account: Account, wanted: Mapping[str, str]) -> bytes:
    """A `media.Fetcher`."""
    robot = account.settings.get("robot_code") or account.settings.get("app_key", "")
    body = {"downloadCode": wanted["id"], "robotCode": str(robot)}
    headers = {"x-acs-dingtalk-access-token": token(account)}
    said = platforms.post(account, OFFICIAL, "/v1.0/robot/messageFiles/download", body, headers=headers)
    return platforms.content_at(account, str(said["downloadUrl"]))
