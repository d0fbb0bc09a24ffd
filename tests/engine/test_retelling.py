"""A case told again without names rules the same, and runs green with what was found."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.test_ruling_properties import cases

from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.decide import decide
from dingfen.engine.facts import Facts
from dingfen.engine.load import load_pack
from dingfen.engine.retelling import expected, retell, used_facts
from dingfen.engine.ruling import Ruling
from dingfen.engine.scenarios import Scenario, read_scenarios
from dingfen.engine.schema import Pack
from dingfen.engine.trying import facts_of_scenario, run_scenarios
from dingfen.engine.vocabulary import facts_of
from dingfen.packs import pack_files, scenario_files

CALENDAR = CalendarForm.model_validate(
    {"zone": "Asia/Shanghai", "periods": {"mon-fri": ["09:00-12:00", "13:00-18:00"]}}
).build()
PACKS = {name: load_pack(pack_files(name)) for name in ("auto-dealer", "media-sales")}
AT = datetime(2026, 4, 1, tzinfo=UTC)


def whole(story: dict[str, Any], pack: Pack, expect: dict[str, Any] | None = None) -> Scenario:
    title = {"zh": "试", "en": "Trial"}
    return Scenario.model_validate(
        {"id": "x", "title": title, "articles": [pack.articles[0].id], "expect": expect or {}, **story}
    )


def shape(ruling: Ruling, names: dict[Any, str]) -> Any:
    """What a ruling says, people by their new names."""
    return (
        ruling.outcome,
        names.get(ruling.holder),
        sorted((names[one.staff], one.share) for one in ruling.split),
        ruling.decisive_rule,
        ruling.margin,
        sorted((names[staff], points) for staff, points in ruling.points),
        [row.rule for row in ruling.rows],
        sorted((one.rule, one.why_code) for one in ruling.not_applied),
        ruling.declined.code if ruling.declined else None,
    )


@pytest.mark.parametrize("name", PACKS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_case_told_again_rules_the_same(name: str, data: st.DataObject) -> None:
    pack = PACKS[name]
    facts: Facts = data.draw(cases(name, most=3))
    units = {claim["unit"] for claim in facts["claims"]}
    facts["case"] |= {"raised_at": "2026-03-05T09:00:00Z", "same_unit": len(units) == 1}
    story = retell(facts, pack, CALENDAR)
    ids = sorted(str(claim["staff"]) for claim in facts["claims"])
    names: dict[Any, str] = {uid: f"seller-{n}" for n, uid in enumerate(ids, 1)}
    again = facts_of_scenario(pack, whole(story, pack), CALENDAR)
    same = {one: one for one in names.values()}
    assert shape(decide(again, pack, AT), same) == shape(decide(facts, pack, AT), names)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PACKS)
def test_recorded_stories_run_green_and_hold_no_id(name: str) -> None:
    pack = PACKS[name]
    for scenario in read_scenarios(scenario_files(name)):
        if not (scenario.events or scenario.facts):
            continue
        story = retell(facts_of_scenario(pack, scenario, CALENDAR), pack, CALENDAR)
        text = json.dumps(story, ensure_ascii=False)
        assert not any(f'"{staff}"' in text for staff in scenario.staff)
        green = whole(story, pack, expected(pack, whole(story, pack), CALENDAR))
        assert green.expect.model_dump(exclude_unset=True)
        (outcome,) = run_scenarios(pack, [green], CALENDAR)
        assert outcome.passed, outcome.differences
        assert story["at"].startswith("2026-01-")


def test_the_facts_a_rule_book_uses_are_of_the_vocabulary() -> None:
    for pack in PACKS.values():
        used = used_facts(pack)
        assert len(used) > 5 and used < facts_of("case", "claim", "customer", "ruling").keys()
