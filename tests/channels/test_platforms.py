"""WeCom, DingTalk, Feishu and any other system: signed calls in, answers out, against a server of their formats.

What the callbacks bring is made here from the published rules, by other code than the product's.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import struct
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.test import Client
from standardwebhooks.webhooks import Webhook

from dingfen.cases import thread
from dingfen.channels import crypt, events, sending, taking
from dingfen.channels.jobs import READERS, SENDERS
from dingfen.channels.models import Account, Received, Sent
from dingfen.complaints.actions.thread import reply
from dingfen.complaints.by_channels import Intake
from dingfen.complaints.models import Complaint
from tests.cast import Cast
from tests.channels.conftest import make_account
from tests.channels.platform import Platform, platform

AES_KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
TOKEN, CORP, SECRET = "t0ken", "ww0011", "app-s3cret"


@pytest.fixture
def server() -> Iterator[Platform]:
    with platform() as running:
        yield running


@pytest.fixture
def wecom(cast: Cast, home: Path, server: Platform) -> Account:
    secret = {"token": TOKEN, "aes_key": AES_KEY, "app_secret": SECRET}
    return make_account(cast, "wecom", secret=secret, corp_id=CORP, agent_id="1000002", base=server.address)


@pytest.fixture
def dingtalk(cast: Cast, home: Path, server: Platform) -> Account:
    secret = {"app_secret": SECRET, "token": TOKEN, "aes_key": AES_KEY}
    return make_account(
        cast, "dingtalk", secret=secret, app_key="ding1", robot_code="robot1", base=server.address
    )


@pytest.fixture
def feishu(cast: Cast, home: Path, server: Platform) -> Account:
    secret = {"app_secret": SECRET, "verification_token": TOKEN, "encrypt_key": "e-key"}
    return make_account(cast, "feishu", secret=secret, app_id="cli_1", base=server.address)


@pytest.fixture
def hook(cast: Cast, home: Path, server: Platform) -> Account:
    secret = {"secret": "whsec_" + base64.b64encode(b"k" * 32).decode()}
    url = f"{server.address}/hook"
    return make_account(cast, "webhook", secret=secret, url=url, own_network=True, events=["complaint."])


def stamp(minus: float = 0) -> str:
    return str(int(dt.datetime.now(dt.UTC).timestamp() - minus))


def sealed(message: str, receiver: str) -> str:
    """The published format: random, length, message, receiver, padded to 32, AES-256-CBC."""
    key = base64.b64decode(AES_KEY + "=")
    plain = os.urandom(16) + struct.pack(">I", len(message.encode())) + message.encode() + receiver.encode()
    pad = 32 - len(plain) % 32
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()).decode()


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def wecom_call(account: Account, text: str, *, uid: str = "1", when: str = "", receiver: str = CORP) -> Any:
    when = when or stamp()
    inner = (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><FromUserName><![CDATA[gao.min]]></FromUserName>"
        f"<CreateTime>{when}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{uid}</MsgId><AgentID>1000002</AgentID></xml>"
    )
    told = sealed(inner, receiver)
    body = f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><Encrypt><![CDATA[{told}]]></Encrypt></xml>"
    query = f"msg_signature={sha1(TOKEN, when, 'n1', told)}&timestamp={when}&nonce=n1"
    return Client().post(f"/hooks/{account.uid}/?{query}", body, content_type="text/xml")


def dingtalk_call(
    account: Account, text: str, *, uid: str = "m1", key: str = SECRET, minus: float = 0
) -> Any:
    when = f"{stamp(minus)}000"
    sign = base64.b64encode(
        hmac.new(key.encode(), f"{when}\n{key}".encode(), hashlib.sha256).digest()
    ).decode()
    body = {
        "msgtype": "text", "text": {"content": text}, "senderStaffId": "staff7", "senderNick": "高敏",
        "msgId": uid, "createAt": int(when), "conversationId": "c",
    }  # fmt: skip
    return Client().post(
        f"/hooks/{account.uid}/",
        json.dumps(body),
        content_type="application/json",
        headers={"timestamp": when, "sign": sign},
    )


def feishu_sealed(told: dict[str, Any]) -> dict[str, str]:
    plain = json.dumps(told).encode()
    pad = 16 - len(plain) % 16
    iv = os.urandom(16)
    cipher = Cipher(algorithms.AES(hashlib.sha256(b"e-key").digest()), modes.CBC(iv)).encryptor()
    return {
        "encrypt": base64.b64encode(
            iv + cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()
        ).decode()
    }


def feishu_call(
    account: Account, text: str, *, uid: str = "om_1", token: str = TOKEN, key: str = "e-key"
) -> Any:
    when = stamp()
    told = {
        "schema": "2.0",
        "header": {"event_id": "e1", "event_type": "im.message.receive_v1", "token": token, "app_id": "cli_1"},
        "event": {
            "sender": {"sender_id": {"open_id": "ou_7"}, "sender_type": "user"},
            "message": {
                "message_id": uid, "message_type": "text", "content": json.dumps({"text": text}),
                "create_time": f"{when}000", "chat_type": "p2p",
            },
        },
    }  # fmt: skip
    body = json.dumps(feishu_sealed(told)).encode()
    sign = hashlib.sha256(f"{when}n1{key}".encode() + body).hexdigest()
    headers = {"x-lark-request-timestamp": when, "x-lark-request-nonce": "n1", "x-lark-signature": sign}
    return Client().post(f"/hooks/{account.uid}/", body, content_type="application/json", headers=headers)


def hook_call(account: Account, data: Any, *, secret: bytes = b"k" * 32, minus: int = 0) -> Any:
    body = json.dumps({"type": "message", "data": data})
    when = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=minus)
    sign = Webhook(base64.b64encode(secret).decode()).sign("msg_1", when, body)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(when.timestamp())),
        "webhook-signature": sign,
    }
    return Client().post(f"/hooks/{account.uid}/", body, content_type="application/json", headers=headers)


def hand_over() -> None:
    now = dt.datetime.now(dt.UTC)
    while taking.take_one(now, receiver=Intake(), readers=READERS):
        pass
    assert not Received.objects.exclude(error="").exists(), Received.objects.exclude(error="").first().error  # type: ignore[union-attr]


def send() -> None:
    now = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    while sending.send_one(now, senders=SENDERS, jitter=lambda: 0.0):
        pass


def answer(cast: Cast, way: str, text: str = "您好，已收到，周五前答复。") -> Sent:
    case = Complaint.objects.get().case
    now = dt.datetime.now(dt.UTC)
    reply(actor=cast.actor("chen", now), at=now, case_uid=case.uid, text=text, channel=way)
    send()
    sent = Sent.objects.filter(case_uid=case.uid).get()
    assert (sent.state, sent.error) == ("sent", "")
    return sent


def test_wecom_to_and_fro(wecom: Account, cast: Cast, server: Platform) -> None:
    assert wecom_call(wecom, "车还没修好").content == b""
    assert wecom_call(wecom, "车还没修好").status_code == 200  # WeCom calls again when an answer is late
    wecom_call(wecom, "第三次了", uid="2")
    hand_over()
    complaint = Complaint.objects.select_related("case").get()
    assert complaint.channel == "wecom"
    assert [thread.text_of(one) for one in complaint.case.messages.order_by("pk")] == [
        "车还没修好",
        "第三次了",
    ]
    answer(cast, "wecom")
    (body,) = server.bodies("/cgi-bin/message/send")
    assert (body["touser"], body["agentid"], body["text"]["content"]) == (
        "gao.min",
        1000002,
        "您好，已收到，周五前答复。",
    )
    assert body["enable_duplicate_check"] == 1
    asked = {path: query for path, query, _, _ in server.asked}
    assert asked["/cgi-bin/gettoken"] == {"corpid": CORP, "corpsecret": SECRET}
    assert asked["/cgi-bin/message/send"] == {"access_token": "w-token"}


def test_wecom_checks_the_address(wecom: Account) -> None:
    when, told = stamp(), sealed("12345", CORP)
    query = {"msg_signature": sha1(TOKEN, when, "n", told), "timestamp": when, "nonce": "n", "echostr": told}
    assert Client().get(f"/hooks/{wecom.uid}/", query).content == b"12345"
    assert Client().get(f"/hooks/{wecom.uid}/", {**query, "nonce": "m"}).status_code == 401


@pytest.mark.parametrize("bad", [{"receiver": "ww9999"}, {"when": "1409659813"}])
def test_wecom_refuses_another_company_and_old_calls(wecom: Account, bad: dict[str, str]) -> None:
    assert wecom_call(wecom, "x", **bad).status_code == 401
    assert not Received.objects.exists()


def test_wecom_takes_no_entities(wecom: Account) -> None:
    when = stamp()
    told = sealed('<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>', CORP)
    body = f"<xml><Encrypt><![CDATA[{told}]]></Encrypt></xml>"
    query = f"msg_signature={sha1(TOKEN, when, 'n', told)}&timestamp={when}&nonce=n"
    assert Client().post(f"/hooks/{wecom.uid}/?{query}", body, content_type="text/xml").status_code == 400


def test_dingtalk_to_and_fro(dingtalk: Account, cast: Cast, server: Platform) -> None:
    assert dingtalk_call(dingtalk, " 退款没到账 ").status_code == 200
    hand_over()
    assert thread.text_of(Complaint.objects.get().case.messages.get()) == "退款没到账"
    answer(cast, "dingtalk")
    (body,) = server.bodies("/v1.0/robot/oToMessages/batchSend")
    assert (body["robotCode"], body["userIds"]) == ("robot1", ["staff7"])
    assert json.loads(body["msgParam"]) == {"content": "您好，已收到，周五前答复。"}
    assert server.asked[-1][2]["x-acs-dingtalk-access-token"] == "d-token"


@pytest.mark.parametrize("bad", [{"key": "other"}, {"minus": 4000}])
def test_dingtalk_refuses_another_key_and_old_calls(dingtalk: Account, bad: dict[str, Any]) -> None:
    assert dingtalk_call(dingtalk, "x", **bad).status_code == 401
    assert not Received.objects.exists()


def test_dingtalk_answers_the_check_of_the_address(dingtalk: Account) -> None:
    when, told = stamp(), sealed('{"EventType":"check_url"}', "ding1")
    query = f"signature={sha1(TOKEN, when, 'n', told)}&timestamp={when}&nonce=n"
    said = (
        Client()
        .post(
            f"/hooks/{dingtalk.uid}/?{query}", json.dumps({"encrypt": told}), content_type="application/json"
        )
        .json()
    )
    assert said["msg_signature"] == sha1(TOKEN, when, "n", said["encrypt"])
    key = base64.b64decode(AES_KEY + "=")
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = opener.update(base64.b64decode(said["encrypt"])) + opener.finalize()
    assert plain[20:27] == b"success"


def test_feishu_to_and_fro(feishu: Account, cast: Cast, server: Platform) -> None:
    assert feishu_call(feishu, "合同金额不对").json() == {}
    feishu_call(feishu, "合同金额不对")
    hand_over()
    sent = answer(cast, "feishu")
    (body,) = server.bodies("/open-apis/im/v1/messages")
    assert (body["receive_id"], json.loads(body["content"])["text"]) == ("ou_7", "您好，已收到，周五前答复。")
    assert body["uuid"] == str(sent.uid)
    assert server.asked[-1][2]["authorization"] == "Bearer f-token"


def test_feishu_checks_the_address(feishu: Account) -> None:
    told = feishu_sealed({"type": "url_verification", "challenge": "c-1", "token": TOKEN})
    answer = Client().post(f"/hooks/{feishu.uid}/", json.dumps(told), content_type="application/json")
    assert answer.json() == {"challenge": "c-1"}


@pytest.mark.parametrize("bad", [{"token": "other"}, {"key": "other"}])
def test_feishu_refuses_another_token_or_key(feishu: Account, bad: dict[str, str]) -> None:
    assert feishu_call(feishu, "x", **bad).status_code == 401
    assert not Received.objects.exists()


def test_a_shop_brings_messages_and_gets_answers_and_events(
    hook: Account, cast: Cast, server: Platform
) -> None:
    events.tell(dt.datetime.now(dt.UTC))  # what was before the subscription is not told
    sender = {"id": "buyer-9", "name": "高敏", "phone": "13912340077"}
    data = {"id": "a1", "channel": "chat", "sender": sender, "text": "少发了一件"}
    assert hook_call(hook, data).json() == {"taken": True}
    assert hook_call(hook, data).json() == {"taken": False}
    hand_over()
    complaint = Complaint.objects.select_related("case").get()
    assert complaint.channel == "chat" and complaint.masked_phone
    answer(cast, "chat")
    events.tell(dt.datetime.now(dt.UTC))
    send()
    told = {json.loads(body)["type"]: (headers, body) for _, _, headers, body in server.asked}
    assert {"message.sent", "complaint.received", "complaint.answered"} <= set(told)
    for headers, body in told.values():
        Webhook(base64.b64encode(b"k" * 32).decode()).verify(body, headers)
    event = json.loads(told["complaint.received"][1])
    assert event["data"]["subject"]["uid"] == str(complaint.case.uid)
    assert "少发了一件" not in told["complaint.received"][1].decode()


@pytest.mark.parametrize("bad", [{"secret": b"x" * 32}, {"minus": 400}])
def test_a_webhook_with_another_secret_or_of_yesterday_is_refused(hook: Account, bad: dict[str, Any]) -> None:
    assert hook_call(hook, {"id": "1", "sender": {"id": "1"}, "text": "x"}, **bad).status_code == 401
    assert not Received.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"id": "1"},
        {"id": "1", "sender": {"id": "2"}, "text": " "},
        {"id": "1", "sender": "x", "text": "y"},
    ],
)
def test_a_webhook_of_another_form_is_refused(hook: Account, data: Any) -> None:
    assert hook_call(hook, data).status_code == 400


def test_events_are_sent_again_until_they_are_taken(hook: Account, cast: Cast, server: Platform) -> None:
    events.tell(dt.datetime.now(dt.UTC))
    hook_call(hook, {"id": "1", "sender": {"id": "1"}, "text": "x"})
    hand_over()
    events.tell(dt.datetime.now(dt.UTC))
    server.status = 503
    send()
    row = Sent.objects.get(key__startswith="event:")
    assert (row.state, row.attempts) == ("queued", 1) and "HTTP 503" in row.error
    server.status = 200
    assert sending.send_one(
        dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5), senders=SENDERS, jitter=lambda: 0.0
    )
    ids = {headers["webhook-id"] for _, _, headers, _ in server.asked}
    assert ids == {str(row.uid)}
    assert not events.tell(dt.datetime.now(dt.UTC)) and Sent.objects.count() == 1


def test_an_address_inside_is_not_called(hook: Account, server: Platform) -> None:
    Account.objects.update(
        settings={**hook.settings, "own_network": False, "url": "https://169.254.169.254/x"}
    )
    row = Sent(
        account=Account.objects.get(),
        key="k",
        queued_at=dt.datetime.now(dt.UTC),
        next_at=dt.datetime.now(dt.UTC),
    )
    from dingfen.channels.secrets import seal

    row.sealed = seal({"to": "", "text": "x"}, of=str(row.uid))
    row.save()
    send()
    row.refresh_from_db()
    assert "CallRefused: inside" in row.error and not server.asked


@pytest.mark.parametrize(("way", "path"), [("wecom", "/robot"), ("dingtalk", "/robot"), ("feishu", "/robot")])
def test_robots_tell_a_group(way: str, path: str, cast: Cast, home: Path, server: Platform) -> None:
    secret = {"robot": f"{server.address}{path}?key=1", "robot_secret": "r-secret"}
    account = make_account(cast, way, secret=secret, events=["complaint.received"], base=server.address)
    events.tell(dt.datetime.now(dt.UTC))
    from dingfen.complaints.actions.intake import receive

    now = dt.datetime.now(dt.UTC)
    got = receive(actor=cast.actor("chen", now), at=now, channel="phone", text="晚交车", unit=cast.site)
    events.tell(now)
    send()
    (row,) = Sent.objects.filter(account=account)
    assert (row.state, row.error) == ("sent", "")
    (_, query, _, body) = server.asked[0]
    assert str(got.complaint.case.uid) in body.decode() and "晚交车" not in body.decode()
    if way == "dingtalk":
        expected = hmac.new(b"r-secret", f"{query['timestamp']}\nr-secret".encode(), hashlib.sha256).digest()
        assert query["sign"] == base64.b64encode(expected).decode()
    if way == "feishu":
        told = json.loads(body)
        expected = hmac.new(f"{told['timestamp']}\nr-secret".encode(), b"", hashlib.sha256).digest()
        assert told["sign"] == base64.b64encode(expected).decode()


def test_a_door_that_is_off_is_not_there(wecom: Account) -> None:
    Account.objects.update(on=False)
    assert wecom_call(wecom, "x").status_code == 404
    assert Client().post(f"/hooks/{uuid.uuid4()}/").status_code == 404


def test_the_example_in_the_documents_of_wecom() -> None:
    told = (
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/"
        "sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJ"
        "YuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUca"
        "llcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl"
        "/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
    )
    assert (
        crypt.signature("QDG6eK", "1409659813", "1372623149", told)
        == "477715d11cdb4164915debcba66cb864d751f3e6"
    )
    opened = crypt.decrypt(told, "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
    assert "<Content><![CDATA[hello]]></Content>" in opened
