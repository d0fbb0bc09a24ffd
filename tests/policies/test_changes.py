"""What changed between two versions: as people read the articles, and as rules."""

from __future__ import annotations

from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import NOW, Cast

from dingfen.engine.load import load_pack
from dingfen.engine.schema import Pack
from dingfen.engine.text_diff import article_changes, pieces
from dingfen.packs import pack_files
from dingfen.policies.actions import propose
from dingfen.policies.queries import shipped

ALPHABET = "abc 五七日。，\n1.5"


@given(st.text(ALPHABET, max_size=30), st.text(ALPHABET, max_size=30))
def test_the_pieces_make_both_texts(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(one.text for one in found if one.kind != "in") == before
    assert "".join(one.text for one in found if one.kind != "out") == after


def newer() -> Pack:
    files = dict(pack_files("auto-dealer"))
    files["pack.yaml"] = files["pack.yaml"].replace('version: "1.0"', 'version: "1.1"')
    files["articles.yaml"] = files["articles.yaml"].replace(
        "title: {zh: 当日登记,", "title: {zh: 次日登记,", 1
    )
    files["articles.yaml"] = files["articles.yaml"].replace("按先后登记", "按时间先后登记", 1)
    files["ownership.yaml"] = files["ownership.yaml"].replace("take_per_day: 10", "take_per_day: 8")
    return load_pack(files)


def test_only_what_reads_otherwise_is_shown() -> None:
    found = article_changes(shipped("auto-dealer"), newer(), "zh")
    assert [(one.kind, one.id) for one in found] == [("changed", "OWN-2")]
    assert [(one.kind, one.text) for one in found[0].title] == [
        ("out", "当"),
        ("in", "次"),
        ("same", "日登记"),
    ]
    assert [one.text for one in found[0].text if one.kind == "in"] == ["时间"]
    assert article_changes(newer(), newer(), "en") == []


def test_on_the_page_and_by_the_api(cast: Cast) -> None:
    actor = cast.actor("tang")
    old = propose(actor=actor, at=NOW, unit=cast.company, pack=shipped("auto-dealer"))
    new = propose(actor=actor, at=NOW, unit=cast.company, pack=newer())
    client = Client()
    client.force_login(cast.lin)
    page = client.get(f"/policies/{new.uid}/changes/?against={old.uid}").content.decode()
    assert "<del>当</del><ins>次</ins>日登记" in page and "ownership.pool.take_per_day" in page
    found = client.get(f"/api/v1/policies/{new.uid}/changes?against={old.uid}").json()
    assert [one["id"] for one in found["articles"]] == ["OWN-2"]
    assert {"ownership.pool.take_per_day"} <= {one["where"] for one in found["rules"]}
    first = client.get(f"/api/v1/policies/{new.uid}/changes").json()
    assert first["against"] is None  # neither is published, so it replaces none
