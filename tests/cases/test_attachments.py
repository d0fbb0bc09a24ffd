"""Files of cases: typed by content, kept encrypted, opened by right, swept, erased."""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from PIL import Image

from dingfen import blobs
from dingfen.cases import attachments
from dingfen.cases.models import Attachment
from dingfen.filetypes import type_of
from dingfen.ownership.actions import File
from dingfen.parties import actions as parties
from dingfen.parties import erasing
from dingfen.problems import Problem
from dingfen.register.models import Entry, Look
from tests.cast import NOW, Cast
from tests.ownership.conftest import House
from tests.ownership.test_disputes import dealt

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(blobs, "folder", lambda: _made(tmp_path / "blobs"))
    monkeypatch.setattr(erasing, "list_path", lambda: tmp_path / "erasures.jsonl")


def _made(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


def photo(place: str = "") -> bytes:
    """A JPEG with a camera's notes in it."""
    image = Image.new("RGB", (2400, 1200), "teal")
    exif = image.getexif()
    exif[0x010E] = place or "青禾路 8 号"  # ImageDescription
    exif[0x0110] = "SecretCam 9"
    out = BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"taken at home")
    return out.getvalue()


def zipped(**members: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), text)
    return out.getvalue()


DOCX = zipped(word__document_DOT_xml="<w/>")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("现场照片.JPG", photo(), "image/jpeg"),
        ("委托书.pdf", b"%PDF-1.7\n1 0 obj", "application/pdf"),
        ("说明.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("发票.ofd", zipped(OFD_DOT_xml="<o/>"), "application/ofd"),
        ("通话记录.csv", "时间,号码\n".encode("gb18030"), "text/plain"),
        ("录音.mp3", b"ID3\x03\x00" + bytes(64), "audio/mpeg"),
    ],
)
def test_the_type_is_found_in_the_content(name: str, content: bytes, found: str) -> None:
    assert type_of(name, content) == found


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "attachment.empty"),
        ("照片.jpg", b"%PDF-1.7\n", "attachment.mismatch"),
        ("照片", photo(), "attachment.mismatch"),
        ("setup.exe", b"MZ" + bytes(64), "attachment.type"),
        ("setup.pdf", b"MZ" + bytes(64), "attachment.type"),
        ("tool", b"\x7fELF" + bytes(64), "attachment.type"),
        ("a.txt", b"#!/bin/sh\nrm -rf /", "attachment.type"),
        ("a.txt", b"plain\0not", "attachment.type"),
        ("a.zip", zipped(a_DOT_txt="x"), "attachment.type"),
        ("a.docx", zipped(word__document_DOT_xml="x", word__vbaProject_DOT_bin="x"), "attachment.type"),
        ("a.docx", b"PK\x03\x04broken", "attachment.type"),
        ("a.html", b"<html><script>1</script>", "attachment.mismatch"),
        ("a.svg", b"<svg onload='x'/>", "attachment.mismatch"),
    ],
)
def test_what_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        type_of(name, content)
    assert refused.value.code == code
    assert refused.value.errors["file"][0][0] == code


def given(house: House, name: str = "现场.jpg", content: bytes = b"", who: str = "lin") -> Any:
    dispute = dealt(house)[2]
    return house.act(
        who, "add_file", dispute_uid=dispute.case.uid, file=File(name, content or photo(), "门岗照片")
    )


def test_a_file_is_kept_encrypted_and_its_digest_stands_in_the_register(dealer: House) -> None:
    row = given(dealer, "C:\\桌面\\现\u202e场.jpg")
    kept = row.attachment
    assert (kept.name, kept.content_type, kept.scanned) == ("现场.jpg", "image/jpeg", False)
    on_disk = (blobs.folder() / kept.blob).read_bytes()
    assert b"SecretCam" not in on_disk and kept.sha256 not in kept.blob
    entry = Entry.objects.filter(kind="evidence.added").latest("seq")
    assert kept.sha256 in bytes(entry.body).decode()
    assert "现场" not in bytes(entry.body).decode()


def test_it_is_opened_by_who_sees_the_case_and_each_opening_is_logged(dealer: House, cast: Cast) -> None:
    kept = given(dealer).attachment
    for who, sees in (("jiang", True), ("xu", True), ("zhou", True), ("chen", False), ("stranger", False)):
        actor = cast.actor(who, dealer.now)
        if not sees:
            with pytest.raises(Problem):
                attachments.visible(actor, kept.uid)
            continue
        found = attachments.visible(actor, kept.uid)
        assert attachments.opened(actor=actor, at=dealer.now, attachment=found) == photo()
    assert Look.objects.filter(kind="attachment.opened", subject_uid=kept.uid).count() == 3


