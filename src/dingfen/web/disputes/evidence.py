"""The evidence of a dispute: what the register gives, what people put forward, and what they do with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.cases.attachments import content_of
from dingfen.filetypes import PREVIEWED
from dingfen.ownership import actions
from dingfen.ownership.drawn import Drawn, drawn
from dingfen.ownership.models import Dispute, Evidence
from dingfen.ownership.states import BEFORE_RULING, TAKING_EVIDENCE
from dingfen.parties.models import Touch
from dingfen.problems import Problem, invalid, missing
from dingfen.register.queries import find_entry, with_pages
from dingfen.web.acting import IN_PLACE
from dingfen.web.disputes import views, words
from dingfen.web.disputes.card import Proof, Side, proof
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import problem_text

SHOWN = 6
SHORT = re.compile(r"^(?P<month>\d{2})(?P<day>\d{2})-(?P<number>\d{3,})$")


@dataclass(slots=True)
class Item:
    """One line of what the register gives."""

    at: dt.datetime
    text: str
    proof: Proof | None
    sign: str = "point"


@dataclass(slots=True)
class Exhibits:
    """The evidence of one claim."""

    side: Side
    first: list[Item] = field(default_factory=list)
    more: list[Item] = field(default_factory=list)
    given: list[Evidence] = field(default_factory=list)
    told: bool | None = None


def exhibits(dispute: Dispute, sides: Sequence[Side], actor: Actor) -> list[Exhibits]:
    """What stands for each side, drawn from the register and put forward."""
    found = drawn(dispute)
    given = list(
        Evidence.objects.filter(claim__dispute=dispute)
        .select_related("attachment", "added_by")
        .prefetch_related("objections__by")
        .order_by("pk")
    )
    numbers = {one.entry for items in found.values() for one in items if one.entry is not None}
    numbers |= {row.entry_seq for row in given if row.entry_seq is not None}
    entries = {
        entry.seq: proof(entry)
        for entry in with_pages().filter(seq__in=numbers, company_uid=dispute.case.company.uid)
    }
    holder = str(dispute.registration.holder.uid) if dispute.registration else ""
    shown = []
    for side in sides:
        items = [_item(one, entries) for one in found.get(side.uid, ())]
        one = Exhibits(side, items[:SHOWN], items[SHOWN:])
        one.given = [_ready(row, entries, actor, dispute) for row in given if row.claim_id == side.claim.pk]
        if side.uid != holder:
            one.told = any(each.kind == "notified_owner" for each in found.get(side.uid, ()))
        shown.append(one)
    return shown


def _item(one: Drawn, entries: dict[int, Proof]) -> Item:
    seen = entries.get(one.entry) if one.entry is not None else None
    return Item(one.at, _text(one), seen, words.DRAWN_SIGNS.get(one.kind, words.OTHER_SIGN)["icon"])


def _text(one: Drawn) -> str:
    if one.kind != "touch":
        return str(words.DRAWN.get(one.kind, one.kind))
    kind = {"incoming_call": "call", "call": "outgoing"}.get(
        str(one.attrs.get("kind")), one.attrs.get("kind")
    )
    name = str(Touch.Kind(kind).label) if kind in Touch.Kind.values else str(kind)
    marks = [] if one.attrs.get("reached", True) else [gettext("not reached")]
    if one.attrs.get("joint"):
        marks.append(gettext("with the head"))
    return f"{name} · {formats.series(marks)}" if marks else name


def _ready(row: Evidence, entries: dict[int, Proof], actor: Actor, dispute: Dispute) -> Evidence:
    """The row with what the template shows beside it."""
    before = dispute.state in BEFORE_RULING
    mine = row.claim_id in {one.pk for one in dispute.claims.all() if one.claimant_id == actor.staff_id}
    party = any(
        one.claimant_id == actor.staff_id and one.withdrawn_at is None for one in dispute.claims.all()
    )
    row.proof = entries.get(row.entry_seq or -1)  # type: ignore[attr-defined]
    row.may_withdraw = before and mine and row.withdrawn_at is None  # type: ignore[attr-defined]
    row.may_object = (  # type: ignore[attr-defined]
        before
        and party
        and not mine
        and row.withdrawn_at is None
        and not any(one.by_id == actor.staff_id for one in row.objections.all())
    )
    row.preview = row.attachment is not None and row.attachment.content_type in PREVIEWED  # type: ignore[attr-defined]
    return row


# ---------- what people do ----------


def read_exhibits(request: Request, dispute: Dispute) -> list[actions.Exhibit]:
    """Papers (a line each) and entries (numbers) as typed. Raises `entry.unknown` at the field `entries`."""
    notes = [line.strip() for line in request.POST.get("evidence", "").splitlines() if line.strip()]
    found = [actions.Exhibit("note", note=note) for note in notes]
    numbers = re.split(r"[\s,，;；、]+", request.POST.get("entries", "").strip())
    entries = [_entry(number, dispute, request.at) for number in numbers if number]
    return found + [actions.Exhibit("entry", entry_seq=seq) for seq in entries]


def _entry(number: str, dispute: Dispute, at: dt.datetime) -> int:
    """An entry by its full number, or by the short one of the case's own book in the last twelve months."""
    names = [number]
    if short := SHORT.match(number):
        from dingfen.accounts.books import book_of

        book = book_of(dispute.case.unit, at=at, actor_id=dispute.case.company.uid)
        names = [
            f"{book.code}-{year}{short['month']}{short['day']}-{int(short['number']):04d}"
            for year in (at.year, at.year - 1)
        ]
    for name in names:
        found = find_entry(name)
        if found is not None and found.company_uid == dispute.case.company.uid:
            return found.pk
    raise invalid({"entries": [("entry.unknown", {"entry": number})]})


