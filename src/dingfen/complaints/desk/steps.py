"""The steps of a macro: what each must say, what it says in words, and doing them all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.cases import snoozing
from dingfen.clocks.models import Clock
from dingfen.complaints import watch
from dingfen.complaints.actions import handling, thread
from dingfen.complaints.actions.common import colleague
from dingfen.complaints.desk import deeds, labels, variables
from dingfen.complaints.desk_rows import Macro
from dingfen.complaints.models import Channel, Complaint, Deed
from dingfen.complaints.rules import Rules, rules_at
from dingfen.problems import conflict, invalid, missing, read_uid

MOST = 8
ME, QUEUE = "me", "queue"
Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Doing:
    complaint: Complaint
    actor: Actor
    at: datetime

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.actor, "at": self.at, "case_uid": self.complaint.case.uid}


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes a macro, and the rules in force where they work: what these do not know can't be a step."""

    actor: Actor
    rules: Rules | None


def check(steps: Sequence[Step], actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """The steps as they are kept. Raises at `steps` for none, too many or an unknown one; at a step's field."""
    if not steps:
        raise invalid({"steps": [("required", {})]})
    if len(steps) > MOST:
        raise invalid({"steps": [("steps.too_many", {"limit": MOST})]})
    unit = Unit.objects.filter(pk=actor.unit_id or 0).select_related("company").first()
    author = Author(actor, rules_at(unit, at) if unit else None)
    return [_checked(step, author) for step in steps]


def _checked(step: Step, by: Author) -> dict[str, Any]:
    do = str(step.get("do", ""))
    if do not in CHECKS:
        raise invalid({"steps": [("step.unknown", {"known": ", ".join(CHECKS)})]})
    return {"do": do, **CHECKS[do](step, by)}


def _text(step: Step, name: str) -> str:
    return str(step.get(name) or "")


def _reply(step: Step, by: Author) -> dict[str, Any]:
    zh, en, channel = (
        variables.check(_text(step, "zh"), "zh"),
        variables.check(_text(step, "en"), "en"),
        _text(step, "channel"),
    )
    if not zh and not en:
        raise invalid({"zh": [("required", {})]})
    if channel and channel not in Channel.values:
        raise invalid({"channel": [("channel.unknown", {})]})
    return {"zh": zh, "en": en, "channel": channel, "progress": bool(step.get("progress"))}


def _note(step: Step, by: Author) -> dict[str, Any]:
    text = variables.check(_text(step, "text"), "text")
    if not text:
        raise invalid({"text": [("required", {})]})
    return {"text": text}


def _label(step: Step, by: Author) -> dict[str, Any]:
    add, remove = labels.names(step.get("add") or []), labels.names(step.get("remove") or [])
    if not add and not remove:
        raise invalid({"label": [("required", {})]})
    return {"add": add, "remove": remove}


def _assign(step: Step, by: Author) -> dict[str, Any]:
    to = _text(step, "to")
    return {"to": to if to in (ME, QUEUE) else str(colleague(by.actor, to).uid)}


def _level(step: Step, by: Author) -> dict[str, Any]:
    if not _text(step, "level"):
        raise invalid({"level": [("required", {})]})
    if by.rules and all(one.id != _text(step, "level") for one in by.rules.complaints.levels):
        raise invalid({"level": [("level.unknown", {})]})
    return {"level": _text(step, "level")[:20], "reason": _text(step, "reason")[:300]}


def _pause(step: Step, by: Author) -> dict[str, Any]:
    if not _text(step, "reason"):
        raise invalid({"reason": [("required", {})]})
    if by.rules and all(one.id != _text(step, "reason") for one in by.rules.complaints.pauses):
        raise invalid({"reason": [("pause.unknown", {})]})
    if len(_text(step, "proof").strip()) < 4:
        raise invalid({"proof": [("reason.short", {"least": 4})]})
    return {"reason": _text(step, "reason")[:60], "proof": _text(step, "proof").strip()[:1000]}


def _snooze(step: Step, by: Author) -> dict[str, Any]:
    until = _text(step, "until")
    if until not in (snoozing.HOUR, snoozing.TOMORROW, snoozing.NEXT_WEEK):
        raise invalid({"until": [("snooze.until", {})]})
    return {"until": until}


CHECKS: dict[str, Callable[[Step, Author], dict[str, Any]]] = {
    "label": _label, "level": _level, "assign": _assign, "pause": _pause, "note": _note, "reply": _reply,
    "snooze": _snooze,
}  # fmt: skip


@transaction.atomic
def run(*, actor: Actor, at: datetime, case_uid: object, macro_uid: object) -> Deed:
    """Do all steps of a macro to a complaint, or none: a step that is refused takes the others back.

    Raises `macro.waits` (409) for one that is not approved yet, and what its steps raise.
    """
    macro = Macro.objects.visible_to(actor).filter(uid=read_uid(macro_uid)).first()
    if not isinstance(macro, Macro):
        raise missing()
    if not macro.usable:
        raise conflict("macro.waits", name=macro.name)
    done: list[deeds.Step] = []
    for step in macro.steps:
        done += DO[step["do"]](step, Doing(handling.seen(actor, case_uid), actor, at))
    return deeds.keep(actor=actor, at=at, kind=Deed.Kind.MACRO, name=macro.name, steps=done)


def text_of(step: Step, doing: Doing) -> variables.Filled:
    """What a reply or note says of this complaint."""
    zh, en = (step["zh"], step["en"]) if step["do"] == "reply" else (step["text"], "")
    return variables.fill(zh, en, doing.complaint, doing.actor, doing.at)


def _whole(step: Step, doing: Doing) -> str:
    filled = text_of(step, doing)
    if filled.missing:
        raise conflict("variable.missing", names=[f"{{{name}}}" for name in filled.missing])
    return filled.text


def _do_reply(step: Step, doing: Doing) -> list[deeds.Step]:
    channel = step["channel"] or doing.complaint.channel
    thread.reply(**doing.who, text=_whole(step, doing), channel=channel, progress=step["progress"])
    return [_stays(doing, "reply")]


def _do_note(step: Step, doing: Doing) -> list[deeds.Step]:
    handling.note(**doing.who, text=_whole(step, doing))
    return [_stays(doing, "note")]


def _stays(doing: Doing, do: str) -> deeds.Step:
    return {"case": str(doing.complaint.case.uid), "do": do}


def _do_assign(step: Step, doing: Doing) -> list[deeds.Step]:
    if step["to"] == ME:
        return [deeds.take(**doing.who)]
    if step["to"] == QUEUE:
        return [deeds.put_back(**doing.who)]
    return [deeds.assign(**doing.who, staff=step["to"])]


def _do_pause(step: Step, doing: Doing) -> list[deeds.Step]:
    """Every running clock that may stand still for this reason."""
    rows = watch.live(doing.complaint).filter(state=Clock.State.RUNNING)
    found = [clock for clock in rows if step["reason"] in clock.params.get("pauses", [])]
    if not found:
        raise conflict("macro.no_clock")
    return [
        deeds.pause(**doing.who, clock_uid=clock.uid, reason=step["reason"], proof=step["proof"])
        for clock in found
    ]


def _do_snooze(step: Step, doing: Doing) -> list[deeds.Step]:
    until = snoozing.until_of(step["until"], doing.at, snoozing.zone_of(doing.actor))
    return [deeds.snooze(**doing.who, until=until)]


DO: dict[str, Callable[[Step, Doing], list[deeds.Step]]] = {
    "label": lambda step, doing: [deeds.label(**doing.who, add=step["add"], remove=step["remove"])],
    "level": lambda step, doing: [deeds.grade(**doing.who, level=step["level"], reason=step["reason"])],
    "assign": _do_assign,
    "pause": _do_pause,
    "note": _do_note,
    "reply": _do_reply,
    "snooze": _do_snooze,
}
