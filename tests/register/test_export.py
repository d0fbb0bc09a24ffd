"""What leaves the house can be checked by anybody, offline, with the stand-alone verifier."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dingfen.accounts.books import book_of
from dingfen.register import exporting, notes, signing, tree
from dingfen.register.exportfile import NotAnExport, Trust, verify_file, verify_proof
from dingfen.register.models import Book, Checkpoint, Entry
from dingfen.register.queries import find_entry
from dingfen.register.sealing import seal_due_pages, sign_checkpoint
from dingfen.register.shredding import shred
from tests.cast import NOW, Cast
from tests.register.test_append import CUSTOMER, visit

SOURCE = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture
def book(cast: Cast) -> Book:
    book, other = book_of(cast.east, at=NOW), book_of(cast.other_company, at=NOW)
    for day in range(2):
        at = NOW + dt.timedelta(days=day)
        seal_due_pages(at)
        for number in range(5):
            visit(book, at, personal={"note": f"第 {number} 次"} if number % 2 else None)
            visit(other, at)
    sign_checkpoint(NOW + dt.timedelta(days=1))
    return book


def export(folder: Path, **more: object) -> Path:
    path = folder / "register.jsonl"
    path.write_text("".join(exporting.lines(**more)), encoding="utf-8")  # type: ignore[arg-type]
    return path


def run(*arguments: object, lang: str = "zh") -> subprocess.CompletedProcess[str]:
    """The verifier in a process of its own, in which Django cannot be imported."""
    program = (
        "import sys; sys.modules['django'] = None\n"
        "from dingfen.register.verifying import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    environment = {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"], "LANG": f"{lang}.UTF-8"}
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )


def test_the_stand_alone_verifier_agrees(book: Book, tmp_path: Path) -> None:
    path, size = export(tmp_path, with_personal=True), Entry.objects.count()
    chinese, english = run(path), run(path, lang="en_GB")
    assert (chinese.returncode, english.returncode) == (0, 0), chinese.stderr
    assert chinese.stdout.splitlines() == [
        f"核验通过：第 1 至 {size} 号完整、次序未变。",
        "尚未见证：只能证明本机前后一致。",
    ]
    assert english.stdout.splitlines()[0] == f"Verified: entries 1 to {size} complete and in order."
    document = json.loads(run(path, "--json").stdout)
    assert (document["grade"], document["size"]) == ("UNANCHORED", size)


def test_the_verifier_names_the_first_bad_entry(book: Book, tmp_path: Path) -> None:
    path = export(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("walk_in", "walk_im", 1), encoding="utf-8")
    outcome = run(path)
    assert outcome.returncode == 1
    assert outcome.stdout.splitlines()[0] == (
        "核验不通过：第一处不符是第 0002 号条目（CDE 簿 2026 年 11 月 18 日）。停止使用此副本，通知稽查。"
    )
    assert "entry No. 0002 (CDE, 18 Nov 2026)" in run(path, "--lang", "en").stdout


def test_wrong_usage_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("{}\n")
    for arguments in ((), (tmp_path / "absent",), (tmp_path / "other",), (tmp_path / "other", "--key", "x")):
        assert run(*arguments).returncode == 2


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_of_the_file_that_means_something_can_change(
    book: Book, tmp_path: Path, data: st.DataObject
) -> None:
    path = export(tmp_path, with_personal=True)
    plain = path.read_bytes()
    at = data.draw(st.integers(plain.index(b"\n"), len(plain) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = plain[:at] + bytes([plain[at] ^ (1 << bit)]) + plain[at + 1 :]
    path.write_bytes(changed)
    try:
        same = [json.loads(line) for line in changed.splitlines()] == [
            json.loads(line) for line in plain.splitlines()
        ]
    except ValueError:
        same = False
    try:
        holds = verify_file(path, Trust()).holds
    except NotAnExport:
        holds = False
    hex_in_capitals = holds and changed.lower() == plain.lower()
    assert holds == same or hex_in_capitals


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lines_removed_repeated_or_exchanged_are_found(
    book: Book, tmp_path: Path, data: st.DataObject
) -> None:
    path = export(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(at for at, line in enumerate(lines) if '"type":"entry"' in line)
    one = data.draw(st.integers(first, len(lines) - 1))
    two = data.draw(st.integers(first, len(lines) - 1).filter(lambda at: at != one))
    match data.draw(st.sampled_from(["remove", "repeat", "exchange"])):
        case "remove":
            del lines[one]
        case "repeat":
            lines.insert(one, lines[one])
        case _:
            lines[one], lines[two] = lines[two], lines[one]
    path.write_text("".join(lines), encoding="utf-8")
    verdict = verify_file(path, Trust())
    assert verdict.mismatch is not None and verdict.mismatch.first >= min(one, two) - first


def test_a_shortened_file_is_found_even_if_its_head_is_made_to_fit(book: Book, tmp_path: Path) -> None:
    path = export(tmp_path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][:-3]
    leaves = [bytes.fromhex(line["leaf"]) for line in lines if line["type"] == "entry"]
    lines = [
        line for line in lines if line["type"] != "checkpoint" or f"\n{len(leaves) + 3}\n" not in line["note"]
    ]
    lines[0] |= {"size": len(leaves), "root": tree.root_of(leaves).hex()}
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    verdict = verify_file(path, Trust())
    assert verdict.mismatch is not None and verdict.mismatch.code == "unsigned_end"


def test_another_key_in_the_file_does_not_help(book: Book, tmp_path: Path) -> None:
    path, key = export(tmp_path), signing.log_key()
    assert verify_file(path, Trust(keys=[key])).holds
    other = notes.SigningKey.generate(key.name).verify_key
    verdict = verify_file(path, Trust(keys=[other]))
    assert verdict.mismatch is not None and verdict.mismatch.code == "signature"


def test_witnesses_are_counted_by_name(book: Book, tmp_path: Path) -> None:
    path, size = export(tmp_path), Checkpoint.objects.latest("size").size
    witnesses = [
        notes.SigningKey.generate(name, notes.COSIGNATURE)
        for name in ("w.example/a", "w.example/b", "w.example/b")
    ]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for at, line in enumerate(lines):
        document = json.loads(line)
        if document["type"] == "checkpoint" and f"\n{size}\n" in document["note"]:
            text = document["note"].split("\n\n")[0] + "\n"
            document["note"] += "".join(one.sign(text, seconds=1_780_000_000) for one in witnesses)
            lines[at] = json.dumps(document, ensure_ascii=False) + "\n"
    path.write_text("".join(lines), encoding="utf-8")
    verdict = verify_file(path, Trust(witnesses=[one.verify_key for one in witnesses]))
    assert (verdict.grade, verdict.witnesses, verdict.witnessed) == ("WITNESSED", 2, size)
    assert verify_file(path, Trust()).grade == "UNANCHORED"


def test_a_checkpoint_kept_from_before_is_compared(book: Book, tmp_path: Path) -> None:
    path, key = export(tmp_path), signing.signing_key()
    early = Checkpoint.objects.earliest("size")
    verdict = verify_file(path, Trust(kept=[early.note]))
    assert (verdict.grade, verdict.kept) == ("WITNESSED", early.size)
    for size, code in ((early.size, "kept"), (10_000, "short")):
        other = notes.sign_checkpoint(notes.Checkpoint(key.name, size, bytes(32)), key)
        against = verify_file(path, Trust(kept=[other]))
        assert against.mismatch is not None
        assert (against.grade, against.mismatch.code) == ("DIVERGED", code)


def test_personal_data_is_left_out_unless_asked_for(book: Book, tmp_path: Path) -> None:
    assert '"personal"' not in {
        json.dumps(json.loads(line)["type"]) for line in export(tmp_path).read_text().splitlines()
    }
    with_it = export(tmp_path, with_personal=True).read_text()
    assert sum(json.loads(line)["type"] == "personal" for line in with_it.splitlines()) == 4


def test_after_shredding_the_export_still_holds(book: Book, tmp_path: Path) -> None:
    at = NOW + dt.timedelta(days=1)
    shred(subject_uid=CUSTOMER, book=book, actor_id=CUSTOMER, at=at)
    sign_checkpoint(at)
    path = export(tmp_path, with_personal=True)
    assert '"type":"personal"' not in path.read_text()
    assert run(path).returncode == 0


def test_another_company_is_shown_by_its_hashes_only(book: Book, cast: Cast, tmp_path: Path) -> None:
    path = export(tmp_path, companies={cast.company.uid})
    others = Entry.objects.exclude(company_uid=cast.company.uid)
    verdict = verify_file(path, Trust())
    assert verdict.holds and verdict.withheld == others.count()
    text = path.read_text()
    # the other's code as a whole word or before a dash: two letters alone also stand in signatures
    assert not re.search(r"[\"\s]XH[\"\s-]", text) and all(str(one.uid) not in text for one in others)
    assert f"其中 {others.count()} 条只给出摘要" in run(path).stdout


def test_a_proof_stands_alone(book: Book, tmp_path: Path) -> None:
    key = signing.log_key()
    entry = find_entry("CDE-20261118-0003")
    assert entry is not None
    path = tmp_path / "entry.tlog-proof"
    path.write_text(exporting.prove(entry).to_text(), encoding="utf-8")
    outcome = run(path, "--key", key)
    assert outcome.returncode == 0, outcome.stderr
    assert "第 0003 号条目（CDE 簿 2026 年 11 月 18 日）" in outcome.stdout
    assert run(path).returncode == 2
    assert run(path, "--key", notes.SigningKey.generate(key.name).verify_key).returncode == 1


def test_a_proof_of_something_else_fails(book: Book) -> None:
    entry, trust = Entry.objects.get(pk=2), Trust(keys=[signing.log_key()])
    proof = exporting.prove(entry)
    assert verify_proof(proof.to_text(), trust).holds
    forged = bytes(entry.body).replace(b"walk_in", b"walk_im")
    for changed in (
        notes.Proof(proof.index, proof.path, proof.checkpoint, forged),
        notes.Proof(proof.index + 1, proof.path, proof.checkpoint, proof.extra),
        notes.Proof(proof.index, proof.path[:-1], proof.checkpoint, proof.extra),
        notes.Proof(proof.index, proof.path, proof.checkpoint, b"{}"),
    ):
        assert not verify_proof(changed.to_text(), trust).holds
    with pytest.raises(notes.NoteError):
        verify_proof(notes.Proof(proof.index, proof.path, proof.checkpoint).to_text(), trust)


def test_every_entry_can_be_proved(book: Book) -> None:
    trust = Trust(keys=[signing.log_key()])
    for entry in Entry.objects.select_related("page__book"):
        verdict = verify_proof(exporting.prove(entry).to_text(), trust)
        assert verdict.holds and verdict.name == entry.name


def test_there_is_no_proof_without_a_checkpoint(book: Book) -> None:
    with pytest.raises(LookupError):
        exporting.prove(visit(book, NOW + dt.timedelta(days=1)))


def test_tiles_give_the_root_and_the_entries(book: Book, tmp_path: Path) -> None:
    exporting.write_tiles(tmp_path)
    checkpoint = notes.Checkpoint.parse((tmp_path / "checkpoint").read_text().split("\n\n")[0] + "\n")
    size = checkpoint.size
    tile = (tmp_path / f"tile/0/000.p/{size}").read_bytes()
    leaves = [tile[at : at + 32] for at in range(0, len(tile), 32)]
    assert tree.root_of(leaves) == checkpoint.root
    bundle = (tmp_path / f"tile/entries/000.p/{size}").read_bytes()
    first = int.from_bytes(bundle[:2], "big")
    assert tree.leaf_hash(bundle[2 : 2 + first]) == leaves[0]


def test_damaged_bytes_are_exported_as_they_are(book: Book, tmp_path: Path) -> None:
    from django.db import connection

    from dingfen.register import triggers

    triggers.drop(connection)
    Entry.objects.filter(pk=2).update(body=b"\xff\x00")
    path = export(tmp_path)
    assert base64.b64encode(b"\xff\x00").decode() in path.read_text()
    verdict = verify_file(path, Trust())
    assert verdict.mismatch is not None and (verdict.mismatch.code, verdict.mismatch.first) == ("leaf", 2)


def test_a_file_that_is_no_export_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"\xff\xfe", b"[]", b'{"format": "other"}'):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(NotAnExport):
            verify_file(tmp_path / "file", Trust())


@pytest.mark.parametrize("text", ["", "CDE-20261399-0001", "CDE-20261118-0999", "999999", "x" * 40])
def test_an_entry_that_is_not_there_is_not_found(book: Book, text: str) -> None:
    assert find_entry(text) is None


def test_entries_are_found_by_name_place_and_uid(book: Book) -> None:
    entry = Entry.objects.select_related("page__book").get(pk=3)
    assert find_entry(entry.name) == find_entry("3") == find_entry(str(entry.uid)) == entry
