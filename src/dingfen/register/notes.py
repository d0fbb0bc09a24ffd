"""Signed texts of the register: C2SP signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof.

Pure: keys and texts in, texts out. The formats are those of c2sp.org/signed-note, /tlog-checkpoint,
/tlog-cosignature (Ed25519) and /tlog-proof, taken as they are: any tool which speaks them can check us.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
COSIGNATURE = 0x04
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
MAX_SIGNATURES = 64

_PRIVATE = "PRIVATE+KEY+"
SIGNATURE = "— "  # em dash, space: every signature line begins so


class NoteError(ValueError):
    """A note, key, checkpoint or proof that is malformed or that no trusted key has signed."""


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: str, what: str, size: int | None = None) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"{what} is not base64") from error
    if _b64(data) != text or (size is not None and len(data) != size):
        raise NoteError(f"{what} is not base64 of the right length")
    return data


def _decimal(text: str, what: str) -> int:
    if not text.isascii() or not text.isdigit() or (text != "0" and text.startswith("0")) or len(text) > 19:
        raise NoteError(f"{what} is not a plain decimal")
    return int(text)


def _checked_name(name: str) -> str:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise NoteError("a key name has no spaces and no plus")
    return name


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public key with its name; `kind` is the signature type byte of signed-note."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """Four bytes, as signed-note recommends: SHA-256(name, newline, type, public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_b64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifyKey:
        """Reads a vkey line `name+id+base64`. Raises `NoteError`."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3:
            raise NoteError("a verification key is written name+id+base64")
        data = _unb64(parts[2], "the key", 33)
        key = cls(_checked_name(parts[0]), data[1:], data[0])
        if key.kind not in (ED25519, COSIGNATURE) or key.key_id.hex() != parts[1]:
            raise NoteError("the key's id or type does not fit the key")
        return key

    def verify(self, text: str, signature: bytes) -> bool:
        """Whether `signature` (without key id) signs the note text; a cosignature begins with its time."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) != 72:
                return False
            seconds = int.from_bytes(signature[:8], "big")
            message, signature = f"cosignature/v1\ntime {seconds}\n".encode() + message, signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private Ed25519 key: 32 bytes of seed, and the name it signs with."""

    name: str
    seed: bytes
    kind: int = ED25519

    @classmethod
    def generate(cls, name: str, kind: int = ED25519) -> SigningKey:
        return cls(_checked_name(name), Ed25519PrivateKey.generate().private_bytes_raw(), kind)

    @property
    def verify_key(self) -> VerifyKey:
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifyKey(self.name, public, self.kind)

    def to_text(self) -> str:
        key_id = self.verify_key.key_id.hex()
        return f"{_PRIVATE}{self.name}+{key_id}+{_b64(bytes([self.kind]) + self.seed)}"

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Reads what `to_text` wrote. Raises `NoteError`."""
        text = text.strip()
        parts = text.removeprefix(_PRIVATE).split("+", 2)
        if not text.startswith(_PRIVATE) or len(parts) != 3:
            raise NoteError("this is no signing key")
        data = _unb64(parts[2], "the signing key", 33)
        key = cls(_checked_name(parts[0]), data[1:], data[0])
        if key.verify_key.key_id.hex() != parts[1]:
            raise NoteError("the signing key does not fit its id")
        return key

    def sign(self, text: str, *, seconds: int = 0) -> str:
        """The signature line for a note text; `seconds` is the POSIX time of a cosignature."""
        message, front = text.encode(), b""
        if self.kind == COSIGNATURE:
            message, front = (
                f"cosignature/v1\ntime {seconds}\n".encode() + message,
                seconds.to_bytes(8, "big"),
            )
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)
        return f"{SIGNATURE}{self.name} {_b64(self.verify_key.key_id + front + signature)}\n"


def sign_note(text: str, keys: Iterable[SigningKey]) -> str:
    """A signed note over `text`, which ends in a newline. Raises `NoteError` for control characters."""
    if not text.endswith("\n") or any(ord(one) < 0x20 and one != "\n" for one in text):
        raise NoteError("a note's text ends in a newline and holds no control characters")
    return text + "\n" + "".join(key.sign(text) for key in keys)


