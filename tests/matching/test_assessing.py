"""Figures of a model on judged pairs, against counting by hand; the waterfall adds up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from dingfen.matching import MODEL, Record, features
from dingfen.matching.assessing import Share, changes, figures, judged, threshold_for, waterfall
from dingfen.matching.score import levels, surety

PHONE = "13812342046"
ONE = Record(name="陈立群", phones=(PHONE,))
PAIRS = [
    (ONE, ONE, True),
    (ONE, Record(name="陈立群", phones=("13812342047",)), True),
    (ONE, Record(name="苏未央", phones=(PHONE,)), False),
    (ONE, Record(name="苏未央", phones=("13500001111",)), False),
]


def test_precision_and_recall_are_counted() -> None:
    told = [judged(features(a), features(b), same) for a, b, same in PAIRS]
    sure = [surety(one.found) for one in told]
    for least in (1, 50, 95, 100):
        row = figures(told, MODEL, [least])[0]
        taken = [same for one, (_, _, same) in zip(sure, PAIRS, strict=True) if one >= least]
        assert (row.precision.hits, row.precision.of) == (sum(taken), len(taken))
        assert (row.recall.hits, row.recall.of) == (sum(taken), 2)
    least = threshold_for(told, MODEL, 1.0)
    assert least is not None
    assert figures(told, MODEL, [least])[0].precision.value == 1.0
    assert threshold_for([], MODEL, 0.9) is None


def test_the_interval_is_wilsons() -> None:
    assert Share(0, 0).interval is None
    assert Share(45, 50).interval == pytest.approx((0.7864, 0.9565), abs=1e-4)
    assert Share(10, 10).interval == pytest.approx((0.7225, 1.0), abs=1e-4)


def test_the_waterfall_leads_from_the_prior_to_the_sum() -> None:
    found = levels(features(PAIRS[1][0]), features(PAIRS[1][1]))
    steps = waterfall(found)
    assert steps[0].start == MODEL.prior
    assert all(one.end == two.start for one, two in pairwise(steps))
    assert steps[-1].end == pytest.approx(MODEL.prior + sum(MODEL.weights[one.code] for one in found))


def test_changes_name_the_pairs_answered_otherwise() -> None:
    found = [levels(features(a), features(b)) for a, b, _ in PAIRS]
    stricter = replace(MODEL, same_from=100)
    assert changes(found, MODEL, MODEL) == []
    assert all(one.before == "same" for one in changes(found, MODEL, stricter))
