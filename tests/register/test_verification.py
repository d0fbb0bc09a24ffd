"""Whatever is changed behind the register's back, `verify` names the first bad entry."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dingfen.accounts.books import book_of
from dingfen.register import looks, notes, outside, personal, signing, triggers, words
from dingfen.register.bodies import canonical
from dingfen.register.models import Book, Checkpoint, Entry, Head, Node, Page, PersonalDatum
from dingfen.register.restoring import record_restore
from dingfen.register.sealing import seal_due_pages, sign_checkpoint
from dingfen.register.shredding import shred
from dingfen.register.tree import CompactRange, leaf_hash
from dingfen.register.verification import verify
from tests.cast import NOW, Cast
from tests.register.test_append import CUSTOMER, visit

DAYS = 3
A_DAY = 6


@pytest.fixture
def book(cast: Cast) -> Book:
    """Three days of six entries with personal data and looks, the first two sealed."""
    book = book_of(cast.east, at=NOW)
    for day in range(DAYS):
        at = NOW + dt.timedelta(days=day)
        seal_due_pages(at)
        for number in range(A_DAY):
            visit(book, at, personal={"note": f"第 {number} 次"} if number % 2 else None)
            looks.record_look(at=at, actor_id=CUSTOMER, company=cast.company.uid, kind="check")
    triggers.drop(connection)
    return book


def rebuild() -> None:
    """Make tree and head fit the entries again, as somebody who owns the database could."""
    Node.objects.all().delete()
    edge = CompactRange()
    for entry in Entry.objects.order_by("seq"):
        Entry.objects.filter(pk=entry.pk).update(leaf=leaf_hash(bytes(entry.body)))
        edge, completed = edge.append(leaf_hash(bytes(entry.body)))
        Node.objects.bulk_create(Node(level=one[0], index=one[1], hash=one[2]) for one in completed)
    Head.objects.update(size=edge.size, peaks=edge.to_bytes(), root=edge.root())


def first_bad() -> tuple[str, int, int]:
    mismatch = verify().mismatch
    assert mismatch is not None
    return mismatch.code, mismatch.first, mismatch.last


def test_an_untouched_register_holds(book: Book) -> None:
    verdict = verify()
    assert (verdict.grade, verdict.size, verdict.mismatch) == ("UNANCHORED", Entry.objects.count(), None)
    assert words.explain(verdict, "zh")[:2] == [
        f"核验通过：第 1 至 {verdict.size} 号完整、次序未变。",
        "尚未见证：只能证明本机前后一致。",
    ]


def test_an_empty_register_holds(db: None) -> None:
    assert verify().holds


TAMPERED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@TAMPERED
@given(data=st.data())
def test_any_byte_changed_names_its_entry(book: Book, data: st.DataObject) -> None:
    seq = data.draw(st.integers(0, Entry.objects.count() - 1))
    entry = Entry.objects.select_related("page__book").get(pk=seq)
    field = data.draw(st.sampled_from(["body", "leaf"]))
    stored = bytes(getattr(entry, field))
    at, bit = data.draw(st.integers(0, len(stored) - 1)), data.draw(st.integers(0, 7))
    changed = stored[:at] + bytes([stored[at] ^ (1 << bit)]) + stored[at + 1 :]
    Entry.objects.filter(pk=seq).update(**{field: changed})
    verdict = verify()
    assert first_bad() == ("leaf", seq, seq)
    assert verdict.name == entry.name and entry.name.split("-")[2] in words.explain(verdict, "zh")[0]
    Entry.objects.filter(pk=seq).update(**{field: stored})
    assert verify().holds


@TAMPERED
@given(data=st.data())
def test_any_column_changed_names_its_entry(book: Book, data: st.DataObject) -> None:
    seq = data.draw(st.integers(0, Entry.objects.count() - 1))
    other = Entry.objects.get(pk=data.draw(st.integers(0, Entry.objects.count() - 1)))
    entry = Entry.objects.get(pk=seq)
    changes: dict[str, Any] = {
        "kind": entry.kind + "x",
        "number": entry.number + 1000,
        "actor_uid": "0192f000-0000-7000-8000-0000000000ff",
        "subject_uid": "0192f000-0000-7000-8000-0000000000ff",
        "company_uid": "0192f000-0000-7000-8000-0000000000ff",
        "subject_type": "other",
        "occurred_at": entry.occurred_at + dt.timedelta(microseconds=1),
        "recorded_at": entry.recorded_at - dt.timedelta(seconds=1),
        "imported": not entry.imported,
        "corrects_id": other.pk,
    }
    field = data.draw(st.sampled_from(sorted(changes)))
    Entry.objects.filter(pk=seq).update(**{field: changes[field]})
    assert first_bad() == ("beside", seq, seq)
    Entry.objects.filter(pk=seq).update(**{field: getattr(entry, field)})
    assert verify().holds


@TAMPERED
@given(data=st.data())
def test_an_entry_rewritten_with_its_hash_is_narrowed_down_by_the_tree(
    book: Book, data: st.DataObject
) -> None:
    seq = data.draw(st.integers(0, Entry.objects.count() - 1))
    entry = Entry.objects.get(pk=seq)
    document = json.loads(bytes(entry.body))
    document["facts"] = {**document["facts"], "reached": "never"}
    if entry.kind == "page.sealed":
        return
    forged = canonical(document)
    Entry.objects.filter(pk=seq).update(body=forged, leaf=leaf_hash(forged))
    code, first, last = first_bad()
    assert code in {"node", "head", "checkpoint"}
    assert first <= seq <= last
    Entry.objects.filter(pk=seq).update(body=entry.body, leaf=entry.leaf)


@TAMPERED
@given(data=st.data())
def test_a_whole_rewritten_tree_contradicts_the_signed_checkpoint(book: Book, data: st.DataObject) -> None:
    covered = Checkpoint.objects.latest("size").size
    seq = data.draw(st.integers(0, covered - 1))
    entry = Entry.objects.get(pk=seq)
    if entry.kind == "page.sealed":
        return
    document = json.loads(bytes(entry.body))
    document["facts"] = {**document["facts"], "reached": "never"}
    Entry.objects.filter(pk=seq).update(body=canonical(document))
    rebuild()
    verdict = verify()
    code, first, last = first_bad()
    assert (verdict.grade, code) == ("DIVERGED", "checkpoint")
    assert first <= seq <= last < covered
    Entry.objects.filter(pk=seq).update(body=entry.body)
    rebuild()
    assert verify().holds


@TAMPERED
@given(data=st.data())
def test_an_entry_removed_is_named(book: Book, data: st.DataObject) -> None:
    rows = list(Entry.objects.order_by("seq"))
    seq = data.draw(st.integers(0, len(rows) - 1))
    datum = PersonalDatum.objects.filter(pk=seq).first()
    PersonalDatum.objects.filter(pk=seq).delete()
    Entry.objects.filter(pk=seq).delete()
    assert first_bad()[:2] == ("missing", seq)
    Entry.objects.bulk_create([rows[seq]])
    if datum:
        PersonalDatum.objects.bulk_create([datum])
    assert verify().holds


def test_an_entry_removed_and_the_rest_moved_up_is_named(book: Book) -> None:
    PersonalDatum.objects.all().delete()
    Entry.objects.filter(pk=5).delete()
    for entry in Entry.objects.filter(pk__gt=5).order_by("seq"):
        Entry.objects.filter(pk=entry.pk).update(seq=entry.pk - 1)
    rebuild()
    assert first_bad()[1] == 5


@TAMPERED
@given(data=st.data())
def test_two_entries_exchanged_are_named_at_the_first(book: Book, data: st.DataObject) -> None:
    count = Entry.objects.count()
    one, two = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=2, max_size=2)))
    first, second = Entry.objects.get(pk=one), Entry.objects.get(pk=two)
    Entry.objects.filter(pk=one).update(body=second.body, leaf=second.leaf)
    Entry.objects.filter(pk=two).update(body=first.body, leaf=first.leaf)
    assert first_bad() == ("moved", one, one)
    Entry.objects.filter(pk=one).update(body=first.body, leaf=first.leaf)
    Entry.objects.filter(pk=two).update(body=second.body, leaf=second.leaf)


def test_an_entry_added_behind_its_back_is_named(book: Book) -> None:
    last = Entry.objects.latest("seq")
    document = json.loads(bytes(last.body))
    document |= {"index": last.seq + 1, "number": last.number + 1, "uid": str(CUSTOMER)}
    body = canonical(document)
    last.seq, last.number, last.uid = last.seq + 1, last.number + 1, CUSTOMER
    last.body, last.leaf = body, leaf_hash(body)
    Entry.objects.bulk_create([last])
    assert first_bad()[1:] == (last.seq, last.seq)


def test_an_entry_before_the_first_is_named(book: Book) -> None:
    stray = Entry.objects.get(pk=3)
    stray.seq, stray.number, stray.uid = -1, 900, CUSTOMER
    Entry.objects.bulk_create([stray])
    assert first_bad()[0] == "stray"


def test_the_end_cut_off_is_found_by_the_head(book: Book) -> None:
    last = Entry.objects.latest("seq").pk
    PersonalDatum.objects.filter(pk=last).delete()
    Entry.objects.filter(pk=last).delete()
    assert first_bad() == ("missing", last, last)


def test_the_end_cut_off_with_tree_and_head_is_found_by_a_checkpoint(book: Book) -> None:
    covered = sign_checkpoint(NOW + dt.timedelta(days=2)).size
    PersonalDatum.objects.filter(pk__gte=covered - 2).delete()
    Entry.objects.filter(pk__gte=covered - 2).delete()
    rebuild()
    verdict = verify()
    assert (verdict.grade, first_bad()) == ("DIVERGED", ("short", covered - 2, covered - 1))


@pytest.mark.parametrize("field", ["hash", "index"])
def test_a_changed_tree_node_is_named(book: Book, field: str) -> None:
    node = Node.objects.get(level=1, index=2)
    changed = {"hash": bytes(32)} if field == "hash" else {"index": 900}
    Node.objects.filter(level=1, index=2).update(**changed)
    code, first, last = first_bad()
    assert code == "node" and first <= 4 <= last <= 5, node


def test_a_node_too_many_is_found(book: Book) -> None:
    Node.objects.bulk_create([Node(level=9, index=0, hash=bytes(32))])
    assert first_bad()[0] == "node"


def test_a_changed_head_is_found(book: Book) -> None:
    Head.objects.update(root=bytes(32))
    assert first_bad()[0] == "head"


def test_a_changed_or_foreign_checkpoint_is_found(book: Book) -> None:
    one = Checkpoint.objects.latest("size")
    for note in (
        one.note.replace("\n", "\n", 1).replace(str(one.size), str(one.size + 1), 1),
        notes.sign_checkpoint(notes.Checkpoint("x", one.size, bytes(32)), notes.SigningKey.generate("x")),
        "nothing",
    ):
        Checkpoint.objects.filter(pk=one.pk).update(note=note)
        assert first_bad()[0] == "signature"


def test_a_forged_checkpoint_with_the_right_key_diverges(book: Book) -> None:
    one, key = Checkpoint.objects.latest("size"), signing.signing_key()
    note = notes.sign_checkpoint(notes.Checkpoint(key.name, one.size, bytes(32)), key)
    Checkpoint.objects.filter(pk=one.pk).update(note=note, root=bytes(32))
    verdict = verify()
    assert (verdict.grade, first_bad()[0]) == ("DIVERGED", "checkpoint")


def test_a_seal_without_its_checkpoint_is_named(book: Book) -> None:
    one = Checkpoint.objects.earliest("size")
    one.delete()
    assert first_bad() == ("unsigned_seal", one.size - 1, one.size - 1)


@pytest.mark.parametrize("change", [{"count": 2}, {"state": "open"}, {"state": "sealed"}])
def test_a_changed_page_is_found(book: Book, change: dict[str, Any]) -> None:
    page = Page.objects.filter(state="open" if change == {"state": "sealed"} else "sealed").earliest("day")
    Page.objects.filter(pk=page.pk).update(**change)
    assert first_bad()[0] == "page"


def test_changed_personal_data_is_named(book: Book) -> None:
    one, two = PersonalDatum.objects.order_by("pk")[:2]
    PersonalDatum.objects.filter(pk=one.pk).update(salt=bytes(32))
    assert first_bad() == ("personal", one.pk, one.pk)
    PersonalDatum.objects.filter(pk=one.pk).update(salt=one.salt, payload=two.payload)
    assert first_bad() == ("personal", one.pk, one.pk)


def test_personal_data_gone_without_a_word_is_named(book: Book) -> None:
    index = PersonalDatum.objects.earliest("pk").pk
    PersonalDatum.objects.filter(pk=index).delete()
    assert first_bad() == ("personal_lost", index, index)


def test_shredding_leaves_every_proof_standing(book: Book) -> None:
    before = Head.objects.get()
    entry = Entry.objects.get(pk=PersonalDatum.objects.earliest("pk").pk)
    made = shred(subject_uid=CUSTOMER, book=book, actor_id=CUSTOMER, at=NOW + dt.timedelta(days=2))
    assert not PersonalDatum.objects.exists()
    assert personal.read(entry) is None
    assert (made.kind, made.seq) == ("personal.shredded", before.size)
    assert verify().holds


def test_shredded_data_that_comes_back_is_remarked(book: Book) -> None:
    data = list(PersonalDatum.objects.all())
    shred(subject_uid=CUSTOMER, book=book, actor_id=CUSTOMER, at=NOW + dt.timedelta(days=2))
    PersonalDatum.objects.bulk_create(data[:1])
    assert "personal_back" in verify().remarks


def test_a_changed_look_is_found_by_the_seal(book: Book) -> None:
    from dingfen.register.models import Look

    Look.objects.filter(pk=Look.objects.earliest("pk").pk).update(kind="nothing")
    code, first, _last = first_bad()
    assert code == "looks" and Entry.objects.get(pk=first).kind == "page.sealed"


def test_an_older_backup_is_found_by_the_checkpoints_outside(book: Book) -> None:
    outside.keep()
    backup = Checkpoint.objects.earliest("size").size
    PersonalDatum.objects.filter(pk__gte=backup).delete()
    Entry.objects.filter(pk__gte=backup).delete()
    Checkpoint.objects.filter(size__gt=backup).delete()
    Page.objects.exclude(entries__isnull=False).delete()
    rebuild()
    verdict = verify()
    assert (verdict.grade, first_bad()[:2]) == ("DIVERGED", ("short", backup))

    made = record_restore(actor_id=CUSTOMER, at=NOW + dt.timedelta(days=5))
    assert made is not None and made.kind == "register.restored"
    verdict = verify()
    assert verdict.holds and "restored" in verdict.remarks
    assert record_restore(actor_id=CUSTOMER, at=NOW + dt.timedelta(days=5)) is None


def test_a_checkpoint_somebody_kept_speaks_for_or_against(book: Book) -> None:
    kept = Checkpoint.objects.earliest("size").note
    verdict = verify(kept=[kept])
    assert (verdict.grade, verdict.kept) == ("WITNESSED", Checkpoint.objects.earliest("size").size)
    key = signing.signing_key()
    other = notes.sign_checkpoint(notes.Checkpoint(key.name, 4, bytes(32)), key)
    against = verify(kept=[other])
    assert against.grade == "DIVERGED" and against.mismatch is not None and against.mismatch.code == "kept"


def test_programs_get_the_verdict_as_data(book: Book) -> None:
    Entry.objects.filter(pk=5).update(leaf=bytes(32))
    document = verify().document()
    assert document["grade"] == "INVALID" and document["first_bad"]["entry"] == "CDE-20261118-0006"
    assert json.dumps(document)
