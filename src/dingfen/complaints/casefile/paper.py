"""The index of a case file as a paper: who, what happened in order, what was said, found, proposed, with the proofs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from dingfen import formats
from dingfen.accounts.models import Staff
from dingfen.accounts.units import name_of
from dingfen.cases import thread
from dingfen.complaints.casefile import settled
from dingfen.complaints.casefile.documents import Document, Documents
from dingfen.complaints.models import Channel, Complaint
from dingfen.complaints.representing import meetings_of, speakers_of
from dingfen.complaints.rules import rules_of
from dingfen.engine.parts import Text
from dingfen.papers.model import Block, Heading, Pairs, Paper, Para, Table
from dingfen.parties import sealing
from dingfen.register import kinds
from dingfen.register.models import Entry


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a case file is made: `purpose` arbitration, court or authority; `body` who it goes to, in words."""

    purpose: str
    body: str
    by: Staff
    at: datetime


PURPOSES = {
    "arbitration": pgettext_lazy("case file", "Arbitration"),
    "court": pgettext_lazy("case file", "Court"),
    "authority": pgettext_lazy("case file", "Authority or mediator"),
}


def index_of(complaint: Complaint, documents: Documents, entries: list[Entry], asked: Asked) -> Paper:
    """The index in the language in force, with the times of the complaint's site."""
    case, tongue = complaint.case, get_language() or "zh-hans"
    key = thread.sealer_of(case)
    told = key.open(complaint.sealed)
    blocks: list[Block] = [
        *_cover(complaint, asked, told),
        *_parties(complaint, told),
        *_chronology(entries),
        *_said(complaint, documents),
        *settled.issues(complaint, key),
        *settled.statements(complaint, key),
        *settled.evidence(complaint, key, documents),
        *settled.proposals(complaint, key),
        *settled.ladder(complaint, key),
        *settled.deadlines(complaint, key),
        *_files(documents),
        *_proofs(entries),
    ]
    return Paper(
        language="zh" if formats.chinese() else "en",
        name=f"{case.number}-index",
        letterhead=name_of(case.company, tongue),
        title=pgettext("case file", "Case file"),
        number=case.number,
        blocks=tuple(blocks),
        foot=(_("Case number %(number)s") % {"number": case.number},
              _("Digests: SHA-256. Checked with dingfen-verify.")),
        made_at=asked.at,
    )  # fmt: skip


def _cover(complaint: Complaint, asked: Asked, told: Mapping[str, Any]) -> Iterator[Block]:
    rules = rules_of(complaint)
    unit = name_of(complaint.case.unit, get_language() or "zh-hans")
    rows = [
        (pgettext("case file", "For"), f"{PURPOSES[asked.purpose]} · {asked.body}"),
        (_("Unit"), unit),
        (pgettext("case file", "Received"), formats.stamp(complaint.received_at)),
        (pgettext("case file", "Channel"), str(complaint.get_channel_display())),
        (pgettext("case file", "Stage"), str(complaint.get_state_display())),
        (pgettext("case file", "Amount"), formats.money(complaint.amount, complaint.currency, table=True)
         if complaint.amount is not None else "—"),
        (pgettext("complaint", "Product or service"), complaint.product or "—"),
        (pgettext("complaint", "Order or contract"), told.get("order_number") or "—"),
        (pgettext("case file", "Rule book"), _rule_book(rules)),
        (pgettext("case file", "Put together"), f"{formats.stamp(asked.at)} · {asked.by.name}"),
    ]  # fmt: skip
    yield Pairs(tuple(rows))
    yield Para(
        _("Times are those of the site. Internal notes and advice to the handler are not part of this file."),
        quiet=True,
    )


def _rule_book(rules: Any) -> str:
    return f"{said(rules.pack.title)} {rules.version.version}" if rules else "—"


def said(text: Text | None) -> str:
    """A text of a pack in the language in force."""
    return "" if text is None else str(text.zh if formats.chinese() else text.en)


