"""Cosignatures collected from a real HTTP witness, kept, exported and counted; another history is found out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from dingfen.cli.main import main
from dingfen.problems import Problem
from dingfen.register import exporting, notes, signing, witnesses, witnessing
from dingfen.register.exportfile import Trust, verify_file, verify_proof
from dingfen.register.models import Book, Checkpoint, Cosignature, Entry
from dingfen.register.models import Witness as Row
from dingfen.register.sealing import seal_due_pages, sign_checkpoint
from dingfen.register.verification import verify
from tests.cast import NOW
from tests.register.test_append import visit
from tests.register.test_export import book, export, run
from tests.register.witness import Witness

__all__ = ["book"]
pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Witness]:
    with Witness("witness.example/one", tmp_path / "w1.json", [signing.log_key()]).listening() as made:
        yield made


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Witness]:
    with Witness("second.example/two", tmp_path / "w2.json", [signing.log_key()]).listening() as made:
        yield made


def add(witness: Witness, at: dt.datetime = NOW) -> Row:
    return witnesses.add(at=at, url=witness.url, vkey=str(witness.key.verify_key), own_network=True)


def grow(book: Book, days: int) -> dt.datetime:
    """Some entries on a later day, and a seal."""
    at = NOW + days * DAY
    for _number in range(3):
        visit(book, at)
    seal_due_pages(at + DAY)
    return at + DAY


def collected(at: dt.datetime) -> int:
    """One round, with a checkpoint over the end, as after a seal."""
    sign_checkpoint(at)
    return witnessing.collect(at)


def test_each_seal_is_cosigned_once(book: Book, outside: Witness) -> None:
    add(outside)
    assert collected(NOW) == 1
    assert collected(NOW) == 0
    for days in (2, 3, 5):
        assert collected(grow(book, days)) == 1
    assert outside.answers == [200] * 4
    row = Row.objects.get()
    newest = Checkpoint.objects.latest("size")
    assert (row.size, row.state, row.error) == (newest.size, "signing", "")
    assert outside.known(signing.log_key().name)[0] == newest.size
    _checkpoint, signers = notes.open_checkpoint(newest.cosigned, [outside.key.verify_key])
    assert signers == (outside.key.verify_key,)


def test_the_verdict_counts_operators(
    book: Book, outside: Witness, second: Witness, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (verify().grade, verify().exit_code(1)) == ("UNANCHORED", 3)
    add(outside)
    add(second)
    assert collected(NOW + 3 * DAY) == 2
    verdict = verify()
    assert (verdict.grade, verdict.witnesses, verdict.witnessed) == ("WITNESSED", 2, verdict.size)
    assert [verdict.exit_code(least) for least in (0, 2, 3)] == [0, 0, 3]

    path, key = export(tmp_path), signing.log_key()
    keys = [str(one.key.verify_key) for one in (outside, second)]
    both = run(path, "--key", key, "--witness", keys[0], "--witness", keys[1], "--witnesses", "2")
    assert both.returncode == 0 and "已见证 2 方" in both.stdout
    assert run(path, "--key", key, "--witness", keys[0], "--witnesses", "2").returncode == 3
    alone = run(path, "--key", key, "--witnesses", "1", "--json")
    assert (alone.returncode, json.loads(alone.stdout)["grade"]) == (3, "UNANCHORED")
    assert main(["register", "--lang", "en", "verify", "--witnesses", "2"]) == 0
    assert "2 witnesses" in capsys.readouterr().out


def test_two_keys_of_one_operator_are_one_witness(book: Book, outside: Witness, tmp_path: Path) -> None:
    add(outside)
    twin = Witness(outside.key.name, tmp_path / "twin.json", outside.logs)
    with twin.listening():
        add(twin)
        assert collected(NOW + 3 * DAY) == 2
    assert verify().witnesses == 1


def test_a_proof_carries_the_cosignatures(book: Book, outside: Witness) -> None:
    add(outside)
    collected(NOW + 3 * DAY)
    entry = Entry.objects.get(pk=2)
    trust = Trust(keys=[signing.log_key()], witnesses=[outside.key.verify_key])
    verdict = verify_proof(exporting.prove(entry).to_text(), trust)
    assert (verdict.grade, verdict.witnesses) == ("WITNESSED", 1)


def test_a_witness_that_is_down_is_asked_again_later(book: Book, outside: Witness) -> None:
    add(outside)
    outside.broken = 2
    at = NOW + 3 * DAY
    assert collected(at) == 0
    row = Row.objects.get()
    assert (row.state, row.attempts, row.error) == ("failing", 1, "it answered 503")
    assert collected(at + dt.timedelta(seconds=30)) == 0 and len(outside.answers) == 1
    assert collected(at + dt.timedelta(seconds=90)) == 0 and len(outside.answers) == 2
    assert collected(at + dt.timedelta(seconds=300)) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("signing", 0, "")


def test_nobody_listens(book: Book, outside: Witness) -> None:
    add(outside)
    Row.objects.update(url="http://127.0.0.1:9")
    assert collected(NOW + 3 * DAY) == 0
    assert Row.objects.get().error.startswith("ConnectionRefusedError")


@pytest.mark.parametrize(("trusted", "status"), [(False, 404), (True, 403)])
def test_a_witness_that_does_not_know_us_says_what_its_operator_needs(
    book: Book, outside: Witness, trusted: bool, status: int
) -> None:
    stranger = notes.SigningKey.generate(signing.log_key().name if trusted else "other.example").verify_key
    outside.logs[:] = [stranger]
    add(outside)
    assert collected(NOW + 3 * DAY) == 0
    assert outside.answers == [status]
    assert Row.objects.get().error.startswith(str(status))
    assert verify().grade == "UNANCHORED" and verify().holds


def test_a_witness_that_is_ahead_of_what_we_remember_gets_the_proof_it_needs(
    book: Book, outside: Witness
) -> None:
    """Its answer was lost on the way: it has signed, we have not kept it."""
    add(outside)
    collected(NOW)
    grow(book, 2)
    collected(NOW + 4 * DAY)
    Row.objects.update(size=0)
    grow(book, 5)
    assert collected(NOW + 7 * DAY) == 1
    assert outside.answers[-2:] == [409, 200]


@pytest.mark.parametrize("size_differs", [False, True])
def test_another_history_is_diverged(book: Book, outside: Witness, size_differs: bool) -> None:
    add(outside)
    collected(NOW)
    grow(book, 2)
    origin, (size, _root) = signing.log_key().name, outside.known(signing.log_key().name)
    outside.kept.write_text(json.dumps({origin: [size + 1 if size_differs else size, "00" * 32]}))
    assert collected(NOW + 4 * DAY) == 0
    assert outside.answers[-1] == 422
    verdict = verify()
    assert (verdict.grade, verdict.exit_code()) == ("DIVERGED", 4)
    assert verdict.mismatch is not None and verdict.mismatch.code == "witness"


def test_an_older_copy_restored_is_found_out_by_the_witness(book: Book, outside: Witness) -> None:
    add(outside)
    collected(NOW)
    size = Checkpoint.objects.latest("size").size
    outside.kept.write_text(json.dumps({signing.log_key().name: [size + 50, "00" * 32]}))
    visit(book, NOW + 3 * DAY)
    assert collected(NOW + 3 * DAY) == 0
    assert verify().grade == "DIVERGED"


def test_two_workers_keep_one_signature(book: Book, outside: Witness) -> None:
    row = add(outside)
    checkpoint = sign_checkpoint(NOW)
    assert witnessing.ask(row, checkpoint, NOW)
    assert not witnessing.ask(row, checkpoint, NOW)  # what it read is old by now
    assert Cosignature.objects.count() == 1
    assert Row.objects.get().state == "signing"


def test_redirects_are_not_followed(book: Book, outside: Witness) -> None:
    add(outside)
    Row.objects.update(url=f"{outside.url}/elsewhere")
    assert collected(NOW + 3 * DAY) == 0
    assert outside.answers == [307]


def test_a_signature_by_another_key_is_not_taken(book: Book, outside: Witness) -> None:
    add(outside)
    outside.key = notes.SigningKey.generate(outside.key.name, notes.COSIGNATURE)
    assert collected(NOW + 3 * DAY) == 0
    assert Row.objects.get().error == "its answer holds no signature by its key"
    assert not Cosignature.objects.exists()


def test_a_forged_cosignature_is_found(book: Book, outside: Witness, tmp_path: Path) -> None:
    add(outside)
    collected(NOW + 3 * DAY)
    path = export(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    at, document = next(
        (at, json.loads(line))
        for at, line in enumerate(lines)
        if outside.key.name in line and "checkpoint" in line
    )
    note = document["note"].rstrip("\n")
    document["note"] = f"{note[:-6]}{'A' if note[-6] != 'A' else 'B'}{note[-5:]}\n"
    lines[at] = json.dumps(document)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    verdict = verify_file(path, Trust(keys=[signing.log_key()], witnesses=[outside.key.verify_key]))
    assert (verdict.grade, verdict.exit_code()) == ("INVALID", 1)


def test_cosignatures_only_grow(book: Book, outside: Witness) -> None:
    add(outside)
    collected(NOW)
    for change in (lambda: Cosignature.objects.update(line="x"), lambda: Cosignature.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_adding_and_removing_is_entered_and_refused_where_wrong(book: Book, outside: Witness) -> None:
    add(outside)
    with pytest.raises(Problem, match=r"witness\.known"):
        add(outside)
    vkey = str(outside.key.verify_key)
    for url, vkey_given, code in (
        ("http://witness.example", vkey, "witness.url.scheme"),
        ("https://10.1.2.3/log", vkey, "witness.url.inside"),
        ("https://169.254.169.254/", vkey, "witness.url.inside"),
        ("https://user:pass@witness.example/", vkey, "witness.url.form"),
        ("https://witness.example/", str(signing.log_key()), "witness.key"),
        ("https://witness.example/", "nonsense", "witness.key"),
    ):
        with pytest.raises(Problem) as caught:
            witnesses.add(at=NOW, url=url, vkey=vkey_given)
        assert [faults[0][0] for faults in caught.value.errors.values()] == [code]
    witnesses.remove(at=NOW, name=outside.key.name)
    assert witnesses.keys() == []
    add(outside)
    entered = Entry.objects.filter(kind__startswith="witness.").order_by("seq")
    assert list(entered.values_list("kind", flat=True)) == [
        "witness.added",
        "witness.removed",
        "witness.added",
    ]


def test_the_command(book: Book, outside: Witness, capsys: pytest.CaptureFixture[str]) -> None:
    vkey = str(outside.key.verify_key)
    assert main(["register", "witness", "add", outside.url, vkey]) == 2
    assert main(["register", "witness", "add", outside.url, vkey, "--own-network"]) == 0
    assert main(["register", "witness", "ask"]) == 0
    capsys.readouterr()
    assert main(["register", "witness", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "signing"
    assert main(["register", "witness", "remove", "nobody"]) == 2
    assert main(["register", "witness", "remove", outside.key.name]) == 0
