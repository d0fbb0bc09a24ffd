"""Letters out of a real IMAP server (Dovecot), each taken exactly once whatever is killed in between."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from dingfen import blobs
from dingfen.channels import sending, taking
from dingfen.channels.mail import fetching
from dingfen.channels.mail import taking as mail
from dingfen.channels.models import Account, Received, Sent
from dingfen.channels.secrets import unseal
from tests.cast import NOW, Cast
from tests.channels.conftest import LATER, Postbox, Room, make_account
from tests.channels.dovecot import PASSWORD
from tests.channels.letters import bounce, letter, raw

READERS = {"mail": mail.take}


def look(at: dt.datetime = NOW) -> None:
    Account.objects.update(next_at=at)
    while fetching.poll_one(at):
        pass


def hand_over(room: Room, at: dt.datetime = LATER) -> None:
    while taking.take_one(at, receiver=room, readers=READERS):
        pass


def many(count: int) -> list[bytes]:
    return [raw(letter(f"第 {one} 封", message_id=f"<{one}@mail.example>")) for one in range(count)]


def test_a_letter_becomes_a_matter(mailbox: Account, dovecot: Postbox, room: Room) -> None:
    made = letter()
    made.add_attachment(b"GIF89a" + b"\0" * 20, maintype="image", subtype="gif", filename="前机盖.gif")
    dovecot.put(raw(made))
    look()
    hand_over(room)
    (one,) = room.all
    assert (one.sender.value, one.sender.name, one.subject) == ("gao.min@mail.example", "高敏", "洗车划痕")
    assert (one.unit, one.channel, [file.name for file in one.files]) == (
        mailbox.unit,
        "mail",
        ["前机盖.gif"],
    )
    row = Received.objects.get()
    assert (row.state, row.blob, row.case_uid) == ("taken", "", next(iter(room.cases)))
    assert unseal(row.envelope, of=str(row.uid))["to"] == "gao.min@mail.example"
    mailbox.refresh_from_db()
    assert mailbox.worked_at == NOW and not mailbox.error


def test_looking_again_takes_nothing_twice(mailbox: Account, dovecot: Postbox, room: Room) -> None:
    dovecot.put(*many(3))
    for _ in range(3):
        look()
        hand_over(room)
    dovecot.put(*many(4))  # the first three again, with other numbers
    look()
    hand_over(room)
    assert sorted(one.text for one in room.all) == [f"第 {one} 封" for one in range(4)]


def test_a_server_that_numbers_anew_brings_nothing_twice(
    mailbox: Account, dovecot: Postbox, room: Room
) -> None:
    dovecot.put(*many(2))
    look()
    Account.objects.update(cursor={"validity": 1, "uid": 99})  # as if the mailbox had been laid anew
    look()
    hand_over(room)
    assert len(room.all) == 2


def test_more_letters_than_one_look_takes(mailbox: Account, dovecot: Postbox) -> None:
    dovecot.put(*many(fetching.BATCH + 5))
    Account.objects.update(next_at=NOW)
    assert fetching.poll_one(NOW)
    assert Received.objects.count() == fetching.BATCH
    assert not fetching.poll_one(NOW)
    assert Received.objects.count() == fetching.BATCH + 5


def test_letters_from_before_the_account_are_left_where_they_are(mailbox: Account, dovecot: Postbox) -> None:
    dovecot.put(*many(2))
    Account.objects.update(since=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    look()
    assert not Received.objects.exists()
    mailbox.refresh_from_db()
    assert mailbox.cursor["uid"] == 2


def test_a_server_killed_between_letters_loses_none_and_doubles_none(
    mailbox: Account, dovecot: Postbox, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.put(*many(12))
    fetched: list[int] = []
    plain = fetching._Box.letter

    def dies_in_between(box: Any, head: Any) -> bytes:
        fetched.append(head.uid)
        if len(fetched) in (3, 8):
            dovecot.server.kill()
        return plain(box, head)

    monkeypatch.setattr(fetching._Box, "letter", dies_in_between)
    for _ in range(3):
        look()
        mailbox.refresh_from_db()
        if mailbox.error:
            dovecot.server.start()
    assert not mailbox.error and len(fetched) > 12
    hand_over(room)
    assert sorted(one.text for one in room.all) == sorted(f"第 {one} 封" for one in range(12))


def test_a_worker_killed_while_keeping_or_handing_over(
    mailbox: Account, dovecot: Postbox, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.put(*many(3))

    def dies(*_: Any) -> Any:
        raise OSError("killed")

    with monkeypatch.context() as worker:
        worker.setattr(fetching._Box, "mark", dies)
        look()
    look()
    plain, room.new = room.new, dies  # type: ignore[method-assign]
    hand_over(room, NOW)
    room.new = plain  # type: ignore[method-assign]
    assert {row.attempts for row in Received.objects.all()} == {1}
    hand_over(room)
    assert len(room.all) == 3


def test_an_answer_is_added_to_its_matter(mailbox: Account, dovecot: Postbox, room: Room) -> None:
    dovecot.put(raw(letter()))
    look()
    hand_over(room)
    case = next(iter(room.cases))
    ours = sending.queue(
        company_id=mailbox.company_id, channel="mail", case_uid=case, key="1", at=NOW, text="已收到"
    )
    told = sending.outgoing_of(ours)
    assert (told.to, told.subject, told.answers) == (
        "gao.min@mail.example",
        "Re: 洗车划痕",
        "<one@mail.example>",
    )
    answer = letter("还有一张照片", message_id="<two@mail.example>", In_Reply_To=sending.message_id_of(ours))
    own = letter("补充", message_id="<three@mail.example>", References="<one@mail.example>")
    dovecot.put(raw(answer), raw(own))
    look()
    hand_over(room)
    assert [one.text for one in room.cases[case]] == [
        "洗车后前机盖有一道划痕，请给个说法。",
        "还有一张照片",
        "补充",
    ]


def test_a_closed_matter_is_not_reopened_by_silence(mailbox: Account, dovecot: Postbox, room: Room) -> None:
    dovecot.put(raw(letter()))
    look()
    hand_over(room)
    room.closed.add(next(iter(room.cases)))
    dovecot.put(raw(letter("又出现了", message_id="<two@x>", In_Reply_To="<one@mail.example>")))
    look()
    hand_over(room)
    assert len(room.cases) == 2


def test_a_number_in_the_subject_counts_for_who_has_a_part_in_the_matter(
    mailbox: Account, dovecot: Postbox, room: Room
) -> None:
    dovecot.put(raw(letter()))
    look()
    hand_over(room)
    case = next(iter(room.cases))
    room.numbers["C-2026-00007"] = case
    dovecot.put(
        raw(letter("我的进度", subject="关于 C-2026-00007", message_id="<a@x>")),
        raw(letter("想看别人的", subject="C-2026-00007", message_id="<b@x>", sender="other@else.example")),
    )
    look()
    hand_over(room)
    assert [one.text for one in room.cases[case]][1:] == ["我的进度"]
    assert len(room.cases) == 2


def test_what_no_person_wrote_is_left_aside(mailbox: Account, dovecot: Postbox, room: Room) -> None:
    dovecot.put(
        raw(letter("休假中", message_id="<auto@x>", Auto_Submitted="auto-replied")),
        raw(letter("促销", message_id="<bulk@x>", List_Id="<n.x>")),
        raw(letter("自己", message_id="<own@x>", sender=dovecot.user)),
    )
    look()
    hand_over(room)
    assert not room.all
    assert sorted(Received.objects.values_list("reason", flat=True)) == ["auto_reply", "bulk", "own"]


def test_our_own_letter_coming_back_is_no_complaint(mailbox: Account, dovecot: Postbox, room: Room) -> None:
    ours = sending.queue(
        company_id=mailbox.company_id,
        channel="mail",
        case_uid=mailbox.uid,
        key="1",
        at=NOW,
        text="x",
        to="a@b.example",
    )
    dovecot.put(raw(letter(message_id=sending.message_id_of(ours), sender="list@b.example")))
    look()
    hand_over(room)
    assert (Received.objects.get().reason, room.all) == ("own", [])


def test_a_report_is_noted_at_the_letter_it_speaks_of(
    mailbox: Account, dovecot: Postbox, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(sending, "told", [lambda row, at: heard.append(row.state)])
    ours = sending.queue(
        company_id=mailbox.company_id,
        channel="mail",
        case_uid=mailbox.uid,
        key="1",
        at=NOW,
        text="x",
        to="a@b.example",
    )
    dovecot.put(bounce(sending.message_id_of(ours)), bounce("<unknown@x>", action="delayed"))
    look()
    hand_over(room)
    ours.refresh_from_db()
    assert (ours.state, ours.error, ours.next_at, heard) == ("bounced", "returned: 5.1.1", None, ["bounced"])
    assert not room.all


def test_a_letter_over_the_limit_is_taken_with_its_words(
    mailbox: Account, dovecot: Postbox, room: Room, settings: Any
) -> None:
    settings.MAIL_LIMIT = 20_000
    made = letter("请看录像")
    made.add_attachment(b"x" * 200_000, maintype="video", subtype="mp4", filename="录像.mp4")
    dovecot.put(raw(made))
    look()
    hand_over(room)
    assert room.all[0].text == "请看录像"
    assert Received.objects.get().state == "taken"


def test_a_wrong_password_is_shown_and_tried_again_later(cast: Cast, home: Any, dovecot: Postbox) -> None:
    account = make_account(
        cast, "mail", secret={"password": "wrong"}, address=dovecot.user, user=dovecot.user,
        host="127.0.0.1", port=dovecot.server.port, tls="none",
    )  # fmt: skip
    look()
    account.refresh_from_db()
    assert "AUTHENTICATIONFAILED" in account.error
    assert account.next_at == NOW + dt.timedelta(minutes=1) and account.failures == 1
    assert PASSWORD not in account.error
    with pytest.raises(fetching.MailboxFault, match="AUTHENTICATIONFAILED"):
        fetching.test(account)


def test_an_address_that_must_not_be_called_is_refused(cast: Cast, home: Any) -> None:
    account = make_account(
        cast, "mail", host="169.254.169.254", port=143, tls="none", user="x", address="x@y.example"
    )
    look()
    account.refresh_from_db()
    assert account.error == "address refused: inside"
    assert not Sent.objects.exists()


def test_a_letter_nobody_can_take_is_given_up_and_kept(
    mailbox: Account, dovecot: Postbox, room: Room
) -> None:
    dovecot.put(raw(letter()))
    look()

    def dies(incoming: Any, at: dt.datetime) -> Any:
        raise ValueError("broken")

    room.new = dies  # type: ignore[method-assign]
    for hour in range(12):
        taking.take_one(NOW + dt.timedelta(hours=2 * hour), receiver=room, readers=READERS)
    row = Received.objects.get()
    assert (row.state, row.attempts, row.error) == ("failed", taking.MAX_ATTEMPTS, "ValueError: broken")
    assert row.blob and blobs.load(row.blob)
