"""Uploaded files, encrypted under DINGFEN_HOME/blobs: whole on disk before the row that names them commits."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dingfen import keys
from dingfen.imports.reading import fault

NONCE = 12


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
        raise fault("file.gone") from error


def remove(name: str) -> None:
    """Remove a file; it may be gone already."""
    (folder() / name).unlink(missing_ok=True)


def _sync_folder(path: Path) -> None:
    """Make the new name itself durable (a folder cannot be opened so on Windows, nor need be)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
