"""Policy versions: read, propose a shipped pack, approve, publish, retract, confirm reading."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from dingfen.accounts.models import Unit
from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, one, page, read, write
from dingfen.engine.counting import counts
from dingfen.engine.diff import diff
from dingfen.engine.load import dump
from dingfen.engine.schema import Pack
from dingfen.engine.text_diff import article_changes
from dingfen.policies import actions
from dingfen.policies.models import PolicyVersion
from dingfen.policies.queries import pack_of, shipped, shipped_names, shipped_scenarios, version_before
from dingfen.problems import invalid

router = Router(tags=["policies"])


class PolicyOut(Out):
    """A version of a pack for a unit. `state` is its life; in force when between the two moments."""

    uid: UUID
    pack: str
    version: str
    title: dict[str, str]
    digest: str
    unit: UUID
    state: str
    in_force_from: datetime | None
    in_force_until: datetime | None
    applies_to_history_from: datetime | None


class ShippedOut(Out):
    name: str
    title: dict[str, str]
    version: str
    articles: int
    rules: int
    clocks: int
    scenarios: int


class ProposeIn(In):
    """`pack`: one that ships with Dingfen. `unit`: for it and everything below."""

    pack: str = Field(max_length=60)
    unit: UUID


class PublishIn(In):
    """`without_consultation`: why staff were not consulted, where the rules bear on them (10 characters)."""

    in_force_from: datetime
    applies_to_history_from: datetime | None = None
    without_consultation: str = Field(default="", max_length=2000)


def _shown(version: PolicyVersion) -> PolicyOut:
    return PolicyOut(
        uid=version.uid,
        pack=version.pack,
        version=version.version,
        title=version.title,
        digest=version.digest,
        unit=version.unit.uid,
        state=version.state,
        in_force_from=version.in_force_from,
        in_force_until=version.in_force_until,
        applies_to_history_from=version.applies_to_history_from,
    )


@read(router, "/policies", out=Page[PolicyOut], permission="policy.view")
def list_policies(request: ApiRequest, window: Query[Window]) -> Page[PolicyOut]:
    """Every version of the company's rule books, newest first."""
    rows = PolicyVersion.objects.filter(company_id=request.actor.company_id).defer("document")
    return page(request, rows.select_related("unit"), window, _shown)


@read(router, "/policies/shipped", out=list[ShippedOut], permission="policy.view")
def list_shipped(request: ApiRequest) -> list[ShippedOut]:
    """The packs that come with Dingfen."""
    return [_offered(name, shipped(name)) for name in shipped_names()]


def _offered(name: str, pack: Pack) -> ShippedOut:
    held = counts(pack)
    return ShippedOut(
        name=name,
        title=pack.title.model_dump(),
        version=pack.version,
        articles=held.articles,
        rules=held.rules,
        clocks=held.clocks,
        scenarios=shipped_scenarios(name),
    )


@read(router, "/policies/{uid}", out=PolicyOut, permission="policy.view")
def get_policy(request: ApiRequest, uid: UUID) -> PolicyOut:
    return _shown(_mine(request, uid))


@read(router, "/policies/{uid}/document", out=dict[str, object], permission="policy.view")
def get_document(request: ApiRequest, uid: UUID) -> HttpResponse:
    """The pack itself as canonical JSON: the bytes its digest is made of."""
    return HttpResponse(dump(pack_of(_mine(request, uid))), content_type="application/json")


class PieceOut(Out):
    """`kind`: same, out (only in the older version), in (only in the newer one)."""

    kind: str
    text: str


class ArticleChangeOut(Out):
    """One article as readers see it. `kind`: added, removed, changed."""

    kind: str
    id: str
    title: list[PieceOut]
    text: list[PieceOut]


class RuleChangeOut(Out):
    kind: str
    where: str
    article: str | None
    before: object
    after: object


class PolicyChangesOut(Out):
    """What differs from `against`; null and nothing where there is no version to compare with."""

    against: UUID | None
    articles: list[ArticleChangeOut]
    rules: list[RuleChangeOut]


class AgainstIn(In):
    """`against`: a version of the same rule book, by itself the one it replaces. `language`: zh or en."""

    against: UUID | None = None
    language: Literal["zh", "en"] = "zh"


@read(router, "/policies/{uid}/changes", out=PolicyChangesOut, permission="policy.view")
def get_changes(request: ApiRequest, uid: UUID, given: Query[AgainstIn]) -> PolicyChangesOut:
    """What changed between two versions: as readers see the articles, and as rules."""
    version = _mine(request, uid)
    if given.against is None:
        against = version_before(version)
    else:
        against = _mine(request, given.against)
        if against.pack != version.pack:
            raise invalid({"against": [("review.version", {})]})
    if against is None:
        return PolicyChangesOut(against=None, articles=[], rules=[])
    old, new = pack_of(against), pack_of(version)
    return PolicyChangesOut(
        against=against.uid,
        articles=[ArticleChangeOut.model_validate(one) for one in article_changes(old, new, given.language)],
        rules=[RuleChangeOut.model_validate(one) for one in diff(old, new)],
    )


def _mine(request: ApiRequest, uid: UUID) -> PolicyVersion:
    rows = PolicyVersion.objects.filter(company_id=request.actor.company_id).select_related("unit")
    return one(rows, uid=uid)


@write(router, "/policies", out=PolicyOut, permission="policy.publish", status=201)
def propose_policy(request: ApiRequest, proposal: ProposeIn) -> PolicyOut:
    """Propose a shipped pack; a second person approves it."""
    unit = Unit.objects.filter(company_id=request.actor.company_id, uid=proposal.unit).first()
    if unit is None:
        raise invalid({"unit": [("invalid", {})]})
    if proposal.pack not in shipped_names():
        raise invalid({"pack": [("invalid", {})]})
    return _shown(actions.propose(actor=request.actor, at=request.at, unit=unit, pack=shipped(proposal.pack)))


@write(router, "/policies/{uid}/approve", out=PolicyOut, permission="policy.approve")
def approve_policy(request: ApiRequest, uid: UUID) -> PolicyOut:
    """The second person's yes."""
    return _shown(actions.approve(actor=request.actor, at=request.at, version_uid=uid))


@write(router, "/policies/{uid}/publish", out=PolicyOut, permission="policy.publish")
def publish_policy(request: ApiRequest, uid: UUID, terms: PublishIn) -> PolicyOut:
    """Publish an approved version with its date of effect, which may not lie in the past."""
    return _shown(
        actions.publish(
            actor=request.actor,
            at=request.at,
            version_uid=uid,
            in_force_from=terms.in_force_from,
            applies_to_history_from=terms.applies_to_history_from,
            without_consultation=terms.without_consultation,
        )
    )


@write(router, "/policies/{uid}/retract", out=PolicyOut, permission="policy.publish")
def retract_policy(request: ApiRequest, uid: UUID) -> PolicyOut:
    """Take a version back before its date of effect."""
    return _shown(actions.retract(actor=request.actor, at=request.at, version_uid=uid))


@write(router, "/policies/{uid}/end", out=PolicyOut, permission="policy.publish")
def end_overlay(request: ApiRequest, uid: UUID) -> PolicyOut:
    """Switch an overlay off before its last day; the rules beneath it hold again."""
    return _shown(actions.end_overlay(actor=request.actor, at=request.at, version_uid=uid))


@write(router, "/policies/{uid}/acknowledge", out=None, permission="policy.view")
def acknowledge_policy(request: ApiRequest, uid: UUID) -> None:
    """Confirm having read it; a second time changes nothing."""
    actions.acknowledge(actor=request.actor, at=request.at, version_uid=uid)
