"""Issues of a complaint and how they are looked into: group, statements, tasks, evidence, interests."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import File, Form
from ninja.files import UploadedFile
from pydantic import Field

from dingfen.accounts.access import may
from dingfen.api import complaint_rows as rows
from dingfen.api import complaint_schemas as given
from dingfen.api import complaint_shapes as shapes
from dingfen.api.complaints import Brief, act
from dingfen.api.frame import ApiRequest, Router, one, read, write
from dingfen.cases.attachments import content_of
from dingfen.cases.models import CasePerson
from dingfen.complaints.actions import handling, investigating, issues
from dingfen.complaints.actions.intake import File as Received
from dingfen.complaints.models import Complaint, Exhibit, Inquiry, Issue

router = Router(tags=["complaints"])
HANDLE = "complaint.handle"


def _issue(made: Issue) -> shapes.IssueOut:
    return rows.issue(made, rows.Opener(made.complaint))


@write(router, "/complaints/{uid}/issues", out=shapes.IssueOut, permission=HANDLE, status=201)
def list_issue(request: ApiRequest, uid: UUID, issue: given.IssueIn) -> shapes.IssueOut:
    """List one thing the customer wants settled."""
    return _issue(issues.list_issue(**act(request), case_uid=uid, **issue.model_dump()))


@write(router, "/issues/{uid}/investigate", out=shapes.IssueOut, permission=HANDLE)
def investigate_issue(request: ApiRequest, uid: UUID) -> shapes.IssueOut:
    """Begin looking into an issue."""
    return _issue(issues.investigate(**act(request), issue_uid=uid))


@write(router, "/issues/{uid}/find", out=shapes.IssueOut, permission=HANDLE)
def find_issue(request: ApiRequest, uid: UUID, found: given.FindIn) -> shapes.IssueOut:
    """State what was found, on which facts, and who is responsible."""
    return _issue(issues.find(**act(request), issue_uid=uid, **found.model_dump()))


@write(router, "/issues/{uid}/settle", out=shapes.IssueOut, permission=HANDLE)
def settle_issue(request: ApiRequest, uid: UUID, settled: given.HowIn) -> shapes.IssueOut:
    """An issue is settled without a proposal; how, in words."""
    return _issue(issues.settle(**act(request), issue_uid=uid, how=settled.how))


@write(router, "/issues/{uid}/leave-unresolved", out=shapes.IssueOut, permission=HANDLE)
def leave_issue_unresolved(request: ApiRequest, uid: UUID, left: given.BecauseIn) -> shapes.IssueOut:
    """No agreement on it and no further proposal."""
    return _issue(issues.leave_unresolved(**act(request), issue_uid=uid, reason=left.reason))


@write(router, "/issues/{uid}/withdraw", out=shapes.IssueOut, permission=HANDLE)
def withdraw_issue(request: ApiRequest, uid: UUID, withdrawal: given.SaidIn) -> shapes.IssueOut:
    """The customer does not go on with it."""
    return _issue(issues.withdraw_issue(**act(request), issue_uid=uid, said=withdrawal.said))


@write(router, "/complaints/{uid}/decide", out=Brief, permission=HANDLE)
def decide_complaint(request: ApiRequest, uid: UUID) -> Brief:
    """Give the decision, when each issue has its finding."""
    return rows.brief(issues.decide(**act(request), case_uid=uid))


@write(router, "/complaints/{uid}/people", out=shapes.InvolvedOut, permission=HANDLE, status=201)
def add_complaint_person(request: ApiRequest, uid: UUID, person: given.PersonIn) -> shapes.InvolvedOut:
    """Take a colleague into the investigation, or as co-worker."""
    return _involved(investigating.add_person(**act(request), case_uid=uid, **person.model_dump()))


def _involved(row: CasePerson) -> shapes.InvolvedOut:
    return shapes.InvolvedOut(staff=row.staff.uid, name=row.staff.name, part=row.part, added_at=row.added_at)


@write(router, "/complaints/{uid}/complained-of", out=Brief, permission=HANDLE)
def name_complained_of(request: ApiRequest, uid: UUID, person: given.ColleagueIn) -> Brief:
    """A colleague is complained of: from now on they see nothing of it."""
    return rows.brief(handling.name_complained_of(**act(request), case_uid=uid, staff=person.staff))


@write(router, "/complaints/{uid}/interests", out=shapes.InterestOut, permission="complaint.view", status=201)
def declare_interest(request: ApiRequest, uid: UUID, interest: given.InterestIn) -> shapes.InterestOut:
    """Say whether one has an interest in the matter. With one, one steps aside and sees it no more."""
    row = investigating.declare_interest(**act(request), case_uid=uid, **interest.model_dump())
    return shapes.InterestOut(
        staff=row.staff.uid, at=row.at, conflicted=row.conflicted, relation=row.relation
    )


def _inquiry(request: ApiRequest, row: Inquiry) -> shapes.InquiryOut:
    sees = may(request.actor, "complaint.view") and (
        Complaint.objects.visible_to(request.actor).filter(pk=row.complaint_id).exists()
    )
    return rows.inquiry(row, rows.Opener(row.complaint), sees=sees)


@write(router, "/complaints/{uid}/inquiries", out=shapes.InquiryOut, permission=HANDLE, status=201)
def ask_colleague(request: ApiRequest, uid: UUID, question: given.AskIn) -> shapes.InquiryOut:
    """Ask a colleague for a statement, or give them a task, by a date."""
    return _inquiry(request, investigating.ask(**act(request), case_uid=uid, **question.model_dump()))


@read(router, "/inquiries/{uid}", out=shapes.InquiryOut, permission=None)
def get_inquiry(request: ApiRequest, uid: UUID) -> shapes.InquiryOut:
    """What is asked in an investigation: for who is asked, by itself."""
    found = Inquiry.objects.visible_to(request.actor)
    return _inquiry(
        request, one(found.select_related("complaint__case", "issue", "asked", "asked_by"), uid=uid)
    )


@write(router, "/inquiries/{uid}/answer", out=shapes.InquiryOut, permission=None)
def answer_inquiry(request: ApiRequest, uid: UUID, answer: given.TextIn) -> shapes.InquiryOut:
    """Give one's statement, or say what came of the task; once."""
    return _inquiry(request, investigating.answer(**act(request), inquiry_uid=uid, text=answer.text))


