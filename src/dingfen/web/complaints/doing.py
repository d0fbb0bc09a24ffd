"""What is done on the page of a complaint: each verb reads its form and calls one action."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.complaints import grouping, lessons
from dingfen.complaints.actions import (
    after,
    climbing,
    correcting,
    ending,
    handling,
    investigating,
    issues,
    promising,
    proposing,
    separating,
    stretching,
    thread,
)
from dingfen.complaints.desk import labels
from dingfen.complaints.facts import STATED
from dingfen.complaints.models import Complaint
from dingfen.web.complaints.doing_more import MORE
from dingfen.web.complaints.form import Form, Verb
from dingfen.web.request import Request


def _assess(form: Form) -> object:
    return handling.assess(
        **form.case, klass=form.text("klass"), level=form.text("level"), urgency=form.text("urgency"),
        sensitivity=form.all("sensitivity"), vulnerable=form.on("vulnerable"), amount=form.text("amount"),
        stated={name: form.on(name) for name in STATED if form.on(name) or name in form.complaint.assessed},
        reason=form.text("reason"), version=form.number("version"),
    )  # fmt: skip


def _find(form: Form) -> object:
    return issues.find(
        **form.who, issue_uid=form.text("issue"), finding=form.text("finding"), facts=form.text("facts"),
        grounds=form.text("grounds"), unit=form.text("unit"), staff=form.text("staff"),
    )  # fmt: skip


def _propose(form: Form) -> object:
    return proposing.propose(
        **form.case, issues=form.all("issue"), remedy=form.text("remedy"), what=form.text("what"),
        amount=form.text("amount"), deliver_by=form.moment("deliver_by"), deliverer=form.text("deliverer"),
        pros=form.lines("pros"), cons=form.lines("cons"),
    )  # fmt: skip


def _session(form: Form) -> object:
    return climbing.note_session(
        **form.who, step_uid=form.text("step"), held_at=form.moment("held_at"), agreed=form.on("agreed"),
        no_interest=form.on("no_interest"), read_back=form.on("read_back"), signed=form.on("signed"),
        minutes={name: form.text(name) for name in climbing.MINUTES},
    )  # fmt: skip


def _action(form: Form) -> object:
    return after.add_action(
        **form.case, cause=form.text("cause"), why=form.text("why"), what=form.text("what"),
        owner=form.text("owner"), due_at=form.moment("due_at"), check_at=form.moment("check_at"),
    )  # fmt: skip


def _ask(form: Form) -> object:
    return investigating.ask(
        **form.case, staff=form.text("staff"), question=form.text("question"), due_at=form.moment("due_at"),
        kind=form.text("kind") or "statement", issue_uid=form.text("issue"),
    )  # fmt: skip


def _answered(form: Form) -> object:
    return proposing.answer_proposal(
        **form.who, proposal_uid=form.text("proposal"), answer=form.text("answer"), via=form.text("via"),
        text=form.text("text"),
    )  # fmt: skip


def _call_back(form: Form) -> object:
    return after.call_back(
        **form.case, via=form.text("via"), fixed=form.text("fixed"), handling=form.number("handling"),
        outcome=form.number("outcome"), text=form.text("text"),
    )  # fmt: skip


def _reply(form: Form) -> object:
    if form.text("kind") == "note":
        return handling.note(**form.case, text=form.text("text"))
    return thread.reply(
        **form.case, text=form.text("text"), channel=form.text("channel"), progress=form.on("progress"),
        seen=form.number("seen"),
    )  # fmt: skip


def _facts(form: Form) -> object:
    typed = {
        name: form.text(name)
        for name in ("amount", "people", "place", "remedy", "product", "order_number", "done_at_once")
    }
    changes: dict[str, Any] = {**typed, "vulnerable": form.on("vulnerable")}
    for name in ("occurred_at", "received_at"):
        known = getattr(form.complaint, name)
        typed_at = form.moment(name) if form.text(name) else None
        if typed_at and (
            known is None or known.replace(second=0, microsecond=0) != typed_at
        ):  # the form shows minutes
            changes[name] = typed_at
    return correcting.correct_facts(
        **form.case, changes=changes, reason=form.text("reason"), version=form.number("version")
    )


def _lesson(form: Form) -> object:
    return lessons.add_lesson(
        **form.case, title=form.text("title"), happened=form.text("happened"), helped=form.text("helped"),
        better=form.text("better"), cause=form.text("cause"),
    )  # fmt: skip


def _exhibit(form: Form) -> object:
    return investigating.add_exhibit(
        **form.case, kind=form.text("kind"), what=form.text("what"), place=form.text("place"), file=form.file(),
        issue_uid=form.text("issue"),
    )  # fmt: skip


VERBS: dict[str, Verb] = {
    "take": Verb(lambda f: handling.take(**f.case), _("Yours to handle"), "people"),
    "assign": Verb(lambda f: handling.assign(**f.case, staff=f.text("staff"), reason=f.text("reason")),
                   _("Assigned"), "people"),
    "group": Verb(lambda f: grouping.assemble(**f.case), _("The group is put together"), "people"),
    "separate": Verb(lambda f: separating.separate(**f.case, issue_uids=f.all("issue"), reason=f.text("reason")),
                     _("Taken out into a complaint of its own"), "issues"),
    "unseparate": Verb(lambda f: separating.undo_separate(**f.case), _("Taken back"), "links"),
    "lesson": Verb(_lesson, _("Lesson written"), "after"),
    "facts": Verb(_facts, _("Corrected; what stood before is in the register"), "complainant"),
    "reference": Verb(lambda f: correcting.add_reference(**f.case, body=f.text("body"), number=f.text("number")),
                      _("Entered"), "links"),
    "put_back": Verb(lambda f: handling.put_back(**f.case, reason=f.text("reason")), _("Back in the queue"), "people"),
    "label": Verb(lambda f: labels.label(**f.case, add=[f.text("label")], remove=f.all("unlabel")), _("Entered"),
                  "people"),
    "name": Verb(lambda f: handling.name_complained_of(**f.case, staff=f.text("staff")), _("Kept out from now on"),
                 "people"),
    "join": Verb(lambda f: investigating.add_person(**f.case, staff=f.text("staff"), part="investigator"),
                 _("Taken into the investigation"), "people"),
    "interest": Verb(lambda f: investigating.declare_interest(**f.case, conflicted=f.on("conflicted"),
                     text=f.text("text")), _("Declared"), "people"),
    "assess": Verb(_assess, _("Assessed; deadlines counted anew"), "assess"),
    "reply": Verb(_reply, _("Entered in the thread"), "thread"),
    "for_rules": Verb(lambda f: handling.lesson(**f.case, text=f.text("text"), article=f.text("article")),
                      _("Sent to the policy owner"), "for-rules"),
    "list": Verb(lambda f: issues.list_issue(**f.case, title=f.text("title"), told=f.text("told"),
                 klass=f.text("klass")), _("Issue listed"), "issues"),
    "investigate": Verb(lambda f: issues.investigate(**f.who, issue_uid=f.text("issue")), _("Under investigation"),
                        "issues"),
    "find": Verb(_find, _("Finding entered"), "issues"),
    "settle": Verb(lambda f: issues.settle(**f.who, issue_uid=f.text("issue"), how=f.text("how")),
                   _("Issue settled"), "issues"),
    "unresolved": Verb(lambda f: issues.leave_unresolved(**f.who, issue_uid=f.text("issue"), reason=f.text("how")),
                       _("Noted as unresolved"), "issues"),
    "drop_issue": Verb(lambda f: issues.withdraw_issue(**f.who, issue_uid=f.text("issue"), said=f.text("how")),
                       _("Issue withdrawn"), "issues"),
    "ask": Verb(_ask, _("Asked; the deadline runs"), "inquiries"),
    "drop": Verb(lambda f: investigating.drop(**f.who, inquiry_uid=f.text("inquiry")), _("No longer asked"),
                 "inquiries"),
    "exhibit": Verb(_exhibit, _("Evidence taken in"), "evidence"),
    "custody": Verb(lambda f: investigating.pass_on(**f.who, exhibit_uid=f.text("exhibit"), act=f.text("act"),
                    to=f.text("to"), place=f.text("place"), purpose=f.text("purpose")), _("Entered in the custody log"),
                    "evidence"),
    "propose": Verb(_propose, _("Proposal drawn up"), "proposals"),
    "approve": Verb(lambda f: proposing.approve(**f.who, proposal_uid=f.text("proposal")), _("Approved"), "proposals"),
    "send_back": Verb(lambda f: proposing.send_back(**f.who, proposal_uid=f.text("proposal"), reason=f.text("reason")),
                      _("Sent back"), "proposals"),
    "retract": Verb(lambda f: proposing.retract(**f.who, proposal_uid=f.text("proposal"), reason=f.text("reason")),
                    _("Retracted"), "proposals"),
    "offer": Verb(lambda f: proposing.offer(**f.case, answer_by=f.moment("answer_by")), _("With the customer"),
                  "proposals"),
    "answer": Verb(_answered, _("The customer's answer is entered"), "proposals"),
    "deliver": Verb(lambda f: proposing.deliver(**f.who, proposal_uid=f.text("proposal"), proof=f.text("proof")),
                    _("Noted as delivered"), "proposals"),
    "promise": Verb(lambda f: promising.promise(**f.case, what=f.text("what"), due_at=f.moment("due_at"),
                    staff=f.text("staff")), _("Promise noted; its deadline runs"), "promises"),
    "keep": Verb(lambda f: promising.keep_promise(**f.who, promise_uid=f.text("promise"), proof=f.text("proof")),
                 _("Noted as kept"), "promises"),
    "release": Verb(lambda f: promising.release(**f.who, promise_uid=f.text("promise"), said=f.text("proof")),
                    _("Noted"), "promises"),
    "pause": Verb(lambda f: stretching.pause(**f.who, clock_uid=f.text("clock"), reason=f.text("reason"),
                  proof=f.text("proof")), _("Paused"), "clocks"),
    "resume": Verb(lambda f: stretching.resume(**f.who, clock_uid=f.text("clock")), _("It runs again"), "clocks"),
    "extend": Verb(lambda f: stretching.ask_extension(**f.who, clock_uid=f.text("clock"), reason=f.text("reason")),
                   _("More time asked for"), "clocks"),
    "grant": Verb(lambda f: stretching.decide_extension(**f.who, stretch_uid=f.text("stretch"), approve=f.on("yes")),
                  _("Decided"), "clocks"),
    "told": Verb(lambda f: stretching.customer_told(**f.who, stretch_uid=f.text("stretch"), via=f.text("via")),
                 _("Noted that the customer was told"), "clocks"),
    "decide": Verb(lambda f: issues.decide(**f.case), _("Decision given"), "ending"),
    "climb": Verb(lambda f: climbing.go_to(**f.case, step=f.text("step"), reason=f.text("reason"),
                  body=f.text("body")), _("Step taken"), "ladder"),
    "session": Verb(_session, _("Minutes entered"), "ladder"),
    "end_step": Verb(lambda f: climbing.end_step(**f.who, step_uid=f.text("step"), outcome=f.text("outcome"),
                     text=f.text("text")), _("Outcome entered"), "ladder"),
    "close": Verb(lambda f: ending.close(**f.case, told=f.text("told"), version=f.number("version")), _("Closed"),
                  "ending"),
    "withdraw": Verb(lambda f: ending.withdraw(**f.case, said=f.text("said")), _("Withdrawn"), "ending"),
    "refuse": Verb(lambda f: ending.not_accept(**f.case, reason=f.text("reason"), elsewhere=f.text("elsewhere")),
                   pgettext_lazy("complaint", "Not accepted"), "ending"),
    "reopen": Verb(lambda f: ending.reopen(**f.case, reason=f.text("reason"), issues=f.all("issue")), _("Reopened"),
                   "ending"),
    "merge": Verb(lambda f: ending.merge(**f.case, into_uid=f.text("into")), _("Merged"), "links"),
    "unmerge": Verb(lambda f: ending.undo_merge(**f.case), _("Merge undone"), "links"),
    "repeat": Verb(lambda f: handling.repeat_of(**f.case, other_uid=f.text("into")), _("Linked as a repeat"), "links"),
    "hold": Verb(lambda f: handling.hold(**f.case, on=f.on("on"), reason=f.text("reason")), _("Entered"), "links"),
    "call_back": Verb(_call_back, _("Call-back entered"), "after"),
    "action": Verb(_action, _("Corrective action added"), "after"),
    "action_done": Verb(lambda f: after.action_done(**f.who, action_uid=f.text("action"), report=f.text("report")),
                        _("Noted as done"), "after"),
    "check": Verb(lambda f: after.check_action(**f.who, action_uid=f.text("action"), effective=f.on("effective"),
                  found=f.text("report")), _("Re-check entered"), "after"),
    **MORE,
}  # fmt: skip
"""The verb in the address -> what it does."""


def run(request: Request, complaint: Complaint, verb: str) -> object:
    """Do it. Raises KeyError for an unknown verb, Problem for what is wrong."""
    return VERBS[verb].run(Form(request, complaint))
