"""Answers by a real SMTP server, which is killed in between: each arrives, and can be shown once."""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
import sys
import time
import uuid
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from dingfen.channels import sending, taking
from dingfen.channels.mail import sending as mail
from dingfen.channels.models import Account, Sent
from dingfen.problems import Problem
from tests.cast import NOW, Cast
from tests.channels.conftest import make_account

CASE = uuid.UUID("01991f00-0000-7000-8000-000000000001")
SENDERS = {"mail": mail.send}


@pytest.fixture
def account(cast: Cast, home: Path) -> Account:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return make_account(
        cast,
        "mail",
        address="service@yuanlan.example",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_tls="none",
    )


def serve(account: Account, folder: Path, dies_after: int = -1) -> subprocess.Popen[bytes]:
    port = account.settings["smtp_port"]
    arguments = [sys.executable, "-m", "tests.channels.smtp_server", str(port), str(folder), str(dies_after)]
    process = subprocess.Popen(arguments, cwd=Path(__file__).parents[2])
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return process
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def answer(account: Account, key: str = "1", **more: object) -> Sent:
    told = {"to": "gao.min@mail.example", "text": "您好，已收到。", "subject": "洗车划痕", **more}
    return sending.queue(
        company_id=account.company_id,
        channel="mail",
        case_uid=CASE,
        key=key,
        at=NOW,
        **told,  # type: ignore[arg-type]
    )


def send(at: dt.datetime) -> bool:
    return sending.send_one(at, senders=SENDERS, jitter=lambda: 0.0)


def received(account: Account, to: str = "gao.min@mail.example") -> None:
    """A letter of the customer that is in the case already."""
    row = taking.keep(account, at=NOW, external="f1", who="w", message_id="", payload={"x": 1})
    assert row is not None
    envelope = {
        "to": to, "name": "高敏", "subject": "洗车划痕", "message_id": "<two@x>", "thread": ["<one@x>"],
    }  # fmt: skip
    taking.taken(row, CASE, envelope)
    row.save()


def test_an_answer_stands_in_the_thread_of_what_it_answers(account: Account, tmp_path: Path) -> None:
    received(account)
    row = answer(account, to="", subject="", automatic=True)
    letter = mail.compose(row, sending.outgoing_of(row)).message()
    assert (letter["In-Reply-To"], letter["References"]) == ("<two@x>", "<one@x> <two@x>")
    assert letter["Message-ID"] == f"<{row.uid}@yuanlan.example>"
    assert str(letter["Auto-Submitted"]) == "auto-replied"
    assert mail.compose(row, sending.outgoing_of(row)).subject == "Re: 洗车划痕"


def test_killed_servers_lose_no_letter_and_none_can_be_shown_twice(account: Account, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    rows = [answer(account, str(number), text=f"第 {number} 封") for number in range(6)]
    at = NOW
    for dies_after in (2, 3, -1):
        server = serve(account, folder, dies_after)
        while Sent.objects.filter(state="queued", next_at__lte=at).exists():
            send(at)
        at += dt.timedelta(hours=5)
        if dies_after == -1:
            server.kill()
        server.wait()
    assert set(Sent.objects.values_list("state", flat=True)) == {"sent"}
    arrived = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.iterdir()]
    assert len(arrived) > len(rows)  # a server died after keeping a letter and before saying so
    shown = {str(letter["Message-ID"]): letter.get_content() for letter in arrived}  # type: ignore[attr-defined]
    assert sorted(text.strip() for text in shown.values()) == [f"第 {number} 封" for number in range(6)]
    assert not Sent.objects.exclude(sealed=b"").exists()


def test_the_same_occasion_is_told_once(account: Account) -> None:
    assert answer(account).pk == answer(account).pk
    assert Sent.objects.count() == 1


def test_what_cannot_be_sent_is_given_up_and_can_be_sent_again(account: Account) -> None:
    row = answer(account)
    for hour in range(0, 24 * 5, 5):
        send(NOW + dt.timedelta(hours=hour))
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", sending.MAX_ATTEMPTS)
    assert "ConnectionRefusedError" in row.error and row.sealed
    sending.retry(row, NOW)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("queued", 0)
    with pytest.raises(Problem) as refusal:
        sending.retry(row, NOW)
    assert refusal.value.code == "delivery.done"


def test_a_company_without_the_channel_says_so(cast: Cast, home: Path) -> None:
    with pytest.raises(Problem) as refusal:
        sending.queue(
            company_id=cast.company.pk,
            channel="mail",
            case_uid=CASE,
            key="1",
            at=NOW,
            text="x",
            to="a@b.example",
        )
    assert refusal.value.code == "channel.none"


def test_nobody_to_answer(account: Account) -> None:
    with pytest.raises(Problem) as refusal:
        answer(account, to="")
    assert refusal.value.code == "channel.no_address"


def test_a_line_break_adds_no_header(account: Account) -> None:
    row = answer(account, subject="x\r\nBcc: someone@else.example")
    assert mail.compose(row, sending.outgoing_of(row)).message()["Bcc"] is None
