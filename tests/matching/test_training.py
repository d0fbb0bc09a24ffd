"""Weights learned without labels: better than the shipped ones where they were learned, and as well-behaved."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.matching import MODEL, Features, Model, Record, compare, features
from dingfen.matching.model import model_from_json
from dingfen.matching.score import levels, surety
from dingfen.matching.training import as_splink, train
from tests.matching.people import Row, base, retyped


def read(row: Row) -> Features:
    kind = "company" if row[2] else "person"
    return features(
        Record(
            kind=kind,
            name=row[1],
            company=row[2],
            phones=(row[3],),
            emails=(row[4],),
            address="".join(row[5:9]),
        )
    )


BASE = base(800, 3)
COPIES = [retyped(row, number, number) for number, row in enumerate(BASE[:200])]


@cache
def trained() -> Model:
    return train([read(row) for row in BASE + COPIES])


def found(model: Model) -> tuple[int, int]:
    """(copies called the same as their original, strangers called the same as anybody in a sample)"""
    others = [read(row) for row in base(60, 77)]
    right = sum(
        compare(read(row), read(copy), model).answer == "same"
        for row, copy in zip(BASE, COPIES, strict=False)
    )
    wrong = sum(compare(read(row), other, model).answer == "same" for row in BASE[:300] for other in others)
    return right, wrong


def test_learned_weights_find_more_of_the_same_kind_and_take_no_stranger_for_one() -> None:
    shipped, learned = found(MODEL), found(trained())
    assert learned[0] >= max(shipped[0], 190)
    assert learned[1] == 0


def test_of_what_no_pair_had_the_shipped_weight_stays() -> None:
    for code in ("plate.same", "vin.same", "wechat.same"):  # not in this base
        assert trained().weights[code] == MODEL.weights[code]
    assert trained().weights["mobile.same"] != MODEL.weights["mobile.same"]


def test_the_same_base_gives_the_same_model() -> None:
    assert train([read(row) for row in BASE + COPIES]) == trained()


def test_a_model_survives_as_a_document_and_unknown_levels_keep_the_shipped_weight() -> None:
    assert model_from_json(trained().to_json()) == trained()
    older = replace(trained(), weights={"mobile.same": 9.0})
    assert model_from_json(older.to_json()).weights == {**MODEL.weights, "mobile.same": 9.0}


def test_too_few_customers_teach_nothing() -> None:
    with pytest.raises(ValueError, match="too few"):
        train([read(row) for row in BASE[:50]])


rows = st.sampled_from(BASE[:60] + COPIES[:60])


@given(rows, rows)
def test_with_learned_weights_too_the_order_does_not_matter(a: Row, b: Row) -> None:
    assert compare(read(a), read(b), trained()) == compare(read(b), read(a), trained())


@given(rows, rows, st.sampled_from(["emails", "wechats", "plates"]))
def test_with_learned_weights_too_more_agreement_is_never_less_sure(a: Row, b: Row, name: str) -> None:
    value = {"emails": "x@example.com", "wechats": "wei_2020", "plates": "浙A12345"}[name]
    less = levels(read(a), read(b))
    more = levels(*(read(row)._replace(**{name: (*getattr(read(row), name), value)}) for row in (a, b)))
    assert surety(more, trained()) >= surety(less, trained())


def test_splink_gets_a_comparison_for_each_field_with_its_weights() -> None:
    settings = as_splink(trained())
    names = {one["output_column_name"] for one in settings["comparisons"]}
    assert names == {code.partition(".")[0] for code in trained().weights}
    mobile = next(one for one in settings["comparisons"] if one["output_column_name"] == "mobile")
    same = next(one for one in mobile["comparison_levels"] if one["label_for_charts"] == "same")
    assert 0 < same["u_probability"] < same["m_probability"] <= 1
    assert mobile["comparison_levels"][0]["is_null_level"]
