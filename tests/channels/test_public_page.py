"""The public page: whole without an account or a script, and standing against guessing, flooding and injection."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dingfen.cases import thread
from dingfen.cases.models import Attachment
from dingfen.channels.models import Account, Tracking
from dingfen.channels.web_form import codes
from dingfen.complaints.actions.thread import reply
from dingfen.complaints.by_channels import known_of
from dingfen.complaints.models import Complaint
from tests.cast import NOW, Cast
from tests.channels.conftest import make_account
from tests.channels.test_room import PNG

PAGE = "/complain/yuanlan/"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 70919|add:1 }}"


@pytest.fixture
def page(cast: Cast, home: Path) -> Account:
    account = make_account(cast, "web")
    Account.objects.filter(pk=account.pk).update(slug="yuanlan")
    account.refresh_from_db()
    return account


@pytest.fixture
def visitor(page: Account) -> Client:
    return Client(headers={"accept-language": "zh-hans"})


def told(**more: Any) -> dict[str, Any]:
    return {
        "text": "提车晚了六天，没有人通知。", "name": "高敏", "phone": "13912340077",
        "token": str(uuid.uuid4()), **more,
    }  # fmt: skip


def code_of(answer: Any) -> str:
    found = re.search(r"<output>([^<]+)</output>", answer.content.decode())
    assert found, answer.content.decode()[-3000:]
    return found[1]


def test_from_complaint_to_answer(visitor: Client, page: Account, cast: Cast) -> None:
    form = visitor.get(PAGE)
    assert form.status_code == 200 and form["X-Robots-Tag"] == "noindex, nofollow"
    assert "df-nav" not in form.content.decode()
    photo = SimpleUploadedFile("合同.png", PNG)
    done = visitor.post(PAGE, told(day="2026-11-02", place="城东展厅", remedy="apology", files=photo))
    code = code_of(done)
    complaint = Complaint.objects.select_related("case").get()
    assert (complaint.channel, complaint.case.unit) == ("web", page.unit)
    assert known_of(complaint) == {"name": "高敏", "phone": "13912340077", "kind": "person"}
    assert Attachment.objects.get().name == "合同.png"
    assert complaint.case.number in done.content.decode()
    reply(
        actor=cast.actor("chen"),
        at=NOW,
        case_uid=complaint.case.uid,
        text="我们已核实，周五前答复。",
        channel="phone",
    )
    other = Client(headers={"accept-language": "zh-hans"})
    assert "提车晚了六天" not in other.get(f"{PAGE}follow/").content.decode()
    assert other.post(f"{PAGE}follow/", {"code": code.lower().replace("-", " ")}).status_code == 302
    seen = other.get(f"{PAGE}follow/").content.decode()
    for words in ("提车晚了六天", "我们已核实，周五前答复。", "合同.png", "正在核实处理"):
        assert words in seen
    assert "陈晨" not in seen  # names of colleagues are not the customer's business
    added = other.post(f"{PAGE}follow/", {"text": "再补充一点", "token": str(uuid.uuid4())})
    assert added.status_code == 302
    assert "再补充一点" in other.get(added["Location"]).content.decode()
    other.post(f"{PAGE}leave/")
    assert "再补充一点" not in other.get(f"{PAGE}follow/").content.decode()


def test_the_code_is_kept_nowhere(visitor: Client) -> None:
    code = code_of(visitor.post(PAGE, told()))
    assert len(code.replace("-", "")) == codes.LENGTH
    row = Tracking.objects.get()
    assert code not in str(vars(row)) and code.replace("-", "") not in str(vars(row))
    assert not any(code.replace("-", "") in cookie.value for cookie in visitor.cookies.values())
    assert set(visitor.cookies) <= {"csrftoken", "follow"}
    follow = visitor.cookies["follow"]
    assert follow["httponly"] and follow["samesite"] == "Strict" and follow["path"] == PAGE


def test_sent_twice_it_is_one_complaint(visitor: Client) -> None:
    same = told()
    first, second = code_of(visitor.post(PAGE, same)), code_of(visitor.post(PAGE, same))
    assert Complaint.objects.count() == 1 and first != second
    stranger = Client()
    assert stranger.post(f"{PAGE}follow/", {"code": first}).status_code == 422
    assert stranger.post(f"{PAGE}follow/", {"code": second}).status_code == 302


def test_guessing_ends_soon_and_tells_nothing(visitor: Client) -> None:
    code = code_of(visitor.post(PAGE, told()))
    guesser = Client(headers={"accept-language": "zh-hans"})
    wrong = {
        guesser.post(f"{PAGE}follow/", {"code": f"ABCD-EFGH-JKLM-{n:04}"}).content
        for n in range(codes.TRIES + 3)
    }
    assert len({re.sub(rb'(nonce|value)="[^"]*"|"X-CSRFToken": "[^"]*"', b"", one) for one in wrong}) == 1
    right = guesser.post(f"{PAGE}follow/", {"code": code})
    assert right.status_code == 422  # the right one too, from an address that has guessed
    assert re.sub(rb'(nonce|value)="[^"]*"|"X-CSRFToken": "[^"]*"', b"", right.content) in {
        re.sub(rb'(nonce|value)="[^"]*"|"X-CSRFToken": "[^"]*"', b"", one) for one in wrong
    }
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post(f"{PAGE}follow/", {"code": code}).status_code == 302


def test_a_forged_or_foreign_cookie_follows_nothing(visitor: Client, page: Account, cast: Cast) -> None:
    visitor.post(PAGE, told())
    row = Tracking.objects.get()
    thief = Client()
    thief.cookies["follow"] = f"{row.uid}:{row.digest[:16]}"
    assert "提车晚了六天" not in thief.get(f"{PAGE}follow/").content.decode()
    other = Account.objects.create(
        company=cast.other_company, unit=cast.other_company, channel="web", name="w", slug="xinghe", since=NOW
    )
    thief.cookies["follow"] = visitor.cookies["follow"].value
    assert "提车晚了六天" not in thief.get(f"/complain/{other.slug}/follow/").content.decode()


def test_a_flood_of_one_address_stops_and_others_go_on(visitor: Client) -> None:
    for _ in range(codes.FILED):
        assert visitor.post(PAGE, told()).status_code == 200
    flooded = visitor.post(PAGE, told(text="第十一件"))
    assert flooded.status_code == 429 and "第十一件" in flooded.content.decode()
    assert Complaint.objects.count() == codes.FILED
    assert Client(REMOTE_ADDR="198.51.100.7").post(PAGE, told()).status_code == 200


def test_script_stays_text(visitor: Client) -> None:
    visitor.post(PAGE, told(text=EVIL, name=EVIL[:50], place=EVIL))
    seen = visitor.get(f"{PAGE}follow/").content.decode()
    assert "<script>alert(1)" not in seen and "<img src=x" not in seen
    assert "70920" not in seen  # nothing of it is worked out; no time of day can look like it
    assert "&lt;script&gt;alert(1)" in seen
    assert thread.text_of(Complaint.objects.get().case.messages.get()) == EVIL
    policy = visitor.get(PAGE)["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe-inline" not in policy


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": "  "}, "发生了什么"),
        ({"text": "", "phone": "", "email": ""}, "请留下手机号或邮箱"),
        ({"phone": "", "email": ""}, "请留下手机号或邮箱"),
        ({"phone": "12"}, "无法拨打"),
        ({"email": "x@"}, "email"),
        ({"day": "2999-01-01"}, "今天或以前"),
    ],
)
def test_faults_stand_at_their_field_and_nothing_typed_is_lost(
    visitor: Client, change: dict[str, str], words: str
) -> None:
    answer = visitor.post(PAGE, told(place="城东展厅", **change))
    assert answer.status_code == 422
    assert words in answer.content.decode() and 'value="城东展厅"' in answer.content.decode()
    assert not Complaint.objects.exists()


def test_files_are_known_by_their_content(visitor: Client) -> None:
    program = SimpleUploadedFile("photo.png", b"MZ\x90\x00program")
    answer = visitor.post(PAGE, told(files=program))
    assert answer.status_code == 422 and not Complaint.objects.exists()
    many = [SimpleUploadedFile(f"{n}.txt", f"{n}".encode()) for n in range(9)]
    assert visitor.post(PAGE, told(files=many)).status_code == 422


def test_a_page_that_is_off_or_unknown_is_not_there(visitor: Client, page: Account) -> None:
    assert visitor.get("/complain/nobody/").status_code == 404
    Account.objects.update(on=False)
    assert visitor.get(PAGE).status_code == 404
    assert visitor.post(f"{PAGE}follow/", {"code": "x"}).status_code == 404


def test_in_english(page: Account) -> None:
    english = Client(headers={"accept-language": "en"})
    assert "Tell us what went wrong" in english.get(PAGE).content.decode()
    done = english.post(PAGE, told(text="Delivered six days late.")).content.decode()
    assert "Your tracking code" in done and Complaint.objects.get().language == "en"


def test_a_matter_that_was_erased_shows_nothing(visitor: Client) -> None:
    visitor.post(PAGE, told())
    Complaint.objects.update(sealed=b"")
    assert "提车晚了六天" not in visitor.get(f"{PAGE}follow/").content.decode()


def test_messages_in_a_matter_have_a_limit(visitor: Client, page: Account) -> None:
    visitor.post(PAGE, told())
    row = Tracking.objects.get()
    at = dt.datetime.now(dt.UTC)
    assert all(codes.may_add(row, at) for _ in range(codes.ADDED))
    answer = visitor.post(f"{PAGE}follow/", {"text": "还有", "token": str(uuid.uuid4())})
    assert answer.status_code == 429 and "还有" in answer.content.decode()


def test_a_browser_can_send_the_form(page: Account) -> None:
    """With `no-referrer` browsers say `Origin: null`, and every form would be refused."""
    browser = Client(enforce_csrf_checks=True)
    form = browser.get(PAGE)
    assert form["Referrer-Policy"] == "same-origin"
    token = browser.cookies["csrftoken"].value
    told_all = told(csrfmiddlewaretoken=token)
    assert browser.post(PAGE, told_all, headers={"origin": "http://testserver"}).status_code == 200
    assert browser.post(PAGE, told_all, headers={"origin": "null"}).status_code == 403
