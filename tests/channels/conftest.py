"""Accounts of channels, servers that can be killed, and a room that takes what comes in."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dingfen.accounts.models import Unit
from dingfen.channels import accounts
from dingfen.channels.models import Account
from dingfen.channels.port import Incoming
from dingfen.database.models import new_uid
from tests.cast import NOW, Cast
from tests.channels.dovecot import PASSWORD, Dovecot, available

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of messages in a folder of this test."""
    (tmp_path / "keys").mkdir()
    monkeypatch.setenv("DINGFEN_HOME", str(tmp_path))
    return tmp_path


@dataclass
class Room:
    """Takes messages as a room does, and remembers them by case."""

    cases: dict[uuid.UUID, list[Incoming]] = field(default_factory=dict)
    numbers: dict[str, uuid.UUID] = field(default_factory=dict)
    closed: set[uuid.UUID] = field(default_factory=set)

    def by_number(self, company: Unit, number: str) -> uuid.UUID | None:
        return self.numbers.get(number)

    def new(self, incoming: Incoming, at: dt.datetime) -> uuid.UUID:
        case = new_uid()
        self.cases[case] = [incoming]
        return case

    def add(self, case_uid: uuid.UUID, incoming: Incoming, at: dt.datetime) -> bool:
        if case_uid in self.closed:
            return False
        self.cases[case_uid].append(incoming)
        return True

    @property
    def all(self) -> list[Incoming]:
        return [one for messages in self.cases.values() for one in messages]


@pytest.fixture
def room() -> Room:
    return Room()


def make_account(
    cast: Cast, channel: str, *, secret: dict[str, str] | None = None, **settings: object
) -> Account:
    account = Account(
        company=cast.company, unit=cast.site, channel=channel, name=channel,
        settings=settings, since=dt.datetime(2000, 1, 1, tzinfo=dt.UTC), next_at=NOW,
    )  # fmt: skip
    account.secret = accounts.sealed_secret(account, secret or {})
    account.save()
    return account


@pytest.fixture(scope="session")
def imap() -> Iterator[Dovecot]:
    if not available():
        if os.environ.get("CI"):
            pytest.fail("NO IMAP SERVER: install dovecot-imapd and run as root")
        pytest.skip("NO IMAP SERVER: install dovecot-imapd and run as root")
    # not below pytest's own folder, which another run may close to the user who reads the mail
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as folder:
        server = Dovecot(Path(folder))
        server.start()
        yield server
        server.kill()


@dataclass
class Postbox:
    """One mailbox on the server, new for each test."""

    server: Dovecot
    user: str

    def put(self, *letters: bytes) -> None:
        self.server.put(self.user, *letters)


@pytest.fixture
def dovecot(imap: Dovecot) -> Postbox:
    return Postbox(imap, f"service-{uuid.uuid4().hex[:8]}@yuanlan.example")


@pytest.fixture
def mailbox(cast: Cast, home: Path, dovecot: Postbox) -> Account:
    return make_account(
        cast, "mail", secret={"password": PASSWORD}, address=dovecot.user, user=dovecot.user,
        host="127.0.0.1", port=dovecot.server.port, tls="none",
    )  # fmt: skip
