"""A letter as a paper: letterhead, title, number, salutation, body, rights, signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from dingfen import formats
from dingfen.accounts.models import Staff
from dingfen.accounts.units import name_of
from dingfen.complaints.letters.drafting import Draft
from dingfen.complaints.models import Complaint, Letter
from dingfen.papers.model import Block, Heading, Paper, Para, Sign, Signatures, chinese_day

CODES = {
    "receipt": "K", "progress": "P", "delay": "X", "decision": "D", "thanks": "T", "agreement": "S",
    "invitation": "I", "minutes": "M", "mediated": "A", "failure": "N", "change": "V",
}  # fmt: skip
SIGNS = {
    "receipt": "收",
    "progress": "进",
    "delay": "延",
    "decision": "复",
    "thanks": "谢",
    "agreement": "和",
    "invitation": "邀",
    "minutes": "调",
    "mediated": "协",
    "failure": "止",
    "change": "变",
}
PAPERS = (Letter.Kind.AGREEMENT, Letter.Kind.MEDIATED, Letter.Kind.CHANGE, Letter.Kind.MINUTES)
"""Signed by both, so not addressed to one of them."""
MEDIATED = (Letter.Kind.MEDIATED, Letter.Kind.MINUTES)


@dataclass(frozen=True, slots=True)
class Sender:
    staff: Staff
    role: str = ""


def number_of(complaint: Complaint, kind: str, year: int, count: int) -> str:
    """As it is kept, in the form of every language: CDE-D 2026/42."""
    return f"{complaint.case.unit.code}-{CODES[kind]} {year}/{count}"


def number_shown(complaint: Complaint, kind: str, number: str) -> str:
    """城东展厅复〔2026〕42 号 in Chinese; as it is kept in English."""
    if not formats.chinese() or " " not in number:
        return number
    year, count = number.rpartition(" ")[2].split("/")
    return f"{name_of(complaint.case.unit, 'zh-hans')}{SIGNS[kind]}〔{year}〕{count} 号"


def paper_of(
    complaint: Complaint, kind: str, draft: Draft, at: datetime, *, number: str = "", sender: Staff | None = None
) -> Paper:  # fmt: skip
    """The letter in the language in force; without a number it is marked as a draft."""
    case, unit = complaint.case, complaint.case.unit
    tongue = get_language() or "zh-hans"
    blocks: list[Block] = [Para(draft.salutation)] if kind not in PAPERS else []
    blocks += _blocks(draft.body)
    if draft.rights:
        blocks += [
            Heading(pgettext("letter", "Your rights")),
            *(Para(line) for line in draft.rights.splitlines()),
        ]
    blocks.append(_signatures(complaint, kind, at, sender))
    company = name_of(case.company, tongue)
    own = name_of(unit, tongue)
    return Paper(
        language="zh" if formats.chinese() else "en",
        name=f"{case.number}-{(number or kind).replace(' ', '-').replace('/', '-')}",
        letterhead=company if own == company else f"{company} · {own}",
        title=draft.title,
        number=number_shown(complaint, kind, number) if number else case.number,
        blocks=tuple(blocks),
        foot=(_("Case number %(number)s") % {"number": case.number},
              _("The digest of this file (SHA-256) stands in the register.")),
        made_at=at,
        mark="" if number else _("Draft; not sent"),
    )  # fmt: skip


def _blocks(body: str) -> Iterator[Block]:
    for part in body.replace("\r\n", "\n").split("\n\n"):
        text = part.strip("\n")
        if not text.strip():
            continue
        head, _line, rest = text.partition("\n")
        if head.startswith("# "):
            yield Heading(head[2:].strip())
            text = rest
        if text.strip():
            yield Para(text)


def _signatures(complaint: Complaint, kind: str, at: datetime, sender: Staff | None) -> Signatures:
    day = chinese_day(formats.local(at).date()) if formats.chinese() else formats.paper_day(at)
    line = pgettext("paper", "Signature: ")
    place = name_of(complaint.case.company, get_language() or "zh-hans")
    if kind in PAPERS:
        both = (Sign(_("Party A"), place, line=line), Sign(_("Party B"), "", line=line))
        mediator = (Sign(_("Mediator"), "", line=line),) if kind in MEDIATED else ()
        return Signatures((*both, *mediator), day)
    name = sender.name if sender else ""
    return Signatures((Sign(place, name),), day, seal=pgettext("paper", "(Seal)"))
