"""Looking into mailboxes by IMAP: each letter is kept once in effect, however often it is seen.

How far a mailbox was read (UIDVALIDITY and UID) moves in the transaction that keeps the letters. Killed
between, the worker reads them again and keeps nothing twice, because each is told by its fingerprint; the
same holds when the server numbers its letters anew.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings

from dingfen import calls
from dingfen.channels import accounts, taking
from dingfen.channels.mail.reading import read
from dingfen.channels.models import Account, Channel, Received
from dingfen.channels.secrets import digest

TIMEOUT = 15.0
BATCH = 20
EVERY = timedelta(seconds=60)
_UID = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
imaplib.Commands.setdefault("ID", ("AUTH", "SELECTED"))  # RFC 2971; some large providers insist on it


class MailboxFault(OSError):
    """The mailbox can't be read; the text says why, for the administrator."""


class _Connection(imaplib.IMAP4):
    """Goes to the address that was checked (`calls.resolve`), TLS from the first byte unless told otherwise."""

    def __init__(self, host: str, port: int, *, tls: str) -> None:
        self._checked = calls.resolve(host, port, own_network=True)
        self._tls = tls
        super().__init__(host, port, timeout=TIMEOUT)
        if tls == "starttls":
            self.starttls(ssl.create_default_context())

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self._checked, self.port), timeout)
        if self._tls != "tls":
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


@dataclass(frozen=True, slots=True)
class _Head:
    uid: int
    size: int
    arrived: datetime


def poll_one(at: datetime) -> bool:
    """Look into the mailbox that has waited longest, if one is due; whether there may be more to do."""
    account = Account.objects.due(at).filter(channel=Channel.MAIL).select_related("company").first()
    if account is None or not accounts.leased(account, at):
        return False
    try:
        more = poll(account, at)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        accounts.failed(account, at, _said(error))
        return False
    accounts.worked(account, at, next_at=at if more else at + EVERY)
    return more


def test(account: Account) -> int:
    """Sign in and open the folder; how many letters lie there. Raises `MailboxFault` with the reason."""
    try:
        with _open(account) as box:
            return box.letters
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise MailboxFault(_said(error)) from error


def poll(account: Account, at: datetime) -> bool:
    """Keep what is new, at most 20 letters; whether more are there."""
    with _open(account) as box:
        cursor = account.cursor if account.cursor.get("validity") == box.validity else {}
        seen: int = cursor.get("uid", 0)
        new = box.after(seen, account.since)
        for head in new[:BATCH]:
            if head.arrived >= account.since:
                _keep(account, box, head, at)
            else:
                accounts.moved(account, {"validity": box.validity, "uid": head.uid})
        if not new and not cursor:
            accounts.moved(account, {"validity": box.validity, "uid": seen})
        return len(new) > BATCH


def _keep(account: Account, box: _Box, head: _Head, at: datetime) -> None:
    raw = box.letter(head)
    letter = read(raw, most_bytes=settings.ATTACHMENT_LIMIT)
    taking.keep(
        account,
        at=at,
        external=letter.fingerprint,
        who=digest(Channel.MAIL, letter.sender) if letter.sender else "",
        message_id=digest(letter.message_id) if letter.message_id else "",
        raw=raw,
        cursor={"validity": box.validity, "uid": head.uid},
    )
    box.mark(head)


class _Box:
    """An open folder."""

    def __init__(self, line: imaplib.IMAP4, folder: str) -> None:
        self._line = line
        found, data = line.select(f'"{folder}"')
        if found != "OK":
            raise MailboxFault(f"no folder {folder}: {_text(data)}")
        self.letters = int(_text(data) or 0)
        self.validity = int(_text(line.response("UIDVALIDITY")[1]) or 0)

    def after(self, uid: int, since: datetime) -> list[_Head]:
        """Letters with a higher number that arrived on the day before `since` or later, lowest first."""
        day = (since - timedelta(days=1)).strftime("%d-%b-%Y")
        _, found = self._line.uid("SEARCH", f"UID {uid + 1}:*", "SINCE", day)
        # `5:*` names the last letter even when its number is lower
        uids = sorted(one for one in map(int, _text(found).split()) if one > uid)[: BATCH + 1]
        if not uids:
            return []
        _, rows = self._line.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE INTERNALDATE)")
        heads = (_head(row[0] if isinstance(row, tuple) else row) for row in rows if row)
        return sorted((head for head in heads if head and head.uid in uids), key=lambda head: head.uid)

    def letter(self, head: _Head) -> bytes:
        """The letter; of one over the limit the beginning, which holds its words."""
        part = f"<0.{settings.MAIL_LIMIT}>" if head.size > settings.MAIL_LIMIT else ""
        found, rows = self._line.uid("FETCH", str(head.uid), f"(BODY.PEEK[]{part})")
        raw = next((bytes(row[1]) for row in rows if isinstance(row, tuple)), None)
        if found != "OK" or raw is None:
            raise MailboxFault(f"letter {head.uid} could not be fetched")
        return raw

    def mark(self, head: _Head) -> None:
        """Show people who look into the mailbox too that it was taken; nothing depends on it."""
        with contextlib.suppress(imaplib.IMAP4.error):
            self._line.uid("STORE", str(head.uid), "+FLAGS.SILENT", r"(\Seen)")


@contextlib.contextmanager
def _open(account: Account) -> Iterator[_Box]:
    told, secret = account.settings, accounts.secret_of(account)
    line = _Connection(str(told["host"]), int(told.get("port") or 993), tls=str(told.get("tls", "tls")))
    try:
        line.login(str(told["user"]), str(secret.get("password", "")))
        if "ID" in line.capabilities:
            with contextlib.suppress(imaplib.IMAP4.error):
                line._simple_command("ID", '("name" "dingfen")')
        yield _Box(line, str(told.get("folder") or "INBOX"))
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            line.logout()


def _head(row: bytes) -> _Head | None:
    uid, size, date = _UID.search(row), _SIZE.search(row), _DATE.search(row)
    if not (uid and size and date):
        return None
    arrived = datetime.strptime(date[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    return _Head(int(uid[1]), int(size[1]), arrived.astimezone(UTC))


def _text(data: object) -> str:
    """What a server answered, as text."""
    first = data[0] if isinstance(data, list) and data else b""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first or "")


def _said(error: Exception) -> str:
    if isinstance(error, calls.CallRefused):
        return f"address refused: {error}"
    text = str(error.args[0]) if error.args else ""
    if text.startswith("b'"):
        text = text[2:-1]
    return f"{type(error).__name__}: {text or error}"[:500]


def unread(account: Account) -> int:
    """Letters of an account that wait to be taken."""
    return Received.objects.filter(account=account, state=Received.State.WAITING).count()
