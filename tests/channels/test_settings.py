"""Setting channels up: by the administrator alone, secrets never shown again, faults at their field."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from django.test import Client

from dingfen.channels import accounts
from dingfen.channels.models import Account
from dingfen.register.models import Entry
from tests.cast import Cast
from tests.channels.platform import platform

SECRET = "whsec_" + "QUJD" * 11


@pytest.fixture
def admin(cast: Cast, home: Path) -> Client:
    client = Client()
    client.force_login(cast.admin)
    return client


def mail(cast: Cast, **more: str) -> dict[str, str]:
    return {
        "name": "客服邮箱", "unit": str(cast.site.uid), "address": "service@yuanlan.example", "host": "127.0.0.1",
        "port": "1", "tls": "none", "user": "service", "password": "p4ss-word", "folder": "INBOX", **more,
    }  # fmt: skip


def test_a_mailbox_is_set_up_tested_and_switched_off(admin: Client, cast: Cast) -> None:
    assert admin.get("/settings/channels/").status_code == 200
    made = admin.post("/settings/channels/add/mail/", mail(cast))
    assert made.status_code == 302, made.content.decode()[-2000:]
    account = Account.objects.get()
    assert accounts.secret_of(account) == {"password": "p4ss-word"}
    assert b"p4ss-word" not in bytes(account.secret) and "p4ss-word" not in str(account.settings)
    page = admin.get(f"/settings/channels/{account.uid}/").content.decode()
    assert "service@yuanlan.example" in page and "p4ss-word" not in page
    admin.post(f"/settings/channels/{account.uid}/test/")
    account.refresh_from_db()
    assert "ConnectionRefusedError" in account.error
    assert "ConnectionRefusedError" in admin.get(f"/settings/channels/{account.uid}/").content.decode()
    admin.post(f"/settings/channels/{account.uid}/", mail(cast, password="", name="客服"))
    account.refresh_from_db()
    assert (account.name, accounts.secret_of(account)) == ("客服", {"password": "p4ss-word"})
    admin.post(f"/settings/channels/{account.uid}/switch/", {"on": "0"})
    account.refresh_from_db()
    assert (account.on, account.next_at) == (False, None)
    entries = Entry.objects.filter(kind__startswith="channel.").order_by("seq")
    assert [one.kind for one in entries] == ["channel.set_up", "channel.changed", "channel.switched"]
    assert not any(b"p4ss" in bytes(one.body) or b"yuanlan.example" in bytes(one.body) for one in entries)


def test_a_public_page_gets_its_address(admin: Client, cast: Cast) -> None:
    told = {"name": "公开页", "unit": str(cast.site.uid), "slug": "yuanlan"}
    admin.post("/settings/channels/add/web/", told)
    assert Client().get("/complain/yuanlan/").status_code == 200
    twice = admin.post("/settings/channels/add/web/", {**told, "name": "第二"})
    assert twice.status_code == 422 and Account.objects.count() == 1
    assert admin.post("/settings/channels/add/web/", {**told, "slug": "X y"}).status_code == 422


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("mail", {"port": "many"}),
        ("mail", {"password": ""}),
        ("mail", {"tls": "maybe"}),
        ("webhook", {"secret": "short"}),
        ("wecom", {"corp_id": "1", "agent_id": "1", "app_secret": "s", "token": "t", "aes_key": "short"}),
        ("dingtalk", {}),
        ("feishu", {"app_id": "x"}),
    ],
)
def test_faults_stand_at_their_field(admin: Client, cast: Cast, channel: str, told: dict[str, str]) -> None:
    given = mail(cast, **told) if channel == "mail" else {"name": "x", "unit": str(cast.site.uid), **told}
    answer = admin.post(f"/settings/channels/add/{channel}/", given)
    assert answer.status_code == 422 and not Account.objects.exists()


def test_a_system_gets_a_door(admin: Client, cast: Cast) -> None:
    told = {"name": "商城", "unit": str(cast.site.uid), "secret": SECRET, "events": "complaint."}
    admin.post("/settings/channels/add/webhook/", told)
    account = Account.objects.get()
    assert account.settings["events"] == ["complaint."]
    page = admin.get(f"/settings/channels/{account.uid}/").content.decode()
    assert f"/hooks/{account.uid}/" in page and SECRET not in page


def test_how_a_gateway_is_connected_tried_and_what_went_wrong(admin: Client, cast: Cast) -> None:
    """Guide, address with its key, a text to try it, a call refused, a fault with what to do about it."""
    told = {"name": "短信", "unit": str(cast.site.uid), "own_network": "on", "key_in": "k" * 20}
    with platform() as server:
        server.answers["/send"] = {"code": "OK"}
        told |= {
            "url": f"{server.address}/send",
            "body": "mobile={national}&content={text}",
            "success": '"OK"',
        }
        assert "如何接入" in admin.get("/settings/channels/add/sms/").content.decode()
        admin.post("/settings/channels/add/sms/", told)
        account = Account.objects.get()
        at = f"/settings/channels/{account.uid}/"
        page = admin.get(at).content.decode()
        assert f"/hooks/{account.uid}/?key=KEY" in page and "k" * 20 not in page
        assert admin.post(f"{at}test/", {"to": "12"}).status_code == 422 and not server.asked
        assert admin.post(f"{at}test/", {"to": "139 1234 0077"}).status_code == 302
        ((_path, _query, _headers, body),) = server.asked
        assert parse_qs(body.decode())["mobile"] == ["13912340077"]
        server.answers["/send"] = {"code": "E403"}
        admin.post(f"{at}test/", {"to": "13912340077"})
    account.refresh_from_db()
    assert account.error.startswith("PlatformFault") and "13912340077" not in account.error
    assert Client().post(f"/hooks/{account.uid}/?key=wrong", {"mobile": "1", "msg": "x"}).status_code == 401
    assert "密钥或签名不符" in admin.get(at).content.decode()
    assert admin.post(f"{at}test/", {"to": "13912340077"}).status_code == 302  # nobody there any more
    assert "请核对服务器和端口" in admin.get(at).content.decode()


def test_the_other_company_and_other_people_see_none_of_it(admin: Client, cast: Cast) -> None:
    admin.post("/settings/channels/add/mail/", mail(cast))
    account = Account.objects.get()
    head = Client()
    head.force_login(cast.jiang)
    assert head.get(f"/settings/channels/{account.uid}/").status_code == 403
    other = Account.objects.create(
        company=cast.other_company, unit=cast.other_company, channel="web", name="x", since=account.since
    )
    assert admin.get(f"/settings/channels/{other.uid}/").status_code == 404
    assert admin.post(f"/settings/channels/{other.uid}/switch/", {"on": "0"}).status_code == 404
    other.refresh_from_db()
    assert other.on
