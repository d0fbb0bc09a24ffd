"""What stands on the page of a complaint: stages, issues, thread, proposals, deadlines, who may do what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from dingfen import formats
from dingfen.accounts.access import may
from dingfen.accounts.actor import Actor
from dingfen.cases import thread
from dingfen.cases.models import Attachment, CasePerson, Message
from dingfen.channels.phone.calls import of_case, recording_of
from dingfen.clocks.models import Clock
from dingfen.complaints import authority, grouping
from dingfen.complaints.actions import climbing, handling
from dingfen.complaints.actions.letters import offered_kinds
from dingfen.complaints.belonging import belonging, clocks_of, moves_of, next_of
from dingfen.complaints.desk.aside import until_of
from dingfen.complaints.desk.labels import labels_of
from dingfen.complaints.duplicates import likely
from dingfen.complaints.letters.owed import unsent
from dingfen.complaints.listing import merged_here
from dingfen.complaints.models import (
    CLOSED,
    NEVER_HANDLED,
    OPEN,
    Channel,
    Complaint,
    Issue,
    Proposal,
)
from dingfen.complaints.recognising import made_of, reads_like_one
from dingfen.complaints.rules import Rules, rules_of
from dingfen.database import kept
from dingfen.database.once import reading
from dingfen.engine.choice_texts import words_of
from dingfen.parties.models import Customer
from dingfen.parties.sealing import sealer
from dingfen.policies import editing
from dingfen.web.complaints import menus, parts, who, words
from dingfen.web.complaints.timeline import entries_shown
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name
from dingfen.wording import clock_text

State = Complaint.State
SHOWN = 8
RAIL = {
    State.RECEIVED: 0,
    State.ACKNOWLEDGED: 1,
    State.ASSESSED: 2,
    State.INVESTIGATING: 2,
    State.PROPOSED: 3,
    State.DECIDED: 4,
    State.ON_LADDER: 4,
}


def context(request: Request, complaint: Complaint) -> dict[str, Any]:
    """Everything the page needs, facts and key read once."""
    with reading():
        return _context(request, complaint)


def _context(request: Request, complaint: Complaint) -> dict[str, Any]:
    actor, at, case = request.actor, request.at, complaint.case
    rules = rules_of(complaint)
    sealed = handling.told_of(complaint)
    path = case.unit.path
    handles = may(actor, "complaint.handle", path)
    issues, proposals = _issues(complaint), _proposals(complaint, actor, rules)
    merged = merged_here(complaint, actor)
    said, others = messages(complaint, merged), likely(complaint, actor)
    links = belonging(case, "links", "other", by=("pk",))
    linked = {link.other_id for link in links}
    people = [one for one in belonging(case, "people", "staff__unit", by=("pk",)) if one.ended_at is None]
    investigated = any(one.part == CasePerson.Part.INVESTIGATOR for one in people)
    group = grouping.foreseen(complaint, at) if complaint.is_open else None
    empty_seats = grouping.empty(complaint, group, at) if group and investigated else []
    clocks = clocks_of(complaint)
    return {
        "complaint": complaint,
        "case": case,
        "told": sealed,
        **who.context(complaint, sealed, actor),
        "may_receive": may(actor, "complaint.receive", path),
        "stages": stages(complaint),
        "klass": words.title(rules.complaints.classes, complaint.klass) if rules else complaint.klass,
        "level": words.title(rules.complaints.levels, complaint.level) if rules else complaint.level,
        "urgency": words.title(rules.complaints.urgencies, complaint.urgency) if rules else complaint.urgency,
        "sensitivity": [words.title(rules.complaints.sensitivities, one) for one in complaint.sensitivity]
        if rules
        else complaint.sensitivity,
        "grade": _grade(complaint, rules, request),
        "issues": issues,
        "proposals": proposals,
        "to_offer": any(one.state == Proposal.State.APPROVED for one in proposals),
        "messages_": with_suggestions(complaint, said, actor),
        "seen": own_messages(said),
        "clocks": _clocks(complaint, clocks),
        "head_clock": next_of(clocks),
        "stretches": belonging(complaint, "stretches", "by", "approved_by", "clock"),
        "inquiries": _with(complaint, "inquiries", "asked", "asked_by", "issue", by=("pk",)),
        "exhibits": _with(complaint, "exhibits", "attachment", by=("pk",), each=("custody__by", "custody__to")),
        "promises": _with(complaint, "promises", "staff"),
        "ladder": _ladder(complaint, at),
        "taken": _with(complaint, "ladder", each=("sessions",)),
        "call_backs": _with(complaint, "call_backs", "by"),
        "actions": _with(complaint, "corrective_actions", "owner"),
        "people": people,
        "parts": CasePerson.Part,
        "entries": entries_shown(complaint),
        "calls": [{"call": one, "recording": recording_of(one)} for one in of_case(case.uid)],
        "letters": belonging(complaint, "letters", "sent_by"),
        "letters_due": letters_due(complaint, at),
        "letter_kinds": [(kind.value, kind.label) for kind in offered_kinds(complaint)],
        "earlier": others,
        "same_matter": next(
            (one for one in others if one.kind != "earlier" and one.complaint.case_id not in linked), None
        ),
        "merged_here": merged,
        "group": None if investigated else group,
        "empty_seats": formats.series([words_of("members", one)[0 if formats.chinese() else 1] for one in empty_seats]),
        "closed_now": complaint.state in CLOSED,
        "links": links,
        "references": belonging(complaint, "references", by=("pk",)),
        "customer": _customer(complaint, actor),
        "rules": rules,
        "rules_title": getattr(rules.pack.title, "zh" if formats.chinese() else "en") if rules else "",
        "menus": menus.of(complaint, rules, actor),
        "handles": handles and complaint.state in OPEN,
        "may_reopen": handles and complaint.state in ("closed_accepted", "closed_open", "withdrawn"),
        "may_take": may(actor, "complaint.take", path)
        and complaint.state in OPEN
        and complaint.handler_id is None,
        "may_put_back": complaint.handler_id is not None
        and complaint.state in OPEN
        and (complaint.handler_id == actor.staff_id or may(actor, "complaint.assign", path)),
        "labels": labels_of([complaint]).get(complaint.pk, []),
        "aside_until": until_of(complaint, actor, at),
        "may_assign": may(actor, "complaint.assign", path) and complaint.state in OPEN,
        "may_approve": may(actor, "complaint.approve", path),
        "may_grant": authority.ranks_above(actor, complaint),
        "may_hold": may(actor, "complaint.hold"),
        "may_file": may(actor, "complaint.file", path) and complaint.state != "void",
        "after": handles and complaint.state not in NEVER_HANDLED,
        "open_issues": [one for one in issues if one.state in ("found", "offered")],
        "me": actor.staff_id,
        "articles": _articles(rules),
        "sources": list(editing.sources(actor).defer("files")[:10]) if may(actor, editing.PERMISSION) else None,
        **parts.changes(complaint, actor),
        **parts.between(complaint, actor),
    }  # fmt: skip


def _articles(rules: Rules | None) -> list[dict[str, str]]:
    """The articles of the rule book that judges it, for whoever notes a lesson."""
    tongue = "zh" if formats.chinese() else "en"
    return (
        [{"id": one.id, "title": getattr(one.title, tongue)} for one in rules.pack.articles] if rules else []
    )


def _with(
    complaint: Complaint, name: str, *beside: str, by: tuple[str, ...] = (), each: tuple[str, ...] = ()
) -> list[Any]:
    """Rows of one kind (see `belonging`) with their words, and lists that `each` has."""
    found = belonging(complaint, name, *beside, by=by)
    if found and each:
        prefetch_related_objects(found, *each)
    return opened(complaint, found)


def opened(complaint: Complaint, rows: list[Any]) -> list[Any]:
    """Rows of one complaint with what is sealed of each, as `words`."""
    key = sealer(complaint.case.uid)
    for row in rows:
        row.words = key.open(row.sealed) if key else {}
    return rows


def _issues(complaint: Complaint) -> list[Issue]:
    return _with(complaint, "issues", "responsible", "responsible_unit", "found_by")


def _proposals(complaint: Complaint, actor: Actor, rules: Rules | None) -> list[Proposal]:
    rows = _with(complaint, "proposals", "deliverer", "proposed_by", "approved_by", each=("issues",))
    for row in rows:
        row.remedy_words = authority.remedy_title(rules, row.remedy, formats.chinese())
        row.may_approve = row.state == Proposal.State.AWAITING and authority.may_approve(actor, row)
    return rows


def _grade(complaint: Complaint, rules: Rules | None, request: Request) -> dict[str, Any] | None:
    """What the rules suggest, and which rule says so."""
    grade = handling.suggested(complaint, request.at) if rules else None
    if grade is None or rules is None:
        return None
    own = rules.complaints
    why = [words.title(own.grading, reason.rule) for one in grade.graded for reason in one.reasons]
    articles = [reason.article for one in grade.graded for reason in one.reasons]
    return {
        "level": words.title(own.levels, grade.level),
        "urgency": words.title(own.urgencies, grade.urgency or ""),
        "why": list(dict.fromkeys(why)),
        "articles": list(dict.fromkeys(articles)),
        "could_be": words.title(own.levels, grade.could_be) if grade.could_be else "",
    }


def stages(complaint: Complaint) -> list[dict[str, Any]]:
    """The rail: received, first answer, investigation, proposals, decision, closed."""

    def when(at: dt.datetime | None) -> str:
        return formats.when(at) if at else ""

    order = [
        (pgettext("stage", "Received"), when(complaint.received_at)),
        (pgettext("stage", "First answer"), when(complaint.first_answer_at)),
        (pgettext("stage", "Investigation"), ""),
        (pgettext("stage", "Proposals"), ""),
        (pgettext("complaint", "Decision"), when(complaint.decided_at)),
        (pgettext("stage", "Closed"), when(complaint.case.closed_at)),
    ]
    closed = complaint.state not in OPEN
    now = 6 if closed else RAIL.get(State(complaint.state), 0)
    shown = []
    for i, (label, note) in enumerate(order):
        state = "done" if i < now or (i == 1 and note) else "now" if i == now else "ahead"
        if i == now and not closed and not note:
            note = str(complaint.get_state_display())
        shown.append({"label": label, "note": note, "state": state})
    return shown


def with_suggestions(complaint: Complaint, shown: list[dict[str, Any]], actor: Actor) -> list[dict[str, Any]]:
    """The thread; a further message of the customer that reads like a complaint of its own is marked so."""
    later = [one for one in shown if one.get("inward") and "of" not in one][1:]
    if later and may(actor, "complaint.receive"):
        made = made_of(complaint.case.company_id, "message", [one["uid"] for one in later])
        for one in later:
            found = reads_like_one(complaint.case.company_id, one["text"])
            if one["uid"] not in made and found is not None:
                one["complaint_url"] = reverse("complaint_of_message", args=[complaint.case.uid, one["uid"]])
                one["because"] = formats.series(found.because)
    return shown


def messages(complaint: Complaint, merged: Sequence[Complaint] = ()) -> list[dict[str, Any]]:
    """What was said to and fro, and notes the customer does not see, in order; with what was said in those `merged`
    into it, which says where (`of`)."""
    shown = _messages(complaint)
    for other in merged:
        shown += [{**one, "of": other.case} for one in _messages(other)]
    return sorted(shown, key=lambda one: one["at"])


def own_messages(shown: Sequence[Mapping[str, Any]]) -> int:
    """How many messages of the complaint itself were shown: a reply tells whether others came since."""
    return sum(not one.get("note") and "of" not in one for one in shown)


def _messages(complaint: Complaint) -> list[dict[str, Any]]:
    case = complaint.case
    rows = belonging(case, "messages", "author", by=("at", "pk"))
    files = files_of(rows)
    texts = thread.texts(case, rows)
    name = complaint.masked_name or gettext("Customer")
    shown: list[dict[str, Any]] = [
        {
            "at": row.at,
            "who": name if row.direction == "in" else staff_name(row.author) if row.author else "",
            "ours": row.direction == "out",
            "inward": row.direction == "in",
            "correction": row.direction == "correction",
            "via": dict(Channel.choices).get(row.channel, row.channel),
            "text": texts[row.pk].get("text", ""),
            "subject": texts[row.pk].get("subject", ""),
            "files": files.get(row.pk, []),
            "state": row.sent_state,
            "uid": row.uid,
        }
        for row in rows
    ]
    shown += [
        {"at": one.at, "who": staff_name(one.author), "note": True, "text": one.text}
        for one in belonging(case, "notes", "author", by=("pk",))
    ]
    return shown


def files_of(messages: Sequence[Message]) -> dict[int, list[Attachment]]:
    """The files of messages, by the id of the message."""
    found: dict[int, list[Attachment]] = {}
    for file in kept.rows(_files, among=[one.pk for one in messages]):
        found.setdefault(file.message_id, []).append(file)
    return found


def _files(ids: Sequence[int]) -> QuerySet[Attachment]:
    return Attachment.objects.filter(message__in=ids).order_by("pk")


def _clocks(complaint: Complaint, found: Sequence[Clock]) -> list[dict[str, Any]]:
    """The deadlines, live ones first by date, with what may be done and why they were moved."""
    rules = rules_of(complaint)
    moved, shown = moves_of(found), []
    for clock in sorted(found, key=lambda one: (one.ended_at is not None, one.deadline)):
        name = str(clock.params.get("clock", ""))
        title = words.title(rules.complaints.clocks, name) if rules and name else ""
        pauses = (
            [
                pair
                for pair in words.choices(rules.complaints.pauses)
                if pair[0] in clock.params.get("pauses", [])
            ]
            if rules
            else []
        )
        shown.append(
            {
                "clock": clock,
                "label": title or clock_text(clock.kind, {"number": ""}).strip(),
                "article": clock.article,
                "live": clock.ended_at is None,
                "pauses": pauses,
                "moved": moved.get(clock.pk, []),
            }
        )
    return shown[:SHOWN]


def _ladder(complaint: Complaint, at: Any) -> list[dict[str, Any]]:
    return [
        {"step": one, "title": words.said(one.title), "open": one.state in ("open", "unknown"),
         "bodies": [words.said(body.name) for body in one.bodies]}
        for one in climbing.steps(complaint, at)
    ]  # fmt: skip


def letters_due(complaint: Complaint, at: dt.datetime) -> list[dict[str, Any]]:
    """The letters the rules want that are still to be written, with the title in the reader's language."""
    return [
        {"id": one.id, "title": words.said(one.title), "due_at": one.due_at, "article": one.article,
         "late": one.due_at is not None and one.due_at <= at}
        for one in unsent(complaint, at)
    ]  # fmt: skip


def _customer(complaint: Complaint, actor: Actor) -> Customer | None:
    """The card, where the reader may open it."""
    pk = complaint.case.customer_id
    return next(iter(kept.rows(_cards, actor, among=[pk])), None) if pk else None


def _cards(actor: Actor, ids: Sequence[int]) -> QuerySet[Customer]:
    return Customer.objects.visible_to(actor).filter(pk__in=ids)
