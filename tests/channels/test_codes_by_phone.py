"""SMS through any gateway, and the code that shows how a complainant is reached: sent, limited, soon over, hashed."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dingfen.channels import accounts, actions, jobs, taking
from dingfen.channels.models import Account, Confirmation, Received, Sent
from dingfen.channels.sms.sending import fill, masked
from dingfen.channels.web_form import confirming
from dingfen.complaints.actions.handling import take
from dingfen.complaints.actions.intake import Complainant, receive
from dingfen.complaints.actions.thread import reply
from dingfen.complaints.by_channels import Intake
from dingfen.complaints.models import Complaint
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import Cast
from tests.channels.conftest import make_account
from tests.channels.platform import Platform, platform
from tests.channels.test_public_page import PAGE, code_of, page, told, visitor  # noqa: F401

pytestmark = pytest.mark.django_db
BODY = '{"mobile": "{national}", "content": "{text}", "key": "{token}", "list": [{"id": "{id}"}]}'


@pytest.fixture
def gateway(cast: Cast, home: Path) -> Any:
    with platform() as server:
        server.answers["/send"] = {"code": "OK"}
        make_account(
            cast, "sms", secret={"token": "k-1", "authorization": "Bearer t"}, url=f"{server.address}/send",
            body=BODY, success='"OK"', sign="【远澜】", own_network=True,
        )  # fmt: skip
        yield server


def asks(page: Account) -> None:  # noqa: F811
    page.settings["confirm"] = True
    page.save()


def send_all() -> None:
    while jobs.send_one(timezone.now()):
        pass


def last_code(gateway: Platform) -> str:
    send_all()
    return re.search(r"\d{6}", gateway.bodies("/send")[-1]["content"])[0]  # type: ignore[index]


def test_a_code_by_phone_from_the_form_to_the_record(
    cast: Cast, page: Account, visitor: Client, gateway: Platform  # noqa: F811
) -> None:  # fmt: skip
    visitor.post(PAGE, told())
    assert not Confirmation.objects.exists() and Complaint.objects.get().contact == ""  # not asked for here
    asks(page)
    done = visitor.post(PAGE, told())
    complaint = Complaint.objects.latest("case_id")
    assert done.status_code == 200 and code_of(done) and complaint.contact == "unconfirmed"
    code = last_code(gateway)
    sent, row = gateway.bodies("/send")[0], Confirmation.objects.get()
    assert sent["mobile"] == "13912340077" and sent["content"].startswith("【远澜】") and sent["key"] == "k-1"
    assert sent["list"] == [{"id": str(Sent.objects.latest("pk").uid)}]
    assert gateway.asked[0][2]["authorization"] == "Bearer t" and not Sent.objects.latest("pk").sealed
    assert code not in (row.digest, row.who) and len(row.digest) == 64
    wrong = str((int(code) + 1) % 10**6).zfill(6)
    bad = visitor.post(f"{PAGE}follow/confirm/", {"confirmation": wrong})
    assert bad.status_code == 422 and 'id="code-fault"' in bad.content.decode()
    assert (
        visitor.post(f"{PAGE}follow/confirm/", {"confirmation": f" {code[:3]} {code[3:]} "}).status_code
        == 302
    )
    complaint.refresh_from_db()
    assert complaint.contact == "phone"
    assert Entry.objects.filter(kind="complaint.contact_confirmed").count() == 1
    assert 'name="confirmation"' not in visitor.get(f"{PAGE}follow/").content.decode()
    chen = Client(headers={"accept-language": "zh-hans"})
    chen.force_login(cast.chen)
    assert "电话已确认" in chen.get(f"/complaints/{complaint.case.uid}/").content.decode()
    other = Client()  # nobody else can confirm it, or learn that there is something to confirm
    assert other.post(f"{PAGE}follow/confirm/", {"confirmation": code}).status_code == 302


def test_codes_stand_against_guessing_and_against_pestering(
    page: Account, visitor: Client, gateway: Platform  # noqa: F811
) -> None:  # fmt: skip
    asks(page)
    visitor.post(PAGE, told())
    row, at = Confirmation.objects.get(), timezone.now()
    code = last_code(gateway)
    wrong = str((int(code) + 1) % 10**6).zfill(6)
    results = [confirming.check(page, row.case_uid, wrong, at).result for _ in range(6)]
    assert results == ["wrong"] * 5 + ["spent"]
    assert confirming.check(page, row.case_uid, code, at).result == "spent"  # the right one comes too late
    again = visitor.post(f"{PAGE}follow/confirm/", {"again": "1"})
    assert again.status_code == 302
    newer = last_code(gateway)
    late = at + dt.timedelta(minutes=11)
    assert confirming.check(page, row.case_uid, newer, late).result == "over"
    if newer != code:
        assert confirming.check(page, row.case_uid, code, timezone.now()).result == "wrong"
    assert visitor.post(f"{PAGE}follow/confirm/", {"again": "1"}).status_code == 302
    refused = visitor.post(f"{PAGE}follow/confirm/", {"again": "1"})
    assert refused.status_code == 422 and Confirmation.objects.get().sent == 3  # three an hour to one number
    before = len(gateway.asked)
    done = visitor.post(PAGE, told())  # the complaint is taken all the same, and nobody's phone rings again
    send_all()
    assert done.status_code == 200 and Complaint.objects.latest("case_id").contact == "unconfirmed"
    assert len(gateway.asked) == before + 1  # what was queued for the third one
    assert confirming.check(page, row.case_uid, "", timezone.now()).result == "wrong"


def test_an_answer_reaches_who_left_only_a_phone(
    cast: Cast, page: Account, visitor: Client, gateway: Platform  # noqa: F811
) -> None:  # fmt: skip
    visitor.post(PAGE, told())
    case, now = Complaint.objects.get().case, timezone.now()
    chen = cast.actor("chen", now)
    take(actor=chen, at=now, case_uid=case.uid)
    reply(actor=chen, at=now, case_uid=case.uid, text="明天上午给您回电。", channel="sms")
    reply(actor=chen, at=now, case_uid=case.uid, text="很长" * 300, channel="sms")
    reply(actor=chen, at=now, case_uid=case.uid, text="里面有赔偿金额。", channel="web")
    send_all()
    short, long, seen = (one["content"] for one in gateway.bodies("/send"))
    assert short == "【远澜】明天上午给您回电。"
    for notice in (long, seen):
        assert case.number in notice and "/complain/yuanlan/follow/" in notice and "赔偿" not in notice
    Account.objects.filter(channel="sms").update(on=False)
    reply(actor=chen, at=now, case_uid=case.uid, text="已用手机发短信。", channel="sms")  # noted, as before
    assert not jobs.send_one(timezone.now())
    gateway.status = 500
    Account.objects.filter(channel="sms").update(on=True)
    reply(actor=chen, at=now, case_uid=case.uid, text="再发一条。", channel="sms")
    send_all()
    assert Sent.objects.latest("pk").state == "queued" and "500" in Sent.objects.latest("pk").error


def test_text_messages_come_in_by_any_gateway(cast: Cast, gateway: Platform) -> None:
    account = Account.objects.get(channel="sms")
    account.secret = accounts.sealed_secret(account, {**accounts.secret_of(account), "key_in": "k" * 20})
    account.settings["answer"] = '{"code":0}'
    account.save()
    door, client = f"/hooks/{account.uid}/", Client()
    assert client.post(f"{door}?key=wrong").status_code == 401 and client.post(door).status_code == 401
    door += "?key=" + "k" * 20

    def bring(told: object, kind: str = "application/json") -> int:
        got = client.post(door, told, content_type=kind)
        now = timezone.now()
        while taking.take_one(now, receiver=Intake(), readers=jobs.READERS):
            pass
        assert got.status_code != 200 or got.content == b'{"code":0}'
        return int(got.status_code)

    first = [
        {"phone_number": "13912340091", "content": "车漆有划痕，没人处理", "sequence_id": 7},
        {"report": "DELIVRD"},
    ]
    assert [bring(first), bring(first)] == [200, 200]  # the same again is the same
    row = Complaint.objects.get()
    assert (row.channel, row.masked_phone, row.case.messages.count()) == ("sms", "139****0091", 1)
    assert (
        bring(
            "From=%2B8613912340091&Body=%E8%BF%98%E5%9C%A8%E7%AD%89&MessageSid=8",
            "application/x-www-form-urlencoded",
        )
        == 200
    )
    assert row.case.messages.count() == 2  # of one person within the week: one matter
    now = timezone.now()
    other = receive(actor=cast.actor("chen", now), at=now, channel="phone", text="发票开错了",
                    complainant=Complainant(name="卢志远", phone="139 1234 0092")).complaint  # fmt: skip
    reply(
        actor=cast.actor("chen", now),
        at=now,
        case_uid=other.case.uid,
        text="请把发票号发给我。",
        channel="sms",
    )
    assert bring({"data": [{"mobile": "13912340092", "msg": "号码 0871", "msgId": "9"}]}) == 200
    assert [one.direction for one in other.case.messages.order_by("pk")] == [
        "in",
        "out",
        "in",
    ]  # to what we wrote
    anew = receive(actor=cast.actor("chen", now), at=now, channel="phone", text="合同没有盖章",
                   complainant=Complainant(name="卢志远", phone="139 1234 0092")).complaint  # fmt: skip
    for asked, text in ((row, "明天可以来吗？"), (anew, "哪一份？")):
        now = timezone.now()
        reply(actor=cast.actor("chen", now), at=now, case_uid=asked.case.uid, text=text, channel="sms")
    answers = (("13912340092", "第二份"), ("13912340091", "可以"))
    listed = [{"mobile": phone, "msg": text, "id": "account-4"} for phone, text in answers]
    wrapped = {"reports": [{"mobile": "13912340092"}], "data": {"list": listed}}
    assert bring(wrapped) == 200
    assert anew.case.messages.count() == 3  # the one we wrote about last, not the one they wrote in before
    assert row.case.messages.count() == 4  # a gateway's `id` that is no message's loses nothing
    many = [{"mobile": "13912340093", "msg": f"{n}"} for n in range(501)]
    assert bring(many) == 413 and Complaint.objects.count() == 3  # brought in smaller parts, none dropped
    assert bring({"mobile": "13912340092", "msg": " td "}) == 200 and Received.objects.get(reason="opt_out")
    assert (
        bring({"mobile": "13912340092", "msg": "N"}) == 200 and anew.case.messages.count() == 4
    )  # an answer
    assert bring({"mobile": "13912340094", "msg": "T"}) == 200  # nobody wrote there: the gateway's word
    assert Received.objects.filter(reason="opt_out").count() == 2
    send_all()
    ours = Sent.objects.filter(who=Sent.objects.get(case_uid=row.case.uid).who).get()
    for report in (
        {"mobile": "13912340091", "msg": "DELIVRD", "msgid": "55"},
        {"mobile": "13912340091", "content": "用户短信送达成功", "report_status": "SUCCESS"},
        {"mobile": "13912340091", "msg": "空号", "status": "UNDELIV", "out_id": str(ours.uid)},
    ):  # number and words, and yet nobody's message
        assert bring(report) == 200 and row.case.messages.count() == 4
    ours.refresh_from_db()
    assert ours.state == Sent.State.BOUNCED and Complaint.objects.count() == 3
    said = {"mobile": "13912340091", "msg": "短信状态不明", "status": "received"}
    assert bring(said) == 200 and row.case.messages.count() == 5
    for odd in ("{", "[1, null]", "[]", '{"mobile": {}, "msg": ["x"]}', '{"mobile": "no", "msg": "\\u0000"}'):
        assert bring(odd) in (200, 400)
    assert bring(b"\xff\xfe\x00", "text/plain") == 200 and Complaint.objects.count() == 3


def test_the_gateway_as_an_administrator_describes_it(cast: Cast, home: Path) -> None:
    now = timezone.now()
    given = {
        "url": "https://sms.example/send?to={phone}",
        "body": "mobile={phone}&content={text}",
        "own_network": "",
    }

    def save(**more: str) -> Account:
        return actions.save(
            actor=cast.actor("admin", now), at=now, channel="sms", name="短信", unit_uid=cast.site.uid,
            told={**given, **more},
        )  # fmt: skip

    for field, value in (
        ("url", "http://127.0.0.1/x"), ("url", "file:///etc/passwd"), ("body", "{not json"), ("body", "mobile={phone}"),
    ):  # fmt: skip
        with pytest.raises(Problem) as wrong:
            save(**{field: value})
        assert field in wrong.value.errors
    account = save()
    from dingfen.channels.sms.sending import request_of

    values = {
        "phone": "+8613912340077",
        "text": '报名&x=1"}{token}',
        "id": "i",
        "token": "geheim",
        "national": "1",
    }
    url, body, kind = request_of(account, values)
    assert url == "https://sms.example/send?to=%2B8613912340077" and kind.startswith("application/x-www-form")
    assert parse_qs(body.decode()) == {"mobile": ["+8613912340077"], "content": ['报名&x=1"}{token}']}
    account.settings["body"] = ""
    assert request_of(account, values)[1] == b""
    account.settings["url"] = "https://sms.example/{token}/to/{phone}?text={text}"
    assert request_of(account, values)[0].startswith(
        "https://sms.example/geheim/to/%2B8613912340077?text=%E6%8A"
    )


def test_what_a_gateway_echoes_is_kept_by_nobody() -> None:
    values = {
        "phone": "+8613912340077",
        "national": "13912340077",
        "text": "验证码 123456",
        "token": "geheim",
    }
    said = masked(
        '{"code": 7, "to": "+8613912340077", "msg": "\\u9a8c\\u8bc1\\u7801 123456", "k": "geheim"}', values
    )
    assert '"code":7' in said and not any(value in said for value in values.values())
    assert "123456" not in said and masked("13912340077 busy", values) == "{national} busy"


@given(st.text(alphabet="{}phonetxid ", max_size=30), st.text(alphabet="{}textoken", max_size=12))
def test_what_is_filled_in_is_not_read_again(form: str, value: str) -> None:
    """Against a slow version by regular expression."""
    values = {"phone": value, "text": "T"}
    slow = re.sub(r"\{(phone|text)\}", lambda found: values[found[1]], form)
    assert fill(form, values) == slow
