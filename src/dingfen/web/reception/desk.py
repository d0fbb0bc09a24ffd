"""The strip of the rotation: who is next and why, and what one may do about each person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dingfen.accounts import access
from dingfen.accounts.models import Staff
from dingfen.engine.rotation import Place
from dingfen.ownership.rotation import actions, late
from dingfen.ownership.rotation.models import AWAY_REASONS, OUT_OF_TURN_REASONS, TurnEvent
from dingfen.ownership.rotation.queries import Board, board, site_of_actor
from dingfen.ownership.rotation.texts import WHY
from dingfen.problems import Problem
from dingfen.web.disputes.card import address_of
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

REASONS = dict(TurnEvent.Reason.choices)
KINDS = dict(TurnEvent.Kind.choices)
RANK = {"waiting": 0, "receiving": 1, "away": 2}


@dataclass(frozen=True, slots=True)
class Card:
    """One person on the strip."""

    staff: Staff
    place: Place | None
    next: bool = False
    mine: bool = False
    may_change: bool = False

    @property
    def reason(self) -> str:
        return str(REASONS.get(self.place.reason, "")) if self.place else ""

    @property
    def doing(self) -> str:
        return str(KINDS.get(self.place.doing, "")) if self.place else ""


def board_of(request: Request) -> Board | None:
    site = site_of_actor(request.actor)
    return board(site, request.at) if site else None


def strip(request: Request, found: Board | None) -> dict[str, Any]:
    """What the strip shows; `rotation` is None where the rules have none."""
    if found is None:
        return {"rotation": None}
    cards = [_card(request, found, found.people[place.who], place) for place in found.order.places]
    cards.sort(key=lambda card: RANK[card.place.status] if card.place else 3)
    absent = [_card(request, found, staff, None) for staff in found.absent]
    mine = next((card for card in absent if card.mine), None)
    return {
        "rotation": found,
        "cards": cards,
        "absent": absent,
        "absent_mine": mine,
        "may_check_in": [card for card in absent if card.may_change],
        "why": WHY.get(found.order.why or "", ""),
        "passed": ", ".join(staff_name(one) for one in found.passed),
        "rotation_url": address_of("policy", found.rules.version.uid) + f"#{found.rule.article}",
        **_panel(request, found, cards),
    }


def _card(request: Request, found: Board, staff: Staff, place: Place | None) -> Card:
    mine = staff.pk == request.actor.staff_id
    path = staff.unit.path if staff.unit else ""
    may = mine or access.may(request.actor, "rotation.manage", path=path)
    return Card(
        staff, place, staff == found.next, mine, may and access.may(request.actor, "rotation.take_part")
    )


def _panel(request: Request, found: Board, cards: list[Card]) -> dict[str, Any]:
    """The person chosen on the strip, with what can be done about them."""
    wanted = request.GET.get("person", "")
    chosen = next((card for card in cards if str(card.staff.uid) == wanted and card.may_change), None)
    if chosen is None:
        return {"chosen": None}
    gone = {one.takes_back_id for one in found.events}
    theirs = [
        one
        for one in found.events
        if chosen.staff.pk in (one.staff_id, one.to_id) and one.pk not in gone and one.kind != "taken_back"
    ]
    return {
        "chosen": chosen,
        "away_reasons": [(code, REASONS[code]) for code in AWAY_REASONS],
        "others": [
            card.staff
            for card in cards
            if card is not chosen and card.place and card.place.status == "waiting"
        ],
        "last": theirs[-1] if theirs else None,
    }


def out_of_turn_reasons() -> list[tuple[str, Any]]:
    return [(code, REASONS[code]) for code in OUT_OF_TURN_REASONS]


@require_safe
def rotation(request: Request) -> HttpResponse:
    """The strip alone, to look again or to open a person."""
    access.require(request.actor, "conflict.check")
    return render(request, "reception/rotation.html", strip(request, board_of(request)))


@require_POST
def turn(request: Request) -> HttpResponse:
    """One step in the rotation, named by the button."""
    access.require(request.actor, "rotation.take_part")
    given = request.POST
    who: dict[str, Any] = {"staff_uid": given.get("staff") or None}
    steps: dict[str, Callable[[], TurnEvent]] = {
        "check_in": lambda: _do(request, actions.check_in, **who),
        "check_out": lambda: _do(request, actions.check_out, **who),
        "finish": lambda: _do(request, actions.finish, **who),
        "come_back": lambda: _do(request, actions.come_back, **who),
        "skip": lambda: _do(
            request, actions.skip, **who, reason=given.get("reason", ""), until=_today_at(request, "until")
        ),
        "hand_on": lambda: _do(request, actions.hand_on, **who, to=given.get("to")),
        "take_back": lambda: _do(request, actions.take_back, event_uid=given.get("event", "")),
    }
    step = steps.get(given.get("step", ""))
    if step is None:
        raise Problem("request.bad", 400)
    try:
        done = step()
    except Problem as problem:
        return _refused(request, problem)
    toast(
        request,
        gettext("%(name)s: %(what)s") % {"name": staff_name(done.staff), "what": KINDS[done.kind]},
    )
    return redirect("reception")


def _do(request: Request, action: Callable[..., TurnEvent], **given: Any) -> TurnEvent:
    return action(actor=request.actor, at=request.at, **given)


def _refused(request: Request, problem: Problem) -> HttpResponse:
    """The page again, with what was wrong above the strip. 403 and 404 are pages of their own."""
    if problem.status in (403, 404):
        raise problem
    from dingfen.web.reception.views import page

    texts = [text for each in field_errors(problem).values() for text in each]
    words = problem_text(problem)
    return page(
        request, status=problem.status, turn_problem=" ".join(texts) or f"{words.title} {words.detail}"
    )


def _today_at(request: Request, field: str) -> dt.datetime | None:
    """A time of today, as typed in a time field; None when empty or unreadable."""
    unit = request.user.unit
    try:
        time = dt.time.fromisoformat(request.POST.get(field, ""))
    except ValueError:
        return None
    if unit is None:
        return None
    return dt.datetime.combine(unit.day(request.at), time, unit.zone)


@require_POST
def note_call(request: Request) -> HttpResponse:
    """Note in the evening that a call came in after closing."""
    access.require(request.actor, "rotation.take_part")
    try:
        late.note_call(
            actor=request.actor,
            at=request.at,
            taken_at=_today_at(request, "taken_at"),
            staff_uid=request.POST.get("staff") or None,
        )
    except Problem as problem:
        return _refused(request, problem)
    toast(request, gettext("Noted; enter it first tomorrow morning"))
    return redirect("reception")


@require_POST
def void_call(request: Request, uid: Any) -> HttpResponse:
    access.require(request.actor, "rotation.take_part")
    try:
        late.void_call(actor=request.actor, at=request.at, uid=uid, reason=request.POST.get("reason", ""))
    except Problem as problem:
        return _refused(request, problem)
    toast(request, gettext("Call struck off"))
    return redirect("reception")