def test_a_preview_carries_nothing_but_the_picture(dealer: House, cast: Cast) -> None:
    kept = given(dealer).attachment
    shown = attachments.preview(actor=cast.actor("gu"), at=dealer.now, attachment=kept)
    assert b"SecretCam" in photo() and b"SecretCam" not in shown and b"taken at home" not in shown
    with Image.open(BytesIO(shown)) as image:
        assert image.size == (1600, 800) and not image.getexif()
    text = dealer.act(
        "lin",
        "add_file",
        dispute_uid=kept.case.uid,
        file=File("说明.txt", "由我接待".encode()),
    ).attachment
    with pytest.raises(Problem) as none:
        attachments.preview(actor=cast.actor("gu"), at=dealer.now, attachment=text)
    assert none.value.code == "attachment.no_preview"


def test_limits(dealer: House, settings: Any) -> None:
    first = given(dealer, content=photo("一"))
    case = first.attachment.case.uid

    def refused(name: str, content: bytes) -> str:
        with pytest.raises(Problem) as why:
            dealer.act("lin", "add_file", dispute_uid=case, file=File(name, content))
        return why.value.code

    assert refused("再次.jpg", photo("一")) == "attachment.twice"
    settings.CASE_FILES_LIMIT = len(photo("一")) + 10
    assert refused("b.jpg", photo("二")) == "attachment.case_full"
    settings.ATTACHMENT_LIMIT = 100
    assert refused("c.jpg", photo("三")) == "attachment.too_large"
    assert Attachment.objects.count() == 1


def test_orphans_are_swept_and_others_stay(dealer: House) -> None:
    kept = given(dealer).attachment
    with pytest.raises(RuntimeError), transaction.atomic():
        orphan = blobs.store(b"never committed")
        raise RuntimeError
    young = blobs.store(b"just now")
    now = dt.datetime.now(dt.UTC)
    for name in (kept.blob, orphan):
        os.utime(blobs.folder() / name, (now.timestamp() - 7200, now.timestamp() - 7200))
    assert blobs.sweep(now) == 1
    assert {path.name for path in blobs.folder().iterdir()} == {kept.blob, young}
    os.utime(blobs.folder() / young, (now.timestamp() - 7200,) * 2)
    assert blobs.store(b"just now") == young  # named again: young again
    assert blobs.sweep(now) == 0


def test_erasing_the_customer_takes_name_and_content(
    dealer: House, cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(erasing, "truncate_log_after_commit", lambda: None)  # not within a test's transaction
    kept = given(dealer).attachment
    customer = kept.case.customer
    with django_capture_on_commit_callbacks(execute=True):
        parties.erase(
            actor=cast.actor("zhou", dealer.now),
            at=dealer.now,
            uid=customer.uid,
            confirm_number=customer.number,
            reason="asked",
        )
    kept.refresh_from_db()
    assert (kept.name, kept.blob) == ("", "") and kept.erased_at and kept.sha256
    assert list(blobs.folder().iterdir()) == []
    with pytest.raises(Problem) as gone:
        attachments.opened(actor=cast.actor("jiang"), at=NOW, attachment=kept)
    assert gone.value.code == "attachment.erased"


@pytest.fixture
def clamd(settings: Any) -> Iterator[list[bytes]]:
    """A daemon that finds harm in whatever contains EICAR."""
    listening = socket.create_server(("127.0.0.1", 0))
    settings.CLAMD = f"127.0.0.1:{listening.getsockname()[1]}"
    seen: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := int.from_bytes(stream.read(4), "big"):
                    content += stream.read(size)
                seen.append(content)
                line.sendall(b"stream: Eicar FOUND\0" if b"EICAR" in content else b"stream: OK\0")

    threading.Thread(target=serve, daemon=True).start()
    yield seen
    listening.close()


def test_a_scanner_looks_first_where_one_is_named(dealer: House, clamd: list[bytes], settings: Any) -> None:
    large = b"ID3\x03\x00" + bytes(200_000)
    row = given(dealer, "录音.mp3", large)
    assert row.attachment.scanned and clamd == [large]
    case = row.attachment.case.uid
    with pytest.raises(Problem) as found:
        dealer.act("lin", "add_file", dispute_uid=case, file=File("a.txt", b"EICAR test"))
    assert found.value.code == "attachment.infected"
    settings.CLAMD = "/nowhere/clamd.sock"
    with pytest.raises(Problem) as silent:
        dealer.act("lin", "add_file", dispute_uid=case, file=File("b.txt", b"harmless"))
    assert (silent.value.code, silent.value.status) == ("attachment.unscanned", 503)
    assert Attachment.objects.count() == 1
