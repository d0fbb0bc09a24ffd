"""Lint: what is wrong, or odd, in a pack that can be read. Codes and parameters; prose at the edges.

`error`: the rules contradict themselves or cannot work. `warning`: probably not meant. `info`: worth
knowing before publishing. A pack is clean when it has neither errors nor warnings. What holds for every
topic stands here; each topic adds its own check to `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from dingfen.engine.check_clocks import check_languages, check_roles
from dingfen.engine.check_complaints import check_complaints
from dingfen.engine.check_ownership import check_ownership
from dingfen.engine.check_topics import (
    check_care,
    check_conduct,
    check_held,
    check_incidents,
    check_indicators,
    check_roles_topic,
)
from dingfen.engine.coverage import Truth, truth_of
from dingfen.engine.durations import Duration
from dingfen.engine.examples import with_examples
from dingfen.engine.finding import Finding as Finding
from dingfen.engine.floors import applies, is_weaker
from dingfen.engine.parts import Condition, Floor, Ruled
from dingfen.engine.scenarios import Scenario
from dingfen.engine.schema import Pack, value_at

# Per topic what looks at its own rules.
CHECKS: dict[str, Callable[[Pack], Iterator[Finding]]] = {
    "ownership": check_ownership,
    "complaints": check_complaints,
    "incidents": check_incidents,
    "conduct": check_conduct,
    "care": check_care,
    "indicators": check_indicators,
    "roles": check_roles_topic,
}


def lint(
    pack: Pack, scenarios: Sequence[Scenario] = (), held: Collection[str] | None = None
) -> list[Finding]:
    """All findings, errors first, then in the order of the pack. `held`: the roles somebody has, if known."""
    found = [
        *_conditions(pack),
        *(finding for topic in pack.topics if topic in CHECKS for finding in CHECKS[topic](pack)),
        *(check_roles(pack, held) if held is not None else ()),
        *(check_held(pack, held) if held is not None else ()),
        *check_languages(pack),
        *_floors(pack),
        *_articles(pack, scenarios),
        *_scenarios(pack, scenarios),
    ]
    order = {"error": 0, "warning": 1, "info": 2}
    return with_examples(pack, sorted(found, key=lambda finding: order[finding.severity]))


def _conditions(pack: Pack) -> Iterator[Finding]:
    for path, part in pack.parts():
        for name, model_field in type(part).model_fields.items():
            condition = getattr(part, name)
            if isinstance(condition, Condition):
                yield from _condition(condition, f"{path}.{model_field.alias or name}")


def _condition(condition: Condition, where: str) -> Iterator[Finding]:
    truth = truth_of(condition)
    if truth is Truth.NEVER:
        yield Finding("never_true", "error", where, {"condition": condition.text})
    elif truth is Truth.ALWAYS and where.endswith(".exclude"):
        yield Finding("excludes_all", "error", where, {"condition": condition.text})
    elif truth is Truth.ALWAYS and where.endswith(".when"):
        yield Finding("always_true", "warning", where, {"condition": condition.text})


# The law, articles and scenarios.


def _floors(pack: Pack) -> Iterator[Finding]:
    for where, part in pack.parts():
        if isinstance(part, Ruled) and part.floor is not None:
            for name in type(part).model_fields:
                if name != "article":
                    yield from _floor(pack, part.floor, getattr(part, name), f"{where}.{name}", part.article)
    for index, floor in enumerate(pack.floors or ()):
        value = value_at(pack, floor.of)
        if value is None:
            yield Finding("floor_of_nothing", "warning", f"floors.{index}.of", {"key": floor.of})
        if floor.unverified:
            yield Finding("floor_unverified", "info", f"floors.{index}", {"id": floor.id})
        yield from _floor(pack, floor, value, path_of(pack, floor.of), floor.id)


def _floor(pack: Pack, floor: Floor, value: object, where: str, name: str) -> Iterator[Finding]:
    if applies(floor, pack.jurisdiction) and is_weaker(value, floor):
        shown = value.length if isinstance(value, Duration) else str(value)
        yield Finding("looser_than_law", "error", where, {"length": shown, "article": name})


def path_of(pack: Pack, key: str) -> str:
    """A dotted key that names parts by id, as the path by which findings are placed."""
    here: object = pack
    steps = []
    for step in key.split("."):
        if isinstance(here, tuple):
            place = next((n for n, each in enumerate(here) if getattr(each, "id", None) == step), 0)
            here, step = here[place] if here else None, str(place)
        else:
            here = getattr(here, step, None)
        steps.append(step)
    return ".".join(steps)


def _articles(pack: Pack, scenarios: Sequence[Scenario]) -> Iterator[Finding]:
    used = {part.article for _, part in pack.parts() if isinstance(part, Ruled)}
    tried = {article for scenario in scenarios for article in scenario.articles}
    for index, article in enumerate(pack.articles):
        where = f"articles.{index}"
        if article.id not in used:
            yield Finding("article_only_read", "info", where, {"article": article.id})
        elif scenarios and article.id not in tried:
            yield Finding("article_without_scenario", "info", where, {"article": article.id})
        if article.unverified:
            yield Finding("unverified", "info", where, {"article": article.id})


def _scenarios(pack: Pack, scenarios: Sequence[Scenario]) -> Iterator[Finding]:
    for number, scenario in enumerate(scenarios):
        if scenario.topic not in pack.topics:
            params = {"id": scenario.id, "topic": scenario.topic}
            yield Finding("scenario_of_missing_topic", "error", f"scenarios.{number}", params)
    for number, scenario in enumerate(scenarios):
        for name in scenario.articles:
            if name not in pack.article_index:
                params = {"id": scenario.id, "article": name}
                yield Finding("scenario_of_unknown_article", "error", f"scenarios.{number}", params)
