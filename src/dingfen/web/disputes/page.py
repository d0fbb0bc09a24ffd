"""What stands on the page of a dispute beside the card: stages, deadlines, time line, who may do what."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, pgettext
from django.utils.translation import gettext_lazy as _

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.clocks.models import Clock
from dingfen.engine.schema import ownership_of
from dingfen.engine.vocabulary import FACTS
from dingfen.ownership import deciders, sanctions, watch
from dingfen.ownership.actions.taking_over import PERMISSION
from dingfen.ownership.models import Dispute, Ruling
from dingfen.ownership.replay import replay
from dingfen.ownership.states import TAKING_EVIDENCE, TO_RULE
from dingfen.parties.queries import names_by_id
from dingfen.policies import editing
from dingfen.policies.queries import pack_of
from dingfen.register.queries import entries_of
from dingfen.web.disputes import evidence, following, signals, trying, words
from dingfen.web.disputes.card import Card, Proof, card_of, proof
from dingfen.web.disputes.paper import number
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name

State = Dispute.State
ENTRIES = {
    "dispute.raised": _("raised the dispute"),
    "dispute.claimed": _("joined with a claim"),
    "dispute.started": _("started the imported dispute; its time limits run"),
    "dispute.answered": _("gave evidence"),
    "dispute.proposed": _("Evidence closed; ruling proposed by the rules"),
    "dispute.found": _("stated a finding; proposed anew"),
    "dispute.confirmed": _("said how to rule; the other head follows"),
    "dispute.disagreed": _("The heads differ; the general manager rules"),
    "dispute.ruled": _("ruled"),
    "dispute.appealed": _("appealed"),
    "dispute.final": _("The ruling is final"),
    "dispute.sent_back": _("sent it back for new evidence"),
    "dispute.withdrawn": _("withdrew a claim"),
    "dispute.agreed": _("said what to settle for"),
    "dispute.extended": _("gave more time to answer"),
    "claim.taken_over": _("gave a claim to a colleague"),
    "evidence.added": _("added evidence"),
    "evidence.withdrawn": _("withdrew evidence"),
    "evidence.objected": _("objected to evidence"),
    "effect.done": _("noted a duty as done"),
    "clock.nudged": _("nudged those whose move it is"),
}
RULINGS = {"dispute.proposed", "dispute.confirmed", "dispute.disagreed", "dispute.ruled", "dispute.final"}
EVIDENCE = {
    "dispute.answered",
    "dispute.claimed",
    "dispute.found",
    "dispute.raised",
    "dispute.extended",
    "claim.taken_over",
    "evidence.added",
    "evidence.withdrawn",
    "evidence.objected",
}
CLOCKS = {
    watch.EVIDENCE: gettext_lazy("Evidence"),
    watch.RULING: gettext_lazy("Ruling"),
    watch.APPEAL: gettext_lazy("Appeal"),
    watch.FINAL: gettext_lazy("Final ruling"),
}
OVER = (State.FINAL, State.AGREED, State.WITHDRAWN)


def context(request: Request, dispute: Dispute) -> dict[str, Any]:
    """Everything the page needs, in a fixed number of queries."""
    actor, at = request.actor, request.at
    rulings = list(
        dispute.rulings.select_related("holder", "policy").prefetch_related("effects__staff").order_by("pk")
    )
    card = card_of(dispute)
    last = rulings[-1] if rulings else None
    shown = evidence.exhibits(dispute, card.sides, actor)
    return {
        "exhibits": shown,
        "trying": trying.tried(request, dispute, card),
        "compared": trying.compared(dispute, card),
        "signals": signals.shown(actor, dispute, at),
        "attachment_mb": settings.ATTACHMENT_LIMIT >> 20,
        "proofs": proofs_of(card, shown),
        "taking_evidence": dispute.state in TAKING_EVIDENCE,
        "dispute": dispute,
        "case": dispute.case,
        "customer": dispute.case.customer,
        "customer_url": _customer_url(actor, dispute),
        "customer_name": names_by_id(actor, [dispute.case.customer_id or 0]).get(
            dispute.case.customer_id or 0, ""
        ),
        "card": card,
        "mode": words.MODES.get(dispute.decider_mode, ""),
        "origin": words.ORIGINS.get(dispute.origin, dispute.origin),
        "stages": stages(dispute, rulings),
        "rulings": rulings,
        "ruling": last,
        "ruling_number": number(last) if last else "",
        "terms": _terms(last, card) if last else "",
        "effects": following.effects(dispute, last, card, sanctions.reader(actor, dispute, at)),
        "clocks": clocks(dispute),
        "events": events(dispute, request.GET.get("show", "")),
        "filters": filters(dispute, request.GET.get("show", "")),
        "panel": panel(dispute, actor, at, card),
        "replayed": replay(last) if last else None,
        "articles": articles_of(dispute),
        "sources": list(editing.sources(actor).defer("files")[:10])
        if dispute.facts and access.may(actor, editing.PERMISSION)
        else None,
        "handable": handable(dispute, actor),
        "takers": takers(dispute, actor),
        "appeals": list(dispute.appeals.select_related("appellant", "ruling").order_by("pk")),
    }


def handable(dispute: Dispute, actor: Actor) -> set[int]:
    """The claims this reader may give to a colleague of the claimant, while the dispute is open."""
    if dispute.state in OVER:
        return set()
    claims = dispute.claims.filter(withdrawn_at=None).select_related("unit")
    may = {one.pk for one in claims if access.may(actor, PERMISSION, one.unit.path)}
    return may - {one.pk for one in claims if one.claimant_id == actor.staff_id}


def takers(dispute: Dispute, actor: Actor) -> list[Staff]:
    """Who can step into a claim: salespeople of the company who are no party and have not said how to rule."""
    people = Staff.objects.filter(
        company_id=actor.company_id, is_active=True, left_on=None, grants__role=Role.SALESPERSON
    )
    parties = deciders.parties_of(dispute) | set(dispute.confirmations.values_list("decider_id", flat=True))
    return list(
        people.exclude(pk__in=parties).select_related("unit").distinct().order_by("unit__path", "name")
    )


def proofs_of(card: Card, shown: Iterable[evidence.Exhibits]) -> list[Proof]:
    """Every entry the page points to, once: each has a box that tells where it stands."""
    lines = [*card.principles, *card.lines]
    found = [proof for line in lines for cell in line.cells for proof in cell.proofs]
    for one in shown:
        found += [item.proof for item in (*one.first, *one.more) if item.proof]
        found += [row.proof for row in one.given if row.proof]  # type: ignore[attr-defined]
    return list({proof.whole: proof for proof in found}.values())


def articles_of(dispute: Dispute) -> list[dict[str, str]]:
    """The articles of the rule book that judges it, for whoever notes a lesson."""
    if dispute.policy is None:
        return []
    tongue = "zh" if formats.chinese() else "en"
    found = pack_of(dispute.policy).articles
    return [{"id": one.id, "title": getattr(one.title, tongue)} for one in found]


def _customer_url(actor: Actor, dispute: Dispute) -> str:
    from dingfen.parties.models import Customer
    from dingfen.web.disputes.card import address_of

    customer = dispute.case.customer
    if customer is None or not Customer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        return ""
    return address_of("customer", customer.uid)


def _terms(ruling: Ruling, card: Card) -> str:
    names = {side.uid: side.name for side in card.sides}
    parts = []
    if ruling.holder:
        parts.append(gettext("%(name)s holds the customer") % {"name": staff_name(ruling.holder)})
    shares = [f"{names.get(one['staff'], '')} {words.share(one['share'])}" for one in ruling.split]
    if shares:
        parts.append(gettext("split %(shares)s") % {"shares": formats.series(shares)})
    return ("，" if formats.chinese() else "; ").join(parts)


def stages(dispute: Dispute, rulings: list[Ruling]) -> list[dict[str, Any]]:
    """The rail: raised, evidence, proposal, ruling, appeal, final."""
    order = [
        pgettext("stage", "Raised"),
        pgettext("stage", "Evidence"),
        pgettext("stage", "Proposal"),
        pgettext("stage", "Ruling"),
        pgettext("stage", "Appeal"),
        pgettext("stage", "Final"),
    ]
    now = {
        State.RAISED: 0,
        State.EVIDENCE: 1,
        State.AWAITING_RULING: 3,
        State.AWAITING_JOINT: 3,
        State.RULED: 4,
        State.APPEALED: 5,
    }.get(State(dispute.state), 6)
    case = dispute.case
    notes = [
        formats.when(case.opened_at),
        _evidence_note(dispute),
        formats.when(dispute.proposed_at) if dispute.proposed_at else "",
        str(words.MODES.get(dispute.decider_mode, "")),
        "",
        gettext("General manager"),
    ]
    for ruling in rulings:
        if ruling.stage == Ruling.Stage.FIRST:
            notes[3] = formats.when(ruling.given_at)
            if ruling.appeal_until and dispute.state == State.RULED:
                notes[4] = gettext("until %(time)s") % {"time": formats.deadline(ruling.appeal_until)}
        else:
            notes[5] = formats.when(ruling.given_at)
    if dispute.appeals.exists():
        last = max(one.at for one in dispute.appeals.all())
        notes[4] = formats.when(last)
    if dispute.state in (State.AGREED, State.WITHDRAWN):
        notes[5], now = str(State(dispute.state).label), 6
    return [
        {"label": label, "note": note, "state": "done" if i < now else "now" if i == now else "ahead"}
        for i, (label, note) in enumerate(zip(order, notes, strict=True))
    ]


def _evidence_note(dispute: Dispute) -> str:
    """When the last answer came, or how many have answered so far."""
    answers = [claim.answered_at for claim in dispute.claims.all() if claim.withdrawn_at is None]
    given = [at for at in answers if at is not None]
    if dispute.state in TAKING_EVIDENCE:
        return gettext("%(n)s of %(all)s answered") % {"n": len(given), "all": len(answers)}
    return formats.when(max(given)) if given else ""


def clocks(dispute: Dispute) -> list[dict[str, Any]]:
    """The time limits of the dispute, running ones first."""
    found = Clock.objects.filter(subject_uid=dispute.case.uid).order_by("-next_at", "-pk")
    shown: dict[str, Clock] = {}
    for clock in found:
        if clock.kind in CLOCKS and (clock.kind not in shown or clock.ended_at is None):
            shown.setdefault(clock.kind, clock)
    return [{"label": CLOCKS[kind], "clock": clock} for kind, clock in sorted(shown.items())]


def running(dispute: Dispute) -> Clock | None:
    """The limit that counts now, for the head of the page."""
    return (
        Clock.objects.live()
        .filter(subject_uid=dispute.case.uid, kind__in=CLOCKS)
        .order_by("deadline")
        .first()
    )


def events(dispute: Dispute, show: str) -> list[dict[str, Any]]:
    """The dispute's entries and, among all, people's notes, newest first."""
    notes = dispute.case.notes.select_related("author").order_by("pk") if not show else ()
    noted = [
        {"at": one.at, "who": staff_name(one.author), "text": gettext("noted"), "note": one.text}
        for one in notes
    ]
    return sorted([*_entries(dispute, show), *noted], key=lambda one: one["at"], reverse=True)


def _entries(dispute: Dispute, show: str) -> Iterable[dict[str, Any]]:
    """The dispute's entries, newest first."""
    entries = [one for one in entries_of(dispute.case.uid) if one.kind in ENTRIES]
    people = {
        staff.uid: staff for staff in Staff.objects.filter(uid__in={entry.actor_uid for entry in entries})
    }
    wanted = {"evidence": EVIDENCE, "rulings": RULINGS}.get(show)
    for entry in reversed(entries):
        if wanted is not None and entry.kind not in wanted:
            continue
        staff, seen = people.get(entry.actor_uid), proof(entry)
        yield {
            "at": entry.recorded_at,
            "who": staff_name(staff)
            if staff
            else gettext("System")
            if entry.kind == "dispute.raised"
            else "",
            "text": ENTRIES[entry.kind],
            "key": staff is not None,
            "entry": seen.name,
            "entry_url": seen.url,
            "sealed": seen.sealed,
        }


