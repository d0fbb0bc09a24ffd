"""Erasing: nothing that tells who it was stays in the database; the register still verifies."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction

from dingfen.matching import Record
from dingfen.outbox.actions import queue
from dingfen.outbox.models import Delivery
from dingfen.parties import actions, erasing, queries, search
from dingfen.parties.models import Customer, Identifier, MatchKey, SearchText, SubjectKey
from dingfen.problems import Problem
from dingfen.register.models import Entry, PersonalDatum
from dingfen.register.verification import verify
from tests.cast import NOW, Cast
from tests.parties.conftest import Make


@pytest.fixture(autouse=True)
def own_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(erasing, "list_path", lambda: tmp_path / "erasures.jsonl")


def dump() -> str:
    """Every text and blob of every table, as the database gives it."""
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            parts.extend(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor)
    return "\n".join(parts)


def test_erasing_takes_the_person_out_of_every_table(cast: Cast, make: Make) -> None:
    customer, lin = (
        make("温思远", "13612345678", plates=("浙A12345",), profile={"need": "七座车"}),
        cast.actor("lin"),
    )
    merged = make("文思远", "13900001111")
    actions.add_contact(actor=lin, at=NOW, uid=customer.uid, name="邵庭", phone="13777778888")
    actions.record_touch(actor=lin, at=NOW, uid=customer.uid, kind="call", note="约周六试驾")
    actions.update_customer(actor=lin, at=NOW, uid=customer.uid, changes={"address": "青禾路 8 号"})
    actions.merge(
        actor=cast.actor("jiang"), at=NOW, kept_uid=customer.uid, gone_uid=merged.uid, reason="同一人"
    )
    entries = list(Entry.objects.order_by("seq").values_list("leaf", flat=True))
    given = {"actor": cast.actor("zhou"), "at": NOW, "uid": customer.uid, "reason": "asked"}
    with pytest.raises(Problem) as caught:
        actions.erase(**given, confirm_number="K-000009")
    assert "confirm_number" in caught.value.errors
    actions.erase(**given, confirm_number=customer.number)
    left = dump()
    for secret in (
        "温思远",
        "思远",
        "邵庭",
        "13612345678",
        "13900001111",
        "13777778888",
        "浙A12345",
        "七座",
        "试驾",
        "青禾路",
    ):
        assert secret not in left, secret
    for model in (Identifier, MatchKey, SearchText, SubjectKey, PersonalDatum):
        assert model._default_manager.count() == 0, model
    assert list(Entry.objects.order_by("seq").values_list("leaf", flat=True))[: len(entries)] == entries
    kinds = list(Entry.objects.order_by("-seq").values_list("kind", flat=True)[:3])
    assert kinds == ["customer.erased", "personal.shredded", "personal.shredded"]
    assert verify().mismatch is None
    assert queries.candidates(cast.company.pk, Record(phones=("13612345678",))) == []
    assert search.search(cast.actor("fang"), "温思远") == []
    assert not Customer.objects.visible_to(cast.actor("fang")).exists()


def test_who_may_erase_and_what_is_gone_takes_nothing_more(cast: Cast, make: Make) -> None:
    customer = make("温思远")
    given = {"at": NOW, "uid": customer.uid, "confirm_number": customer.number, "reason": "asked"}
    for who, status in (("lin", 403), ("jiang", 403), ("stranger", 404)):
        with pytest.raises(Problem) as caught:
            actions.erase(actor=cast.actor(who), **given)
        assert caught.value.status == status
    actions.erase(actor=cast.actor("zhou"), **given)
    with pytest.raises(Problem) as caught:
        actions.erase(actor=cast.actor("zhou"), **given)
    assert caught.value.code == "customer.erased"
    with pytest.raises(Problem) as caught:
        actions.record_touch(actor=cast.actor("lin"), at=NOW, uid=customer.uid, kind="call")
    assert caught.value.code == "customer.erased"


def test_whom_a_restore_brings_back_is_erased_again(cast: Cast, make: Make) -> None:
    gone, stays = make("温思远", "13612345678"), make("邵庭")
    kept_rows = [
        list(Identifier.objects.filter(customer=gone)),
        list(MatchKey.objects.filter(customer_id=gone.pk)),
    ]
    key, row = SubjectKey.objects.get(subject_uid=gone.uid), Customer.objects.get(pk=gone.pk)
    actions.erase(actor=cast.actor("zhou"), at=NOW, uid=gone.uid, confirm_number=gone.number, reason="asked")
    key.save(force_insert=True)  # what an older backup would hold
    row.save()
    for rows in kept_rows:
        for one in rows:
            one.save(force_insert=True)
    assert queries.known(row)["name"] == "温思远"
    assert erasing.replay(NOW) == 1
    assert erasing.replay(NOW) == 0
    assert queries.known(Customer.objects.get(pk=gone.pk)) == {}
    assert queries.candidates(cast.company.pk, Record(phones=("13612345678",))) == []
    assert queries.known(stays)["name"] == "邵庭"


def test_erasing_takes_the_person_out_of_the_messages_about_them(cast: Cast, make: Make) -> None:
    customer = make("温思远", "13612345678")
    with transaction.atomic():
        queue(
            recipient=cast.lin,
            event="customer.received",
            at=NOW,
            key="one",
            subject=("customer", customer.uid),
            params={"customer": "温**", "receiver": "徐嘉言"},
        )
    actions.erase(
        actor=cast.actor("zhou"), at=NOW, uid=customer.uid, reason="asked", confirm_number=customer.number
    )
    assert [row.params for row in Delivery.objects.filter(subject_uid=customer.uid)] == [{}] * (
        Delivery.objects.count()
    )
    assert not Delivery.objects.filter(state=Delivery.State.QUEUED).exists()
