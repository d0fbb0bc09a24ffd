"""What a letter says before anybody changes it: from the record, in the language in force.

A draft is plain text: blank lines part paragraphs, a line beginning with "# " is the head of a part. Who sends
it may change every word of it; the notice of rights is not part of the text and always goes along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dingfen import formats
from dingfen.cases import thread
from dingfen.cases.models import Message
from dingfen.clocks.models import Clock
from dingfen.complaints import authority
from dingfen.complaints.letters import mediating
from dingfen.complaints.letters.amounts import in_words
from dingfen.complaints.models import Complaint, Issue, Letter, Proposal, Stretch
from dingfen.complaints.representing import addressee
from dingfen.complaints.rules import rules_of
from dingfen.engine.complaints import Body
from dingfen.parties import sealing

Kind = Letter.Kind
QUOTED = 1500
CHOSEN = (Proposal.State.ACCEPTED, Proposal.State.DELIVERING, Proposal.State.DELIVERED)


@dataclass(frozen=True, slots=True)
class Draft:
    """`rights`: the notice that goes along and is not changed; empty where none is owed."""

    title: str
    salutation: str
    body: str
    rights: str = ""


def draft(
    complaint: Complaint, kind: str, at: datetime, *, title: str = "", rights_notice: bool = False,
    named: tuple[Body, ...] = (),
) -> Draft:  # fmt: skip
    """The letter of this kind as it would go out now. `title`: the pack's; `named`: bodies it must name."""
    parts = [part for part in _BODIES[Kind(kind)](complaint, at) if part]
    return Draft(
        title=title or str(Kind(kind).label),
        salutation=_salutation(complaint),
        body="\n\n".join(parts),
        rights=rights(complaint, named) if rights_notice or kind == Kind.FAILURE else "",
    )


def rights(complaint: Complaint, named: tuple[Body, ...]) -> str:
    """Where the customer can turn: review inside, the bodies of the rules, mediation, arbitration, court."""
    rules = rules_of(complaint)
    lines = [
        _("If you do not agree with this, these ways are open to you; which one you take is your choice.")
    ]
    ladder = rules.complaints.ladder if rules else ()
    for rung in ladder:
        if rung.kind == "internal_review":
            name = rung.title.zh if formats.chinese() else rung.title.en
            lines.append("· " + _("%(name)s within our company, at no cost: write to us.") % {"name": name})
    for body in named:
        name = body.name.zh if formats.chinese() else body.name.en
        reached = [body.phone, body.web, _of(body.address)]
        lines.append(f"· {name}{_brackets(formats.series(one for one in reached if one))}")
    lines.append("· " + _("Mediation, arbitration where it is agreed, or a court."))
    return "\n".join(lines)


def _of(text) -> str:  # type: ignore[no-untyped-def]
    return "" if text is None else str(text.zh if formats.chinese() else text.en)


def _brackets(text: str) -> str:
    if not text:
        return ""
    return f"（{text}）" if formats.chinese() else f" ({text})"


def _salutation(complaint: Complaint) -> str:
    name = addressee(_told(complaint)).get("name", "") or _("customer")
    return pgettext("letter", "Dear %(name)s,") % {"name": name}


def _told(complaint: Complaint) -> dict:  # type: ignore[type-arg]
    sealer = sealing.sealer(complaint.case.uid)
    return sealer.open(complaint.sealed) if sealer else {}


def _about(complaint: Complaint) -> dict[str, str]:
    return {"number": complaint.case.number, "time": formats.when(complaint.received_at)}


# ---------- acknowledgement ----------


def _receipt(complaint: Complaint, at: datetime) -> Iterator[str]:
    yield _("We received your complaint on %(time)s; its number is %(number)s.") % _about(complaint)
    first = complaint.case.messages.filter(direction=Message.Direction.IN).order_by("at", "pk").first()
    said = thread.text_of(first).strip() if first else ""
    if said:
        shown = said if len(said) <= QUOTED else said[:QUOTED] + "…"
        yield _("You told us: “%(said)s”") % {"said": shown}
    if complaint.handler:
        yield _("%(name)s is in charge of it.") % {"name": complaint.handler.name}
    yield _by(complaint, "complaint.decided", _("We answer you in writing by %(date)s."))
    yield _(
        "There is no need to send it again. You can add papers at any time, with your tracking code or by "
        "answering this letter."
    )


def _by(complaint: Complaint, kind: str, sentence: str) -> str:
    """The sentence with the date of a running clock; nothing without one."""
    clock = Clock.objects.live().filter(subject_uid=complaint.case.uid, kind=kind).first()
    return sentence % {"date": formats.deadline(clock.deadline)} if clock else ""


# ---------- progress, delay ----------


def _progress(complaint: Complaint, at: datetime) -> Iterator[str]:
    yield _("This is how your complaint %(number)s of %(time)s stands.") % _about(complaint)
    issues = _words(complaint)
    done = [title for title, one, _w in issues if one.finding or one.state in ("settled", "offered")]
    still = [title for title, one, _w in issues if not one.finding and one.state in ("open", "investigating")]
    if done:
        yield _("Looked into so far: %(list)s.") % {"list": formats.series(done)}
    if still:
        yield _("Still open: %(list)s.") % {"list": formats.series(still)}
    if not issues:
        yield _("We are looking into what you told us and have asked the departments concerned.")
    yield _by(complaint, "complaint.decided", _("You have our decision by %(date)s."))


