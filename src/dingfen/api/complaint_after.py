"""What complaints teach: rises beyond chance, lessons for training; deadlines by day and as a feed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from django.urls import reverse
from ninja import Query
from pydantic import AwareDatetime, Field

from dingfen.api import complaint_rows
from dingfen.api import complaint_shapes as shapes
from dingfen.api.complaints import act
from dingfen.api.frame import ApiRequest, In, Out, Router, read, write
from dingfen.complaints import calendar, lessons, recurrence
from dingfen.complaints.models import Lesson, Rise
from dingfen.problems import invalid

router = Router(tags=["complaints"])
Prose = Annotated[str, Field(min_length=4, max_length=4000)]
LONGEST = timedelta(days=100)


class RiseOut(Out):
    """`now` in the thirty days from `start`, `before` on average in those before; `chance` of so many or more.

    `counts`: how many in each period, oldest first, the latest last.
    """

    uid: UUID
    axis: str
    value: str
    start: datetime
    end: datetime
    now: int
    before: float
    counts: list[int]
    chance: float
    noticed_at: datetime
    answered_at: datetime | None
    answer: str
    complaints: list[UUID]


class RiseAnswerIn(In):
    text: Annotated[str, Field(min_length=10, max_length=1000)]


class TrainingLessonIn(In):
    """Told without names: one is refused that says who somebody is."""

    title: Annotated[str, Field(min_length=4, max_length=120)]
    happened: Prose
    helped: Prose
    better: Prose
    cause: Annotated[str, Field(max_length=10)] = ""


class TrainingLessonOut(Out):
    uid: UUID
    title: str
    happened: str
    helped: str
    better: str
    klass: str
    cause: str
    at: datetime


class BetweenIn(In):
    """From `start` up to `end`, at most 100 days. `whose`: own, one's unit's, or all one may know of."""

    start: AwareDatetime
    end: AwareDatetime
    whose: Literal["own", "unit", "all"] = "own"


class FeedIn(In):
    whose: Literal["own", "unit", "all"] = "own"


class FeedOut(Out):
    """The address, shown only now; whoever has it reads the deadlines."""

    url: str


def _rise(row: Rise, request: ApiRequest) -> RiseOut:
    uids = recurrence.cases(row, request.actor).values_list("case__uid", flat=True)[:200]
    names = (
        "uid",
        "axis",
        "value",
        "start",
        "end",
        "now",
        "before",
        "counts",
        "chance",
        "noticed_at",
        "answered_at",
        "answer",
    )
    return RiseOut(**{name: getattr(row, name) for name in names}, complaints=list(uids))


@read(router, "/complaint-rises", out=list[RiseOut], permission="insight.view")
def list_rises(request: ApiRequest) -> list[RiseOut]:
    """What rose beyond chance against its own past, open ones first."""
    rows = Rise.objects.visible_to(request.actor)
    return [
        _rise(row, request)
        for row in [*rows.filter(answered_at=None)[:50], *rows.exclude(answered_at=None)[:50]]
    ]


@write(router, "/complaint-rises/{uid}/answer", out=RiseOut, permission="insight.view")
def answer_rise(request: ApiRequest, uid: UUID, answer: RiseAnswerIn) -> RiseOut:
    """Say what is done about it."""
    return _rise(recurrence.answer(**act(request), rise_uid=uid, text=answer.text), request)


@read(router, "/complaint-lessons", out=list[TrainingLessonOut], permission="complaint.view")
def list_lessons(request: ApiRequest) -> list[TrainingLessonOut]:
    """Cases for training, newest first."""
    return [_lesson(row) for row in lessons.lessons(request.actor)[:500]]


def _lesson(row: Lesson) -> TrainingLessonOut:
    names = ("uid", "title", "happened", "helped", "better", "klass", "cause", "at")
    return TrainingLessonOut(**{name: getattr(row, name) for name in names})


@write(router, "/complaints/{uid}/lessons", out=TrainingLessonOut, permission="complaint.handle", status=201)
def add_training_lesson(request: ApiRequest, uid: UUID, lesson: TrainingLessonIn) -> TrainingLessonOut:
    """Tell a closed complaint as a case for training."""
    return _lesson(lessons.add_lesson(**act(request), case_uid=uid, **lesson.model_dump()))


@write(router, "/complaint-lessons/{uid}/retire", out=TrainingLessonOut, permission="complaint.view")
def retire_lesson(request: ApiRequest, uid: UUID) -> TrainingLessonOut:
    """Take a lesson out of use."""
    return _lesson(lessons.retire_lesson(**act(request), lesson_uid=uid))


@read(router, "/complaint-calendar", out=list[shapes.DueOut], permission="complaint.view")
def list_complaint_deadlines(request: ApiRequest, asked: Query[BetweenIn]) -> list[shapes.DueOut]:
    """Live deadlines of complaints by date."""
    if not asked.start < asked.end <= asked.start + LONGEST:
        raise invalid({"end": [("invalid", {})]})
    rows = calendar.deadlines(request.actor, asked.start, asked.end, asked.whose)
    return [complaint_rows.clock(one) for one in rows]


@write(router, "/complaint-calendar/feed", out=FeedOut, permission="complaint.view", status=201)
def make_complaint_feed(request: ApiRequest, feed: FeedIn) -> FeedOut:
    """A new secret address of the deadlines as iCalendar; the one before works no more."""
    secret = calendar.new_feed(**act(request), whose=feed.whose)
    return FeedOut(url=request.build_absolute_uri(reverse("complaint_feed", args=[secret])))


@write(router, "/complaint-calendar/feed", out=None, permission="complaint.view", method="DELETE")
def end_complaint_feed(request: ApiRequest) -> None:
    """The address works no more."""
    calendar.end_feed(**act(request))
