"""Possible matches group by group: what speaks for and against, one answer for several records, taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, page, read, write
from dingfen.ownership.matches import bulk, jobs, queries, settling
from dingfen.ownership.matches.rows import MatchDecision, MatchJob
from dingfen.problems import missing

router = Router(tags=["ownership"])
PERMISSION = settling.PERMISSION


class MatchStepOut(Out):
    """One level of agreement, and from how many bits to how many it leads."""

    code: str
    start: float
    end: float


class EdgeOut(Out):
    match: UUID
    one: UUID
    other: UUID
    sure: int
    steps: list[MatchStepOut]


class MemberOut(Out):
    """`holders` are the staff who hold a part of this customer."""

    customer: UUID
    number: str
    masked_name: str
    masked_phone: str
    unit: UUID
    holders: list[UUID]


class MatchGroupOut(Out):
    uid: UUID
    kind: Literal["same", "household", "firm_group"]
    settled: bool
    members: list[MemberOut]
    pairs: list[EdgeOut]


class SettleGroupIn(In):
    """`members`: customers the answer is about, two at least; `kept`: which stays when they are merged."""

    answer: Literal["same", "other", "related"]
    members: Annotated[list[UUID], Field(min_length=2, max_length=100)]
    kept: UUID | None = None
    reason: Annotated[str, Field(max_length=300)] = ""


class DecisionOut(Out):
    uid: UUID
    answer: Literal["same", "other", "related", "bulk"]
    least: int | None
    merges: list[UUID]
    relations: list[UUID]
    made_at: datetime
    undone_at: datetime | None


class LeastIn(In):
    least: Annotated[int, Field(ge=80, le=100)] = 95


class AcceptGroupsIn(LeastIn):
    reason: Annotated[str, Field(min_length=4, max_length=300)]


class AcceptancePreviewOut(Out):
    """What accepting from `least` on would do, and why other groups are left to people."""

    least: int
    groups: int
    records: int
    below: int
    held_twice: int
    apart: int


class JobOut(Out):
    """Heavy work of the matcher; read it again to see how far it is."""

    uid: UUID
    kind: Literal["sweep", "train", "index", "accept", "undo"]
    state: Literal["running", "done", "stopped", "failed"]
    done: int
    total: int
    report: dict[str, object]
    decision: UUID | None
    asked_at: datetime
    finished_at: datetime | None


class JobIn(In):
    """`precision` is what `same` shall reach when weights are learned."""

    kind: Literal["sweep", "train", "index"]
    precision: Annotated[float, Field(ge=0.8, le=0.999)] = 0.99


def job_out(row: MatchJob) -> JobOut:
    return JobOut(
        uid=row.uid, kind=row.kind, state=row.state, done=row.done, total=row.total, report=row.report,
        decision=row.decision.uid if row.decision else None, asked_at=row.asked_at, finished_at=row.finished_at,
    )  # fmt: skip


def _decision(row: MatchDecision) -> DecisionOut:
    return DecisionOut(
        uid=row.uid, answer=row.answer, least=row.least, made_at=row.made_at, undone_at=row.undone_at,
        merges=list(row.merges.order_by("pk").values_list("uid", flat=True)),
        relations=list(row.relations.order_by("pk").values_list("uid", flat=True)),
    )  # fmt: skip


@read(router, "/matches/groups/{uid}", out=MatchGroupOut, permission=PERMISSION)
def get_match_group(request: ApiRequest, uid: UUID) -> MatchGroupOut:
    """A group with its records and how each two that were compared agree."""
    found = queries.group(request.actor, uid)
    return MatchGroupOut(
        uid=found.uid,
        kind=found.kind,
        settled=found.settled,
        members=[
            MemberOut(
                customer=one.customer.uid, number=one.customer.number, masked_name=one.customer.masked_name,
                masked_phone=one.customer.masked_phone, unit=one.customer.unit.uid,
                holders=[hold.holder.uid for hold in one.holds],
            )
            for one in found.members
        ],
        pairs=[
            EdgeOut(
                match=edge.review.uid, one=edge.one.customer.uid, other=edge.other.customer.uid, sure=edge.sure,
                steps=[MatchStepOut(code=step.code, start=step.start, end=step.end) for step in edge.steps],
            )
            for edge in found.edges
        ],
    )  # fmt: skip


@write(router, "/matches/groups/{uid}/settle", out=DecisionOut, permission=PERMISSION, status=201)
def settle_match_group(request: ApiRequest, uid: UUID, answer: SettleGroupIn) -> DecisionOut:
    """Some records of a group are one, are not, or belong together; the others stay to be checked."""
    return _decision(
        settling.settle(
            actor=request.actor, at=request.at, group=uid, answer=answer.answer, members=answer.members,
            kept=answer.kept or "", reason=answer.reason,
        )
    )  # fmt: skip


@read(router, "/matches/decisions", out=Page[DecisionOut], permission=PERMISSION)
def list_match_decisions(request: ApiRequest, narrow: Query[Window]) -> Page[DecisionOut]:
    """What was decided, newest first: one's own; the company's for its overseers and administrators."""
    return page(request, MatchDecision.objects.visible_to(request.actor), narrow, _decision)


@write(router, "/matches/decisions/{uid}/undo", out=DecisionOut, permission=PERMISSION)
def undo_match_decision(request: ApiRequest, uid: UUID) -> DecisionOut:
    """Take it back with all that came of it. An acceptance of many is taken back by the worker."""
    found = MatchDecision.objects.visible_to(request.actor).filter(uid=uid).first()
    if found is None:
        raise missing()
    if found.answer == MatchDecision.Answer.BULK:
        jobs.undo_many(actor=request.actor, at=request.at, decision=uid)
        return _decision(found)
    return _decision(settling.undo(actor=request.actor, at=request.at, decision=uid))


@read(router, "/matches/acceptance", out=AcceptancePreviewOut, permission=PERMISSION)
def preview_acceptance(request: ApiRequest, given: Query[LeastIn]) -> AcceptancePreviewOut:
    """What merging all groups above a threshold would do now."""
    seen = bulk.preview(request.actor, given.least)
    return AcceptancePreviewOut(
        least=given.least, groups=len(seen.groups), records=seen.records, below=seen.below,
        held_twice=seen.held_twice, apart=seen.apart,
    )  # fmt: skip


@write(router, "/matches/acceptance", out=JobOut, permission=PERMISSION, status=201)
def accept_matches(request: ApiRequest, given: AcceptGroupsIn) -> JobOut:
    """Let the worker merge all groups above a threshold; undone by undoing its `decision`."""
    return job_out(jobs.accept(actor=request.actor, at=request.at, least=given.least, reason=given.reason))


@read(router, "/matches/jobs", out=Page[JobOut], permission=PERMISSION)
def list_match_jobs(request: ApiRequest, narrow: Query[Window]) -> Page[JobOut]:
    """Heavy work, newest first."""
    rows = MatchJob.objects.visible_to(request.actor).select_related("decision")
    return page(request, rows, narrow, job_out)


@read(router, "/matches/jobs/{uid}", out=JobOut, permission=PERMISSION)
def get_match_job(request: ApiRequest, uid: UUID) -> JobOut:
    """How far it is."""
    found = MatchJob.objects.visible_to(request.actor).select_related("decision").filter(uid=uid).first()
    if found is None:
        raise missing()
    return job_out(found)


@write(router, "/matches/jobs", out=JobOut, permission=PERMISSION, status=201)
def start_match_job(request: ApiRequest, job: JobIn) -> JobOut:
    """Search the whole base, learn the weights anew (a proposal to compare), or read customers anew."""
    return job_out(jobs.start(actor=request.actor, at=request.at, kind=job.kind, precision=job.precision))


@write(router, "/matches/jobs/{uid}/stop", out=JobOut, permission=PERMISSION)
def stop_match_job(request: ApiRequest, uid: UUID) -> JobOut:
    """Stop it; what was done stays."""
    return job_out(jobs.stop(actor=request.actor, at=request.at, job=uid))
