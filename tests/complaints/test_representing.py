"""Who speaks for a complainant: on what, with what paper, at most five for a group; what a death changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dingfen.complaints.actions import letters, representing, thread
from dingfen.complaints.actions.handling import told_of
from dingfen.complaints.actions.intake import Complainant, File, Representative
from dingfen.complaints.going_out import reached_of
from dingfen.complaints.representing import addressee, meetings_of, speakers_of
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.channels.conftest import home, make_account  # noqa: F401
from tests.channels.test_room import PNG
from tests.complaints.conftest import Desk
from tests.complaints.test_stories import refused

pytestmark = pytest.mark.django_db
PAPER = File("授权委托书.png", PNG)


def test_letters_go_to_who_showed_that_they_may_speak(ruled: Desk, home: Path) -> None:  # noqa: F811
    desk = ruled
    make_account(desk.cast, "mail", address="care@yuanlan.example", smtp_host="localhost")
    who = Complainant(name="高雅琴", phone="13912340077", email="gao@example.com")
    complaint = desk.call(complainant=who).complaint
    uid = complaint.case.uid
    give = {"case_uid": uid, "name": "程律师", "basis": "lawyer", "email": "cheng@law.example"}
    refused("required", desk, "chen", representing.name_representative, **{**give, "name": " "})
    refused("phone.unreadable", desk, "chen", representing.name_representative, **give, phone="abc")
    refused("heir.no_death", desk, "chen", representing.name_representative, **{**give, "basis": "heir"})
    desk.act("chen", representing.name_representative, **give)
    assert reached_of(desk.complaint(complaint))["email"] == "gao@example.com"  # nothing shown yet
    desk.act("chen", representing.show_authority, case_uid=uid, number=1, file=PAPER)
    assert reached_of(desk.complaint(complaint)) == {
        "name": "程律师",
        "phone": "",
        "email": "cheng@law.example",
    }
    refused(
        "representative.shown", desk, "chen", representing.show_authority, case_uid=uid, number=1, file=PAPER
    )
    desk.act("chen", thread.reply, case_uid=uid, text="已收到委托书。", channel="mail")
    from dingfen.channels import sending
    from dingfen.channels.models import Sent

    assert sending.outgoing_of(Sent.objects.get()).to == "cheng@law.example"
    draft, _paper = letters.preview(
        actor=desk.actor("chen"), at=desk.now, complaint=desk.complaint(complaint), letter="receipt",
        language="zh-hans",
    )  # fmt: skip
    assert "程律师" in draft.salutation
    desk.act("chen", representing.end_representation, case_uid=uid, number=1, reason="客户撤回委托")
    assert reached_of(desk.complaint(complaint))["name"] == "高雅琴"
    refused(
        "invalid", desk, "chen", representing.end_representation, case_uid=uid, number=1, reason="再撤一次"
    )

    desk.act(
        "chen", representing.name_representative, **{**give, "name": "高先生", "basis": "proxy"}, file=PAPER2
    )
    desk.act("chen", representing.note_death, case_uid=uid, died_on=desk.now.date(), proof="家属出示死亡证明")
    told = told_of(desk.complaint(complaint))
    assert [one.standing for one in speakers_of(told)] == [False, False]  # a mandate ends with the death
    desk.act("chen", representing.name_representative, case_uid=uid, name="高小雨", basis="heir",
             phone="13912340078", file=PAPER3)  # fmt: skip
    assert addressee(told_of(desk.complaint(complaint)))["name"] == "高小雨"
    refused("complainant.died", desk, "chen", representing.note_death, case_uid=uid, died_on=desk.now.date(),
            proof="再登记一次")  # fmt: skip
    kinds = list(Entry.objects.filter(subject_uid=uid).order_by("seq").values_list("kind", flat=True))
    assert kinds[-2:] == ["complainant.died", "representative.named"]
    body = b"".join(
        bytes(one) for one in Entry.objects.filter(subject_uid=uid).values_list("body", flat=True)
    )
    assert "程律师".encode() not in body  # names stand sealed, apart


PAPER2 = File("委托书二.txt", b"another power of attorney")
PAPER3 = File("继承证明.txt", b"proof of succession")


def test_five_at_most_speak_for_a_group(ruled: Desk) -> None:
    desk = ruled
    six = [Representative(name=f"代表{n}", basis="speaker") for n in range(6)]
    with pytest.raises(Problem) as many:
        desk.call(representatives=six, people=30)
    assert many.value.errors["representatives"][0][0] == "speakers.five"
    got = desk.call(representatives=six[:5], people=30).complaint
    uid, more = got.case.uid, {"name": "第六位", "basis": "speaker"}
    refused("speakers.five", desk, "chen", representing.name_representative, case_uid=uid, **more)
    desk.act("chen", representing.end_representation, case_uid=uid, number=2, reason="本人退出")
    desk.act("chen", representing.name_representative, case_uid=uid, **more)
    assert desk.complaint(got).people == 30
    assert addressee(told_of(desk.complaint(got)))["name"] == "高雅琴"  # who complained can be reached


def test_a_group_meets_and_chooses_who_speaks(ruled: Desk, home: Path) -> None:  # noqa: F811
    desk = ruled
    two = [Representative(name=name, basis="speaker") for name in ("高雅琴", "卢志远")]
    complaint = desk.call(representatives=two, people=3).complaint
    give = {
        "case_uid": complaint.case.uid, "held_at": desk.now - dt.timedelta(hours=3), "present": 12, "speakers": [1, 2],
        "place": "城东展厅二楼", "minutes": "推选两人为代表，要求统一更换批次零件。",
    }  # fmt: skip
    refused(
        "date.future",
        desk,
        "chen",
        representing.note_meeting,
        **{**give, "held_at": desk.now + dt.timedelta(1)},
    )
    refused("invalid", desk, "chen", representing.note_meeting, **{**give, "present": 1})
    refused("reason.short", desk, "chen", representing.note_meeting, **{**give, "minutes": "已开会"})
    refused("invalid", desk, "chen", representing.note_meeting, **{**give, "speakers": [1, 3]})
    desk.act("chen", representing.note_meeting, **give, file=File("签名册.png", PNG))
    now = desk.complaint(complaint)
    (met,) = meetings_of(told_of(now))
    assert (now.people, met.present, met.speakers) == (12, 12, ("高雅琴", "卢志远")) and met.attachment
    entry = bytes(Entry.objects.get(kind="complaint.group_met").body)
    assert b'"present":12' in entry and "零件".encode() not in entry  # what was said is sealed


def test_on_the_page_and_by_the_api(ruled: Desk, home: Path, client: Client) -> None:  # noqa: F811
    desk = ruled
    uid = desk.call().complaint.case.uid
    client.force_login(desk.cast.chen)
    act, page = f"/complaints/{uid}/", f"/complaints/{uid}/"
    assert (
        client.post(
            f"{act}represent/", {"name": "程律师", "basis": "lawyer", "phone": "13912340079"}
        ).status_code
        == 302
    )
    shown = client.get(page).content.decode()
    assert "程律师" in shown and "尚未出示授权证明" in shown
    wrong = client.post(f"{act}authority/", {"number": "1"})
    assert wrong.status_code == 422 and 'id="represent" open' in wrong.content.decode()
    paper = SimpleUploadedFile("授权委托书.png", PNG)
    assert client.post(f"{act}authority/", {"number": "1", "file": paper}).status_code == 302
    assert "尚未出示授权证明" not in client.get(page).content.decode()
    assert client.post(f"{act}died/", {"died_on": "2030-01-01", "proof": "家属来电告知"}).status_code == 422
    met = {
        "held_at": "2026-01-02T10:00",
        "present": "6",
        "minutes": "推选代表并商定诉求内容",
        "place": "二楼",
    }
    assert client.post(f"{act}met/", {**met, "present": "1"}).status_code == 422
    assert client.post(f"{act}met/", met).status_code == 302
    assert "推选代表并商定诉求内容" in client.get(page).content.decode()
    day = (dt.datetime.now(dt.UTC) - dt.timedelta(days=3)).date().isoformat()
    assert client.post(f"{act}died/", {"died_on": day, "proof": "家属来电告知"}).status_code == 302
    assert 'value="heir"' in client.get(page).content.decode()
