"""Letters: what the rules owe, what a letter says, changed before it goes, kept as it went, by mail with its PDF."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from dingfen.cases.models import Attachment
from dingfen.channels.mail.sending import compose
from dingfen.channels.models import Sent
from dingfen.channels.sending import outgoing_of
from dingfen.clocks.models import Clock
from dingfen.complaints.actions import handling, issues, letters, proposing, stretching
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.letters.amounts import chinese, english
from dingfen.complaints.letters.owed import unsent
from dingfen.complaints.models import Complaint, Letter, Stretch
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.channels.conftest import home, make_account  # noqa: F401
from tests.complaints.conftest import SAID, Desk
from tests.complaints.test_stories import found_issue, offer, refused

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def due(desk: Desk) -> list[str]:
    return [one.id for one in unsent(Complaint.objects.get(), desk.now)]


def said(desk: Desk, letter: str, language: str = "zh-hans", body: str | None = None) -> Any:
    complaint = handling.seen(desk.actor("chen"), Complaint.objects.get().case.uid)
    return letters.preview(
        actor=desk.actor("chen"), at=desk.now, complaint=complaint, letter=letter, language=language, body=body
    )  # fmt: skip


def test_from_the_receipt_to_the_agreement(ruled: Desk, home: Path) -> None:  # noqa: F811
    desk = ruled
    make_account(desk.cast, "mail", address="service@yuanlan.example", user="s", host="127.0.0.1", port=1)
    who = Complainant(name="高雅琴", phone="13912340077", email="gao@customer.example")
    uid = desk.call(complainant=who).complaint.case.uid
    assert due(desk) == ["receipt"]
    draft, paper = said(desk, "receipt")
    assert SAID in draft.body and "由陈晨负责办理" in draft.body and draft.salutation == "尊敬的高雅琴："
    assert "前书面答复您" in draft.body and paper.mark == "草稿，未发出" and draft.rights == ""
    changed = draft.body + "\n\n# 另外\n周末也有人接听。"
    with pytest.raises(Problem):
        desk.act("lin", letters.send_letter, case_uid=uid, letter="receipt", via="mail")
    row = desk.act("chen", letters.send_letter, case_uid=uid, letter="receipt", via="mail", body=changed)
    assert (row.kind, row.owed, row.number) == ("receipt", "receipt", "CDE-K 2026/1")
    assert due(desk) == [] and Complaint.objects.get().state == "acknowledged"
    assert Complaint.objects.get().first_answer_at is None  # a receipt is no answer
    pdf = letters.attachments.opened(actor=desk.actor("chen"), at=desk.now, attachment=row.attachment)
    assert pdf.startswith(b"%PDF") and hashlib.sha256(pdf).hexdigest() == row.attachment.sha256
    entry = Entry.objects.get(kind="letter.sent")
    assert row.attachment.sha256 in bytes(entry.body).decode() and "周末" not in bytes(entry.body).decode()
    sent = Sent.objects.select_related("account__company").get()
    mail = compose(sent, outgoing_of(sent))
    assert mail.attachments[0][0] == "CDE-K 2026-1.pdf" and mail.attachments[0][1] == pdf
    assert mail.to == ["gao@customer.example"] and "周末也有人接听" in mail.body
    refused(
        "letter.unknown", desk, "chen", letters.send_letter, case_uid=uid, letter="decision-x", via="mail"
    )
    refused("letter.via", desk, "chen", letters.send_letter, case_uid=uid, letter="progress", via="chat")

    issue = found_issue(desk, uid)
    offer(desk, uid, issue, "make-good", "免费保养两次")
    desk.act("chen", proposing.offer, case_uid=uid, answer_by=desk.now + 3 * DAY)
    desk.act("chen", issues.decide, case_uid=uid)
    assert due(desk) == ["decision"]
    draft, _paper = said(desk, "decision")
    for words in ("诉求点 1：晚交车 6 天", "认定：成立", "方案 1：免费保养两次", "前选择"):
        assert words in draft.body, draft.body
    assert "12315" in draft.rights and "上级核查" in draft.rights and "消费者协会" in draft.rights
    english_one, _paper = said(desk, "decision", "en")
    assert english_one.title == "Decision" and "National consumer hotline 12315 (12315" in english_one.rights
    row = desk.act(
        "chen", letters.send_letter, case_uid=uid, letter="decision", via="counter", body="只此一句。"
    )
    assert letters.words_of(row).body == "只此一句。" and "12315" in letters.words_of(row).rights
    assert Complaint.objects.get().first_answer_at == desk.now and Sent.objects.count() == 1
    with translation.override("en"):
        assert (
            letters.paper_sent(row).number == "城东展厅复〔2026〕1 号"
        )  # in its own language, whoever reads
    assert Attachment.objects.count() == 2


def test_a_granted_extension_owes_a_letter_that_tells_of_it(ruled: Desk, home: Path) -> None:  # noqa: F811
    desk = ruled
    uid = desk.call(amount="6000").complaint.case.uid
    desk.act("chen", handling.assess, case_uid=uid, klass="delay", stated={"injury": False})
    desk.act("chen", letters.send_letter, case_uid=uid, letter="receipt", via="letter")
    clock = Clock.objects.live().get(subject_uid=uid, kind="complaint.decided")
    desk.later(days=1)
    asked = desk.act(
        "chen", stretching.ask_extension, clock_uid=clock.uid, reason="配件检测结果要等到下周二才能拿到"
    )
    if asked.approved_at is None:
        desk.act("fang", stretching.decide_extension, stretch_uid=asked.uid, approve=True)
    assert "more-time" in due(desk)
    draft, _paper = said(desk, "more-time")
    assert (
        "原因：配件检测结果要等到下周二才能拿到。" in draft.body
        and "CMP-14" in draft.body
        and "延至" in draft.body
    )
    desk.act("chen", letters.send_letter, case_uid=uid, letter="more-time", via="letter")
    row = Stretch.objects.get()
    assert (row.told_at, row.told_via) == (desk.now, "letter") and "more-time" not in due(desk)


def test_written_and_sent_on_its_page_and_read_as_it_went(ruled: Desk, home: Path, client: Client) -> None:  # noqa: F811
    desk = ruled
    case = desk.call().complaint.case
    client.force_login(desk.cast.chen)
    shown = client.get(f"/complaints/{case.uid}/").content.decode()
    assert "受理回执" in shown and f"/complaints/{case.uid}/letter/receipt/" in shown
    page = f"/complaints/{case.uid}/letter/receipt/"
    assert SAID in client.get(page).content.decode()
    assert "We received your complaint" in client.get(f"{page}?language=en").content.decode()
    assert client.get(f"/complaints/{case.uid}/letter/nonsense/").status_code == 404
    evil = client.post(page, {"do": "preview", "language": "zh-hans", "body": "<b>粗</b>", "via": "letter"})
    assert "&lt;b&gt;粗" in evil.content.decode() and not Letter.objects.exists()
    empty = client.post(page, {"do": "send", "language": "zh-hans", "body": " ", "via": "letter"})
    assert empty.status_code == 422 and not Letter.objects.exists()
    no_mail = client.post(page, {"do": "send", "language": "zh-hans", "body": "甲", "via": "mail"})
    assert no_mail.status_code == 409 and not Letter.objects.exists()  # no mailbox: said, nothing half sent
    done = client.post(page, {"do": "send", "language": "zh-hans", "body": "已收到。", "via": "letter"})
    assert done.status_code == 302
    row = Letter.objects.select_related("attachment").get()
    assert "已收到。" in client.get(f"/complaints/letters/{row.uid}/").content.decode()
    pdf = client.get(f"/complaints/letters/{row.uid}/paper.pdf")
    assert hashlib.sha256(pdf.content).hexdigest() == row.attachment.sha256
    assert client.get(f"/complaints/letters/{row.uid}/paper.docx").content.startswith(b"PK")
    client.force_login(desk.cast.gu)
    assert client.get(f"/complaints/letters/{row.uid}/").status_code == 404


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        ("3000", "叁仟元整", "three thousand"),
        ("600.50", "陆佰元伍角整", "six hundred"),
        ("10500.05", "壹万零伍佰元零伍分", "ten thousand five hundred"),
        ("100020", "壹拾万零贰拾元整", "one hundred thousand and twenty"),
        ("100000001", "壹亿零壹元整", "one hundred million and one"),
        ("0.30", "叁角整", "zero"),
        ("0", "零元整", "zero"),
        ("1204", "壹仟贰佰零肆元整", "one thousand two hundred and four"),
    ],
)
def test_amounts_in_words(amount: str, zh: str, en: str) -> None:
    assert chinese(Decimal(amount)) == zh and english(int(Decimal(amount))) == en