def _parties(complaint: Complaint, told: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(pgettext("case file", "Parties"))
    who = told.get("complainant", {})
    reached = formats.series(who[name] for name in ("phone", "email", "wechat", "address") if who.get(name))
    shown = formats.series(filter(None, (who.get("name", "—"), who.get("credit_code"), who.get("identity"))))
    rows = [(pgettext("case file", "Complainant"), shown, reached)]
    if speaks := who.get("legal_representative"):
        rows.append((pgettext("complaint", "Legal representative"), speaks, ""))
    rows += [
        (one.basis_words, one.name, formats.series(filter(None, (one.phone, one.email, one.proof))))
        for one in speakers_of(told)
        if one.standing
    ]
    for side in complaint.sides.filter(number=2):
        key = sealing.sealer(side.uid)
        words = key.open(side.sealed) if key else {}
        rows.append(
            (pgettext("case file", "Second party"), str(words.get("name", "")), str(words.get("phone", "")))
        )
    company, tongue = complaint.case.company, get_language() or "zh-hans"
    unit = name_of(complaint.case.unit, tongue)
    rows.append((pgettext("case file", "Company"), name_of(company, tongue), unit))
    rows += [
        (
            pgettext("case file", "Complained of"),
            one.staff.name,
            name_of(one.staff.unit, tongue) if one.staff.unit else "",
        )
        for one in complaint.case.people.filter(part="complained_of").select_related("staff__unit")
    ]
    head = (pgettext("case file", "As"), _("Name"), pgettext("case file", "Reached"))
    yield Table(head, tuple(rows), (2, 3, 5))
    for met in meetings_of(told):
        there = _("%(present)s people") % {"present": met.present}
        parts = (formats.stamp(met.held_at), pgettext("case file", "Meeting of the group"), met.place, there)
        yield Para(met.minutes, lead=" · ".join(part for part in parts if part))


def _chronology(entries: list[Entry]) -> Iterator[Block]:
    yield Heading(pgettext("case file", "Chronology from the register"))
    people = Staff.objects.filter(uid__in={entry.actor_uid for entry in entries})
    names = {one.uid: one.name for one in people}
    rows = tuple(
        (formats.stamp(one.occurred_at), one.name, kinds.words(one.kind), names.get(one.actor_uid, "—"))
        for one in entries
    )
    head = (pgettext("case file", "When"), pgettext("case file", "Entry"), pgettext("case file", "What"),
            pgettext("case file", "Who"))  # fmt: skip
    yield Table(head, rows, (4, 4, 4, 2))


def _said(complaint: Complaint, documents: Documents) -> Iterator[Block]:
    yield Heading(pgettext("case file", "What was said"))
    rows = list(
        complaint.case.messages.select_related("author").prefetch_related("files").order_by("at", "pk")
    )
    texts = thread.texts(complaint.case, rows)
    ways, company = dict(Channel.choices), name_of(complaint.case.company, get_language() or "zh-hans")
    who = {"in": pgettext("case file", "Customer"), "correction": pgettext("case file", "Correction")}
    for row in rows:
        author = who.get(row.direction) or (row.author.name if row.author else company)
        marks = [documents.of[one.pk].mark for one in row.files.all() if one.pk in documents.of]
        lead = f"{formats.stamp(row.at)} · {author} · {ways.get(row.channel, row.channel)}"
        text = str(texts[row.pk].get("text", "")) or "—"
        yield Para(text + (f" [{formats.series(marks)}]" if marks else ""), lead=lead)


def _files(documents: Documents) -> Iterator[Block]:
    yield Heading(pgettext("case file", "Files"))
    rows = tuple((one.mark, _named(one), _where(one), f"{one.size:,}", one.sha256) for one in documents.every)
    if not rows:
        yield Para(pgettext("case file", "None."))
        return
    head = (pgettext("case file", "No."), _("Name"), pgettext("case file", "Pages"), pgettext("case file", "Bytes"),
            "SHA-256")  # fmt: skip
    yield Table(head, rows, (1, 4, 2, 2, 6), numbers=(3,))
    if any(one.pages for one in documents.every):
        yield Para(pgettext("case file", "Pages are counted through in the order of this list."), quiet=True)


def _named(one: Document) -> str:
    if not one.path:
        return pgettext("case file", "(erased)")
    name, lost = one.path.partition("/")[2], pgettext("case file", "(missing from the store)")
    return name if one.present else f"{name} {lost}"


def _where(one: Document) -> str:
    """The pages it takes in the bundle."""
    last = one.first + one.pages - 1
    return "—" if not one.pages else str(one.first) if last == one.first else f"{one.first}–{last}"


def _proofs(entries: list[Entry]) -> Iterator[Block]:
    yield Heading(pgettext("case file", "How to check it"))
    yield Para(
        _("For each of the %(count)s entries above, register/entries holds its bytes and the proof that it stands in "
          "the register under a signed checkpoint. manifest.json lists every file with its digest; dingfen-verify with "
          "the name of this ZIP checks all of it without a network. Give it the register's key, known from elsewhere, "
          "with --key.") % {"count": len(entries)}
    )  # fmt: skip
