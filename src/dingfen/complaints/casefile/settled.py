"""Parts of the index of a case file: what was looked into, proposed, mediated and by when."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from dingfen import formats
from dingfen.accounts.units import name_of
from dingfen.clocks.models import Clock
from dingfen.complaints import authority, watch
from dingfen.complaints.casefile.documents import Documents
from dingfen.complaints.models import Complaint, Inquiry, LadderStep, Session, Stretch
from dingfen.complaints.rules import rules_of
from dingfen.papers.model import Block, Heading, Para, Table
from dingfen.parties.sealing import Sealer


def issues(complaint: Complaint, key: Sealer) -> Iterator[Block]:
    yield Heading(pgettext("case file", "Issues and findings"))
    rows = list(complaint.issues.select_related("found_by", "responsible_unit"))
    if not rows:
        yield Para(pgettext("case file", "None."))
    for one in rows:
        words = key.open(one.sealed)
        yield Heading(
            _("Issue %(n)s: %(title)s") % {"n": one.number, "title": words.get("title", "")}, level=2
        )
        yield from _lines(
            (pgettext("case file", "Told"), words.get("told")),
            (pgettext("case file", "Facts"), words.get("facts")),
            (pgettext("case file", "Finding"), one.get_finding_display() if one.finding else ""),
            (pgettext("case file", "Grounds"), words.get("grounds")),
            (
                pgettext("case file", "Responsible"),
                name_of(one.responsible_unit, get_language() or "zh-hans") if one.responsible_unit else "",
            ),
            (
                pgettext("case file", "Stage"),
                f"{one.get_state_display()} {words.get('ended') or words.get('how') or ''}",
            ),
        )


def statements(complaint: Complaint, key: Sealer) -> Iterator[Block]:
    rows = list(complaint.inquiries.exclude(state=Inquiry.State.DROPPED).select_related("asked", "asked_by"))
    if not rows:
        return
    yield Heading(pgettext("case file", "Statements and tasks"))
    for one in rows:
        words = key.open(one.sealed)
        answered = (
            formats.stamp(one.answered_at) if one.answered_at else pgettext("case file", "not answered")
        )
        yield Para(
            str(words.get("question", "")), lead=f"{one.get_kind_display()} · {one.asked.name} · {answered}"
        )
        if words.get("answer"):
            yield Para(str(words["answer"]))


def evidence(complaint: Complaint, key: Sealer, documents: Documents) -> Iterator[Block]:
    rows = list(
        complaint.exhibits.select_related("attachment", "collected_by").prefetch_related(
            "custody__by", "custody__to"
        )
    )
    if not rows:
        return
    yield Heading(pgettext("case file", "Evidence and its custody"))
    for n, one in enumerate(rows, start=1):
        words = key.open(one.sealed)
        file = documents.of.get(one.attachment_id or 0)
        mark = file.mark if file else pgettext("case file", "thing")
        title = f"{n}. {one.get_kind_display()} · {words.get('what', '')}"
        yield Heading(title, level=2)
        yield from _lines(
            (
                pgettext("case file", "File"),
                f"{mark} · SHA-256 {file.sha256}" if file else str(words.get("place", "")),
            ),
            (
                pgettext("case file", "Taken in"),
                f"{formats.stamp(one.collected_at)} · {one.collected_by.name}",
            ),
        )
        log = tuple(
            (formats.stamp(row.at), str(row.get_act_display()), row.by.name, row.to.name if row.to else "",
             " ".join(filter(None, (row.place, row.purpose))))
            for row in one.custody.all()
        )  # fmt: skip
        head = (pgettext("case file", "When"), pgettext("case file", "What"), pgettext("case file", "By"),
                pgettext("case file", "To"), pgettext("case file", "Place and purpose"))  # fmt: skip
        if log:
            yield Table(head, log, (4, 2, 2, 2, 4))


def proposals(complaint: Complaint, key: Sealer) -> Iterator[Block]:
    rows = list(complaint.proposals.exclude(offered_at=None).select_related("approved_by"))
    if not rows:
        return
    yield Heading(pgettext("case file", "Proposals and answers"))
    rules, zh = rules_of(complaint), formats.chinese()
    table = []
    for one in rows:
        words = key.open(one.sealed)
        what = str(words.get("what", "")) or authority.remedy_title(rules, one.remedy, zh)
        money = formats.money(one.amount, one.currency, table=True) if one.amount is not None else "—"
        answered = f"{one.get_state_display()} {words.get('answer', '')}".strip()
        when = formats.stamp(one.answered_at) if one.answered_at else "—"
        table.append(
            (str(one.mark), what, money, formats.stamp(one.offered_at or one.proposed_at), answered, when)
        )
    head = (pgettext("case file", "No."), pgettext("case file", "What"), pgettext("case file", "Amount"),
            pgettext("case file", "Offered"), pgettext("case file", "Answer"),
            pgettext("case file", "When"))  # fmt: skip
    yield Table(head, tuple(table), (1, 5, 2, 3, 4, 3), numbers=(2,))


MINUTES = (
    ("place", "Place"), ("mediator", "Mediator"), ("present", "Present"), ("ours", "Our account"),
    ("theirs", "The customer's account"), ("agreed_points", "Agreed on"), ("open_points", "Still open"),
    ("next", "Next step"),
)  # fmt: skip


def ladder(complaint: Complaint, key: Sealer) -> Iterator[Block]:
    rows = list(complaint.ladder.prefetch_related("sessions"))
    if not rows:
        return
    yield Heading(pgettext("case file", "Ladder and mediation"))
    for one in rows:
        yield from _step(complaint, one, key)


def _step(complaint: Complaint, one: LadderStep, key: Sealer) -> Iterator[Block]:
    rules, words = rules_of(complaint), key.open(one.sealed)
    rung = next((each for each in rules.complaints.ladder if each.id == one.step), None) if rules else None
    title = (rung.title.zh if formats.chinese() else rung.title.en) if rung else one.step
    yield Heading(f"{title} {one.article}".strip(), level=2)
    outcome = f"{one.get_outcome_display()} {words.get('outcome', '')}".strip() if one.outcome else ""
    yield from _lines(
        (pgettext("case file", "Begun"), f"{formats.stamp(one.started_at)} {one.body}".strip()),
        (_("Reason"), words.get("reason")),
        (pgettext("case file", "Outcome"), outcome),
    )
    for session in one.sessions.all():
        lead = pgettext("case file", "Minutes of the session")
        yield Para("", lead=f"{lead} · {formats.stamp(session.at)} · {signed(session)}")
        told = key.open(session.sealed)
        yield from _lines(*((_(label), told.get(name)) for name, label in MINUTES))


def signed(session: Session) -> str:
    return (
        pgettext("minutes", "signed by both") if session.signed else pgettext("minutes", "not signed by both")
    )


def deadlines(complaint: Complaint, key: Sealer) -> Iterator[Block]:
    rules = rules_of(complaint)
    titles = {one.id: one.title for one in rules.complaints.clocks} if rules else {}
    found = Clock.objects.filter(subject_uid=complaint.case.uid, kind__in=watch.KINDS)
    rows = []
    for one in found.exclude(state=Clock.State.CANCELLED).order_by("deadline"):
        title = titles.get(str(one.params.get("clock", "")))
        name = (title.zh if formats.chinese() else title.en) if title else one.kind
        ended = formats.stamp(one.ended_at) if one.ended_at else "—"
        rows.append((name, one.article, formats.stamp(one.deadline), str(one.get_state_display()), ended))
    if not rows:
        return
    yield Heading(pgettext("case file", "Deadlines"))
    head = (pgettext("case file", "What"), pgettext("case file", "Article"), pgettext("case file", "Due"),
            pgettext("case file", "Stage"), pgettext("case file", "Ended"))  # fmt: skip
    yield Table(head, tuple(rows), (4, 2, 3, 2, 3))
    for row in complaint.stretches.select_related("by", "approved_by"):
        yield Para(_stretch(row, key))


def _stretch(row: Stretch, key: Sealer) -> str:
    """A pause or an extension with its reason, proof and how the customer was told."""
    words = key.open(row.sealed) if row.sealed else {}
    told = (
        pgettext("case file", "customer told %(at)s") % {"at": formats.stamp(row.told_at)}
        if row.told_at
        else ""
    )
    until = (
        f"{formats.stamp(row.old_deadline)} → {formats.stamp(row.new_deadline)}" if row.new_deadline else ""
    )
    parts = (formats.stamp(row.at), str(row.get_kind_display()), row.reason, words.get("reason") or words.get("proof"),
             row.by.name, row.approved_by.name if row.approved_by else "", until, told)  # fmt: skip
    return " · ".join(str(part) for part in parts if part)


def _lines(*pairs: tuple[str, object]) -> Iterator[Block]:
    for label, text in pairs:
        if str(text or "").strip():
            yield Para(str(text).strip(), lead=str(label))