def take_files(request: Request, uid: UUID, note: str = "") -> list[dict[str, Any]]:
    """Keep each uploaded file by itself; a result for each: name, ok, text."""
    results = []
    for file in request.FILES.getlist("files"):
        name = file.name or "file"
        try:
            content = content_of(file)
            actions.add_file(
                actor=request.actor, at=request.at, dispute_uid=uid, file=actions.File(name, content, note)
            )
            results.append({"name": name, "ok": True, "text": gettext("Attached")})
        except Problem as problem:
            if problem.status in (403, 404):
                raise
            results.append({"name": name, "ok": False, "text": str(problem_text(problem))})
    return results


def read_file(file: UploadedFile[Any]) -> actions.File:
    """An uploaded file with its name. Raises `attachment.too_large` before it is read."""
    return actions.File(file.name or "file", content_of(file))


@login_required
@require_POST
def answer(request: Request, uid: UUID) -> HttpResponse:
    """State one's case: files first, so that they come before the evidence closes; then the statement."""
    dispute = views.one(request, uid)
    results = take_files(request, uid)
    if any(not one["ok"] for one in results):
        return views.show(request, views.one(request, uid), form="answer", results=results, status=422)
    return views.act(
        request,
        uid,
        "answer",
        gettext("Evidence given"),
        lambda: actions.answer(
            actor=request.actor,
            at=request.at,
            dispute_uid=uid,
            statement=request.POST.get("statement", ""),
            evidence=read_exhibits(request, dispute),
        ),
    )


@login_required
@require_POST
def add(request: Request, uid: UUID) -> HttpResponse:
    """Add papers, entries and files to one's claim, until the ruling."""
    dispute = views.one(request, uid)
    results = take_files(request, uid, request.POST.get("note", ""))
    kept = sum(one["ok"] for one in results)
    try:
        found = read_exhibits(request, dispute)
        if found or not results:
            actions.add_evidence(actor=request.actor, at=request.at, dispute_uid=uid, exhibits=found)
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        return views.show(request, views.one(request, uid), problem, "evidence", results=results)
    if kept < len(results):
        return views.show(request, views.one(request, uid), form="evidence", results=results, status=422)
    count = kept + len(found)
    said = ngettext("%(n)s piece of evidence added", "%(n)s pieces of evidence added", count)
    toast(request, said % {"n": count})
    return redirect("dispute", uid)


def _of(request: Request, uid: UUID) -> UUID:
    """The case that a piece of evidence belongs to, for who sees it."""
    visible = Dispute.objects.visible_to(request.actor)
    row = Evidence.objects.filter(uid=uid, claim__dispute__in=visible).select_related("claim__dispute__case")
    found = row.first()
    if found is None:
        raise missing()
    return found.claim.dispute.case.uid


@login_required
@require_POST
def withdraw(request: Request, uid: UUID) -> HttpResponse:
    return views.act(
        request,
        _of(request, uid),
        "evidence",
        gettext("Withdrawn; it stays visible"),
        lambda: actions.withdraw_evidence(actor=request.actor, at=request.at, evidence_uid=uid),
    )


@login_required
@require_POST
def object_to(request: Request, uid: UUID) -> HttpResponse:
    return views.act(
        request,
        _of(request, uid),
        "evidence",
        gettext("Objection entered"),
        lambda: actions.object_to(
            actor=request.actor, at=request.at, evidence_uid=uid, reason=request.POST.get("reason", "")
        ),
    )


@login_required
@require_POST
def extend(request: Request, uid: UUID) -> HttpResponse:
    """More time to answer, for one or for all who have not yet."""
    dispute = views.one(request, uid)

    def run() -> object:
        return actions.extend(
            actor=request.actor,
            at=request.at,
            dispute_uid=uid,
            until=_moment(request.POST.get("until", ""), dispute),
            reason=request.POST.get("reason", ""),
            claim_uid=request.POST.get("claim") or None,
        )

    return views.act(request, uid, "extend", gettext("Time extended"), run)


def _moment(text: str, dispute: Dispute) -> dt.datetime:
    """A day and time on the wall of the case's site."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise invalid({"until": [("invalid", {})]}) from None
    return found if found.tzinfo else found.replace(tzinfo=dispute.case.unit.zone)


def waiting(sides: Iterable[Side], dispute: Dispute) -> list[Side]:
    """Who has not answered yet, while evidence is taken."""
    if dispute.state not in TAKING_EVIDENCE:
        return []
    return [side for side in sides if side.claim.answered_at is None]