def filters(dispute: Dispute, show: str) -> list[dict[str, Any]]:
    base = reverse("dispute", args=[dispute.case.uid])
    return [
        {
            "label": label,
            "url": f"{base}?show={key}#time-line" if key else base,
            "count": None,
            "current": show == key,
        }
        for key, label in (
            ("", pgettext("time line", "All")),
            ("evidence", gettext("Evidence")),
            ("rulings", gettext("Rulings")),
        )
    ]


def panel(dispute: Dispute, actor: Actor, at: dt.datetime, card: Card) -> dict[str, Any]:
    """What this reader may do here now: `mode` names the panel, or why there is none."""
    claim = next((side for side in card.sides if side.claim.claimant_id == actor.staff_id), None)
    shown: dict[str, Any] = {"claim": claim, "sides": card.sides, "mode": "none"}
    parties = deciders.parties_of(dispute)
    if dispute.state in TAKING_EVIDENCE:
        if claim:
            shown["mode"] = "answered" if claim.claim.answered_at else "answer"
            shown["late"] = claim.claim.answer_by is not None and at >= claim.claim.answer_by
            shown["may_add"] = claim.claim.answered_at is not None
        seats = deciders.seats(dispute, at)
        rules = any(staff.pk == actor.staff_id for seat in seats for staff in seat.people)
        shown["extend"] = evidence.waiting(card.sides, dispute) if rules and claim is None else []
        shown["may_settle"] = claim is not None
        shown["may_join"] = claim is None and access.decide(actor, "dispute.claim").allowed
    elif dispute.state in TO_RULE:
        shown |= _ruling_panel(dispute, actor, at, parties)
        if claim:
            shown["late"] = True
            shown["may_add"] = claim.claim.answered_at is not None
            if claim.claim.answered_at is None:
                shown["mode"] = "answer"
        shown["may_join"] = claim is None and access.decide(actor, "dispute.claim").allowed
        shown["may_settle"] = claim is not None
    elif dispute.state == State.RULED:
        shown["mode"] = "appeal" if claim else "none"
    elif dispute.state == State.APPEALED:
        top = deciders.general_manager(dispute, at)
        shown["who"] = [staff_name(staff) for staff in top.people] if top else []
        may = top is not None and any(staff.pk == actor.staff_id for staff in top.people)
        shown["mode"] = "final" if may else "waiting"
    shown["who_text"] = formats.series(shown.get("who", ()))
    shown["waiting_text"] = formats.series(shown.get("waiting", ()))
    shown["settlements"] = list(dispute.agreements.select_related("claimant", "holder").order_by("pk"))
    return shown


