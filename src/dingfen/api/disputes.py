"""Disputes: raise, claim, answer, rule, appeal, effects; the decision card as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from ninja import Query

from dingfen.api.chosen import chosen
from dingfen.api.dispute_schemas import (
    AnswerIn,
    AppealIn,
    ClaimIn,
    ClaimOut,
    ConfirmIn,
    DisputeIn,
    DisputeOut,
    DisputeRow,
    DisputesIn,
    EffectOut,
    EvidenceOut,
    FinalIn,
    FindingIn,
    LessonIn,
    NoteIn,
    NoteOut,
    OtherwiseIn,
    RulingOut,
    ShareIn,
    TakeoverIn,
    TakeoverOut,
    TermsIn,
)
from dingfen.api.frame import ApiRequest, Page, Router, expected_version, page, read, write
from dingfen.api.rows import RowsIn, RowsOut, each
from dingfen.cases.models import CaseNote
from dingfen.matching import Record
from dingfen.ownership import actions, deciders, sanctions
from dingfen.ownership.actions.taking_over import PERMISSION
from dingfen.ownership.claim_rows import standing
from dingfen.ownership.models import Claim, Dispute, Effect, Ruling
from dingfen.ownership.replay import replay
from dingfen.problems import missing

router = Router(tags=["disputes"])


def _row(row: Dispute) -> dict[str, Any]:
    case = row.case
    return {
        "uid": case.uid,
        "number": case.number,
        "state": row.state,
        "origin": row.origin,
        "customer": case.customer.uid if case.customer else None,
        "masked_name": case.customer.masked_name if case.customer else "",
        "scope": row.scope,
        "deal": row.deal.uid if row.deal else None,
        "registration": row.registration.uid if row.registration else None,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "decider_mode": row.decider_mode,
        "version": row.version,
    }


def _claim(row: Claim) -> ClaimOut:
    return ClaimOut(
        uid=row.uid,
        claimant=row.claimant.uid,
        name=row.claimant.name,
        unit=row.unit.uid,
        made_at=row.made_at,
        statement=row.statement,
        answered_at=row.answered_at,
        withdrawn_at=row.withdrawn_at,
        taken_over=[
            TakeoverOut(earlier=one.earlier.uid, later=one.later.uid, at=one.at) for one in standing(row)
        ],
        evidence=[EvidenceOut.model_validate(one) for one in row.evidence.all()],
    )


def effect_out(row: Effect) -> EffectOut:
    return EffectOut(
        uid=row.uid,
        kind=row.kind,
        code=row.code,
        article=row.article,
        staff=row.staff.uid,
        amount=row.amount,
        currency=row.currency,
        share=row.share,
        measure=row.measure,
        state=row.state,
        due_at=row.due_at,
        done_at=row.done_at,
    )


def _ruling(row: Ruling, reads: Callable[[str], bool]) -> RulingOut:
    return RulingOut(
        uid=row.uid,
        number=row.number,
        stage=row.stage,
        outcome=row.outcome,
        as_proposed=row.as_proposed,
        holder=row.holder.uid if row.holder else None,
        split=row.split,
        reason=row.reason,
        given_at=row.given_at,
        appeal_until=row.appeal_until,
        pack_digest=row.pack_digest,
        entry_seq=row.entry_seq,
        effects=[
            effect_out(one)
            for one in row.effects.all()
            if one.kind != "sanction" or reads(str(one.staff.uid))
        ],
        replayed=replay(row),
    )


def _shown(request: ApiRequest, uid: UUID) -> DisputeOut:
    rows = Dispute.objects.visible_to(request.actor).select_related(
        "case__customer", "case__company", "case__unit", "deal", "registration", "policy"
    )
    row = rows.filter(case__uid=uid).first()
    if row is None:
        raise missing()
    claims = (
        row.claims.select_related("claimant", "unit")
        .prefetch_related("evidence", "takeovers__earlier", "takeovers__later")
        .order_by("pk")
    )
    rulings = row.rulings.select_related("holder", "policy").prefetch_related("effects__staff").order_by("pk")
    waiting = row.state in ("awaiting_ruling", "awaiting_joint")
    reads = sanctions.reader(request.actor, row, request.at)
    proposed = json.loads(bytes(row.proposed)) if row.proposed else None
    if proposed:
        proposed["sanctions"] = [one for one in proposed["sanctions"] if reads(one["staff"])]
    return DisputeOut(
        **_row(row),
        claims=[_claim(claim) for claim in claims],
        proposed_at=row.proposed_at,
        proposed=proposed,
        facts=json.loads(bytes(row.facts)) if row.facts else None,
        rulings=[_ruling(ruling, reads) for ruling in rulings],
        may_rule=deciders.names(deciders.seats(row, request.at)) if waiting else [],
    )


@read(router, "/disputes", out=Page[DisputeRow], permission="dispute.view")
def list_disputes(request: ApiRequest, narrow: Query[DisputesIn]) -> Page[DisputeRow]:
    """Disputes one may see, newest first."""
    rows = (
        Dispute.objects.visible_to(request.actor)
        .select_related("case__customer", "deal", "registration")
        .defer("proposed", "facts")
    )
    states = chosen(narrow.state, Dispute.State.values)
    if states:
        rows = rows.filter(state__in=states)
    return page(request, rows, narrow, lambda row: DisputeRow(**_row(row)), ("-case_id",))


@write(router, "/disputes/start", out=RowsOut, permission="dispute.rule")
def start_disputes(request: ApiRequest, rows: RowsIn) -> RowsOut:
    """Start disputes that an import has found: their time limits run from now, and claimants are asked."""
    return each(request, rows.items, "dispute_uid", actions.start)


@read(router, "/disputes/{uid}", out=DisputeOut, permission="dispute.view")
def get_dispute(request: ApiRequest, uid: UUID) -> DisputeOut:
    """The decision card as data: claims, facts, proposal with reasons, rulings with effects."""
    return _shown(request, uid)


@write(router, "/disputes", out=DisputeOut, permission="dispute.raise", status=201)
def raise_dispute(request: ApiRequest, dispute: DisputeIn) -> DisputeOut:
    """Claim a customer somebody else holds, or a deal somebody else signed."""
    record = None
    if dispute.check is not None:
        asked = dispute.check
        record = Record(
            kind="company" if asked.company_name and not asked.name else "person",
            name=asked.name,
            company=asked.company_name,
            phones=(asked.phone,) if asked.phone else (),
            emails=(asked.email,) if asked.email else (),
            wechats=(asked.wechat,) if asked.wechat else (),
            plates=(asked.plate,) if asked.plate else (),
            vins=(asked.vin,) if asked.vin else (),
            credit_codes=(asked.credit_code,) if asked.credit_code else (),
        )
    raised = actions.raise_dispute(
        actor=request.actor,
        at=request.at,
        statement=dispute.statement,
        deal_uid=dispute.deal,
        customer_uid=dispute.customer_uid,
        record=record,
        scope=dispute.scope,
        claimant=dispute.claimant,
    )
    return _shown(request, raised.case.uid)


@write(router, "/disputes/{uid}/claims", out=DisputeOut, permission="dispute.claim", status=201)
def add_claim(request: ApiRequest, uid: UUID, claim: ClaimIn) -> DisputeOut:
    """Join a dispute while evidence is taken."""
    actions.add_claim(actor=request.actor, at=request.at, dispute_uid=uid, statement=claim.statement)
    return _shown(request, uid)


@write(router, "/claims/{uid}/hand-over", out=DisputeOut, permission=PERMISSION)
def hand_over_claim(request: ApiRequest, uid: UUID, takeover: TakeoverIn) -> DisputeOut:
    """Give an open claim to a colleague of who made it; what was done with the customer counts on."""
    claim = actions.take_over_claim(
        actor=request.actor, at=request.at, claim_uid=uid, to=takeover.to, reason=takeover.reason
    )
    return _shown(request, claim.dispute.case.uid)


@write(router, "/disputes/{uid}/answer", out=DisputeOut, permission="dispute.claim")
def answer_dispute(request: ApiRequest, uid: UUID, answer: AnswerIn) -> DisputeOut:
    """State one's case; when all have, the rules propose."""
    exhibits = [actions.Exhibit(one.kind, one.entry_seq, one.note) for one in answer.evidence]
    actions.answer(
        actor=request.actor, at=request.at, dispute_uid=uid, statement=answer.statement, evidence=exhibits
    )
    return _shown(request, uid)


