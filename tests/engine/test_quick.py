"""The quick comparison says what the whole one says, whatever the facts; unknown ones it leaves to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.stories import LATER, pack
from tests.engine.test_ruling_properties import PACKS, cases

from dingfen.engine.backtest import rule
from dingfen.engine.decide import decide
from dingfen.engine.quick import compare, result
from dingfen.engine.schema import ownership_of
from dingfen.engine.weigh import prepare, weigh


@pytest.mark.parametrize("name", PACKS)
def test_it_finds_what_weigh_finds(name: str) -> None:
    rules = ownership_of(pack(name))

    @settings(max_examples=100, deadline=None)
    @given(cases(name), st.data())
    def agrees(facts: dict[str, Any], data: st.DataObject) -> None:
        for claim in facts["claims"]:
            for gone in data.draw(st.lists(st.sampled_from(sorted(claim)), max_size=2)):
                if gone not in ("staff", "unit", "evidence"):
                    claim.pop(gone, None)
        prepared = prepare(facts)
        went, found = weigh(rules, prepared), compare(rules, prepared)
        assert result(rules, prepared) == went.result(prepared.staff)
        if found is None:
            assert went.unknown
        else:
            assert (found.decisive, found.by_scorecard, found.margin, found.declined) == (
                went.decisive, went.by_scorecard, went.margin, went.declined,
            )  # fmt: skip
        ruling, short = decide(facts, pack(name), LATER), rule(facts, pack(name))
        assert short.result.outcome == ruling.outcome and short.rule == ruling.decisive_rule
        assert ruling.declined or (short.result == ruling.result and short.article == ruling.article)

    agrees()
