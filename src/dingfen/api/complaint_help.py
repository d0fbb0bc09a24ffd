"""Help for whoever handles a complaint: suggestions with their reasons, advice, wordings to avoid, learning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Router, read, write
from dingfen.complaints import helping, learning
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.learned_rows import Learned, Training
from dingfen.engine.parts import Text

router = Router(tags=["complaints"])


class SuggestionOut(Out):
    """`axis`: klass, level, urgency, mood or abuse; `sure` from 0 to 1; `because`: pieces of the text."""

    axis: str
    label: str
    sure: float
    because: list[str]


class SaidOut(Out):
    zh: str
    en: str


class AdviceOut(Out):
    id: str
    title: SaidOut
    article: str
    do: list[SaidOut]
    say: list[SaidOut]
    sum_up: list[SaidOut]


class AlikeOut(Out):
    """A settled complaint in similar words. `fixed`: whether it worked, as the customer said afterwards."""

    uid: UUID
    number: str
    share: float
    remedies: list[str]
    fixed: str


class HelpOut(Out):
    """Suggestions only: nothing of it has been decided. An axis that is not sure is missing."""

    suggestions: list[SuggestionOut]
    moods: list[str]
    advice: list[AdviceOut]
    alike: list[AlikeOut]


class WordingIn(In):
    text: Annotated[str, Field(max_length=20_000)]


class MarkOut(Out):
    """`text[start:end]` is better said otherwise."""

    start: int
    end: int
    said: str
    why: SaidOut
    say: SaidOut
    article: str


class MarksOut(Out):
    marks: list[MarkOut]


class ModelOut(Out):
    """Measured on texts it had not seen. `answered`: the share it is sure enough of; `right`: of those."""

    axis: str
    made_at: datetime
    texts: int
    answered: float
    right: float
    f1: float
    majority: float


class LearningOut(Out):
    """`done` of `axes` are through; `share` of the one in hand, 0 to 1."""

    state: str
    done: int
    axes: int
    share: float
    models: list[ModelOut]


def _said(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


@read(router, "/complaints/{uid}/help", out=HelpOut, permission="complaint.view")
def complaint_help(
    request: ApiRequest, uid: UUID, mood: Annotated[str, Field(max_length=12)] = ""
) -> dict[str, Any]:
    """What it may be, how to speak and what worked before. `mood`: what the handler hears, if anything."""
    found = helping.help_for(seen(request.actor, uid), request.actor, request.at, mood)
    return {
        "suggestions": [
            {"axis": axis, "label": one.label, "sure": round(one.sure, 4), "because": list(one.because)}
            for axis, one in found.suggestions.items()
        ],
        "moods": list(found.moods),
        "advice": [
            {
                "id": one.id,
                "title": _said(one.title),
                "article": one.article,
                "do": [_said(text) for text in one.do],
                "say": [_said(text) for text in one.say],
                "sum_up": [_said(text) for text in one.sum_up],
            }
            for one in found.guidance
        ],
        "alike": [
            {
                "uid": one.complaint.case.uid,
                "number": one.complaint.case.number,
                "share": round(one.share, 4),
                "remedies": list(one.remedies),
                "fixed": one.fixed,
            }
            for one in found.alike
        ],
    }


@write(router, "/complaints/{uid}/wording", out=MarksOut, permission="complaint.view")
def check_wording(request: ApiRequest, uid: UUID, reply: WordingIn) -> dict[str, Any]:
    """Wordings to avoid in a reply, with what to say instead. Keeps nothing."""
    found = helping.wording(seen(request.actor, uid), reply.text)
    return {
        "marks": [
            {"start": one.start, "end": one.end, "said": one.said, "why": _said(one.why),
             "say": _said(one.say), "article": one.article}
            for one in found
        ]
    }  # fmt: skip


@read(router, "/complaint-learning", out=LearningOut, permission=learning.PERMISSION)
def complaint_learning(request: ApiRequest) -> dict[str, Any]:
    """What was learned from the own closed complaints, and how far the learning is."""
    last = Training.objects.filter(company_id=request.actor.company_id).order_by("-pk").first()
    models = Learned.objects.filter(company_id=request.actor.company_id).defer("document").order_by("axis")
    return {
        "state": last.state if last else "",
        "done": last.done if last else 0,
        "axes": len(learning.EVERY),
        "share": last.share if last else 0.0,
        "models": [{"axis": one.axis, "made_at": one.made_at, **one.figures} for one in models],
    }


@write(router, "/complaint-learning", out=LearningOut, permission=learning.PERMISSION, status=202)
def learn_complaints(request: ApiRequest) -> dict[str, Any]:
    """Have it learn anew from the closed complaints; the worker does it."""
    learning.ask(actor=request.actor, at=request.at)
    return complaint_learning(request)
