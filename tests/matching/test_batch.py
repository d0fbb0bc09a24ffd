"""A whole base compared by arrays gives what comparing two by two gives, and puts it into sound groups."""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations, zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.matching import (
    MODEL,
    Features,
    Match,
    Model,
    Record,
    batch,
    compare,
    features,
    from_json,
    keys,
    to_json,
)
from dingfen.matching.clusters import clusters
from dingfen.matching.normalise import cut, read_pieces
from dingfen.matching.training import train
from tests.matching.people import Row, base, retyped

Found = dict[tuple[int, int], Match]

people = st.sampled_from(
    ["", "张伟", "张总", "张维", "章伟", "李芳", "Zhang Wei", "Wei Zhang", "欧阳静怡", "王先生"]
)
firms = st.sampled_from(
    ["", "杭州青禾科技有限公司", "青禾", "北京青禾科技有限公司", "青河科技", "Green Crop Ltd", "Green Crop Trading",
     "杭州科技公司", "青禾贸易有限公司"]
)  # fmt: skip
phones = st.lists(
    st.sampled_from(
        ["13612345678", "13612345679", "13612354678", "0571-87654321", "+852 2345 6789", "+1 415 555 2671"]
    ),
    max_size=3,
)
mails = st.sampled_from(["", "lin@example.com", "info@example.com"])
houses = st.sampled_from(
    ["", "浙江省杭州市文三路12号", "杭州市文三路12号3栋", "杭州市文三路112号", "文二路12号"]
)
records = st.builds(
    lambda kind, name, company, numbers, mail, house, tail: Record(
        kind=kind, name=name, company=company, phones=tuple(numbers), emails=(mail,), address=house, tails=tail
    ),
    st.sampled_from(["person", "company"]), people, firms, phones, mails, houses,
    st.sampled_from([(), (), ("5678",), ("0000",)]),
)  # fmt: skip


def read(row: Row) -> Features:
    record = Record(
        kind="company" if row[2] else "person",
        name=row[1],
        company=row[2],
        phones=(row[3],),
        emails=(row[4],),
        address="".join(row[5:9]),
    )
    return features(record)


@cache
def whole_base() -> list[Features]:
    rows = base(150, 11)
    return [read(row) for row in rows + [retyped(row, at, at) for at, row in enumerate(rows[:60])]]


@cache
def model_of(name: str) -> Model:
    return MODEL if name == "shipped" else train(whole_base())


def slowly(rows: list[Features], model: Model, bucket: int = batch.BUCKET) -> Found:
    """Every two records that share a key few enough have, compared one by one."""
    holders: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(rows):
        for key in keys(one):
            holders.setdefault(key[:2], []).append(place)
    pairs = {
        pair
        for held in holders.values()
        if len(held) <= bucket
        for pair in combinations(dict.fromkeys(held), 2)
    }
    compared = {(a, b): compare(rows[a], rows[b], model) for a, b in pairs}
    return {pair: match for pair, match in compared.items() if match.answer != "none"}


def at_once(rows: list[Features], model: Model, bucket: int = batch.BUCKET) -> Found:
    return {(a, b): match for a, b, match in batch.find(batch.read(rows), model, bucket).each(model)}


@pytest.mark.parametrize("name", ["shipped", "trained"])
def test_a_whole_base_gets_the_answers_of_two_by_two(name: str) -> None:
    found = at_once(whole_base(), model_of(name))
    assert found == slowly(whole_base(), model_of(name))
    assert len(found) > 30


@settings(max_examples=60, deadline=None)
@given(st.lists(records, max_size=12), st.sampled_from(["shipped", "trained"]), st.integers(2, 8))
def test_any_base_gets_the_answers_of_two_by_two(rows: list[Record], name: str, bucket: int) -> None:
    given_, model = [features(row) for row in rows], model_of(name)
    assert at_once(given_, model, bucket) == slowly(given_, model, bucket)


def test_slices_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = at_once(whole_base(), MODEL)
    monkeypatch.setattr(batch, "SLICE", 17)
    monkeypatch.setattr(batch, "CHUNK", 13)
    assert at_once(whole_base(), MODEL) == whole


def test_how_sure_is_what_each_says_and_goes_into_groups() -> None:
    found = batch.find(batch.read(whole_base()))
    assert [match.sure for _, _, match in found.each()] == found.sure.tolist()
    groups = clusters(batch.same(found))
    copies = sum(at in group and 150 + at in group for at in range(60) for group in groups)
    assert copies > 30


@settings(max_examples=20, deadline=None)
@given(records)
def test_a_stored_text_is_cut_into_its_fields(row: Record) -> None:
    one = features(row)
    odd = one._replace(person=one.person._replace(full='a,\n"[\\n'), wechats=("x],\ny", "\n"))
    for given_ in (one, odd):
        text = to_json(given_)
        assert from_json(text) == given_
        pieces = cut(text)
        assert pieces == cut(json.dumps(json.loads(text)))  # the form of earlier versions, in one line
        read = [
            read_pieces(name, [piece])[0]
            for name, piece in zip_longest(("kind", *Features._fields[1:-1]), pieces[1:], fillvalue="0")
        ]
        assert Features._make([*read, given_.version]) == given_
