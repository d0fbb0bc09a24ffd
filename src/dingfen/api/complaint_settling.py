"""How a complaint is settled: proposals, promises, the ladder, its clocks, and what comes after."""

from __future__ import annotations

from uuid import UUID

from ninja import Query

from dingfen.api import complaint_rows as rows
from dingfen.api import complaint_schemas as given
from dingfen.api import complaint_shapes as shapes
from dingfen.api.chosen import chosen
from dingfen.api.complaints import act
from dingfen.api.frame import ApiRequest, Page, Router, page, read, write
from dingfen.complaints.actions import after, climbing, promising, proposing, stretching
from dingfen.complaints.listing import corrective_actions
from dingfen.complaints.models import Action, Complaint, LadderStep, Promise, Proposal, Stretch

router = Router(tags=["complaints"])
HANDLE, VIEW = "complaint.handle", "complaint.view"


def _proposal(made: Proposal) -> shapes.ProposalOut:
    return rows.proposal(made, rows.Opener(made.complaint))


@write(router, "/complaints/{uid}/proposals", out=shapes.ProposalOut, permission=HANDLE, status=201)
def draw_up_proposal(request: ApiRequest, uid: UUID, proposal: given.ProposalIn) -> shapes.ProposalOut:
    """Draw up a proposal for issues with a finding. Within one's own authority it is approved at once."""
    return _proposal(proposing.propose(**act(request), case_uid=uid, **proposal.model_dump()))


@write(router, "/proposals/{uid}/approve", out=shapes.ProposalOut, permission=VIEW)
def approve_proposal(request: ApiRequest, uid: UUID) -> shapes.ProposalOut:
    """Approve it, within the limits of the rules; not one's own."""
    return _proposal(proposing.approve(**act(request), proposal_uid=uid))


@write(router, "/proposals/{uid}/send-back", out=shapes.ProposalOut, permission=VIEW)
def send_proposal_back(request: ApiRequest, uid: UUID, back: given.BecauseIn) -> shapes.ProposalOut:
    """Not like that: back to who drew it up, with the reason."""
    return _proposal(proposing.send_back(**act(request), proposal_uid=uid, reason=back.reason))


@write(router, "/proposals/{uid}/retract", out=shapes.ProposalOut, permission=HANDLE)
def retract_proposal(request: ApiRequest, uid: UUID, back: given.BecauseIn) -> shapes.ProposalOut:
    """Take it back before the customer has accepted it."""
    return _proposal(proposing.retract(**act(request), proposal_uid=uid, reason=back.reason))


@write(router, "/complaints/{uid}/offer", out=list[shapes.ProposalOut], permission=HANDLE)
def offer_proposals(request: ApiRequest, uid: UUID, offer: given.OfferIn) -> list[shapes.ProposalOut]:
    """Put all approved proposals to the customer at once, none chosen beforehand."""
    made = proposing.offer(**act(request), case_uid=uid, answer_by=offer.answer_by)
    return [_proposal(one) for one in made]


@write(router, "/proposals/{uid}/answer", out=shapes.ProposalOut, permission=HANDLE)
def enter_customer_choice(request: ApiRequest, uid: UUID, choice: given.ChoiceIn) -> shapes.ProposalOut:
    """The customer takes it, declines it, or makes a counter-proposal."""
    return _proposal(proposing.answer_proposal(**act(request), proposal_uid=uid, **choice.model_dump()))


@write(router, "/proposals/{uid}/deliver", out=shapes.ProposalOut, permission=VIEW)
def deliver_proposal(request: ApiRequest, uid: UUID, delivered: given.ProofIn) -> shapes.ProposalOut:
    """What was accepted has been delivered; the promise is kept."""
    return _proposal(proposing.deliver(**act(request), proposal_uid=uid, proof=delivered.proof))


def _promise(made: Promise) -> shapes.PromiseOut:
    return rows.promise(made, rows.Opener(made.complaint))


@write(router, "/complaints/{uid}/promises", out=shapes.PromiseOut, permission=HANDLE, status=201)
def note_promise(request: ApiRequest, uid: UUID, promise: given.PromiseIn) -> shapes.PromiseOut:
    """Write down what somebody has promised the customer, and by when."""
    return _promise(promising.promise(**act(request), case_uid=uid, **promise.model_dump()))


@write(router, "/promises/{uid}/keep", out=shapes.PromiseOut, permission=VIEW)
def keep_promise(request: ApiRequest, uid: UUID, kept: given.ProofIn) -> shapes.PromiseOut:
    """It was kept; how one knows."""
    return _promise(promising.keep_promise(**act(request), promise_uid=uid, proof=kept.proof))


@write(router, "/promises/{uid}/release", out=shapes.PromiseOut, permission=VIEW)
def release_promise(request: ApiRequest, uid: UUID, released: given.SaidIn) -> shapes.PromiseOut:
    """The customer needs it no more."""
    return _promise(promising.release(**act(request), promise_uid=uid, said=released.said))


def _taken(made: LadderStep) -> shapes.TakenOut:
    return rows.taken(made, rows.Opener(made.complaint))


@write(router, "/complaints/{uid}/ladder", out=shapes.TakenOut, permission=HANDLE, status=201)
def take_ladder_step(request: ApiRequest, uid: UUID, step: given.StepIn) -> shapes.TakenOut:
    """Take a step of the ladder that is open now."""
    return _taken(climbing.go_to(**act(request), case_uid=uid, **step.model_dump()))


