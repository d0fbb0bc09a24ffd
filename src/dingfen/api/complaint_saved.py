"""Saved replies with variables, and macros: kept, approved where shared, tried on a complaint, done."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dingfen.api.complaints import act
from dingfen.api.frame import ApiRequest, In, Out, Router, expected_version, read, write
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.desk import shared, steps, variables
from dingfen.complaints.models import Macro, SavedReply
from dingfen.problems import missing

router = Router(tags=["complaints"])
HANDLE = "complaint.handle"
Name = Annotated[str, Field(min_length=1, max_length=60)]
Text = Annotated[str, Field(max_length=4000)]
Short = Annotated[str, Field(max_length=300)]


class SavedReplyIn(In):
    """Texts with variables in braces; `unit`: shared with it once somebody else approves, none is one's own."""

    name: Name
    zh: Text = ""
    en: Text = ""
    unit: UUID | None = None


class MacroStepIn(In):
    """`do` and what goes with it: label (`add`, `remove`), level (`level`, `reason`), assign (`to`: me, queue or a
    colleague), pause (`reason`, `proof`), note (`text`), reply (`zh`, `en`, `channel`, `progress`), snooze (`until`:
    hour, tomorrow, next_week)."""

    do: Annotated[str, Field(max_length=20)]
    add: Annotated[list[Annotated[str, Field(max_length=30)]], Field(max_length=12)] = []
    remove: Annotated[list[Annotated[str, Field(max_length=30)]], Field(max_length=12)] = []
    level: Annotated[str, Field(max_length=20)] = ""
    reason: Short = ""
    to: Annotated[str, Field(max_length=40)] = ""
    proof: Annotated[str, Field(max_length=1000)] = ""
    text: Text = ""
    zh: Text = ""
    en: Text = ""
    channel: Annotated[str, Field(max_length=12)] = ""
    progress: bool = False
    until: Annotated[str, Field(max_length=12)] = ""


class MacroIn(In):
    name: Name
    steps: Annotated[list[MacroStepIn], Field(min_length=1, max_length=8)]
    unit: UUID | None = None


class SharedOut(Out):
    """`approved_at` null and a unit given: it waits for somebody else's approval."""

    uid: UUID
    name: str
    owner: UUID
    unit: UUID | None
    approved_by: UUID | None
    approved_at: datetime | None
    version: int


class SavedReplyOut(SharedOut):
    zh: str
    en: str


class MacroOut(SharedOut):
    steps: list[dict[str, Any]]


class FilledOut(Out):
    """The text for this complaint; `missing`: variables that have no value here."""

    text: str
    missing: list[str]


class StepSeenOut(Out):
    do: str
    text: str
    missing: list[str]


class MacroDoneOut(Out):
    """`deed`: what was done, to be taken back within an hour."""

    deed: UUID
    steps: list[dict[str, Any]]


def _plain(row: SavedReply | Macro) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "name": row.name,
        "owner": row.owner.uid,
        "unit": row.unit.uid if row.unit else None,
        "approved_by": row.approved_by.uid if row.approved_by else None,
        "approved_at": row.approved_at,
        "version": row.version,
    }


def _reply(row: SavedReply) -> SavedReplyOut:
    return SavedReplyOut(**_plain(row), zh=row.zh, en=row.en)


def _macro(row: Macro) -> MacroOut:
    return MacroOut(**_plain(row), steps=row.steps)


def _given(step: MacroStepIn) -> dict[str, Any]:
    return step.model_dump(exclude_defaults=True) | {"do": step.do}


@read(router, "/complaint-replies", out=list[SavedReplyOut], permission=HANDLE)
def list_saved_replies(request: ApiRequest) -> list[SavedReplyOut]:
    """One's own, and those shared with one's units, also while they wait for approval."""
    rows = SavedReply.objects.visible_to(request.actor).select_related("owner", "unit", "approved_by")
    return [_reply(row) for row in rows[:500]]  # type: ignore[arg-type]


@write(router, "/complaint-replies", out=SavedReplyOut, permission=HANDLE, status=201)
def save_reply(request: ApiRequest, reply: SavedReplyIn) -> SavedReplyOut:
    """Keep an answer; its variables are checked."""
    return _reply(
        shared.save_reply(**act(request), **reply.model_dump(exclude={"unit"}), unit_uid=reply.unit)
    )