def _delay(complaint: Complaint, at: datetime) -> Iterator[str]:
    granted = complaint.stretches.filter(
        kind=Stretch.Kind.EXTENSION, approved_at__isnull=False, refused_at=None
    )
    row = granted.select_related("approved_by").order_by("-approved_at").first()
    yield _("We need more time for your complaint %(number)s of %(time)s.") % _about(complaint)
    if row is not None:
        why = str(thread.sealer_of(complaint.case).open(row.sealed).get("reason", "")).strip().rstrip("。.")
        yield _("The reason: %(why)s.") % {"why": why} if why else ""
        if row.new_deadline and row.approved_by:
            yield _(
                "Under %(article)s, %(name)s has approved moving our decision from %(old)s to %(new)s."
            ) % {
                "article": row.article, "name": row.approved_by.name, "old": formats.deadline(row.old_deadline),
                "new": formats.deadline(row.new_deadline),
            }  # fmt: skip
    yield _("We are sorry for the wait.")


# ---------- decision, thanks ----------


def _decision(complaint: Complaint, at: datetime) -> Iterator[str]:
    yield _(
        "Thank you for telling us. This is our decision on your complaint %(number)s of %(time)s."
    ) % _about(complaint)
    for title, issue, words in _words(complaint):
        yield "# " + _("Issue %(n)s: %(title)s") % {"n": issue.number, "title": title}
        if words.get("told"):
            yield _("You told us: “%(said)s”") % {"said": words["told"]}
        if words.get("facts"):
            yield _("We found: %(facts)s") % {"facts": words["facts"]}
        if issue.finding:
            yield _("Finding: %(finding)s.") % {"finding": issue.get_finding_display()}
        if words.get("grounds"):
            yield words["grounds"]
    yield from _proposals(complaint)


def _proposals(complaint: Complaint) -> Iterator[str]:
    rows = list(complaint.proposals.filter(state=Proposal.State.OFFERED))
    if not rows:
        return
    yield "# " + pgettext("letter", "What we propose")
    for row in rows:
        yield _("Proposal %(n)s: %(what)s By %(date)s.") % {
            "n": row.mark, "what": _sentence(_what(complaint, row)), "date": formats.day(row.deliver_by)
        }  # fmt: skip
    until = min((row.answer_by for row in rows if row.answer_by), default=None)
    if until:
        yield _("Please choose by %(date)s, or make your own proposal.") % {"date": formats.deadline(until)}


def _thanks(complaint: Complaint, at: datetime) -> Iterator[str]:
    yield _("Your complaint %(number)s of %(time)s is closed. This is what came of it.") % _about(complaint)
    for row in complaint.proposals.filter(state__in=CHOSEN):
        done = row.delivered_at if row.state == Proposal.State.DELIVERED else None
        yield _sentence(_what(complaint, row)) + (
            " " + _("Done on %(date)s.") % {"date": formats.day(done)} if done else ""
        )
    for title, issue, words in _words(complaint):
        if issue.state == Issue.State.SETTLED and words.get("how"):
            yield f"{title}{'：' if formats.chinese() else ': '}{words['how']}"
    yield _("Thank you for your patience and for what you told us; it helps us do better.")
    yield _("If it turns out not to be settled, tell us, and we take it up again as our rules allow.")


# ---------- settlement agreement ----------


def _agreement(complaint: Complaint, at: datetime) -> Iterator[str]:
    company = complaint.case.company.name
    name = _told(complaint).get("complainant", {}).get("name", "") or "________"
    yield _("Party A: %(company)s") % {"company": company}
    yield _("Party B: %(name)s") % {"name": name}
    yield "# " + pgettext("agreement", "What it is about")
    for title, issue, _w in _words(complaint):
        yield _("Issue %(n)s: %(title)s") % {"n": issue.number, "title": title}
    yield "# " + pgettext("agreement", "What is done")
    for row in complaint.proposals.filter(state__in=CHOSEN):
        day = formats.paper_day(row.deliver_by)
        yield _("By %(date)s Party A does the following: %(what)s") % {
            "date": day,
            "what": _what(complaint, row),
        }
        if row.amount:
            yield _("Amount: %(sum)s (%(words)s).") % {
                "sum": formats.money(row.amount, row.currency, table=True), "words": in_words(row.amount, row.currency)
            }  # fmt: skip
    yield "# " + pgettext("agreement", "Effect")
    yield _(
        "Once this is done, the issues listed above in %(number)s are settled between the parties. Nothing here "
        "is an admission of fault, and nothing here limits Party B's right to report to the authorities."
    ) % _about(complaint)
    yield _("Two copies; effective when both have signed.")


# ---------- from the record ----------


def _words(complaint: Complaint) -> list[tuple[str, Issue, dict]]:  # type: ignore[type-arg]
    """Each issue that stands, with its title and what is sealed of it."""
    sealer = thread.sealer_of(complaint.case)
    rows = complaint.issues.exclude(state=Issue.State.WITHDRAWN).order_by("number")
    return [(str(words.get("title", "")), row, words) for row in rows for words in (sealer.open(row.sealed),)]


def _what(complaint: Complaint, row: Proposal) -> str:
    words = thread.sealer_of(complaint.case).open(row.sealed)
    remedy = authority.remedy_title(rules_of(complaint), row.remedy, formats.chinese())
    return str(words.get("what", "")) or remedy


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "。", "!", "！")) else text + ("。" if formats.chinese() else ".")


_BODIES: dict[Letter.Kind, Callable[[Complaint, datetime], Iterator[str]]] = {
    Kind.RECEIPT: _receipt,
    Kind.PROGRESS: _progress,
    Kind.DELAY: _delay,
    Kind.DECISION: _decision,
    Kind.THANKS: _thanks,
    Kind.AGREEMENT: _agreement,
    Kind.INVITATION: mediating.invitation,
    Kind.MINUTES: mediating.minutes,
    Kind.MEDIATED: mediating.mediated,
    Kind.FAILURE: mediating.failure,
    Kind.CHANGE: mediating.change,
}
