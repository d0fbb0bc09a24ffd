"""Uploaded files, encrypted under DINGFEN_HOME/blobs: whole on disk before the row that names them commits.

A column called `blob` holds the name of such a file, in whatever table. So `in_use` and `sweep` find what
is still named, and a room that keeps files only has to call its column that.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import transaction

from dingfen import keys
from dingfen.problems import Problem

NONCE = 12
ORPHAN_AFTER = timedelta(hours=1)
"""A file is on disk before its row commits: a younger one may belong to a transaction still running."""


def folder() -> Path:
    """Where the files lie; made at first use, for the owner only."""
    path = keys.home() / "blobs"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def store(content: bytes) -> str:
    """Keep a file; its name is a keyed digest, so the same content is kept once."""
    name = hmac.new(keys.key("index"), content, hashlib.sha256).hexdigest()
    target = folder() / name
    if target.exists():
        os.utime(target)  # young again, so that the sweep leaves it to the row about to be written
        return name
    nonce = os.urandom(NONCE)
    sealed = nonce + AESGCM(keys.key("master")).encrypt(nonce, content, name.encode())
    temporary = target.with_suffix(f".{os.getpid()}.part")
    with temporary.open("wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    _sync_folder(target.parent)
    return name


def load(name: str) -> bytes:
    """The content of a file. Raises Problem `file.gone` when it was removed or does not open."""
    try:
        sealed = (folder() / name).read_bytes()
        return AESGCM(keys.key("master")).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    except (OSError, InvalidTag) as error:
        raise Problem("file.gone", 422, {}, {"file": [("file.gone", {})]}) from error


def stored(name: str) -> bool:
    """Whether the file lies there; whether it opens, only `load` can tell."""
    return bool(name) and (folder() / name).exists()


def remove(name: str) -> None:
    """Remove a file; it may be gone already."""
    (folder() / name).unlink(missing_ok=True)


def in_use(names: Iterable[str]) -> set[str]:
    """Which of these files a row still names."""
    wanted, found = list(names), set[str]()
    for model in apps.get_models():
        if any(field.name == "blob" for field in model._meta.concrete_fields):
            found.update(model._default_manager.filter(blob__in=wanted).values_list("blob", flat=True))
    return found


def let_go(names: Iterable[str]) -> None:
    """When the transaction has committed, remove those of these files that no row names any more."""
    gone = [name for name in names if name]

    def drop() -> None:
        for name in set(gone) - in_use(gone):
            remove(name)

    transaction.on_commit(drop)


def sweep(at: datetime) -> int:
    """Remove files that no row names: left by a transaction that never committed. How many there were."""
    limit = (at - ORPHAN_AFTER).timestamp()
    old = [path for path in folder().iterdir() if path.stat().st_mtime < limit]
    kept = in_use(path.name for path in old)
    gone = [path for path in old if path.name not in kept and path.stat().st_mtime < limit]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _sync_folder(path: Path) -> None:
    """Make the new name itself durable (a folder cannot be opened so on Windows, nor need be)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
