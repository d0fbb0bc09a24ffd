"""The care topic of a pack: how often customers are contacted, what is sent, asked and answered, what staff learn."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dingfen.engine.errors import refused
from dingfen.engine.names import NamesRoles, RoleName, SomeRoles, check_ids
from dingfen.engine.ownership import TouchKind
from dingfen.engine.parts import CareCondition, Duration, Named, Part, Ruled, Text

Occasion = Literal[
    "birthday", "anniversary", "festival", "first_deal", "delivery", "complaint_closed", "incident_ended"
]
AfterWhat = Literal["touch", "deal", "delivery", "complaint_closed", "incident_ended", "project_finished"]
Measured = Literal["reach", "comments", "messages", "complaints", "leads", "answer_time"]


class Cadence(Named, NamesRoles):
    """So many contacts in each stretch of time, with customers who meet `when`; the first that fits counts."""

    title: Text
    when: CareCondition | None = None
    times: Annotated[int, Field(ge=1, le=30)]
    per: Duration
    kinds: Annotated[tuple[TouchKind, ...], Field(min_length=1)]
    by: RoleName


class CareTopic(Named):
    """Something to talk about in a planned contact, with an answer prepared for the usual worry."""

    title: Text
    answer: Text | None = None
    when: CareCondition | None = None


class Greeting(Named, NamesRoles):
    """Something friendly on an occasion, within a time of it; never to those who do not wish to be contacted."""

    title: Text
    on: Occasion
    within: Duration
    by: RoleName
    when: CareCondition | None = None


class Survey(Named, NamesRoles):
    """A question to the customer: after something, or every so often; open for an answer so long."""

    title: Text
    kind: Literal["satisfaction", "effort", "recommendation", "service_quality"]
    after: AfterWhat | None = None
    within: Duration | None = None
    every: Duration | None = None
    open_for: Duration
    by: RoleName

    @model_validator(mode="after")
    def _has_a_time(self) -> Survey:
        if (self.after is None) == (self.every is None) or (self.after is None) != (self.within is None):
            raise refused("survey_time", accepted="after + within, every", id=self.id)
        return self


class Posts(Ruled, NamesRoles):
    """Accounts of the house on social media: who registers, drafts and approves, and what is looked at."""

    registered_by: RoleName
    drafted_by: SomeRoles
    approved_by: RoleName
    approve_within: Duration
    measured_every: Duration
    measures: Annotated[tuple[Measured, ...], Field(min_length=1)]
    never: tuple[Text, ...] = ()


class Answer(Named, NamesRoles):
    """How soon somebody answers what comes in over an account, and where it goes when it is a complaint."""

    title: Text
    what: Literal["comment", "message", "complaint", "rumour"]
    within: Duration
    by: RoleName
    becomes_complaint: bool = False


class Records(Ruled, NamesRoles):
    """How soon a change is entered, and after how long a record nobody looked at is stale."""

    update_within: Duration
    stale_after: Duration
    by: RoleName


class Course(Named, NamesRoles):
    """What the people of these roles learn, in how many hours, and when it is refreshed."""

    title: Text
    roles: SomeRoles
    hours: Annotated[int, Field(ge=1, le=200)]
    within: Duration
    refresh: Duration | None = None
    pass_mark: Annotated[int, Field(ge=1, le=100)] | None = None


class ProjectReview(Named, NamesRoles):
    """A regular look at projects whose customers meet `when`: what it covers, who does it."""

    title: Text
    when: CareCondition | None = None
    every: Duration
    by: RoleName
    covers: Annotated[
        tuple[Literal["progress", "quality", "cost", "credit", "market", "force_majeure", "agreement"], ...],
        Field(min_length=1),
    ]


class Care(Part):
    """The whole topic; at least one of its parts."""

    cadences: tuple[Cadence, ...] = ()
    topics: tuple[CareTopic, ...] = ()
    greetings: tuple[Greeting, ...] = ()
    surveys: tuple[Survey, ...] = ()
    posts: Posts | None = None
    answers: tuple[Answer, ...] = ()
    records: Records | None = None
    courses: tuple[Course, ...] = ()
    reviews: tuple[ProjectReview, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Care:
        lists = ("cadences", "topics", "greetings", "surveys", "answers", "courses", "reviews")
        check_ids("care", [(name, getattr(self, name)) for name in lists])
        return self
