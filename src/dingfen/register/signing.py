"""The installation's signing key: a secret file beside the database, never in it."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from dingfen import keys
from dingfen.register.notes import SigningKey, VerifyKey


@lru_cache(maxsize=4)
def _named(seed: bytes) -> SigningKey:
    public = SigningKey("unnamed", seed).verify_key.public
    return SigningKey(f"dingfen.local/{hashlib.sha256(public).hexdigest()[:16]}", seed)


def signing_key() -> SigningKey:
    """Made at first use. Its name is the origin of the log and follows from the key itself."""
    return _named(keys.key("seal"))


def log_key() -> VerifyKey:
    """What others verify with."""
    return signing_key().verify_key
