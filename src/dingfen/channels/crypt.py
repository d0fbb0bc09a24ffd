"""The message format that WeCom published and DingTalk shares: a signature by SHA-1, the body by AES-CBC.

plain = 16 random bytes, length of the message (4 bytes, network order), message, receiver's id; padded to 32.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from dingfen.channels.hooks import forged

_BLOCK = 32


def signature(*parts: str) -> str:
    """SHA-1 over token, timestamp, nonce and message, sorted."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def check(given: str, *parts: str) -> None:
    """Raises `hook.signature` (401) unless the signature is right."""
    if not hmac.compare_digest(signature(*parts).encode(), given.encode("utf-8", "replace")):
        raise forged()


def decrypt(encrypted: str, aes_key: str, receiver: str) -> str:
    """The message. Raises `hook.signature` (401) for another key, another receiver, or broken bytes."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
        opener = _cipher(aes_key).decryptor()
        plain = opener.update(sealed) + opener.finalize()
        plain = plain[: -plain[-1]] if 1 <= plain[-1] <= _BLOCK else b""
        (length,) = struct.unpack("!I", plain[16:20])
        message, to = plain[20 : 20 + length], plain[20 + length :]
        if len(message) != length or not hmac.compare_digest(to, receiver.encode()):
            raise forged()
        return message.decode()
    except (ValueError, IndexError, struct.error, binascii.Error) as error:
        raise forged() from error


def encrypt(message: str, aes_key: str, receiver: str) -> str:
    """What `decrypt` opens."""
    told = message.encode()
    plain = os.urandom(16) + struct.pack("!I", len(told)) + told + receiver.encode()
    missing = _BLOCK - len(plain) % _BLOCK
    sealer = _cipher(aes_key).encryptor()
    return base64.b64encode(sealer.update(plain + bytes([missing]) * missing) + sealer.finalize()).decode()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