@write(router, "/ladder-steps/{uid}/sessions", out=shapes.SessionOut, permission=HANDLE, status=201)
def note_mediation_session(request: ApiRequest, uid: UUID, held: given.SessionIn) -> shapes.SessionOut:
    """Minutes of a session."""
    made = climbing.note_session(**act(request), step_uid=uid, **held.model_dump())
    return rows.session(made, rows.Opener(made.step.complaint))


@write(router, "/ladder-steps/{uid}/end", out=shapes.TakenOut, permission=HANDLE)
def end_ladder_step(request: ApiRequest, uid: UUID, ended: given.StepEndIn) -> shapes.TakenOut:
    """How a step ended. Agreed settles the issues that were open."""
    return _taken(climbing.end_step(**act(request), step_uid=uid, **ended.model_dump()))


def _stretch(made: Stretch) -> shapes.StretchOut:
    return rows.stretch(made, rows.Opener(made.complaint))


@write(router, "/complaint-clocks/{uid}/pause", out=shapes.StretchOut, permission=HANDLE, status=201)
def pause_complaint_clock(request: ApiRequest, uid: UUID, pause: given.PauseIn) -> shapes.StretchOut:
    """Let a clock stand still for a reason the rules list."""
    return _stretch(stretching.pause(**act(request), clock_uid=uid, **pause.model_dump()))


@write(router, "/complaint-clocks/{uid}/resume", out=shapes.StretchOut, permission=HANDLE)
def resume_complaint_clock(request: ApiRequest, uid: UUID) -> shapes.StretchOut:
    """Let it run again; its deadline moves by what it stood still."""
    return _stretch(stretching.resume(**act(request), clock_uid=uid))


@write(router, "/complaint-clocks/{uid}/extension", out=shapes.StretchOut, permission=HANDLE, status=201)
def ask_for_extension(request: ApiRequest, uid: UUID, wish: given.BecauseIn) -> shapes.StretchOut:
    """Ask for more time, as the rules foresee it; who may grant it does so at once."""
    return _stretch(stretching.ask_extension(**act(request), clock_uid=uid, reason=wish.reason))


@write(router, "/extensions/{uid}/decide", out=shapes.StretchOut, permission=VIEW)
def decide_extension(request: ApiRequest, uid: UUID, answer: given.ApproveIn) -> shapes.StretchOut:
    """Grant or refuse more time; not one's own wish."""
    return _stretch(stretching.decide_extension(**act(request), stretch_uid=uid, approve=answer.approve))


@write(router, "/extensions/{uid}/customer-told", out=shapes.StretchOut, permission=HANDLE)
def note_extension_told(request: ApiRequest, uid: UUID, told: given.ToldIn) -> shapes.StretchOut:
    """How and when the customer was told of more time."""
    return _stretch(stretching.customer_told(**act(request), stretch_uid=uid, **told.model_dump()))


@write(router, "/complaints/{uid}/call-backs", out=shapes.CallBackOut, permission=HANDLE, status=201)
def call_customer_back(request: ApiRequest, uid: UUID, call: given.CallBackIn) -> shapes.CallBackOut:
    """What the customer says afterwards: whether it worked, how it was handled, what came of it."""
    made = after.call_back(**act(request), case_uid=uid, **call.model_dump())
    return rows.call_back(made, rows.Opener(made.complaint))


def _action(request: ApiRequest, made: Action) -> shapes.ActionOut:
    sees = Complaint.objects.visible_to(request.actor).filter(pk=made.complaint_id).exists()
    return rows.action(made, rows.Opener(made.complaint), sees=sees)


@write(router, "/complaints/{uid}/corrective-actions", out=shapes.ActionOut, permission=HANDLE, status=201)
def add_corrective_action(request: ApiRequest, uid: UUID, action: given.ActionIn) -> shapes.ActionOut:
    """A corrective action: root cause, what is done, by whom and when, when its effect is checked."""
    return _action(request, after.add_action(**act(request), case_uid=uid, **action.model_dump()))


@read(router, "/corrective-actions", out=Page[shapes.ActionOut], permission=None)
def list_corrective_actions(request: ApiRequest, narrow: Query[given.ActionsIn]) -> Page[shapes.ActionOut]:
    """Corrective actions of all complaints one may see, and those one is responsible for; newest first."""
    found = corrective_actions(request.actor)
    if states := chosen(narrow.state, Action.State.values):
        found = found.filter(state__in=states)
    if narrow.mine:
        found = found.filter(owner_id=request.actor.staff_id)
    related = ("complaint__case", "owner", "added_by", "checked_by")
    return page(request, found.select_related(*related), narrow, lambda row: _action(request, row))


@write(router, "/corrective-actions/{uid}/done", out=shapes.ActionOut, permission=None)
def report_action_done(request: ApiRequest, uid: UUID, done: given.ReportIn) -> shapes.ActionOut:
    """Whoever is responsible has done it."""
    return _action(request, after.action_done(**act(request), action_uid=uid, report=done.report))


@write(router, "/corrective-actions/{uid}/check", out=shapes.ActionOut, permission=HANDLE)
def check_action_effect(request: ApiRequest, uid: UUID, checked: given.CheckedIn) -> shapes.ActionOut:
    """Say whether it helped; somebody other than who did it."""
    return _action(request, after.check_action(**act(request), action_uid=uid, **checked.model_dump()))
