"""`dingfen register` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cast import NOW, Cast
from tests.register.test_append import visit

from dingfen.accounts.books import book_of
from dingfen.cli.main import main
from dingfen.register import triggers, verifying
from dingfen.register.models import Book, Entry
from dingfen.register.signing import log_key


@pytest.fixture
def book(cast: Cast) -> Book:
    book = book_of(cast.east, at=NOW)
    for _ in range(3):
        visit(book)
    visit(book_of(cast.other_company, at=NOW))
    return book


def test_verify_says_it_holds_in_the_language_asked_for(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["register", "--lang", "zh", "verify"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "核验通过：第 1 至 6 号完整、次序未变。"
    assert main(["register", "--lang", "en", "verify"]) == 0
    assert capsys.readouterr().out.startswith("Verified: entries 1 to 6 complete and in order.")


def test_verify_names_the_first_bad_entry_and_fails(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    from django.db import connection

    triggers.drop(connection)
    Entry.objects.filter(pk=2).update(kind="nothing")
    assert main(["register", "--lang", "zh", "verify"]) == 1
    said = capsys.readouterr().out
    assert "第 0003 号条目（CDE 簿 2026 年 11 月 18 日）" in said and "触发器不全" in said
    assert main(["register", "verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_bad"]["entry"] == "CDE-20261118-0003"


def test_an_export_goes_to_the_stand_alone_verifier(book: Book, tmp_path: Path) -> None:
    file, kept = tmp_path / "all.jsonl", tmp_path / "kept.txt"
    assert main(["register", "export", str(file)]) == 0
    assert not list(tmp_path.glob("*.part"))
    note = next(json.loads(line)["note"] for line in file.read_text().splitlines() if "checkpoint" in line)
    kept.write_text(note)
    assert verifying.main([str(file), "--key", str(log_key()), "--checkpoint", str(kept)]) == 0
    assert main(["register", "verify", "--checkpoint", str(kept)]) == 0


def test_an_export_may_show_one_company_only(book: Book, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    assert main(["register", "export", str(file), "--company", "YL"]) == 0
    assert '"XH"' not in file.read_text()
    assert main(["register", "export", str(file), "--company", "NONE"]) == 2


def test_tiles_take_no_personal_data(book: Book, tmp_path: Path) -> None:
    assert main(["register", "export", str(tmp_path / "tiles"), "--tiles"]) == 0
    assert (tmp_path / "tiles" / "checkpoint").read_text().startswith("dingfen.local/")
    assert main(["register", "export", str(tmp_path / "tiles"), "--tiles", "--with-personal"]) == 2


def test_a_proof_is_written_and_holds(book: Book, tmp_path: Path) -> None:
    file = tmp_path / "entry.tlog-proof"
    assert main(["register", "prove", "CDE-20261118-0002", "--out", str(file)]) == 0
    assert verifying.main([str(file), "--key", str(log_key())]) == 0
    assert main(["register", "prove", "CDE-20261118-0999"]) == 2


def test_a_key_or_checkpoint_that_cannot_be_read_is_wrong_usage(book: Book, tmp_path: Path) -> None:
    assert main(["register", "verify", "--witness", "nonsense"]) == 2
    assert main(["register", "verify", "--checkpoint", str(tmp_path / "absent")]) == 2
