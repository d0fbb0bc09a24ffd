"""Pictures, voice and files of chats: fetched from the platform before the message is handed over, outside any
transaction, and kept in the file of the row. What cannot be had is named beside the words; it never keeps them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dingfen import blobs, calls, filetypes
from dingfen.channels.models import Account, Received
from dingfen.channels.platforms import PlatformFault
from dingfen.channels.secrets import seal, unseal

TRIES = 3
"""After so many a picture is given up and the words are handed over without it."""
NAMES = {"image": "picture", "voice": "voice", "video": "video", "file": "file"}
Fetcher = Callable[[Account, Mapping[str, str]], bytes]
"""(account, what the platform calls it) -> content. Raises OSError, `PlatformFault`, `calls.CallRefused`."""


def bring(row: Received, fetchers: Mapping[str, Fetcher]) -> None:
    """Fetch what the message carries, once. Raises what the fetcher raises until the last try."""
    told = unseal(row.sealed, of=str(row.uid)) if row.sealed else {}
    wanted = told.get("media")
    fetch = fetchers.get(row.account.channel)
    if not wanted or row.blob or told.get("media_left") or fetch is None:
        return
    try:
        content = fetch(row.account, wanted)
    except (OSError, calls.CallRefused, PlatformFault, KeyError, ValueError) as error:
        if row.attempts < TRIES and not isinstance(error, calls.TooLong):
            raise
        _kept(row, {**told, "media_left": name_of(wanted, b"")}, b"")
        return
    _kept(row, {**told, "media_name": name_of(wanted, content)}, content)


def name_of(wanted: Mapping[str, Any], content: bytes) -> str:
    """What the file is called: as its sender did, else by its kind, with the ending its content has."""
    given = str(wanted.get("name") or "") or NAMES.get(str(wanted.get("kind", "")), "file")
    return filetypes.named(given[:120], content) if content else given[:120]


def _kept(row: Received, told: Mapping[str, Any], content: bytes) -> None:
    sealed = seal(told, of=str(row.uid))
    blob = blobs.store(content) if content else ""
    waiting = Received.objects.filter(pk=row.pk, state=Received.State.WAITING)
    waiting.update(sealed=sealed, blob=blob)
