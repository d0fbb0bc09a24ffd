"""From a letter to a complaint and back: the room of complaints at the end of the channels."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from dingfen.cases import thread
from dingfen.cases.models import Attachment, Message
from dingfen.channels import bounces, sending, taking
from dingfen.channels.jobs import READERS
from dingfen.channels.mail import sending as mail
from dingfen.channels.mail.reading import read
from dingfen.channels.models import Account, Received, Sent
from dingfen.channels.secrets import digest
from dingfen.complaints.actions.thread import reply
from dingfen.complaints.by_channels import Intake
from dingfen.complaints.models import Complaint
from dingfen.outbox.models import Delivery
from tests.cast import NOW, Cast
from tests.channels.conftest import LATER, make_account
from tests.channels.letters import letter, raw

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@pytest.fixture
def account(cast: Cast, home: Path) -> Account:
    return make_account(cast, "mail", address="service@yuanlan.example")


def bring(account: Account, content: bytes, at: dt.datetime = NOW) -> Received:
    """A letter fetched, and handed to the room."""
    found = read(content, most_bytes=1 << 20)
    row = taking.keep(
        account, at=at, external=found.fingerprint, who=digest("mail", found.sender),
        message_id=digest(found.message_id), raw=content,
    )  # fmt: skip
    assert row is not None
    assert taking.take_one(at, receiver=Intake(), readers=READERS)
    row.refresh_from_db()
    return row


def test_a_letter_becomes_a_complaint_of_its_writer(account: Account, cast: Cast) -> None:
    made = letter("提车晚了六天")
    made.add_attachment(PNG, maintype="image", subtype="png", filename="合同.png")
    made.add_attachment(b"MZ\x90\0program", maintype="application", subtype="octet-stream", filename="a.exe")
    row = bring(account, raw(made))
    complaint = Complaint.objects.select_related("case").get()
    assert (row.state, row.error, row.case_uid) == ("taken", "", complaint.case.uid)
    assert (complaint.channel, complaint.case.unit) == ("mail", cast.site)
    assert complaint.received_at == dt.datetime(2026, 11, 18, 1, 30, tzinfo=dt.UTC)
    (message,) = complaint.case.messages.all()
    assert thread.text_of(message).startswith("提车晚了六天\n\n[未保存的附件")
    assert "a.exe" in thread.text_of(message)
    assert [one.name for one in Attachment.objects.all()] == ["合同.png"]


def test_an_answer_goes_out_in_the_thread_and_the_next_letter_comes_back_to_it(
    account: Account, cast: Cast
) -> None:
    case_uid = bring(account, raw(letter())).case_uid
    actor = cast.actor("chen")
    out = reply(actor=actor, at=NOW, case_uid=case_uid, text="我们核实后于周五前答复。", channel="mail")
    sent = Sent.objects.get()
    number = Complaint.objects.get().case.number
    composed = mail.compose(sent, sending.outgoing_of(sent))
    assert composed.subject == f"Re: 洗车划痕 [{number}]"
    assert composed.message()["In-Reply-To"] == "<one@mail.example>"
    assert out.sent_state == "queued"
    bring(account, raw(letter("谢谢", message_id="<2@x>", In_Reply_To=sending.message_id_of(sent))), LATER)
    bring(account, raw(letter("另附", message_id="<3@x>", subject=f"关于 {number}")), LATER)
    assert Complaint.objects.count() == 1
    assert [one.direction for one in Message.objects.order_by("pk")] == ["in", "out", "in", "in"]


def test_an_answer_by_mail_to_who_only_left_an_address(account: Account, cast: Cast) -> None:
    from dingfen.complaints.actions.intake import Complainant, receive

    got = receive(
        actor=cast.actor("chen"), at=NOW, channel="phone", text="晚交车", unit=cast.site,
        complainant=Complainant(name="高敏", email="gao.min@mail.example"),
    )  # fmt: skip
    reply(actor=cast.actor("chen"), at=NOW, case_uid=got.complaint.case.uid, text="已收到", channel="mail")
    assert sending.outgoing_of(Sent.objects.get()).to == "gao.min@mail.example"


def test_a_letter_that_came_back_is_shown_and_told(account: Account, cast: Cast) -> None:
    case_uid = bring(account, raw(letter())).case_uid
    out = reply(actor=cast.actor("chen"), at=NOW, case_uid=case_uid, text="已收到", channel="mail")
    bounces.note(account.company_id, sending.message_id_of(Sent.objects.get()), "5.1.1", True, NOW)
    out.refresh_from_db()
    assert out.sent_state == "failed"
    assert Delivery.objects.filter(event="complaint.undelivered").exists()


def test_a_very_long_letter_is_kept_whole(account: Account, cast: Cast) -> None:
    bring(account, raw(letter("长" * 25_000)))
    (file,) = Attachment.objects.all()
    assert file.size == 75_000
    assert len(thread.text_of(Message.objects.get())) == 18_000


def test_erasing_a_customer_takes_what_channels_keep(account: Account, cast: Cast) -> None:
    from dingfen.channels import erasing

    case_uid: Any = bring(account, raw(letter())).case_uid
    reply(actor=cast.actor("chen"), at=NOW, case_uid=case_uid, text="已收到", channel="mail")
    assert erasing.erase([case_uid]) == 2
    row, sent = Received.objects.get(), Sent.objects.get()
    assert (row.who, bytes(row.envelope), sent.masked, bytes(sent.sealed)) == ("", b"", "", b"")
    assert sent.state == "cancelled"
