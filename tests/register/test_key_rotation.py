"""A new signing key is announced by the old one; whoever trusts one key of the chain can follow it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from dingfen import keys
from dingfen.cli.main import main
from dingfen.register import exporting, notes, signing, triggers
from dingfen.register.bodies import Body
from dingfen.register.exportfile import Trust, verify_file, verify_proof
from dingfen.register.models import Book, Checkpoint, Entry
from dingfen.register.sealing import seal_due_pages, sign_checkpoint
from dingfen.register.verification import verify
from tests.cast import NOW
from tests.register.test_append import visit
from tests.register.test_export import book, export, run

__all__ = ["book"]
pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def own_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of keys for each test; the other secrets are as they were."""
    for name in ("master", "index", "seal"):
        monkeypatch.setenv(f"DINGFEN_KEY_{name.upper()}", keys.base64.b64encode(keys.key(name)).decode())
    monkeypatch.setenv("DINGFEN_HOME", str(tmp_path / "home"))


@pytest.fixture
def rotated(book: Book) -> list[notes.VerifyKey]:
    """Three keys, the second for a day; entries and seals under each."""
    found = [signing.log_key()]
    for number in range(2):
        at = NOW + (2 + 2 * number) * DAY
        found.append(signing.rotate(at=at))
        visit(book, at)
        seal_due_pages(at + DAY)
    visit(book, NOW + 6 * DAY)
    sign_checkpoint(NOW + 6 * DAY)
    return found


def test_all_sign_under_one_name_each_in_its_time(rotated: list[notes.VerifyKey]) -> None:
    assert len({key.name for key in rotated}) == 1 and len(set(rotated)) == 3
    assert signing.log_key() == rotated[-1]
    served = signing.history()
    assert [one.key for one in served] == rotated
    assert served[0].first == 0 and served[-1].last is None
    assert [one.first for one in served[1:]] == [(one.last or 0) + 1 for one in served[:-1]]
    for checkpoint in Checkpoint.objects.all():
        (signer,) = notes.open_checkpoint(checkpoint.note, rotated)[1]
        assert [signer] == [one.key for one in served if one.first <= checkpoint.size <= (one.last or 10**9)]
    assert verify().holds


@pytest.mark.parametrize("trusted", [0, 1, 2])
def test_one_trusted_key_of_the_chain_is_enough(
    rotated: list[notes.VerifyKey], tmp_path: Path, trusted: int
) -> None:
    done = run(export(tmp_path), "--key", rotated[trusted])
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_a_key_the_file_speaks_for_itself_and_a_strange_key_fails(
    rotated: list[notes.VerifyKey], tmp_path: Path
) -> None:
    path = export(tmp_path)
    assert run(path).returncode == 0
    strange = notes.SigningKey.generate(rotated[0].name).verify_key
    assert run(path, "--key", strange).returncode == 1


def test_another_company_s_export_can_follow_too(
    rotated: list[notes.VerifyKey], tmp_path: Path, book: Book
) -> None:
    other = Book.objects.exclude(company_uid=book.company_uid).get()
    path = export(tmp_path, companies={other.company_uid})
    assert verify_file(path, Trust(keys=[rotated[0]])).holds


def test_proofs_are_signed_by_the_key_of_their_checkpoint(rotated: list[notes.VerifyKey]) -> None:
    proof = exporting.prove(Entry.objects.get(pk=3)).to_text()
    assert verify_proof(proof, Trust(keys=[rotated[-1]])).holds
    assert not verify_proof(proof, Trust(keys=[rotated[0]])).holds


def rewrite(path: Path, change: Callable[[dict[str, Any]], None], where: str) -> Path:
    """The file with the first line that holds `where` changed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(at for at, line in enumerate(lines) if where in line)
    document = json.loads(lines[at])
    change(document)
    lines[at] = json.dumps(document, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def forge(document: dict[str, Any]) -> None:
    """Announce a key of one's own in the place of the new one."""
    body = json.loads(document["body"])
    own = notes.SigningKey.generate(body["facts"]["old"].split("+")[0]).verify_key
    document["body"] = document["body"].replace(body["facts"]["new"], str(own))


def rename(document: dict[str, Any]) -> None:
    """Make the announcement something else."""
    document["body"] = document["body"].replace("key.rotated", "key.rotted")


@pytest.mark.parametrize("change", [forge, rename])
def test_a_tampered_handover_is_found(
    rotated: list[notes.VerifyKey], tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    path = rewrite(export(tmp_path), change, "key.rotated")
    verdict = verify_file(path, Trust(keys=[rotated[0]]))
    assert (verdict.grade, verdict.exit_code()) == ("INVALID", 1)


def test_the_old_key_signs_nothing_after_the_handover(rotated: list[notes.VerifyKey], tmp_path: Path) -> None:
    """Who has stolen the old key cannot go on with it, even over the true tree."""
    path = export(tmp_path)
    old = signing._named(keys.key("seal"))

    def resign(document: dict[str, Any]) -> None:
        text = document["note"].rpartition("\n\n")[0] + "\n"
        document["note"] = notes.sign_note(text, [old])

    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if '"checkpoint"' in line]
    rewrite(path, resign, json.loads(lines[-1])["note"].splitlines()[2])
    verdict = verify_file(path, Trust(keys=[rotated[0]]))
    assert verdict.mismatch is not None and verdict.mismatch.code == "signature"


def test_the_database_says_so_too(rotated: list[notes.VerifyKey]) -> None:
    entry = Entry.objects.filter(kind="key.rotated").earliest("seq")
    facts = Body.decode(bytes(entry.body)).facts
    strange = notes.SigningKey.generate(rotated[0].name).verify_key
    triggers.drop(connection)
    Entry.objects.filter(pk=entry.pk).update(
        body=bytes(entry.body).replace(str(facts["new"]).encode(), str(strange).encode())
    )
    triggers.create(connection)
    verdict = verify()
    assert verdict.mismatch is not None
    assert (verdict.mismatch.code, verdict.mismatch.first) == ("key", entry.pk)


def test_a_lost_secret_is_no_new_key(rotated: list[notes.VerifyKey], tmp_path: Path) -> None:
    (tmp_path / "home" / "keys" / "seal_2.key").unlink()
    keys._key.cache_clear()
    with pytest.raises(LookupError, match="seal_2"):
        signing.signing_key()
    verdict = verify()
    assert verdict.mismatch is not None and verdict.mismatch.code == "key"


def test_the_command_and_an_empty_register(
    db: None, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    assert main(["register", "rotate-key"]) == 2
    book = request.getfixturevalue("book")
    before = signing.log_key()
    capsys.readouterr()
    assert main(["register", "rotate-key"]) == 0
    assert capsys.readouterr().out.strip() == str(signing.log_key()) != str(before)
    visit(book, NOW + 3 * DAY)
    assert main(["register", "verify"]) == 0
