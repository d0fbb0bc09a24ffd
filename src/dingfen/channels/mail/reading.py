"""A letter as bytes, read into what matters of it: who, what, which thread, which files, and what it is not.

Nothing here trusts the letter: charsets may be missing or wrong, parts broken, headers doubled. Reading never
fails; what can't be read is left out, and said so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import getaddresses, parsedate_to_datetime

from dingfen.channels.mail.html import text_of
from dingfen.channels.port import File

TEXT_LIMIT = 100_000
MOST_FILES = 30
MOST_REFERENCES = 50
_ID = re.compile(r"<[^<>\s]{1,250}>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# GB 2312 and GBK are parts of GB 18030, and letters that claim the smaller use the larger
_CHARSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb-2312": "gb18030",
    "cp936": "gb18030",
    "x-gbk": "gb18030",
}


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a letter of ours did not arrive."""

    message_id: str
    recipient: str
    status: str
    final: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was read. `automatic` says why nobody is meant to answer it; empty: a person wrote."""

    message_id: str
    thread: tuple[str, ...]
    sender: str
    sender_name: str
    subject: str
    text: str
    sent_at: datetime | None
    files: tuple[File, ...]
    left_out: tuple[str, ...]
    automatic: str
    bounce: Bounce | None
    fingerprint: str


def read(raw: bytes, *, most_bytes: int) -> Letter:
    """Read a letter; a file larger than `most_bytes` is left out and named."""
    message = _parsed(raw)
    files, left_out = _files(message, most_bytes)
    name, address = _sender(message)
    message_id = _first_id(_header(message, "Message-ID"))
    return Letter(
        message_id=message_id,
        thread=_thread(message),
        sender=address,
        sender_name=name,
        subject=_header(message, "Subject")[:500],
        text=_text(message)[:TEXT_LIMIT],
        sent_at=_moment(message),
        files=files,
        left_out=left_out,
        automatic=_automatic(message),
        bounce=_bounce(message),
        fingerprint=_fingerprint(raw, message_id, address, message),
    )


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _header(message: EmailMessage, name: str) -> str:
    """One header as text on one line; the modern parser gives up on some that the older one reads."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    if any("\udc80" <= sign <= "\udcff" for sign in raw):  # bytes of a charset that nobody named
        return clean(" ".join(_decoded(raw.encode("utf-8", "surrogateescape"), None).split()))
    try:
        text = str(message.get(name, ""))
    except Exception:
        try:
            text = str(make_header(decode_header(raw)))
        except Exception:
            text = raw
    return clean(" ".join(text.encode("utf-8", "replace").decode().split()))