def _ruling_panel(dispute: Dispute, actor: Actor, at: dt.datetime, parties: set[int]) -> dict[str, Any]:
    seats = deciders.seats(dispute, at)
    votes = list(
        dispute.confirmations.filter(void=False, ruling=None)
        .select_related("decider", "for_unit", "holder")
        .order_by("pk")
    )
    said = {vote.for_unit_id for vote in votes}
    mine = [seat for seat in seats if any(staff.pk == actor.staff_id for staff in seat.people)]
    free = [seat for seat in mine if seat.unit.pk not in said]
    mode = "own_matter" if actor.staff_id in parties else "rule" if free else "said" if mine else "waiting"
    proposed = json.loads(bytes(dispute.proposed or b"{}"))
    waiting = [seat for seat in seats if seat.unit.pk not in said and seat not in free]
    return {
        "mode": mode,
        "votes": votes,
        "who": deciders.names(seats),
        "waiting": deciders.names(waiting),
        "declined": proposed.get("outcome") == "declined",
        "findings": findings(dispute) if mode == "rule" else [],
        "acting_for": next(
            (Staff.objects.get(pk=whose) for seat in free if (whose := seat.principal_of(actor.staff_id))),
            None,
        ),
    }


def findings(dispute: Dispute) -> list[dict[str, Any]]:
    """What people must judge for the rules of this pack: (fact, label, bounds)."""
    if dispute.policy is None:
        return []
    own = ownership_of(pack_of(dispute.policy))
    used = {name for line in (own.scorecard.lines if own.scorecard else ()) for name in line.to.facts}
    for sanction in own.sanctions:
        used |= set(sanction.when.names())
    return [
        {"name": name, "label": words.fact_name(name), "type": fact.type, "low": fact.low, "high": fact.high}
        for name, fact in FACTS.items()
        if name in used and fact.judged and fact.subject == "claim" and fact.type in ("boolean", "number")
    ]
