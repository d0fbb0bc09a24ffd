"""Complaints: intake, the queue, the record; who handles one, how it is graded, what was said; how it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from ninja import File, Form, Query
from ninja.files import UploadedFile

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.api import complaint_record, complaint_rows
from dingfen.api import complaint_schemas as given
from dingfen.api import complaint_shapes as shapes
from dingfen.api import complaint_whole as whole
from dingfen.api.chosen import chosen
from dingfen.api.frame import ApiRequest, Page, Router, Window, expected_version, page, read, write
from dingfen.cases.attachments import content_of
from dingfen.clocks.models import Clock
from dingfen.complaints import finding, queue, watch
from dingfen.complaints.actions import ending, handling, thread
from dingfen.complaints.actions.intake import Complainant, Received, Representative, prepare_complaint
from dingfen.complaints.actions.intake import File as Given
from dingfen.complaints.desk.aside import aside
from dingfen.complaints.models import OPEN, Channel, Complaint, Labelled
from dingfen.parties.search import record_ids
from dingfen.problems import invalid
from dingfen.register.looks import record_look
from dingfen.register.models import Entry

router = Router(tags=["complaints"])
Brief = shapes.ComplaintRow


def act(request: ApiRequest) -> dict[str, Any]:
    """Who acts, and when: the same for every action."""
    return {"actor": request.actor, "at": request.at}


@write(router, "/complaints", out=shapes.IntakeOut, permission="complaint.receive", status=201, prepares=True)
def receive_complaint(request: ApiRequest, complaint: given.ComplaintIn) -> Callable[[], shapes.IntakeOut]:
    """Register a complaint, word for word. The answer tells the customer's other matters, to link or merge."""
    plain = complaint.model_dump(exclude={"unit", "complainant", "representatives", "external"})
    who = complaint.complainant
    register = prepare_complaint(
        **act(request),
        **plain,
        unit=_unit(request, complaint.unit),
        complainant=Complainant(**who.model_dump()) if who else None,
        representatives=[Representative(**one.model_dump()) for one in complaint.representatives],
        external=[(one.body, one.number) for one in complaint.external],
    )
    return lambda: _received(register(), request.actor)


def _received(got: Received, actor: Actor) -> shapes.IntakeOut:
    clocks = [one for one in got.clocks if one.kind in watch.KINDS] if got.created else None
    return shapes.IntakeOut(
        **complaint_rows.row(got.complaint, complaint_rows.due_first(got.complaint, clocks)),
        created=got.created,
        message=got.message.uid,
        likely=complaint_rows.likely_out(got.complaint, actor),
        possible=complaint_rows.possible_out(got.complaint),
    )


def _unit(request: ApiRequest, uid: UUID | None) -> Unit | None:
    if uid is None:
        return None
    found = (
        Unit.objects.select_related("company").filter(company_id=request.actor.company_id, uid=uid).first()
    )
    if found is None:
        raise invalid({"unit": [("unit.unknown", {})]})
    return found


SORTS = {
    "-registered": ("-case_id",),
    "registered": ("case_id",),
    "-received": ("-received_at", "-case_id"),
    "received": ("received_at", "case_id"),
}


@read(router, "/complaints", out=Page[shapes.ComplaintRow], permission="complaint.view")
def list_complaints(request: ApiRequest, narrow: Query[given.ComplaintsIn]) -> Page[shapes.ComplaintRow]:
    """The queue: complaints one may see, with the next deadline of each."""
    rows = _narrowed(request, narrow).select_related(*complaint_rows.RELATED)
    found = page(request, rows, narrow, lambda row: row, SORTS[narrow.sort])
    uids = [row.case.uid for row in found.items]
    live = (
        Clock.objects.live().filter(subject_uid__in=uids, kind__in=watch.KINDS).select_related("responsible")
    )
    due = {clock.subject_uid: clock for clock in live.order_by("-deadline")}
    shown = [Brief(**complaint_rows.row(row, due.get(row.case.uid))) for row in found.items]
    return Page(items=shown, next=found.next)


def _narrowed(request: ApiRequest, narrow: given.ComplaintsIn) -> QuerySet[Complaint]:
    actor, at = request.actor, request.at
    rows: QuerySet[Complaint] = Complaint.objects.visible_to(actor)
    if states := chosen(narrow.state, Complaint.State.values):
        rows = rows.filter(state__in=states)
    if channels := chosen(narrow.channel, Channel.values, "channel"):
        rows = rows.filter(channel__in=channels)
    if levels := [one.strip() for one in narrow.level.split(",") if one.strip()]:
        rows = rows.filter(level__in=levels)
    if narrow.klass:
        rows = rows.filter(klass=narrow.klass)
    if narrow.product:
        rows = rows.filter(product=narrow.product)
    if narrow.open is not None:
        rows = rows.filter(state__in=OPEN) if narrow.open else rows.exclude(state__in=OPEN)
    if narrow.late is not None:
        rows = queue.late(rows, "yes" if narrow.late else "no", actor, at)
    if narrow.vulnerable is not None:
        rows = rows.filter(vulnerable=narrow.vulnerable)
    if narrow.mine:
        rows = queue.mine(rows, narrow.mine, actor, at)
    if narrow.label:
        uses = Labelled.objects.filter(label__name=narrow.label, label__company_id=actor.company_id)
        rows = rows.filter(pk__in=uses.values("complaint_id"))
    if narrow.snoozed is not None:
        mine = Q(pk__in=aside(actor, at).values("complaint_id"))
        rows = rows.filter(mine) if narrow.snoozed else rows.exclude(mine)
    if narrow.words and actor.company_id is not None:
        rows = rows.filter(pk__in=record_ids(actor.company_id, finding.KIND, narrow.words))
    exact = {
        "handler__uid": narrow.handler,
        "case__unit__uid": narrow.unit,
        "case__customer__uid": narrow.customer,
        "received_at__gte": narrow.received_from,
        "received_at__lt": narrow.received_before,
    }
    return rows.filter(Q(**{name: value for name, value in exact.items() if value is not None}))


