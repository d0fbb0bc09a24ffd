"""The file for arbitration or court: whole, checked offline, itself an entry; anything changed in it is found."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from dingfen import blobs
from dingfen.cases.models import Attachment, CasePerson
from dingfen.complaints.actions import handling, investigating, letters, thread
from dingfen.complaints.actions.filing import make_case_file
from dingfen.complaints.actions.intake import Complainant, File
from dingfen.complaints.casefile.packing import packed
from dingfen.problems import Problem
from dingfen.register import signing
from dingfen.register.casefile import verify_case_file
from dingfen.register.exportfile import Trust
from dingfen.register.models import Entry
from dingfen.register.notes import COSIGNATURE, NoteError, Proof, SigningKey, add_signature
from dingfen.register.verifying import main
from tests.channels.conftest import home  # noqa: F401
from tests.channels.test_room import PNG
from tests.complaints.conftest import Desk
from tests.complaints.test_stories import DAY, found_issue, offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(ruled: Desk, home: Path) -> Any:  # noqa: F811
    """A complaint with an issue, a statement, evidence, a letter, a proposal."""
    desk = ruled
    who = Complainant(name="高雅琴", phone="13912340077", address="青浦区某路 3 号")
    uid = desk.call(complainant=who, files=[File("合同.png", PNG)]).complaint.case.uid
    desk.act("chen", thread.reply, case_uid=uid, text="已经登记。", channel="phone")
    issue = found_issue(desk, uid)
    asked = desk.act(
        "chen", investigating.ask, case_uid=uid, staff=desk.cast.lin.uid, question="为何晚到？",
        due_at=desk.now + DAY, issue_uid=issue.uid,
    )  # fmt: skip
    desk.act("lin", investigating.answer, inquiry_uid=asked.uid, text="物流受阻，未告知。")
    desk.act("chen", investigating.add_exhibit, case_uid=uid, kind="document", what="交接单", place="档案柜",
             file=File("交接单.txt", b"handed over on the 8th"))  # fmt: skip
    desk.act("chen", letters.send_letter, case_uid=uid, letter="receipt", via="letter")
    desk.act("chen", handling.note, case_uid=uid, text="底线三千，勿外传。")
    offer(desk, uid, issue, "refund", "退还定金", "200")
    return uid


def made(desk: Desk, uid: Any, path: Path, who: str = "fang", **more: Any) -> Path:
    given = {"case_uid": uid, "purpose": "court", "body": "某区人民法院", **more}
    path.write_bytes(b"".join(packed(desk.act(who, make_case_file, **given))))
    return path


def changed(path: Path, name: str, turn: Callable[[bytes], bytes | None]) -> Path:
    """The same ZIP with one file turned into another, or left out."""
    out = path.with_name(f"changed-{name.replace('/', '-')}.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.namelist():
            data: bytes | None = old.read(one)
            if one == name:
                data = turn(data or b"")
            if data is not None:
                new.writestr(one, data)
    return out


def faults(path: Path) -> set[str]:
    return {code for code, _ in verify_case_file(path, Trust()).faults}


def test_it_holds_the_whole_matter_and_checks_offline(
    ruled: Desk, matter: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(ruled, matter, tmp_path / "case.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        pdf = PdfReader(io.BytesIO(archive.read("index.pdf")))
        listed = json.loads(archive.read("manifest.json"))["files"]
        evidence = archive.read("evidence/E1-交接单.txt")
    assert evidence == b"handed over on the 8th"
    assert [name.partition("/")[0] for name in names if "L1-" in name or "F1-" in name] == [
        "letters",
        "files",
    ]
    assert {one["path"] for one in listed} == set(names) - {"manifest.json"}
    entries = Entry.objects.filter(subject_uid=matter)
    assert sum("tlog-proof" in name for name in names) == entries.count()
    assert entries.filter(kind="complaint.filed_out").count() == 1
    text = "".join(page.extract_text() for page in pdf.pages)
    assert len(pdf.pages) > 1 and f"共 {len(pdf.pages)} 页" in text.replace("\n", " ")
    told = text.replace("\n", "")
    for said in (
        "高雅琴",
        "青浦区某路 3 号",
        "为何晚到？",
        "物流受阻",
        "交接单",
        "某区人民法院",
        "约定 10 月 2 日",
    ):
        assert said in told, said
    key = str(signing.chain().keys[-1])
    assert main([str(path), "--key", key, "--lang", "zh"]) == 0 and "核验通过" in capsys.readouterr().out
    assert main([str(path), "--lang", "en"]) == 0 and "Careful: no --key" in capsys.readouterr().out
    assert main([str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["key"] == "in_file" and found["verified"] and found["entries"] == entries.count()
    assert found["attested"] == 3 and found["personal"] > 3
    other = str(SigningKey.generate("another").verify_key)
    assert main([str(path), "--key", other]) == 1  # another's key proves nothing
    assert main([str(path), "--witnesses", "1"]) == 3


def test_what_was_noted_inside_stays_inside(ruled: Desk, matter: Any, tmp_path: Path) -> None:
    path = made(ruled, matter, tmp_path / "case.zip", language="en")
    with zipfile.ZipFile(path) as archive:
        rows = [json.loads(line) for line in archive.read("register/personal.jsonl").splitlines()]
        index = "".join(
            page.extract_text() for page in PdfReader(io.BytesIO(archive.read("index.pdf"))).pages
        )
        entries = [name for name in archive.namelist() if name.endswith(".tlog-proof")]
    said = b"".join(base64.b64decode(row["payload"]) for row in rows)
    secret = "底线三千"
    assert "物流受阻".encode() in said and secret.encode() not in said and secret not in index
    assert len(entries) == Entry.objects.filter(subject_uid=matter).count()  # proven all the same
    assert ruled.cast.company.name_en in index


def test_one_witnessed_entry_vouches_for_no_other(ruled: Desk, matter: Any, tmp_path: Path) -> None:
    path = made(ruled, matter, tmp_path / "case.zip")
    witness = SigningKey.generate("witness.example", kind=COSIGNATURE)
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if "tlog-proof" in name}

    def seen(text: str) -> str:
        proof = Proof.parse(text)
        body, _, _ = proof.checkpoint.partition("\n\n")
        line = witness.sign(body + "\n", seconds=1_780_000_000)
        return replace(proof, checkpoint=add_signature(proof.checkpoint, line)).to_text()

    def witnesses(path: Path) -> int:
        found = verify_case_file(path, Trust(witnesses=[witness.verify_key]))
        assert {code for code, _ in found.faults} <= {"digest"}  # the list was not made anew
        return found.witnesses

    one, *rest = texts
    path = changed(path, one, lambda _: seen(texts[one]).encode())
    assert witnesses(path) == 0
    for name in rest:
        path = changed(path, name, lambda _, name=name: seen(texts[name]).encode())  # type: ignore[misc]
    assert witnesses(path) == 1


def test_a_damaged_file_is_told_in_words(
    ruled: Desk, matter: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(ruled, matter, tmp_path / "case.zip")
    with zipfile.ZipFile(path) as archive:
        proof = next(one for one in archive.infolist() if one.filename.endswith(".tlog-proof"))
    for wrong in ({"files": [1, {"x": 2}], "keys": [5]}, {"files": "no", "keys": None}, {"keys": ["no key"]}):
        odd = json.dumps({"format": "dingfen-case-file/1", **wrong}).encode()
        assert main([str(changed(path, "manifest.json", lambda _, odd=odd: odd))]) in (1, 2)  # type: ignore[misc]
    data = bytearray(path.read_bytes())
    start = proof.header_offset + 30 + len(proof.filename.encode())
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(data)
    assert main([str(path), "--lang", "en"]) == 1 and proof.filename in capsys.readouterr().out


def test_whatever_is_changed_in_it_is_found(ruled: Desk, matter: Any, tmp_path: Path) -> None:
    path = made(ruled, matter, tmp_path / "case.zip", language="en")
    with zipfile.ZipFile(path) as archive:
        proof = next(name for name in archive.namelist() if name.endswith(".tlog-proof"))
    assert not faults(path)
    assert faults(changed(path, "evidence/E1-交接单.txt", lambda _: b"on the 2nd")) == {"digest"}
    assert faults(changed(path, "index.pdf", lambda _: None)) == {"missing"}
    broken = changed(path, proof, lambda data: data.replace(b"index ", b"index 1"))
    assert faults(broken) >= {"digest", "proof"}

    def salted(data: bytes) -> bytes:
        first, _, rest = data.partition(b"\n")
        row = json.loads(first)
        row["salt"] = "00" * 32
        return json.dumps(row).encode() + b"\n" + rest

    assert faults(changed(path, "register/personal.jsonl", salted)) == {"digest", "personal"}
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("evidence/E9.txt", "slipped in")
    assert faults(path) == {"stray"}
    with pytest.raises(NoteError):
        verify_case_file(changed(path, "manifest.json", lambda _: None), Trust())


def test_a_file_the_store_has_lost_is_named_and_the_rest_comes(
    ruled: Desk, matter: Any, tmp_path: Path
) -> None:
    lost, spoilt = Attachment.objects.filter(case__uid=matter, name__in=("交接单.txt", "合同.png")).order_by(
        "name"
    )
    blobs.remove(lost.blob)
    (blobs.folder() / spoilt.blob).write_bytes(b"x" * 40)
    path = made(ruled, matter, tmp_path / "case.zip", language="en")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        notes = [archive.read(name).decode() for name in names if name.endswith(".missing.txt")]
        pages = PdfReader(io.BytesIO(archive.read("index.pdf"))).pages
        index = "".join(page.extract_text() for page in pages).replace("\n", " ")
    assert len(notes) == 2 and lost.sha256 in "".join(notes) and spoilt.sha256 in "".join(notes)
    assert "missing from the store" in index and any(name.startswith("letters/L1-") for name in names)
    assert "1–" in index or " 1 " in index  # the pages of the letter, counted through
    assert not faults(path)


def test_who_may_have_it_made(ruled: Desk, matter: Any, tmp_path: Path) -> None:
    for who, status in (("chen", 403), ("lin", 404), ("stranger", 404)):
        with pytest.raises(Problem) as refused:
            made(ruled, matter, tmp_path / "no.zip", who=who)
        assert refused.value.status in (status, 403), who
    for wrong in ({"purpose": "fun"}, {"body": " "}, {"language": "fr"}):
        with pytest.raises(Problem):
            made(ruled, matter, tmp_path / "no.zip", **wrong)
    made(ruled, matter, tmp_path / "zhou.zip", who="zhou")
    from dingfen.complaints.models import Complaint

    case = Complaint.objects.get(case__uid=matter).case
    CasePerson.objects.create(case=case, staff=ruled.cast.fang, part="complained_of", added_at=ruled.now)
    with pytest.raises(Problem) as refused:
        made(ruled, matter, tmp_path / "no.zip")
    assert refused.value.status == 404


def test_on_its_page(ruled: Desk, matter: Any, tmp_path: Path) -> None:
    fang, chen = Client(), Client()
    fang.force_login(ruled.cast.fang)
    chen.force_login(ruled.cast.chen)
    address = f"/complaints/{matter}/file/"
    assert 'id="casefile"' in fang.get(f"/complaints/{matter}/").content.decode()
    assert 'id="casefile"' not in chen.get(f"/complaints/{matter}/").content.decode()
    assert chen.post(address, {"purpose": "court", "body": "区法院"}).status_code == 403
    wrong = fang.post(address, {"purpose": "court", "body": ""})
    assert wrong.status_code == 422 and 'role="alert"' in wrong.content.decode()
    answer = fang.post(address, {"purpose": "court", "body": "区法院", "language": "zh-hans"})
    path = tmp_path / "page.zip"
    path.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/zip" and not faults(path)
