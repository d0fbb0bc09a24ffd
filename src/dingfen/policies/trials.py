"""The author's console: rules tried on a story at once, and the story kept as a scenario of a rule book."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dingfen.accounts.actor import Actor
from dingfen.engine.decide import decide
from dingfen.engine.errors import PackErrors
from dingfen.engine.load import located
from dingfen.engine.retelling import expected
from dingfen.engine.ruling import plain
from dingfen.engine.scenarios import Scenario
from dingfen.engine.schema import Pack
from dingfen.engine.sources import Source
from dingfen.engine.trying import facts_of_scenario, found_of
from dingfen.policies.draft_files import to_yaml
from dingfen.policies.editing import SCENARIOS, calendar_for, rules_of, save, sources
from dingfen.policies.models import PolicySource
from dingfen.problems import invalid, missing, read_uid

FILE = "trials"
Story = Mapping[str, Any]
_TITLE = {"zh": "试算", "en": "Trial"}


@dataclass(frozen=True)
class Tried:
    """A story on trial: the scenario as read, what came, and the ruling with its reasons where it is a dispute."""

    scenario: Scenario
    found: dict[str, Any]
    ruling: dict[str, Any] | None


def attempt(pack: Pack, story: Story) -> Tried:
    """Try the rules on a story as a scenario file writes it; `id`, `title`, `articles`, `expect` may be left out.

    Reads and writes nothing. Raises `PackErrors` with the keys that are wrong.
    """
    scenario = _read(pack, story)
    calendar = calendar_for(pack)
    if scenario.topic not in pack.topics:
        raise invalid({"story": [("trial.topic", {"topic": scenario.topic})]})
    ruling = None
    if scenario.events or scenario.facts:
        facts = facts_of_scenario(pack, scenario, calendar)
        at = scenario.at or datetime.fromisoformat(facts["case"]["raised_at"])
        ruling = plain(decide(facts, pack, at if at.tzinfo else at.replace(tzinfo=calendar.zone)))
    return Tried(scenario, found_of(pack, scenario, calendar), ruling)


def _read(pack: Pack, story: Story) -> Scenario:
    article = pack.articles[0].id
    whole = {"id": "trial", "title": _TITLE, "articles": [article], "expect": {}, **story}
    try:
        return Scenario.model_validate(whole)
    except ValidationError as failure:
        source = Source()
        raise PackErrors([located(source, dict(each), Scenario) for each in failure.errors()]) from None


def read_story(text: str) -> Story:
    """A story written as YAML: one scenario, or a file with one. Raises Problem (422) at `text`."""
    try:
        data = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise invalid({"text": [("draft.yaml", {"line": mark.line + 1 if mark else 1})]}) from None
    if isinstance(data, dict) and isinstance(data.get("scenarios"), list) and len(data["scenarios"]) == 1:
        data = data["scenarios"][0]
    if not isinstance(data, dict):
        raise invalid({"text": [("draft.yaml", {"line": 1})]})
    return data


@transaction.atomic
def keep(
    *,
    actor: Actor,
    at: datetime,
    source_uid: UUID | str,
    story: Story,
    title: str = "",
    title_en: str = "",
    file: str = FILE,
) -> PolicySource:
    """Keep a story as a scenario of a rule book being written, with what its rules now make of it.

    The other scenarios of the file stay as typed, comments included. Raises as `attempt`, `rules_of`.
    """
    source = sources(actor).select_for_update(of=("self",)).filter(uid=read_uid(source_uid)).first()
    if source is None:
        raise missing()
    pack = rules_of(source)
    tried = attempt(pack, story)
    found = expected(pack, tried.scenario, calendar_for(pack))
    ruling = tried.ruling or {}
    article = ruling.get("article") or (ruling.get("declined") or {}).get("article")
    given = {k: v for k, v in story.items() if k not in ("id", "title", "articles", "expect")}
    row = {
        "id": _free_id(source, file),
        "title": {"zh": title or _TITLE["zh"], "en": title_en or title or _TITLE["en"]},
        "articles": list(story.get("articles") or [article or pack.articles[0].id]),
        **given,
        "expect": found,
    }
    name = f"{SCENARIOS}{file}.yaml"
    text = _added(source.files.get(name, ""), row)
    return save(actor=actor, at=at, source_uid=source.uid, name=name, text=text)


def _free_id(source: PolicySource, stem: str) -> str:
    taken = "\n".join(text for name, text in source.files.items() if name.startswith(SCENARIOS))
    number = 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _added(text: str, row: Story) -> str:
    """The file with one scenario more."""
    if not text.strip():
        return to_yaml({"scenarios": [as_yaml(row)]})
    yaml = YAML()
    yaml.width, yaml.allow_unicode, yaml.preserve_quotes = 100_000, True, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        data = yaml.load(text)
        data["scenarios"] = data["scenarios"] or []
        data["scenarios"].append(as_yaml(row))
    except (YAMLError, KeyError, TypeError, AttributeError):
        raise invalid({"files": [("source.errors", {"count": 1})]}) from None
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


def as_yaml(value: Any) -> Any:
    """Plain data for YAML: moments as their text."""
    if isinstance(value, Mapping):
        return {str(key): as_yaml(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_yaml(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else value