@read(router, "/complaints/{uid}", out=whole.ComplaintOut, permission="complaint.view")
def get_complaint(request: ApiRequest, uid: UUID) -> whole.ComplaintOut:
    """The record: issues, thread, clocks, investigation, proposals, promises, ladder, what follows."""
    complaint = handling.seen(request.actor, uid)
    if request.actor.company_uid is not None and complaint.handler_id != request.actor.staff_id:
        record_look(
            at=request.at, actor_id=request.actor.uid, company=request.actor.company_uid,
            kind="complaint.opened", subject=complaint.case.uid,
        )  # fmt: skip
    return complaint_record.record(request, complaint)


@read(router, "/complaints/{uid}/history", out=Page[whole.DoneOut], permission="complaint.view")
def get_complaint_history(request: ApiRequest, uid: UUID, narrow: Query[Window]) -> Page[whole.DoneOut]:
    """What happened to it, newest first, each with its entry in the register."""
    complaint = handling.seen(request.actor, uid)
    rows = Entry.objects.filter(subject_uid=complaint.case.uid).select_related("page__book")
    return page(request, rows, narrow, complaint_record.happened, ("-seq",))


@read(
    router,
    "/complaints/{uid}/possible-customers",
    out=list[shapes.PossibleOut],
    permission="complaint.handle",
)
def list_possible_customers(request: ApiRequest, uid: UUID) -> list[shapes.PossibleOut]:
    """Whose complaint it may be, surest first, where nobody is linked."""
    return complaint_rows.possible_out(handling.seen(request.actor, uid))


@write(router, "/complaints/{uid}/take", out=Brief, permission="complaint.take")
def take_complaint(request: ApiRequest, uid: UUID) -> Brief:
    """Handle it oneself."""
    return complaint_rows.brief(handling.take(**act(request), case_uid=uid))


@write(router, "/complaints/{uid}/assign", out=Brief, permission="complaint.assign")
def assign_complaint(request: ApiRequest, uid: UUID, to: given.AssignIn) -> Brief:
    """Give it to a colleague who may handle it."""
    return complaint_rows.brief(handling.assign(**act(request), case_uid=uid, **to.model_dump()))


@write(router, "/complaints/{uid}/assess", out=Brief, permission="complaint.handle", versioned=True)
def assess_complaint(request: ApiRequest, uid: UUID, assessment: given.AssessIn) -> Brief:
    """Say what kind it is and how grave; its clocks are counted anew."""
    done = handling.assess(
        **act(request), case_uid=uid, version=expected_version(request), **assessment.model_dump()
    )
    return complaint_rows.brief(done)


@write(router, "/complaints/{uid}/customer", out=Brief, permission="complaint.handle")
def link_complaint_customer(request: ApiRequest, uid: UUID, link: given.CustomerLinkIn) -> Brief:
    """Say whose complaint it is."""
    done = handling.link_customer(**act(request), case_uid=uid, customer_uid=link.customer)
    return complaint_rows.brief(done)


@write(router, "/complaints/{uid}/repeat-of", out=Brief, permission="complaint.handle")
def link_repeat(request: ApiRequest, uid: UUID, link: given.OtherIn) -> Brief:
    """Say that it brings an earlier matter up again; both stay."""
    return complaint_rows.brief(handling.repeat_of(**act(request), case_uid=uid, other_uid=link.other))


@write(router, "/complaints/{uid}/merge", out=Brief, permission="complaint.handle")
def merge_complaint(request: ApiRequest, uid: UUID, merge: given.IntoIn) -> Brief:
    """Count it as another one: the same matter came twice. It can be undone."""
    done = ending.merge(**act(request), case_uid=uid, into_uid=merge.into, reason=merge.reason)
    return complaint_rows.brief(done)


@write(router, "/complaints/{uid}/undo-merge", out=Brief, permission="complaint.handle")
def undo_complaint_merge(request: ApiRequest, uid: UUID) -> Brief:
    """Take a merge back: it is open again as it was."""
    return complaint_rows.brief(ending.undo_merge(**act(request), case_uid=uid))


