"""Letters through a real SMTP server."""

import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from tests.cast import NOW, Cast

from dingfen.outbox.actions import queue
from dingfen.outbox.deliver import deliver
from dingfen.outbox.mail import Refused, send, server
from dingfen.outbox.models import Delivery

PARAMS = {"number": "D-2026-0042", "until": "2026-12-14T16:00:00+00:00"}


class Postbox:
    """Takes letters, or answers as told."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer_to_recipient = ""
        self.answer_to_data = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answer_to_recipient:
            return self.answer_to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer_to_data:
            return self.answer_to_data
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    handler = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    yield handler
    controller.stop()


def tell(cast: Cast, language: str = "zh-hans") -> Delivery:
    cast.lin.language = language
    cast.lin.save()
    with transaction.atomic():
        queue(
            recipient=cast.lin, event="dispute.ruled", at=NOW, key="ruled:1", params=PARAMS, channels=["mail"]
        )
    return Delivery.objects.get()


def test_a_letter_arrives(cast: Cast, postbox: Postbox) -> None:
    delivery = tell(cast)
    assert deliver(at=NOW, jitter=lambda: 0.0).sent == 1
    (letter,) = postbox.letters
    text = letter.get_content().replace("\r\n", "\n")
    assert letter["Subject"] == "裁决已出：D-2026-0042"
    assert letter["To"] == "lin@yuanlan.example"
    assert letter["Message-ID"].startswith(f"<{delivery.uid}@")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert text.startswith("林可欣：\n\n结果与理由见裁决书；申诉至 ")
    assert f"/notices/{delivery.uid}/" in text
    assert "收到此信" in text
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent_at, delivery.next_at) == ("sent", NOW, None)


def test_a_letter_in_english(cast: Cast, postbox: Postbox) -> None:
    tell(cast, "en")
    deliver(at=NOW, jitter=lambda: 0.0)
    (letter,) = postbox.letters
    assert letter["Subject"] == "Ruling in D-2026-0042"
    assert "You get this because" in letter.get_content()


def test_a_line_break_in_a_subject_adds_no_header(cast: Cast, postbox: Postbox) -> None:
    delivery = tell(cast)
    delivery.params["number"] = "D-1\r\nBcc: someone@else.example"
    send(delivery, NOW)
    (letter,) = postbox.letters
    assert letter["Subject"].strip() == "裁决已出：D-1 Bcc: someone@else.example"
    assert letter["Bcc"] is None


def test_a_letter_sent_again_is_the_same_letter(cast: Cast, postbox: Postbox) -> None:
    delivery = tell(cast)
    send(delivery, NOW)
    send(delivery, NOW)
    assert len({letter["Message-ID"] for letter in postbox.letters}) == 1


@pytest.mark.parametrize(
    ("recipient", "data", "final"),
    [
        ("550 no such mailbox", "", True),
        ("450 mailbox busy", "", False),
        ("", "554 refused as spam", True),
        ("", "451 try later", False),
    ],
)
def test_never_and_not_now(cast: Cast, postbox: Postbox, recipient: str, data: str, final: bool) -> None:
    postbox.answer_to_recipient, postbox.answer_to_data = recipient, data
    delivery = tell(cast)
    if final:
        with pytest.raises(Refused):
            send(delivery, NOW)
    else:
        with pytest.raises(smtplib.SMTPException):
            send(delivery, NOW)
    assert deliver(at=NOW, jitter=lambda: 0.0).failed == 1
    delivery.refresh_from_db()
    assert delivery.state == ("failed" if final else "queued")
    assert delivery.error


def test_no_server_at_all(cast: Cast, settings: Any) -> None:
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    delivery = tell(cast)
    deliver(at=NOW, jitter=lambda: 0.0)
    delivery.refresh_from_db()
    assert delivery.state == "queued"
    assert "ConnectionRefusedError" in delivery.error


def test_the_address_of_the_server() -> None:
    plain: Any = server("smtp://mail.example:2525")
    assert (plain.host, plain.port, plain.use_tls, plain.use_ssl) == ("mail.example", 2525, False, False)
    started: Any = server("smtp://us%40er:p%2Fw@mail.example?tls=starttls")
    assert (started.username, started.password, started.port) == ("us@er", "p/w", 587)
    assert started.use_tls
    assert server("smtps://mail.example").port == 465  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="smtp://"):
        server("http://mail.example")
    with pytest.raises((ImproperlyConfigured, ValueError)):
        server("smtps://mail.example?tls=starttls")
