"""Signed notes, checkpoints, cosignatures and proof files, against the published examples of the formats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.register import notes, tree

# The verifier key and the signed note of the note format's reference implementation.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUg"
    "YN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

KEY = notes.SigningKey.generate("example.org/books")
WITNESS = notes.SigningKey.generate("witness.example/one", notes.COSIGNATURE)
ROOT = tree.root_of([tree.leaf_hash(b"one")])
CHECKPOINT = notes.Checkpoint("example.org/books", 1, ROOT)


def test_it_opens_the_published_note() -> None:
    key = notes.VerifyKey.parse(PETER)
    text, signers = notes.open_note(PETERS_NOTE, [key])
    assert str(key) == PETER
    assert text.startswith("If you think") and signers == (key,)


@pytest.mark.parametrize("at", range(0, len(PETERS_NOTE), 7))
def test_an_altered_note_is_refused(at: int) -> None:
    altered = PETERS_NOTE[:at] + chr(ord(PETERS_NOTE[at]) ^ 1) + PETERS_NOTE[at + 1 :]
    with pytest.raises(notes.NoteError):
        notes.open_note(altered, [notes.VerifyKey.parse(PETER)])


def test_a_checkpoint_comes_back_with_its_signer_and_its_witness() -> None:
    note = notes.sign_checkpoint(CHECKPOINT, KEY)
    note = notes.add_signature(note, WITNESS.sign(CHECKPOINT.text(), seconds=1_780_000_000))
    assert notes.open_checkpoint(note, [KEY.verify_key]) == (CHECKPOINT, (KEY.verify_key,))
    both = [KEY.verify_key, WITNESS.verify_key]
    assert notes.open_checkpoint(note, both)[1] == tuple(both)


def test_a_cosignature_does_not_hold_for_another_time() -> None:
    line = WITNESS.sign(CHECKPOINT.text(), seconds=1_780_000_000)
    signature = notes._unb64(line.split(" ")[2].strip(), "it")[4:]
    later = (1_780_000_001).to_bytes(8, "big") + signature[8:]
    assert WITNESS.verify_key.verify(CHECKPOINT.text(), signature)
    assert not WITNESS.verify_key.verify(CHECKPOINT.text(), later)


def test_a_note_nobody_known_has_signed_is_refused() -> None:
    note = notes.sign_checkpoint(CHECKPOINT, notes.SigningKey.generate("example.org/books"))
    with pytest.raises(notes.NoteError, match="no known key"):
        notes.open_checkpoint(note, [KEY.verify_key])


def test_keys_survive_storage() -> None:
    assert notes.SigningKey.parse(KEY.to_text() + "\n") == KEY
    assert notes.VerifyKey.parse(str(WITNESS.verify_key)) == WITNESS.verify_key


@pytest.mark.parametrize(
    "text",
    ["", "name", "name+00000000+AAAA", PETER.replace("c74f", "c74e"), "a b+c74f20a3+" + PETER[22:], "+1+2"],
)
def test_a_malformed_key_is_refused(text: str) -> None:
    with pytest.raises(notes.NoteError):
        notes.VerifyKey.parse(text)
    with pytest.raises(notes.NoteError):
        notes.SigningKey.parse(text)


@pytest.mark.parametrize("name", ["", "two words", "one+two", "tab\there"])
def test_a_key_name_is_one_plain_word(name: str) -> None:
    with pytest.raises(notes.NoteError):
        notes.SigningKey.generate(name)


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        "origin\n01\n" + "A" * 43 + "=\n",
        "origin\n-1\n" + "A" * 43 + "=\n",
        "origin\n1\nAAAA\n",
        "\n1\n" + "A" * 43 + "=\n",
        "origin\n1\n" + "A" * 43 + "=",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(notes.NoteError):
        notes.Checkpoint.parse(text)


def test_extension_lines_are_read_over() -> None:
    assert notes.Checkpoint.parse(CHECKPOINT.text() + "extension\n") == CHECKPOINT


@given(st.integers(0, 2**40), st.lists(st.binary(min_size=32, max_size=32)), st.none() | st.binary())
def test_proof_files_come_back_as_written(index: int, path: list[bytes], extra: bytes | None) -> None:
    proof = notes.Proof(index, tuple(path), notes.sign_checkpoint(CHECKPOINT, KEY), extra)
    assert notes.Proof.parse(proof.to_text()) == proof


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nextra ?\nindex 1\n\nx",
    ],
)
def test_a_malformed_proof_file_is_refused(text: str) -> None:
    with pytest.raises(notes.NoteError):
        notes.Proof.parse(text)


def test_tile_paths_are_those_of_the_format() -> None:
    assert notes.tile_path("0", 1234067) == "tile/0/x001/x234/067"
    assert notes.tile_path("entries", 0, 112) == "tile/entries/000.p/112"
    assert notes.tile_path("1", 999) == "tile/1/999"


def test_bundles_carry_lengths() -> None:
    assert notes.entry_bundle([b"ab", b""]) == b"\x00\x02ab\x00\x00"
    with pytest.raises(OverflowError):
        notes.entry_bundle([bytes(65536)])
