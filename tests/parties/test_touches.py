"""Touches: what counts, when, by whom, and how one is corrected."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from dingfen.parties import actions, queries
from dingfen.parties.models import Customer, Touch
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import NOW, Cast
from tests.parties.conftest import Make


def body(touch: Touch) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(Entry.objects.get(pk=touch.entry_seq).body))
    return found


def test_a_touch_is_on_the_time_line_and_in_the_register(cast: Cast, make: Make) -> None:
    customer, lin = make("衡川建筑工程有限公司", kind="company"), cast.actor("lin")
    contact = actions.add_contact(actor=lin, at=NOW, uid=customer.uid, name="邵庭", rank=3)
    touch = actions.record_touch(
        actor=lin, at=NOW, uid=customer.uid, kind="visit", occurred_at=NOW - timedelta(hours=2),
        contact_uid=contact.uid, card=True, note="看了样车，下周报价", minutes=40,
    )  # fmt: skip
    assert touch.facts == {"card": True, "contact_rank": 3, "minutes": 40}
    (line,) = queries.touches(customer)
    assert (line.touch.pk, line.note, line.corrected) == (touch.pk, "看了样车，下周报价", False)
    assert Customer.objects.get(pk=customer.pk).last_touch_at == NOW - timedelta(hours=2)
    text = json.dumps(body(touch), ensure_ascii=False)
    assert "touch.recorded" in text
    assert str(cast.lin.uid) in text
    assert "报价" not in text


def test_an_earlier_touch_entered_later_does_not_move_the_last_one_back(cast: Cast, make: Make) -> None:
    customer, lin = make(), cast.actor("lin")
    for hours in (1, 5):
        actions.record_touch(
            actor=lin, at=NOW, uid=customer.uid, kind="call", occurred_at=NOW - timedelta(hours=hours)
        )
    assert Customer.objects.get(pk=customer.pk).last_touch_at == NOW - timedelta(hours=1)
    assert [line.touch.occurred_at for line in queries.touches(customer)] == [
        NOW - timedelta(hours=1), NOW - timedelta(hours=5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "field", "code"),
    [
        ({"occurred_at": NOW + timedelta(hours=1)}, "occurred_at", "touch.future"),
        ({"kind": "dance"}, "kind", "invalid"),
        ({"met": "dog"}, "met", "invalid"),
        ({"contact_rank": 9}, "contact_rank", "invalid"),
        ({"minutes": -1}, "minutes", "invalid"),
        ({"note": "长" * 2001}, "note", "too_long"),
        ({"contact_uid": "01a20387-7d2c-766b-bc0e-c4715a25ccec"}, "contact", "invalid"),
    ],
)
def test_wrong_touches(cast: Cast, make: Make, told: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        actions.record_touch(
            **{"actor": cast.actor("lin"), "at": NOW, "uid": make().uid, "kind": "call", **told}
        )
    assert caught.value.errors[field][0][0] == code
    assert not Touch.objects.exists()
    assert not Entry.objects.filter(kind="touch.recorded").exists()


def test_a_colleagues_customer_can_be_received_but_no_strangers(cast: Cast, make: Make) -> None:
    customer = make()
    touch = actions.record_touch(actor=cast.actor("xu"), at=NOW, uid=customer.uid, kind="walk_in")
    assert (touch.staff_id, touch.unit_id) == (cast.xu.pk, cast.west.pk)
    for who, status in (("stranger", 404), ("tang", 403)):
        with pytest.raises(Problem) as caught:
            actions.record_touch(actor=cast.actor(who), at=NOW, uid=customer.uid, kind="walk_in")
        assert caught.value.status == status


def test_a_correction_names_the_touch_it_corrects(cast: Cast, make: Make) -> None:
    customer, lin = make(), cast.actor("lin")
    first = actions.record_touch(actor=lin, at=NOW, uid=customer.uid, kind="call", note="谈价格")
    second = actions.correct_touch(actor=lin, at=NOW, touch_uid=first.uid, reached=False)
    assert (second.corrects_id, second.kind, second.reached) == (first.pk, "call", False)
    entry = Entry.objects.get(pk=second.entry_seq)
    assert (entry.kind, entry.corrects_id) == ("touch.corrected", first.entry_seq)
    assert {line.touch.pk: (line.note, line.corrected) for line in queries.touches(customer)} == {
        first.pk: ("谈价格", True), second.pk: ("谈价格", False),
    }  # fmt: skip
    for who, uid, code in (("lin", first.uid, "touch.corrected"), ("jiang", second.uid, "touch.not_yours")):
        with pytest.raises(Problem) as caught:
            actions.correct_touch(actor=cast.actor(who), at=NOW, touch_uid=uid, reached=True)
        assert caught.value.code == code


def test_the_time_line_pages_and_takes_few_queries(
    cast: Cast, make: Make, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    customer, lin = make(), cast.actor("lin")
    for n in range(12):
        actions.record_touch(
            actor=lin,
            at=NOW,
            uid=customer.uid,
            kind="call",
            note=f"第 {n} 次",
            occurred_at=NOW - timedelta(hours=n // 2),
        )
    with django_assert_max_num_queries(4):
        first = queries.touches(customer, limit=5)
    rest = queries.touches(customer, limit=20, before=first[-1].touch.pk)
    assert len({line.touch.pk for line in first + rest}) == 12
    times = [line.touch.occurred_at for line in first + rest]
    assert times == sorted(times, reverse=True)