@write(router, "/disputes/{uid}/withdraw", out=DisputeOut, permission="dispute.claim")
def withdraw_claim(request: ApiRequest, uid: UUID) -> DisputeOut:
    """Withdraw one's own claim, before the ruling."""
    actions.withdraw(actor=request.actor, at=request.at, dispute_uid=uid)
    return _shown(request, uid)


def _split(shares: list[ShareIn]) -> list[dict[str, Any]]:
    return [{"staff": str(one.staff), "share": one.share} for one in shares]


@write(router, "/disputes/{uid}/agree", out=DisputeOut, permission="dispute.claim")
def agree_dispute(request: ApiRequest, uid: UUID, terms: TermsIn) -> DisputeOut:
    """Say what one would settle for; when every claimant says the same, the dispute ends."""
    actions.agree(
        actor=request.actor, at=request.at, dispute_uid=uid, holder=terms.holder, split=_split(terms.split)
    )
    return _shown(request, uid)


@write(router, "/disputes/{uid}/confirm", out=DisputeOut, permission="dispute.rule", versioned=True)
def confirm_ruling(request: ApiRequest, uid: UUID, confirmation: ConfirmIn) -> DisputeOut:
    """Rule as proposed; with two heads the first waits for the other."""
    actions.confirm(
        actor=request.actor,
        at=request.at,
        dispute_uid=uid,
        note=confirmation.note,
        version=expected_version(request),
    )
    return _shown(request, uid)


