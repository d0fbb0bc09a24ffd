"""Files of messages: by their media id, which holds for three days."""

from __future__ import annotations

from collections.abc import Mapping

from dingfen.channels import platforms
from dingfen.channels.models import Account
from dingfen.channels.wecom.sending import OFFICIAL, token


def fetch(account: Account, wanted: Mapping[str, str]) -> bytes:
    """A `media.Fetcher`."""
    query = {"access_token": token(account), "media_id": wanted["id"]}
    return platforms.content(account, OFFICIAL, "/cgi-bin/media/get", query=query)