def open_note(note: str, keys: Iterable[VerifyKey]) -> tuple[str, tuple[VerifyKey, ...]]:
    """The text and those of `keys` that signed it.

    Signatures of unknown keys are ignored. Raises `NoteError` when the note is malformed, when a known key's
    signature is wrong, or when no known key signed.
    """
    text, lines = _split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    signers: list[VerifyKey] = []
    for line in lines:
        name, _, encoded = line.removeprefix(SIGNATURE).partition(" ")
        data = _unb64(encoded, "a signature")
        key = known.get((name, data[:4]))
        if key is None:
            continue
        if not key.verify(text, data[4:]):
            raise NoteError(f"the signature of {name} is wrong")
        if key not in signers:
            signers.append(key)
    if not signers:
        raise NoteError("no known key has signed")
    return text, tuple(signers)


def _split_note(note: str) -> tuple[str, list[str]]:
    text, blank, signatures = note.rpartition("\n\n")
    lines = signatures.splitlines()
    if any(ord(one) < 0x20 and one != "\n" for one in note) or not signatures.endswith("\n"):
        raise NoteError("a signed note is text, a blank line and signature lines")
    if not blank or not lines or len(lines) > MAX_SIGNATURES:
        raise NoteError("a signed note is text, a blank line and signature lines")
    if not all(line.startswith(SIGNATURE) for line in lines):
        raise NoteError("a signature line begins with a dash and a space")
    return text + "\n", lines


def add_signature(note: str, line: str) -> str:
    """The note with one more signature line (a witness's cosignature). Raises `NoteError`."""
    _split_note(note + line)
    return note + line


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its origin, how many leaves its tree has, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Reads a note text as tlog-checkpoint; extension lines are read over. Raises `NoteError`."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise NoteError("a checkpoint has three lines: origin, size, root")
        return cls(lines[0], _decimal(lines[1], "the size"), _unb64(lines[2], "the root", 32))


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    return sign_note(checkpoint.text(), [key])


def open_checkpoint(note: str, keys: Iterable[VerifyKey]) -> tuple[Checkpoint, tuple[VerifyKey, ...]]:
    """The checkpoint and its signers among `keys`. Raises `NoteError` as `open_note` does."""
    text, signers = open_note(note, keys)
    return Checkpoint.parse(text), signers


@dataclass(frozen=True, slots=True)
class Proof:
    """A tlog-proof: entry `index`, its path, a signed checkpoint, and the entry's own bytes as extra data."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def to_text(self) -> str:
        lines = [PROOF_HEADER]
        if self.extra is not None:
            lines.append(f"extra {_b64(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(_b64(one) for one in self.path)
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, text: str) -> Proof:
        """Raises `NoteError` when this is no tlog-proof."""
        head, blank, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != PROOF_HEADER:
            raise NoteError("this is no tlog-proof")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = _unb64(lines.pop(0).removeprefix("extra "), "the extra data")
        if not lines or not lines[0].startswith("index "):
            raise NoteError("the proof names no index")
        index = _decimal(lines.pop(0).removeprefix("index "), "the index")
        return cls(index, tuple(_unb64(line, "a hash", 32) for line in lines), checkpoint, extra)


def tile_path(kind: str, index: int, width: int = 256) -> str:
    """Where tlog-tiles keeps a tile: `kind` is a level ("0") or "entries"; `width` < 256 is partial."""
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03d}")
    suffix = "" if width == 256 else f".p/{width}"
    return f"tile/{kind}/{'/'.join(reversed(parts))}{suffix}"


def entry_bundle(bodies: Sequence[bytes]) -> bytes:
    """A bundle of tlog-tiles: each entry after its length in two bytes; `OverflowError` past 65,535 bytes."""
    return b"".join(len(body).to_bytes(2, "big") + body for body in bodies)