@write(router, "/complaint-replies/{uid}", out=SavedReplyOut, permission=HANDLE, method="PUT", versioned=True)
def change_saved_reply(request: ApiRequest, uid: UUID, reply: SavedReplyIn) -> SavedReplyOut:
    """Change it; a shared one waits for approval anew."""
    given = {**reply.model_dump(exclude={"unit"}), "unit_uid": reply.unit, "uid": uid}
    return _reply(shared.save_reply(**act(request), **given, version=expected_version(request)))


@read(router, "/complaint-macros", out=list[MacroOut], permission=HANDLE)
def list_macros(request: ApiRequest) -> list[MacroOut]:
    """One's own, and those shared with one's units."""
    rows = Macro.objects.visible_to(request.actor).select_related("owner", "unit", "approved_by")
    return [_macro(row) for row in rows[:500]]  # type: ignore[arg-type]


@write(router, "/complaint-macros", out=MacroOut, permission=HANDLE, status=201)
def save_macro(request: ApiRequest, macro: MacroIn) -> MacroOut:
    """Keep several steps that are done as one."""
    given = [_given(step) for step in macro.steps]
    return _macro(shared.save_macro(**act(request), name=macro.name, steps=given, unit_uid=macro.unit))


@write(router, "/complaint-macros/{uid}", out=MacroOut, permission=HANDLE, method="PUT", versioned=True)
def change_macro(request: ApiRequest, uid: UUID, macro: MacroIn) -> MacroOut:
    """Change it; a shared one waits for approval anew."""
    row = shared.save_macro(
        **act(request), name=macro.name, steps=[_given(step) for step in macro.steps], unit_uid=macro.unit, uid=uid,
        version=expected_version(request),
    )  # fmt: skip
    return _macro(row)


def _out(row: SavedReply | Macro) -> SharedOut:
    return SharedOut(**_plain(row))


@write(router, "/complaint-shared/{uid}/approve", out=SharedOut, permission="complaint.view", versioned=True)
def approve_shared(request: ApiRequest, uid: UUID) -> SharedOut:
    """Approve a shared reply or macro as it stands; never one's own."""
    return _out(shared.approve(**act(request), uid=uid, version=expected_version(request)))


@write(router, "/complaint-shared/{uid}/retire", out=SharedOut, permission="complaint.view")
def retire_shared(request: ApiRequest, uid: UUID) -> SharedOut:
    """Take a reply or macro out of use."""
    return _out(shared.retire(**act(request), uid=uid))


@read(router, "/complaints/{uid}/replies/{reply}", out=FilledOut, permission=HANDLE)
def fill_saved_reply(request: ApiRequest, uid: UUID, reply: UUID) -> FilledOut:
    """What a saved reply says of this complaint, in the customer's language."""
    complaint = seen(request.actor, uid)
    row = next((one for one in shared.usable_replies(request.actor) if one.uid == reply), None)
    if row is None:
        raise missing()
    found = variables.fill(row.zh, row.en, complaint, request.actor, request.at)
    return FilledOut(text=found.text, missing=list(found.missing))


@read(router, "/complaints/{uid}/macros/{macro}", out=list[StepSeenOut], permission=HANDLE)
def look_at_macro(request: ApiRequest, uid: UUID, macro: UUID) -> list[StepSeenOut]:
    """What a macro would do to this complaint, answers and notes word for word."""
    complaint, row = seen(request.actor, uid), shared.either(request.actor, macro)
    if not isinstance(row, Macro):
        raise missing()
    doing = steps.Doing(complaint, request.actor, request.at)
    shown = []
    for step in row.steps:
        text = steps.text_of(step, doing) if step["do"] in ("reply", "note") else variables.Filled("")
        shown.append(StepSeenOut(do=step["do"], text=text.text, missing=list(text.missing)))
    return shown


@write(router, "/complaints/{uid}/macros/{macro}", out=MacroDoneOut, permission=HANDLE)
def run_macro(request: ApiRequest, uid: UUID, macro: UUID) -> MacroDoneOut:
    """Do all its steps, or none."""
    deed = steps.run(**act(request), case_uid=uid, macro_uid=macro)
    return MacroDoneOut(deed=deed.uid, steps=deed.steps)