@write(router, "/disputes/{uid}/rule-otherwise", out=DisputeOut, permission="dispute.rule", versioned=True)
def rule_otherwise(request: ApiRequest, uid: UUID, ruling: OtherwiseIn) -> DisputeOut:
    """Depart from the proposal, with a reason."""
    actions.rule_otherwise(
        actor=request.actor,
        at=request.at,
        dispute_uid=uid,
        holder=ruling.holder,
        split=_split(ruling.split),
        reason=ruling.reason,
        version=expected_version(request),
    )
    return _shown(request, uid)


@write(router, "/disputes/{uid}/findings", out=DisputeOut, permission="dispute.rule")
def state_finding(request: ApiRequest, uid: UUID, finding: FindingIn) -> DisputeOut:
    """State what was found; the proposal is made anew."""
    actions.find(
        actor=request.actor,
        at=request.at,
        dispute_uid=uid,
        fact=finding.fact,
        value=finding.value,
        reason=finding.reason,
        claim_uid=finding.claim,
    )
    return _shown(request, uid)


@write(router, "/disputes/{uid}/appeal", out=DisputeOut, permission="dispute.appeal")
def appeal_ruling(request: ApiRequest, uid: UUID, appeal: AppealIn) -> DisputeOut:
    """Appeal to the general manager, in time."""
    actions.appeal(actor=request.actor, at=request.at, dispute_uid=uid, grounds=appeal.grounds)
    return _shown(request, uid)


@write(
    router, "/disputes/{uid}/final-ruling", out=DisputeOut, permission="dispute.rule_final", versioned=True
)
def rule_final(request: ApiRequest, uid: UUID, ruling: FinalIn) -> DisputeOut:
    """The general manager's answer to an appeal."""
    actions.rule_final(
        actor=request.actor,
        at=request.at,
        dispute_uid=uid,
        outcome=ruling.outcome,
        reason=ruling.reason,
        holder=ruling.holder,
        split=_split(ruling.split),
        version=expected_version(request),
    )
    return _shown(request, uid)


@write(router, "/effects/{uid}/done", out=EffectOut, permission="dispute.view")
def note_effect_done(request: ApiRequest, uid: UUID) -> EffectOut:
    """Note that a duty is done or money is paid."""
    return effect_out(actions.done(actor=request.actor, at=request.at, effect_uid=uid))


@read(router, "/disputes/{uid}/notes", out=list[NoteOut], permission="dispute.view")
def list_notes(request: ApiRequest, uid: UUID) -> list[NoteOut]:
    """What people have noted on the case, oldest first."""
    found = Dispute.objects.visible_to(request.actor).select_related("case").filter(case__uid=uid).first()
    if found is None:
        raise missing()
    return [_note(one) for one in found.case.notes.select_related("author").order_by("pk")]


@write(router, "/disputes/{uid}/notes", out=NoteOut, permission="dispute.view", status=201)
def add_note(request: ApiRequest, uid: UUID, note: NoteIn) -> NoteOut:
    """Note something for whoever sees the case; it is no evidence."""
    return _note(actions.note(actor=request.actor, at=request.at, dispute_uid=uid, text=note.text))


@write(router, "/disputes/{uid}/lessons", out=None, permission="dispute.view")
def add_lesson(request: ApiRequest, uid: UUID, lesson: LessonIn) -> None:
    """Note what the case teaches about an article; it goes to the policy owner. Leave names out."""
    actions.lesson(
        actor=request.actor, at=request.at, dispute_uid=uid, text=lesson.text, article=lesson.article
    )


def _note(row: CaseNote) -> NoteOut:
    return NoteOut(uid=row.uid, author=row.author.uid, at=row.at, text=row.text)
