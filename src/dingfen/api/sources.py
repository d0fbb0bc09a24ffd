"""Rule books being written: begin, save a file, check, propose."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query
from pydantic import Field

from dingfen.accounts.models import Unit
from dingfen.api.frame import (
    ApiRequest,
    In,
    Out,
    Page,
    Router,
    Window,
    expected_version,
    one,
    page,
    read,
    write,
)
from dingfen.policies import editing, valuing
from dingfen.policies.bases import bases_of
from dingfen.policies.findings import error_text, finding_text, mend_text
from dingfen.policies.models import PolicySource
from dingfen.policies.queries import roles_held
from dingfen.problems import invalid, missing

router = Router(tags=["policies"])
PERMISSION = editing.PERMISSION


class SourceOut(Out):
    uid: UUID
    title: str
    saved_at: datetime
    version: int


class SourceWhole(SourceOut):
    """`files`: name → text."""

    files: dict[str, str]


class BeginIn(In):
    """One of: a shipped pack by name, a version, a draft from text."""

    shipped: str = Field(default="", max_length=60)
    version: UUID | None = None
    draft: UUID | None = None


class FileIn(In):
    """An empty text removes a scenario file."""

    name: str = Field(max_length=60)
    text: str = Field(max_length=editing.LONGEST)


class PolicyValueOut(Out):
    """`key`: dotted, parts of a list by place. `written`: as the source has it; `default`: what holds when it says
    nothing. `choices`, `low`, `high`: what it may be.
    """

    key: str
    kind: str
    zh: str
    en: str
    article: str
    written: Any = None
    default: Any = None
    required: bool
    choices: list[str]
    low: float | None = None
    high: float | None = None


class PolicyValuesIn(In):
    """Dotted key → value as YAML writes it; null takes it out."""

    values: dict[str, Any] = Field(min_length=1, max_length=500)


class ProposeSourceIn(In):
    unit: UUID


class FaultAt(Out):
    file: str
    line: int
    column: int
    key: str
    code: str
    detail: str


class Remark(Out):
    """`example`: facts, a hold, moments or points that show it."""

    severity: str
    where: str
    code: str
    detail: str
    example: dict[str, Any]


class SourceCheckOut(Out):
    """`changes`: what differs, as rules, from the version it began from."""

    errors: list[FaultAt]
    findings: list[Remark]
    scenarios: int
    failed: list[str]
    changes: list[dict[str, Any]]


class ProposedOut(Out):
    policy: UUID


@read(router, "/policy-sources", out=Page[SourceOut], permission=PERMISSION)
def list_sources(request: ApiRequest, window: Query[Window]) -> Page[SourceOut]:
    """The company's rule books being written."""
    rows = editing.sources(request.actor).order_by("-pk")
    return page(request, rows, window, SourceOut.model_validate)


@write(router, "/policy-sources", out=SourceWhole, permission=PERMISSION, status=201)
def begin_source(request: ApiRequest, given: BeginIn) -> PolicySource:
    """Begin from what there is."""
    return editing.begin(
        actor=request.actor,
        at=request.at,
        shipped=given.shipped,
        version=str(given.version or ""),
        draft=str(given.draft or ""),
    )


@read(router, "/policy-sources/{uid}", out=SourceWhole, permission=PERMISSION)
def get_source(request: ApiRequest, uid: UUID) -> PolicySource:
    found: PolicySource = one(editing.sources(request.actor), uid=uid)
    return found


@write(
    router, "/policy-sources/{uid}/file", out=SourceOut, permission=PERMISSION, method="PUT", versioned=True
)
def save_file(request: ApiRequest, uid: UUID, file: FileIn) -> PolicySource:
    """Keep a file as given, even when it does not read."""
    return editing.save(
        actor=request.actor,
        at=request.at,
        source_uid=uid,
        name=file.name,
        text=file.text,
        version=expected_version(request),
    )


@read(router, "/policy-sources/{uid}/values", out=list[PolicyValueOut], permission=PERMISSION)
def list_values(request: ApiRequest, uid: UUID) -> list[PolicyValueOut]:
    """The values a form can change: lengths, limits, amounts, points, choices, working hours. 422 while a file
    can't be read.
    """
    source: PolicySource = one(editing.sources(request.actor), uid=uid)
    form = valuing.form_of(source.files)
    if form is None:
        raise invalid({"": [("value.unread", {})]})
    return [
        PolicyValueOut(
            key=valuing.dotted(value.path),
            kind=value.kind,
            zh=value.title[0],
            en=value.title[1],
            article=group.article,
            written=value.written,
            default=value.default,
            required=value.required,
            choices=list(value.choices),
            low=value.low,
            high=value.high,
        )
        for topic, sections in form.sections.items()
        for section in sections
        for group in form.groups(topic, section)
        for value in group.values
    ]


@write(
    router,
    "/policy-sources/{uid}/values",
    out=SourceOut,
    permission=PERMISSION,
    method="PATCH",
    versioned=True,
)
def set_values(request: ApiRequest, uid: UUID, given: PolicyValuesIn) -> PolicySource:
    """Change values in the source; its comments and order stay. All or nothing, faults by key."""
    return valuing.change_values(
        actor=request.actor,
        at=request.at,
        source_uid=uid,
        given=given.values,
        version=expected_version(request),
    )


@read(router, "/policy-sources/{uid}/check", out=SourceCheckOut, permission=PERMISSION)
def check_source(request: ApiRequest, uid: UUID) -> SourceCheckOut:
    """Errors with their places, findings, scenarios that fail, and what differs."""
    source: PolicySource = one(editing.sources(request.actor), uid=uid)
    found = editing.check(source.files, roles_held(source.company_id), bases_of(source.company_id))
    return SourceCheckOut(
        errors=[
            FaultAt(
                file=e.file,
                line=e.line,
                column=e.column,
                key=e.key,
                code=e.message_code,
                detail=error_text(e),
            )
            for e in found.errors
        ],
        findings=[
            Remark(
                severity=f.severity,
                where=f.where,
                code=f.code,
                detail=f"{finding_text(f)} {mend_text(f)}",
                example=dict(f.example),
            )
            for f in found.findings
        ],
        scenarios=len(found.outcomes),
        failed=[each.scenario.id for each in found.failed],
        changes=[
            {"kind": c.kind, "where": c.where, "article": c.article, "before": c.before, "after": c.after}
            for c in editing.changes(source, found.pack)
        ],
    )


@write(router, "/policy-sources/{uid}/propose", out=ProposedOut, permission=PERMISSION, status=201)
def propose_source(request: ApiRequest, uid: UUID, terms: ProposeSourceIn) -> ProposedOut:
    """Propose what is written; a second person approves it."""
    unit = Unit.objects.filter(company_id=request.actor.company_id, uid=terms.unit).first()
    if unit is None:
        raise missing()
    made = editing.propose_source(actor=request.actor, at=request.at, source_uid=uid, unit=unit)
    return ProposedOut(policy=made.uid)
