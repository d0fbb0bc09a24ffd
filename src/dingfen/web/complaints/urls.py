"""Addresses of complaints, and how they are shown elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import path, reverse
from django.utils.translation import gettext

from dingfen.accounts.actor import Actor
from dingfen.complaints.models import Action, ChangeRequest, Complaint, Inquiry, Promise, Proposal, Stretch
from dingfen.web.complaints import (
    beside,
    by_day,
    calls,
    casefile,
    desk,
    following,
    helping,
    letters,
    questions,
    recognising,
    saved,
    views,
)
from dingfen.web.complaints.lists import Complaints, to_handle
from dingfen.web.navigation import counts
from dingfen.web.subjects import Subject, shows

urlpatterns = [
    path("complaints/", Complaints.as_view(), name="complaints"),
    path("complaints/new/", views.new, name="complaint_new"),
    path("complaints/calls/", calls.listed, name="calls"),
    path("complaints/calls/ringing/", calls.ringing, name="calls_ringing"),
    path("complaints/calls/<uuid:uid>/add/", calls.add, name="call_add"),
    path("complaints/questions/", questions.listed, name="questions"),
    path("complaints/questions/<uuid:uid>/<slug:verb>/", questions.act, name="question_act"),
    path("complaints/next/", desk.claim, name="complaint_next"),
    path("complaints/calendar/", by_day.page, name="complaint_calendar"),
    path("complaints/calendar/feed/<str:secret>.ics", by_day.feed, name="complaint_feed"),
    path("complaints/actions/", following.Actions.as_view(), name="corrective_actions"),
    path("complaints/rises/", following.rises, name="complaint_rises"),
    path("complaints/lessons/", following.listed_lessons, name="complaint_lessons"),
    path("complaints/saved/", saved.page, name="complaint_saved"),
    path("complaints/<uuid:uid>/saved/<uuid:saved>/", saved.insert, name="complaint_insert"),
    path("complaints/<uuid:uid>/macro/<uuid:macro>/", saved.macro, name="complaint_macro"),
    path("complaints/desk/", desk.settings, name="complaint_desk"),
    path("complaints/done/<uuid:uid>/undo/", desk.undo, name="complaint_undo"),
    path("complaints/<uuid:uid>/beside/", beside.beside, name="complaint_beside"),
    path("complaints/<uuid:uid>/snooze/", desk.snooze, name="complaint_snooze"),
    path("complaints/hints/", views.hints, name="complaint_hints"),
    path("complaints/learning/", helping.learned, name="complaint_learning"),
    path("complaints/learning/progress/", helping.progress, name="complaint_learning_progress"),
    path("complaints/<uuid:uid>/file/", casefile.made, name="complaint_file"),
    path("complaints/of-touch/<uuid:uid>/", recognising.of_touch, name="complaint_of_touch"),
    path(
        "complaints/<uuid:uid>/of-message/<uuid:message>/",
        recognising.of_message,
        name="complaint_of_message",
    ),
    path("complaints/<uuid:uid>/help/", helping.panel, name="complaint_help"),
    path("complaints/<uuid:uid>/wording/", helping.wording, name="complaint_wording"),
    path("complaints/<uuid:uid>/", views.detail, name="complaint"),
    path("complaints/<uuid:uid>/reveal/", views.reveal, name="complaint_reveal"),
    path("complaints/<uuid:uid>/letter/<slug:name>/", letters.write, name="letter_write"),
    path("complaints/<uuid:uid>/<slug:verb>/", views.act, name="complaint_act"),
    path("inquiries/<uuid:uid>/", views.inquiry, name="inquiry"),
]


def _subject(complaint: Complaint) -> Subject:
    return Subject(
        label=gettext("Complaint"),
        number=complaint.case.number,
        url=reverse("complaint", args=[complaint.case.uid]),
        icon="message-report",
        customer=complaint.masked_name,
        stage=str(complaint.get_state_display()),
    )


def complaints_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    rows = Complaint.objects.visible_to(actor).select_related("case").filter(case__uid__in=uids)
    return {row.case.uid: _subject(row) for row in rows}


def inquiries_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    rows = Inquiry.objects.visible_to(actor).select_related("complaint__case").filter(uid__in=uids)
    return {
        row.uid: Subject(
            label=str(row.get_kind_display()),
            number=row.complaint.case.number,
            url=reverse("inquiry", args=[row.uid]),
            icon="message-report",
            stage=str(row.get_state_display()),
        )
        for row in rows
    }


def _parts(model: type[Promise | Proposal | Stretch | Action | ChangeRequest]):  # type: ignore[no-untyped-def]
    """How a part of a complaint is shown: as the complaint it belongs to."""

    def shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
        seen = Complaint.objects.visible_to(actor).values("pk")
        rows = model._default_manager.filter(uid__in=uids, complaint__in=seen).select_related(
            "complaint__case"
        )
        return {row.uid: _subject(row.complaint) for row in rows}

    return shown


shows("complaint", complaints_shown)
shows("inquiry", inquiries_shown)
shows("promise", _parts(Promise))
shows("proposal", _parts(Proposal))
shows("stretch", _parts(Stretch))
shows("action", _parts(Action))
shows("change", _parts(ChangeRequest))
shows("rise", following.rises_shown)
counts("complaints", to_handle)