@write(router, "/complaints/{uid}/notes", out=shapes.InternalNoteOut, permission="complaint.view", status=201)
def note_on_complaint(request: ApiRequest, uid: UUID, note: given.NoteTextIn) -> shapes.InternalNoteOut:
    """Note something the customer does not see."""
    done = handling.note(**act(request), case_uid=uid, text=note.text)
    return shapes.InternalNoteOut(uid=done.uid, author=done.author.uid, at=done.at, text=done.text)


@write(router, "/complaints/{uid}/rule-lessons", out=None, permission="complaint.view")
def add_complaint_lesson(request: ApiRequest, uid: UUID, lesson: given.ComplaintLessonIn) -> None:
    """Note what the complaint teaches about an article; it goes to the policy owner. Leave names out."""
    handling.lesson(**act(request), case_uid=uid, text=lesson.text, article=lesson.article)


@write(router, "/complaints/{uid}/hold", out=Brief, permission="complaint.hold")
def hold_complaint(request: ApiRequest, uid: UUID, hold: given.HoldIn) -> Brief:
    """Put it under legal hold, so that nothing of it is erased, or lift that."""
    return complaint_rows.brief(handling.hold(**act(request), case_uid=uid, on=hold.on, reason=hold.reason))


def _message(message: Any, complaint: Complaint) -> shapes.MessageOut:
    return complaint_rows.message(message, complaint_rows.Opener(complaint))


@write(
    router, "/complaints/{uid}/messages", out=shapes.MessageOut, permission="complaint.receive", status=201
)
def receive_complaint_message(request: ApiRequest, uid: UUID, message: given.MessageIn) -> shapes.MessageOut:
    """Enter a further message of the customer; one your system brought before is given back as it is."""
    made, _ = thread.receive_message(**act(request), case_uid=uid, **message.model_dump())
    return _message(made, handling.seen(request.actor, uid))


@write(router, "/complaints/{uid}/files", out=shapes.MessageOut, permission="complaint.receive", status=201)
def receive_complaint_file(
    request: ApiRequest,
    uid: UUID,
    file: File[UploadedFile],
    channel: Form[given.Via],
    text: Form[str] = "",
) -> shapes.MessageOut:
    """Enter a file the customer sent, with what they wrote beside it. Its type is found in its content."""
    name = file.name or "file"
    made, _ = thread.receive_message(
        **act(request),
        case_uid=uid,
        channel=channel,
        text=text or name,
        files=[Given(name, content_of(file))],
    )
    return _message(made, handling.seen(request.actor, uid))


@write(router, "/complaints/{uid}/answers", out=shapes.MessageOut, permission="complaint.handle", status=201,
       versioned=True)  # fmt: skip
def answer_complaint(request: ApiRequest, uid: UUID, answer: given.ReplyIn) -> shapes.MessageOut:
    """Answer the customer; the first answer by a person ends the wait for it."""
    made = thread.reply(
        **act(request), case_uid=uid, version=expected_version(request), **answer.model_dump()
    )
    return _message(made, handling.seen(request.actor, uid))


@write(router, "/complaints/{uid}/messages/{message}/correction", out=shapes.MessageOut,
       permission="complaint.receive", status=201)  # fmt: skip
def correct_complaint_message(
    request: ApiRequest, uid: UUID, message: UUID, correction: given.PutRightIn
) -> shapes.MessageOut:
    """Put right what was written down of a message; the wrong one stays beside it."""
    made = thread.correct(**act(request), case_uid=uid, message_uid=message, text=correction.text)
    return _message(made, handling.seen(request.actor, uid))


@write(router, "/complaints/{uid}/close", out=Brief, permission="complaint.handle", versioned=True)
def close_complaint(request: ApiRequest, uid: UUID, closing: given.CloseIn) -> Brief:
    """Close it, when each issue is settled, unresolved or withdrawn and what was promised is done."""
    done = ending.close(**act(request), case_uid=uid, told=closing.told, version=expected_version(request))
    return complaint_rows.brief(done)


@write(router, "/complaints/{uid}/withdraw", out=Brief, permission="complaint.handle")
def withdraw_complaint(request: ApiRequest, uid: UUID, withdrawal: given.SaidIn) -> Brief:
    """The customer takes it back."""
    return complaint_rows.brief(ending.withdraw(**act(request), case_uid=uid, said=withdrawal.said))


@write(router, "/complaints/{uid}/not-accept", out=Brief, permission="complaint.approve")
def not_accept_complaint(request: ApiRequest, uid: UUID, refusal: given.NotAcceptedIn) -> Brief:
    """Do not accept it, with the reason and where else the customer can turn."""
    return complaint_rows.brief(ending.not_accept(**act(request), case_uid=uid, **refusal.model_dump()))


@write(router, "/complaints/{uid}/reopen", out=Brief, permission="complaint.handle")
def reopen_complaint(request: ApiRequest, uid: UUID, reopening: given.ReopenIn) -> Brief:
    """Take it up again: the fix did not work, or new facts came."""
    return complaint_rows.brief(ending.reopen(**act(request), case_uid=uid, **reopening.model_dump()))
