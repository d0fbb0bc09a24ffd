"""On Spark the answers are those of one process. Runs where PySpark and a Java runtime are installed."""

from __future__ import annotations

import os
import shutil
import sys
from itertools import combinations
from pathlib import Path

import pytest

from dingfen.matching import Record, batch, compare, features, keys
from tests.matching.people import base, retyped

pyspark = pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="no Java runtime")

ROOT = Path(__file__).resolve().parents[2]
BASE = base(120, 8)
ROWS = BASE + [retyped(row, number, number) for number, row in enumerate(BASE[:40])]
RECORDS = [
    (row[0], Record(kind="company" if row[2] else "person", name=row[1], company=row[2], phones=(row[3],)))
    for row in ROWS
]


def test_the_same_pairs_as_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    from dingfen.matching.spark import pairs

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT)]))
    configuration = pyspark.SparkConf().setMaster("local[2]").setAppName("dingfen")
    configuration.set("spark.ui.enabled", "false").set("spark.driver.host", "127.0.0.1")
    configuration.set("spark.driver.bindAddress", "127.0.0.1")
    context = pyspark.SparkContext(conf=configuration)
    try:
        found = {row[:2]: row[2:] for row in pairs(context.parallelize(RECORDS, 4)).collect()}
    finally:
        context.stop()
    expected = {}
    for (a, one), (b, other) in combinations(sorted(RECORDS), 2):
        if {key[:2] for key in keys(one)} & {key[:2] for key in keys(other)}:
            match = compare(one, other)
            if match.answer != "none":
                expected[a, b] = (match.sure, match.answer)
    assert found == expected
    assert len(found) >= 30
    ids = [name for name, _ in RECORDS]
    at_once = batch.find(batch.read(features(record) for _, record in RECORDS)).each()
    assert found == {tuple(sorted((ids[a], ids[b]))): (match.sure, match.answer) for a, b, match in at_once}
