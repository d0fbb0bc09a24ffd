"""Try the rules on a story; keep a story, or a recorded case without names, as a scenario."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Router, one, read, write
from dingfen.api.sources import SourceOut
from dingfen.complaints import retelling as complaints
from dingfen.engine.errors import PackErrors
from dingfen.engine.schema import Pack
from dingfen.ownership import retelling
from dingfen.policies import editing, trials
from dingfen.policies.draft_files import to_yaml
from dingfen.policies.findings import error_text
from dingfen.policies.models import PolicySource, PolicyVersion
from dingfen.policies.queries import pack_of
from dingfen.problems import invalid

router = Router(tags=["policies"])
LONGEST = 100_000


class StoryIn(In):
    """`story`: as a scenario file writes one, without `expect`."""

    story: dict[str, Any]


class ScenarioIn(In):
    """One of: a `story`, or the `case` (uid or number) of a recorded dispute or complaint, kept without names."""

    story: dict[str, Any] | None = None
    case: str = Field(default="", max_length=40)
    title: str = Field(default="", max_length=120)
    title_en: str = Field(default="", max_length=120)


class StoryFault(Out):
    key: str
    detail: str


class TriedOut(Out):
    """`ruling` with its reasons where the story is a dispute; `faults` where it can't be read."""

    found: dict[str, Any]
    ruling: dict[str, Any] | None
    faults: list[StoryFault]


def _tried(pack: Pack, story: dict[str, Any]) -> TriedOut:
    if len(to_yaml(trials.as_yaml(story))) > LONGEST:
        raise invalid({"story": [("draft.too_large", {})]})
    try:
        tried = trials.attempt(pack, story)
    except PackErrors as errors:
        faults = [StoryFault(key=each.key, detail=error_text(each)) for each in errors.errors]
        return TriedOut(found={}, ruling=None, faults=faults)
    return TriedOut(found=trials.as_yaml(tried.found), ruling=tried.ruling, faults=[])


@read(router, "/policies/{uid}/try", out=TriedOut, permission="policy.backtest", method="POST")
def try_policy(request: ApiRequest, uid: UUID, given: StoryIn) -> TriedOut:
    """What a version makes of a story. Nothing is kept."""
    rows = PolicyVersion.objects.filter(company_id=request.actor.company_id)
    return _tried(pack_of(one(rows, uid=uid)), given.story)


@read(router, "/policy-sources/{uid}/try", out=TriedOut, permission=editing.PERMISSION, method="POST")
def try_source(request: ApiRequest, uid: UUID, given: StoryIn) -> TriedOut:
    """What a rule book being written makes of a story. Nothing is kept."""
    return _tried(editing.rules_of(one(editing.sources(request.actor), uid=uid)), given.story)


@write(router, "/policy-sources/{uid}/scenarios", out=SourceOut, permission=editing.PERMISSION)
def keep_scenario(request: ApiRequest, uid: UUID, given: ScenarioIn) -> PolicySource:
    """Keep it among the scenarios, with what the rules as written now make of it."""
    if given.case:
        room: Any = complaints if complaints.knows(request.actor, given.case) else retelling
        kept: PolicySource = room.make_scenario(
            actor=request.actor, at=request.at, case=given.case, source_uid=uid
        )
        return kept
    if given.story is None:
        raise invalid({"story": [("required", {})]})
    try:
        return trials.keep(
            actor=request.actor,
            at=request.at,
            source_uid=uid,
            story=given.story,
            title=given.title,
            title_en=given.title_en,
        )
    except PackErrors:
        raise invalid({"story": [("invalid", {})]}) from None
