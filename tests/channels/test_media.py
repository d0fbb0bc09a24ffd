"""Pictures and voice of chats: fetched, typed by content, with the case; what cannot be had never keeps words back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from dingfen.cases import thread
from dingfen.cases.models import Attachment, Message
from dingfen.channels import chats, jobs, media, taking
from dingfen.channels.models import Account, Received
from dingfen.complaints.by_channels import Intake
from dingfen.filetypes import named
from tests.cast import Cast
from tests.channels.conftest import make_account
from tests.channels.platform import Platform, platform
from tests.channels.test_room import PNG

pytestmark = pytest.mark.django_db
AMR = b"#!AMR\n" + bytes(40)


@pytest.fixture
def server() -> Iterator[Platform]:
    with platform() as server:
        server.answers |= {
            "/cgi-bin/media/get": PNG,
            "/v1.0/robot/messageFiles/download": {"downloadUrl": f"{server.address}/drop/voice"},
            "/drop/voice": AMR,
            "/open-apis/im/v1/messages/om_1/resources/file_k": b"%PDF-1.4\n%%EOF",
        }
        yield server


def account(cast: Cast, way: str, server: Platform) -> Account:
    return make_account(
        cast, way, secret={"app_secret": "s"}, base=server.address, corp_id="c", app_key="a", app_id="i"
    )


def take(at: Any = None) -> None:
    assert taking.take_one(
        at or timezone.now(), receiver=Intake(), readers=jobs.READERS, prepare=jobs.prepare
    )


def keep(where: Account, uid: str = "1", **wanted: str) -> None:
    at = timezone.now()
    chats.keep(where, at=at, external=uid, sender="gao.min", text="[image]", said_at=at, media=wanted)


def test_each_platform_gives_its_files(cast: Cast, home: Path, server: Platform) -> None:
    keep(account(cast, "wecom", server), id="M1", kind="image")
    keep(account(cast, "dingtalk", server), id="D1", kind="voice")
    keep(account(cast, "feishu", server), id="file_k", kind="file", name="合同.pdf", message="om_1")
    for _ in range(3):
        take()
    files = {one.name: one.content_type for one in Attachment.objects.all()}
    assert files == {"picture.png": "image/png", "voice.amr": "audio/amr", "合同.pdf": "application/pdf"}
    assert not Received.objects.exclude(blob="").exists()  # the case has it now
    asked = {path: (query, headers) for path, query, headers, _ in server.asked}
    assert asked["/cgi-bin/media/get"][0]["media_id"] == "M1"
    assert asked["/open-apis/im/v1/messages/om_1/resources/file_k"][0] == {"type": "file"}
    body = next(body for path, _, _, body in server.asked if path.endswith("/download"))
    assert json.loads(body) == {"downloadCode": "D1", "robotCode": "a"}


def test_what_cannot_be_had_is_named_and_the_words_come_in(
    cast: Cast, home: Path, server: Platform, settings: Any
) -> None:
    where = account(cast, "wecom", server)
    server.answers["/cgi-bin/media/get"] = {"errcode": 40007, "errmsg": "invalid media_id"}
    keep(where, id="M1", kind="image")
    at = timezone.now()
    for n in range(media.TRIES - 1):
        take(at + dt.timedelta(hours=2 * n))
        assert not Message.objects.exists() and Received.objects.get().state == "waiting"
    take(at + dt.timedelta(hours=9))
    message = Message.objects.select_related("case").get()
    assert "picture" in thread.text_of(message) and not Attachment.objects.exists()
    server.answers["/cgi-bin/media/get"] = b"MZ" + bytes(80)  # a program is no picture, whatever it is called
    keep(where, "2", id="M2", kind="image")
    take(at + dt.timedelta(hours=9))
    assert not Attachment.objects.exists() and Message.objects.count() == 2
    settings.ATTACHMENT_LIMIT = 100
    server.answers["/cgi-bin/media/get"] = PNG + bytes(200)
    keep(where, "3", id="M3", kind="image")
    take(at + dt.timedelta(hours=9))  # too large is known at once
    assert not Attachment.objects.exists() and Message.objects.count() == 3


def test_names_get_the_ending_of_their_content() -> None:
    assert (named("picture", PNG), named("a.png", PNG), named("a.jpg", PNG)) == (
        "picture.png",
        "a.png",
        "a.jpg.png",
    )
    assert named("x", b"\x00\x01") == "x"