def clean(text: str) -> str:
    """Without control signs, and signs that turn the direction of reading or can't be seen."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _sender(message: EmailMessage) -> tuple[str, str]:
    """(name, address) of who wrote; Reply-To only where there is no From."""
    for header in ("From", "Reply-To", "Sender"):
        for name, address in getaddresses([_header(message, header)]):
            if re.fullmatch(r"[^@\s<>]{1,128}@[^@\s<>]{1,255}", address):
                return name.strip()[:120], address.lower()
    return "", ""


def _first_id(text: str) -> str:
    found = _ID.search(text)
    return found[0] if found else ""


def _thread(message: EmailMessage) -> tuple[str, ...]:
    """What it answers, nearest first: In-Reply-To, then References from the last back."""
    near = _ID.findall(_header(message, "In-Reply-To"))
    far = _ID.findall(_header(message, "References"))[-MOST_REFERENCES:]
    return tuple(dict.fromkeys([*near, *reversed(far)]))


def _moment(message: EmailMessage) -> datetime | None:
    try:
        moment = parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold something; a letter inside a letter is one part."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    for part in message.iter_parts():
        if isinstance(part, EmailMessage):
            yield from _leaves(part)


def _is_file(part: EmailMessage) -> bool:
    if part.get_content_type() == "message/rfc822" or part.get_content_disposition() == "attachment":
        return True
    if part.get_content_maintype() == "text":
        return bool(part.get_filename())
    return part.get_content_maintype() not in ("multipart", "message")


def _text(message: EmailMessage) -> str:
    """The plain text; where there is none, the words of the HTML."""
    plain, marked = [], []
    for part in _leaves(message):
        if _is_file(part):
            continue
        if part.get_content_type() == "text/plain":
            plain.append(_words(part))
        elif part.get_content_type() == "text/html":
            marked.append(text_of(_words(part)))
    return clean("\n\n".join(text for text in plain if text.strip()) or "\n\n".join(marked)).strip()


def _words(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    return _decoded(content, part.get_content_charset()) if isinstance(content, bytes) else ""


def _decoded(content: bytes, charset: str | None) -> str:
    """Text in the charset it names, else in one it fits: UTF-8, then GB 18030."""
    named = _CHARSETS.get((charset or "").lower(), charset)
    for encoding in filter(None, (named if named != "us-ascii" else None, "utf-8", "gb18030")):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("gb18030" if named == "gb18030" else "utf-8", "replace")


def _files(message: EmailMessage, most_bytes: int) -> tuple[tuple[File, ...], tuple[str, ...]]:
    files: list[File] = []
    left_out: list[str] = []
    for number, part in enumerate(filter(_is_file, _leaves(message)), 1):
        name = clean(_name(part, number))[:200]
        content = _content(part)
        if len(content) > most_bytes or len(files) >= MOST_FILES:
            left_out.append(name)
        elif content:
            files.append(File(name, content))
    return tuple(files), tuple(left_out)


def _content(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, Message) else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name(part: EmailMessage, number: int) -> str:
    try:
        given = part.get_filename() or ""
    except Exception:
        given = ""
    if given and "=?" in given:  # encoded where the rules do not allow it, as many senders do
        try:
            given = str(make_header(decode_header(given)))
        except Exception:
            given = ""
    return given or f"part-{number}.{part.get_content_subtype()}"


def _automatic(message: EmailMessage) -> str:
    """Why the letter was not written by a person to us; empty when nothing says so."""
    if _header(message, "Auto-Submitted").lower().partition(";")[0].strip() not in ("", "no"):
        return "auto_reply"
    if _header(message, "X-Autoreply") or _header(message, "X-Autorespond"):
        return "auto_reply"
    if _header(message, "Precedence").lower() in ("bulk", "junk", "auto_reply", "list"):
        return "bulk"
    if _header(message, "List-Id") or _header(message, "List-Unsubscribe"):
        return "bulk"
    if _header(message, "Return-Path") == "<>" or message.get_content_type() == "multipart/report":
        return "report"
    return ""


def _bounce(message: EmailMessage) -> Bounce | None:
    """What a delivery report (RFC 3464) says of a letter of ours."""
    if message.get_content_type() != "multipart/report":
        return None
    recipient, status, action, original = "", "", "", ""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload():  # a list of header blocks
                fields = {key.lower(): str(value) for key, value in block.items()}  # type: ignore[union-attr]
                recipient = fields.get("final-recipient", recipient).partition(";")[2].strip() or recipient
                status, action = fields.get("status", status), fields.get("action", action)
        elif part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else inner
            told = first.as_string() if isinstance(first, Message) else str(first)
            found = re.search(r"^message-id:\s*(<[^<>\s]+>)", told, re.IGNORECASE | re.MULTILINE)
            original = found[1] if found else original
    if not original and not status:
        return None
    final = action.lower().strip() == "failed" or status.startswith("5")
    return Bounce(original, recipient[:254], status[:20], final)


def _fingerprint(raw: bytes, message_id: str, sender: str, message: EmailMessage) -> str:
    """Tells the same letter again, whatever the servers on its way have written on top of it."""
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1].replace(b"\r\n", b"\n").strip()
    told = "\n".join((message_id, sender, _header(message, "Date"), _header(message, "Subject")))
    return hashlib.sha256(told.encode("utf-8", "replace") + b"\0" + body).hexdigest()
