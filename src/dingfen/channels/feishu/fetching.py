"""Files of messages: by message and key."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from dingfen.channels import platforms
from dingfen.channels.feishu.sending import OFFICIAL, token
from dingfen.channels.models import Account


def fetch(account: Account, wanted: Mapping[str, str]) -> bytes:
    """A `media.Fetcher`; what is no picture is asked for as a file."""
    path = f"/open-apis/im/v1/messages/{quote(wanted['message'])}/resources/{quote(wanted['id'])}"
    kind = "image" if wanted.get("kind") == "image" else "file"
    headers = {"Authorization": f"Bearer {token(account)}"}
    return platforms.content(account, OFFICIAL, path, query={"type": kind}, headers=headers)