@write(router, "/inquiries/{uid}/drop", out=shapes.InquiryOut, permission=HANDLE)
def drop_inquiry(request: ApiRequest, uid: UUID) -> shapes.InquiryOut:
    """What was asked is needed no more."""
    return _inquiry(request, investigating.drop(**act(request), inquiry_uid=uid))


def _thing(made: Exhibit) -> shapes.ThingOut:
    return rows.thing(made, rows.Opener(made.complaint))


@write(router, "/complaints/{uid}/evidence", out=shapes.ThingOut, permission=HANDLE, status=201)
def take_in_evidence(request: ApiRequest, uid: UUID, thing: given.ThingIn) -> shapes.ThingOut:
    """Take in a thing kept at a place; its custody log begins."""
    return _thing(investigating.add_exhibit(**act(request), case_uid=uid, **thing.model_dump()))


@write(router, "/complaints/{uid}/evidence/files", out=shapes.ThingOut, permission=HANDLE, status=201)
def take_in_evidence_file(
    request: ApiRequest,
    uid: UUID,
    file: File[UploadedFile],
    kind: Form[Annotated[str, Field(max_length=10)]],
    what: Form[Annotated[str, Field(max_length=1000)]],
    place: Form[str] = "",
    issue: Form[UUID | None] = None,
) -> shapes.ThingOut:
    """Take in a file as evidence; its type is found in its content."""
    kept = Received(file.name or "file", content_of(file))
    made = investigating.add_exhibit(
        **act(request), case_uid=uid, kind=kind, what=what, place=place, file=kept, issue_uid=issue
    )
    return _thing(made)


@write(
    router,
    "/complaint-evidence/{uid}/custody",
    out=shapes.CustodyOut,
    permission="complaint.view",
    status=201,
)
def pass_evidence_on(request: ApiRequest, uid: UUID, line: given.CustodyIn) -> shapes.CustodyOut:
    """One more line of the custody log; nothing in it is ever changed."""
    return rows.custody(investigating.pass_on(**act(request), exhibit_uid=uid, **line.model_dump()))
