"""Whatever people type gives errors of the loader's own kind: in rules on complaints, in packs that extend others."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.engine.errors import PackErrors
from dingfen.engine.load import load_pack
from dingfen.engine.sources import Source, read_yaml
from dingfen.packs import pack_files

junk = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("id", "when", "within", "length", "en", "x")), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(node: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path in plain data."""
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(found for key, each in steps for found in places(each, (*path, key)))]


@cache
def plain(name: str, file: str) -> Any:
    return read_yaml(file, pack_files(name)[file], Source())[0]


def with_junk(data: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = with_junk(data[path[0]], path[1:], value)
    return copy


CASES = [
    ("company-complaints", "complaints.yaml"),
    ("company-complaints", "floors.yaml"),
    ("special-period", "complaints.yaml"),
    ("special-period", "pack.yaml"),
    ("special-period", "articles.yaml"),
]


@cache
def places_in(name: str, file: str) -> list[tuple[str | int, ...]]:
    return places(plain(name, file))


@pytest.mark.parametrize("case", CASES, ids="/".join)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_junk_anywhere_gives_errors_of_the_loaders_own_kind(
    case: tuple[str, str], data: st.DataObject
) -> None:
    name, file = case
    path, value = data.draw(st.sampled_from(places_in(*case))), data.draw(junk)
    written = json.dumps(with_junk(plain(name, file), path, value), ensure_ascii=False, default=str)
    try:
        load_pack({**pack_files(name), file: written}, pack_files)
    except PackErrors as refusal:
        assert refusal.errors
